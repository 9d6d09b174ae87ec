"""Long keys on chips without extended length: command chaining (ISO/IEC 7816-4 §5.1.1), from both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardware.document_reader.virtual_card import atr
from hardware.document_reader.virtual_description import ChipAuthentication, Description, Manner, Pace
from hardware.document_reader.virtual_passport import Contents, personalise
from hardware.passport import apdu, meter, reading
from hardware.passport.apdu import Command, Response
from hardware.passport.crypto import Cipher, Suite
from hardware.passport.exchange import Exchange, chained, run
from hardware.passport.files import File
from hardware.passport.findings import Answer
from hardware.passport.order import Order
from hardware.passport.reader import Reader
from hardware.passport.secure_messaging import Session
from hardware.passport.security_infos import Mapping
from tests.hardware.passport.test_reader import FAMILY, Watched, password, twice

H = bytes.fromhex
DH, P521 = 2, 18
SHORT = {"extended": False, "manners": frozenset({Manner.CHAINS, Manner.PIECES})}
ONLY_ZONE = Order((File.DG1,))


def made(**changes: object) -> Contents:
    description: Description = replace(FAMILY.plain(), **changes)  # type: ignore[arg-type]
    return personalise(description, FAMILY.signer(), FAMILY.issued)


def reader(contents: Contents, order: Order = ONLY_ZONE, history: bytes | None = None) -> Reader:
    description = contents.description
    said = atr(description.extended, Manner.CHAINS in description.manners) if history is None else history
    return Reader(password(contents), order, said)


def long_ones(chip: Watched) -> list[bytes]:
    return [command for command in chip.sent if len(command) > 5 and command[4] == 0]


# --- whole readings -------------------------------------------------------------------------------


def test_a_chip_that_takes_keys_of_2048_bits_in_pieces_only_is_opened_and_proven() -> None:
    contents = FAMILY.contents("chained")
    chip = Watched(contents)
    found, tallies = meter.play(reader(contents, Order()), chip.transmit, lambda: 0.0)
    assert (found.opened, found.chip.answer) == ("PACE-DH-GM, AES-128", Answer.YES)
    assert found.files[File.DG2] == contents.files[File.DG2]
    assert long_ones(chip) == []
    assert twice(chip.served) == []
    counted = {tally.name: tally.commands for tally in tallies}
    # MSE, nonce, twice a key in two pieces with GET RESPONSE for the other's, token; MSE, a key in two pieces
    assert (counted["PACE"], counted["chip authentication"]) == (1 + 1 + 2 * 3 + 1, 1 + 2)
    assert sum(counted.values()) == len(chip.sent)


@pytest.mark.parametrize("cipher", [Cipher.TDES, Cipher.AES256])
def test_each_piece_is_protected_for_itself(cipher: Cipher) -> None:
    contents = made(chip_authentication=ChipAuthentication(cipher, DH), **SHORT)
    chip = Watched(contents)
    assert run(reader(contents).read(), chip.transmit).chip.answer is Answer.YES
    pieces = [command for command in chip.sent if command[0] == 0x1C]
    assert len(pieces) == 1
    assert pieces[0][1] == (0x22 if cipher is Cipher.TDES else 0x86)
    assert long_ones(chip) == []


@pytest.mark.parametrize("mapping", [Mapping.GENERIC, Mapping.INTEGRATED])
def test_a_chip_that_says_nothing_of_it_is_asked_in_one_and_then_in_pieces(mapping: Mapping) -> None:
    contents = made(pace=(Pace(mapping, Cipher.AES128, DH),), bac=False, **SHORT)
    chip = Watched(contents)
    found = run(reader(contents, history=b"").read(), chip.transmit)
    assert found.opened.startswith("PACE-DH")
    assert len(long_ones(chip)) == 1, "what was refused once is not asked for again"


def test_a_session_that_was_lost_over_a_long_command_is_opened_again_for_pieces() -> None:
    class Drops(Watched):
        """Forgets its session with every command that it can't take."""

        def _whole(self, raw: bytes) -> Response:
            if len(raw) > 5 and raw[4] == 0:
                self._drop()
            return super()._whole(raw)

    contents = made(chip_authentication=ChipAuthentication(Cipher.AES128, DH), **SHORT)
    chip = Drops(contents)
    found = run(reader(contents, history=b"").read(), chip.transmit)
    assert found.chip.answer is Answer.YES
    assert len(long_ones(chip)) == 1
    assert twice(chip.served) == []


def test_a_reader_that_cannot_carry_long_commands_sends_pieces_to_a_chip_that_takes_both() -> None:
    both = {"extended": True, "manners": SHORT["manners"]}
    contents = made(pace=(Pace(group=DH),), chip_authentication=ChipAuthentication(group=DH), **both)
    chip = Watched(contents)
    found = run(reader(contents, replace(ONLY_ZONE, long_answers=False)).read(), chip.transmit)
    assert (found.opened, found.chip.answer, long_ones(chip)) == ("PACE-DH-GM, AES-128", Answer.YES, [])
    chip = Watched(contents)
    run(reader(contents).read(), chip.transmit)
    assert long_ones(chip), "where both can carry it, a key goes in one"
    assert not any(command[0] == 0x1C for command in chip.sent)


def test_the_longest_curve_needs_no_pieces() -> None:
    contents = made(
        pace=(Pace(group=P521, cipher=Cipher.AES256),), chip_authentication=ChipAuthentication(Cipher.TDES, P521), extended=False
    )
    chip = Watched(contents)
    found = run(reader(contents).read(), chip.transmit)
    assert (found.opened, found.chip.answer) == ("PACE-ECDH-GM, AES-256", Answer.YES)
    assert long_ones(chip) == []


@pytest.mark.parametrize(
    ("info", "extended"),
    [("47039401C0", True), ("4703940140", True), ("4703940180", False), ("47029401", None), ("", None), ("4703", None)],
)
def test_what_the_chips_own_file_says_of_long_commands(info: str, extended: bool | None) -> None:
    assert reading.extended_by_info(H(info)) is extended


# --- pieces ---------------------------------------------------------------------------------------


def sent(command: Command, most: int, *answers: Response) -> tuple[list[Command], Response]:
    """What goes over the wire for one command, and what comes of it."""

    def one() -> Exchange[Response]:
        return (yield command)

    left, wire = list(answers), []

    def transmit(raw: bytes) -> bytes:
        wire.append(apdu.decode(raw))
        answer = left.pop(0)
        return answer.data + answer.sw.to_bytes(2, "big")

    return wire, run(chained(one(), most), transmit)


def test_pieces_say_together_what_was_to_be_said() -> None:
    data = bytes(range(256)) + b"more than two of them"
    done, end = Response(b"", 0x9000), Response(b"yes", 0x9000)
    wire, answer = sent(Command(0x00, 0x86, 0, 0, data, ne=65_536), 100, done, done, end)
    assert b"".join(command.data for command in wire) == data
    assert [(command.cla, command.ne) for command in wire] == [(0x10, 0), (0x10, 0), (0x00, 256)]
    assert answer == end


def test_in_a_protocol_that_is_a_chain_itself_the_last_piece_says_that_more_comes() -> None:
    done = Response(b"", 0x9000)
    wire, _ = sent(Command(0x10, 0x86, 0, 0, bytes(300), ne=256), 255, done, done)
    assert [command.cla for command in wire] == [0x10, 0x10]


def test_what_fits_goes_as_it_is() -> None:
    command = Command(0x00, 0xB0, 0, 0, bytes(255), ne=4096)
    assert sent(command, 255, Response(b"", 0x9000))[0] == [command]


def test_a_piece_that_is_refused_is_the_answer() -> None:
    wire, answer = sent(Command(0x00, 0x86, 0, 0, bytes(600), ne=256), 255, Response(b"", 0x6884))
    assert (len(wire), answer.sw) == (1, 0x6884)


@pytest.mark.parametrize(("cipher", "most"), [(Cipher.TDES, 231), (Cipher.AES128, 223), (Cipher.AES256, 223)])
def test_the_longest_piece_still_fits_under_its_protection(cipher: Cipher, most: int) -> None:
    session = Session(Suite.derive(cipher, bytes(32)))
    assert session.most_data == most
    assert not session.protect(Command(0x10, 0x86, 0, 0, bytes(most), ne=256)).extended
    assert session.protect(Command(0x10, 0x86, 0, 0, bytes(most + 1), ne=256)).extended


# --- the chip -------------------------------------------------------------------------------------

PACE = "0022C1A4 0F 800A04007F00070202040102 830101"


def asked(chip: Watched, *commands: str) -> list[str]:
    return [chip.transmit(H(command)).hex().upper() for command in commands]


def test_a_chip_that_takes_no_pieces_says_so() -> None:
    chip = Watched(FAMILY.contents("pace-gm-dh"))
    assert asked(chip, "10A40400 02 A000", "1084000008") == ["6884", "6884"]


def test_another_command_in_the_middle_of_a_chain_is_refused_and_the_chain_forgotten() -> None:
    chip = Watched(FAMILY.contents("chained"))
    assert asked(chip, "10220101 02 8001", "00B09C0004")[1] == "6883"
    assert asked(chip, "00B09C0004")[0].endswith("9000")
    assert asked(chip, "10220101 02 8001", "10220102 02 8001") == ["9000", "6883"]


def test_a_chain_without_an_end_is_refused() -> None:
    chip = Watched(FAMILY.contents("chained"))
    piece = "102241A6 FF" + "00" * 255
    assert asked(chip, *[piece] * 9) == ["9000"] * 8 + ["6700"]


def test_pace_whose_chain_ends_in_the_middle_of_a_key_is_over() -> None:
    chip = Watched(FAMILY.contents("chained"))
    assert asked(chip, PACE, "10860000 02 7C00 00")[1].endswith("9000")
    assert asked(chip, "10860000 06 7C820104 8182", "00860000 02 0100 00") == ["9000", "6985"]
    assert asked(chip, "10860000 02 7C00 00") == ["6985"]
