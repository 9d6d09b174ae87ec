"""Checks of the hotel's system: every call that the kiosk needs and that changes nothing, with ids that nobody has.

"No such booking" is a good answer: the call is there, and the kiosk may ask it. What a call would tell of a real
guest is never asked for. Calls that change something can't be tried so; `CHANGING` names them.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from kiosk.hotel.backend import Hotel, HotelError, Trouble
from kiosk.hotel.model import Reservation, Stay
from kiosk.language import T, Text

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

NOBODY = "KIOSK-CHECK-0"  # a confirmation number that no hotel gives
NO_NAME = "Qxzvkw Qjxwvq"
NO_ID = "0"  # of a reservation or profile: they are counted from 1
NO_ROOM = "KIOSKCHECK"
NO_CARD = "00000000000000"  # a UID
LONG_AGO = date(1990, 1, 1)  # nobody arrives any more
ANSWER_MOST_MS = 3000.0

CHANGING = (
    "save_guest", "add_companion", "note", "assign_room", "check_in", "undo_check_in", "move", "extend",
    "allocate_key", "post_key", "key_written", "key_erased", "drop_key", "charge", "request_service",
)  # fmt: skip
"""Calls that leave something behind, and so are not tried here."""

_ANSWERED = (Trouble.NOT_FOUND, Trouble.REFUSED)
_WHY = {
    Trouble.DOWN: "there is no connection: check the network cable; where that is well, ask who runs the hotel’s system",
    Trouble.TIMEOUT: "no whole answer in time",
    Trouble.BROKEN: "its answer is not what the interface says",
    Trouble.UNAUTHORISED: "this kiosk’s credentials are not allowed to: see hotel-credentials.json and the gateway",
    Trouble.CONFLICT: "it answers a question with a conflict",
}


def calls(hotel: Hotel, today: date) -> dict[str, tuple[Text, Callable[[], Awaitable[object]]]]:
    """Each call by its name: what it is for, and how it is asked for nobody."""
    tomorrow = today + timedelta(days=1)
    nobody = Reservation(NO_ID, NOBODY, Stay.RESERVED, today, tomorrow, (), 1, 0, 1, NO_ROOM)
    return {
        "ping": (T("Answers with our credentials"), hotel.ping),
        "find_by_confirmation": (T("Finds a booking by its number"), lambda: hotel.find_by_confirmation(NOBODY)),
        "find_by_name": (T("Finds a booking by name"), lambda: hotel.find_by_name(NO_NAME, arrival=today)),
        "find_by_given_name": (
            T("Finds a booking by given name"), lambda: hotel.find_by_given_name(NO_NAME, arrival=today)
        ),
        "arrivals": (T("Counts a day’s arrivals"), lambda: hotel.arrivals(LONG_AGO)),
        "in_room": (T("Says who is in a room"), lambda: hotel.in_room(NO_ROOM)),
        "reservation": (T("Reads a booking"), lambda: hotel.reservation(NO_ID)),
        "guest": (T("Reads a guest’s profile"), lambda: hotel.guest(NO_ID)),
        "room": (T("Reads a room"), lambda: hotel.room(NO_ROOM)),
        "free_rooms": (T("Looks for free rooms"), lambda: hotel.free_rooms(nobody)),
        "obstacles": (T("Asks whether a check-in is possible"), lambda: hotel.obstacles(NO_ID)),
        "keys": (T("Reads the keys of a booking"), lambda: hotel.keys(NO_ID)),
        "key_options": (T("Reads what else a key opens"), lambda: hotel.key_options(NO_ID)),
        "card_in_books": (T("Looks a card up in the books"), lambda: hotel.card_in_books(NO_CARD)),
        "folio": (T("Reads a bill"), lambda: hotel.folio(NO_ID)),
        "service_request": (T("Follows a call to the desk"), lambda: hotel.service_request(NO_ID)),
    }  # fmt: skip


def checks(terminal: Terminal) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    asked = calls(terminal.hotel, terminal.today())
    within_s = terminal.settings.hotel.deadline_s + 2
    return (
        *(
            Check(f"hotel.{name}", label.key, _asked(name, label.key, call), within_s=within_s)
            for name, (label, call) in asked.items()
        ),
        Check("hotel.changing", "Calls that change something", _not_tried),
    )


def _asked(name: str, label: str, call: Callable[[], Awaitable[object]]) -> Run:
    async def run(hands: Hands) -> CheckResult:
        began_s = time.monotonic()
        trouble: HotelError | None = None
        try:
            await call()
        except HotelError as error:
            trouble = error
        took_ms = round((time.monotonic() - began_s) * 1000, 1)
        measured = (Measured(f"answer-{name}", label, took_ms, "ms", most=ANSWER_MOST_MS),)
        code = f" ({trouble.code})" if trouble is not None and trouble.code else ""
        if trouble is not None and trouble.trouble not in _ANSWERED:
            return CheckResult(Outcome.ILL, f"Not so: {_WHY[trouble.trouble]}{code}.", measured, f"hotel.{trouble.trouble}")
        if not measured[0].within:
            return CheckResult(Outcome.ILL, "It answers, and a guest would wait too long.", measured)
        if trouble is not None and trouble.trouble is Trouble.REFUSED:
            return CheckResult(Outcome.WELL, f"It answers, and refuses what nobody has{code}.", measured)
        return CheckResult(Outcome.WELL, "It answers.", measured)

    return run


async def _not_tried(hands: Hands) -> CheckResult:
    return CheckResult(Outcome.SKIPPED, f"They would leave something behind, and are not tried: {', '.join(CHANGING)}.")
