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
from kiosk.registration.listed import company, listed, whole_name
from kiosk.steps.ask_for_document import SWIPE_FIRST, TAKE_IT
from kiosk.steps.companions import LATER

Make = Callable[..., Scene]

_CHILD = T("Child under {age}", age=14)
_PERSON = Option("person", T("Call us"), quiet=True)


def _of_three(number: int, help_text: Text) -> Text:
    return T("{count} · {help}", count=T("Guest {number} of {of}", number=number, of=3), help=help_text)


def _next(number: int, told: Text | None, notice: Text | None = None) -> Prompt:
    told_option = (Option("child", told),) if told else ()
    return PresentDocument(
        question=T("Now the next guest’s document"),
        help=_of_three(number, T("Please swipe the passport or identity card through the reader.")),
        picture="swipe-document",
        other=(*told_option, LATER, _PERSON),
        notice=notice,
    )


def party(scene: Make, rows: tuple[Row, ...], brief: Text, today: date) -> dict[str, Scene]:
    """From the second guest's document to the card that is signed for all."""
    return {
        "next-guest": scene(_next(2, _CHILD), 3),
        "next-guest-again": scene(
            _next(3, _CHILD, T("This guest is registered already. Please show the next guest’s document.")), 3
        ),
        "next-guest-first-takes-theirs": scene(_next(2, _CHILD, TAKE_IT), 3),
        "next-guest-only-laid-down": scene(_next(2, _CHILD, SWIPE_FIRST), 3),
        "next-guest-without-a-chip": scene(
            Choice(
                question=T("We can’t read a chip in {name}’s document", name="Ida"),
                help=T("For a child under {age} your word is enough: you can type the details.", age=14),
                picture="document-unreadable",
                options=(Option("tell", T("Type the details")), Option("desk", T("Go on at the desk"), quiet=True)),
            ),
            3,
        ),
        "next-guest-too-old": scene(
            _next(3, _CHILD, T("From {age} years on, everybody shows a document of their own.", age=14)), 3
        ),
        "next-guest-tell": scene(_next(2, T("Type name and birth date")), 3),
        "next-guest-no-child": scene(_next(2, None), 3),
        "next-guest-counted": scene(
            Choice(
                question=T("Who is the next guest?"),
                help=_of_three(2, T("Your family goes on your form; anybody else signs their own.")),
                picture="shared-room",
                options=(
                    Option("family", T("My husband, wife or partner, or my child under 18")),
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
                question=T("Who arrives later?"),
                help=T("They register at the desk when they arrive, with their own documents."),
                picture="colleague",
                options=(
                    Option("all", T("Both of them")),
                    Option("one", T("Only the next one")),
                ),
                equals=True,
            ),
            3,
        ),
        "child-given-names": scene(
            TextEntry(
                question=T("What are the child’s given names?"),
                help=T("{number} of {of}", number=2, of=5),
                keys=Keys.NAME,
                value="Han",
            ),
            3,
        ),
        "child-born": scene(
            DateEntry(
                question=T("When was {name} born?", name="Hanna"),
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
                question=T("What is {name}’s sex?", name="Hanna"),
                help=T("{number} of {of}", number=4, of=5),
                options=(Option("F", T("Female")), Option("M", T("Male")), Option("X", T("Not stated"))),
                equals=True,
            ),
            3,
        ),
        "companion-card": scene(_card(rows), 3),
        "companion-missing": scene(_card(rows, missing=True), 3),
        "registration-for-all": scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="Anna"),
                help=T("{help} {more}", help=T("Correct what has changed."), more=_for_all()),
                rows=rows,
                brief=_for_all(),
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
                    Row(T("Travelling with you"), _company()),
                ),
                brief=brief,
            ),
            3,
        ),
    }


def _company() -> Text:
    return company("Eriksson Erik, 1972-02-20; Eriksson Ida, 2018-05-20")


def _for_all() -> Text:
    names = [whole_name("Eriksson", given) for given in ("Anna Maria", "Erik", "Ida")]
    return T("{who}: {names}", who=T("You sign for all three"), names=listed(names))


def _three() -> Text:
    return TN("{count} guest", "{count} guests", 3)


def _card(rows: tuple[Row, ...], missing: bool = False) -> RegistrationCard:
    name, born, passport, address, stay = rows
    place = Row(T("Place of birth"), verbatim("" if missing else "Zenith"), field="birth-place", missing=missing)
    help_text = T("Please fill in what is missing.") if missing else T("Correct what has changed, then go on.")
    return RegistrationCard(
        question=T("A few more details about {name}", name="Erik") if missing else T("Is this right for {name}?", name="Erik"),
        help=_of_three(2, help_text),
        rows=(
            replace(name, value=whole_name("Eriksson", "Erik")),
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
