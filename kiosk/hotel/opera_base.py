"""What all calls to OPERA Cloud share: the paths, the reading of a whole reservation, the faults."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from kiosk.hotel import opera_wire as wire
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Reservation
from kiosk.hotel.opera_deadline import Deadline
from kiosk.hotel.opera_fields import Nonsense
from kiosk.hotel.opera_http import Answer, Credentials, Exchange, OperaHttp, segment

Thing = TypeVar("Thing")

WHAT_OF_RESERVATION = (
    "Reservation",
    "Preferences",
    "Alerts",
    "LinkedReservations",
    "RevenuesAndBalances",
    "Shares",
)


@dataclass(frozen=True)
class Charging:
    """How this house posts: the transaction code of each use, and the cashier in whose name it is done."""

    codes: Mapping[str, str] = field(default_factory=dict)
    cashier: int | None = None


class OperaCalls:
    """A gateway, a hotel, and a deadline for each call, however many requests it takes."""

    def __init__(
        self,
        base_url: str,
        hotel_id: str,
        credentials: Credentials,
        deadline_s: float,
        clock: Callable[[], float] = time.monotonic,
        charging: Charging | None = None,
    ) -> None:
        self._http = OperaHttp(base_url, hotel_id, credentials, deadline_s, clock)
        self._hotel_id = hotel_id
        self._charging = charging or Charging()
        here = segment(hotel_id)
        self._rsv = f"/rsv/v1/hotels/{here}"
        self._fof = f"/fof/v1/hotels/{here}"
        self._csh = f"/csh/v1/hotels/{here}"

    async def open(self) -> None:
        await self._http.open()

    async def close(self) -> None:
        await self._http.close()

    def listen(self, tap: Callable[[Exchange, int], None]) -> None:
        """`tap` is told of each request and its answer, in a worker thread."""
        self._http.tap = tap

    @property
    def asked_again(self) -> int:
        return self._http.asked_again

    def token(self) -> str:
        """A bearer token for the archive beside the hotel; blocks, for a worker thread. HotelError."""
        return self._http.bearer()

    async def _answer(self, call: str, reservation_id: str, deadline: Deadline) -> Answer:
        """getReservation, with everything of it that we read."""
        query = [("fetchInstructions", each) for each in WHAT_OF_RESERVATION]
        path = self._reservation(reservation_id)
        answer = await self._http.ask(call, "GET", path, query=query, deadline=deadline)
        must_tell(call, answer)
        return answer

    async def _whole(self, call: str, reservation_id: str, deadline: Deadline) -> Reservation:
        return read(call, await self._answer(call, reservation_id, deadline), wire.reservation)

    def _reservation(self, reservation_id: str) -> str:
        return f"{self._rsv}/reservations/{segment(reservation_id)}"

    def _stay(self, reservation_id: str) -> str:
        return f"{self._fof}/reservations/{segment(reservation_id)}"


async def together(*asked: Awaitable[Answer]) -> list[Answer]:
    """Requests that don't need each other's answers, at the same time: a slow hotel is waited for once.

    All have ended when this returns or raises.
    """
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if isinstance(answer, Answer)]


def new_id(call: str, answer: Answer) -> str:
    """What was made is named by the last part of its Location."""
    new = answer.location.rstrip("/").rpartition("/")[2]
    if not new:
        raise HotelError(call, Trouble.BROKEN, "Location")
    return new


def must_tell(call: str, answer: Answer) -> None:
    """A gateway may say 204, no content, for an id that it does not know."""
    if not answer.body:
        raise HotelError(call, Trouble.NOT_FOUND)


def read(call: str, answer: Answer, reader: Callable[[dict[str, object]], Thing]) -> Thing:
    """The answer in domain words; BROKEN with the path of the field that is missing or wrong."""
    try:
        return reader(answer.body)
    except Nonsense as nonsense:
        path = str(nonsense)
    raise HotelError(call, Trouble.BROKEN, path)
