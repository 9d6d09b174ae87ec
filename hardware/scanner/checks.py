"""Checks of a scanner, on its contract alone: it answers, and reads five codes. What a code says is not kept."""

from __future__ import annotations

import time

from hardware.answers import answers
from hardware.checks import Check, CheckResult, Hands, Measured, Outcome
from hardware.readings import Kind
from hardware.scanner.contract import CodeScanned, Scanner, Symbology

PART = "scanner"
CODES = 5
EACH_WITHIN_S = 30.0
NOT_TEXT = "\ufffd"


def checks(device: Scanner) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    within_s = CODES * EACH_WITHIN_S + 15
    return (
        answers(device, PART),
        Check("scanner.codes", "Reads five codes", _codes, hands=True, within_s=within_s),
    )


async def _codes(hands: Hands) -> CheckResult:
    kinds: list[Symbology] = []
    damaged = 0
    began_s = time.monotonic()
    for number in range(CODES):
        hands.progress(number, CODES)
        await hands.please(f"Hold code {number + 1} of {CODES} to the scanner; any will do.", "scan-code")
        event = await hands.event(Kind.SCANNER, EACH_WITHIN_S)
        if event is None or not isinstance(event.what, CodeScanned):
            break
        kinds.append(event.what.symbology)
        damaged += NOT_TEXT in event.what.text or not event.what.text
    hands.progress(len(kinds), CODES)
    took_s = round(time.monotonic() - began_s, 1)
    measured = (
        Measured("codes", "Codes read", len(kinds), least=CODES),
        Measured("damaged", "Codes that came damaged", damaged, most=0),
        Measured("seconds", "For all of them", took_s, "s"),
    )
    said = ", ".join(sorted({str(kind) for kind in kinds}))
    if not kinds:
        return CheckResult(Outcome.UNSURE, "Nothing was scanned.", measured)
    if damaged:
        return CheckResult(Outcome.ILL, "Codes came damaged: check baud rate, parity and suffix.", measured)
    if len(kinds) < CODES:
        return CheckResult(Outcome.UNSURE, f"{len(kinds)} of {CODES} codes were read, then none in time.", measured)
    return CheckResult(Outcome.WELL, f"{CODES} codes read: {said}.", measured)
