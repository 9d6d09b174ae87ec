"""Key encoder on any PC/SC contactless reader: our own credential on NTAG 424 DNA and on storage cards.

Options: `property_key_file` (see `property_keys.py`; left out, systemd's credential is used), `cards`:
`any`, or `aes`, which refuses every card that can be cloned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from functools import partial
from typing import ClassVar, TypeVar

from hardware.card_reader.contract import Card, CardType
from hardware.card_reader.pcsc_reader import Lease, borrow
from hardware.card_reader.pcsc_watch import Channel, Lying
from hardware.card_reader.pcsc_wire import OtherCard, Refused
from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceGone, DeviceMissetup, Fault
from hardware.key_encoder.area import KEY_CARDS, KeyArea, area_of
from hardware.key_encoder.contract import (
    Cut,
    CutResult,
    Issue,
    KeyEncoder,
    Opens,
    Rehearsal,
    Rehearsed,
    RoomKey,
)
from hardware.key_encoder.credential import (
    BLANK,
    PropertyKeys,
    Refusal,
    decode,
    encode,
    is_staff,
)
from hardware.key_encoder.property_keys import PropertyKeyError, find_property_keys
from hardware.key_encoder.rehearsal import one_round
from hardware.key_encoder.storage_card import STORAGE
from hardware.readings import Reading, State, Status
from hardware.transport.pcsc import CardLifted, check_address

T = TypeVar("T")
_AES = (CardType.NTAG424,)
WORK_S = 5.0  # one card, written and read back: 26 commands of about 10 ms each on an ACR1252


class PcscKeyEncoder(KeyEncoder):
    """Cuts keys on whatever lies on its reader; shares the reader with other kinds."""

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"property_key_file", "cards"})
    MASTER_KEYS: ClassVar[bool] = True

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        check_address(settings.name, settings.address)
        self._lease: Lease | None = None
        self._keys: PropertyKeys | None = None
        self._cloneable: CardType | None = None  # the last such card that a key was cut on

    @classmethod
    def check_options(cls, settings: DeviceSettings) -> None:
        super().check_options(settings)
        if settings.options.get("cards", "any") not in ("any", "aes"):
            raise DeviceMissetup(settings.name, Fault.BAD_OPTION, "cards: must be any or aes")

    async def open(self) -> None:
        """Property key first: without one no reader helps."""
        try:
            self._keys = find_property_keys(self.settings.options.get("property_key_file", ""))
        except PropertyKeyError as wrong:
            raise DeviceMissetup(self.name, Fault.KEY_ENCODER_NO_PROPERTY_KEY, str(wrong)) from None
        await self.close()
        self._lease = await borrow(self.settings.address, self.name, self.KIND)
        self._lease.on_loss = self.ask_me

    async def close(self) -> None:
        lease, self._lease = self._lease, None
        if lease is not None:
            await lease.close()

    async def status(self) -> Status:
        lease = self._reader()
        lying = await lease.look()
        return Status(
            *lease.sense,
            readings=(
                *lease.readings(lying),
                Reading("property-key", "Property key", str(self._secrets().current)),
                self._cards(),
            ),
        )

    async def lives(self) -> bool | None:
        return self._lease.lives if self._lease is not None else None

    def _cards(self) -> Reading:
        """What the keys are worth that are cut here: a storage card can be cloned."""
        if self._aes_only:
            return Reading("cards", "Key cards", "AES only")
        if self._cloneable is None:
            return Reading("cards", "Key cards", "AES, and storage cards that can be cloned")
        in_use = f"in use: {self._cloneable}, which can be cloned"
        return Reading("cards", "Key cards", in_use, level=State.NEEDS_CARE)

    @property
    def _aes_only(self) -> bool:
        return self.settings.options.get("cards", "any") == "aes"

    @property
    def _kinds(self) -> Collection[CardType]:
        return _AES if self._aes_only else KEY_CARDS

    async def cut(
        self,
        key: RoomKey,
        *,
        card_within_s: float,
        issue: Issue = Issue.NEW,
        reservation: str = "",
        not_uids: frozenset[bytes] = frozenset(),
        only_uid: bytes = b"",
        after_s: float | None = None,
        on_card: Callable[[bytes], None] | None = None,
        on_late: Callable[[CutResult], None] | None = None,
    ) -> CutResult:
        """ValueError for a key that no card can carry, before any card is asked for. A master key goes on no card that
        can be cloned: WRONG_TYPE.

        `issue` and `reservation` are not needed here: the sequence says which keys die. Nothing comes late.
        """
        encode(key, b"", self._secrets())
        after_s = time.monotonic() if after_s is None else after_s
        kinds = _AES if key.opens is Opens.SET else self._kinds
        return await self._on_a_card(
            partial(_cut, key), card_within_s, kinds, after_s=after_s, not_uids=not_uids, only_uid=only_uid, on_card=on_card
        )

    async def read(self, *, card_within_s: float) -> CutResult:
        return await self._on_a_card(_read, card_within_s, self._kinds)

    async def erase(self, *, card_within_s: float) -> CutResult:
        return await self._on_a_card(_erase, card_within_s, self._kinds)

    @property
    def rehearses(self) -> bool:
        return True

    async def rehearse(
        self, rounds: int, *, card_within_s: float, on_round: Callable[[int], None] = lambda done: None
    ) -> Rehearsal:
        lease, until_s = self._reader(), time.monotonic() + card_within_s
        async with lease.hold(until_s) as ours:
            await lease.look()
            lying = await lease.next_card(None, until_s) if ours else None
            if lying is None:
                return Rehearsal(Rehearsed.NO_CARD)
            slowest_s = 0.0
            for done in range(rounds):
                on_round(done)
                began_s = time.monotonic()
                outcome = await self._rehearsed(lease, lying)
                if outcome is not Rehearsed.DONE:
                    return Rehearsal(outcome, done, slowest_s, lying.card.type)
                slowest_s = max(slowest_s, time.monotonic() - began_s)
            on_round(rounds)
            return Rehearsal(Rehearsed.DONE, rounds, slowest_s, lying.card.type)

    async def _rehearsed(self, lease: Lease, lying: Lying) -> Rehearsed:
        if lying.card.type not in self._kinds:
            return Rehearsed.WRONG_TYPE
        try:
            return await self._on_area(lease, lying.card, one_round)
        except CardLifted:
            return Rehearsed.LIFTED
        except OtherCard:
            return Rehearsed.TWO_CARDS
        except Refused:
            return Rehearsed.LOCKED

    async def lies_there(self) -> bool | None:
        return await self._reader().look() is not None

    async def _on_a_card(
        self,
        work: Work,
        card_within_s: float,
        kinds: Collection[CardType],
        *,
        after_s: float | None = None,
        not_uids: frozenset[bytes] = frozenset(),
        only_uid: bytes = b"",
        on_card: Callable[[bytes], None] | None = None,
    ) -> CutResult:
        """Wait for a card (with `after_s` for one laid down since then) and do `work` on it."""
        lease, until_s = self._reader(), time.monotonic() + card_within_s
        async with lease.hold(until_s) as ours:
            before = await lease.look() if ours and after_s is not None else None
            if before is not None and after_s is not None and before.since_s >= after_s:
                before = None
            lying = await lease.next_card(before, until_s, not_uids) if ours else None
            if lying is None:
                return CutResult(Cut.NO_CARD)
            if only_uid and lying.card.uid != only_uid:
                return CutResult(Cut.ANOTHER_CARD, lying.card.uid, lying.card.type)
            if on_card is not None:
                on_card(lying.card.uid)
            return await self._work_on(lease, lying, work, kinds)

    async def _work_on(self, lease: Lease, lying: Lying, work: Work, kinds: Collection[CardType]) -> CutResult:
        uid, kind = lying.card.uid, lying.card.type
        if kind not in kinds:
            return CutResult(Cut.WRONG_TYPE, uid, kind)
        try:
            outcome, key = await self._on_area(lease, lying.card, work)
        except CardLifted:
            return CutResult(Cut.LIFTED, uid, kind)
        except OtherCard:
            return CutResult(Cut.TWO_CARDS, uid, kind)
        except Refused:
            return CutResult(Cut.LOCKED, uid, kind)
        if kind in STORAGE and key is not None:
            self._cloneable = kind
        return CutResult(outcome, uid, kind, key)

    async def _on_area(self, lease: Lease, card: Card, work: Callable[[KeyArea, bytes, PropertyKeys], T]) -> T:
        """Do `work` on the key area of the card that lies there. CardLifted, OtherCard, Refused go through."""
        keys = self._secrets()

        def on_channel(channel: Channel) -> T:
            area = area_of(channel, card.type, card.uid, keys)
            area.open()
            return work(area, card.uid, keys)

        return await lease.perform(on_channel, WORK_S)

    def _reader(self) -> Lease:
        if self._lease is None:
            raise DeviceGone(self.name, Fault.KEY_ENCODER_GONE, "not open")
        return self._lease

    def _secrets(self) -> PropertyKeys:
        if self._keys is None:
            raise DeviceMissetup(self.name, Fault.KEY_ENCODER_NO_PROPERTY_KEY, "not open")
        return self._keys


Work = Callable[[KeyArea, bytes, PropertyKeys], tuple[Cut, RoomKey | None]]


def _cut(key: RoomKey, area: KeyArea, uid: bytes, keys: PropertyKeys) -> tuple[Cut, RoomKey | None]:
    if is_staff(area.read()):
        return Cut.STAFF_CARD, None
    data = encode(key, uid, keys)
    area.write(data)
    stands_there = area.read()
    found = decode(stands_there, uid, keys)
    if stands_there != data or not isinstance(found, RoomKey):
        return Cut.WORN_OUT, None
    return Cut.DONE, found


def _read(area: KeyArea, uid: bytes, keys: PropertyKeys) -> tuple[Cut, RoomKey | None]:
    found = decode(area.read(), uid, keys)
    if isinstance(found, RoomKey):
        return Cut.DONE, found
    return (Cut.STAFF_CARD if found is Refusal.STAFF_CARD else Cut.NOT_A_KEY), None


def _erase(area: KeyArea, uid: bytes, keys: PropertyKeys) -> tuple[Cut, RoomKey | None]:
    if is_staff(area.read()):
        return Cut.STAFF_CARD, None
    area.write(BLANK)
    return (Cut.DONE if area.read() == BLANK else Cut.WORN_OUT), None


DRIVER = PcscKeyEncoder
