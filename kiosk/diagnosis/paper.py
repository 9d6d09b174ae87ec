"""The acceptance report for people: a PDF to file, a slip to sign. Both are made of the signed words alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hardware.printer.contract import Align, Block, Pair, QRCode, Rule, Size, Slip, Space, TextLine
from kiosk.diagnosis.report import Report
from kiosk.journal_lines import grouped

if TYPE_CHECKING:
    from kiosk.registration.paper import Paper

_SIGNS = {"well": "✓", "ill": "✗", "unsure": "?", "skipped": "–", "not-fitted": "–"}
"""On the slip, whose fonts have them; a line is short there. In the PDF words say it."""
_WORDS = {"well": "well", "ill": "ILL", "unsure": "NOT TOLD", "skipped": "not tried", "not-fitted": "not fitted"}
_VERDICTS = {
    "well": "Accepted: everything was tried and is well",
    "ill": "NOT accepted: something is ill",
    "unsure": "NOT accepted: not everything could be told",
}
_TITLE = "Acceptance of a terminal"
NBSP = "\u00a0"
"""Keeps a number, its sign and its unit on one line of the slip."""
_SMALL, _BODY = 8.0, 9.5  # points


def digest(report: Report) -> str:
    """What ties paper and file together: the beginning of the file's SHA-256."""
    return hashlib.sha256(report.raw).hexdigest()[:16]


def _said(value: dict[str, Any], check: str = "") -> str:
    """`Round trip, median: 142 ms (≤ 800)`; without its label where the check says the same."""
    limits = [f"{sign}{NBSP}{_number(value[key])}" for key, sign in (("least", "≥"), ("most", "≤")) if key in value]
    sign = "" if value.get("within", True) else " – out of limits"
    allowed = f" ({', '.join(limits)})" if limits else ""
    label = "" if value["label"] == check else f"{value['label']}: "
    return f"{label}{_number(value['value'])}{NBSP}{value.get('unit', '')}".rstrip() + allowed + sign


def _number(value: float) -> str:
    """Four digits are enough to judge by; large whole numbers keep all of theirs."""
    return f"{value:.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:.4g}"


def _facts(report: Report) -> list[tuple[str, str]]:
    words = report.words
    versions = words.get("versions", {})
    return [
        ("Terminal", f"{words['kiosk']}, {words.get('hotel', '')}".rstrip(", ")),
        ("Tried", f"{_moment(words.get('began', ''))} to {_moment(words.get('at', ''))[11:]}"),
        ("By", _by(str(words.get("by", "")))),
        ("Complete", "yes" if words.get("complete") else "no: some of it needs a person who was not there"),
        ("Kiosk", f"{versions.get('kiosk', '')}, Python {versions.get('python', '')}"),
        ("System", f"{versions.get('system', '')}, {versions.get('kernel', '')} {versions.get('machine', '')}".strip()),
        ("Drivers", ", ".join(f"{kind} {driver}" for kind, driver in sorted(words.get("drivers", {}).items()))),
        ("Signed by key", grouped(report.key) if report.whole else "NOT whole: compare the file"),
        ("File", f"SHA-256 {grouped(digest(report))} …"),
    ]


def _by(who: str) -> str:
    return f"staff {who}" if who.isdigit() else who


def _moment(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return text


# --- paper of a printer -----------------------------------------------------------------------------


def slip(report: Report) -> Slip:
    """For the terminal's own printer, with a line to sign on."""
    words = report.words
    blocks: list[Block] = [
        TextLine("Acceptance", Size.LARGE, align=Align.CENTER),
        TextLine(_VERDICTS.get(words["verdict"], words["verdict"]), bold=True, align=Align.CENTER),
        Rule(),
        *(TextLine(f"{name}: {value}", Size.SMALL) for name, value in _facts(report)),
    ]
    for part in words["parts"]:
        if not part.get("built", True):
            continue
        blocks += [Rule(), Pair(part["label"], _state(part), bold=True)]
        blocks += [TextLine(line, Size.SMALL) for line in _short_lines(part)]
    blocks += [
        Rule(),
        Space(3),
        Rule(),
        TextLine("Technician’s signature", Size.SMALL),
        QRCode(f"{report.key}:{digest(report)}"),
    ]
    return Slip(tuple(blocks))


def _short_lines(part: dict[str, Any]) -> Iterable[str]:
    """A check a line: what was measured where it was well, why where it was not."""
    for check in part.get("checks", []):
        outcome, label = check["outcome"], check["label"]
        values = ", ".join(_said(value, label) for value in check.get("measured", []))
        why = check.get("words", "") if outcome in ("ill", "unsure") else ""
        told = " ".join(filter(None, (why, values)))
        if outcome == "not-fitted":
            told = _WORDS[outcome]
        yield f"{_SIGNS.get(outcome, outcome)} {label}" + (f": {told}" if told else "")


def _state(part: dict[str, Any]) -> str:
    return str(part.get("state", "unknown")).replace("-", " ") if part.get("fitted", True) else _WORDS["not-fitted"]


# --- PDF --------------------------------------------------------------------------------------------


def _lines(part: dict[str, Any]) -> Iterable[str]:
    """A check's own line, and below it what was measured."""
    for check in part.get("checks", []):
        outcome, label = check["outcome"], check["label"]
        yield f"{_WORDS.get(outcome, outcome)}: {label} – {check.get('words', '')}".rstrip(" –")
        yield from (f"    {_said(value, label)}" for value in check.get("measured", []))


def pdf(report: Report) -> bytes:
    """A4. Raises FontMissing only."""
    from kiosk.registration.paper import Paper  # fpdf2 and fontTools take half a second to import

    words = report.words
    facts, verdict = _facts(report), _VERDICTS.get(words["verdict"], words["verdict"])
    sections = [(_head(part), list(_lines(part))) for part in words["parts"] if part.get("built", True)]
    letters = [_TITLE, verdict, "Technician’s signature Page of 0123456789", *(text for fact in facts for text in fact)]
    letters += [text for head, lines in sections for text in (head, *lines)]
    made = datetime.fromisoformat(words["at"])
    paper = Paper("".join(letters), "en", made)
    paper.y = paper.text(paper.margin, paper.y, paper.inner, [_TITLE], "serif", 24, "ink") + 1
    paper.bar(paper.margin, paper.y, 24, 1.1, "accent")
    paper.y += 5
    _paragraph(paper, verdict, "bold", 12)
    paper.y += 2
    for name, value in facts:
        _fact(paper, name, value)
    for head, lines in sections:
        paper.y += 3
        _room(paper, 12)
        _paragraph(paper, head, "bold", _BODY + 1, "accent")
        for line in lines:
            _paragraph(paper, line.strip(), "sans", _SMALL, "muted" if line.startswith(" ") else "ink", line.startswith(" "))
    _room(paper, 24)
    paper.y += 16
    paper.rule(paper.margin, paper.y, 80, "line", 0.5)
    paper.y += 1
    _paragraph(paper, "Technician’s signature", "sans", _SMALL, "muted")
    return paper.content()


def _head(part: dict[str, Any]) -> str:
    device = " ".join(part[name] for name in ("model", "serial", "firmware") if part.get(name))
    said = [part["label"], _state(part), device, part.get("address", "")]
    return " · ".join(each for each in said if each)


def _room(paper: Paper, height: float) -> None:
    if paper.y + height > paper.height - paper.margin:
        paper.new_page()


def _paragraph(paper: Paper, text: str, font: str, size: float, colour: str = "ink", inset: bool = False) -> None:
    left = 6.0 if inset else 0.0
    for line in paper.lines(text, font, size, paper.inner - left):
        _room(paper, paper.line_height(size))
        paper.y = paper.text(paper.margin + left, paper.y, paper.inner - left, [line], font, size, colour)


def _fact(paper: Paper, name: str, value: str) -> None:
    column = 34.0
    lines = paper.lines(value, "sans", _BODY, paper.inner - column)
    _room(paper, paper.line_height(_BODY) * max(1, len(lines)))
    paper.text(paper.margin, paper.y, column, [name], "sans", _BODY, "muted")
    below = paper.text(paper.margin + column, paper.y, paper.inner - column, lines, "sans", _BODY, "ink")
    paper.y = max(below, paper.y + paper.line_height(_BODY))
