"""Samples of the screens of a guest whose key is lost, for `pictures` and the tests of every screen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kiosk.language import TN, Money, T, verbatim
from kiosk.prompts import Choice, Option, Progress, Prompt, Scene, Tone, Welcome
from kiosk.welcome import CHECK_IN, MY_KEY


def _scene(prompt: Prompt, step: int, *, back: bool = True) -> Scene:
    return Scene(1, prompt, Progress(step, 2, T("Your document") if step == 1 else T("Your key")), back)


def scenes(today: date) -> dict[str, Scene]:
    """Name of the picture → scene, in the order of the visit."""
    return {
        "welcome-lost-key": Scene(
            1,
            Welcome(
                question=T("Welcome"),
                options=(CHECK_IN, MY_KEY),
                greetings=("Üdvözöljük", "Willkommen"),
                invitation=T("Or begin with your passport: the reader is right of the screen"),
                notice=T("The printer is not working: your slip is shown on the screen."),
                demo=True,
                staff=True,
            ),
        ),
        "lost-key-not-checked-in": _scene(
            Choice(
                question=T("You are not checked in yet"),
                help=T("Once you have checked in, your key is made here at once."),
                picture="key-card",
                options=(CHECK_IN, Option("done", T("Not now"), quiet=True)),
            ),
            1,
        ),
        "lost-key-another-document": _scene(
            Choice(
                question=T("A colleague makes your new key"),
                help=T(
                    "This is not the document that you signed in with. Please show it at the desk; they know you are coming."
                ),
                picture="colleague",
                options=(Option("done", T("All right")),),
            ),
            1,
            back=False,
        ),
        "lost-key-stay-over": _scene(
            Choice(
                question=T("Your stay was until {day}", day=today),
                help=T("If you stay longer, a colleague makes your new key. They know you are coming."),
                picture="colleague",
                options=(Option("done", T("All right")),),
            ),
            1,
            back=False,
        ),
        "lost-key-rooms": _scene(
            Choice(
                question=T("Which room’s key is lost?"),
                help=T("You have several."),
                picture="two-rooms",
                options=tuple(
                    Option(room, T("Room {number}", number=verbatim(room))) for room in ("107", "412", "414", "1203")
                ),
                equals=True,
            ),
            1,
        ),
        "lost-key-already-in": _scene(
            Choice(
                question=T("You are already checked in"),
                help=T(
                    "If your key is lost, we make you a new one here. If it does not open, a colleague will help you."
                ),
                picture="already-in",
                options=(
                    Option("done", T("All right")),
                    MY_KEY,
                    Option("slip", T("Print my slip"), quiet=True),
                    Option("person", T("Call us"), quiet=True),
                ),
            ),
            1,
        ),
        "lost-key-agree": _scene(
            Choice(
                question=T("Shall we make you a new key?"),
                help=T(
                    "{cost} {old}",
                    cost=T("It costs {amount}, which goes onto your bill.", amount=Money(Decimal(2500), "HUF")),
                    old=T(
                        "All old keys to your room stop working as soon as the new one has opened the door, those of "
                        "the guest you share it with too: the desk makes them a new one."
                    ),
                ),
                picture="key-card",
                options=(Option("yes", T("Make a new key")), Option("person", T("Call us"), quiet=True)),
            ),
            2,
        ),
        "lost-key-ready": _scene(
            Choice(
                question=TN("Your new key is ready", "Your new keys are ready", 2),
                help=TN(
                    "Use it at your door first: from then on the lost one opens nothing.",
                    "Use one of them at your door first: from then on the lost one opens nothing.",
                    2,
                ),
                picture="card-taken",
                tone=Tone.OK,
                options=(Option("done", T("Thank you, done")),),
                notice=T("Please take your key card"),
                notice_tone=Tone.WARN,
            ),
            2,
            back=False,
        ),
    }
