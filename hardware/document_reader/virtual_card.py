"""A virtual passport as a card for a virtual reader, in-process or behind vpcd."""

from __future__ import annotations

import secrets

from hardware.card_reader.virtual_cards import SmartCard
from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_description import Manner
from hardware.document_reader.virtual_passport import Contents, capabilities


class PassportCard(SmartCard):
    """A document on the pad. Its UID is another one every time it is made, as in real documents."""

    def __init__(self, contents: Contents) -> None:
        super().__init__(b"\x08" + secrets.token_bytes(3))  # 08: a random UID (ISO/IEC 14443-3 §6.5.4)
        self.contents = contents
        self.chip = Chip(contents)
        self.atr = atr(contents.description.extended, Manner.CHAINS in contents.description.manners)
        self._vanishes_at = contents.description.vanishes_at

    def activate(self) -> None:
        self.chip.reset()

    def exchange(self, apdu: bytes) -> bytes:
        answer = self.chip.transmit(apdu)
        self.took_s = self.chip.took_s
        if self._vanishes_at is not None and self.chip.last_read is self._vanishes_at:
            self._vanishes_at, self.taken = None, True
        return answer


def atr(extended: bool, chains: bool = False) -> bytes:
    """As a contactless reader makes it (PC/SC part 3 §3.1.3.2.3.1). Its historical bytes are the card's
    capabilities."""
    history = b"\x80\x73" + capabilities(extended, chains)
    body = bytes((0x80 | len(history), 0x80, 0x01)) + history
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes((check,))
