"""The signed registration card as PDF: what the hotel keeps, and what a guest may read of it.

In the guest's language, with the words of the law also in that of the hotel's country. The same
card gives the same bytes. About 0.1 s; the first one waits for fpdf2 as well, unless `warm` was called.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import structlog

from kiosk.language import Language, T, Text, language
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import Field

if TYPE_CHECKING:
    from kiosk.registration.paper import Paper, Strokes

log = structlog.get_logger()

_LEGAL_LANGUAGE = {"HU": "hu", "DE": "de", "AT": "de"}

_TITLE = T("Registration card")
_RULES = T("House rules, agreed")
_WHY = T("Why you are asked")
_KEPT = T("How long it is kept")
_LAW = T("The law")
_SIGNATURE = T("Signature")
_RIGHTS = T("You may ask the hotel what it keeps about you, and have mistakes corrected.")
_INK = T("Please sign here in ink.")
_NO_SIGNATURE = T("No signature is asked for. Confirmed on the screen.")
_CARD = T("Card")
_PAGE = T("Page {number} of {of}")


_VALUE, _LABEL, _SMALL = 11.0, 7.0, 8.5  # points
_COLUMNS, _PAD, _GAP, _BETWEEN = 3, 6.0, 6.0, 2.8  # of the fields; millimetres
_SIGNATURE_HIGH = 30.0
_MOST_LINES = 40  # of one value: a page holds them

_JOINERS = "\u200c\u200d"  # they shape Persian and Indian words

_Cell = tuple[float, list[str], list[str]]  # width, label, value


@dataclass(frozen=True, repr=False)
class SignedCard:
    """All that stands on one card. `signed_at` is aware, on the hotel's clock."""

    id: str
    form: RegistrationForm
    hotel: str
    signed_at: datetime
    place: str = ""  # the town
    house_rules: tuple[str, ...] = ()
    strokes: tuple[tuple[tuple[float, float], ...], ...] = ()
    aspect: float = 2.5  # width of the pad by its height
    language: str = "en"
    signer: str = ""  # who has signed for this guest; '' for the guest's own name


@cache
def warm() -> None:
    """Load what the first card would wait for (0.5 s); for a worker thread after the first screen."""
    from kiosk.registration import paper

    try:
        paper.Paper("Aa", "en", datetime(2000, 1, 1).astimezone()).content()
    except paper.FontMissing as missing:
        log.error("no registration card can be made", why=str(missing))


def render(card: SignedCard) -> bytes:
    """The card as PDF. Raises FontMissing only."""
    from kiosk.registration.paper import Paper  # fpdf2 and fontTools take half a second to import

    guests = language(card.language)
    legal = language(_LEGAL_LANGUAGE.get(card.form.requirements.country, card.language))
    layout = _Layout(card, guests, legal)
    layout.paper = Paper(layout.words(), card.language, card.signed_at, rtl=guests.rtl)
    return layout.draw()


@dataclass
class _Block:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: list[tuple[str, str]]  # text, colour


class _Layout:
    """Where everything goes: head, fields, rules and law, signature, foot."""

    paper: Paper

    def __init__(self, card: SignedCard, guests: Language, legal: Language) -> None:
        self.card = card
        self.guests = guests
        self.legal = legal
        self.hotel = _clean(card.hotel)
        self.both = legal.code != guests.code
        self.fields = [(self._label(label), self._say(value)) for label, value in card.form.lines()]
        self.blocks = self._blocks()
        at = T("{day}, {time}", day=card.signed_at.date(), time=card.signed_at.timetz())
        under = [self._say(at), _clean(card.place or card.hotel), _clean(card.signer or written_name(card.form))]
        self.under_signature = " · ".join(part for part in under if part)

    def words(self) -> str:
        """Every letter that may be drawn, for the fonts."""
        blocks = [
            text for block in self.blocks for text in (block.heading, *(text for text, _ in block.paragraphs))
        ]
        fields = [part for label, value in self.fields for part in (*label, value)]
        fixed = [
            self._pair(_TITLE),
            self._pair(_SIGNATURE),
            *map(self._say, (_INK, _NO_SIGNATURE, _CARD, _PAGE)),
        ]
        return "".join(
            [self.hotel, self.card.id, self.under_signature, "0123456789 ·", *blocks, *fields, *fixed]
        )

    def draw(self) -> bytes:
        self._head()
        self._fields()
        for block in self.blocks:
            self._block(block)
        self._signature()
        self._feet()
        return self.paper.content()

    # what is said

    def _say(self, text: Text) -> str:
        return _clean(self.guests.say(text))

    def _label(self, text: Text) -> tuple[str, str]:
        """A field's name in the guest's language, and in the law's where that is another."""
        return self._say(text), _clean(self.legal.say(text)) if self.both else ""

    def _pair(self, text: Text) -> str:
        return " · ".join(dict.fromkeys(part for part in self._label(text) if part))

    def _paragraphs(self, text: Text) -> list[tuple[str, str]]:
        said = [(self._say(text), "ink")]
        legal = _clean(self.legal.say(text))
        return said if legal == said[0][0] else [*said, (legal, "muted")]

    def _blocks(self) -> list[_Block]:
        asked = self.card.form.requirements
        blocks = [
            _Block(self._pair(_WHY), self._paragraphs(asked.why)),
            _Block(self._pair(_KEPT), [*self._paragraphs(asked.kept.label), *self._paragraphs(_RIGHTS)]),
            _Block(self._pair(_LAW), [("; ".join(asked.law), "ink")]),
        ]
        if self.card.house_rules:
            rules = [
                (f"{number}. {_clean(rule)}", "ink") for number, rule in enumerate(self.card.house_rules, 1)
            ]
            blocks.insert(0, _Block(self._pair(_RULES), rules))
        return blocks

    # where it stands

    def _room(self, height: float) -> None:
        """Go to the next page where this much does not fit any more."""
        if self.paper.y + height > self.paper.height - self.paper.margin - 8:
            self.paper.new_page()

    def _head(self) -> None:
        paper = self.paper
        left, wide = paper.margin, paper.inner
        hotel = paper.lines(self.hotel, "serif", 17, wide)
        paper.y = paper.text(left, paper.y, wide, hotel, "serif", 17, "accent") + 1.5
        paper.bar(left, paper.y, 24, 1.1, "accent")
        paper.y += 7
        title = self._say(_TITLE)
        paper.y = paper.text(left, paper.y, wide, paper.lines(title, "serif", 27, wide), "serif", 27, "ink")
        legal = self.legal.say(_TITLE)
        if legal != title:
            paper.y = paper.text(
                left, paper.y, wide, paper.lines(legal, "sans", 10, wide), "sans", 10, "muted"
            )
        paper.y += 5

    def _fields(self) -> None:
        """Three columns; what is too long for one has a line of its own. Goes on over pages."""
        paper = self.paper
        column = (paper.inner - 2 * _PAD - (_COLUMNS - 1) * _GAP) / _COLUMNS
        rows = self._rows(column, paper.inner - 2 * _PAD)
        while rows:
            room = paper.height - paper.margin - 12 - paper.y
            fit, used = 0, 2 * _PAD - _BETWEEN
            while fit < len(rows) and (fit == 0 or used + self._row_height(rows[fit]) <= room):
                used += self._row_height(rows[fit])
                fit += 1
            paper.box(paper.margin, paper.y, paper.inner, used)
            y = paper.y + _PAD
            for row in rows[:fit]:
                for number, (width, label, value) in enumerate(row):
                    x = paper.margin + _PAD + number * (column + _GAP)
                    below = paper.text(x, y, width, label, "sans", _LABEL, "muted")
                    paper.text(x, below + 0.2, width, value, "sans", _VALUE, "ink")
                y += self._row_height(row)
            paper.y += used + 5
            rows = rows[fit:]
            if rows:
                paper.new_page()

    def _rows(self, column: float, whole: float) -> list[list[_Cell]]:
        rows: list[list[_Cell]] = []
        for label, value in self.fields:
            text = " · ".join(part for part in dict.fromkeys(label) if part)
            narrow = self.paper.lines(value, "sans", _VALUE, column)
            if len(narrow) > 2:
                lines = self.paper.lines(value, "sans", _VALUE, whole)[:_MOST_LINES]
                rows.append([(whole, self.paper.lines(text, "sans", _LABEL, whole), lines)])
                continue
            cell = (column, self.paper.lines(text, "sans", _LABEL, column), narrow)
            if rows and len(rows[-1]) < _COLUMNS and rows[-1][0][0] == column:
                rows[-1].append(cell)
            else:
                rows.append([cell])
        return rows

    def _row_height(self, row: Sequence[_Cell]) -> float:
        small, large = self.paper.line_height(_LABEL), self.paper.line_height(_VALUE)
        return max(len(label) * small + len(value) * large for _, label, value in row) + _BETWEEN

    def _block(self, block: _Block) -> None:
        paper = self.paper
        left, wide, high = paper.margin, paper.inner, paper.line_height(_SMALL)
        said = [(paper.lines(text, "sans", _SMALL, wide), colour, text) for text, colour in block.paragraphs]
        heading = paper.lines(block.heading, "bold", _SMALL, wide)
        self._room(high * (len(heading) + min(len(said[0][0]), 3)))
        paper.y = paper.text(left, paper.y, wide, heading, "bold", _SMALL, "accent")
        for lines, colour, text in said:
            # A paragraph of the other direction keeps its own beginning of the line.
            end = len(lines) > 1 and paper.rtl != _right_to_left(text)
            for line in lines:
                self._room(high)
                paper.y = paper.text(left, paper.y, wide, [line], "sans", _SMALL, colour, end=end)
            paper.y += 0.5
        paper.y += 1.8

    def _signature(self) -> None:
        """The finger's, a line for one in ink where the law wants that, or a word that there is none."""
        paper, form = self.paper, self.card.form
        under = paper.lines(self.under_signature, "sans", _SMALL, paper.inner)[:6]
        boxes = form.signature + form.ink
        self._room(_SIGNATURE_HIGH * boxes + paper.line_height(_SMALL) * (2 + len(under)) + 5)
        paper.y += 1
        heading = [self._pair(_SIGNATURE)]
        paper.y = paper.text(paper.margin, paper.y, paper.inner, heading, "bold", _SMALL, "accent") + 1.2
        if not boxes:
            said = paper.lines(self._say(_NO_SIGNATURE), "sans", _SMALL, paper.inner)
            paper.y = paper.text(paper.margin, paper.y, paper.inner, said, "sans", _SMALL, "ink")
        if form.signature:
            self._signature_box("", self.card.strokes)
        if form.ink:
            self._signature_box(self._say(_INK), ())
        paper.y = paper.text(paper.margin, paper.y, paper.inner, under, "sans", _SMALL, "ink")

    def _signature_box(self, hint: str, strokes: Strokes) -> None:
        paper = self.paper
        left, wide, high = paper.margin, paper.inner, _SIGNATURE_HIGH
        paper.box(left, paper.y, wide, high, dashed=True)
        paper.rule(left + 20, paper.y + high - 7, wide - 40, "line", 0.5)
        paper.strokes(left + 6, paper.y + 2, wide - 12, high - 4, strokes, self.card.aspect)
        if hint:
            paper.text(left + 20, paper.y + high - 6, wide - 40, [hint], "sans", _LABEL, "muted")
        paper.y += high + 1.5

    def _feet(self) -> None:
        paper = self.paper
        pages = len(paper.pdf.pages)
        for number in range(1, pages + 1):
            paper.turn_to(number)
            y = paper.height - paper.margin + 2
            half = paper.inner / 2
            paper.rule(paper.margin, y - 2, paper.inner, "line")
            card = f"{self._say(_CARD)} {self.card.id}"
            paper.text(paper.margin, y, half, [card], "sans", _LABEL, "muted")
            page = self._say(T("Page {number} of {of}", number=number, of=pages))
            paper.text(paper.margin + half, y, half, [page], "sans", _LABEL, "muted", end=True)


def written_name(form: RegistrationForm) -> str:
    """Family name and given names as they stand on the card."""
    names = (form.value(Field.FAMILY_NAME), form.value(Field.GIVEN_NAMES))
    return " ".join(name for name in names if name.strip("–"))


def _clean(text: str) -> str:
    """Without what can't be seen: controls, surrogates, signs that turn the direction of others."""
    return "".join(letter for letter in text if letter in _JOINERS or unicodedata.category(letter)[0] != "C")


def _right_to_left(text: str) -> bool:
    """By its first letter that has a direction (Unicode UAX #9, P2)."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)
