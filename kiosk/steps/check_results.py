"""What came of checks, as it is shown: the ill first, values with their limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hardware.checks import Measured, Outcome
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import LABELS
from kiosk.faults import sentence
from kiosk.language import TN, T, Text, quantity, verbatim
from kiosk.prompts import Option
from kiosk.steps.check_words import found, reported
from kiosk.technician_prompts import ResultRow, Results

ORDER = (Outcome.ILL, Outcome.UNSURE, Outcome.SKIPPED, Outcome.NOT_FITTED, Outcome.WELL)


def results(title: Text, tried: Sequence[Tried], *, again: bool = False, more: tuple[Option, ...] = ()) -> Results:
    """`again`: one check, that may be tried once more."""
    options = (Option("go-on", T("Go on")), *more)
    return Results(
        question=title,
        help=None if again else counted(tried),
        rows=tuple(row(each, again) for each in sorted(tried, key=lambda each: ORDER.index(each.result.outcome))),
        options=(*options, Option("again", T("Once more"), quiet=True)) if again else options,
    )


def counted(tried: Sequence[Tried]) -> Text:
    """How many came out how."""
    count = Counter(each.result.outcome for each in tried)
    unsure = count[Outcome.UNSURE] + count[Outcome.SKIPPED]
    return T(
        "{well}, {ill}, {unsure}",
        well=TN("{count} check well", "{count} checks well", count[Outcome.WELL]),
        ill=TN("{count} ill", "{count} ill", count[Outcome.ILL]),
        unsure=TN("{count} not sure or not tried", "{count} not sure or not tried", unsure),
    )


def name(tried: Tried) -> Text:
    """Of what, and what: several parts have a check of the same name."""
    part = LABELS.get(tried.part)
    return T("{part} · {what}", part=part, what=Text(tried.label)) if part else Text(tried.label)


def row(tried: Tried, alone: bool = False) -> ResultRow:
    result = tried.result
    words = (reported if tried.check.endswith(".answers") else found)(result.words) if result.words else None
    if result.fault is not None:
        code = str(result.fault)
        if code in result.words:  # what the driver says, beside a sentence
            words = T("{what}: {detail}", what=sentence(result.fault).question, detail=result.words)
        else:
            words = T("{words} ({code})", words=words or verbatim(""), code=code)
    return ResultRow(
        name=Text(tried.label) if alone else name(tried),
        outcome=result.outcome,
        words=words,
        measured=tuple((Text(value.label), measured(value), value.within) for value in result.measured),
    )


def measured(value: Measured) -> Text:
    """With its limits."""
    said = _number(value.value, value.unit)
    least = None if value.least is None else _number(value.least, value.unit)
    most = None if value.most is None else _number(value.most, value.unit)
    match least, most:
        case None, None:
            return said
        case None, _:
            return T("{value} (at most {most})", value=said, most=most)
        case _, None:
            return T("{value} (at least {least})", value=said, least=least)
        case _:
            return T("{value} ({least} to {most})", value=said, least=least, most=most)


def _number(value: float, unit: str) -> Text:
    """Four digits are enough to judge by; large whole numbers keep all of theirs."""
    return quantity(f"{value:.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:.4g}", unit)
