"""Whose keys are on an NTAG 424 DNA, and how they are changed so that no moment leaves a card lost.

A card's five keys are its own: made from a secret of the property, the card's UID, the key's number and
what the card is for (AN10922). A key's *version*, which everybody may read, says under which secret it was
made – 0 as delivered, 1–127 a guest's key card, 128–255 a staff card – so that after a change which
was cut short the right key is tried at once: the card counts wrong tries, and locks a key after many.
A version proves nothing. The key does.

Who makes a card tells it its keys under a key that everybody knows, the delivered one: something that only pretends
to be a blank card learns them. They are of one UID, one purpose and one number (AES-CMAC over these, AN10922 §2.2:
from a key so made neither the master key nor another card's can be computed), so it learns those of the UID that it
claims and no others. Therefore a UID that somebody has already is never told its keys as to a blank card
(`staff_card.issue`): else a card that claims a manager's would become that manager's. The key cards of guests are
not watched so, as a terminal does not know all of the house's: who has learned the keys of one must still hold that
very card to a reader of their own to copy it, and has one guest's room until that guest leaves.

A single ChangeKey is done whole or not at all, and takes the version with it (data sheet §8.2.3.1, §10.6).
So a card lifted between two of them has some keys old and some new, each with its version, and whoever
takes it up again goes on from there.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import Enum

from hardware.card_reader.ntag424 import CardRefused, Ntag424, WrongKey
from hardware.card_reader.ntag424_wire import FACTORY_KEY, KEY_LENGTH, KEYS, UID_LENGTH, Status, diversified
from hardware.card_reader.pcsc_wire import Refused
from hardware.secret_keys import SecretKeys

MASTER = 0
_MASTER_LABEL = b"ntag 424 master 1\0"
_VERSIONS = 127


class Purpose(Enum):
    """What a card is for: the label of its keys, and the first of their versions."""

    GUEST = (b"guest key", 1)
    STAFF = (b"staff card", 128)

    @property
    def label(self) -> bytes:
        return self.value[0]

    def version(self, key_id: int) -> int:
        """A hint at the secret with this id; ids that are 127 apart share one."""
        return self.value[1] + key_id % _VERSIONS

    def has(self, version: int) -> bool:
        """Whether a key of this version is on a card for this purpose, of whatever property."""
        return self.value[1] <= version < self.value[1] + _VERSIONS


@dataclass(frozen=True)
class CardKeys:
    """The keys of one card, under each secret of the property."""

    secrets: SecretKeys = field(repr=False)
    purpose: Purpose
    uid: bytes

    def __post_init__(self) -> None:
        if len(self.uid) != UID_LENGTH:
            raise Refused  # a card that shows another number each time: none of ours

    def key(self, number: int, key_id: int | None) -> bytes:
        """Key `number` under a secret of ours; None: as delivered."""
        if key_id is None:
            return FACTORY_KEY
        secret = self.secrets.keys[key_id]
        master = hmac.new(secret, _MASTER_LABEL + self.purpose.label, hashlib.sha256).digest()[:KEY_LENGTH]
        return diversified(master, self.uid + bytes((number,)) + self.purpose.label)

    def version(self, key_id: int | None) -> int:
        return 0 if key_id is None else self.purpose.version(key_id)

    def ids(self, version: int) -> tuple[int | None, ...]:
        """Under which secrets a key of this version may be; none: somebody else's."""
        if version == 0:
            return (None,)
        return tuple(key_id for key_id in self.secrets.keys if self.purpose.version(key_id) == version)

    def authenticate(self, card: Ntag424, number: int, version: int) -> None:
        """With whichever key fits. WrongKey if none does."""
        for key_id in self.ids(version):
            try:
                return card.authenticate(number, self.key(number, key_id))
            except WrongKey:
                continue
        raise WrongKey


class Keyring:
    """The keys that are on a card now, and their changing."""

    def __init__(self, card: Ntag424, keys: CardKeys) -> None:
        self._card = card
        self._keys = keys
        self._open = False  # a session of the master key
        self.versions = [card.key_version(number) for number in KEYS]

    @property
    def known(self) -> bool:
        """Whether every key is as delivered or, by its version, one of ours."""
        return all(self._keys.ids(version) for version in self.versions)

    @property
    def blank(self) -> bool:
        return not any(self.versions)

    def open(self) -> None:
        """Be the card's master. WrongKey if it isn't ours."""
        if not self._open:
            self._keys.authenticate(self._card, MASTER, self.versions[MASTER])
            self._open = True

    def change(self, number: int, key_id: int | None) -> None:
        """Bring one key to what it is under this secret; nothing if it is there already."""
        version = self._keys.version(key_id)
        if self.versions[number] == version:
            return
        self._replace(number, self._keys.key(number, key_id), version)
        self.versions[number] = version
        if number == MASTER:
            self._open = False

    def _replace(self, number: int, new: bytes, version: int) -> None:
        """The card compares what the old key was: with two secrets of one version, try both."""
        refused: CardRefused = WrongKey()
        for old in self._keys.ids(self.versions[number]):
            self.open()
            try:
                return self._card.change_key(number, new, version, self._keys.key(number, old))
            except CardRefused as wrong:
                if wrong.status is not Status.INTEGRITY_ERROR:
                    raise
                refused, self._open = wrong, False
        raise refused
