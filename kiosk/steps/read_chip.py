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


class OtherDocument(Exception):  # noqa: N818 - a way to go on, like WentBack
    """Begin again with another document; None: it is still to be asked for."""

    def __init__(self, document: TravelDocument | None) -> None:
        self.document = document
        super().__init__()


@dataclass(frozen=True, repr=False)
class Known:
    """The document as it is to be believed. `proven` is None where this terminal reads no chips."""

    document: TravelDocument
    proven: Proven | None
    portrait: Portrait | None = None


class _Vouched(Exception):  # noqa: N818 - a way to go on, like WentBack
    """A colleague has looked at the document, whose chip does not open."""


async def read_chip(visit: Visit, zone: TravelDocument) -> Known:
    """OtherDocument where the guest takes another; Ended where a colleague goes on."""
    if not visit.terminal.reads_chips:
        return Known(zone, None)
    if visit.terminal.ledger.spoke_against(*_today(visit, zone)):
        told = "this document spoke AGAINST itself earlier today; do not give a room on it"
        await _to_a_colleague(visit, _BEFORE, told, staff_help.document(zone, _BEFORE, None))
        return Known(zone, WITHOUT_CHIP)
    try:
        read = await _opened(visit, zone)
    except _Vouched:
        return Known(zone, WITHOUT_CHIP)
    if read is None:
        await _by_policy(visit, zone, WITHOUT_CHIP, None)
        return Known(zone, WITHOUT_CHIP)
    document, proof, portrait = sure(read.document), sure(read.proof), _portrait(visit, read)
    proven = identity.proven(proof, read.pace_failed)
    if unlike := identity.differences(zone, document):
        log.warning("chip says another than the zone", fields=unlike)
        visit.terminal.ledger.speaks_against(*_today(visit, zone))
        await _to_a_colleague(
            visit,
            identity.OTHER_ZONE,
            f"printed zone and chip DIFFER ({', '.join(unlike)}); do not give a room on it",
            staff_help.differs(zone, document, unlike, portrait),
        )
        return Known(zone, replace(proven, zone=Finding(Reason.OTHER_ZONE)), portrait)
    if proven.against.reason is not None:
        visit.terminal.ledger.speaks_against(*_today(visit, zone))
    await _by_policy(visit, document, proven, portrait)
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


async def _by_policy(visit: Visit, document: TravelDocument, proven: Proven, portrait: Portrait | None) -> None:
    """Returns where the guest goes on, who is told how the document was read."""
    verdict = identity.judge(proven, visit.terminal.settings.identity)
    told = identity.for_desk(proven)
    log.info("document proven", result=told, goes_on=verdict.goes_on)
    if not verdict.goes_on:
        hint, why = identity.hint(verdict.finding), identity.sentence(verdict.finding)
        refused = staff_help.document(document, why, portrait)
        await _to_a_colleague(visit, why, f"document not proven: {told}. {hint}", refused)
        return
    if not proven.unproven:
        visit.notice(T("Your document was read and is genuine: you can take it"), Tone.OK)
    elif proven == WITHOUT_CHIP:
        visit.notice(T("Your document was read, without a chip"), Tone.PLAIN)
    else:
        visit.notice(T("Your document was read: you can take it"), Tone.PLAIN)


async def _to_a_colleague(visit: Visit, why: Text, told: str, refused: Refused) -> None:
    """Returns where a colleague has come, looked at it, and lets it go on."""
    terminal = visit.terminal
    terminal.tell_desk("DOCUMENT", f"{terminal.settings.kiosk.name}: {told}")
    await led_to_a_person(
        visit,
        T("A colleague will look at your document"),
        T("{why} Please have it ready at the desk, where a colleague goes on with you.", why=why),
        "colleague",
        back=False,
        refused=refused,
    )


async def _does_not_open_for_anybody(visit: Visit, zone: TravelDocument, why: Text, told: str) -> NoReturn:
    """Its access number is wrong, or must not be tried: only a colleague's eyes are left."""
    await _to_a_colleague(visit, why, told, staff_help.document(zone, why, None))
    raise _Vouched


# --- opening and reading ---------------------------------------------------------------------------


async def _opened(visit: Visit, zone: TravelDocument) -> ChipRead | None:
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
                return read
            case Chip.LIFTED:
                continue
            case Chip.WRONG_PASSWORD if not by_can:
                await _does_not_open(visit, zone)
            case Chip.WRONG_PASSWORD:
                visit.wrong_cans += 1
                if visit.wrong_cans >= MOST_WRONG_CANS:
                    why = T("The number does not open its chip.")
                    await _does_not_open_for_anybody(visit, zone, why, "the card access number was wrong twice")
            case Chip.GUARDED:
                await _does_not_open_for_anybody(
                    visit,
                    zone,
                    T("Its number was wrong too often before: one more try could block the card."),
                    "the card access number has one try left at most and was not tried",
                )
            case Chip.NEEDS_CAN:
                pass
            case _:
                if await _once_more(visit, read.outcome):
                    continue
                return None
        wrong = T("This number does not open the chip. It can be tried once more.") if by_can else None
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
    how = T("Open at the page with your photo, face down and flat, without its cover. Its chip is read.")
    if zone.document_code[:1] in _CARDS:
        how = T("Flat and in the middle, without its cover. Its chip is read.")
    return ReadingChip(
        question=T("Please put it back") if lifted else T("Place it on the reader"),
        help=T("It was lifted too early. Reading goes on where it stopped.") if lifted else how,
        where=reader.position.value if reader else "right",
        other=(_NO_CHIP,),
    )


def _under_way(prompt: ReadingChip, part: float) -> ReadingChip:
    return replace(
        prompt,
        question=T("Reading your document"),
        help=T("Please leave it where it is."),
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
                question=T("Which six digits stand on the front?"),
                help=T("The access number of your card: mostly below the photo."),
                keys=Keys.NUMBER,
                max_length=6,
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
        T("No chip answers"),
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
        T("Two things lie on the reader"),
        T("Please take everything off, and place only your document there."),
        "card-wrong",
    ),
}


async def _once_more(visit: Visit, outcome: Chip) -> bool:
    """True: try again; False: go on without a chip, as far as the policy lets."""
    question, help_text, picture = _WRONG[outcome]
    no_chip = (_NO_CHIP,) if outcome in (Chip.NO_CHIP, Chip.UNREADABLE) else ()
    if outcome is Chip.UNREADABLE:
        no_chip = (replace(_NO_CHIP, label=T("Go on without it")),) if _may_do_without(visit) else ()
    answer = await _choose(visit, question, help_text, picture, (Option("again", T("Try again")), *no_chip))
    return answer != Chosen(_NO_CHIP.id)


def _may_do_without(visit: Visit) -> bool:
    policy = visit.terminal.settings.identity
    return policy.require is Require.ZONE or policy.no_chip is Otherwise.GO_ON


async def _does_not_open(visit: Visit, zone: TravelDocument) -> None:
    """The zone was of another document, or misread. Returns where the number on its front is to be typed."""
    front = (Option("can", T("Type the six digits on the front")),) if zone.document_code[:1] in _CARDS else ()
    answer = await _choose(
        visit,
        T("That is another document"),
        T("The lines that were read before do not open this chip. Please use one document for both."),
        "document-mismatch",
        (Option("other", T("Read the document again")), *front),
    )
    if answer != Chosen("can"):
        raise OtherDocument(None)


async def _choose(
    visit: Visit, question: Text, help_text: Text, picture: str, options: tuple[Option, ...]
) -> Answer:
    """OtherDocument where one is laid down instead; Ended after a call for a person."""
    answer = await visit.ask(
        Choice(
            question=question,
            help=help_text,
            picture=picture,
            tone=Tone.WARN,
            takes=frozenset({Takes.DOCUMENT}),
            options=(*options, Option("person", T("Call us"), quiet=True)),
        )
    )
    if answer == Chosen("person"):
        await visit.call_person("DOCUMENT")
        raise Ended
    if isinstance(answer, Shown | NotRead):
        raise OtherDocument(answer.document if isinstance(answer, Shown) else None)
    return answer


__all__ = ["Known", "OtherDocument", "read_chip"]
