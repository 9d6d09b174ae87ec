"""All that survives when the terminal's power is cut: hotel, printer, readers, cards – and the next start."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway import Gateway, When
from paper_line import PaperLine
from pcscd import READER, Pcscd

from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.virtual import VirtualEncoder
from hardware.virtual_process import VirtualProcess
from kiosk.hotel.builtin.process import BuiltinHotel
from kiosk.hotel.builtin.samples import SAMPLES

HOTEL_ID = "DUNA"
GUEST = "unassigned"
INI = """
[kiosk]
state = {state}
idle_s = 600
[hotel]
url = {hotel}
hotel_id = DUNA
deadline_s = 5
[registration]
archive = builtin
[document_reader]
driver = serial_mrz
address = {document_reader}
[key_encoder]
driver = pcsc
address = pcsc:{key_encoder}
[printer]
driver = escpos
address = {printer}
"""
LAY_AGAIN_S = 1.5  # a guest at whose card nothing happens lays it down anew


class Pad(VirtualEncoder):
    """An encoder's pad; the power can be cut at the writing of a card."""

    cut: tuple[When, Callable[[], None]] | None = None

    def transmit(self, apdu: bytes) -> bytes:
        """The header page is written last (`storage_card.py`): then the key is on the card whole."""
        writes = apdu[:2] == b"\xff\xd6"
        if self.cut and self.cut[0] is When.BEFORE and writes:
            self._now()
            return b"\x63\x00"
        answer = super().transmit(apdu)
        if self.cut and writes and apdu[3] == 4 and any(apdu[5:]):
            self._now()
        return answer

    def _now(self) -> None:
        if self.cut is not None:
            cut, self.cut = self.cut[1], None
            cut()


class Kiosk:
    """One run of the real process, from start to end."""

    def __init__(self, ini: Path) -> None:
        self._ini = ini
        self.said: list[dict[str, Any]] = []
        self._news = asyncio.Condition()
        self._seen = 0

    async def start(self) -> None:
        script = Path(__file__).with_name("kiosk_process.py")
        root = str(script.parents[3])
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, str(script), str(self._ini),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=root,
            env={**os.environ, "PYTHONPATH": root},
        )  # fmt: skip
        self._listening = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            async with self._news:
                self.said.append(json.loads(line))
                self._news.notify_all()
        async with self._news:
            self.said.append({"ended": await self._process.wait()})
            self._news.notify_all()

    def cut_power(self) -> None:
        """SIGKILL, at this very moment."""
        os.kill(self._process.pid, signal.SIGKILL)

    async def hears(self, within_s: float = 20, **what: str) -> dict[str, Any]:
        """Wait for a line that says this; nothing that was heard before counts again."""
        (key, words), = what.items()

        def found() -> bool:
            while self._seen < len(self.said):
                line = self.said[self._seen]
                self._seen += 1
                if words in str(line.get(key, "")):
                    return True
                assert "ended" not in line, f"the kiosk ended, waiting for {what}: {self.said}"
            return False

        try:
            async with asyncio.timeout(within_s), self._news:
                await self._news.wait_for(found)
        except TimeoutError:
            raise AssertionError(f"waited for {what}; heard {self.said}") from None
        return self.said[self._seen - 1]

    async def ends(self) -> None:
        """Wait for the end after a power cut."""
        async with asyncio.timeout(20):
            await self._listening
        assert self.said[-1] == {"ended": -signal.SIGKILL}, self.said

    async def told(self, command: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(command.encode() + b"\n")
        await self.hears(obeyed=command.split()[0])

    def scenes(self) -> list[str]:
        return [line["scene"] for line in self.said if "scene" in line]

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        if self._process.stdin:
            self._process.stdin.close()
        await self._listening


class World:
    """A lobby and the house behind it."""

    def __init__(self, folder: Path, preload: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.state.mkdir(mode=0o700)
        self.hotel_state = folder / "hotel"
        self.gateway = Gateway()
        self.paper = PaperLine()
        self.printer = VirtualProcess("hardware.printer.virtual", "--out", str(folder / "slips"))
        self.document_reader = VirtualProcess("hardware.document_reader.virtual")
        self.pad = Pad(READER, create_property_keys(self.state / "property-key"))
        self.pcscd = Pcscd(folder / "reader.conf.d", preload, self.pad)
        self.hotel = self._hotel()
        self.kiosks: list[Kiosk] = []

    def _hotel(self) -> BuiltinHotel:
        return BuiltinHotel(self.hotel_state, hotel_id=HOTEL_ID)

    async def start(self) -> None:
        await asyncio.gather(
            self.start_hotel(), self.printer.start(), self.document_reader.start(), self.pcscd.start(),
            self.gateway.start(), self.paper.start(),
        )  # fmt: skip
        self.paper.to = self.printer.address
        credentials = self.state / "hotel-credentials.json"
        shutil.copyfile(self.hotel.credentials_path, credentials)
        credentials.chmod(0o600)

    async def start_hotel(self) -> None:
        self.hotel = self._hotel()
        await self.hotel.start()
        self.gateway.to = int(self.hotel.base_url.rsplit(":", 1)[1])

    async def stop(self) -> None:
        for kiosk in self.kiosks:
            await kiosk.stop()
        await asyncio.gather(
            self.gateway.stop(), self.paper.stop(), self.printer.stop(), self.document_reader.stop(),
            self.pcscd.stop(), self.hotel.stop(),
        )  # fmt: skip

    # the terminal

    async def switch_on(self) -> Kiosk:
        """Start the kiosk; returns when it welcomes."""
        ini = self.folder / "kiosk.ini"
        ini.write_text(
            INI.format(
                state=self.state, hotel=self.gateway.url, document_reader=self.document_reader.address,
                key_encoder=READER, printer=self.paper.address,
            )
        )  # fmt: skip
        kiosk = Kiosk(ini)
        self.kiosks.append(kiosk)
        await kiosk.start()
        await kiosk.hears(scene="Welcome")
        return kiosk

    async def guest_comes(self, kiosk: Kiosk) -> None:
        """Lays the passport down; the rest is touched by itself, but for the key card."""
        await self.document_reader.do("present", *SAMPLES[GUEST].document.mrz)

    async def lays_cards(self, kiosk: Kiosk) -> None:
        """A new card whenever one is asked for, again where nothing comes of it; for ever."""
        await kiosk.hears(scene="LayKeyCard")
        while True:
            await self.pad.do("lay-card")
            with contextlib.suppress(AssertionError):
                await kiosk.hears(LAY_AGAIN_S, scene="")

    async def until(self, kiosk: Kiosk, scene: str) -> None:
        """Guest and cards, until this kind of scene stands there."""
        cards = asyncio.ensure_future(self.lays_cards(Listener(kiosk)))
        try:
            await kiosk.hears(scene=scene)
        finally:
            cards.cancel()
            await asyncio.gather(cards, return_exceptions=True)

    async def until_dark(self, kiosk: Kiosk) -> None:
        """Guest and cards, until the power is cut."""
        cards = asyncio.ensure_future(self.lays_cards(Listener(kiosk)))
        try:
            await kiosk.ends()
        finally:
            cards.cancel()
            await asyncio.gather(cards, return_exceptions=True)

    # the books

    def query(self, words: str, *values: Any) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.hotel_state / "hotel.sqlite")) as books:
            return books.execute(words, values).fetchall()

    def requests(self) -> list[tuple[str, str]]:
        """What the desk was told: code and words, in order."""
        return self.query("SELECT code, comment FROM service_requests ORDER BY id")

    def interruptions(self) -> list[str]:
        return [words for code, words in self.requests() if code == "INTERRUPTED"]

    def books(self) -> dict[str, Any]:
        """What the hotel's books tell of the guest after all."""
        confirmation = SAMPLES[GUEST].confirmation
        ((number, state, room),) = self.query(
            "SELECT id, status, room_number FROM reservations WHERE confirmation = ?", confirmation
        )
        nights = self.query("SELECT room, count(*) FROM room_nights WHERE holder = ? GROUP BY room", f"reservation {number}")
        keys = self.query("SELECT room, card_uid IS NOT NULL FROM key_cards WHERE reservation_id = ? AND active", number)
        return {
            "state": state,
            "room": room,
            "nights": nights,
            "keys": keys,
            "check-ins": self.gateway.count("POST", "/checkIns"),
            "assignments": self.gateway.count("POST", "/roomAssignments"),
            "cards signed": self.query("SELECT count(*) FROM archived_documents")[0][0],
        }

    def opened_by_card(self, room: str) -> str:
        """What the door of this room says to the card on the pad, some minutes later."""
        later = timedelta(minutes=1)
        card = self.pad.card or self.pad.lifted[0]
        door = self.pad.door(room)
        self.pad._at = self.pad._now() + later
        answer = door.try_card(card)
        return "opened" if answer.opened else str(answer.reason)


class Listener(Kiosk):
    """Another pair of ears for the same kiosk: what they have heard, the first ones can still hear."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.said, self._news, self._seen = kiosk.said, kiosk._news, kiosk._seen


@asynccontextmanager
async def lobby(folder: Path, preload: Path, seeded: Path) -> AsyncIterator[World]:
    """`seeded`: a hotel's state directory to begin with."""
    shutil.copytree(seeded, folder / "hotel")
    world = World(folder, preload)
    try:
        await world.start()
        yield world
    finally:
        await world.stop()
