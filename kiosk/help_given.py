"""What staff may let a stuck guest do, who may, and how it is put down: in the journal of keys, and on the booking.

| the guest was refused because | may be allowed by | and then |
|---|---|---|
| the room is not inspected | reception | the hotel's own check-in still has to take the room |
| money is due | reception | paid: the hotel's books must say so; later: the hotel is told so |
| the desk has something for them | reception | an alert that stops the check-in still stops it |
| the booking has several rooms | reception | only once it is split at the hotel |
| the hotel sees an obstacle | reception | only once the hotel sees none any more |
| the document is not proven, or typed | reception, who looks at it | it goes on, marked unproven |
| chip and print differ | reception, who looks at it | the print goes on, marked as not proven |
| several guests have this name | reception, who looks at the document | – |
| no booking has this name, but one is like it | reception, who looks at the document | – |
| no booking has this name | reception, and a second person where `two_person` has other-room | – |
| the document has expired | a manager | it is read as if it had not |
| the booking is cancelled, checked out, of another day, on the waiting list | nobody | the desk |

A technician sees no guest's visit. Nobody approves their own act.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from kiosk.hotel.backend import HotelError
from kiosk.key_journal import Act, Why
from kiosk.roles import Power
from kiosk.sections import TwoPerson

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()


class Stuck(StrEnum):
    """Where a guest is led to a person."""

    ROOM = "room"
    BALANCE = "balance"
    ALERT = "alert"
    ROOMS = "rooms"
    OBSTACLE = "obstacle"
    DOCUMENT = "document"
    DIFFERS = "differs"
    TYPED = "typed"
    SAME_NAME = "same-name"
    LIKE_NAME = "like-name"
    NO_BOOKING = "no-booking"
    EXPIRED = "expired"
    PAST = "past"


@dataclass(frozen=True)
class Rule:
    """One line of the table. `power` None: nobody may. `second`: the act that a second person may have to approve."""

    why: Why
    power: Power | None = Power.HELP_GUEST
    second: TwoPerson | None = None


RULES: dict[Stuck, Rule] = {
    Stuck.ROOM: Rule(Why.ROOM_NOT_CLEAN),
    Stuck.BALANCE: Rule(Why.BALANCE),
    Stuck.ALERT: Rule(Why.ALERT),
    Stuck.ROOMS: Rule(Why.OBSTACLE),
    Stuck.OBSTACLE: Rule(Why.OBSTACLE),
    Stuck.DOCUMENT: Rule(Why.DOCUMENT),
    Stuck.DIFFERS: Rule(Why.DOCUMENT),
    Stuck.TYPED: Rule(Why.DOCUMENT),
    Stuck.SAME_NAME: Rule(Why.NAME_MISMATCH),
    Stuck.LIKE_NAME: Rule(Why.NAME_MISMATCH),
    Stuck.NO_BOOKING: Rule(Why.NAME_MISMATCH, second=TwoPerson.OTHER_ROOM),
    Stuck.EXPIRED: Rule(Why.DOCUMENT, Power.APPROVE),
    Stuck.PAST: Rule(Why.OTHER, None),
}


@dataclass(frozen=True)
class Help:
    """One step that somebody allowed. `words` are for the booking: no name, staff by their number."""

    by: str
    why: Why
    words: str
    approved_by: str = ""


async def put_down(terminal: Terminal, helped: list[Help], reservation_id: str) -> None:
    """What was allowed in a visit, now that its booking is known: before anything is done for it. Takes it from `helped`."""
    while helped:
        given = helped[0]
        _journal(terminal, given, reservation_id)
        helped.pop(0)
        await _comment(terminal, given, reservation_id)


def put_down_without(terminal: Terminal, helped: list[Help]) -> None:
    """The visit has ended, and came to no booking."""
    for given in helped:
        _journal(terminal, given, "")
    helped.clear()


def _journal(terminal: Terminal, given: Help, reservation_id: str) -> None:
    terminal.journal.append(
        Act.HELPED, by=given.by, approved_by=given.approved_by, reservation=reservation_id, why=given.why
    )


async def _comment(terminal: Terminal, given: Help, reservation_id: str) -> None:
    approved = f", approved by {given.approved_by}" if given.approved_by else ""
    text = f"{terminal.settings.kiosk.name}: staff {given.by}{approved} let the guest go on: {given.words}"
    try:
        await terminal.hotel.note(reservation_id, text)
    except HotelError as error:
        log.warning("booking not commented", trouble=error.trouble)
        terminal.tell_desk("HELPED", text, reservation_id)
