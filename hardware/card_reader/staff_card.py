"""Staff cards: an NTAG 424 DNA that answers a challenge with a key made from the house's staff card key.

On the card: a mark at the beginning of its message file, which everybody can read and only key 0 can
write, so that no encoder, of whatever house, takes it for a blank key card; and five keys of its own
(`ntag424_keys.py`). Key 1 is the one that is challenged; it is changed last when a card is made and first
when it is taken back: a card that proves itself is whole, and one that is being taken back no longer does.
The mark is written before anything else and removed after everything else. A card lifted at any
moment is gone on with by the same call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hardware.card_reader.contract import Issued, Proven
from hardware.card_reader.ntag424 import ApduChannel, CardRefused, Ntag424, WrongKey
from hardware.card_reader.ntag424_keys import MASTER, CardKeys, Keyring, Purpose
from hardware.card_reader.ntag424_wire import NDEF, NDEF_AS_DELIVERED, FileSettings, Mode
from hardware.card_reader.pcsc_wire import GET_UID, Nonsense, OtherCard, Refused
from hardware.secret_keys import SecretKeys

MARK = b"\0\0LK\x01S"  # an empty message to any telephone; what follows is read by encoders
PROOF = 1
_NDEF_GUARDED = FileSettings(Mode.PLAIN, 0xE, MASTER, MASTER, MASTER)


@dataclass(frozen=True)
class StaffCardKeys(SecretKeys):
    """The property's secret keys for staff cards."""

    WHAT: ClassVar[str] = "staff card key"
    CREDENTIAL: ClassVar[str] = "staff-card-key"
    OPTION: ClassVar[str] = "staff_key_file"


def selected(channel: ApduChannel, uid: bytes) -> Ntag424:
    """The card of this UID, its application selected. OtherCard if another one answers."""
    answer = channel.transmit(GET_UID)
    if not answer.good:
        channel.reset()  # raises if it has gone
        raise Refused
    if answer.data != uid:
        raise OtherCard
    card = Ntag424(channel)
    card.select()
    return card


def is_marked(card: Ntag424) -> bool:
    """Whether a card says that it is a staff card: anybody's."""
    try:
        return card.read(NDEF, len(MARK), Mode.PLAIN) == MARK
    except CardRefused:
        return False  # a message that not everybody may read is not ours


def prove(channel: ApduChannel, uid: bytes, keys: StaffCardKeys) -> Proven:
    """Challenge it. What it answers instead of the right thing says that it isn't ours, whatever it is."""
    try:
        card = selected(channel, uid)
        CardKeys(keys, Purpose.STAFF, uid).authenticate(card, PROOF, _not_delivered(card.key_version(PROOF)))
        return Proven.PROVEN if card.uid() == uid else Proven.NOT_OURS
    except OtherCard:
        return Proven.LIFTED
    except (Refused, Nonsense):
        return Proven.NOT_OURS


def _not_delivered(version: int) -> int:
    """A key that everybody knows proves nothing."""
    if version == 0:
        raise WrongKey
    return version


def issue(channel: ApduChannel, uid: bytes, keys: StaffCardKeys, *, in_use: bool = False) -> Issued:
    """Make it a staff card of this house, or finish one that was begun. `in_use`: whether somebody has a card of this
    UID, which then has keys of ours: one that says it is blank is not that card, and is told none."""
    card = selected(channel, uid)
    try:
        ring = Keyring(card, CardKeys(keys, Purpose.STAFF, uid))
        if not ring.known or (ring.versions[MASTER] == 0 and in_use):
            return Issued.NOT_BLANK
        ring.open()
    except Refused:
        return Issued.NOT_BLANK
    if not is_marked(card):
        card.write(NDEF, MARK, Mode.PLAIN)
    if card.settings(NDEF) != _NDEF_GUARDED:
        card.change_settings(NDEF, _NDEF_GUARDED)
    for number in (MASTER, 2, 3, 4, PROOF):
        ring.change(number, keys.current)
    whole = prove(channel, uid, keys) is Proven.PROVEN and is_marked(selected(channel, uid))
    return Issued.DONE if whole else Issued.WORN_OUT


def withdraw(channel: ApduChannel, uid: bytes, keys: StaffCardKeys) -> Issued:
    """Make it as it was delivered, or finish that."""
    card = selected(channel, uid)
    try:
        ring = Keyring(card, CardKeys(keys, Purpose.STAFF, uid))
        if not ring.known or (ring.blank and not is_marked(card)):
            return Issued.NOT_OURS
        ring.open()
    except Refused:
        return Issued.NOT_OURS
    for number in (PROOF, 2, 3, 4):
        ring.change(number, None)
    if card.settings(NDEF) != NDEF_AS_DELIVERED:
        ring.open()
        card.change_settings(NDEF, NDEF_AS_DELIVERED)
    ring.change(MASTER, None)
    card.write(NDEF, bytes(len(MARK)), Mode.PLAIN)
    card.select()
    return Issued.WORN_OUT if is_marked(card) else Issued.DONE
