"""What is said to somebody who has called a person."""

from __future__ import annotations

from kiosk.language import T
from kiosk.prompts import GO_ON, Choice


def called() -> Choice:
    return Choice(
        question=T("We have called a colleague"),
        help=T("You will see here when somebody comes. You can go on in the meantime."),
        picture="colleague",
        options=(GO_ON,),
    )


def coming() -> Choice:
    return Choice(
        question=T("A colleague is on the way"),
        help=T("Somebody will be with you in a moment. You can go on in the meantime."),
        picture="colleague",
        options=(GO_ON,),
    )


def not_reached(telephone: str) -> Choice:
    if telephone:
        help_text = T("Nobody could be reached from here. Please call {telephone}.", telephone=telephone)
    else:
        help_text = T("Nobody could be reached from here. Please go to the front desk.")
    return Choice(question=T("Please come to the desk"), help=help_text, picture="colleague", options=(GO_ON,))
