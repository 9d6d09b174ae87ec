"""Checks of a document reader, on its contract alone: a sample document, and what each mechanism took.

Nothing of the document is kept or shown: neither its data nor its state, only mechanisms, answers and times.
"""

from __future__ import annotations

import time

from hardware.answers import answers
from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from hardware.document_reader.contract import (
    Chip,
    ChipRead,
    DocumentPresented,
    DocumentReader,
    TravelDocument,
    Wanted,
)
from hardware.readings import Kind

PART = "document_reader"
ZONE_WITHIN_S = 60.0
CHIP_WITHIN_S = 20.0
CHIP_MOST_S = 30.0  # a passport takes 3 to 12 s, the slowest that were ever sold half a minute (`chip_pad.py`)
TRIES = 3

_NOT_READ = {
    Chip.NO_CHIP: "the zone was read; no chip answered: a document without one, or not laid flat",
    Chip.LIFTED: "the document was lifted while its chip was read",
    Chip.WRONG_PASSWORD: "the chip is not opened by the zone that was read: another document lies there",
    Chip.NEEDS_CAN: "this chip is not opened by its zone",
    Chip.GUARDED: "this chip refuses more tries",
    Chip.NOT_A_DOCUMENT: "what lies on the chip’s part is no document",
    Chip.TWO_CARDS: "two things lie on the chip’s part",
    Chip.UNREADABLE: "the chip answers, but not as the standard wants",
}


def checks(device: DocumentReader) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    return (
        answers(device, PART),
        Check("document_reader.sample", "Reads a sample document", _sample(device), hands=True, within_s=TRIES * ZONE_WITHIN_S + 110),
    )


def _sample(device: DocumentReader) -> Run:
    async def run(hands: Hands) -> CheckResult:
        began_s = time.monotonic()
        document = await _zone(hands)
        if isinstance(document, CheckResult):
            return document
        zone = Measured("zone", "Printed zone, from the word to lay it down", round(time.monotonic() - began_s, 1), "s")
        if not device.reads_chips:
            return CheckResult(Outcome.WELL, "The printed zone was read, its check digits fit.", (zone,))
        try:
            return await _chip(device, hands, document, zone)
        finally:
            device.forget()

    return run


async def _zone(hands: Hands) -> TravelDocument | CheckResult:
    """A document whose zone was read; after some tries the reader is not to be blamed alone."""
    words, bad = "Lay a sample document on the document reader, or swipe it.", 0
    for _ in range(TRIES):
        await hands.please(words, "lay-document")
        event = await hands.event(Kind.DOCUMENT_READER, ZONE_WITHIN_S)
        if event is None:
            break
        if isinstance(event.what, DocumentPresented):
            return event.what.document
        bad += 1
        words = "It could not be read. Please once more, flat and to the stop."
    if bad:
        return CheckResult(Outcome.ILL, f"The printed zone could not be read, {bad} times.")
    return CheckResult(Outcome.UNSURE, "No document was noticed; was one laid down?")


async def _chip(device: DocumentReader, hands: Hands, document: TravelDocument, zone: Measured) -> CheckResult:
    from hardware.passport.password import Password  # the cryptography is loaded where it is needed

    await hands.please("Leave the document on the reader until its chip is read.", "lay-document")
    read = await device.read_chip(
        Password.of(document),
        document_within_s=CHIP_WITHIN_S,
        order=Wanted(every_proof=True),
        on_progress=lambda part: hands.progress(round(part * 100), 100),
    )
    measured = (zone, *_measured(read))
    if read.outcome is Chip.READ:
        return CheckResult(Outcome.WELL, _mechanisms(read), measured)
    said = _NOT_READ[read.outcome]
    return CheckResult(Outcome.UNSURE, f"{said[:1].upper()}{said[1:]}.", measured)


def _measured(read: ChipRead) -> tuple[Measured, ...]:
    if not read.tallies:
        return ()
    whole = Measured("chip", "Chip, all in all", round(read.seconds, 2), "s", most=CHIP_MOST_S)
    commands = Measured("apdus", "Commands to the chip", sum(tally.commands for tally in read.tallies))
    steps: dict[str, float] = {}
    for tally in read.tallies:
        steps[tally.name] = steps.get(tally.name, 0.0) + tally.seconds
    return (whole, commands, *(Measured(f"step-{name}", name, round(took_s, 3), "s") for name, took_s in steps.items()))


def _mechanisms(read: ChipRead) -> str:
    """How it was opened and what was proven, without whose it is."""
    said = [f"Opened by {read.opened or 'nothing: it lies open'}"]
    if read.pace_failed:
        said.append("PACE was offered and failed")
    if read.proof is not None:
        proof = read.proof
        said += [
            f"passive authentication: {proof.genuine.answer}",
            f"chip authentication: {proof.chip.answer}",
            f"active authentication: {proof.active.answer}",
        ]
    return "; ".join(said) + "."
