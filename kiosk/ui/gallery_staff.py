"""Sample prompts for staff: signing in, finding a guest, their keys, the journal, who works here.

Hotel, staff and guests are invented; the guest is ICAO's specimen (Doc 9303-4, Appendix A).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kiosk.hotel.model import Guest, IssuedKey, Reservation, Room, Stay
from kiosk.journeys.staff import menu
from kiosk.key_journal import GUEST, Act, Entry
from kiosk.key_work import KeyAct, KeyWork, WithoutHotel
from kiosk.language import T, Text, verbatim
from kiosk.prompts import (
    Busy,
    Keys,
    LayKeyCard,
    Option,
    Pick,
    PickRow,
    Prompt,
    Scene,
    Sheet,
    StillThere,
    Table,
    TextEntry,
    Tone,
)
from kiosk.roles import Person, Role, powers_of
from kiosk.steps.carry_out import made
from kiosk.steps.export_journal import Export, exported, not_exported, shall_it_be_exported
from kiosk.steps.find_stay import which_guest
from kiosk.steps.key_acts import matter, reasons, room_sheet
from kiosk.steps.key_reports import journal_pages, journal_table, shift_table
from kiosk.steps.master_key import master_made, master_matter, which_doors, why_made
from kiosk.steps.people import who_works_here
from kiosk.steps.second_person import who_agrees
from kiosk.steps.session import their_card

RECEPTION = T("{role} · {name}", role=T("Reception"), name=verbatim("Judit Varga"))
MANAGER = T("{role} · {name}", role=T("Manager"), name=verbatim("Péter Halász"))

_STICK = Path("/media/stick")
_FILE = "journal-kiosk-1-2026-11-26-171530.jsonl"
_SETS = ("all", *(f"floor-{number}" for number in range(1, 7)))

_STAYS = (
    ("Eriksson", "Anna Maria", "107", 0, 3),
    ("Müller", "Jörg", "1203", -2, 1),
    ("Kovács-Szentgyörgyi", "Ágnes", "212", -4, 0),
    ("Коваль", "Олександр", "305", -1, 2),
    ("محمد عبد الرحمن الفاسي", "", "410", -1, 5),
    ("王小明", "", "118", 0, 2),
    ("O’Brien", "Siobhán", "220", -3, 1),
    ("Łukasiewicz", "Paweł", "221", -2, 0),
    ("García Núñez", "José Luis", "222", -2, 4),
)


def _staff(prompt: Prompt, who: Text = RECEPTION, back: bool = True) -> Scene:
    return Scene(1, prompt, back=back, signed_in=who)


def scenes(today: date) -> dict[str, Scene]:
    """From the PIN to the journal."""
    return {
        "staff-pin": Scene(1, _pin(), back=True),
        "staff-pin-wait": Scene(1, replace(_pin(), error=T("Wrong PIN."), wait_s=8.0), back=True),
        "staff-number": Scene(1, TextEntry(question=T("Your staff number"), keys=Keys.PIN, max_length=6, value="104"), back=True),
        "staff-menu": _staff(menu(powers_of(frozenset({Role.MANAGER}))), MANAGER, back=False),
        "staff-menu-nothing": _staff(menu(frozenset()), back=False),
        "staff-find": _staff(find(today)),
        "staff-find-none": _staff(replace(find(today), rows=())),
        "staff-room": _staff(_room(today)),
        "staff-room-without-key": _staff(room_sheet(_booking(today, *_STAYS[0]), ())),
        "staff-why": _staff(reasons(KeyAct.REPLACE)),
        "staff-lay-card": _staff(_lay_card(), back=False),
        "staff-busy": _staff(Busy(question=T("Asking who is in the house")), back=False),
        "staff-approve": _staff(who_agrees(matter(_without_hotel(today)), "right", by_number=True)),
        "staff-own-card": _staff(their_card("right"), back=False),
        "staff-done": _staff(made("107", older_die=True), back=False),
        "staff-still-there": _staff(
            StillThere(
                question=T("Are you still there?"),
                help=T("Touch the screen anywhere to go on. Otherwise you are signed off."),
                seconds=20,
            ),
            back=False,
        ),
        "staff-list": _staff(who_works_here(_PEOPLE), MANAGER),
        "journal": _staff(journal_table(journal_pages(_journal(today, 90), UTC), 0, UTC), MANAGER),
        "journal-day-before": _staff(journal_table(journal_pages(_journal(today, 90), UTC), 1, UTC), MANAGER),
        "journal-empty": _staff(journal_table((), 0, UTC), MANAGER),
        "journal-export": _staff(shall_it_be_exported(_STICK), MANAGER),
        "journal-exported": _staff(exported(Export(_STICK / _FILE, 4711, "3f8a09c2d7e14b65")), MANAGER, back=False),
        "journal-not-exported": _staff(not_exported(_STICK, T("The directory is not there: is the stick plugged in?")), MANAGER),
        "master-doors": _staff(which_doors(_SETS), MANAGER),
        "master-why": _staff(why_made("all", 12), MANAGER),
        "master-approve": _staff(who_agrees(master_matter("floor-4"), "right", by_number=True), MANAGER),
        "master-made": _staff(master_made("all", _tonight(today), older_end=True), MANAGER, back=False),
        "shift-report": _staff(shift_table(_journal(today, 40)), MANAGER),
    }


def strained(today: date, name: str) -> dict[str, Scene]:
    """Three hundred rows, and names of three hundred letters."""
    rows = find(today).rows
    many = tuple(replace(rows[number % len(rows)], id=f"r{number}") for number in range(299))
    long_row = PickRow("long", verbatim(name), verbatim(name), T("No card yet"), Tone.WARN)
    return {
        "staff-find-many": _staff(replace(find(today), rows=(long_row, *many))),
        "staff-room-long": _staff(
            replace(
                _room(today), question=verbatim(name),
                sections=((T("Guest"), ((T("Name"), verbatim(name)), (T("Stay"), verbatim(name)))), *_room(today).sections),
            )
        ),
        "journal-long": _staff(
            Table(
                question=T("Journal of keys"),
                columns=(T("When"), T("What")),
                rows=tuple((verbatim(f"{name[number:]}"), verbatim(name)) for number in range(4)),
            ),
            T("{role} · {name}", role=T("Manager"), name=verbatim(name)),
        ),
    }  # fmt: skip


def _pin() -> TextEntry:
    return TextEntry(
        question=T("Your PIN"), help=T("Leave your card where it is."), keys=Keys.PIN, secret=True, least=6, max_length=12
    )


def find(today: date) -> Pick:
    """The guests in house."""
    return which_guest([_booking(today, *stay) for stay in _STAYS])


def _booking(today: date, family: str, given: str, room: str, first: int, last: int) -> Reservation:
    return Reservation(
        id=room,
        confirmation="",
        stay=Stay.IN_HOUSE,
        arrival=today + timedelta(first),
        departure=today + timedelta(last),
        guests=(Guest("", given, family),),
        adults=2,
        children=0,
        rooms=1,
        room_type="",
        room=Room(room, ""),
    )


def _room(today: date) -> Sheet:
    begin = datetime(today.year, today.month, today.day, 14, 5)
    end = begin.replace(hour=11, minute=0) + timedelta(days=3)
    issued = tuple(IssuedKey("107", "107", sequence, begin, end, active=sequence == 2) for sequence in (1, 2, 2))
    return room_sheet(_booking(today, *_STAYS[0]), issued)


def _tonight(today: date) -> datetime:
    return datetime(today.year, today.month, today.day, 23, 15)


def _lay_card() -> LayKeyCard:
    return LayKeyCard(
        question=T("Place a key card here"),
        help=T("Take one from the tray and hold it on the mark until you hear the tone."),
        number=1,
        of=1,
        state=T("waiting for the card"),
        other=(Option("no-card", T("No card left?"), quiet=True),),
    )


def _without_hotel(today: date) -> KeyWork:
    until = datetime(today.year, today.month, today.day, 11, tzinfo=UTC) + timedelta(days=1)
    return KeyWork(offline=WithoutHotel("1203", 4, "20394871", until), act=KeyAct.REPLACE)


_PEOPLE = (
    Person("1", "Péter Halász", frozenset({Role.MANAGER}), active=True, cards=1, has_pin=True),
    Person("2", "Judit Varga", frozenset({Role.RECEPTION}), active=True, cards=1, has_pin=True),
    Person("3", "Tobias Lindner", frozenset({Role.TECHNICIAN}), active=True, cards=0, has_pin=True),
    Person("4", "Zsófia Bánki", frozenset({Role.RECEPTION, Role.MANAGER}), active=True, cards=0, has_pin=False),
)


def _journal(today: date, count: int) -> list[Entry]:
    """The oldest first, as it is kept."""
    end = datetime(today.year, today.month, today.day, 23, 40, tzinfo=UTC)
    acts = (Act.CUT, Act.REPLACED, Act.ERASED, Act.MOVED, Act.REFUSED)
    return [
        Entry(
            number=number,
            at=end - timedelta(minutes=37 * (count - 1 - number)),
            act=acts[number % 5],
            by=("2", "1", GUEST)[number % 3],
            approved_by="1" if number % 7 == 0 else "",
            room=str(101 + number % 17) if number % 5 < 4 else "",
            card=f"04{number:06x}11" if number % 5 < 3 else "",
        )
        for number in range(count)
    ]
