"""Secure messaging: every command and answer encrypted and checked (ICAO 9303-11 §9.8).

Pure. `Session` is the terminal's side. `Channel` is what both sides share – keys, send sequence
counter, cipher and checksum – so that a card can be built on it.

Rules: nothing is believed without DO'99' and a right DO'8E'; after the first violation the session
is gone, as it is on the chip. A bare error status word (no data at all) is an answer that says
nothing and proves nothing: it is passed on and the session lives, unless the word itself says that
the chip has dropped it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from hardware.passport import tlv
from hardware.passport.apdu import EXTENDED_NC, EXTENDED_NE, SHORT_NC, SHORT_NE, Command, Response
from hardware.passport.crypto import MAC_SIZE, Suite, pad, unpad
from hardware.passport.errors import Malformed, SessionBroken
from hardware.passport.exchange import Exchange, T, through
from hardware.passport.tlv import Tlv

CRYPTOGRAM, PLAIN_CRYPTOGRAM, LE, STATUS, MAC = 0x87, 0x85, 0x97, 0x99, 0x8E
"""The data objects: 87 with a padding indicator, 85 without (odd instructions), then 97, 99, 8E."""
PADDED = b"\x01"
PROTECTED_CLA = 0x0C

_DROPPED = (0x6987, 0x6988)  # secure messaging objects missing, or wrong (9303-11 §9.8.5)
_OUT_OF_STEP = (*_DROPPED, 0x6985)
_AROUND_DATA = 17  # tag, two bytes of length and indicator of DO'87', DO'97' 3, DO'8E' 10
_OVERHEAD = 18  # DO'99' 4, DO'8E' 10, tag, two bytes of length and indicator of DO'87'


class Channel:
    """Keys and counter of one session, from whichever side."""

    def __init__(self, suite: Suite, counter: int = 0) -> None:
        self.suite = suite
        self._counter = counter
        self._limit = 1 << 8 * suite.cipher.block

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.suite.cipher.title})"

    @property
    def block(self) -> int:
        return self.suite.cipher.block

    @property
    def counter(self) -> bytes:
        """The send sequence counter, as wide as a block."""
        return self._counter.to_bytes(self.block, "big")

    def step(self) -> None:
        """Before each command and each answer (9303-11 §9.8.6.2, §9.8.7.2)."""
        self._counter = (self._counter + 1) % self._limit

    def encrypt(self, data: bytes) -> bytes:
        """Padded and encrypted."""
        return self.suite.encrypt(pad(data, self.block), self._iv())

    def decrypt(self, data: bytes) -> bytes:
        """The reverse; Malformed where there is no padding."""
        return unpad(self.suite.decrypt(data, self._iv()))

    def mac(self, message: bytes) -> bytes:
        """Over counter and message, padded as a whole."""
        return self.suite.mac(pad(self.counter + message, self.block))

    def _iv(self) -> bytes | None:
        """Zeros for 3DES; for AES the counter under the session's key (9303-11 §9.8.7.1)."""
        return None if self.block == 8 else self.suite.encrypt(self.counter)


class Session(Channel):
    """The terminal's side: protects commands, takes the protection off answers."""

    def __init__(self, suite: Suite, counter: int = 0) -> None:
        super().__init__(suite, counter)
        self._broken = False
        self._odd = False
        self.confirmed = False
        """Whether the chip has answered under these keys: only then has it shown that it has them."""
        self.doubtful = False
        """Whether the chip has dropped the session, or answered outside it: it may know it no more."""

    @property
    def alive(self) -> bool:
        return not self._broken

    def room(self, answer: int) -> int:
        """How many bytes of a file fit into a protected answer of `answer` bytes in all (status word apart)."""
        longer = 0 if answer <= SHORT_NE else 1  # a third byte of length
        return (answer - _OVERHEAD - longer) // self.block * self.block - 1

    @property
    def most_data(self) -> int:
        """How many bytes of a command fit, protected, into its short form."""
        return (SHORT_NC - _AROUND_DATA) // self.block * self.block - 1

    def protect(self, command: Command) -> Command:
        """The same command under protection. Extended if either needs it."""
        if self._broken:
            raise SessionBroken("secure messaging has ended")
        self.step()
        self._odd = bool(command.ins & 1)
        cla = command.cla | PROTECTED_CLA
        objects = b""
        if command.data:
            secret = self.encrypt(command.data)
            objects += (
                tlv.encode(PLAIN_CRYPTOGRAM, secret) if self._odd else tlv.encode(CRYPTOGRAM, PADDED + secret)
            )
        if command.ne:
            objects += tlv.encode(LE, _le(command.ne, command.extended))
        header = bytes((cla, command.ins, command.p1, command.p2))
        objects += tlv.encode(MAC, self.mac(pad(header, self.block) + objects))
        if len(objects) > EXTENDED_NC:
            raise ValueError("longer than a protected APDU can be")
        wide = command.extended or len(objects) > SHORT_NC
        return Command(cla, command.ins, command.p1, command.p2, objects, EXTENDED_NE if wide else SHORT_NE)

    def unprotect(self, response: Response) -> Response:
        """Data and status word that the chip protected, or SessionBroken; a bare error as it is."""
        if self._broken:
            raise SessionBroken("secure messaging has ended")
        if not response.data and response.sw >> 8 not in (0x61, 0x90):
            self.doubtful = True
            if response.sw in _DROPPED:
                raise self._break(f"the chip has dropped secure messaging: {response.sw:04X}")
            return response
        self.step()
        try:
            opened = self._opened(response.data)
        except Malformed as wrong:
            raise self._break(str(wrong)) from None
        self.confirmed, self.doubtful = True, False
        return opened

    def protect_all(self, exchange: Exchange[T]) -> Exchange[T]:
        """An exchange under protection.

        After a bare error nobody says whether the chip has counted an answer: most have not. One that has
        finds our next checksum wrong, counts that command and answer too, and is met there, once."""
        return through(exchange, self._carried)

    def _carried(self, command: Command) -> Exchange[Response]:
        unsure = self.doubtful
        response = yield self.protect(command)
        if unsure and not response.data and response.sw in _OUT_OF_STEP:
            self.step()
            self.step()
            response = yield self.protect(command)
        return self.unprotect(response)

    def _opened(self, data: bytes) -> Response:
        objects = tlv.parse_all(data)
        secret, status, mac = _sorted(objects)
        if not hmac.compare_digest(mac.value, self.mac(data[: -len(bytes(mac))])):
            raise Malformed("an answer with a wrong checksum")
        return Response(self._data(secret) if secret else b"", int.from_bytes(status.value, "big"))

    def _data(self, secret: Tlv) -> bytes:
        value = secret.value
        if secret.tag == CRYPTOGRAM:
            if not value.startswith(PADDED):
                raise Malformed("encrypted data with an unknown padding")
            value = value[1:]
        elif not self._odd:
            raise Malformed("encrypted data without a padding indicator")
        elif len(value) % self.block == 1 and value.startswith(PADDED):
            value = value[1:]  # some chips write the indicator here too
        return self.decrypt(value)

    def _break(self, why: str) -> SessionBroken:
        self._broken = True
        return SessionBroken(why)


def _le(ne: int, wide: bool) -> bytes:
    return (ne % EXTENDED_NE).to_bytes(2, "big") if wide else bytes((ne % SHORT_NE,))


def _sorted(objects: Sequence[Tlv]) -> tuple[Tlv | None, Tlv, Tlv]:
    """[87 or 85] 99 8E and nothing else (9303-11 §9.8.4)."""
    tags = [each.tag for each in objects]
    if (
        tags[-2:] != [STATUS, MAC]
        or len(tags) > 3
        or (tags[:-2] and tags[0] not in (CRYPTOGRAM, PLAIN_CRYPTOGRAM))
    ):
        raise Malformed("an answer without its protection")
    status, mac = objects[-2:]
    if len(status.value) != 2 or len(mac.value) != MAC_SIZE:
        raise Malformed("an answer with a protection of the wrong size")
    return (objects[0] if len(objects) == 3 else None), status, mac
