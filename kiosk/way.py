"""The way from the lift to the room, from the room's number and kiosk.ini's `[slip]`."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.hotel.model import Room
from kiosk.language import T, Text, verbatim
from kiosk.sections import Slip

_FLOORS = {
    "0": T("Ground floor"),
    "1": T("First floor"),
    "2": T("Second floor"),
    "3": T("Third floor"),
    "4": T("Fourth floor"),
    "5": T("Fifth floor"),
    "6": T("Sixth floor"),
}
_ON_FLOORS = {
    "0": T("Your room is on the ground floor"),
    "1": T("Your room is on the first floor"),
    "2": T("Your room is on the second floor"),
    "3": T("Your room is on the third floor"),
    "4": T("Your room is on the fourth floor"),
    "5": T("Your room is on the fifth floor"),
    "6": T("Your room is on the sixth floor"),
}


@dataclass(frozen=True)
class Way:
    """`side` as seen when stepping out of the lift; `doors` to pass, of `doors_on_floor`. 0: not known."""

    words: Text
    side: str = ""
    doors: int = 0
    doors_on_floor: int = 0


def floor_name(floor: str) -> Text:
    """ "Fourth floor"; other floors by their name."""
    return _FLOORS.get(floor.lstrip("0") or "0", T("Floor {floor}", floor=floor)) if floor else T("Your room")


def on_floor(floor: str) -> Text:
    """ "Your room is on the fourth floor", as a sentence."""
    if not floor:
        return T("Your room")
    return _ON_FLOORS.get(floor.lstrip("0") or "0", T("Your room is on floor {floor}", floor=floor))


def doors(name: str) -> Text:
    """A set of doors by the name that its doors have been told: `all`, `floor-4`; others as they are."""
    if name == "all":
        return T("All doors")
    kind, _, floor = name.partition("-")
    return floor_name(floor) if kind == "floor" and floor else verbatim(name)


def way_to(slip: Slip, room: Room) -> Way:
    """Doors are numbered along the corridor by the last two digits; the lift is after `lift_after_door`."""
    digits = room.number[-2:]
    if not (slip.lift_after_door and digits.isdecimal() and 0 < int(digits) <= slip.doors_per_floor):
        return Way(T("The signs on your floor show the way"))
    door = int(digits)
    if door <= slip.lift_after_door:
        return Way(T("From the lift to the left"), "left", slip.lift_after_door - door + 1, slip.doors_per_floor)
    return Way(T("From the lift to the right"), "right", door - slip.lift_after_door, slip.doors_per_floor)
