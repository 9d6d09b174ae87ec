"""Find the booking: by a code, by words, or by the document alone.

Rule (DESIGN 8): whatever was typed or scanned bare, the next screen is "now your document". The
look-up runs behind it and is heard only once a document fits.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from kiosk.facts import Entered, Facts, Search
from kiosk.hotel.booking_code import verify
from kiosk.language import T, Text
from kiosk.prompts import (
    Answer,
    Choice,
    Chosen,
    DateEntry,
    Keys,
    NotRead,
    Option,
    Picked,
    Scanned,
    Shown,
    Takes,
    TextEntry,
    Tone,
    Typed,
)
from kiosk.sections import Gesture
from kiosk.steps import searches
from kiosk.steps.ask_for_document import ask_for_document
from kiosk.steps.not_read import PICTURES, gesture, why_not_read
from kiosk.visit import Visit, WentBack

CONFIRMATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,29}")
"""What a confirmation number looks like; anything else scanned is not a booking."""

_SHOW: dict[Gesture, Text] = {
    Gesture.SWIPE: T("Swipe your passport or identity card through the reader, or hold the code of your booking to the scanner."),
    Gesture.LAY: T("Place your passport or identity card on the reader, or hold the code of your booking to the scanner."),
}

LONGEST_STAY_DAYS = 60
WAYS = frozenset({Takes.DOCUMENT, Takes.CODE})


async def find_booking(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with a document, a signed code or a search under way.

    With `facts.entered` somebody came back to what they typed: it is asked first, as it was.
    """
    if facts.document or facts.signed or facts.search:
        return facts
    notice = why_not_read(visit.terminal.settings, facts.not_read) if facts.not_read else None
    entered = facts.entered
    answer: Answer | None = Chosen(entered.way) if entered else None
    while True:
        if answer is None:
            answer = await ask_for_document(visit, _how(visit, notice))
        notice = why_not_read(visit.terminal.settings, answer.why) if isinstance(answer, NotRead) else None
        try:
            found = await _begun(visit, answer, entered)
        except WentBack:
            found = None
        if found is not None:
            return found
        answer = None


def with_what_was_typed(before: Facts, after: Facts) -> Facts:
    """What stands there when Back returns to this step."""
    return replace(before, entered=after.entered)


async def _begun(visit: Visit, answer: Answer, entered: Entered | None) -> Facts | None:
    """None: the question stands as it was."""
    if answer == Chosen("number"):
        return await _by_number(visit, entered)
    if answer == Chosen("name"):
        return await _by_name(visit, entered)
    return await begin_with(visit, answer)


async def begin_with(visit: Visit, answer: Answer) -> Facts | None:
    """What a document or a code, shown at the welcome screen or here, begins with; None: with nothing."""
    if isinstance(answer, Shown):
        return Facts(document=answer.document)
    if isinstance(answer, Scanned):
        return await _by_code(visit, answer)
    return None


def _how(visit: Visit, notice: Text | None) -> Choice:
    settings = visit.terminal.settings
    how, reader = gesture(settings), settings.document_reader
    off = None if visit.terminal.searching_allowed else T("Not available now: please use your document")
    return Choice(
        question=T("How shall we find your booking?"),
        help=_SHOW[how],
        picture=PICTURES[how],
        where=reader.position.value if reader else "",
        takes=WAYS,
        options=(
            Option("number", T("Type my confirmation number"), off=off),
            Option("name", T("Type my name and a date"), off=off),
        ),
        notice=notice,
        equals=True,
    )


async def _by_number(visit: Visit, entered: Entered | None) -> Facts:
    answer = await visit.ask_for(
        Typed,
        TextEntry(
            question=T("What is your confirmation number?"),
            help=T("It is in the message about your booking. Next we ask for your document."),
            keys=Keys.NUMBER,
            max_length=30,
            value=entered.words if entered and entered.way == "number" else "",
        ),
    )
    return Facts(entered=Entered("number", answer.text), search=_search(visit, answer.text.strip()))


async def _by_name(visit: Visit, entered: Entered | None) -> Facts:
    """Asks for the name, then for a day; who comes back stands at the day again."""
    name, day = (entered.words, entered.day) if entered and entered.way == "name" else ("", None)
    ask_name = day is None
    while True:
        if ask_name:
            name = (await visit.ask_for(Typed, _what_name(name))).text
        try:
            day = (await visit.ask_for(Picked, _which_day(visit.terminal.today(), day))).day
        except WentBack:
            ask_name = True
            continue
        asked = name.strip()[: TextEntry.max_length]
        search = Search(partial(searches.by_name_and_day, visit.terminal.hotel, asked, day))
        return Facts(entered=Entered("name", name, day), search=search)


def _what_name(value: str) -> TextEntry:
    return TextEntry(
        question=T("What is your family name?"),
        help=T("As it is written in your booking. Next we ask for your travel document."),
        keys=Keys.NAME,
        value=value,
    )


def _which_day(today: date, value: date | None) -> DateEntry:
    return DateEntry(
        question=T("When do you leave?"),
        help=T("Your day of arrival is fine too."),
        earliest=today - timedelta(days=LONGEST_STAY_DAYS),
        latest=today + timedelta(days=365),
        value=value,
    )


def _search(visit: Visit, number: str) -> Search:
    return Search(partial(searches.by_number, visit.terminal.hotel, number))


async def _by_code(visit: Visit, scanned: Scanned) -> Facts | None:
    """A signed code is shown evidence; a bare number is as good as typed; the rest is not a booking."""
    terminal = visit.terminal
    text = scanned.text.strip()
    signed = None
    if terminal.booking_code_key is not None:
        signed = verify(text, terminal.booking_code_key, terminal.settings.hotel.hotel_id, terminal.clock.now())
    if signed is not None:
        return Facts(signed=signed, search=_search(visit, signed.confirmation))
    if CONFIRMATION.fullmatch(text) and not scanned.cut:
        if not terminal.searching_allowed:
            return None  # the next screen says that only documents are taken
        return Facts(search=_search(visit, text))
    await visit.ask(
        Choice(
            question=T("This code is not a booking"),
            help=T("We need the code from the message about your booking. Without it, your document is enough."),
            picture="not-found",
            tone=Tone.WARN,
            options=(Option("other", T("Find my booking another way")),),
        )
    )
    return None
