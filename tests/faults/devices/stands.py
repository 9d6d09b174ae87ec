"""One device of each kind and driver: its virtual end, the real driver under supervision, and what a person does."""

from __future__ import annotations

import asyncio
import itertools
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from hardware.card_reader.contract import CardPresented
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader as VirtualPad
from hardware.device_view import DeviceView
from hardware.devices import Devices
from hardware.document_reader.contract import DocumentPresented, Wanted
from hardware.document_reader.virtual import SPECIMEN, SPECIMENS
from hardware.document_reader.virtual import VirtualReader as VirtualSwipe
from hardware.driver import DeviceSettings
from hardware.errors import Fault
from hardware.key_encoder.behaviour_pad import KEY
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.passport.password import Password
from hardware.printer.contract import PaperUsed, Printed, Slip, TextLine
from hardware.printer.virtual import VirtualPrinter
from hardware.readings import Kind, State
from hardware.scanner.contract import CodeScanned
from hardware.scanner.virtual import VirtualScanner
from hardware.secret_keys import create_keys
from tests.hardware.conftest import ASKING, Events
from tests.hardware.drivers import property_key
from tests.hardware.key_encoder.lock_server import utc
from tests.hardware.moved_time import MovedTime

WITHIN_S = 15.0
STEP_S, LOOK_S = 0.25, 0.03
"""The clock is moved in steps, and after each the wire is given so much of real time."""
BACK_S = 2.0
"""Within which what was plugged in again is well again."""
Verb = tuple[str, ...]
_numbers = itertools.count()


class Stand(ABC):
    """What all of them can. `slow` is slow and within every deadline; `back` undoes what hurts."""

    kind: ClassVar[Kind]
    driver: ClassVar[str]
    slow: ClassVar[Verb]
    garbage: ClassVar[Verb]
    stuck: ClassVar[Verb]
    well: ClassVar[tuple[Verb, ...]]
    well_after_stuck: ClassVar[tuple[Verb, ...] | None] = None
    reads: ClassVar[type] = object  # what its event carries when it is used

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.moved = MovedTime()
        self.events = Events()
        self.end: Any = self.make()
        self.devices: Devices

    @abstractmethod
    def make(self) -> Any:
        """The virtual end."""

    def settings(self) -> DeviceSettings:
        return DeviceSettings(self.kind.value, self.driver, self.end.address)

    async def start(self) -> None:
        await self.end.start()

    async def stop(self) -> None:
        await self.end.stop()

    async def plays(self, *verbs: Verb) -> None:
        for verb in verbs:
            await self.end.do(*verb)

    @abstractmethod
    async def works(self) -> None:
        """A person uses it, and it does what it is for."""

    @abstractmethod
    async def is_used(self) -> Awaitable[object]:
        """Somebody is in the middle of using it; what is awaited ends when that has ended."""

    async def hurt_in_use(self) -> None:
        """Used while it answers nonsense: where only that finds it out. Elsewhere the next question does."""
        return

    async def settles(self) -> None:
        """It is back after it was lost in the middle of its use."""
        await self.becomes(State.WELL, within_s=BACK_S)

    @property
    def seen(self) -> tuple[State, tuple[Fault, ...]]:
        view = self.view
        return view.state, view.faults

    @property
    def view(self) -> DeviceView:
        view = self.devices.view(self.kind)
        assert view is not None
        return view

    def fault(self, what: str) -> Fault:
        return self.kind.fault(what)

    async def becomes(self, state: State, *faults: Fault, within_s: float) -> None:
        """In so much time of the clock, which is moved; what a wire takes it takes really, and is not counted."""
        took_s = 0.0
        async with asyncio.timeout(WITHIN_S):
            while self.seen != (state, faults):
                await asyncio.sleep(LOOK_S)
                if self.seen != (state, faults) and self.moved.someone_sleeps:
                    assert took_s < within_s, f"still {self.seen} after {took_s} s"
                    self.moved.move(STEP_S)
                    took_s += STEP_S

    async def stays(self, state: State, for_s: float, asked: int = 0) -> None:
        """Asked so often meanwhile."""
        before, until_s = self.view.counters["asked"], self.moved.ahead_s + for_s
        async with asyncio.timeout(WITHIN_S):
            while self.moved.ahead_s < until_s or self.view.counters["asked"] < before + asked:
                await asyncio.sleep(LOOK_S)
                assert self.view.state is state
                if self.moved.someone_sleeps:
                    self.moved.move(STEP_S)

    async def soon(self, so: Any) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not so():
                await asyncio.sleep(0.01)


class PrinterStand(Stand):
    kind, driver = Kind.PRINTER, "escpos"
    slow, garbage, stuck, well = ("slow", "1"), ("garbage",), ("silent",), (("well",),)

    def make(self) -> VirtualPrinter:
        return VirtualPrinter(self.folder / "slips")

    async def works(self) -> None:
        assert await self._print("Room 412") is Printed.DONE

    async def is_used(self) -> Awaitable[object]:
        before = self.end.received
        await self.end.do("slow", "5")
        using = asyncio.ensure_future(self._print("Room 412. " * 40))
        assert isinstance(await self.events.next_what(), PaperUsed)
        await self.soon(lambda: self.end.received > before + 50)
        return using

    async def _print(self, words: str) -> Any:
        printer: Any = self.devices.get(Kind.PRINTER)
        return await printer.print(Slip((TextLine(words),)))


class _Serial(Stand):
    slow, garbage, stuck, well = ("tardy", "400"), ("babble",), ("mute",), (("speak",),)
    act: ClassVar[Verb]
    slowly: ClassVar[Verb]

    def settings(self) -> DeviceSettings:
        return replace(super().settings(), options=dict(ASKING))

    async def works(self) -> None:
        await self.end.do(*self.act)
        assert isinstance(await self.events.next_what(), self.reads)
        assert self.events.none

    async def is_used(self) -> Awaitable[object]:
        using = asyncio.ensure_future(self.end.do(*self.slowly))
        await self.soon(lambda: self.devices.get(self.kind).framing.waits_s is not None)  # type: ignore[union-attr]
        return using


class ScannerStand(_Serial):
    kind, driver, reads = Kind.SCANNER, "serial", CodeScanned
    act, slowly = ("scan", "HELLO"), ("slow", "A-CODE-OF-SOME-LENGTH")

    def make(self) -> VirtualScanner:
        return VirtualScanner()


class SwipeStand(_Serial):
    kind, driver, reads = Kind.DOCUMENT_READER, "serial_mrz", DocumentPresented
    act, slowly = ("specimen",), ("slow", *SPECIMENS["td3"])

    def make(self) -> VirtualSwipe:
        return VirtualSwipe()


class _TwoWires:
    """A reader with a chip's pad and a zone's line: a plug for both."""

    def __init__(self) -> None:
        self.pad, self.zone = VirtualPad(f"Full page {next(_numbers)}"), VirtualSwipe()
        self.address = self.pad.address

    async def start(self) -> None:
        await asyncio.gather(self.pad.start(), self.zone.start())

    async def stop(self) -> None:
        await asyncio.gather(self.pad.stop(), self.zone.stop())

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb in ("plug", "unplug"):
            return await self.pad.do(verb) | await self.zone.do(verb)
        return await (self.pad if verb in ("freeze", "lay-card") else self.zone).do(verb, *words)


class FullPageStand(_Serial):
    kind, driver, reads = Kind.DOCUMENT_READER, "pcsc_chip", DocumentPresented
    act, slowly = ("specimen",), ("slow", *SPECIMENS["td3"])
    stuck, well_after_stuck = ("freeze",), (("unplug",), ("plug",))

    def make(self) -> _TwoWires:
        return _TwoWires()

    def settings(self) -> DeviceSettings:
        return replace(super().settings(), options={**ASKING, "zone": self.end.zone.address})

    async def is_used(self) -> Awaitable[object]:
        reader: Any = self.devices.get(Kind.DOCUMENT_READER)
        call = reader.read_chip(Password.of(SPECIMEN), document_within_s=60, order=Wanted(), on_progress=lambda _: None)
        return await _begun(call)


class _Pad(Stand):
    slow, garbage, stuck = ("slow", "20"), ("babble", "on"), ("freeze",)
    well, well_after_stuck = (("babble", "off"), ("slow", "0")), (("unplug",), ("plug",))

    def make(self) -> VirtualPad:
        return VirtualPad(f"ACS ACR1252 PICC {next(_numbers)}")


class EncoderStand(_Pad):
    kind, driver = Kind.KEY_ENCODER, "pcsc"

    def settings(self) -> DeviceSettings:
        file = self.folder / "property-key"
        return replace(super().settings(), options={"property_key_file": str(file if file.exists() else property_key(self.folder))})

    async def works(self) -> None:
        since_s = monotonic()
        await self.end.do("lay-card")
        assert (await self._cut(since_s)).outcome is Cut.DONE
        await self.end.do("lift")

    async def is_used(self) -> Awaitable[object]:
        return await _begun(self._cut())

    async def hurt_in_use(self) -> None:
        await self.end.do("babble", "off")
        await self.end.do("lay-card")
        encoder: Any = self.devices.get(Kind.KEY_ENCODER)
        await self.soon_lies(encoder)
        await self.end.do("babble", "on")
        await encoder.read(card_within_s=5)

    async def soon_lies(self, encoder: Any) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not await encoder.lies_there():
                await asyncio.sleep(0.01)

    async def _cut(self, since_s: float | None = None) -> Any:
        encoder: Any = self.devices.get(Kind.KEY_ENCODER)
        return await encoder.cut(KEY, card_within_s=10, after_s=since_s)


class CardReaderStand(_Pad):
    kind, driver, reads = Kind.CARD_READER, "pcsc", CardPresented

    def settings(self) -> DeviceSettings:
        file = self.folder / "staff-card-key"
        if not file.exists():
            create_keys(StaffCardKeys, file)
        return replace(super().settings(), options={"staff_key_file": str(file)})

    async def works(self) -> None:
        await self.end.do("lift")
        while not self.events.none:
            await self.events.next()
        await self.end.do("lay-card")
        assert isinstance(await self.events.next_what(), CardPresented)
        await self.end.do("lift")
        await self.events.next()

    async def is_used(self) -> Awaitable[object]:
        reader: Any = self.devices.get(Kind.CARD_READER)
        return await _begun(reader.issue(card_within_s=60))

    async def hurt_in_use(self) -> None:
        await self.end.do("babble", "off")
        await self.end.do("blank-card")
        await self.events.next()
        await self.end.do("babble", "on")
        reader: Any = self.devices.get(Kind.CARD_READER)
        await reader.issue(card_within_s=5)


class LockServerStand(Stand):
    kind, driver = Kind.KEY_ENCODER, "fias"
    slow, garbage, stuck, well = ("late", "0.5"), ("garbage", b"\x02K\x03".hex()), ("silent",), (("speak",),)

    def make(self) -> VirtualLockServer:
        return VirtualLockServer(now=utc)

    def settings(self) -> DeviceSettings:
        return replace(super().settings(), options={"time_zone": "UTC"})

    async def works(self) -> None:
        await self.end.do("lay-card")
        assert (await self._cut()).outcome is Cut.DONE
        await self.end.do("lift")

    async def is_used(self) -> Awaitable[object]:
        before = len(self.end.requests)
        using = asyncio.ensure_future(self._cut())
        await self.soon(lambda: len(self.end.requests) > before)
        return using

    async def settles(self) -> None:
        """It still owes the answer; until that comes, over the new connection, nothing else is asked."""
        await self.becomes(State.NEEDS_CARE, within_s=BACK_S)
        await self.end.do("lay-card")
        await super().settles()
        await self.end.do("lift")

    async def _cut(self) -> Any:
        encoder: Any = self.devices.get(Kind.KEY_ENCODER)
        return await encoder.cut(KEY, card_within_s=0)


STANDS: tuple[type[Stand], ...] = (
    CardReaderStand, SwipeStand, FullPageStand, EncoderStand, LockServerStand, PrinterStand, ScannerStand,
)  # fmt: skip


async def _begun(call: Any) -> asyncio.Future[object]:
    """As far as it goes without anybody's help."""
    using = asyncio.ensure_future(call)
    for _ in range(20):
        await asyncio.sleep(0.01)
        assert not using.done()
    return using


@asynccontextmanager
async def standing(stand: Stand, *first: Verb) -> AsyncIterator[Stand]:
    """Its end started and `first` played, then opened as at the kiosk's start; all ended afterwards."""
    await stand.start()
    await stand.plays(*first)
    stand.devices = Devices({stand.kind: stand.settings()}, stand.events, now=stand.moved.now, sleep=stand.moved.sleep)
    try:
        await stand.devices.start()
        yield stand
    finally:
        await stand.stop()
        await stand.devices.close()
