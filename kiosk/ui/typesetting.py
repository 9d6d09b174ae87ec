"""Text into lines, lines into runs, runs into textures. All lengths are design pixels.

Nothing is cut off: a text that is too large for its place becomes smaller down to its style's
`least`; a word too long for a line is broken; only what even then has no place ends in "…"
(its node in the semantic tree keeps every word).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from kivy.core.text import Label as Sdl2Label

from kiosk.ui.fonts import LATIN, Run, path, runs
from kiosk.ui.theme import Style, Tidy

ELLIPSIS = "…"
SHRINK = 0.94
"""One step smaller."""
SNUG, SNUG_LABEL = 0.1, 0.2
"""By how much a tidy text may be smaller to save a line; a button's label is better in one."""
MOST_TIDY_LINES = 5
ORPHAN = 0.3
"""A last line shorter than this part of the width is an orphan."""
COMPANY = 0.32
"""How long a last line is made that was an orphan; no further than needed: a ragged block looks lost."""
SENTENCE_END = re.compile(r"[.!?…:;] ")
REMEMBERED = 2000
"""Settings and widths that are kept within one visit."""
REMEMBERED_IN_ONE_TYPE = 500


@dataclass(frozen=True)
class Piece:
    """A run with its place in its line."""

    run: Run
    x: float
    width: float


@dataclass(frozen=True)
class Line:
    """One line as it will stand, from the left."""

    text: str
    pieces: tuple[Piece, ...]
    width: float


@dataclass(frozen=True)
class Setting:
    """A text that was set: its style as it came out, and its lines."""

    style: Style
    lines: tuple[Line, ...]
    cut: bool = False  # not all of it has found a place

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.leading

    @property
    def width(self) -> float:
        return max((line.width for line in self.lines), default=0.0)


class Typesetter:
    """Sets text for one scale of the screen."""

    def __init__(self, scale: float, rtl: bool = False) -> None:
        """`scale`: window pixels per design pixel. `rtl`: whether a line begins at the right."""
        self.scale = scale
        self.rtl = rtl
        self._widths: dict[tuple[str, str, bool, int], float] = {}
        self._measured: dict[tuple[str, bool, int], dict[str, float]] = {}
        self._words: dict[str, tuple[tuple[str, str], ...]] = {}
        self._settings: dict[tuple[str, Style, float, float | None], Setting] = {}

    def fit(self, text: str, style: Style, width: float, height: float | None = None) -> Setting:
        """As large as it goes into width × height, at most as the style says."""
        key = (text, style, width, height)
        if key not in self._settings:
            setting = self._fit(text, style, width, height)
            if style.tidy != Tidy.NO and 2 <= len(setting.lines) <= MOST_TIDY_LINES and "\n" not in text:
                setting = self._tidy(text, setting, width, style.size)
            if len(self._settings) > REMEMBERED:
                self._settings.clear()
            self._settings[key] = setting
        return self._settings[key]

    def _tidy(self, text: str, setting: Setting, width: float, wanted: float) -> Setting:
        """A line less where type a little smaller than `wanted` does it; else lines that stand well together."""
        count, style = len(setting.lines), setting.style
        reading = style.tidy == Tidy.READING
        if reading and setting.lines[-1].width > width * ORPHAN:
            return setting
        snug = SNUG_LABEL if style.tidy == Tidy.EVEN and style.family == "body" else SNUG
        for step in range(1, 5):
            small = replace(style, size=style.size * (1 - snug * step / 4))
            if small.size < max(style.least, wanted * (1 - snug) - 0.01):
                break
            lines, broken = self._lines(text, small, width)
            if len(lines) < count and not broken:
                return self._setting(lines, small)
        if setting.cut or self._lines(text, style, width)[1]:
            return setting
        return self._with_company(text, setting, width) if reading else self._even(text, setting, width)

    def _with_company(self, text: str, setting: Setting, width: float) -> Setting:
        """The lone word of the last line gets company: its sentence, or a few words more."""
        count, style = len(setting.lines), setting.style
        for end in reversed([match.end() for match in SENTENCE_END.finditer(text)]):
            lines, _ = self._lines(f"{text[:end].rstrip()}\n{text[end:]}", style, width)
            if len(lines) == count:
                return self._setting(lines, style)
        narrow = width
        while narrow > width / 2:
            narrow -= width / 25
            lines, broken = self._lines(text, style, narrow)
            if len(lines) != count or broken:
                break
            if self.width(lines[-1], style) >= width * COMPANY:
                return self._setting(lines, style)
        return setting

    def _even(self, text: str, setting: Setting, width: float) -> Setting:
        """Lines of about the same length."""
        count, style = len(setting.lines), setting.style
        low, high = width * 0.4, width
        while high - low > 8:
            middle = (low + high) / 2
            lines, broken = self._lines(text, style, middle)
            low, high = (low, middle) if len(lines) == count and not broken else (middle, high)
        return self._setting(self._lines(text, style, high)[0], style)

    def _fit(self, text: str, style: Style, width: float, height: float | None) -> Setting:
        while True:
            lines, broken = self._lines(text, style, width)
            fits = height is None or len(lines) * style.leading <= height + 0.5
            if fits and not broken:
                return self._setting(lines, style)
            if style.size <= style.least:
                break
            style = style.scaled(SHRINK)
        room = len(lines) if height is None else max(1, int((height + 0.5) / style.leading))
        if len(lines) <= room:
            return self._setting(lines, style)
        kept = lines[:room]
        kept[-1] = self._with_ellipsis(kept[-1], style, width)
        return self._setting(kept, style, cut=True)

    def height(self, text: str, style: Style, width: float) -> float:
        """How high it gets at this width, unless a long word makes it smaller."""
        return self.fit(text, style, width).height if text else 0.0

    def width(self, text: str, style: Style) -> float:
        """The width of one line."""
        measured = self._measured_in(style)
        width = measured.get(text)
        if width is None:
            if len(measured) > REMEMBERED_IN_ONE_TYPE:
                measured.clear()
            width = measured[text] = sum(self._run_width(run, style) for run in runs(text))
        return width

    def _measured_in(self, style: Style) -> dict[str, float]:
        """The widths of words and lines in this type: one text is set at many widths, until it stands well."""
        return self._measured.setdefault((style.family, style.bold, self._px(style)), {})

    def ascent(self, style: Style) -> float:
        """From a line's top to its baseline."""
        up, down = _metrics(path(LATIN, style.family, style.bold), self._px(style))
        return (style.leading - (up + down) / self.scale) / 2 + up / self.scale

    def _px(self, style: Style) -> int:
        return max(6, round(style.size * self.scale))

    def _run_width(self, run: Run, style: Style) -> float:
        font = path(run.script, style.family, style.bold)
        key = (run.text, font, run.script.shaped, self._px(style))
        if key not in self._widths:
            if len(self._widths) > 2 * REMEMBERED:
                self._widths.clear()
            label = _label(font, self._px(style), run.script.shaped)
            self._widths[key] = label.get_extents(run.text)[0] / self.scale
        return self._widths[key]

    def forget(self) -> None:
        """Nothing that was set is remembered: a guest's name might be among it."""
        self._widths.clear()
        self._measured.clear()
        self._words.clear()
        self._settings.clear()

    def _lines(self, text: str, style: Style, width: float) -> tuple[list[str], bool]:
        lines: list[str] = []
        broken = False
        measured = self._measured_in(style)
        for paragraph in text.split("\n"):
            line, so_far = "", 0.0  # words are measured, not lines: each is measured once per size
            for word, bare in self._words_of(paragraph):
                across = measured.get(bare)
                if so_far + (self.width(bare, style) if across is None else across) <= width:
                    across = measured.get(word)
                    line, so_far = line + word, so_far + (self.width(word, style) if across is None else across)
                    continue
                if line:
                    lines.append(line.rstrip())
                line, so_far = word, self.width(word, style)
                while self.width(line.rstrip(), style) > width and len(line) > 1:
                    broken = True
                    head = self._as_much(line, style, width)
                    lines.append(head)
                    line = line[len(head) :]
                    so_far = self.width(line, style)
            lines.append(line.rstrip())
        return lines, broken

    def _words_of(self, paragraph: str) -> tuple[tuple[str, str], ...]:
        """Each with its space, and without."""
        if paragraph not in self._words:
            if len(self._words) > REMEMBERED:
                self._words.clear()
            self._words[paragraph] = tuple((word, word.rstrip()) for word in _words(paragraph))
        return self._words[paragraph]

    def _as_much(self, word: str, style: Style, width: float) -> str:
        """The longest beginning of `word` that goes into a line, at least one letter."""
        low, high = 1, len(word)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(word[:middle], style) <= width:
                low = middle
            else:
                high = middle - 1
        return word[:low]

    def _with_ellipsis(self, line: str, style: Style, width: float) -> str:
        while line and self.width(line + ELLIPSIS, style) > width:
            line = line[:-1]
        return line.rstrip() + ELLIPSIS

    def _setting(self, lines: list[str], style: Style, cut: bool = False) -> Setting:
        return Setting(style, tuple(self._placed(line, style) for line in lines), cut)

    def _placed(self, line: str, style: Style) -> Line:
        """Runs from left to right: in a right-to-left line the first run read stands last."""
        x, pieces = 0.0, []
        for run in _visual(runs(line), self.rtl):
            width = self._run_width(run, style)
            pieces.append(Piece(run, x, width))
            x += width
        return Line(line, tuple(pieces), x)

    def texture(self, run: Run, style: Style, keep: bool = False) -> tuple[Any, float]:
        """White letters on nothing, to be tinted, and their ascent in window pixels.

        `keep` only for words that are never a guest's: they stay in a small cache.
        """
        font, px = path(run.script, style.family, style.bold), self._px(style)
        draw = _kept if keep else _drawn
        texture = draw(run.text, font, px, run.script.shaped)
        return texture, _metrics(font, px)[0]


def _visual(read: tuple[Run, ...], rtl: bool) -> list[Run]:
    """Reading order to left-to-right order, by runs: neighbours of the other direction turn round as a group."""
    ordered: list[Run] = []
    group: list[Run] = []
    for run in read:
        if run.rtl != rtl:
            group.insert(0, run) if run.rtl else group.append(run)
            continue
        ordered = [*ordered, *group, run] if not rtl else [run, *group, *ordered]
        group = []
    return [*ordered, *group] if not rtl else [*group, *ordered]


def _words(paragraph: str) -> list[str]:
    """Pieces that a line may end after: words with their space, single letters of Han or Thai."""
    words: list[str] = []
    for run in runs(paragraph):
        if run.script.spaceless:
            words.extend(run.text)
            continue
        word = ""
        for letter in run.text:
            word += letter
            # "e-mail" stays whole: a part of one or two letters is no place to end a line.
            if letter in " \u200b" or (letter in "-/" and len(word) > 3):
                words.append(word)
                word = ""
        if word:
            words.append(word)
    return words


@lru_cache(maxsize=128)
def _label(font: str, px: int, shaped: bool) -> Any:
    if shaped:
        return _pillow()(font_name=font, font_size=px)
    return Sdl2Label(font_name=font, font_size=px)


@lru_cache(maxsize=1)
def _pillow() -> Callable[..., Any]:
    """Kivy's Pillow provider: raqm (HarfBuzz, FriBidi) shapes and orders what SDL2 can't."""
    from kivy.core.text.text_pil import LabelPIL

    provider: Callable[..., Any] = LabelPIL
    return provider


@lru_cache(maxsize=128)
def _metrics(font: str, px: int) -> tuple[float, float]:
    """Ascent and descent in window pixels."""
    label = Sdl2Label(font_name=font, font_size=px)
    height = label.get_extents("Ag")[1]
    up = float(label.get_ascent())
    return up, height - up


def _drawn(text: str, font: str, px: int, shaped: bool) -> Any:
    if shaped:
        label = _pillow()(text=text, font_name=font, font_size=px)
    else:
        label = Sdl2Label(text=text, font_name=font, font_size=px)
    label.refresh()
    return label.texture


_CACHE: OrderedDict[tuple[str, str, int, bool], Any] = OrderedDict()
_CACHE_SIZE = 400


def _kept(text: str, font: str, px: int, shaped: bool) -> Any:
    key = (text, font, px, shaped)
    if key not in _CACHE:
        _CACHE[key] = _drawn(text, font, px, shaped)
        while len(_CACHE) > _CACHE_SIZE:
            _CACHE.popitem(last=False)
    _CACHE.move_to_end(key)
    return _CACHE[key]
