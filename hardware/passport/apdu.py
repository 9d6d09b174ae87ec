"""Command and response APDUs (ISO/IEC 7816-4 §5). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from hardware.passport.errors import Malformed

SHORT_NC, EXTENDED_NC = 255, 65_535
SHORT_NE, EXTENDED_NE = 256, 65_536


@dataclass(frozen=True)
class Command:
    """`ne`: how many bytes are expected, 0 for none; 256 (65,536 extended) for as many as there are."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    ne: int = 0

    @property
    def header(self) -> bytes:
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def extended(self) -> bool:
        """Whether it needs the extended form."""
        return len(self.data) > SHORT_NC or self.ne > SHORT_NE

    def __bytes__(self) -> bytes:
        return encode(self)


@dataclass(frozen=True)
class Response:
    """Data and status word."""

    data: bytes = field(repr=False)
    sw: int

    @property
    def good(self) -> bool:
        return self.sw == 0x9000


def encode(command: Command, extended: bool | None = None) -> bytes:
    """Short form wherever it will do, unless `extended` says otherwise."""
    wide = command.extended if extended is None else extended
    nc, ne = len(command.data), command.ne
    if nc > EXTENDED_NC or ne > EXTENDED_NE:
        raise ValueError("longer than an APDU can be")
    if not wide:
        lc = bytes((nc,)) if nc else b""
        le = bytes((ne % SHORT_NE,)) if ne else b""
        return command.header + lc + command.data + le
    lc = b"\0" + nc.to_bytes(2, "big") if nc else b""
    le = (ne % EXTENDED_NE).to_bytes(2, "big") if ne else b""
    return command.header + lc + command.data + (le if nc or not ne else b"\0" + le)


def decode(data: bytes) -> Command:
    """What a card reads (cases 1, 2S, 3S, 4S, 2E, 3E, 4E); Malformed if it is none of them."""
    if len(data) < 4:
        raise Malformed("an APDU of less than four bytes")
    head, body = data[:4], data[4:]
    if not body:
        return _command(head)
    if len(body) == 1:
        return _command(head, ne=body[0] or SHORT_NE)
    if body[0]:
        return _short(head, body)
    return _extended(head, body)


def _command(head: bytes, data: bytes = b"", ne: int = 0) -> Command:
    cla, ins, p1, p2 = head
    return Command(cla, ins, p1, p2, data, ne)


def _short(head: bytes, body: bytes) -> Command:
    nc = body[0]
    rest = body[1 + nc :]
    if len(body) < 1 + nc or len(rest) > 1:
        raise Malformed("Lc does not fit the APDU")
    return _command(head, data=body[1 : 1 + nc], ne=(rest[0] or SHORT_NE) if rest else 0)


def _extended(head: bytes, body: bytes) -> Command:
    if len(body) == 3:
        return _command(head, ne=int.from_bytes(body[1:3], "big") or EXTENDED_NE)
    if len(body) < 3:
        raise Malformed("an extended APDU is cut off")
    nc = int.from_bytes(body[1:3], "big")
    rest = body[3 + nc :]
    if not nc or len(body) < 3 + nc or len(rest) not in (0, 2):
        raise Malformed("Lc does not fit the APDU")
    return _command(head, data=body[3 : 3 + nc], ne=(int.from_bytes(rest, "big") or EXTENDED_NE) if rest else 0)


def response(data: bytes) -> Response:
    """What a card answered; Malformed if it is less than a status word."""
    if len(data) < 2:
        raise Malformed("an answer of less than two bytes")
    return Response(data[:-2], int.from_bytes(data[-2:], "big"))
