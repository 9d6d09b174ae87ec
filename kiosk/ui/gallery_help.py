"""Sample prompts of a guest who is stuck and a colleague who helps: the guest's screens, and the colleague's.

The guest is ICAO's specimen (Doc 9303-4, Appendix A); the portrait is drawn by the program.
"""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from kiosk.language import Days, Money, T, Text, verbatim
from kiosk.portrait import Portrait
from kiosk.prompts import GO_ON, Choice, Keys, Option, Pick, PickRow, Prompt, Scene, Sheet, TextEntry, Tone

RECEPTION = T("{role} · {name}", role=T("Reception"), name=verbatim("Judit Varga"))
_NOT_NOW = Option("no", T("Not now"), quiet=True)


def scenes(today: date) -> dict[str, Scene]:
    return {
        "help-consent": Scene(1, _consent()),
        "help-balance": _staff(_balance()),
        "help-room": _staff(_room()),
        "help-document": _staff(document(None)),
        "help-document-portrait": _staff(document(Portrait(_face()))),
        "help-document-portrait-broken": _staff(document(Portrait(b"\xff\xd8\xff"))),
        "help-differs": _staff(_differs()),
        "help-obstacle": _staff(_obstacle()),
        "help-look-for": _staff(_look_for()),
        "help-pick": _staff(_pick(today)),
        "help-vouch": _staff(_vouch(today)),
        "help-manager-only": _staff(_manager_only()),
        "help-done": Scene(1, _done()),
    }


def _staff(prompt: Prompt) -> Scene:
    return Scene(1, prompt, back=isinstance(prompt, TextEntry | Pick), signed_in=RECEPTION)


@cache
def _face() -> bytes:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (350, 450), (214, 222, 230))
    brush = ImageDraw.Draw(picture)
    brush.ellipse((15, 320, 335, 640), fill=(46, 74, 98))
    brush.ellipse((90, 70, 260, 330), fill=(233, 196, 168))
    brush.pieslice((78, 50, 272, 270), 180, 360, fill=(66, 46, 36))
    with io.BytesIO() as file:
        picture.save(file, "JPEG", quality=80)
        return file.getvalue()


def _consent() -> Choice:
    return Choice(
        question=T("May {name} help you here?", name=verbatim("Judit Varga")),
        help=T("Your colleague at the desk then sees on this screen what is needed for this one step, and hands it back to you."),
        picture="colleague",
        options=(Option("yes", T("Yes, please")), Option("no", T("No"), quiet=True)),
    )


def _sheet(question: Text, look: Text, caption: Text, rows: tuple[tuple[Text, Text], ...], *reasons: Option, portrait: Portrait | None = None) -> Sheet:
    return Sheet(question=question, help=look, sections=((caption, rows),), options=(*reasons, _NOT_NOW), portrait=portrait)


def _balance() -> Sheet:
    return _sheet(
        T("The guest has to pay first"),
        T("In the hotel’s system it is not paid yet. Book it there, then choose it once more."),
        T("Bill"),
        ((T("Due"), T("{amount}", amount=Money(Decimal(45000), "HUF"))),),
        Option("paid", T("It has been paid")),
        Option("later", T("They may pay later")),
    )


def _room() -> Sheet:
    return _sheet(
        T("The guest’s room is not inspected"),
        T("You may say that it is ready. The hotel’s system still checks the guest in, or refuses to."),
        T("Room"),
        ((T("Room"), verbatim("212")), (T("State"), T("Clean, not inspected"))),
        Option("seen", T("It is ready: I have seen it")),
        Option("said", T("Housekeeping says it is ready")),
    )


def document(portrait: Portrait | None) -> Sheet:
    """Is it genuine? With the portrait, where the house shows it."""
    return _sheet(
        T("Is this document genuine?"),
        T(
            "{why} Look at the document and at the guest: it goes on marked as not proven.",
            why=T("This terminal does not know the signatures of the state that issued it."),
        ),
        T("Document"),
        (
            (T("Name"), verbatim("ERIKSSON ANNA MARIA")),
            (T("Date of birth"), T("{day}", day=date(1974, 8, 12))),
            (T("Document number"), verbatim("L8•••2C3")),
            (T("Valid until"), T("{day}", day=date(2034, 4, 15))),
        ),
        Option("looked", T("It is genuine and theirs")),
        Option("known", T("I know this guest")),
        portrait=portrait,
    )


def _differs() -> Sheet:
    return _sheet(
        T("Print and chip differ"),
        T("This can be a forgery. Let the guest go on only if the print is surely genuine."),
        T("Document"),
        ((T("{field}: print, chip", field=T("Family name")), verbatim("ERIKSSON ≠ ERICSON")),),
        Option("looked", T("It is genuine and theirs")),
        portrait=Portrait(_face()),
    )


def _obstacle() -> Sheet:
    return _sheet(
        T("The hotel does not check the guest in"),
        T("Settle it in the hotel’s system. The kiosk can’t pass over it."),
        T("Why"),
        ((verbatim("CHECK_IN_STOPPED"), verbatim("An alert stops the check-in.")),),
        Option("again", T("It is settled: ask the hotel again")),
    )


def _look_for() -> TextEntry:
    return TextEntry(
        question=T("Which booking is it?"),
        help=T("The confirmation number, or the family name on the booking. Only arrivals of today are found."),
        keys=Keys.TEXT,
        value="Eriksson",
    )


def _pick(today: date) -> Pick:
    days = T("{days}", days=Days(today, today + timedelta(days=3)))
    return Pick(
        question=T("Is it one of these?"),
        rows=(PickRow("1", verbatim("Eriksson, Anna"), days), PickRow("2", verbatim("Eriksson, Erik"), days)),
        empty=T("No arrival of today is called so, or has this number."),
        options=(Option("again", T("Look for another"), quiet=True),),
    )


def _vouch(today: date) -> Sheet:
    return _sheet(
        T("Is it this guest’s booking?"),
        T("Look at the document and at the guest. It stands on the booking that you vouched for them."),
        T("Document and booking"),
        (
            (T("Name"), verbatim("ERICSON ANNA MARIA")),
            (T("Date of birth"), T("{day}", day=date(1974, 8, 12))),
            (T("Document number"), verbatim("L8•••2C3")),
            (T("Booked"), verbatim("Eriksson, Anna")),
            (T("Born, as booked"), T("{day}", day=date(1974, 8, 12))),
            (T("Stay"), T("{days}", days=Days(today, today + timedelta(days=3)))),
        ),
        Option("spelled", T("The name is spelled in another way")),
        Option("new-name", T("The guest’s name has changed")),
        Option("for-them", T("Somebody else booked for them")),
    )


def _manager_only() -> Choice:
    return Choice(
        question=T("Only a manager may allow this"),
        help=T("Please call one, or help the guest at the desk."),
        picture="card-wrong",
        tone=Tone.WARN,
        options=(GO_ON,),
    )


def _done() -> Choice:
    return Choice(
        question=T("Back to you"),
        help=T("Your colleague at the desk has done this step. Please go on here."),
        picture="done",
        tone=Tone.OK,
        options=(GO_ON,),
    )
