"""One device of each kind and driver, before its virtual end."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from hardware.card_reader.contract import CardPresented
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader as VirtualPad
from hardware.device_view import PROOF_LASTS_S
from hardware.devices import Devices
from hardware.document_reader.contract import DocumentPresented, Wanted
from hardware.document_reader.virtual import SPECIMEN, SPECIMENS
from hardware.document_reader.virtual import VirtualReader as VirtualSwipe
from hardware.driver import DeviceSettings
from hardware.key_encoder.behaviour_pad import KEY
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.passport.password import Password
from hardware.printer.contract import PaperUsed, Printed, Slip, TextLine
from hardware.printer.virtual import VirtualPrinter
from hardware.readings import Kind, State
from hardware.scanner import camera
from hardware.scanner.contract import CodeScanned
from hardware.scanner.keyboard import MOST_UNREADABLE
from hardware.scanner.virtual import VirtualScanner
from hardware.scanner.virtual_camera import VirtualCamera
from hardware.scanner.virtual_keyboard import VirtualKeyboard
from hardware.secret_keys import create_keys
from tests.faults.devices.screen import screen_of
from tests.faults.devices.stand import USB_S, WITHIN_S, Cell, Stand, Told, Verb
from tests.hardware.conftest import ASKING
from tests.hardware.drivers import property_key
from tests.hardware.key_encoder.lock_server import utc

_numbers = itertools.count()


class PrinterStand(Stand):
    kind, driver = Kind.PRINTER, "escpos"
    slow, garbage, stuck, well = ("slow", "1"), (("garbage",),), ("silent",), (("well",),)

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
    slow, garbage, stuck, well = ("tardy", "400"), (("babble",),), ("mute",), (("speak",),)
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
        own = verb in ("freeze", "lay-card", "lift") or (verb == "babble" and words)
        return await (self.pad if own else self.zone).do(verb, *words)


class FullPageStand(_Serial):
    """A reader of both; what happens to it happens to its zone, a plug is pulled for both."""

    kind, driver, reads = Kind.DOCUMENT_READER, "pcsc_chip", DocumentPresented
    act, slowly = ("specimen",), ("slow", *SPECIMENS["td3"])

    def make(self) -> _TwoWires:
        return _TwoWires()

    def settings(self) -> DeviceSettings:
        return replace(super().settings(), options={**ASKING, "zone": self.end.zone.address})

    async def is_used(self) -> Awaitable[object]:
        reader: Any = self.devices.get(Kind.DOCUMENT_READER)
        call = reader.read_chip(Password.of(SPECIMEN), document_within_s=60, order=Wanted(), on_progress=lambda _: None)
        return await _begun(call)


class ChipStand(FullPageStand):
    """The same; it happens to the chip's part."""

    garbage, well = (("babble", "on"), ("lay-card",)), (("babble", "off"), ("lay-card",), ("speak",))
    stuck, well_after_stuck = ("freeze",), (("unplug",), ("plug",))


class _Pad(Stand):
    slow, garbage, stuck = ("slow", "20"), (("babble", "on"), ("lay-card",)), ("freeze",)
    well, well_after_stuck = (("babble", "off"), ("slow", "0"), ("lay-card",)), (("unplug",), ("plug",))

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
        while not self.events.none:
            await self.events.next()
        await self.end.do("blank-card")
        await self.events.next()
        await self.end.do("babble", "on")
        reader: Any = self.devices.get(Kind.CARD_READER)
        await reader.issue(card_within_s=5)


class LockServerStand(Stand):
    kind, driver = Kind.KEY_ENCODER, "fias"
    slow, garbage, stuck, well = ("late", "0.5"), (("garbage", b"\x02K\x03".hex()),), ("silent",), (("speak",),)

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
        await self.becomes(State.NEEDS_CARE, within_s=USB_S)
        await self.end.do("lay-card")
        await super().settles()
        await self.end.do("lift")

    async def _cut(self) -> Any:
        encoder: Any = self.devices.get(Kind.KEY_ENCODER)
        return await encoder.cut(KEY, card_within_s=0)


class KeyboardStand(Stand):
    """It can't be asked: before its first code, and long after its last, nothing speaks for it nor against it."""

    kind, driver, reads = Kind.SCANNER, "keyboard", CodeScanned
    slow, garbage, stuck, well = ("slow", "A-CODE-OF-SOME-LENGTH"), (("garbage",),) * MOST_UNREADABLE, (), (("scan", "WELL"),)
    told: ClassVar[Mapping[Cell, Told]] = {
        Cell.GARBAGE: Told(State.NEEDS_CARE, "nonsense", guests_told=False),
        Cell.STUCK: Told(State.UNKNOWN, guests_told=False),
        Cell.BACK: Told(State.UNKNOWN, guests_told=False),
    }

    def make(self) -> VirtualKeyboard:
        return VirtualKeyboard()

    async def works(self) -> None:
        await self.end.do("scan", "HELLO")
        await self._reads("HELLO")

    async def works_slowly(self) -> None:
        await self.end.do(*self.slow)
        await self._reads(self.slow[1])

    async def is_used(self) -> Awaitable[object]:
        using = asyncio.ensure_future(self.end.do(*self.slow))
        await self.soon(lambda: self.devices.get(self.kind).framing.waits_s is not None)  # type: ignore[union-attr]
        return using

    async def falls_silent(self) -> None:
        """It has worked, and then no key comes any more: it is believed as long as a proof lasts."""
        await self.works()
        await self.becomes(State.WELL, within_s=USB_S)
        self.moved.move(PROOF_LASTS_S[self.kind] - 2 * USB_S)
        await self.stays(State.WELL, for_s=USB_S, asked=1)
        self.moved.move(USB_S)

    async def speaks_nonsense(self) -> None:
        for verb in self.garbage:
            await self.end.do(*verb)
            await self._reads("\ufffd")

    async def plays(self, *verbs: Verb) -> None:
        await super().plays(*(verb for verb in verbs if verb))
        if verbs == self.well:
            await self._reads("WELL")

    async def _reads(self, code: str) -> None:
        assert (await self.events.next_what()).text == code
        assert self.events.none


class CameraStand(Stand):
    kind, driver, reads = Kind.SCANNER, "camera", CodeScanned
    slow, garbage, stuck, well = ("slow", "700"), (("garbage",),), ("freeze",), (("go",),)

    def make(self) -> VirtualCamera:
        return VirtualCamera()

    async def works(self) -> None:
        code = f"HELLO {next(_numbers)}"
        await self.end.do("show", code)
        assert (await self.events.next_what()).text == code
        await self.end.do("hide")
        assert self.events.none

    async def is_used(self) -> Awaitable[object]:
        using = asyncio.ensure_future(self.end.do("scan", f"HELLO {next(_numbers)}"))
        await self.events.next_what()
        return using

    async def falls_silent(self) -> None:
        await self.plays(self.stuck)
        await self._last_picture_is_old()

    async def speaks_nonsense(self) -> None:
        await self.plays(*self.garbage)
        await self._last_picture_is_old()

    async def _last_picture_is_old(self) -> None:
        """The driver's own time: so long it believes the last one."""
        driver: Any = self.devices.get(Kind.SCANNER)
        await self.soon(lambda: monotonic() - driver._eye.last.at_s > camera.STOPPED_AFTER_S)


STANDS: tuple[type[Stand], ...] = (
    CardReaderStand, SwipeStand, FullPageStand, ChipStand, EncoderStand, LockServerStand, PrinterStand, ScannerStand,
    KeyboardStand, CameraStand,
)  # fmt: skip
"""Each driver that there is: a test fails where one is missing."""
_LOBBY: tuple[type[Stand], ...] = (SwipeStand, EncoderStand, PrinterStand, ScannerStand)
"""What a guest's kiosk has, beside the one that is played with: its screen is then that one's alone."""


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
    async with _opened(stand, [stand], first):
        yield stand


@asynccontextmanager
async def in_a_lobby(stand: Stand, *first: Verb) -> AsyncIterator[Stand]:
    """The same among the other devices of a kiosk that serves guests."""
    others = [made(_folder(stand.folder, made)) for made in _LOBBY if made.kind is not stand.kind]
    async with _opened(stand, [stand, *others], first), screen_of(stand.devices, stand.folder) as stand.screen:
        yield stand


@asynccontextmanager
async def _opened(stand: Stand, all_of_them: list[Stand], first: tuple[Verb, ...]) -> AsyncIterator[None]:
    await asyncio.gather(*(one.start() for one in all_of_them))
    await stand.plays(*first)
    settings = {one.kind: one.settings() for one in all_of_them}
    stand.devices = Devices(settings, stand.events, now=stand.moved.now, sleep=stand.moved.sleep)
    try:
        await stand.devices.start()
        yield
    finally:
        await asyncio.gather(*(one.stop() for one in all_of_them))
        await stand.devices.close()


def _folder(folder: Path, made: type[Stand]) -> Path:
    own = folder / made.__name__
    own.mkdir()
    return own
