"""Know the guest: the document, and the bookings that it fits.

Nothing that the hotel answered is shown or acted on before a document read by a device fits, and its
chip is read where the reader can.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

import structlog

from hardware.document_reader.contract import Source, TravelDocument
from kiosk.facts import Facts, Found
from kiosk.help_given import put_down
from kiosk.hotel.backend import HotelError
from kiosk.hotel.model import Guest, Reservation
from kiosk.journey import Ended, FromTheStart, until_it_works
from kiosk.language import T, Text
from kiosk.prompts import Choice, Chosen, Option, PresentDocument, Shown, Takes, Tone
from kiosk.steps import searches, show_document, staff_help, vouch
from kiosk.steps.booking_cases import led_to_a_person
from kiosk.steps.not_read import other_ways
from kiosk.steps.read_chip import Known
from kiosk.steps.take_over import Allowed, unless_allowed
from kiosk.steps.typed_document import type_document
from kiosk.terminal import Terminal
from kiosk.visit import Visit, WentBack

log = structlog.get_logger()


async def verify_identity(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with a document, read by a device, what it has proven, and all bookings that it fits:
    one at least."""
    document = facts.document
    while True:
        if document is None:
            document = await _present(visit)
        try:
            known = await _known(visit, facts, document)
            if known is None:
                document = None
                continue
            fitting = await until_it_works(visit, partial(_found, visit, facts, known.document))
            if fitting:
                if len(fitting) == 1:
                    await visit.while_waiting(put_down(visit.terminal, visit.helped, fitting[0].id), T("One moment, please"))
                _speak_as(visit, searches.whose(known.document, fitting[0]))
                return _with(facts, known, fitting)
            instead = await _not_found(visit, facts, known)
            if isinstance(instead, Reservation):
                return _with(facts, known, (instead,))
            document = instead
        except WentBack:
            if document is facts.document:
                raise
            document = None  # Back from what was said of a document: to the question for one


async def _known(visit: Visit, facts: Facts, document: TravelDocument) -> Known | None:
    """None: it is still to be asked for. What was typed is known only once a colleague has looked at it."""
    if document.source is not Source.TYPED:
        return await show_document.proven(visit, document)
    await _leave_to_staff(visit, facts, document)
    return Known(document, None)


def _with(facts: Facts, known: Known, fitting: Found) -> Facts:
    return replace(facts, document=known.document, proven=known.proven, portrait=known.portrait, fitting=fitting)


def _speak_as(visit: Visit, guest: Guest | None) -> None:
    """Go on in the guest's own language, unless they chose another."""
    if guest is not None and guest.language:
        visit.speak(guest.language, chosen=False)


async def _found(visit: Visit, facts: Facts, document: TravelDocument) -> Found:
    """The bookings that this document fits: of the search if there was one, else by its own name."""
    hotel = visit.terminal.hotel

    async def look() -> Found:
        if facts.search:
            found = await facts.search.found()
        else:
            found = await searches.by_document(hotel, document, visit.terminal.today())
        return await searches.fitting(hotel, document, found)

    return await visit.while_waiting(look(), T("Looking for your booking"))


async def _present(visit: Visit) -> TravelDocument:
    while True:
        answer = await show_document.present(visit, partial(_prompt, visit))
        if isinstance(answer, Shown):
            return answer.document
        if answer == Chosen("person"):
            await visit.call_person("DOCUMENT")
        elif answer == Chosen("type"):
            with suppress(WentBack):
                return await type_document(visit)


def _prompt(visit: Visit, notice: Text | None) -> PresentDocument:
    return show_document.prompt(
        visit, T("Your document, please"), show_document.HELP, other_ways(visit.terminal.settings, notice), notice
    )


async def _leave_to_staff(visit: Visit, facts: Facts, document: TravelDocument) -> None:
    """A typed document proves nothing: whatever the hotel knows, the next screen is this one. Returns where a
    colleague has come and looked at it."""
    visit.terminal.ledger.count_try()
    visit.terminal.in_background(_tell_staff(visit.terminal, facts, document))
    await led_to_a_person(
        visit,
        T("A colleague will look at your document"),
        T("Please have it ready at the desk, where a colleague goes on with you."),
        "colleague",
        back=False,
        refused=staff_help.typed(document),
    )


async def _tell_staff(terminal: Terminal, facts: Facts, document: TravelDocument) -> None:
    """What was typed, marked as unproven, at the booking it names if there is one."""
    booking_id = ""
    try:
        for booking in await facts.search.found() if facts.search else ():
            if searches.whose(document, booking):
                booking_id = booking.id
    except HotelError as error:
        log.warning("typed document not matched", trouble=error.trouble)
    born = document.born.isoformat() if document.born else ""
    words = f"{document.surname}, {document.given_names}, born {born}, document {document.number}"
    text = f"{terminal.settings.kiosk.name}: document TYPED by the guest, not proven, please check: {words}"
    terminal.tell_desk("APPROVE", text, booking_id)


async def _not_found(visit: Visit, facts: Facts, known: Known) -> TravelDocument | Reservation | None:
    """Count the try. The other document where it is laid down at once; the booking that a colleague vouches
    for; FromTheStart for another search."""
    visit.tries += 1
    if facts.signed is None:
        visit.terminal.ledger.count_try()
    if visit.tries >= visit.terminal.settings.kiosk.tries_per_visit:
        await visit.call_person("NOT-FOUND")
        raise Ended
    answer = await unless_allowed(
        visit,
        Choice(
            question=T("We found no booking for this document"),
            help=T("Perhaps the booking is in another guest’s name, or for another day. Let’s try once more."),
            picture="not-found",
            tone=Tone.WARN,
            takes=frozenset({Takes.DOCUMENT}),
            options=(
                Option("other", T("Use another document")),
                Option("search", T("Search in another way")),
                Option("person", T("Call us"), quiet=True),
            ),
        ),
        vouch.no_booking(known.document, known.portrait),
    )
    if isinstance(answer, Allowed):
        return answer.booking
    if answer == Chosen("person"):
        await visit.call_person("NOT-FOUND")
        raise Ended
    if answer == Chosen("search"):
        raise FromTheStart
    return answer.document if isinstance(answer, Shown) else None
