"""Sample prompts of a guest who looks for their booking: by document, by name, by number; and what is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from kiosk.language import Days, T, verbatim
from kiosk.prompts import Busy, Choice, DateEntry, Keys, Option, PresentDocument, Scene, TextEntry, Tone

Make = Callable[..., Scene]


def looking(scene: Make, today: date) -> dict[str, Scene]:
    """From the question how to the document."""
    return {
        "find-booking": scene(
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
        "family-name": scene(
            TextEntry(
                question=T("What is your family name?"),
                help=T("As it is written in your booking. Next we ask for your travel document."),
                keys=Keys.NAME,
                value="Erikss",
            ),
            1,
        ),
        "confirmation-number": scene(
            TextEntry(
                question=T("What is your confirmation number?"),
                help=T("It is in the message about your booking. Next we ask for your document."),
                keys=Keys.NUMBER,
                error=T("Please type at least four characters."),
            ),
            1,
        ),
        "departure": scene(
            DateEntry(
                question=T("When do you leave?"),
                help=T("Your day of arrival is fine too."),
                earliest=today - timedelta(days=60),
                latest=today + timedelta(days=365),
                value=today + timedelta(days=3),
            ),
            1,
        ),
        "document": scene(
            PresentDocument(
                question=T("Your document, please"),
                help=T("Passport or identity card. No picture is kept; what is, you see before you sign."),
                picture="swipe-document",
                other=(Option("type", T("Type it in instead")),),
            ),
            2,
        ),
        "document-unread": scene(
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
    }


def found(scene: Make, today: date) -> dict[str, Scene]:
    """Nothing, several, or not yet."""
    return {
        "not-found": scene(
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
        "birth-date": scene(
            DateEntry(
                question=T("When were you born?"),
                earliest=date(1900, 1, 1),
                latest=today,
                value=date(1974, 8, 12),
                far=True,
            ),
            2,
        ),
        "which-booking": scene(
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
                            days=Days(today + timedelta(start), today + timedelta(start + 3)),
                            room=verbatim(room),
                        ),
                    )
                    for start, room in ((0, "Twin, river view"), (10, "Double"), (30, "Family suite"))
                ), Option("none", T("None of these"), quiet=True)),
            ),
            2,
            back=False,
        ),
        "busy": scene(
            Busy(
                question=T("Reading your document"),
                help=T("Please leave it where it is."),
                fraction=0.62,
                done=(T("Name and dates"), T("Booking found")),
            ),
            2,
            back=False,
        ),
        "busy-waiting": scene(Busy(question=T("Looking for your booking")), 2, back=False),
    }
