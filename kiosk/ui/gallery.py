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
from kiosk.language import DayOfYear, T, verbatim
from kiosk.prompts import (
    Choice,
    Farewell,
    LayKeyCard,
    Option,
    OutOfService,
    Progress,
    Prompt,
    Reading,
    Scene,
    StillThere,
    Welcome,
)
from kiosk.steps.receipt import without_paper
from kiosk.ui import (
    gallery_booking,
    gallery_chip,
    gallery_degraded,
    gallery_diagnostics,
    gallery_help,
    gallery_lost_key,
    gallery_party,
    gallery_registration,
    gallery_staff,
    gallery_strained,
)

TODAY = date(2026, 11, 23)

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
    rows, brief = gallery_registration.rows(TODAY), gallery_registration.brief(TODAY)
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
        **gallery_booking.looking(_scene, TODAY),
        **gallery_chip.reading(_scene),
        **gallery_booking.found(_scene, TODAY),
        **gallery_registration.cards(_scene, TODAY),
        **gallery_chip.registration(_scene, rows, brief, TODAY),
        **gallery_party.party(_scene, rows, brief, TODAY),
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
    return gallery_strained.scenes(_scene, gallery_registration.rows(TODAY), TODAY, (LONG_NAME * 2)[:300])


def rehearsal() -> Iterator[Scene]:
    """One scene of each kind of prompt."""
    seen: set[type[Prompt]] = set()
    for scene in scenes().values():
        if type(scene.prompt) not in seen:
            seen.add(type(scene.prompt))
            yield scene
