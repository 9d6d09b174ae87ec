"""Between kiosk and hotel: every request goes through, unless something is to happen to it."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.hotel.builtin.clock import HotelClock
from kiosk.hotel.builtin.process import BuiltinHotel
from kiosk.hotel.builtin.samples import SAMPLES
from tests.journeys.first_books import lay_at
from tests.kiosk.hotel.bad_gateway import Asked, BadGateway, Fault, cut
from tests.kiosk.hotel.books import Books

HOTEL_ID = "DUNA"
ZONE = "Europe/Budapest"
CURRENCY = "HUF"
CREDENTIALS = "hotel-credentials.json"


@dataclass
class Happening:
    """What happens to requests of one kind: `fault` instead of the hotel's answer.

    `end` is what the path ends with, as a regular expression. `acted`: the hotel gets the request first, and only its answer is lost.
    """

    method: str
    end: str
    fault: Fault
    acted: bool = False
    times: int = 1_000_000

    def is_for(self, asked: Asked) -> bool:
        path = asked.path.partition("?")[0]
        return self.times > 0 and asked.method == self.method and bool(re.search(f"{self.end}$", path))


@dataclass
class Between(BadGateway):
    """A gateway that misbehaves at chosen requests, and lets the others through to the hotel at `to`."""

    to: int = 0
    late_s: float = 0.0
    done: list[Asked] = field(default_factory=list)
    """What the hotel has done: it answered 2xx."""
    rewrite: Callable[[bytes], bytes] | None = None
    _happenings: list[Happening] = field(default_factory=list)
    _meetings: list[Happening] = field(default_factory=list)

    def spoil(self, method: str, end: str, fault: Fault) -> None:
        """Until `well()`: such requests never reach the hotel."""
        self._happenings.append(Happening(method, end, fault))

    def lose(self, method: str, end: str, fault: Fault = cut, times: int = 1) -> None:
        """The hotel does what the next such request asks, and its answer gets lost."""
        self._happenings.append(Happening(method, end, fault, acted=True, times=times))

    def meet(self, method: str, end: str, count: int) -> asyncio.Event:
        """Such requests wait for each other, until so many are there: then this is set, and all go through."""
        meeting, gone = asyncio.Event(), 0

        async def wait(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
            nonlocal gone
            gone += 1
            if gone == count:
                meeting.set()
            await meeting.wait()

        self._meetings.append(Happening(method, end, wait, times=count))
        return meeting

    def well(self) -> None:
        """All goes through again, at once."""
        self._happenings.clear()
        self.late_s = 0.0

    async def until(self, method: str, end: str) -> None:
        """Wait until such a request has come in."""
        what = Happening(method, end, cut)
        async with self._arrived:
            await self._arrived.wait_for(lambda: any(what.is_for(asked) for asked in self.asked))

    def count(self, method: str, end: str) -> int:
        """How many such requests the hotel has done."""
        return sum(Happening(method, end, cut).is_for(asked) for asked in self.done)

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        async with self._arrived:
            self.asked.append(asked)
            self._arrived.notify_all()
        for meeting in self._meetings:
            if meeting.is_for(asked):
                meeting.times -= 1
                await meeting.fault(self, writer)
        what = next((each for each in self._happenings if each.is_for(asked)), None)
        if what is not None:
            what.times -= 1
        if what is not None and not what.acted:
            await what.fault(self, writer)
            return
        if self.late_s and not await self._later():
            return
        head, body = await self._hotel_says(asked)
        if head.split(b" ", 2)[1].startswith(b"2"):
            self.done.append(asked)
        if what is not None:
            await what.fault(self, writer)
            return
        if self.rewrite is not None:
            body = self.rewrite(body)
        lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"content-length")]
        writer.write(b"\r\n".join([*lines, f"content-length: {len(body)}".encode()]) + b"\r\n\r\n" + body)
        await writer.drain()

    async def _later(self) -> bool:
        """False when this stops before."""
        try:
            await asyncio.wait_for(self._stopping.wait(), self.late_s)
        except TimeoutError:
            return True
        return False

    async def _hotel_says(self, asked: Asked) -> tuple[bytes, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.to)
        try:
            headers = "".join(f"{name}: {value}\r\n" for name, value in asked.headers.items())
            writer.write(f"{asked.method} {asked.path} HTTP/1.1\r\n{headers}\r\n".encode() + asked.body)
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            return head, await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
        finally:
            writer.close()


@dataclass
class House:
    """A hotel, its books, and what stands between it and its kiosks."""

    between: Between
    hotel: BuiltinHotel
    books: Books

    def lets_in(self, state: Path) -> None:
        """A kiosk's state directory gets what the hotel knows it by."""
        state.mkdir(mode=0o700, parents=True, exist_ok=True)  # of a kiosk that starts again
        shutil.copyfile(self.hotel.credentials_path, state / CREDENTIALS)
        (state / CREDENTIALS).chmod(0o600)
        shutil.copyfile(self.hotel.credentials_path.parent / "booking-code.pub", state / "booking-code.pub")

    def id_of(self, sample: str) -> str:
        """The sample's reservation."""
        number = SAMPLES[sample].confirmation
        return next(each.id for each in self.books.reservations() if each.confirmation == number)


@asynccontextmanager
async def open_house(state: Path) -> AsyncIterator[House]:
    today = HotelClock.for_day(ZoneInfo(ZONE), None).business_date()
    lay_at(state / "hotel.sqlite", today, HOTEL_ID, CURRENCY)
    hotel = BuiltinHotel(state, hotel_id=HOTEL_ID, time_zone=ZONE, currency=CURRENCY)
    await hotel.start()
    between = Between(to=int(hotel.base_url.rsplit(":", 1)[1]))
    await between.start()
    books = Books(state / "hotel.sqlite", ZONE)
    yield House(between, hotel, books)
    books.close()
    await between.stop()
    await hotel.stop()
