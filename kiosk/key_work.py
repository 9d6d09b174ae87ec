"""KeyWork: what a journey about keys knows so far. Frozen, as all facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.hotel.model import IssuedKey, Reservation, Room
from kiosk.key_journal import Why


class KeyAct(StrEnum):
    """What can be done about a guest's keys."""

    ONE_MORE = "one-more"  # older keys stay good
    REPLACE = "replace"  # they die
    MOVE = "move"
    LONGER = "longer"
    ERASE = "erase"  # the card that is laid down next


@dataclass(frozen=True)
class WithoutHotel:
    """A room's key while the hotel can't be asked: what the terminal itself knows of it."""

    room: str
    newest: int  # highest sequence that was cut or read here
    reservation_id: str
    until: datetime


@dataclass(frozen=True, repr=False)
class KeyWork:
    """From whose key to the card in hand."""

    booking: Reservation | None = None
    issued: tuple[IssuedKey, ...] = ()  # in the hotel's books
    offline: WithoutHotel | None = None
    act: KeyAct | None = None
    why: Why = Why.OTHER
    room: Room | None = None  # to move to
    departure: date | None = None  # to stay until
    approved_by: str = ""
    cut: int = 0  # keys that were cut for it
    older_die: bool = False  # by the last of them

    @property
    def reservation_id(self) -> str:
        if self.offline is not None:
            return self.offline.reservation_id
        return self.booking.id if self.booking else ""
