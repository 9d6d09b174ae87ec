"""The house: six floors of twenty doors."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kiosk.hotel.builtin.tables import Room, RoomFeature, RoomType

FLOORS = range(1, 7)
DOORS = range(1, 21)

TYPES = {  # code: name, most guests, a night in hundredths
    "SGL": ("Single room", 1, 29_000_00),
    "DBL": ("Double room", 2, 38_000_00),
    "TWN": ("Twin room", 2, 38_000_00),
    "FAM": ("Family room", 4, 56_000_00),
    "SUI": ("Suite", 3, 98_000_00),
}

OUT_OF_ORDER = frozenset({"208", "411"})
OUT_OF_SERVICE = frozenset({"513"})


def type_of(door: int) -> str:
    """The same on every floor."""
    if door in (1, *range(7, 15)):
        return "DBL"
    if door in (2, 15, 16, 17):
        return "TWN"
    if door in (18, 19):
        return "FAM"
    return "SUI" if door == 20 else "SGL"


def features_of(floor: int, door: int) -> frozenset[str]:
    """ACC near the lift, the river on the odd side, the courtyard on the even."""
    found = {"VIEW"} if door % 2 else {"QUIET"}
    if door == 1 or (door == 2 and floor <= 2):
        found.add("ACC")
    if door in (9, 10, 11, 20):
        found.add("BALC")
    if door in (18, 19):
        found.add("CONN")
    if door in (1, 20):
        found.add("TUB")
    return frozenset(found)


def state_of(floor: int, door: int) -> str:
    """A morning like any other: most are inspected, some clean, some dirty, few picked up or out of order."""
    number = f"{floor}{door:02d}"
    if number in OUT_OF_ORDER:
        return "OutOfOrder"
    if number in OUT_OF_SERVICE:
        return "OutOfService"
    if door == 20:
        return "Dirty"  # no suite is ready today
    return (
        "Inspected",
        "Inspected",
        "Clean",
        "Inspected",
        "Dirty",
        "Inspected",
        "Inspected",
        "Dirty",
        "Inspected",
        "Pickup",
    )[(floor * 7 + door * 3) % 10]


def make_rooms(session: Session) -> None:
    for code, (name, most, _) in TYPES.items():
        session.add(RoomType(code=code, name=name, most_guests=most))
    for floor in FLOORS:
        for door in DOORS:
            session.add(
                Room(
                    number=f"{floor}{door:02d}",
                    floor=str(floor),
                    type_code=type_of(door),
                    state=state_of(floor, door),
                    key_sequence=0,
                    key_options="LIFT,LOUNGE" if type_of(door) == "SUI" else "LIFT",
                    feature_rows=[RoomFeature(feature=code) for code in sorted(features_of(floor, door))],
                )
            )
