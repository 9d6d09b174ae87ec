"""Open the document's chip and read it: by the printed zone, else by the six digits on the front of a card.

Rules: the printed zone opens the chip, once; the six digits are tried at most twice in a visit, so that no
card blocks. The portrait is asked for only where `[identity] portrait` lets staff see it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from hardware.document_reader.contract import Chip, ChipRead, TravelDocument, Wanted
from kiosk.journey import Ended
from kiosk.language import T, Text
from kiosk.prompts import (
    Answer,
    Choice,
    Chosen,
    Keys,
    NotRead,
    Option,
    ReadingChip,
    Shown,
    Takes,
    TextEntry,
    Tone,
    Typed,
)
from kiosk.sections import Otherwise, Require, ShowPortrait
from kiosk.visit import Visit

if TYPE_CHECKING:  # a terminal without a chip reader loads no cryptography
    from hardware.passport.password import Password

log = structlog.get_logger()

MOST_WRONG_CANS = 2
_CAN = re.compile(r"[0-9]{6}")
_CARDS = ("I", "A", "C")  # how a card's document code begins (ICAO 9303-5 §4.2.2)
_SEEN = 0.001  # of the bar: about a pixel
_NO_CHIP = Option("no-chip", T("My document has no chip"), quiet=True)

GENUINE = T("Your document has been read and is genuine. You can take it.")
NOT_WHOLLY_PROVEN = T("Your document has been read. You can take it.")
NO_CHIP_READ = T("Your document has been read, without its chip")
READ = (GENUINE, NOT_WHOLLY_PROVEN, NO_CHIP_READ)
"""What is said of one document, and is over as soon as the next one is there."""


class OtherDocument(Exception):  # noqa: N818 - a way to go on, like WentBack
    """Begin again with another document; None: it is still to be asked for."""

    def __init__(self, document: TravelDocument | None) -> None:
        self.document = document
        super().__init__()


class Shut(Exception):  # noqa: N818 - a way to go on, like WentBack
    """Its access number is wrong, or must not be tried: only a colleague's eyes are left. `why` is for the
    guest, `told` for the desk."""

    def __init__(self, why: Text, told: str) -> None:
        self.why, self.told = why, told
        super().__init__()


async def open_chip(visit: Visit, zone: TravelDocument) -> ChipRead | None:
    """What the chip gave; None for a document that goes on without one. Shut; OtherDocument; Ended after a call
    for a person."""
    password = _zone_password(zone)
    by_can, lifted = password is None, False
    if password is None:
        password = await _can(visit, None)
    while True:
        read = await _read(visit, zone, password, lifted)
        if read is None:
            return None
        log.info("chip", outcome=read.outcome, why=read.why, opened=read.opened, seconds=round(read.seconds, 2))
        lifted = read.outcome is Chip.LIFTED
        match read.outcome:
            case Chip.READ:
                visit.chip_was_read = True
                return read
            case Chip.LIFTED:
                continue
            case Chip.WRONG_PASSWORD if not by_can:
                if await _does_not_open(visit, zone):
                    continue
            case Chip.WRONG_PASSWORD:
                visit.wrong_cans += 1
                if visit.wrong_cans >= MOST_WRONG_CANS:
                    raise Shut(T("The number does not open its chip."), "the card access number was wrong twice")
            case Chip.GUARDED:
                raise Shut(
                    T("Its number was wrong too often before: one more try could block the card."),
                    "the card access number has one try left at most and was not tried",
                )
            case Chip.NEEDS_CAN:
                pass
            case _:
                if await _once_more(visit, read.outcome):
                    continue
                return None
        wrong = T("This number does not open the chip. You can try once more.") if by_can else None
        password, by_can = await _can(visit, wrong), True


async def _read(visit: Visit, zone: TravelDocument, password: Password, lifted: bool) -> ChipRead | None:
    """One reading, until something came of it; None: the guest says that there is no chip."""
    policy = visit.terminal.settings.identity
    within_s, order = policy.chip_within_s, Wanted(portrait=policy.portrait is ShowPortrait.STAFF)
    reader = visit.terminal.document_reader
    prompt = _prompt(visit, zone, lifted)
    if not lifted and await reader.lies_there():  # a full-page reader has it already
        prompt = _under_way(prompt, 0.0)
    showing = _Showing(visit)
    reading = reader.read_chip(password, document_within_s=within_s, order=order, on_progress=showing.progress)
    try:
        got = await visit.ask_while(prompt, reading, counts=False)
    finally:
        showing.over = True
    return None if isinstance(got, Answer) else got


@dataclass
class _Showing:
    """Shows how far a reading is, as long as it goes on and nothing else is asked."""

    visit: Visit
    over: bool = False

    def progress(self, part: float) -> None:
        prompt = self.visit.standing
        if self.over or not isinstance(prompt, ReadingChip):
            return
        if prompt.fraction is None or abs(part - prompt.fraction) >= _SEEN:
            self.visit.renew(_under_way(prompt, part))


def _prompt(visit: Visit, zone: TravelDocument, lifted: bool) -> ReadingChip:
    reader = visit.terminal.settings.document_reader
    how = T("Open at the page with your photo, the photo facing down, flat and without its cover. We then read the chip.")
    if zone.document_code[:1] in _CARDS:
        how = T("Flat and in the middle, without its cover. We then read the chip.")
    return ReadingChip(
        question=T("Please put it back") if lifted else T("Place it on the reader"),
        help=T("Not finished yet: it goes on where it stopped.") if lifted else how,
        where=reader.position.value if reader else "right",
        other=() if lifted else (_NO_CHIP,),
        instead_of=READ,
    )


def _under_way(prompt: ReadingChip, part: float) -> ReadingChip:
    return replace(
        prompt,
        question=T("Reading your document"),
        help=T("Please leave it where it is."),
        picture="document-lies",
        fraction=min(1.0, max(0.0, part)),
        other=(),
    )


def _zone_password(zone: TravelDocument) -> Password | None:
    """None where the zone lacks what opens a chip."""
    from hardware.passport.password import Password

    try:
        return Password.of(zone)
    except ValueError:
        return None


async def _can(visit: Visit, error: Text | None) -> Password:
    """The six digits on the front, as typed; WentBack."""
    from hardware.passport.password import Password

    typed = ""
    while True:
        answer = await visit.ask_for(
            Typed,
            TextEntry(
                question=T("Please type the six digits on the front of your card"),
                help=None if error else T("They stand by themselves, mostly at the bottom right."),
                keys=Keys.PIN,
                max_length=6,
                least=6,
                value=typed,
                error=error,
            ),
        )
        typed = answer.text.strip()
        if _CAN.fullmatch(typed):
            return Password.can(typed)
        error = T("Please type the six digits.")


# --- what a guest can do about it ------------------------------------------------------------------

_WRONG: dict[Chip, tuple[Text, Text, str]] = {
    Chip.NO_CHIP: (
        T("We can’t find a chip"),
        T("Please take off the cover, and place the document flat and in the middle of the reader."),
        "lay-document",
    ),
    Chip.UNREADABLE: (
        T("The chip could not be read"),
        T("Please take off the cover, place the document flat once more, and leave it until it is read."),
        "document-unreadable",
    ),
    Chip.NOT_A_DOCUMENT: (
        T("That is not a passport or identity card"),
        T("Please take it off the reader, and place the document there that was read just now."),
        "card-wrong",
    ),
    Chip.TWO_CARDS: (
        T("Two things are lying on the reader"),
        T("Please take everything off, and place only your document there."),
        "card-wrong",
    ),
}


async def _once_more(visit: Visit, outcome: Chip) -> bool:
    """True: try again; False: go on without a chip, as far as the policy lets."""
    question, help_text, picture = _WRONG[outcome]
    no_chip = (_NO_CHIP,) if outcome in (Chip.NO_CHIP, Chip.UNREADABLE) else ()
    if outcome is Chip.UNREADABLE:
        no_chip = (replace(_NO_CHIP, label=T("Continue without the chip")),) if _may_do_without(visit) else ()
    answer = await _choose(visit, question, help_text, picture, (Option("again", T("Try again")), *no_chip))
    return answer is None or answer != Chosen(_NO_CHIP.id)


def _may_do_without(visit: Visit) -> bool:
    policy = visit.terminal.settings.identity
    return policy.require is Require.ZONE or policy.no_chip is Otherwise.GO_ON


async def _does_not_open(visit: Visit, zone: TravelDocument) -> bool:
    """The zone was of another document, or misread. True: another lies there now; False: the number on its
    front is to be typed."""
    front = (Option("can", T("Type the six digits on the front of your card")),) if zone.document_code[:1] in _CARDS else ()
    answer = await _choose(
        visit,
        T("This seems to be a different document"),
        T("It is not the one that was read before. Please use the same one for both."),
        "document-mismatch",
        (Option("other", T("Read the document again")), *front),
    )
    if answer is not None and answer != Chosen("can"):
        raise OtherDocument(None)
    return answer is None


async def _choose(
    visit: Visit, question: Text, help_text: Text, picture: str, options: tuple[Option, ...]
) -> Answer | None:
    """None where something else was laid on the reader: no button is needed. OtherDocument where one was
    swiped instead; Ended after a call for a person."""
    prompt = Choice(
        question=question,
        help=help_text,
        picture=picture,
        tone=Tone.WARN,
        takes=frozenset({Takes.DOCUMENT}),
        options=(*options, Option("person", T("Call us"), quiet=True)),
    )
    answer = await visit.ask_while(prompt, visit.terminal.document_reader.next_laid())
    if answer == Chosen("person"):
        await visit.call_person("DOCUMENT")
        raise Ended
    if isinstance(answer, Shown | NotRead):
        raise OtherDocument(answer.document if isinstance(answer, Shown) else None)
    return answer
