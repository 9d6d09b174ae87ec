"""The chip's side of secure messaging (ICAO 9303-11 §9.8): strict, and over at the first mistake."""

from __future__ import annotations

import hmac

from hardware.document_reader.virtual_status import Refusal, Sw
from hardware.passport import tlv
from hardware.passport.apdu import EXTENDED_NE, SHORT_NE, Command, Response
from hardware.passport.crypto import MAC_SIZE, pad
from hardware.passport.errors import Malformed
from hardware.passport.secure_messaging import Channel

SECURE = 0x0C
_PADDED, _BARE, _LE, _STATUS, _MAC = 0x87, 0x85, 0x97, 0x99, 0x8E
_ORDERS = ([_MAC], [_LE, _MAC], [_PADDED, _MAC], [_PADDED, _LE, _MAC], [_BARE, _MAC], [_BARE, _LE, _MAC])


class ChipChannel(Channel):
    """Takes the protection off commands and puts it on answers."""

    def opened(self, command: Command) -> Command:
        """The command inside; Refusal 6987 where protection is missing, 6988 where it is wrong."""
        try:
            objects = {each.tag: each for each in tlv.parse_all(command.data)}
            order = [each.tag for each in tlv.parse_all(command.data)]
        except Malformed:
            raise Refusal(Sw.PROTECTION_WRONG) from None
        if _MAC not in objects:
            raise Refusal(Sw.PROTECTION_MISSING)
        secret = _BARE if command.ins & 1 else _PADDED
        if order not in _ORDERS or ({_PADDED, _BARE} - {secret}) & set(order):
            raise Refusal(Sw.PROTECTION_WRONG)
        self.step()
        covered = command.data[: -len(bytes(objects[_MAC]))]
        wanted = self.mac(pad(command.header, self.block) + covered)
        if len(objects[_MAC].value) != MAC_SIZE or not hmac.compare_digest(wanted, objects[_MAC].value):
            raise Refusal(Sw.PROTECTION_WRONG)
        data = self._decrypted(objects[secret]) if secret in objects else b""
        ne = _expected(objects[_LE].value) if _LE in objects else 0
        return Command(command.cla & ~SECURE, command.ins, command.p1, command.p2, data, ne)

    def _decrypted(self, found: tlv.Tlv) -> bytes:
        value = found.value
        if found.tag == _PADDED:
            if value[:1] != b"\x01":
                raise Refusal(Sw.PROTECTION_WRONG)
            value = value[1:]
        try:
            return self.decrypt(value)
        except Malformed:
            raise Refusal(Sw.PROTECTION_WRONG) from None

    def sealed(self, answer: Response, odd: bool) -> bytes:
        """Data, status word and checksum; an odd instruction's data has no padding indicator."""
        self.step()
        objects = b""
        if answer.data:
            secret = self.encrypt(answer.data)
            objects = tlv.encode(_BARE, secret) if odd else tlv.encode(_PADDED, b"\x01" + secret)
        objects += tlv.encode(_STATUS, answer.sw.to_bytes(2, "big"))
        return objects + tlv.encode(_MAC, self.mac(objects))

    def room(self, most: int) -> int:
        """How many bytes fit, protected, into an answer of `most`."""
        overhead = len(tlv.encode(_PADDED, bytes(most))) - most + 1 + 4 + 10
        return max(0, (most - overhead) // self.block * self.block - 1)


def _expected(value: bytes) -> int:
    if len(value) not in (1, 2):
        raise Refusal(Sw.PROTECTION_WRONG)
    return int.from_bytes(value, "big") or (SHORT_NE if len(value) == 1 else EXTENDED_NE)
