"""Ask for a document, and have it read and proven: the same for who begins and for everybody who comes along."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hardware.document_reader.contract import TravelDocument
from kiosk.journey import Ended, until_it_works
from kiosk.language import T, Text
from kiosk.prompts import Answer, Choice, Chosen, NotRead, Option, PresentDocument, Shown, Takes, Tone
from kiosk.steps import staff_help
from kiosk.steps.ask_for_document import ask_for_document
from kiosk.steps.not_read import PICTURES, gesture, reader_away, why_not_read
from kiosk.steps.open_chip import READ, OtherDocument
from kiosk.steps.read_chip import Beside, Known, read_chip
from kiosk.steps.take_over import Allowed, unless_allowed
from kiosk.visit import Visit, WentBack

HELP = T("Passport or identity card. No picture is kept; what is, you see before you sign.")


async def present(
    visit: Visit, ask: Callable[[Text | None], PresentDocument], notice: Text | None = None
) -> Answer:
    """A document that was read, or what was chosen instead; until then it says why nothing was read."""
    while True:
        answer = await ask_for_document(visit, ask(notice or reader_away(visit.terminal)))
        if not isinstance(answer, NotRead):
            return answer
        notice = why_not_read(visit.terminal.settings, answer.why)


def prompt(
    visit: Visit, question: Text, help_text: Text, other: tuple[Option, ...], notice: Text | None
) -> PresentDocument:
    """The question for a document as this terminal's reader takes it."""
    settings = visit.terminal.settings
    reader = settings.document_reader
    return PresentDocument(
        question=question,
        help=help_text,
        where=reader.position.value if reader else "right",
        picture=PICTURES[gesture(settings)],
        other=other,
        notice=notice,
    )


async def proven(
    visit: Visit, document: TravelDocument, whose: Callable[[TravelDocument], Beside] | None = None
) -> Known | None:
    """The document as it is to be believed, or another that was laid down instead. None: it is still to be
    asked for; Ended where a colleague goes on. `whose` it is, where not of who checks in."""
    shown: TravelDocument | None = document
    accepted: TravelDocument | None = None  # though expired, by a manager
    while shown is not None:
        try:
            if accepted is shown or not shown.expired(visit.terminal.today()):
                return await until_it_works(visit, partial(read_chip, visit, shown, whose(shown) if whose else None))
            before, shown = shown, await _expired(visit, shown)
            accepted = shown if shown is before else None
        except OtherDocument as other:
            shown = other.document
        except WentBack:
            if shown is document:
                raise
            return None
    return None


async def _expired(visit: Visit, shown: TravelDocument) -> TravelDocument | None:
    """The other document, where it is laid down at once; None: it is to be asked for. `shown` itself where a
    manager lets it stand."""
    answer = await unless_allowed(
        visit,
        Choice(
            question=T("This document has expired"),
            help=T("Please use another passport or identity card. Without one, a colleague will help you."),
            picture="document-expired",
            tone=Tone.WARN,
            takes=frozenset({Takes.DOCUMENT}),
            options=(Option("other", T("Use another document")), Option("person", T("Call us"))),
            instead_of=READ,
        ),
        staff_help.expired(shown),
    )
    if isinstance(answer, Allowed):
        return shown
    if answer == Chosen("person"):
        await visit.call_person("EXPIRED-DOCUMENT")
        raise Ended
    return answer.document if isinstance(answer, Shown) else None
