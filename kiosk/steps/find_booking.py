"""Find the booking: by a code, by words, or by the document alone.

Rule (DESIGN 8): whatever was typed or scanned bare, the next screen is "now your document". The
look-up runs behind it and is heard only once a document fits.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date, timedelta

from kiosk.facts import Facts, Search
from kiosk.hotel.backend import Hotel, HotelError
from kiosk.hotel.booking_code import verify
from kiosk.hotel.model import Reservation
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
from kiosk.visit import Visit, WentBack

CONFIRMATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,29}")
"""What a confirmation number looks like; anything else scanned is not a booking."""

LONGEST_STAY_DAYS = 60
WAYS = frozenset({Takes.DOCUMENT, Takes.CODE})


async def find_booking(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with a document, a signed code or a search under way."""
    if facts.document or facts.signed or facts.search:
        return facts
    notice: Text | None = None
    while True:
        answer = await visit.ask(_how(visit, notice))
        notice = None
        try:
            if answer == Chosen("number"):
                return await _by_number(visit, facts)
            if answer == Chosen("name"):
                return await _by_name(visit, facts)
        except WentBack:
            continue
        if isinstance(answer, NotRead):
            notice = T("That could not be read. Please lay it down again, flat and still.")
            continue
        found = await begin_with(visit, answer)
        if found != Facts():
            return found


async def begin_with(visit: Visit, answer: Answer) -> Facts:
    """What a document or a code, shown at the welcome screen or here, begins with."""
    if isinstance(answer, Shown):
        return Facts(document=answer.document)
    if isinstance(answer, Scanned):
        return await _by_code(visit, answer)
    return Facts()


def _how(visit: Visit, notice: Text | None) -> Choice:
    off = None if visit.terminal.searching_allowed else T("Not available now: please use your document")
    return Choice(
        question=T("How shall we find your booking?"),
        help=T("Lay your passport or identity card on the reader, hold your booking’s code to the scanner, or type."),
        picture="lay-document",
        takes=WAYS,
        options=(
            Option("number", T("Confirmation number"), off=off),
            Option("name", T("My name and a date"), off=off),
        ),
        notice=notice,
    )


async def _by_number(visit: Visit, facts: Facts) -> Facts:
    answer = await visit.ask_for(
        Typed,
        TextEntry(
            question=T("What is your confirmation number?"),
            help=T("It is in the message about your booking. Next we ask for your travel document."),
            keys=Keys.NUMBER,
            max_length=30,
        ),
    )
    return replace(facts, search=_search(visit, visit.terminal.hotel.find_by_confirmation(answer.text.strip())))


async def _by_name(visit: Visit, facts: Facts) -> Facts:
    value = ""
    while True:
        name = await visit.ask_for(
            Typed,
            TextEntry(
                question=T("What is your family name?"),
                help=T("As it stands on your booking. Next we ask for your travel document."),
                keys=Keys.NAME,
                value=value,
            ),
        )
        value = name.text
        try:
            day = await visit.ask_for(Picked, _which_day(visit.terminal.today()))
        except WentBack:
            continue
        return replace(facts, search=_search(visit, _by_name_and_day(visit.terminal.hotel, value.strip(), day.day)))


def _which_day(today: date) -> DateEntry:
    return DateEntry(
        question=T("When do you leave?"),
        help=T("The day of arrival will do as well."),
        earliest=today - timedelta(days=LONGEST_STAY_DAYS),
        latest=today + timedelta(days=365),
        value=None,
    )


async def _by_name_and_day(hotel: Hotel, name: str, day: date) -> tuple[Reservation, ...]:
    leaving = await hotel.find_by_name(name, departure=day)
    arriving = await hotel.find_by_name(name, arrival=day)
    return tuple({booking.id: booking for booking in (*leaving, *arriving)}.values())


def _search(visit: Visit, asking: Awaitable[tuple[Reservation, ...]]) -> Search:
    async def run() -> tuple[Reservation, ...]:
        return await asking

    task = asyncio.ensure_future(run())
    task.add_done_callback(_heard)
    return Search(task)


def _heard(task: asyncio.Task[tuple[Reservation, ...]]) -> None:
    """Take note of an error, so that a search nobody asked for any more does not complain at exit."""
    if not task.cancelled():
        error = task.exception()
        if error is not None and not isinstance(error, HotelError):
            raise error


async def _by_code(visit: Visit, scanned: Scanned) -> Facts:
    """A signed code is shown evidence; a bare number is as good as typed; the rest is not a booking."""
    terminal = visit.terminal
    text = scanned.text.strip()
    signed = None
    if terminal.booking_code_key is not None:
        signed = verify(text, terminal.booking_code_key, terminal.settings.hotel.hotel_id, terminal.clock.now())
    if signed is not None:
        search = _search(visit, terminal.hotel.find_by_confirmation(signed.confirmation))
        return Facts(signed=signed, search=search)
    if CONFIRMATION.fullmatch(text) and not scanned.cut and terminal.searching_allowed:
        return Facts(search=_search(visit, terminal.hotel.find_by_confirmation(text)))
    await visit.ask(
        Choice(
            question=T("This code is not a booking"),
            help=T("We need the code from the message about your booking. Without it, your document is enough."),
            picture="not-found",
            tone=Tone.WARN,
            options=(Option("other", T("Find my booking another way")),),
        )
    )
    return Facts()
