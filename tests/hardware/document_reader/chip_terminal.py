"""A terminal before a virtual passport's chip: the commands it says, and how it opens the chip."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_passport import Contents
from hardware.passport import apdu, bac, pace, security_infos, tlv
from hardware.passport.apdu import SHORT_NC, Command, Response
from hardware.passport.exchange import chained, run
from hardware.passport.files import APPLICATION, File
from hardware.passport.password import Password
from hardware.passport.secure_messaging import Session

SELECT_APPLICATION = Command(0x00, 0xA4, 0x04, 0x0C, APPLICATION)
CHALLENGE = Command(0x00, 0x84, 0x00, 0x00, ne=8)
PLAIN_READ = Command(0x00, 0xB0, 0x00, 0x00, ne=4)
MASTER_FILE = Command(0x00, 0xA4, 0x00, 0x0C, b"\x3f\x00")


def select(file: File) -> Command:
    return Command(0x00, 0xA4, 0x02, 0x0C, file.fid.to_bytes(2, "big"))


def read(offset: int, ne: int) -> Command:
    return Command(0x00, 0xB0, offset >> 8, offset & 0xFF, ne=ne)


def read_odd(offset: int, ne: int) -> Command:
    return Command(0x00, 0xB1, 0, 0, tlv.encode(0x54, offset.to_bytes(3, "big")), ne=ne)


@dataclass
class Terminal:
    """A chip and, once it is open, the session with it."""

    chip: Chip
    session: Session | None = None

    def bare(self, command: Command | bytes, *, extended: bool | None = None) -> Response:
        raw = command if isinstance(command, bytes) else apdu.encode(command, extended)
        return apdu.response(self.chip.transmit(raw))

    def say(self, command: Command) -> Response:
        if self.session is None:
            return self.bare(command)
        return self.session.unprotect(self.bare(self.session.protect(command)))

    def sw(self, command: Command) -> int:
        return self.say(command).sw

    def file(self, file: File, block: int = 0xDF) -> bytes:
        assert self.sw(select(file)) == 0x9000
        head = self.say(read(0, 8)).data
        _, length, size = tlv.header(head)
        content = b""
        while len(content) < size + length:
            ask = read_odd if len(content) > 0x7FFF else read
            data = self.say(ask(len(content), min(block, size + length - len(content) + 5))).data
            content += tlv.parse(data).value if ask is read_odd else data
        return content


def zone(contents: Contents) -> Password:
    document = contents.description.document
    assert document.expires
    return Password.mrz(document.number, document.born_text, document.expires.strftime("%y%m%d"))


def opened_by_bac(terminal: Terminal, password: Password | None = None) -> Terminal:
    assert terminal.bare(SELECT_APPLICATION).sw == 0x9000
    terminal.session = run(bac.establish(password or zone(terminal.chip.contents)), terminal.chip.transmit)
    return terminal


def pace_infos(terminal: Terminal) -> security_infos.SecurityInfos:
    assert terminal.bare(MASTER_FILE).sw == 0x9000
    assert terminal.bare(select(File.CARD_ACCESS)).sw == 0x9000
    return security_infos.parse(terminal.bare(read(0, 256)).data)


def opened_by_pace(terminal: Terminal, password: Password | None = None) -> Terminal:
    infos = pace_infos(terminal)
    chosen = pace.choose(infos)
    assert chosen
    exchange = pace.establish(
        password or zone(terminal.chip.contents), *chosen, name_parameters=pace.ambiguous(infos)
    )
    if not terminal.chip.contents.description.extended:
        exchange = chained(exchange, SHORT_NC)
    terminal.session = run(exchange, terminal.chip.transmit).session
    assert terminal.sw(SELECT_APPLICATION) == 0x9000
    return terminal


def opened(terminal: Terminal) -> Terminal:
    return opened_by_pace(terminal) if terminal.chip.contents.description.pace else opened_by_bac(terminal)
