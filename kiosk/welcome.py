"""The screen that waits for anybody: what can be done here today, and what can't, said beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hardware.readings import Kind
from kiosk.language import T, Text, language
from kiosk.prompts import Option, Takes, Tone, Welcome
from kiosk.sections import DeskSide
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.journey import Journey
    from kiosk.terminal import Terminal

CHECK_IN = Option("check-in", T("Check in"))
MY_KEY = Option("lost-key", T("My key is lost"), quiet=True)
STAFF = "staff"

_INVITATIONS = {
    "left": T("Or begin with your passport: the reader is left of the screen"),
    "right": T("Or begin with your passport: the reader is right of the screen"),
    "below": T("Or begin with your passport: the reader is below the screen"),
    "above": T("Or begin with your passport: the reader is above the screen"),
}


TESTED = T("This terminal is being tested just now. Please touch the screen to begin.")
CALL_US = Option("person", T("Call us"))
NOT_NOW = T("Not possible right now")

_DESK: dict[DeskSide, Text] = {
    DeskSide.LEFT: T("It is on your left."),
    DeskSide.RIGHT: T("It is on your right."),
    DeskSide.BEHIND: T("It is behind you."),
}


@dataclass(frozen=True)
class Missing:
    """What does not work: in a sentence of its own, and in a word where others are worse."""

    words: Text
    short: Text


HOTEL_MISSING = Missing(
    T("The hotel’s system can’t be reached now. Please come to the desk."), T("the hotel’s system")
)
DEVICES_MISSING: dict[Kind, Missing] = {
    Kind.DOCUMENT_READER: Missing(
        T("The document reader is not working: please come to the desk."), T("the document reader")
    ),
    Kind.KEY_ENCODER: Missing(
        T("Key cards can’t be made here right now. You can check in; the desk makes your key."), T("key cards")
    ),
    Kind.PRINTER: Missing(T("The printer is not working: your slip is shown on the screen."), T("the printer")),
    Kind.SCANNER: Missing(T("Booking codes can’t be scanned now: your document is enough."), T("the code scanner")),
}
"""The worst first."""
_NO_PAPER = T("The printer is not working: your slip is shown on the screen, or comes by e-mail.")
_TYPED = T("The document reader is not working. You can type your data, and a colleague looks at your document.")


def not_today(terminal: Terminal) -> tuple[Missing, ...]:
    """All that is known not to work, the worst first."""
    settings = terminal.settings
    missing = {kind: words for kind, words in DEVICES_MISSING.items() if not terminal.works(kind)}
    if Kind.PRINTER in missing and terminal.mails:
        missing[Kind.PRINTER] = replace(missing[Kind.PRINTER], words=_NO_PAPER)
    if Kind.DOCUMENT_READER in missing and settings.kiosk.typed_document:
        missing[Kind.DOCUMENT_READER] = replace(missing[Kind.DOCUMENT_READER], words=_TYPED)
    hotel = (HOTEL_MISSING,) if terminal.hotel_well is False else ()
    return (*hotel, *missing.values())


def possible(journey: Journey[Any], terminal: Terminal) -> bool:
    """Whether a guest can come to its end today, with nobody's help but what its steps offer."""
    return terminal.hotel_well is not False and all(map(terminal.works, journey.needs))


def said_beforehand(missing: tuple[Missing, ...], *, desk: DeskSide | None = None, nothing: bool = False) -> Text | None:
    """What a guest must know before they begin: the worst in a sentence, of all others the words. Where `nothing` can
    be done here it is no guest's matter what else is broken, but where the desk is."""
    if not missing:
        return None
    worst, *others = missing
    if nothing:
        return worst.words if desk is None else Text("{what} {where}", (("what", worst.words), ("where", _DESK[desk])))
    if not others:
        return worst.words
    also = others[0].short
    for other in others[1:]:
        also = Text("{these}, {this}", (("these", also), ("this", other.short)))
    return T("{worst} Also not working: {others}.", worst=worst.words, others=also)


def welcome_now(terminal: Terminal, code: str, check_in: Journey[Any], lost_key: Journey[Any]) -> Welcome:
    """As it is at this moment: what is not possible is said, and nobody is led to it."""
    settings = terminal.settings
    can_check_in = possible(check_in, terminal) or (terminal.hotel_well is not False and settings.kiosk.typed_document)
    can_lost_key = possible(lost_key, terminal)
    nothing = not (can_check_in or can_lost_key)
    prompt = welcome(settings, code, my_key=can_lost_key)
    if terminal.tested or not (terminal.works(Kind.DOCUMENT_READER) and can_check_in):
        prompt = replace(prompt, invitation=None)
    notice = said_beforehand(not_today(terminal), desk=settings.kiosk.desk, nothing=nothing)
    if terminal.tested and not nothing:
        notice = TESTED
    options = (CALL_US, replace(CHECK_IN, off=NOT_NOW)) if nothing else prompt.options
    return replace(prompt, notice=notice, options=options)


def welcome(settings: Settings, code: str, *, my_key: bool = True) -> Welcome:
    """`code` is the language now shown; the others greet beside it. `my_key`: a lost one is replaced here."""
    reader = settings.document_reader
    others = (language(other) for other in settings.kiosk.languages if other != code)
    return Welcome(
        question=T("Welcome"),
        options=(CHECK_IN, MY_KEY) if my_key else (CHECK_IN,),
        greetings=tuple(other.say(T("Welcome")) for other in others),
        invitation=_INVITATIONS[reader.position.value] if reader else None,
        where=reader.position.value if reader else "right",
        takes=frozenset({Takes.DOCUMENT, Takes.CODE, Takes.CARD}),
        notice_tone=Tone.WARN,
        demo=settings.kiosk.demo,
        staff=settings.card_reader is not None or settings.access.pin_alone,
    )
