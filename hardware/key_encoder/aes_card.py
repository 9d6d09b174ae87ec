"""The key's 48 bytes on an NTAG 424 DNA, which opens them only to who knows its key.

They stand at the beginning of file 3, encrypted on the way, read with key 2 or 3 and written with key 3
as the card is delivered (data sheet §8.2.3.3). A blank card gets its own keys when its first room key is
cut; key 3 is changed last, so that its version says of the whole card under which property key it is.

Lifted at any moment a card is as it was before, or no key, or the new key whole: 48 bytes in one frame are
written whole or not at all (§8.2.3.1), and keys that are changed one by one leave the 48 bytes as they
are, under a key whose version says which (`ntag424_keys.py`).
"""

from __future__ import annotations

from hardware.card_reader.ntag424 import ApduChannel, Ntag424
from hardware.card_reader.ntag424_keys import MASTER, CardKeys, Keyring, Purpose
from hardware.card_reader.ntag424_wire import PROPRIETARY, Mode
from hardware.card_reader.pcsc_wire import OtherCard, Refused
from hardware.card_reader.staff_card import is_marked, selected
from hardware.key_encoder.credential import BLANK, LENGTH, PropertyKeys, staff_mark

READ_KEY = 2  # what a lock needs
WRITE_KEY = 3  # reads too


class AesCardArea:
    """The key area of one card. Opened before use; its calls raise Refused, or what the channel raises.

    `number`: the key that it is read with; with another than key 3 it can't be written.
    """

    def __init__(self, channel: ApduChannel, uid: bytes, keys: PropertyKeys, number: int = WRITE_KEY) -> None:
        self._channel = channel
        self._uid = uid
        self._keys = CardKeys(keys, Purpose.GUEST, uid)
        self._current = keys.current
        self._number = number
        self._card: Ntag424 | None = None
        self._version = 0
        self._staff = self._session = False

    def open(self) -> None:
        """Make sure that it is this card, and see whose. OtherCard if it is another.

        The mark counts on a card that has no keys yet or no longer: on a guest's anybody can write it there.
        """
        self._card = selected(self._channel, self._uid)
        self._version = version = self._card.key_version(self._number)
        self._staff = Purpose.STAFF.has(version) or (version == 0 and is_marked(self._card))

    def read(self) -> bytes:
        """The 48 bytes; zeros from a card that nobody has made a key card yet, the mark from staff's."""
        if self._staff:
            return staff_mark()
        if not self._version:
            return BLANK
        card = self._opened()
        if not self._session:
            self._keys.authenticate(card, self._number, self._version)
            self._session = True
        return card.read(PROPRIETARY, LENGTH, Mode.FULL)

    def write(self, data: bytes) -> None:
        """Write all 48 bytes; a card that isn't under the current property key is brought under it first."""
        if len(data) != LENGTH:
            raise ValueError("the key area has 48 bytes")
        if self._staff:
            raise Refused
        if not self._version and data == BLANK:
            return
        card = self._opened()
        if self._version != self._keys.version(self._current):
            self._make_ours(card)
            self._session = False
        if not self._session:
            self._keys.authenticate(card, WRITE_KEY, self._version)
            self._session = True
        if card.uid() != self._uid:
            raise OtherCard
        card.write(PROPRIETARY, data, Mode.FULL)

    def _make_ours(self, card: Ntag424) -> None:
        ring = Keyring(card, self._keys)
        if not ring.known:
            raise Refused
        for number in (MASTER, 1, READ_KEY, 4, WRITE_KEY):
            ring.change(number, self._current)
        self._version = ring.versions[WRITE_KEY]

    def _opened(self) -> Ntag424:
        if self._card is None:
            raise ValueError("open() comes first")
        return self._card
