"""What opens over a scene: languages, text size and contrast, help, start over, a message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from kiosk.language import T, Text
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action
from kiosk.ui.sheet import Sheet
from kiosk.ui.theme import Colours, Look
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.button import Kind, Toggle, inside

TOGGLE = 132.0


class Panel:
    """A card over the darkened scene, its foot where the actions are."""

    def __init__(
        self,
        sheet: Sheet,
        title: Text,
        words: Text | None,
        content: Callable[[float], float],
        actions: Sequence[Action],
    ) -> None:
        """`content` says how high the panel's own things get at a width; `box` is where they go."""
        stage = sheet.stage
        sheet.put(Area(sheet, stage.whole, "scrim", radius=0))
        # In portrait it runs to the screen's edges: beside and below it no scraps of the tools are left.
        width = stage.width if not stage.landscape else min(1240.0, stage.width - 144)
        margin = 64.0 if stage.landscape else 100.0
        inner_w = width - 2 * margin
        said, help_words = sheet.say(title), sheet.say(words) if words else ""
        row_h = 160.0 if not stage.landscape else 150.0
        content_h = content(inner_w)
        gaps = 56 * 2 + 40 * (2 if content_h else 1)
        part = 2 if sheet.look.lowered else 1.45
        most = stage.height / part - 36 if not stage.landscape else stage.height - 72
        for step in range(12):  # title and words smaller by the same share, until all has room
            title_style = sheet.style("question").scaled(1 - 0.05 * step)
            words_style = sheet.style("help").scaled(1 - 0.04 * step)
            title_h = sheet.type.height(said, title_style, inner_w)
            words_h = sheet.type.height(help_words, words_style, inner_w) + 16 if help_words else 0.0
            if title_h + words_h + content_h + row_h + gaps <= most:
                break
        content_h = min(content_h, most - row_h - gaps - title_h - words_h)
        height = title_h + words_h + content_h + row_h + gaps
        low = 0.0 if not stage.landscape or sheet.look.lowered else (stage.height - height) / 2
        panel = Box((stage.width - width) / 2, stage.height - low - height, width, height)
        sheet.card(panel if low else Box(panel.x, panel.y, panel.w, panel.h + 2 * sheet.theme.size.radius))
        inner = panel.inset(margin, 56)
        sheet.words(inner.top_part(title_h), said, title_style, role=Role.HEADING, id="overlay:title")
        if help_words:
            place = Box(inner.x, inner.y + title_h + 16, inner.w, words_h - 16)
            sheet.words(place, help_words, words_style, id="overlay:words")
        self.box = Box(inner.x, inner.y + title_h + words_h + 40, inner.w, content_h)
        self.sheet, self._actions, self._row = sheet, actions, inner.bottom_part(row_h)

    def finish(self) -> None:
        """The buttons, last in reading order."""
        boxes = self._row.columns([1] * len(self._actions), 28)
        room = inside(boxes[0])
        labels = [self.sheet.say(action.label) for action in self._actions]
        style = self.sheet.common("action", labels, room.w, room.h)
        for box, action in zip(boxes, self._actions, strict=True):
            self.sheet.button(box, action.id, action.label, action.act, action.kind, style=style)


def languages(
    sheet: Sheet,
    names: Sequence[tuple[str, str]],
    chosen: str,
    choose: Callable[[str], Any],
    close: Callable[[], Any],
) -> None:
    """Each language by its own name. `names`: (code, own name)."""
    columns = 1 if len(names) <= 4 and not sheet.stage.landscape else 2 if not sheet.stage.landscape else 3
    rows = -(-len(names) // columns)
    panel = Panel(
        sheet, T("Language"), None, lambda width: rows * (TOGGLE + 24) - 24,
        (Action("close", T("Close"), close, Kind.QUIET),),
    )  # fmt: skip
    places = [cell for row in panel.box.rows(rows, 24) for cell in row.columns([1] * columns, 24)]
    for place, (code, name) in zip(places, names, strict=False):
        sheet.put(Toggle(sheet, place, f"language:{code}", name, _call(choose, code), code == chosen))
    panel.finish()


def look(sheet: Sheet, change: Callable[[Look], Any], close: Callable[[], Any]) -> None:
    """Larger text, other colours, a lower screen: each at once, each to be undone at the same place."""
    now = sheet.look
    rows: tuple[tuple[str, Text, tuple[tuple[str, Text, Look], ...]], ...] = (
        ("text", T("Text size"), (
            ("normal", T("Normal"), replace(now, large=False)),
            ("large", T("Large"), replace(now, large=True)),
        )),
        ("colours", T("Colours"), (
            ("day", T("Light"), replace(now, colours=Colours.DAY)),
            ("high", T("High contrast"), replace(now, colours=Colours.HIGH)),
            ("night", T("Dark"), replace(now, colours=Colours.NIGHT)),
        )),
        ("screen", T("Height of the buttons"), (
            ("usual", T("As usual"), replace(now, lowered=False)),
            ("lowered", T("From a wheelchair"), replace(now, lowered=True)),
        )),
    )  # fmt: skip
    beside = sheet.stage.landscape or now.lowered
    label = 0.0 if beside else sheet.style("label").leading + 8
    each = label + TOGGLE + 24
    panel = Panel(
        sheet, T("How do you see best?"), None, lambda width: len(rows) * each - 24,
        (Action("close", T("Done"), close),),
    )  # fmt: skip
    for number, (group, title, settings) in enumerate(rows):
        row = Box(panel.box.x, panel.box.y + number * each, panel.box.w, each - 24)
        if beside:
            name, toggles = row.columns([0.24, 0.76], 20)
        else:
            name, toggles = row.top_part(label), row.from_y(row.y + label)
        sheet.words(name, sheet.say(title), "label", valign="middle" if beside else "top", id=f"look:{group}")
        labels = [sheet.say(words) for _, words, _ in settings]
        shares = [
            _share(sheet, label) + (90 if result == now else 0)
            for label, (_, _, result) in zip(labels, settings, strict=True)
        ]
        boxes = toggles.columns(shares, 24)
        rooms = [inside(box) for box in boxes]
        styles = [
            sheet.common("action", [label], room.w - (84 if result == now else 0), room.h)
            for label, room, (_, _, result) in zip(labels, rooms, settings, strict=True)
        ]
        style = min(styles, key=lambda style: style.size)
        for box, label_words, (id, _, result) in zip(boxes, labels, settings, strict=True):
            act = _call(change, result)
            sheet.put(Toggle(sheet, box, f"look:{id}", label_words, act, result == now, style))
    panel.finish()


def help_(sheet: Sheet, telephone: str, call: Callable[[], Any], close: Callable[[], Any]) -> None:
    """A person, if one is wanted; what to do stands on the scene itself."""
    phone = sheet.say(T("Or by telephone: {number}", number=telephone)) if telephone else ""
    panel = Panel(
        sheet,
        T("Shall we send someone?"),
        T("A colleague will come to you as soon as possible. Nothing you have entered is lost."),
        lambda width: sheet.height(phone, "strong", width) if phone else 0.0,
        (Action("close", T("No, thank you"), close, Kind.QUIET), Action("call", T("Yes, please"), call)),
    )
    if phone:
        sheet.words(panel.box, phone, "strong", valign="middle", id="overlay:telephone")
    panel.finish()


def ask(
    sheet: Sheet,
    title: Text,
    words: Text,
    yes: Text,
    no: Text,
    do: Callable[[], Any],
    close: Callable[[], Any],
) -> None:
    """A question before something that can't be taken back: the main action is to leave it."""
    Panel(
        sheet, title, words, lambda width: 0.0,
        (Action("yes", yes, do, Kind.QUIET), Action("close", no, close)),
    ).finish()  # fmt: skip


def message(sheet: Sheet, title: Text, words: Text | None, close: Callable[[], Any]) -> None:
    """Something to be known."""
    Panel(sheet, title, words, lambda width: 0.0, (Action("close", T("Go on"), close),)).finish()


def _share(sheet: Sheet, label: str) -> float:
    """The room that a label wants beside others: its longest word, and a little."""
    style = sheet.style("action")
    return max(sheet.type.width(word, style) for word in label.split()) + 90


def _call(act: Callable[[Any], Any], with_: Any) -> Callable[[], Any]:
    return lambda: act(with_)
