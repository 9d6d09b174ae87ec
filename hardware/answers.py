"""The first check of every device: ask it how it is, now, and see how long its answer takes."""

from __future__ import annotations

import time

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome
from hardware.device_view import PROOF_LASTS_S
from hardware.driver import Driver
from hardware.readings import State, Status

MOST_MS = 3000.0  # one of a printer's four questions may take 2 s (`escpos.py`); others are quicker

_OUTCOME = {
    State.WELL: Outcome.WELL,
    State.NEEDS_CARE: Outcome.WELL,
    State.UNKNOWN: Outcome.UNSURE,
    State.ILL: Outcome.ILL,
    State.GONE: Outcome.ILL,
}


def answers(device: Driver, part: str) -> Check:
    """`<part>.answers`: no hands, nothing used up. A device that can't be asked is UNSURE until it was used."""

    async def run(hands: Hands) -> CheckResult:
        began_s = time.monotonic()
        status = await device.status()
        took_ms = (time.monotonic() - began_s) * 1000
        if status.proven_s is not None and began_s - status.proven_s > PROOF_LASTS_S[device.KIND]:
            status = Status(State.UNKNOWN)  # a sign of life that is too old to count
        measured = (Measured("answer", "Answer", round(took_ms, 1), "ms", most=MOST_MS),)
        return CheckResult(_OUTCOME[status.state], _said(status), measured, next(iter(status.faults), None))

    return Check(f"{part}.answers", "Answers, and says how it is", run, within_s=10.0)


def _said(status: Status) -> str:
    if status.state is State.UNKNOWN:
        return "It can’t be asked, and has not been used lately."
    said = ", ".join(f"{each.label}: {each.value}{' ' + each.unit if each.unit else ''}" for each in status.readings)
    care = "Needs care. " if status.state is State.NEEDS_CARE else ""
    return care + (said or "It answers.")
