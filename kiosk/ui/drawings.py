"""Pictures and icons: SVG in `assets/`, rasterised once per size and colours, then found in a cache.

    picture("calendar", 936, None, colours)   → a PNG's path
    layers("lay-document", 936, None, colours) → what stands still, what moves, and how far
    icon("language", 57, "#17202A")           → a PNG's path

The SVG files are drawn in the day colours (`DAY`), so that any viewer shows them as they are
meant; the theme's own colours are put in their place here. No window library is needed.

The key of a cached PNG is its SVG's content, its size and its colours: a changed drawing or
theme makes a new file. A PNG is believed only if all its chunks have the right CRC, so what a power
cut left behind is drawn again. A look-up takes well under a millisecond and does not import cairosvg.
"""

from __future__ import annotations

import os
import re
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ASSETS = Path(__file__).resolve().parents[2] / "assets"
DRAWINGS = ASSETS / "drawings"
ICONS = ASSETS / "icons"

DAY: Mapping[str, str] = {
    "ink": "#17202A",
    "accent": "#0B4F4A",
    "brass": "#A9762B",
    "soft": "#E2EEEB",
    "card": "#FFFFFF",
    "paper": "#F7F4EE",
    "line": "#DAD3C6",
}
"""The colours that the files are drawn in, by the theme's names for them."""

_SVG = "{http://www.w3.org/2000/svg}"
_PNG = b"\x89PNG\r\n\x1a\n"
_IN_FILE = {colour: name for name, colour in DAY.items()}
_COLOUR = re.compile("|".join(_IN_FILE))
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


class DrawingError(Exception):
    """There is no such drawing, or it is not drawn by the rules; says which file."""


class Motion(NamedTuple):
    """How a layer moves: from `start` to `end` times the way (dx, dy).

    dx, dy: pixels of the picture, x to the right, **y down** (turn dy round for a window whose
    y goes up). Offset (0, 0) is where the layer is drawn.
    """

    dx: float
    dy: float
    start: float
    end: float

    def at(self, progress: float) -> tuple[float, float]:
        """The offset in pixels when `progress` (0…1) of the gesture is done."""
        part = self.start + (self.end - self.start) * progress
        return self.dx * part, self.dy * part


@dataclass(frozen=True)
class Layers:
    """A gesture: two PNGs of the same size, `moving` to be drawn over `still`, shifted by `motion`.

    A drawing in which nothing moves has `moving` None.
    """

    still: Path
    moving: Path | None
    motion: Motion


def picture(
    name: str,
    width_px: int,
    height_px: int | None,
    colours: Mapping[str, str],
    cache: Path | None = None,
) -> Path:
    """The whole drawing as a PNG, as large as fits into width × height (None: as high as it gets).

    `colours` gives `#RRGGBB` for names of `DAY`; a name left out keeps its day colour.
    """
    return _drawn(_file(DRAWINGS, name), "", width_px, height_px, colours, cache)


def layers(
    name: str,
    width_px: int,
    height_px: int | None,
    colours: Mapping[str, str],
    cache: Path | None = None,
) -> Layers:
    """The drawing in two layers, for a hint that shows a gesture. Sizes and colours as in `picture`.

    What moves is the SVG's one group with `id="moving"`; its `data-dx`, `data-dy` (in the file's
    units), `data-from`, `data-to` say how.
    """
    file = _file(DRAWINGS, name)
    how = _motion(file, _svg(file))
    if how is None:
        return Layers(_drawn(file, "", width_px, height_px, colours, cache), None, Motion(0, 0, 0, 0))
    wide, high = view(name)
    width, _ = _fit(wide, high, width_px, height_px)
    return Layers(
        _drawn(file, "still", width_px, height_px, colours, cache),
        _drawn(file, "moving", width_px, height_px, colours, cache),
        how._replace(dx=how.dx * width / wide, dy=how.dy * width / wide),
    )


def icon(name: str, size_px: int, colour: str, cache: Path | None = None) -> Path:
    """An icon in one colour, `size_px` square."""
    return _drawn(_file(ICONS, name), "", size_px, size_px, {"ink": colour}, cache)


def view(name: str) -> tuple[float, float]:
    """Width and height of a drawing in its own units: to leave the right space for it."""
    file = _file(DRAWINGS, name)
    return _view(file, _svg(file))


def names(folder: Path = DRAWINGS) -> tuple[str, ...]:
    """All drawings, or with `ICONS` all icons."""
    return tuple(sorted(file.stem for file in folder.glob("*.svg")))


def cache_folder() -> Path:
    """Where PNGs are kept: systemd's CACHE_DIRECTORY if it is set, else the user's own cache."""
    given = os.environ.get("CACHE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given) / "drawings"
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "lobby-kiosk" / "drawings"


# --- the file -----------------------------------------------------------------------------------


def _file(folder: Path, name: str) -> Path:
    file = folder / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not file.is_file():
        kind = "drawing" if folder == DRAWINGS else "icon"
        raise DrawingError(f"no {kind} named {name!r}; there are: {', '.join(names(folder))}")
    return file


def _svg(file: Path) -> str:
    stat = file.stat()
    return _read(file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _read(file: Path, changed_ns: int, size: int) -> str:
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _view(file: Path, svg: str) -> tuple[float, float]:
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if box is None:
        raise DrawingError(f'{file.name}: needs viewBox="0 0 width height"')
    return float(box[1]), float(box[2])


@lru_cache(maxsize=256)
def _motion(file: Path, svg: str) -> Motion | None:
    tag = re.search(r'<g\b[^>]*\bid="moving"[^>]*>', svg)
    if tag is None:
        return None
    try:
        found = dict(re.findall(r'data-([a-z]+)="([-\d.]+)"', tag[0]))
        return Motion(*(float(found[key]) for key in ("dx", "dy", "from", "to")))
    except (KeyError, ValueError):
        raise DrawingError(f"{file.name}: the moving group needs data-dx, -dy, -from, -to") from None


def _fit(wide: float, high: float, width_px: int, height_px: int | None) -> tuple[int, int]:
    scale = width_px / wide
    if height_px is not None:
        scale = min(scale, height_px / high)
    return max(1, round(wide * scale)), max(1, round(high * scale))


# --- the cache ----------------------------------------------------------------------------------


def _drawn(
    file: Path,
    layer: str,
    width_px: int,
    height_px: int | None,
    colours: Mapping[str, str],
    cache: Path | None,
) -> Path:
    svg = _svg(file)
    width, height = _fit(*_view(file, svg), width_px, height_px)
    chosen = {**DAY, **{name: colour for name, colour in colours.items() if name in DAY}}
    for name, colour in chosen.items():
        if not _HEX.fullmatch(colour):
            raise DrawingError(f"{file.name}: colour {name} is {colour!r}, not #RRGGBB")
    key = sha256("\n".join((svg, layer, *(chosen[name] for name in DAY))).encode()).hexdigest()[:20]
    folder = cache or cache_folder()
    png = folder / f"{file.parent.name}-{file.stem}-{width}x{height}-{key}.png"
    if not _whole(png):
        _write(png, _rasterised(svg, layer, width, height, chosen))
    return png


def _whole(png: Path) -> bool:
    """Whether the file is there and every chunk of it is as it was written (PNG 3rd edition §5.3)."""
    try:
        data = png.read_bytes()
    except OSError:
        return False
    if not data.startswith(_PNG):
        return False
    at = len(_PNG)
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            return False
        if data[at + 4 : at + 8] == b"IEND":
            return end + 4 == len(data)
        at = end + 4
    return False


def _write(png: Path, data: bytes) -> None:
    """Put the file there whole or not at all: two kiosks on one machine may draw at once."""
    png.parent.mkdir(parents=True, exist_ok=True)
    handle, half = tempfile.mkstemp(dir=png.parent, suffix=".half")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.replace(half, png)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def _rasterised(svg: str, layer: str, width: int, height: int, colours: Mapping[str, str]) -> bytes:
    import cairosvg  # 0.2 s: only when something has to be drawn

    if layer:
        svg = _only(svg, layer)
    svg = _COLOUR.sub(lambda found: colours[_IN_FILE[found[0]]], svg)
    png: bytes = cairosvg.svg2png(bytestring=svg.encode(), output_width=width, output_height=height)
    return png


def _only(svg: str, layer: str) -> str:
    """The drawing without its moving group, or with nothing else (top-level group, by the file's rule)."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own file
    for element in list(root):
        moves = element.tag == f"{_SVG}g" and element.get("id") == "moving"
        if moves != (layer == "moving"):
            root.remove(element)
    return ElementTree.tostring(root, encoding="unicode")
