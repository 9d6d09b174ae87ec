"""Sample prompts of the document's chip: read, lifted, not to be read; what it proved; what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from hardware.document_reader.contract import Sex, Source, TravelDocument
from hardware.passport.findings import YES
from kiosk.hotel.model import Guest, Reservation, Stay
from kiosk.identity import Proven
from kiosk.language import T, Text
from kiosk.prompts import (
    Choice,
    Keys,
    Option,
    Reading,
    ReadingChip,
    RegistrationCard,
    Row,
    Scene,
    TextEntry,
    Tone,
)
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import requirements
from kiosk.registration.words import what_is_kept
from kiosk.sections import HotelSection, Kiosk
from kiosk.settings import Settings
from kiosk.steps.read_chip import CALM

Make = Callable[..., Scene]


def reading(scene: Make) -> dict[str, Scene]:
    """From the document that is wanted on the reader to the colleague."""
    return {
        "chip-wanted": scene(
            ReadingChip(
                question=T("Place it on the reader"),
                help=T("Open at the page with your photo, the photo facing down, flat and without its cover. We then read the chip."),
                other=(Option("no-chip", T("My document has no chip"), quiet=True),),
            ),
            2,
        ),
        "chip-read": scene(
            ReadingChip(
                question=T("Reading your document"),
                help=T("Please leave it where it is."),
                picture="document-lies",
                fraction=0.4,
            ),
            2,
        ),
        "chip-lifted": scene(
            ReadingChip(
                question=T("Please put it back"),
                help=T("Not finished yet: it goes on where it stopped."),
                where="below",
            ),
            2,
        ),
        "chip-unreadable": scene(
            Choice(
                question=T("The chip could not be read"),
                help=T("Please take off the cover, place the document flat once more, and leave it until it is read."),
                picture="document-unreadable",
                tone=Tone.WARN,
                options=(
                    Option("again", T("Try again")),
                    Option("no-chip", T("Continue without the chip"), quiet=True),
                    Option("person", T("Call us"), quiet=True),
                ),
            ),
            2,
        ),
        "chip-other-document": scene(
            Choice(
                question=T("This seems to be a different document"),
                help=T("It is not the one that was read before. Please use the same one for both."),
                picture="document-mismatch",
                tone=Tone.WARN,
                options=(
                    Option("other", T("Read the document again")),
                    Option("can", T("Type the six digits on the front of your card")),
                    Option("person", T("Call us"), quiet=True),
                ),
            ),
            2,
        ),
        "card-access-number": scene(
            TextEntry(
                question=T("Please type the six digits on the front of your card"),
                keys=Keys.PIN,
                max_length=6,
                least=6,
                error=T("This number does not open the chip. You can try once more."),
            ),
            2,
        ),
        "card-access-number-first": scene(
            TextEntry(
                question=T("Please type the six digits on the front of your card"),
                help=T("They stand by themselves, mostly at the bottom right."),
                keys=Keys.PIN,
                max_length=6,
                least=6,
            ),
            2,
        ),
        "document-to-a-colleague": scene(
            Choice(
                question=T("A colleague will look at your document"),
                help=T("{why} Please have it ready at the desk.", why=CALM),
                picture="colleague",
                options=(Option("done", T("All right")),),
            ),
            2,
            back=False,
        ),
        "companions-document-to-a-colleague": scene(
            Choice(
                question=T("A colleague will look at {name}’s document", name="Erik"),
                help=T("{why} You continue together at the desk.", why=CALM),
                picture="colleague",
                options=(Option("done", T("All right")),),
            ),
            3,
            back=False,
        ),
    }


def registration(scene: Make, rows: tuple[Row, ...], brief: Text, today: date) -> dict[str, Scene]:
    """The card with what the chip gave, and what a guest may read of it."""
    return {
        "registration-chip": scene(
            RegistrationCard(
                question=T("Is this right, {name}?", name="Anna"),
                help=T("Correct what has changed, then sign."),
                rows=(
                    *(replace(row, proof=row.proof and T("Read from the chip")) for row in rows),
                    Row(T("Valid until"), T("{day}", day=date(2034, 4, 15)), T("Read from the chip")),
                    Row(T("Document check"), T("Genuine, not copied")),
                ),
                brief=brief,
            ),
            3,
        ),
        "what-is-kept": scene(
            Reading(
                question=T("What is kept, and for how long"),
                paragraphs=_kept(today),
                options=(Option("close", T("Close")), Option("print", T("Print this"), quiet=True)),
            ),
            3,
            back=False,
        ),
    }


def _kept(today: date) -> tuple[Text, ...]:
    """As a guest of Utopia reads it in Hungary, after their chip was read."""
    read = TravelDocument(
        source=Source.CHIP, document_code="P", issuer="UTO", number="L898902C3", surname="ERIKSSON",
        given_names="ANNA MARIA", name_truncated=False, nationality="UTO", born=date(1974, 8, 12),
        born_text="740812", sex=Sex.FEMALE, expires=date(2034, 4, 15),
    )  # fmt: skip
    booking = Reservation(
        id="1", confirmation="1", stay=Stay.RESERVED, arrival=today, departure=today + timedelta(days=3),
        guests=(Guest("1", "Anna", "Eriksson"),), adults=1, children=0, rooms=1, room_type="TWIN",
    )  # fmt: skip
    proven = Proven(YES, YES, YES)
    needs = requirements("HU", read.nationality)
    form = RegistrationForm.fill(read, booking, booking.guest, needs, today=today, proven=proven)
    return what_is_kept(form, Settings(kiosk=Kiosk(demo=True), hotel=HotelSection(name="Hotel Duna")))
