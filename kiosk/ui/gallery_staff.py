"""Sample prompts for staff: signing in, finding a guest, their keys, the journal, who works here.

Hotel, staff and guests are invented; the guest is ICAO's specimen (Doc 9303-4, Appendix A).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from kiosk.language import TN, DayOfYear, Days, T, Text, verbatim
from kiosk.prompts import (
    Busy,
    Choice,
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

RECEPTION = T("{role} · {name}", role=T("Reception"), name=verbatim("Judit Varga"))
MANAGER = T("{role} · {name}", role=T("Manager"), name=verbatim("Péter Halász"))

_STAYS = (
    ("Eriksson Anna Maria", "107", T("In house"), Tone.OK, 0, 3),
    ("Müller Jörg", "1203", T("In house"), Tone.OK, -2, 1),
    ("Kovács-Szentgyörgyi Ágnes", "212", T("Leaves today"), Tone.WARN, -4, 0),
    ("Коваль Олександр", "305", T("In house"), Tone.OK, -1, 2),
    ("محمد عبد الرحمن الفاسي", "410", T("In house"), Tone.OK, -1, 5),
    ("王小明", "118", T("Arrives today"), Tone.PLAIN, 0, 2),
    ("O’Brien Siobhán", "220", T("In house"), Tone.OK, -3, 1),
    ("Łukasiewicz Paweł", "221", T("Leaves today"), Tone.WARN, -2, 0),
    ("García Núñez José Luis", "222", T("In house"), Tone.OK, -2, 4),
)


def _staff(prompt: Prompt, who: Text = RECEPTION, back: bool = True) -> Scene:
    return Scene(1, prompt, back=back, signed_in=who)


def scenes(today: date) -> dict[str, Scene]:
    """From the PIN to the journal."""
    return {
        "staff-pin": Scene(1, _pin(), back=True),
        "staff-pin-wait": Scene(1, replace(_pin(), error=T("Wrong PIN."), wait_s=8.0), back=True),
        "staff-number": Scene(1, TextEntry(question=T("Your staff number"), keys=Keys.PIN, max_length=6, value="104"), back=True),
        "staff-menu": _staff(_menu(), back=False),
        "staff-find": _staff(find(today)),
        "staff-find-none": _staff(replace(find(today), rows=())),
        "staff-room": _staff(_room(today)),
        "staff-why": _staff(_why()),
        "staff-lay-card": _staff(_lay_card(), back=False),
        "staff-busy": _staff(Busy(question=T("Asking the hotel")), back=False),
        "staff-approve": _staff(_approve(), back=False),
        "staff-done": _staff(_done(), back=False),
        "staff-still-there": _staff(
            StillThere(
                question=T("Are you still there?"),
                help=T("Touch the screen anywhere to go on. Otherwise you are signed off."),
                seconds=20,
            ),
            back=False,
        ),
        "staff-list": _staff(_people(), MANAGER),
        "journal": _staff(_journal(today, 40), MANAGER),
        "journal-empty": _staff(_journal(today, 0), MANAGER),
        "shift-report": _staff(_shift_report(), MANAGER),
    }


def strained(today: date, name: str) -> dict[str, Scene]:
    """Three hundred rows, and names of three hundred letters."""
    rows = find(today).rows
    many = tuple(replace(rows[number % len(rows)], id=f"r{number}") for number in range(299))
    long_row = PickRow("long", verbatim(name), verbatim(name), T("Leaves today"), Tone.WARN)
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


def _menu() -> Choice:
    return Choice(
        question=T("What would you like to do?"),
        equals=True,
        options=(
            Option("find", T("Keys of a room or guest")),
            Option("read", T("Read a key card")),
            Option("help", T("Help a guest"), off=T("Nobody has called")),
            Option("journal", T("Journal of keys"), quiet=True),
            Option("report", T("Shift report"), quiet=True),
        ),
    )


def find(today: date) -> Pick:
    """The guests in house."""
    return Pick(
        question=T("Which room or guest?"),
        search=True,
        empty=T("Nobody is found by this. Two letters of the name or the room number are enough."),
        rows=tuple(
            PickRow(
                room,
                verbatim(name),
                T("{room} · {stay}", room=verbatim(room), stay=_days(today, first, last)),
                state,
                tone,
            )
            for name, room, state, tone, first, last in _STAYS
        ),
        options=(Option("read", T("Read a key card"), quiet=True),),
    )


def _days(today: date, first: int, last: int) -> Text:
    return T("{days}", days=Days(today + timedelta(first), today + timedelta(last)))


def _room(today: date) -> Sheet:
    night = T("{day}, until {time}", day=DayOfYear(today + timedelta(days=3)), time="11:00")
    return Sheet(
        question=T("Room {room} · {name}", room="107", name="Eriksson"),
        sections=(
            (
                T("Stay"),
                (
                    (T("Guest"), verbatim("Eriksson Anna Maria")),
                    (T("Stay"), T("{days}, {people}", days=Days(today, today + timedelta(days=3)), people=TN("{count} guest", "{count} guests", 2))),
                    (T("Balance"), T("Nothing is open")),
                ),
            ),
            (
                T("Keys"),
                (
                    (T("Key {number}", number=1), T("Valid: {until}", until=night)),
                    (T("Key {number}", number=2), T("Replaced by a newer key")),
                ),
            ),
        ),
        options=(
            Option("one-more", T("One more key")),
            Option("replace", T("Replace all")),
            Option("move", T("Another room")),
            Option("longer", T("Longer stay"), off=T("The room is taken tomorrow")),
            Option("erase", T("Erase a card"), quiet=True),
        ),
    )  # fmt: skip


def _why() -> Choice:
    return Choice(
        question=T("Why is a key made?"),
        help=T("It stands in the journal with your name."),
        equals=True,
        options=(
            Option("lost", T("Key lost")),
            Option("dead", T("Key doesn’t open")),
            Option("one-more", T("One more person")),
            Option("moved", T("Another room")),
            Option("other", T("Another reason"), quiet=True),
        ),
    )


def _lay_card() -> LayKeyCard:
    return LayKeyCard(
        question=T("Place a key card here"),
        help=T("All older keys of room {room} end when this one first opens the door.", room="107"),
        number=1,
        of=1,
        state=T("waiting for the card"),
        other=(Option("cancel", T("Cancel"), quiet=True),),
    )


def _approve() -> Choice:
    return Choice(
        question=T("A second person must agree"),
        help=T("Hold the card of a manager to the reader, then type the PIN."),
        details=((T("What"), T("Key for a room that is not this guest’s")), (T("Room"), verbatim("107"))),
        where="right",
        options=(Option("cancel", T("Cancel"), quiet=True),),
    )


def _done() -> Choice:
    return Choice(
        question=T("The key is made"),
        help=T("Written, read back and checked."),
        tone=Tone.OK,
        details=((T("Room"), verbatim("107")), (T("Older keys"), T("End at the door"))),
        options=(Option("done", T("Done")), Option("another", T("One more key"), quiet=True)),
    )


def _people() -> Pick:
    at_desk, manager, technician = T("Reception"), T("Manager"), T("Technician")
    return Pick(
        question=T("Who works here"),
        rows=(
            PickRow("1", verbatim("Péter Halász"), manager, T("Card and PIN"), Tone.OK),
            PickRow("2", verbatim("Judit Varga"), at_desk, T("Card and PIN"), Tone.OK),
            PickRow("3", verbatim("Tobias Lindner"), technician, T("No card yet"), Tone.WARN),
            PickRow("4", verbatim("Zsófia Bánki"), at_desk, T("Has left"), Tone.PLAIN),
        ),
        options=(Option("add", T("Add somebody")),),
    )


def _journal(today: date, count: int) -> Table:
    acts = (T("Cut"), T("Replaced"), T("Erased"), T("Signed in"), T("Refused"))
    why = (T("Key lost"), T("One more person"), T("Key doesn’t open"), verbatim(""), T("Wrong PIN."))
    start = datetime(today.year, today.month, today.day, 23, 40)
    return Table(
        question=T("Journal of keys"),
        help=TN("{count} entry, the newest first.", "{count} entries, the newest first.", count) if count else None,
        columns=(T("When"), T("What"), T("Room"), T("Who"), T("Why")),
        rows=tuple(
            (
                T("{at}", at=start - timedelta(minutes=37 * number)),
                acts[number % 5],
                verbatim(str(101 + number % 17) if number % 5 < 3 else ""),
                verbatim(("Judit Varga", "Péter Halász")[number % 3 == 2]),
                why[number % 5],
            )
            for number in range(count)
        ),
        empty=T("No key has been made yet."),
        options=(Option("print", T("Print")), Option("export", T("Export"), quiet=True)),
    )


def _shift_report() -> Table:
    return Table(
        question=T("Shift report"),
        columns=(T("What"), T("How many")),
        rows=(
            (T("Keys made"), verbatim("23")),
            (T("Keys replaced"), verbatim("4")),
            (T("Cards erased"), verbatim("2")),
            (T("Not sure whether made"), verbatim("1")),
        ),
        options=(Option("print", T("Print")),),
    )
