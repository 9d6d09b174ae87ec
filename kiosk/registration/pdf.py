"""The signed registration card as PDF: what the hotel keeps, and what a guest may read of it.

In the guest's language, with the words of the law also in that of the hotel's country. The same
card gives the same bytes. About 40 ms once the fonts are known; `warm` makes them known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.language import Language, T, Text, language
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import Field, Medium

if TYPE_CHECKING:
    from kiosk.registration.paper import Paper

_LEGAL_LANGUAGE = {"HU": "hu", "DE": "de", "AT": "de"}

_TITLE = T("Registration card")
_RULES = T("House rules, agreed")
_WHY = T("Why you are asked")
_KEPT = T("How long it is kept")
_LAW = T("The law")
_SIGNATURE = T("Signature")
_RIGHTS = T("You may ask the hotel what it keeps of you, and have mistakes put right.")
_INK = T("Please sign here in ink.")
_NO_SIGNATURE = T("No signature is asked for. Confirmed on the screen.")
_CARD = T("Card")
_PAGE = T("Page {number} of {of}")


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


def warm() -> None:
    """Load what the first card would wait for (0.5 s); for a worker thread after the first screen."""
    from kiosk.registration import paper

    paper.Paper("Aa", "en", datetime(2000, 1, 1).astimezone()).content()


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
        self.both = legal.code != guests.code
        self.fields = [(self._label(label), guests.say(value)) for label, value in card.form.lines()]
        self.blocks = self._blocks()
        self.signed = [
            _written_name(card.form),
            guests.say(T("{at}", at=card.signed_at)),
            card.place or card.hotel,
        ]
        self.under_signature = " · ".join(part for part in self.signed if part)

    def words(self) -> str:
        """Every letter that may be drawn, for the fonts."""
        blocks = [
            text for block in self.blocks for text in (block.heading, *(text for text, _ in block.paragraphs))
        ]
        fields = [part for label, value in self.fields for part in (*label, value)]
        fixed = [
            self._pair(_TITLE),
            self._pair(_SIGNATURE),
            *map(self.guests.say, (_INK, _NO_SIGNATURE, _CARD, _PAGE)),
        ]
        return "".join(
            [self.card.hotel, self.card.id, self.under_signature, "0123456789 ·", *blocks, *fields, *fixed]
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

    def _label(self, text: Text) -> tuple[str, str]:
        """A field's name in the guest's language, and in the law's where that is another."""
        return self.guests.say(text), self.legal.say(text) if self.both else ""

    def _pair(self, text: Text) -> str:
        return " · ".join(dict.fromkeys(part for part in self._label(text) if part))

    def _paragraphs(self, text: Text) -> list[tuple[str, str]]:
        said = [(self.guests.say(text), "ink")]
        legal = self.legal.say(text)
        return said if legal == said[0][0] else [*said, (legal, "muted")]

    def _blocks(self) -> list[_Block]:
        asked = self.card.form.requirements
        blocks = [
            _Block(self._pair(_WHY), self._paragraphs(asked.why)),
            _Block(self._pair(_KEPT), [*self._paragraphs(asked.kept.label), *self._paragraphs(_RIGHTS)]),
            _Block(self._pair(_LAW), [("; ".join(asked.law), "ink")]),
        ]
        if self.card.house_rules:
            rules = [(f"{number}. {rule}", "ink") for number, rule in enumerate(self.card.house_rules, 1)]
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
        hotel = paper.lines(self.card.hotel, "serif", 17, wide)
        paper.y = paper.text(left, paper.y, wide, hotel, "serif", 17, "accent") + 1.5
        paper.bar(left, paper.y, 24, 1.1, "accent")
        paper.y += 7
        title = self.guests.say(_TITLE)
        paper.y = paper.text(left, paper.y, wide, paper.lines(title, "serif", 27, wide), "serif", 27, "ink")
        legal = self.legal.say(_TITLE)
        if legal != title:
            paper.y = paper.text(
                left, paper.y, wide, paper.lines(legal, "sans", 10, wide), "sans", 10, "muted"
            )
        paper.y += 5

    def _fields(self) -> None:
        """Two columns; what is too long for one takes the whole width, and a page of its own if it must."""
        paper = self.paper
        pad, gap = 6.0, 8.0
        half, whole = (paper.inner - 2 * pad - gap) / 2, paper.inner - 2 * pad
        rows = self._rows(half, whole)
        while rows:
            room = paper.height - paper.margin - 12 - paper.y
            fit, used = 0, 2 * pad - 3
            while fit < len(rows) and (fit == 0 or used + self._row_height(rows[fit]) <= room):
                used += self._row_height(rows[fit])
                fit += 1
            paper.box(paper.margin, paper.y, paper.inner, used)
            y = paper.y + pad
            for row in rows[:fit]:
                x = paper.margin + pad
                for width, label, value in row:
                    below = paper.text(x, y, width, label, "sans", 7.5, "muted")
                    paper.text(x, below + 0.3, width, value, "sans", 11.5, "ink")
                    x += half + gap
                y += self._row_height(row)
            paper.y += used + 6
            rows = rows[fit:]
            if rows:
                paper.new_page()

    def _rows(self, half: float, whole: float) -> list[list[tuple[float, list[str], list[str]]]]:
        rows: list[list[tuple[float, list[str], list[str]]]] = []
        most = 40  # lines of one value: a page holds them
        for label, value in self.fields:
            text = " · ".join(part for part in dict.fromkeys(label) if part)
            narrow = self.paper.lines(value, "sans", 11.5, half)
            if len(narrow) > 2:
                lines = self.paper.lines(value, "sans", 11.5, whole)[:most]
                rows.append([(whole, self.paper.lines(text, "sans", 7.5, whole), lines)])
                continue
            cell = (half, self.paper.lines(text, "sans", 7.5, half), narrow)
            if rows and len(rows[-1]) == 1 and rows[-1][0][0] == half:
                rows[-1].append(cell)
            else:
                rows.append([cell])
        return rows

    def _row_height(self, row: Sequence[tuple[float, list[str], list[str]]]) -> float:
        small, large = self.paper.line_height(7.5), self.paper.line_height(11.5)
        return max(len(label) * small + len(value) * large for _, label, value in row) + 3.3

    def _block(self, block: _Block) -> None:
        paper = self.paper
        left, wide = paper.margin, paper.inner
        heading = paper.lines(block.heading, "bold", 9, wide)
        first = True
        for text, colour in block.paragraphs:
            lines = paper.lines(text, "sans", 9, wide)
            self._room(paper.line_height(9) * (min(len(lines), 3) + (len(heading) if first else 0)))
            if first:
                paper.y = paper.text(left, paper.y, wide, heading, "bold", 9, "accent")
                first = False
            for line in lines:
                self._room(paper.line_height(9))
                paper.y = paper.text(left, paper.y, wide, [line], "sans", 9, colour)
            paper.y += 0.8
        paper.y += 2.2

    def _signature(self) -> None:
        paper, form = self.paper, self.card.form
        left, wide, high = paper.margin, paper.inner, 34.0
        under = paper.lines(self.under_signature, "sans", 9, wide)[:6]
        self._room(high + paper.line_height(9) * (1 + len(under)) + 4)
        paper.y += 1
        paper.y = paper.text(left, paper.y, wide, [self._pair(_SIGNATURE)], "bold", 9, "accent") + 1.2
        ink = form.requirements.medium is Medium.PAPER
        if not form.signature:
            paper.y = paper.text(
                left,
                paper.y,
                wide,
                paper.lines(self.guests.say(_NO_SIGNATURE), "sans", 9, wide),
                "sans",
                9,
                "ink",
            )
        else:
            paper.box(left, paper.y, wide, high, dashed=True)
            paper.rule(left + 20, paper.y + high - 7, wide - 40, "line", 0.5)
            if self.card.strokes:
                paper.strokes(left + 6, paper.y + 2, wide - 12, high - 4, self.card.strokes, self.card.aspect)
            elif ink:
                paper.text(
                    left + 20, paper.y + high - 6, wide - 40, [self.guests.say(_INK)], "sans", 7.5, "muted"
                )
            paper.y += high + 1.2
        paper.y = paper.text(left, paper.y, wide, under, "sans", 9, "ink")

    def _feet(self) -> None:
        paper = self.paper
        pages = len(paper.pdf.pages)
        for number in range(1, pages + 1):
            paper.pdf.page = number
            y = paper.height - paper.margin + 2
            half = paper.inner / 2
            paper.rule(paper.margin, y - 2, paper.inner, "line")
            card = f"{self.guests.say(_CARD)} {self.card.id}"
            paper.text(paper.margin, y, half, [card], "sans", 7.5, "muted")
            page = self.guests.say(T("Page {number} of {of}", number=number, of=pages))
            paper.text(paper.margin + half, y, half, [page], "sans", 7.5, "muted", end=True)


def _written_name(form: RegistrationForm) -> str:
    names = (form.value(Field.FAMILY_NAME), form.value(Field.GIVEN_NAMES))
    return " ".join(name for name in names if name.strip("–"))
