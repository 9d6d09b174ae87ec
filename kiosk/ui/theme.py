"""Colours, sizes and type from assets/theme.toml, and how one guest wants to see them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).resolve().parents[2] / "assets"

LARGE = 1.5
"""What "larger text" multiplies body text by."""
LARGE_HEADLINE = 1.2
"""Headlines are large already: they grow by less."""
LEAST_DENSE = 30.0
"""On the screens of staff no text that is larger for guests becomes smaller than this."""


class Colours(StrEnum):
    """The palettes of theme.toml."""

    DAY = "day"
    HIGH = "high"
    NIGHT = "night"


class Tidy(StrEnum):
    """What is done about the lines of a text; where it saves a line, it is also set a little smaller."""

    NO = "no"
    READING = "reading"  # full lines, but no word stands alone in the last
    EVEN = "even"  # lines of about the same length


@dataclass(frozen=True)
class Look:
    """How this guest wants to see the screen; forgotten at the end of the visit."""

    colours: Colours = Colours.DAY
    large: bool = False
    lowered: bool = False


@dataclass(frozen=True)
class Palette:
    """Colours as '#RRGGBB' or '#RRGGBBAA', by what they are for."""

    paper: str
    card: str
    line: str
    ink: str
    muted: str
    accent: str
    accent_soft: str
    accent_half: str
    on_accent: str
    brass: str
    warn: str
    warn_soft: str
    warn_line: str
    ok: str
    ok_soft: str
    pressed: str
    touched: str
    scrim: str

    def rgba(self, token: str) -> tuple[float, float, float, float]:
        """A token's colour, each part 0…1."""
        return rgba(getattr(self, token))


@dataclass(frozen=True)
class Sizes:
    """Lengths in design pixels."""

    margin: float
    gap: float
    radius: float
    line: float
    line_high: float
    target: float
    apart: float
    action: float
    row: float


@dataclass(frozen=True)
class Style:
    """How a text is set; theme.toml says what each value means. Sizes in design pixels."""

    family: str
    bold: bool
    size: float
    leading: float
    least: float
    grows: bool
    tidy: str  # a Tidy
    wide: float
    dense: float
    colour: str

    def scaled(self, factor: float) -> Style:
        """Larger or smaller. `least` stays: large text that has no room gets smaller before it is cut."""
        size = max(self.least, self.size * factor)
        return replace(self, size=size, leading=self.leading * size / self.size)

    def coloured(self, token: str) -> Style:
        return replace(self, colour=token)


@dataclass(frozen=True)
class Theme:
    """All of theme.toml."""

    palettes: dict[Colours, Palette]
    size: Sizes
    styles: dict[str, Style]

    def palette(self, look: Look) -> Palette:
        return self.palettes[look.colours]

    def line(self, look: Look) -> float:
        return self.size.line_high if look.colours is Colours.HIGH else self.size.line

    def style(self, name: str, look: Look, landscape: bool = False, dense: bool = False) -> Style:
        """The type of this name, as large as this guest and this shape of screen want it; `dense`: as for staff."""
        style = self.styles[name]
        if dense:
            size, leading = style.size * style.dense, style.leading * style.dense
            least = min(style.least, max(LEAST_DENSE, style.least * style.dense))
            style = replace(style, size=size, leading=leading, least=least)
        if landscape:
            style = replace(style, size=style.size * style.wide, leading=style.leading * style.wide)
        if not look.large:
            return style
        return style.scaled(LARGE if style.grows else LARGE_HEADLINE)


class ThemeError(Exception):
    """theme.toml is wrong: file, section, key, what is missing or too much."""


@lru_cache(maxsize=4)
def load(path: Path = ASSETS / "theme.toml") -> Theme:
    """Reads theme.toml whole; raises ThemeError, never draws half a theme."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Theme(
        {name: _typed(Palette, table, name, path) for name in Colours},
        _typed(Sizes, table, "size", path),
        {name: _typed(Style, table["type"], name, path) for name in table["type"]},
    )


def _typed(kind: type[Any], table: dict[str, Any], section: str, path: Path) -> Any:
    found = table.get(section, {})
    known = {field.name for field in fields(kind)}
    if missing := known - found.keys():
        raise ThemeError(f"{path} [{section}]: missing {', '.join(sorted(missing))}")
    if unknown := found.keys() - known:
        raise ThemeError(f"{path} [{section}]: unknown {', '.join(sorted(unknown))}")
    return kind(**found)


@lru_cache(maxsize=256)
def rgba(colour: str) -> tuple[float, float, float, float]:
    """'#RRGGBB' or '#RRGGBBAA' → 0…1 each."""
    digits = colour.removeprefix("#").ljust(8, "f")
    red, green, blue, alpha = (int(digits[at : at + 2], 16) / 255 for at in range(0, 8, 2))
    return red, green, blue, alpha


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two opaque colours, 1…21 (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgba(colour)[:3]
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
