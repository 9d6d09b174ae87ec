"""Read the document's chip: the printed zone has opened it, now it must say the same and prove itself.

Rule: what a chip says against its document, or otherwise than the print, ends with a colleague, who looks at
it, and never by itself with a room, for the rest of the day and whatever is said of it then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from hardware.document_reader.contract import ChipRead, TravelDocument
from hardware.passport.findings import Finding, Reason
from kiosk import identity
from kiosk.facts import sure
from kiosk.identity import WITHOUT_CHIP, Proven
from kiosk.language import T, Text
from kiosk.portrait import Portrait
from kiosk.prompts import Choice, Chosen, Option, Tone
from kiosk.steps import staff_help
from kiosk.steps.booking_cases import led_to_a_person
from kiosk.steps.open_chip import GENUINE, NO_CHIP_READ, NOT_WHOLLY_PROVEN, Shut, open_chip
from kiosk.steps.take_over import Refused
from kiosk.visit import Visit

log = structlog.get_logger()

_BEFORE = T("It was read here earlier today, and not everything could be confirmed.")
CALM = T("We can’t check this document here. That can happen; a colleague does it in a moment.")
"""The one reason for all that a guest can do nothing about: what exactly was found is for staff."""


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


async def read_chip(visit: Visit, zone: TravelDocument, beside: Beside | None = None) -> Known:
    """OtherDocument where the guest takes another; ToldInstead; Ended where a colleague goes on."""
    if not visit.terminal.reads_chips:
        return Known(zone, None)
    if visit.terminal.ledger.spoke_against(*_today(visit, zone)):
        told = "this document spoke AGAINST itself earlier today; do not give a room on it"
        await _to_a_colleague(visit, CALM, told, staff_help.document(zone, _BEFORE, None), beside)
        return Known(zone, WITHOUT_CHIP)
    try:
        read = await open_chip(visit, zone)
    except Shut as shut:
        await _to_a_colleague(visit, shut.why, shut.told, staff_help.document(zone, shut.why, None), beside)
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
