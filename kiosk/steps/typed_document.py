"""A document typed by the guest, where the hotel allows it: unproven, for staff to look at."""

from __future__ import annotations

from datetime import date, timedelta

from hardware.document_reader.contract import Sex, Source, TravelDocument
from kiosk.language import T
from kiosk.prompts import DateEntry, Keys, Picked, Prompt, TextEntry, Typed
from kiosk.visit import Visit, WentBack

_LIFE_YEARS = 120
_LAST = 3


async def type_document(visit: Visit) -> TravelDocument:
    """Asks four things; Back steps through them, each as it was typed. WentBack from the first."""
    words = ["", "", ""]
    born: date | None = None
    at = 0
    while at <= _LAST:
        try:
            answer = await visit.ask(_question(at, words, born, visit.terminal.today()))
        except WentBack:
            if at == 0:
                raise
            at -= 1
            continue
        match answer:
            case Typed(text):
                words[at] = text.strip()
            case Picked(day):
                born = day
        at += 1
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


def _question(at: int, words: list[str], born: date | None, today: date) -> Prompt:
    if at == _LAST:
        earliest = today - timedelta(days=_LIFE_YEARS * 365)
        return DateEntry(question=T("When were you born?"), earliest=earliest, latest=today, far=True, value=born)
    question = (
        T("What is your family name?"),
        T("What are your given names?"),
        T("What is the number of your document?"),
    )[at]
    if at == _LAST - 1:
        return TextEntry(question=question, keys=Keys.NUMBER, max_length=20, value=words[at])
    return TextEntry(question=question, keys=Keys.NAME, value=words[at])
