"""A document typed by the guest, where the hotel allows it: unproven, for staff to look at."""

from __future__ import annotations

from datetime import date, timedelta

from hardware.document_reader.contract import Sex, Source, TravelDocument
from kiosk.language import T
from kiosk.prompts import DateEntry, Keys, Picked, TextEntry, Typed
from kiosk.visit import Visit, WentBack

_LIFE_YEARS = 120


async def type_document(visit: Visit) -> TravelDocument:
    """Asks four things; Back steps through them. WentBack from the first."""
    words: list[str] = []
    asks = (_surname, _given, _number)
    while True:
        try:
            while len(words) < len(asks):
                words.append(await asks[len(words)](visit))
            born = await _born(visit)
            break
        except WentBack:
            if not words:
                raise
            words.pop()
    surname, given, number = words
    return TravelDocument(
        source=Source.TYPED,
        document_code="",
        issuer="",
        number=number,
        surname=surname,
        given_names=given,
        name_truncated=False,
        nationality="",
        born=born,
        born_text="",
        sex=Sex.UNSPECIFIED,
        expires=None,
    )


async def _surname(visit: Visit) -> str:
    return await _typed(visit, TextEntry(question=T("What is your family name?"), keys=Keys.NAME))


async def _given(visit: Visit) -> str:
    return await _typed(visit, TextEntry(question=T("What are your given names?"), keys=Keys.NAME))


async def _number(visit: Visit) -> str:
    return await _typed(
        visit, TextEntry(question=T("What is the number of your document?"), keys=Keys.NUMBER, max_length=20)
    )


async def _born(visit: Visit) -> date:
    today = visit.terminal.today()
    earliest = today - timedelta(days=_LIFE_YEARS * 365)
    prompt = DateEntry(question=T("When were you born?"), earliest=earliest, latest=today, far=True)
    return (await visit.ask_for(Picked, prompt)).day


async def _typed(visit: Visit, prompt: TextEntry) -> str:
    return (await visit.ask_for(Typed, prompt)).text.strip()
