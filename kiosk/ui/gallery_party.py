"""Sample prompts of those who come along: who is next, a child, later, their cards, the head's with their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from kiosk.language import TN, Days, T, Text, verbatim
from kiosk.prompts import (
    Choice,
    DateEntry,
    Keys,
    Option,
    PresentDocument,
    Prompt,
    RegistrationCard,
    Row,
    Scene,
    TextEntry,
)
from kiosk.steps.companions import LATER

Make = Callable[..., Scene]

_PERSON = Option("person", T("Call us"), quiet=True)


def _of_three(number: int, help_text: Text) -> Text:
    return T("{count} · {help}", count=T("Guest {number} of {of}", number=number, of=3), help=help_text)


def _next(number: int, told: Text | None, notice: Text | None = None) -> Prompt:
    told_option = (Option("child", told),) if told else ()
    return PresentDocument(
        question=T("Now the next guest’s document"),
        help=_of_three(number, T("Passport or identity card, as you did before.")),
        picture="swipe-document",
        other=(*told_option, LATER, _PERSON),
        notice=notice,
    )


def party(scene: Make, rows: tuple[Row, ...], brief: Text, today: date) -> dict[str, Scene]:
    """From the second guest's document to the card that is signed for all."""
    return {
        "next-guest": scene(_next(2, T("This is a child")), 3),
        "next-guest-again": scene(
            _next(3, T("This is a child"), T("This guest is registered already. Please show the next guest’s document.")), 3
        ),
        "next-guest-too-old": scene(
            _next(3, T("This is a child"), T("From {age} years on, everybody shows a document of their own.", age=14)), 3
        ),
        "next-guest-tell": scene(_next(2, T("Type name and birth date")), 3),
        "next-guest-no-child": scene(_next(2, None), 3),
        "next-guest-counted": scene(
            Choice(
                question=T("Who is the next guest?"),
                help=_of_three(2, T("Family stands on your form; anybody else signs their own.")),
                picture="shared-room",
                options=(
                    Option("family", T("My wife, husband, partner or a minor child")),
                    Option("other", T("Somebody else")),
                    LATER,
                    _PERSON,
                ),
                equals=True,
            ),
            3,
        ),
        "who-comes-later": scene(
            Choice(
                question=T("Who comes later?"),
                help=T("They register at the desk when they arrive, with their own documents."),
                picture="colleague",
                options=(
                    Option("all", TN("The one who is left", "All {count} who are left", 2)),
                    Option("one", T("Only the next one")),
                ),
                equals=True,
            ),
            3,
        ),
        "child-given-names": scene(
            TextEntry(
                question=T("What are this guest’s given names?"),
                help=T("{number} of {of}", number=2, of=5),
                keys=Keys.NAME,
                value="Han",
            ),
            3,
        ),
        "child-born": scene(
            DateEntry(
                question=T("When was this guest born?"),
                help=T("{number} of {of}", number=3, of=5),
                earliest=date(1900, 1, 1),
                latest=today,
                value=date(2018, 5, 20),
                far=True,
            ),
            3,
        ),
        "child-sex": scene(
            Choice(
                question=T("What is this guest’s sex?"),
                help=T("{number} of {of}", number=4, of=5),
                options=(Option("F", T("Female")), Option("M", T("Male")), Option("X", T("Not stated"))),
            ),
            3,
        ),
        "companion-card": scene(_card(rows), 3),
        "companion-missing": scene(_card(rows, missing=True), 3),
        "registration-for-all": scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="Anna"),
                help=T("Correct what has changed, then sign for all of you."),
                rows=rows,
                brief=brief,
            ),
            3,
        ),
        "registration-with-names": scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="Anna"),
                help=T("Correct what has changed, then sign."),
                rows=(
                    *rows[:4],
                    Row(T("Stay"), T("{days}, {people}", days=Days(today, today + timedelta(days=3)), people=_three())),
                    Row(T("Travelling with you"), verbatim("Eriksson Erik, 1972-02-20; Eriksson Ida, 2018-05-20")),
                ),
                brief=brief,
            ),
            3,
        ),
    }


def _three() -> Text:
    return TN("{count} guest", "{count} guests", 3)


def _card(rows: tuple[Row, ...], missing: bool = False) -> RegistrationCard:
    name, born, passport, address, stay = rows
    place = Row(T("Place of birth"), verbatim("" if missing else "Zenith"), field="birth-place", missing=missing)
    help_text = T("Please fill in what is missing.") if missing else T("Correct what has changed, then go on.")
    return RegistrationCard(
        question=T("A few more details of {name}", name="Erik") if missing else T("Is this right for {name}?", name="Erik"),
        help=_of_three(2, help_text),
        rows=(
            replace(name, value=verbatim("Eriksson Erik")),
            replace(born, value=T("{day}", day=date(1972, 2, 20))),
            place,
            passport,
            address,
            stay,
            Row(T("Document check"), T("Genuine, not copied")),
        ),
        signature=False,
        action=T("Go on"),
    )
