"""Read the document's chip: the printed zone has opened it, now it must say the same and prove itself.

Rules: the printed zone opens the chip, once; the six digits on the front are tried at most twice in a
visit, so that no card blocks. What a chip says against its document, or otherwise than the print, ends
with a colleague, who looks at it, and never by itself with a room, for the rest of the day and whatever is
said of it then. The portrait is asked for only where `[identity] portrait` lets staff see it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

import structlog

from hardware.document_reader.contract import Chip, ChipRead, TravelDocument, Wanted
from hardware.passport.findings import Finding, Reason
from kiosk import identity
from kiosk.facts import sure
from kiosk.identity import WITHOUT_CHIP, Proven
from kiosk.journey import Ended
from kiosk.language import T, Text
from kiosk.portrait import Portrait
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
from kiosk.settings import Otherwise, Require, ShowPortrait
from kiosk.steps import staff_help
from kiosk.steps.booking_cases import led_to_a_person
from kiosk.steps.take_over import Refused
from kiosk.visit import Visit

if TYPE_CHECKING:  # a terminal without a chip reader loads no cryptography
    from hardware.passport.password import Password

log = structlog.get_logger()

MOST_WRONG_CANS = 2
_CAN = re.compile(r"[0-9]{6}")
_CARDS = ("I", "A", "C")  # how a card's document code begins (ICAO 9303-5 §4.2.2)
_SEEN = 0.001  # of the bar: about a pixel
_BEFORE = T("It was read here earlier today, and not everything could be confirmed.")
_NO_CHIP = Option("no-chip", T("My document has no chip"), quiet=True)

GENUINE = T("Your document has been read and is genuine. You can take it.")
NOT_WHOLLY_PROVEN = T("Your document has been read. You can take it.")
NO_CHIP_READ = T("Your document has been read, without its chip")
CALM = T("We can’t check this document here. That can happen; a colleague does it in a moment.")
"""The one reason for all that a guest can do nothing about: what exactly was found is for staff."""
READ = (GENUINE, NOT_WHOLLY_PROVEN, NO_CHIP_READ)
"""What is said of one document, and is over as soon as the next one is there."""


class OtherDocument(Exception):  # noqa: N818 - a way to go on, like WentBack
    """Begin again with another document; None: it is still to be asked for."""

    def __init__(self, document: TravelDocument | None) -> None:
        self.document = document
        super().__init__()


class ToldInstead(Exception):  # noqa: N818 - a way to go on, like WentBack
    """Who travels with this child tells its data: its document has no chip that could be read."""


@dataclass(frozen=True, repr=False)
class Beside:
    """Whose document it is, where not of who checks in. `told_below`: their data may be told instead, as of a
    child below this age; 0: not."""

    name: str
    told_below: int = 0


@dataclass(frozen=True, repr=False)
class Known:
    """The document as it is to be believed. `proven` is None where this terminal reads no chips."""

    document: TravelDocument
    proven: Proven | None
    portrait: Portrait | None = None


class _Vouched(Exception):  # noqa: N818 - a way to go on, like WentBack
    """A colleague has looked at the document, whose chip does not open."""


async def read_chip(visit: Visit, zone: TravelDocument, beside: Beside | None = None) -> Known:
    """OtherDocument where the guest takes another; ToldInstead; Ended where a colleague goes on."""
    if not visit.terminal.reads_chips:
        return Known(zone, None)
    if visit.terminal.ledger.spoke_against(*_today(visit, zone)):
        told = "this document spoke AGAINST itself earlier today; do not give a room on it"
        await _to_a_colleague(visit, CALM, told, staff_help.document(zone, _BEFORE, None), beside)
        return Known(zone, WITHOUT_CHIP)
    try:
        read = await _opened(visit, zone, beside)
    except _Vouched:
        return Known(zone, WITHOUT_CHIP)
    if read is None:
        await _by_policy(visit, zone, WITHOUT_CHIP, None, beside)
        return Known(zone, WITHOUT_CHIP)
    document, proof, portrait = sure(read.document), sure(read.proof), _portrait(visit, read)
    proven = identity.proven(proof, read.pace_failed)
    if unlike := identity.differences(zone, document):
        log.warning("chip says another than the zone", fields=unlike)
        visit.terminal.ledger.speaks_against(*_today(visit, zone))
        await _to_a_colleague(
            visit,
            CALM,
            f"printed zone and chip DIFFER ({', '.join(unlike)}); do not give a room on it",
            staff_help.differs(zone, document, unlike, portrait),
            beside,
        )
        return Known(zone, replace(proven, zone=Finding(Reason.OTHER_ZONE)), portrait)
    if proven.against.reason is not None:
        visit.terminal.ledger.speaks_against(*_today(visit, zone))
    await _by_policy(visit, document, proven, portrait, beside)
    return Known(document, proven, portrait)


def _portrait(visit: Visit, read: ChipRead) -> Portrait | None:
    if read.portrait is None:
        return None
    portrait = Portrait(read.portrait)
    visit.portraits.append(portrait)
    return portrait


def _today(visit: Visit, zone: TravelDocument) -> tuple[str, str]:
    """This document, which only this terminal can tell again, and the day for which it is remembered."""
    terminal = visit.terminal
    expires = zone.expires.isoformat() if zone.expires else ""
    document = terminal.ledger.opaque("document", zone.issuer, zone.number, zone.born_text, expires)
    return document, terminal.today().isoformat()


async def _by_policy(
    visit: Visit, document: TravelDocument, proven: Proven, portrait: Portrait | None, beside: Beside | None
) -> None:
    """Returns where the guest goes on, who is told how the document was read."""
    verdict = identity.judge(proven, visit.terminal.settings.identity)
    told = identity.for_desk(proven)
    log.info("document proven", result=told, goes_on=verdict.goes_on)
    if not verdict.goes_on:
        hint, why = identity.hint(verdict.finding), identity.sentence(verdict.finding)
        refused = staff_help.document(document, why, portrait)
        if proven == WITHOUT_CHIP and beside is not None and beside.told_below:
            await _unless_told(visit, beside)
        said = why if proven == WITHOUT_CHIP else CALM
        await _to_a_colleague(visit, said, f"document not proven: {told}. {hint}", refused, beside)
        return
    if not proven.unproven:
        visit.notice(GENUINE, Tone.OK)
    elif proven == WITHOUT_CHIP:
        visit.notice(NO_CHIP_READ, Tone.PLAIN)
    else:
        visit.notice(NOT_WHOLLY_PROVEN, Tone.PLAIN)


async def _unless_told(visit: Visit, beside: Beside) -> None:
    """Returns where the document is to be looked at all the same; ToldInstead."""
    answer = await visit.ask(
        Choice(
            question=T("We can’t read a chip in {name}’s document", name=beside.name),
            help=T("For a child under {age} your word is enough: you can type the details.", age=beside.told_below),
            picture="document-unreadable",
            options=(Option("tell", T("Type the details")), Option("desk", T("Go on at the desk"), quiet=True)),
        )
    )
    if answer == Chosen("tell"):
        raise ToldInstead


async def _to_a_colleague(visit: Visit, why: Text, told: str, refused: Refused, beside: Beside | None) -> None:
    """Returns where a colleague has come, looked at it, and lets it go on."""
    terminal = visit.terminal
    terminal.tell_desk("DOCUMENT", f"{terminal.settings.kiosk.name}: {told}")
    question = T("A colleague will look at your document")
    help_text = T("{why} Please have it ready at the desk.", why=why)
    if beside is not None:
        question = T("A colleague will look at {name}’s document", name=beside.name)
        help_text = T("{why} You continue together at the desk.", why=why)
    await led_to_a_person(
        visit,
        question,
        help_text,
        "colleague",
        back=False,
        refused=refused,
    )


async def _does_not_open_for_anybody(
    visit: Visit, zone: TravelDocument, why: Text, told: str, beside: Beside | None
) -> NoReturn:
    """Its access number is wrong, or must not be tried: only a colleague's eyes are left."""
    await _to_a_colleague(visit, why, told, staff_help.document(zone, why, None), beside)
    raise _Vouched


# --- opening and reading ---------------------------------------------------------------------------


async def _opened(visit: Visit, zone: TravelDocument, beside: Beside | None) -> ChipRead | None:
    """What the chip gave; None for a document that goes on without one."""
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
                    why = T("The number does not open its chip.")
                    await _does_not_open_for_anybody(visit, zone, why, "the card access number was wrong twice", beside)
            case Chip.GUARDED:
                await _does_not_open_for_anybody(
                    visit,
                    zone,
                    T("Its number was wrong too often before: one more try could block the card."),
                    "the card access number has one try left at most and was not tried",
                    beside,
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


__all__ = ["Beside", "Known", "OtherDocument", "ToldInstead", "read_chip"]
