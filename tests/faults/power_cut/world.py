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
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hardware.card_reader.virtual_cards import VirtualCard
from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.virtual import VirtualEncoder
from hardware.virtual_process import VirtualProcess
from kiosk.hotel.builtin.process import BuiltinHotel
from kiosk.hotel.builtin.samples import SAMPLES
from tests.faults.power_cut.gateway import Gateway, When
from tests.faults.power_cut.paper_line import PaperLine
from tests.hardware.transport.pcscd import READER, Pcscd

HOTEL_ID = "DUNA"
GUEST = "unassigned"
ROOT = Path(__file__).parents[3]
INI = """
[kiosk]
state = {state}
idle_s = 600
[hotel]
url = {hotel}
hotel_id = DUNA
deadline_s = 5
[access]
pin_alone = yes
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
HEARD_WITHIN_S = 30  # a start of the kiosk on a busy machine; nothing waits this long when all is well


class Pad(VirtualEncoder):
    """An encoder's pad; the power can be cut at the writing of a card."""

    _cut: tuple[When, Callable[[], None]] | None = None

    def cut_at_key(self, when: When, cut: Callable[[], None]) -> None:
        """Before: at the first page to be written, which is not. After: the key is on the card whole
        (its header page is written last, `storage_card.py`), and the card's answer gets nowhere."""
        self._cut = (when, cut)

    @property
    def lying(self) -> VirtualCard:
        """The card that lies there."""
        assert self.card is not None
        return self.card

    def answer(self, apdu: bytes) -> bytes:
        writes = apdu[:2] == b"\xff\xd6"
        if self._cut is None or not writes:
            return super().answer(apdu)
        when, cut = self._cut
        if when is When.BEFORE:
            self._cut = None
            cut()
            return b"\x63\x00"
        answer = super().answer(apdu)
        if apdu[3] == 4 and any(apdu[5:]):
            self._cut = None
            cut()
        return answer


class Kiosk:
    """One run of the real process, from start to end."""

    def __init__(self, ini: Path, version: Path, words: Sequence[str] = ()) -> None:
        """`version`: the folder of the kiosk's code; `words`: who stands there (`kiosk_process.py`)."""
        self._ini = ini
        self._version = version
        self._words = words
        self.said: list[dict[str, Any]] = []
        self._news = asyncio.Condition()
        self._seen = 0

    async def start(self) -> None:
        """Warm (`tests/warm.py`), but for another version of the code."""
        cold = (str(Path(__file__).with_name("kiosk_process.py")),)
        script = ("-m", "tests.faults.power_cut.kiosk_process") if self._version == ROOT else cold
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *script, str(self._ini), *self._words,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            cwd=self._version, env={**os.environ, "PYTHONPATH": str(self._version)},
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
        os.kill(self.said[0]["pid"], signal.SIGKILL)

    async def shows(self, *kinds: str) -> str:
        """Wait for the next scene of one of these kinds; nothing that was shown before counts again.

        Says which it was; "" where the kiosk ended first.
        """
        found = ""

        def shown() -> bool:
            nonlocal found
            while self._seen < len(self.said):
                line = self.said[self._seen]
                self._seen += 1
                found = line.get("scene", "")
                if found in kinds or "ended" in line:
                    return True
            return False

        try:
            async with asyncio.timeout(HEARD_WITHIN_S), self._news:
                await self._news.wait_for(shown)
        except TimeoutError:
            raise AssertionError(f"waited for {kinds}; heard {self.said}") from None
        return found

    async def goes_dark(self) -> None:
        """Wait for the end after a power cut."""
        async with asyncio.timeout(HEARD_WITHIN_S):
            await self._listening
        assert self.said[-1] == {"ended": -signal.SIGKILL}, self.said

    def scenes(self) -> list[str]:
        return [line["scene"] for line in self.said if "scene" in line]

    @property
    def heard(self) -> dict[str, Any]:
        """The line that `shows` found last."""
        return self.said[self._seen - 1]

    def questions(self) -> list[str]:
        return [line["question"] for line in self.said if "question" in line]

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
        self.hotel = BuiltinHotel(self.hotel_state, hotel_id=HOTEL_ID)
        self.kiosks: list[Kiosk] = []

    async def start(self) -> None:
        async with asyncio.TaskGroup() as starting:
            for part in (self.printer, self.document_reader, self.pcscd, self.gateway, self.paper):
                starting.create_task(part.start())
            starting.create_task(self._start_hotel())
        self.paper.to = self.printer.address
        credentials = self.state / "hotel-credentials.json"
        shutil.copyfile(self.hotel.credentials_path, credentials)
        credentials.chmod(0o600)

    async def _start_hotel(self) -> None:
        await self.hotel.start()
        self.gateway.to = int(self.hotel.base_url.rsplit(":", 1)[1])

    async def stop(self) -> None:
        """All of it, whatever one of them says to that."""
        async with contextlib.AsyncExitStack() as stack:
            for part in (self.pcscd, self.hotel, self.printer, self.document_reader, self.paper, self.gateway):
                stack.push_async_callback(part.stop)
            for kiosk in self.kiosks:
                stack.push_async_callback(kiosk.stop)

    # the terminal

    async def switch_on(self, version: Path = ROOT, *words: str) -> Kiosk:
        """Start the kiosk; returns when it welcomes. `words`: who stands there, a guest if none."""
        ini = self.folder / "kiosk.ini"
        ini.write_text(
            INI.format(
                state=self.state, hotel=self.gateway.url, document_reader=self.document_reader.address,
                key_encoder=READER, printer=self.paper.address,
            )
        )  # fmt: skip
        kiosk = Kiosk(ini, version, words)
        self.kiosks.append(kiosk)
        await kiosk.start()
        assert await kiosk.shows("Welcome"), kiosk.said
        return kiosk

    def updated(self) -> Path:
        """Another version of the kiosk, in which a check-in is told with one field more."""
        version = self.folder / "version-2"
        for part in ("kiosk", "hardware", "assets"):
            shutil.copytree(ROOT / part, version / part, ignore=shutil.ignore_patterns("__pycache__"))
        effects = version / "kiosk" / "effects" / "check_in.py"
        before, kind, after = effects.read_text().partition('KIND: ClassVar[str] = "check-in"\n')
        assert kind
        effects.write_text(f"{before}{kind}    lane: str = ''\n{after}")
        return version

    async def guest_comes(self, kiosk: Kiosk, until: str = "Farewell") -> None:
        """Lays the passport down, and a key card when one is asked for; the rest is touched by itself."""
        await self.document_reader.do("present", *SAMPLES[GUEST].document.mrz)
        while (shown := await kiosk.shows("LayKeyCard", until)) == "LayKeyCard":
            await self.does_as_told(kiosk)
        assert shown == until, f"the kiosk ended: {kiosk.said}"
        await self.gateway.until(lambda gateway: any("/registration-cards/" in one.path for one in gateway.asked))

    async def guest_comes_and_power_goes(self, kiosk: Kiosk) -> None:
        await self.document_reader.do("present", *SAMPLES[GUEST].document.mrz)
        while await kiosk.shows("LayKeyCard"):
            await self.does_as_told(kiosk)
        await kiosk.goes_dark()

    async def does_as_told(self, kiosk: Kiosk) -> None:
        """A new card; who finds one there is asked to take it first."""
        if kiosk.heard["question"].startswith("Place"):
            await self.pad.do("lay-card")
        else:
            await self.lifts_card()

    async def lifts_card(self) -> None:
        """Returns when the reader has noticed that it is gone."""
        await self.pcscd.lift()

    async def slips(self) -> int:
        """How many lie in the printer's tray."""
        return int((await self.printer.do("slips"))["count"])

    # the books

    def query(self, words: str, *values: Any) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.hotel_state / "hotel.sqlite")) as books:
            return books.execute(words, values).fetchall()

    def guest(self) -> tuple[int, str, str]:
        """Reservation, its state and room."""
        ((number, state, room),) = self.query(
            "SELECT id, status, room_number FROM reservations WHERE confirmation = ?", SAMPLES[GUEST].confirmation
        )
        return number, state, room

    def interruptions(self, reservation: int | None = None) -> list[str]:
        """What the desk was told of this guest's check-in, or of what was done for another reservation."""
        found = self.query(
            "SELECT comment FROM service_requests WHERE code = 'INTERRUPTED' AND reservation_id = ? ORDER BY id",
            self.guest()[0] if reservation is None else reservation,
        )
        return [words for (words,) in found]

    def books(self) -> dict[str, Any]:
        """What the hotel's books tell of the guest, and how often they were told."""
        number, state, room = self.guest()
        return {
            "state": state,
            "room": room,
            "nights": self.query(
                "SELECT room, count(*) FROM room_nights WHERE holder = ? GROUP BY room", f"reservation {number}"
            ),
            "active keys": self.query(
                "SELECT room, card_uid IS NOT NULL FROM key_cards WHERE reservation_id = ? AND active", number
            ),
            "assignments": self.gateway.count("POST", "/roomAssignments"),
            "check-ins": self.gateway.count("POST", "/checkIns"),
            "cards signed": self.query("SELECT count(*) FROM archived_documents")[0][0],
        }

    def door_says(self, card: VirtualCard, room: str = "") -> str:
        """What the door of the guest's room, or of this one, does with this card."""
        answer = self.pad.door(room or self.guest()[2]).try_card(card)
        return "opened" if answer.opened else str(answer.reason)


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
