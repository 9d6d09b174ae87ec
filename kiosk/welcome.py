"""The screen that waits for anybody: what can be done here today, and what can't, said beforehand."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.language import T, Text, language
from kiosk.prompts import Option, Takes, Tone, Welcome
from kiosk.settings import Settings

CHECK_IN = Option("check-in", T("Check in"))
MY_KEY = Option("lost-key", T("My key is lost"), quiet=True)
STAFF = "staff"

_INVITATIONS = {
    "left": T("Or begin with your passport: the reader is left of the screen"),
    "right": T("Or begin with your passport: the reader is right of the screen"),
    "below": T("Or begin with your passport: the reader is below the screen"),
    "above": T("Or begin with your passport: the reader is above the screen"),
}


def welcome(
    settings: Settings,
    code: str,
    *,
    missing: Sequence[Text] = (),
    document_reader: bool = True,
    my_key: bool = True,
) -> Welcome:
    """`code` is the language now shown; the others greet beside it. `my_key`: a lost one is replaced here."""
    reader = settings.document_reader
    others = (language(other) for other in settings.kiosk.languages if other != code)
    return Welcome(
        question=T("Welcome"),
        options=(CHECK_IN, MY_KEY) if my_key else (CHECK_IN,),
        greetings=tuple(other.say(T("Welcome")) for other in others),
        invitation=_INVITATIONS[reader.position.value] if reader and document_reader else None,
        where=reader.position.value if reader else "right",
        takes=frozenset({Takes.DOCUMENT, Takes.CODE, Takes.CARD}),
        notice=missing[0] if missing else None,
        notice_tone=Tone.WARN,
        demo=settings.kiosk.demo,
        staff=settings.card_reader is not None or settings.access.pin_alone,
    )
