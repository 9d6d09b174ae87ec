"""Sample prompts of a terminal on which not everything works: what is said beforehand, and what is offered instead."""

from __future__ import annotations

from dataclasses import replace

from hardware.errors import Fault
from hardware.readings import Kind
from kiosk.language import T, Text
from kiosk.prompts import Option, Progress, Prompt, Scene, Welcome
from kiosk.sections import DeskSide
from kiosk.steps.cut_keys import no_encoder
from kiosk.steps.mail_slip import to_this_address, which_address
from kiosk.steps.receipt import without_paper
from kiosk.welcome import CALL_US, CHECK_IN, DEVICES_MISSING, HOTEL_MISSING, NOT_NOW, said_beforehand


def _scene(prompt: Prompt, step: int, label: Text) -> Scene:
    return Scene(1, prompt, Progress(step, 6, label), back=False)


def _welcome(*options: Option) -> Welcome:
    greetings = ("Üdvözöljük", "Willkommen")
    return Welcome(question=T("Welcome"), options=options, greetings=greetings, staff=True, demo=True)


def scenes() -> dict[str, Scene]:
    """Name of the picture → scene."""
    several = said_beforehand(tuple(DEVICES_MISSING[kind] for kind in (Kind.KEY_ENCODER, Kind.PRINTER, Kind.SCANNER)))
    nothing = said_beforehand((HOTEL_MISSING,), desk=DeskSide.BEHIND, nothing=True)
    asked = _welcome(CALL_US, replace(CHECK_IN, off=NOT_NOW))
    invited = T("Or begin with your passport: the reader is right of the screen")
    return {
        "welcome-several-missing": Scene(1, replace(_welcome(CHECK_IN), notice=several, invitation=invited)),
        "welcome-nothing-possible": Scene(1, replace(asked, notice=nothing)),
        "no-encoder": _scene(no_encoder(), 5, T("Your key")),
        "no-paper-but-mail": _scene(without_paper(Fault.PRINTER_PAPER_OUT, mail=True), 6, T("Your stay")),
        "mail-on-file": _scene(to_this_address("anna-maria.eriksson@example.org"), 6, T("Your stay")),
        "mail-typed": _scene(which_address("anna.eriksson@example", T("This is not an e-mail address.")), 6, T("Your stay")),
    }
