"""Card reader on any PC/SC contactless reader: which card lies there, told when it comes and goes.

Staff cards are proven, made and taken back on it (`staff_card.py`). Options: `staff_key_file`, the house's
secret for them (see `hardware/secret_keys.py`; left out, systemd's credential `staff-card-key` is used).
Without either no card can be proven here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from functools import partial
from typing import ClassVar

from hardware.card_reader.contract import (
    Card,
    CardIssue,
    CardPresented,
    CardProof,
    CardReader,
    CardRemoved,
    CardType,
    Issued,
    Proven,
)
from hardware.card_reader.ntag424 import ApduChannel
from hardware.card_reader.pcsc_reader import Lease, borrow
from hardware.card_reader.pcsc_watch import Lying
from hardware.card_reader.pcsc_wire import OtherCard, Refused
from hardware.card_reader.staff_card import StaffCardKeys, issue, prove, withdraw
from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceGone, DeviceMissetup, Fault
from hardware.readings import DeviceEvent, Reading, Status
from hardware.secret_keys import SecretKeyError, find_keys, is_given
from hardware.transport.pcsc import CardLifted, check_address

WORK_S = 5.0  # one card made or taken back: some 40 commands of about 10 ms each on an ACR1252

Work = Callable[[ApduChannel, bytes, StaffCardKeys], Issued]


class PcscCardReader(CardReader):
    """Tells of cards laid down while it is open, not of one that lay there before."""

    OPTIONS: ClassVar[frozenset[str]] = frozenset({StaffCardKeys.OPTION})

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        check_address(settings.name, settings.address)
        self._lease: Lease | None = None
        self._told = False
        self._keys: StaffCardKeys | None = None

    async def open(self) -> None:
        file = self.settings.options.get(StaffCardKeys.OPTION, "")
        try:
            self._keys = find_keys(StaffCardKeys, file) if is_given(StaffCardKeys, file) else None
        except SecretKeyError as wrong:
            raise DeviceMissetup(self.name, Fault.CARD_READER_NO_STAFF_KEY, str(wrong)) from None
        await self.close()
        self._lease = await borrow(self.settings.address, self.name, self.KIND, self._changed)
        self._lease.on_loss = self.ask_me

    async def close(self) -> None:
        lease, self._lease, self._told = self._lease, None, False
        if lease is not None:
            await lease.close()

    async def status(self) -> Status:
        lease = self._reader()
        lying = await lease.look()
        return Status(
            *lease.sense,
            readings=(
                *lease.readings(lying),
                self._key_in_use(),
            ),
        )

    async def lives(self) -> bool | None:
        return self._lease.lives if self._lease is not None else None

    def _key_in_use(self) -> Reading:
        return Reading("staff-card-key", "Staff card key", str(self._keys.current) if self._keys else "none")

    async def present(self) -> Card | None:
        lying = await self._reader().look()
        return lying.card if lying else None

    async def prove(self, card: Card, *, within_s: float) -> CardProof:
        lease, keys = self._reader(), self._keys
        if keys is None or card.type is not CardType.NTAG424:
            return CardProof(Proven.CANT, card.uid)
        lying = await lease.look()
        if lying is None or lying.card != card:
            return CardProof(Proven.LIFTED, card.uid)
        try:
            outcome = await lease.perform(lambda channel: prove(channel, card.uid, keys), within_s)
        except CardLifted:
            outcome = Proven.LIFTED
        return CardProof(outcome, card.uid)

    async def issue(
        self,
        *,
        card_within_s: float,
        on_card: Callable[[], None] | None = None,
        not_uids: Collection[bytes] = (),
        in_use: Callable[[bytes], bool] = lambda uid: False,
    ) -> CardIssue:
        return await self._on_a_card(
            lambda uid: partial(issue, in_use=in_use(uid)), card_within_s, on_card, not_uids
        )

    async def withdraw(
        self,
        *,
        card_within_s: float,
        on_card: Callable[[], None] | None = None,
        not_uids: Collection[bytes] = (),
    ) -> CardIssue:
        return await self._on_a_card(lambda uid: withdraw, card_within_s, on_card, not_uids)

    async def _on_a_card(
        self,
        work: Callable[[bytes], Work],
        card_within_s: float,
        on_card: Callable[[], None] | None,
        not_uids: Collection[bytes],
    ) -> CardIssue:
        """Wait for a card and do on it what is `work` for its UID; meanwhile nobody hears of a card laid down."""
        lease, keys, until_s = self._reader(), self._keys, time.monotonic() + card_within_s
        if keys is None:
            raise DeviceMissetup(self.name, Fault.CARD_READER_NO_STAFF_KEY, "none given")
        async with lease.hold(until_s) as ours:
            lying = None
            if ours:
                await lease.look()
                lying = await lease.next_card(None, until_s, not_uids)
            if lying is None:
                return CardIssue(Issued.NO_CARD)
            if on_card is not None:
                on_card()
            uid = lying.card.uid
            return CardIssue(await self._worked(lease, lying.card, work(uid), keys), uid)

    async def _worked(self, lease: Lease, card: Card, work: Work, keys: StaffCardKeys) -> Issued:
        if card.type is not CardType.NTAG424:
            return Issued.WRONG_TYPE
        try:
            return await lease.perform(lambda channel: work(channel, card.uid, keys), WORK_S)
        except CardLifted:
            return Issued.LIFTED
        except OtherCard:
            return Issued.TWO_CARDS
        except Refused:
            return Issued.WORN_OUT  # it took our key, and then not what it must take with it

    def _changed(self, lying: Lying | None) -> None:
        if self._told:
            self._told = False
            self.emit(DeviceEvent(self.name, self.KIND, time.monotonic(), CardRemoved()))
        if lying is not None:
            self._told = True
            self.emit(DeviceEvent(self.name, self.KIND, lying.since_s, CardPresented(lying.card)))

    def _reader(self) -> Lease:
        if self._lease is None:
            raise DeviceGone(self.name, Fault.CARD_READER_GONE, "not open")
        return self._lease


DRIVER = PcscCardReader
