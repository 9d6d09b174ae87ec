"""Sample prompts: every kind of screen with words as a journey says them, and some that strain it.

The person is ICAO's specimen (Doc 9303-4, Appendix A); hotel and booking are invented. Pictures,
the screen tests and the warming-up after the first frame draw these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hardware.errors import Fault
from kiosk.countries import country
from kiosk.language import TN, DayOfYear, Days, T, verbatim
from kiosk.prompts import (
    Busy,
    Choice,
    DateEntry,
    Farewell,
    Keys,
    LayKeyCard,
    Option,
    OutOfService,
    PresentDocument,
    Progress,
    Prompt,
    Reading,
    RegistrationCard,
    Row,
    Scene,
    StillThere,
    TextEntry,
    Tone,
    Welcome,
)
from kiosk.registration.card import masked
from kiosk.registration.fields import not_a_postcode
from kiosk.registration.listed import whole_name
from kiosk.steps.receipt import without_paper
from kiosk.ui import (
    gallery_chip,
    gallery_degraded,
    gallery_diagnostics,
    gallery_help,
    gallery_lost_key,
    gallery_party,
    gallery_staff,
    gallery_strained,
)

TODAY = date(2026, 11, 23)
_ANNA = whole_name("Eriksson", "Anna Maria")

STAGES = (
    T("Your booking"),
    T("Your document"),
    T("Registration"),
    T("Your room"),
    T("Your key"),
    T("Your stay"),
)

LONG_NAME = (
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafe "
    "Ramón José María de los Ángeles Aurélien-Barthélemy Öztürk Þórbjörg Kovács-Szentgyörgyi "
)

RULES = (
    T("Please keep the house quiet from 22:00 to 7:00, in the rooms and in the corridors."),
    T("Smoking is not allowed in the house or on the balconies. You may smoke in the garden."),
    T("The room is yours until 11:00 on the day of departure. If you need it longer, please ask at the desk."),
    T("Breakfast is served on the ground floor. The times are on your slip."),
    T("Pets are welcome: please tell the desk, and keep them on a lead in the house."),
    T("In case of fire leave by the stairs, never by the lift. The plan hangs on the door of your room."),
    T("Please keep valuables in the safe of your room. The hotel is not liable for what is left lying around."),
    T("You may be charged for damage to the room. If something is broken, please tell us: we repair it the same day."),
)


def _scene(prompt: Prompt, step: int = 0, back: bool = True) -> Scene:
    progress = Progress(step, len(STAGES), STAGES[step - 1]) if step else None
    return Scene(1, prompt, progress, back)


def _rows() -> tuple[Row, ...]:
    proof = T("Read from the document")
    return (
        Row(T("Name"), _ANNA, proof),
        Row(T("Born"), T("{day}", day=date(1974, 8, 12)), proof),
        Row(T("Passport"), verbatim(masked("L898902C3")), proof),
        Row(T("Address"), verbatim("6720 Szeged, Kárász u. 4"), field="address"),
        Row(T("Stay"), T("{days}", days=Days(TODAY, TODAY + timedelta(days=3)))),
    )


def _many_rows(missing: bool = False) -> tuple[Row, ...]:
    """As a citizen of a third country sees them in Hungary."""
    name, born, passport, address, stay = _rows()
    entered = T("{one}, {other}", one=T("{day}", day=TODAY - timedelta(days=1)), other=verbatim("Budapest"))
    return (
        name,
        Row(T("Name at birth"), verbatim("Eriksson Anna Maria"), field="birth-name"),
        born,
        Row(T("Place of birth"), verbatim("" if missing else "Utopia"), field="birth-place", missing=missing),
        Row(T("Sex"), T("Female"), born.proof),
        Row(T("Nationality"), verbatim("Utopia"), born.proof),
        passport,
        Row(
            address.label,
            verbatim("Kárász u. 4, 6720, Szeged"),
            field="address",
            missing=missing,
            lacks=T("Missing: {fields}", fields=T("Country")) if missing else None,
        ),
        stay,
        Row(T("Arrived in {country}", country=country("HU")), verbatim("") if missing else entered, field="entry", missing=missing),
        Row(T("{label} (optional)", label=T("Mother’s name")), verbatim(""), field="mothers-name"),
        Row(T("{label} (optional)", label=T("Visa or residence permit")), verbatim(""), field="visa-number"),
    )


def _welcome(demo: bool = False) -> Welcome:
    return Welcome(
        question=T("Welcome"),
        options=(
            Option("check-in", T("Check in")),
            Option("check-out", T("Check out")),
            Option("my-key", T("My key")),
            Option("walk-in", T("Book a room"), quiet=True),
            Option("more", T("More"), quiet=True),
        ),
        greetings=("Welcome", "Üdvözöljük", "Willkommen", "Bienvenue", "欢迎", "أهلاً"),
        invitation=T("Or begin with your passport: the reader is right of the screen"),
        demo=demo,
    )


_BRIEF = T(
    "{name} · {stay}",
    name=_ANNA,
    stay=T("{days}, {people}", days=Days(TODAY, TODAY + timedelta(days=3)), people=TN("{count} guest", "{count} guests", 1)),
)


def _farewell(**how: Any) -> Farewell:
    prompt = Farewell(
        question=T("Your room is on the fourth floor"),
        help=T("{help} Have a lovely stay!", help=T("{way}. Your room number is on the slip.", way=T("From the lift to the left"))),
        facts=(
            (T("Breakfast"), verbatim("7:00 – 10:30")),
            (T("Check-out"), T("{day}, until {time}", day=DayOfYear(TODAY + timedelta(days=3)), time="11:00")),
            (T("Front desk"), verbatim("+36 1 555 0100")),
        ),
        wifi="WIFI:T:WPA;S:duna-guest;P:kek-duna-1849;;",
        wifi_name="duna-guest",
        wifi_password="kek-duna-1849",  # noqa: S106 - invented
        way=("left", 5, 20),
    )
    return replace(prompt, **how)


def scenes() -> dict[str, Scene]:
    """Name of the picture → scene, in the order of a visit."""
    return {
        "welcome": _scene(_welcome(), back=False),
        "welcome-demo": _scene(
            Welcome(
                question=T("Welcome"),
                options=(Option("check-in", T("Check in")),),
                greetings=("Welcome", "Üdvözöljük", "Willkommen"),
                invitation=T("Or begin with your passport: the reader is right of the screen"),
                notice=T("Key cards can’t be made here right now. You can check in; the desk makes your key."),
                demo=True,
            ),
            back=False,
        ),
        "welcome-staff": _scene(replace(_welcome(), staff=True), back=False),
        "find-booking": _scene(
            Choice(
                question=T("How shall we find your booking?"),
                help=T(
                    "Swipe your passport or identity card through the reader, or hold the code of your booking to the scanner."
                ),
                picture="swipe-document",
                where="right",
                equals=True,
                options=(
                    Option("number", T("Type my confirmation number")),
                    Option(
                        "name", T("Type my name and a date"), off=T("Not available now: please use your document")
                    ),
                ),
            ),
            1,
        ),
        "family-name": _scene(
            TextEntry(
                question=T("What is your family name?"),
                help=T("As it is written in your booking. Next we ask for your travel document."),
                keys=Keys.NAME,
                value="Erikss",
            ),
            1,
        ),
        "confirmation-number": _scene(
            TextEntry(
                question=T("What is your confirmation number?"),
                help=T("It is in the message about your booking. Next we ask for your document."),
                keys=Keys.NUMBER,
                error=T("Please type at least four characters."),
            ),
            1,
        ),
        "departure": _scene(
            DateEntry(
                question=T("When do you leave?"),
                help=T("Your day of arrival is fine too."),
                earliest=TODAY - timedelta(days=60),
                latest=TODAY + timedelta(days=365),
                value=TODAY + timedelta(days=3),
            ),
            1,
        ),
        "document": _scene(
            PresentDocument(
                question=T("Your document, please"),
                help=T("Passport or identity card. No picture is kept; what is, you see before you sign."),
                picture="swipe-document",
                other=(Option("type", T("Type it in instead")),),
            ),
            2,
        ),
        "document-unread": _scene(
            PresentDocument(
                question=T("Your document, please"),
                help=T("Passport or identity card. No picture is kept; what is, you see before you sign."),
                picture="swipe-document",
                where="left",
                notice=T(
                    "That could not be read for certain. {again}",
                    again=T("Please swipe it once more, slowly and in one movement."),
                ),
                other=(Option("type", T("Type it in instead")), Option("person", T("Call us"), quiet=True)),
            ),
            2,
        ),
        **gallery_chip.reading(_scene),
        "not-found": _scene(
            Choice(
                question=T("We found no booking for this document"),
                help=T(
                    "Perhaps the booking is in another guest’s name, or for another day. Let’s try once more."
                ),
                picture="not-found",
                tone=Tone.WARN,
                options=(
                    Option("other", T("Use another document")),
                    Option("search", T("Search in another way")),
                    Option("person", T("Call us"), quiet=True),
                ),
            ),
            2,
        ),
        "birth-date": _scene(
            DateEntry(
                question=T("When were you born?"),
                earliest=date(1900, 1, 1),
                latest=TODAY,
                value=date(1974, 8, 12),
                far=True,
            ),
            2,
        ),
        "which-booking": _scene(
            Choice(
                question=T("Which booking is it?"),
                help=T("You have several."),
                picture="calendar",
                equals=True,
                options=(*(
                    Option(
                        str(start),
                        T(
                            "{days} · {room}",
                            days=Days(TODAY + timedelta(start), TODAY + timedelta(start + 3)),
                            room=verbatim(room),
                        ),
                    )
                    for start, room in ((0, "Twin, river view"), (10, "Double"), (30, "Family suite"))
                ), Option("none", T("None of these"), quiet=True)),
            ),
            2,
            back=False,
        ),
        "busy": _scene(
            Busy(
                question=T("Reading your document"),
                help=T("Please leave it where it is."),
                fraction=0.62,
                done=(T("Name and dates"), T("Booking found")),
            ),
            2,
            back=False,
        ),
        "busy-waiting": _scene(Busy(question=T("Looking for your booking")), 2, back=False),
        "registration-card": _scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="Anna"),
                help=T("Correct what has changed, then sign."),
                rows=_rows(),
                brief=_BRIEF,
            ),
            3,
        ),
        "registration-missing": _scene(
            RegistrationCard(
                question=T("A few more details, {name}", name="Anna"),
                help=T("Please fill in what is missing, then sign."),
                rows=_many_rows(missing=True),
            ),
            3,
        ),
        "missing-postcode": _scene(
            TextEntry(
                question=T("What is your postcode?"),
                help=T(
                    "{count} · {help}",
                    count=T("{number} of {of}", number=3, of=5),
                    help=T("If your country has none, type a dash."),
                ),
                keys=Keys.NUMBER,
                value="12345",
                error=not_a_postcode("HU"),
            ),
            3,
        ),
        "registration-long": _scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="Anna"),
                help=T("Correct what has changed, then sign."),
                rows=_many_rows(),
                brief=_BRIEF,
            ),
            3,
        ),
        **gallery_chip.registration(_scene, _rows(), _BRIEF, TODAY),
        **gallery_party.party(_scene, _rows(), _BRIEF, TODAY),
        "house-rules": _scene(
            Reading(question=T("House rules"), paragraphs=RULES, options=(Option("close", T("Close")),)), 3, back=False
        ),
        "room-not-ready": _scene(
            Choice(
                question=T("Your room is not ready yet"),
                help=T("We expect it to be ready at {time}.", time="15:30"),
                picture="queue",
                details=((T("Room"), verbatim("Twin, river view")), (T("Guests"), verbatim("2"))),
                options=(
                    Option("wait", T("Print a waiting number")),
                    Option("person", T("Call us"), quiet=True),
                ),
            ),
            4,
        ),
        "key-card": _scene(
            LayKeyCard(
                question=T("Place a key card here"),
                help=T("Take one from the tray and hold it on the mark until you hear the tone."),
                number=1,
                of=2,
                state=T("waiting for the card"),
                other=(
                    Option("enough", T("One key is enough"), quiet=True),
                    Option("no-card", T("The tray is empty"), quiet=True),
                ),
            ),
            5,
            back=False,
        ),
        "key-card-taken": _scene(
            LayKeyCard(
                question=T("Take your key"),
                help=T("It is ready. As soon as you have taken it, we make the next one."),
                number=2,
                of=2,
                state=T("comes next"),
                lifting=True,
                other=(
                    Option("enough", T("One key is enough"), quiet=True),
                    Option("no-card", T("The tray is empty"), quiet=True),
                ),
            ),
            5,
            back=False,
        ),
        "printer-paper": _scene(without_paper(Fault.PRINTER_PAPER_OUT, mail=False), 6, back=False),
        "farewell": _scene(_farewell(slip="below"), 6, back=False),
        "farewell-left-behind": _scene(
            _farewell(slip="below", notice=T("Please take your document")), 6, back=False
        ),
        "farewell-unprinted": _scene(
            _farewell(help=T("Your room is {number}. {way}.", number="413", way=T("From the lift to the left"))),
            6,
            back=False,
        ),
        "still-there": _scene(
            StillThere(
                question=T("Are you still there?"),
                help=T("Touch the screen anywhere to go on. Otherwise we start over, and what you entered is deleted."),
                seconds=20,
            ),
            back=False,
        ),
        "out-of-service": _scene(
            OutOfService(
                question=T("This terminal is closed"),
                help=T("The front desk will gladly check you in."),
                telephone="+36 1 555 0100",
            ),
            back=False,
        ),
        **gallery_lost_key.scenes(TODAY),
        **gallery_staff.scenes(TODAY),
        **gallery_help.scenes(TODAY),
        **gallery_degraded.scenes(),
        **gallery_diagnostics.scenes(TODAY),
    }


def strained() -> dict[str, Scene]:
    """The same screens with more than they like."""
    return gallery_strained.scenes(_scene, _rows(), TODAY, (LONG_NAME * 2)[:300])


def rehearsal() -> Iterator[Scene]:
    """One scene of each kind of prompt."""
    seen: set[type[Prompt]] = set()
    for scene in scenes().values():
        if type(scene.prompt) not in seen:
            seen.add(type(scene.prompt))
            yield scene
