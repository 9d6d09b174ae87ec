"""Drawings: one family, in the theme's colours, drawn once and never trusted when torn."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

from kiosk.ui import drawings

ROOT = drawings.ASSETS.parent
NIGHT = {"ink": "#F3EFE7", "accent": "#7FC9BF", "brass": "#D9A95B", "soft": "#1F3437", "card": "#1B242D"}
FILES = [*drawings.DRAWINGS.glob("*.svg"), *drawings.ICONS.glob("*.svg")]


def pixels(png: Path) -> Image.Image:
    with Image.open(png) as image:
        return image.convert("RGBA")


def colours_of(png: Path) -> set[tuple[int, int, int]]:
    """The colours of the fully drawn pixels."""
    image = pixels(png)
    found = image.getcolors(maxcolors=image.width * image.height) or []
    return {pixel[:3] for count, pixel in found if pixel[3] == 255 and count > 40}


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def drawing_names_in_code() -> Iterator[tuple[str, str]]:
    """(where, name) of each picture that the code names: `picture="…"`, or by position to a `picture`."""
    trees = {
        str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted((ROOT / "kiosk").rglob("*.py"))
    }
    positions = {name: at for tree in trees.values() for name, at in _takers(tree)}
    for file, tree in trees.items():
        for node in ast.walk(tree):
            values: list[ast.expr | None] = []
            if isinstance(node, ast.AnnAssign | ast.Assign):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                values = [node.value] if getattr(target, "id", "") == "picture" else []
            elif isinstance(node, ast.Call):
                values = [keyword.value for keyword in node.keywords if keyword.arg == "picture"]
                at = positions.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
                values += node.args[at : at + 1] if at is not None else []
            for name in (name for value in values for name in _strings(value)):
                yield f"{file}:{node.lineno}", name
    for kv in sorted((ROOT / "kiosk").rglob("*.kv")):
        for name in re.findall(r"picture: *['\"]([a-z0-9-]+)['\"]", kv.read_text(encoding="utf-8")):
            yield str(kv.relative_to(ROOT)), name


def _takers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions with a parameter, and classes with a field, named `picture`: and at which place."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
        elif isinstance(node, ast.ClassDef) and "kw_only=True" not in ast.unparse(node):
            names = [getattr(f.target, "id", "") for f in node.body if isinstance(f, ast.AnnAssign)]
        if "picture" in names:
            yield node.name, names.index("picture")


def _strings(node: ast.expr | None) -> Iterator[str]:
    """The strings that an expression can become: "a", or "a" if … else "b"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _strings(value)


def test_each_drawing_that_the_code_names_is_there() -> None:
    used = list(drawing_names_in_code())
    assert {"lay-document", "encoder-gone", "alert"} <= {name for _, name in used}, (
        "by field, table and argument"
    )
    assert [place for place in used if place[1] not in drawings.names()] == []


def test_each_icon_that_the_code_names_is_there() -> None:
    """`icon("…")` and `icon="…"` in kiosk/, with an empty string for none."""
    used = {
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / "kiosk").rglob("*.py")
        for name in re.findall(r"\bicon(?:\(|=)\"([^\"{}]+)\"", file.read_text(encoding="utf-8"))
    }
    assert {place for place in used if place[1] not in drawings.names(drawings.ICONS)} == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_drawing_keeps_to_the_one_hand(file: Path, tmp_path: Path) -> None:
    svg = file.read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own file
    icon = file.parent == drawings.ICONS
    assert root.get("stroke-width") == ("3" if icon else "5")
    assert (root.get("stroke-linecap"), root.get("stroke-linejoin")) == ("round", "round")
    _, _, wide, high = (float(number) for number in root.get("viewBox", "").split())
    assert (wide, high) in ([(48, 48)] if icon else [(900, 520), (936, 300), (350, 450)])  # the last: as a passport's photo
    allowed = {drawings.DAY["ink"], "none"} if icon else {*drawings.DAY.values(), "none"}
    painted = {element.get(kind) for element in root.iter() for kind in ("fill", "stroke")} - {None}
    assert painted <= allowed
    # Only a dot may be thicker than the line.
    assert {element.get("stroke-width") for element in root.iter()} <= {None, "3", "5", "9", "11"}
    if 'id="moving"' in svg:
        assert [group.get("id") for group in root if group.get("id")] == ["moving"], "at the top level, once"
        assert drawings.layers(file.stem, 90, None, {}, tmp_path).moving is not None


def test_a_picture_fits_into_its_box_and_keeps_its_proportion(tmp_path: Path) -> None:
    assert pixels(drawings.picture("welcome", 936, None, {}, tmp_path)).size == (936, 300)
    assert pixels(drawings.picture("calendar", 450, None, {}, tmp_path)).size == (450, 260)
    assert pixels(drawings.picture("calendar", 900, 130, {}, tmp_path)).size == (225, 130)
    assert pixels(drawings.icon("language", 57, "#17202A", tmp_path)).size == (57, 57)


def test_a_picture_wears_the_themes_colours(tmp_path: Path) -> None:
    day = colours_of(drawings.picture("calendar", 900, None, drawings.DAY, tmp_path))
    night = colours_of(drawings.picture("calendar", 900, None, NIGHT, tmp_path))
    assert {rgb(drawings.DAY[name]) for name in NIGHT} <= day
    assert {rgb(colour) for colour in NIGHT.values()} <= night
    assert not day & night


def test_a_colour_may_be_changed_into_the_day_colour_of_another_name(tmp_path: Path) -> None:
    """Ink becomes the day's accent and the accent something else: not both the same."""
    swapped = {"ink": drawings.DAY["accent"], "accent": "#AA0000"}
    found = colours_of(drawings.picture("calendar", 900, None, swapped, tmp_path))
    assert rgb(drawings.DAY["accent"]) in found
    assert rgb("#AA0000") in found


def test_an_icon_has_its_one_colour(tmp_path: Path) -> None:
    assert colours_of(drawings.icon("contrast", 96, "#AA0000", tmp_path)) == {(0xAA, 0, 0)}


def test_the_layers_laid_over_each_other_are_the_picture(tmp_path: Path) -> None:
    whole = pixels(drawings.picture("lay-document", 900, None, {}, tmp_path))
    hint = drawings.layers("lay-document", 900, None, {}, tmp_path)
    assert hint.moving is not None
    together = Image.alpha_composite(pixels(hint.still), pixels(hint.moving))
    difference = ImageChops.difference(whole, together)
    assert max(high for _, high in difference.getextrema()) <= 2
    assert pixels(hint.still).getbbox() != pixels(hint.moving).getbbox()


def test_a_hint_says_how_far_its_layer_moves(tmp_path: Path) -> None:
    half = drawings.layers("lay-document", 450, None, {}, tmp_path).motion
    assert (half.at(0), half.at(1)) == ((0, 0), (0, 95))
    sign = drawings.layers("sign-here", 900, None, {}, tmp_path).motion
    assert (sign.at(0), sign.at(1)) == ((-300, 0), (0, 0))
    assert drawings.layers("calendar", 450, None, {}, tmp_path).moving is None


def test_the_document_comes_to_lie_on_its_mark_and_inside_the_picture(tmp_path: Path) -> None:
    for name in drawings.names():
        hint = drawings.layers(name, 900, None, {}, tmp_path)
        if hint.moving is None:
            continue
        image = pixels(hint.moving)
        left, top, right, bottom = image.getbbox() or (0, 0, 0, 0)
        for progress in (0, 1):
            dx, dy = hint.motion.at(progress)
            assert 0 <= left + dx <= right + dx <= image.width, name
            assert 0 <= top + dy <= bottom + dy <= image.height, name


@pytest.mark.parametrize("name", ["no-such", "../icons/key", "", "Calendar"])
def test_a_drawing_that_is_not_there_is_a_clear_error(name: str) -> None:
    with pytest.raises(drawings.DrawingError, match="no drawing named .*calendar, "):
        drawings.picture(name, 100, None, {})


def test_a_colour_that_is_none_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(drawings.DrawingError, match="calendar.svg: colour ink is 'black', not #RRGGBB"):
        drawings.picture("calendar", 100, None, {"ink": "black"}, tmp_path)


@pytest.mark.parametrize("harm", ["cut off", "one byte", "empty", "not a picture"])
def test_a_torn_file_in_the_cache_is_drawn_again(harm: str, tmp_path: Path) -> None:
    png = drawings.picture("calendar", 300, None, {}, tmp_path)
    good = png.read_bytes()
    torn = bytearray(good)
    torn[len(torn) // 2] ^= 1
    png.write_bytes(
        {"cut off": good[:-20], "one byte": bytes(torn), "empty": b"", "not a picture": b"x"}[harm]
    )
    assert drawings.picture("calendar", 300, None, {}, tmp_path) == png
    assert png.read_bytes() == good
    assert list(tmp_path.iterdir()) == [png], "nothing half written is left"


def test_what_is_cached_is_found_at_once_and_without_the_rasteriser(tmp_path: Path) -> None:
    """In a process of its own: neither cairosvg nor Kivy is imported, and a look-up takes < 1 ms."""
    drawings.picture("welcome", 936, None, {}, tmp_path)
    drawings.icon("language", 57, "#17202A", tmp_path)
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from kiosk.ui.drawings import icon, picture\n"
        "cache = Path(sys.argv[1])\n"
        "took = []\n"
        "for _ in range(20):\n"
        "    began = time.perf_counter()\n"
        "    picture('welcome', 936, None, {}, cache)\n"
        "    icon('language', 57, '#17202A', cache)\n"
        "    took.append((time.perf_counter() - began) / 2)\n"
        "print('cairosvg' in sys.modules, 'kivy' in sys.modules, min(took) < 0.001)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False", "True"]


def test_a_changed_drawing_is_a_new_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "DRAWINGS", tmp_path / "svg")
    file = tmp_path / "svg" / "dot.svg"
    file.parent.mkdir()
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 520" fill="#17202A">'
    file.write_text(f'{head}<circle r="50" cx="90" cy="90"/></svg>')
    before = drawings.picture("dot", 90, None, {}, tmp_path)
    file.write_text(f'{head}<circle r="350" cx="90" cy="90"/></svg>')
    after = drawings.picture("dot", 90, None, {}, tmp_path)
    assert before != after
    assert before.read_bytes() != after.read_bytes()


def test_the_cache_is_where_the_service_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    assert drawings.cache_folder() == tmp_path / "drawings"
    monkeypatch.delenv("CACHE_DIRECTORY")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    assert drawings.cache_folder() == tmp_path / "mine" / "lobby-kiosk" / "drawings"


def test_nothing_rasterised_is_kept_beside_the_drawings() -> None:
    assert [file for file in drawings.DRAWINGS.rglob("*") if file.suffix != ".svg"] == []
    assert [file for file in drawings.ICONS.rglob("*") if file.suffix != ".svg"] == []
