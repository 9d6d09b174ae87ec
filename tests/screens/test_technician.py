"""What the technician touches: tiles that change under the finger, checks, the whole glass."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hardware.readings import State
from kiosk.language import T
from kiosk.prompts import Chosen
from kiosk.technician_prompts import (
    Checking,
    ColourField,
    FingersSeen,
    FingerTest,
    GaveUp,
    KeypadTest,
    KeysSeen,
    Looked,
    Overview,
    PartPage,
    Standing,
    Touched,
    TouchTest,
)
from kiosk.ui.accessible import Role
from kiosk.ui.theme import Colours, Look

pytestmark = pytest.mark.asyncio(loop_scope="session")

BROKEN = Standing(State.ILL, T("Ill"), T("since {when}", when="14:05"))


def _now(stage: Any, **changes: Any) -> Any:
    """What stands there, with something of it changed since."""
    return stage.show(stage.window.scene, prompt=replace(stage.window.scene.prompt, **changes))


def _with(prompt: Overview, part: str, standing: Standing) -> dict[str, Any]:
    return {"tiles": tuple(replace(tile, standing=standing) if tile.id == part else tile for tile in prompt.tiles)}


# --- the overview --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_every_part_is_told_in_a_word_and_a_line_and_is_chosen_by_a_finger(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    stage.sample("diagnostics")
    printer = stage.tree().find("row:printer")
    assert (printer.name, printer.role) == ("Printer", Role.ROW)
    assert printer.value == "EPSON TM-T88VI · tcp · Ill · no paper since 13:58"
    remedy = stage.tree().find("remedy")
    assert (remedy.role, remedy.name) == (Role.ALERT, "Printer · printer.paper-out")
    await stage.tap("row:printer")
    assert stage.answers() == [Chosen("printer")]


async def test_parts_that_have_no_room_are_on_the_next_page_and_the_worst_of_them_is_told(stage: Any) -> None:
    scene = stage.sample("diagnostics")
    parts = {tile.id for tile in scene.prompt.tiles}
    seen: set[str] = set()
    assert stage.tree().find("more").value == "Unknown"
    for _ in range(2):
        seen |= {node.id.removeprefix("row:") for node in stage.tree().walk() if node.role is Role.ROW and node.id != "more"}
        await stage.tap("more")
    assert seen == parts
    assert stage.answers() == []
    _now(stage, **_with(scene.prompt, "sound", BROKEN))
    assert stage.tree().find("more").value == "Ill"


async def test_a_part_that_changes_is_drawn_where_it_stands_and_its_neighbours_are_not_drawn_anew(stage: Any) -> None:
    scene = stage.sample("diagnostics")
    sheet = stage.window._root.scene_sheet
    encoder, before = stage.window._root.control("row:key_encoder"), stage.tree().find("row:printer").bounds
    drawn = list(encoder.letterings)
    _now(stage, **_with(scene.prompt, "printer", Standing(State.WELL, T("Well"), T("answers now"))), leaves_in_s=41)
    assert stage.window._root.scene_sheet is sheet
    assert encoder.letterings == drawn
    node = stage.tree().find("row:printer")
    assert (node.value, node.bounds) == ("EPSON TM-T88VI · tcp · Well · answers now", before)
    assert stage.tree().find("signs-off").name == "Signs off in 0:41"


async def test_a_finger_that_lies_on_a_tile_while_it_changes_still_chooses_it(stage: Any) -> None:
    scene = stage.sample("diagnostics")
    tile = stage.window._root.control("row:printer")
    x, y = stage.tree().find("row:printer").bounds.centre

    def changed() -> None:
        _now(stage, **_with(scene.prompt, "printer", BROKEN), question=T("All is well"))

    stage.window.touched, touched = changed, stage.window.touched  # the change comes when the finger is down
    try:
        await stage.finger.draw([(x, y), (x + 2, y)])
    finally:
        stage.window.touched = touched
    assert tile is stage.window._root.control("row:printer")
    assert stage.answers() == [Chosen("printer")]


async def test_a_page_that_was_turned_to_stays_when_the_headline_needs_another_line(stage: Any) -> None:
    stage.sample("diagnostics")
    await stage.tap("more")
    there = {node.id for node in stage.tree().walk()}
    _now(stage, question=T("{one}, {other}", one=T("One device is ill"), other=T("{one}, {other}", one=T("one gone"), other=T("{one}, {other}", one=T("one needs care"), other=T("one silent")))))
    assert "row:screen" in there & {node.id for node in stage.tree().walk()}


async def test_a_keypad_reaches_every_tile(stage: Any) -> None:
    stage.sample("diagnostics")
    reached = {stage.window.focus_next() for _ in range(16)}
    assert {"row:printer", "more", "option:test-all", "option:new-terminal", "tool:sign-off"} <= reached
    stage.window.press("row:scanner")
    assert stage.answers() == [Chosen("scanner")]


# --- one part, a check -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_what_a_part_reports_changes_while_one_reads_it(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    scene = stage.sample("part-encoder")
    assert isinstance(scene.prompt, PartPage)
    sheet = stage.window._root.scene_sheet
    assert stage.tree().find("standing").name == "Well"
    label, _ = scene.prompt.sections[0][1][0]
    sections = ((scene.prompt.sections[0][0], ((label, T("{one} {other}", one="ACR1281U", other="PICC")),)), *scene.prompt.sections[1:])
    _now(stage, sections=sections, standing=BROKEN)
    assert stage.window._root.scene_sheet is sheet
    assert stage.tree().named(stage.window.languages("en").say(label), Role.ROW).value == "ACR1281U PICC"
    assert stage.tree().find("standing").value.startswith("since 14:05")
    await stage.tap("option:all")
    assert stage.answers() == [Chosen("all")]


COST = "Guests can finish, something is not offered\nGuests check in and have their key; what the slip says stands on the screen."


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_what_to_do_is_told_with_what_guests_can_do_meanwhile(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    stage.sample("part-printer")
    remedy = stage.tree().find("remedy")
    assert (remedy.role, remedy.name) == (Role.ALERT, "Printer · printer.paper-out")
    assert remedy.value.startswith("Open the cover, lay in a roll")
    assert remedy.value.endswith(COST)


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
@pytest.mark.parametrize("look", [Look(), Look(large=True), Look(lowered=True, large=True)])
async def test_of_several_faults_all_are_reached_and_then_all_that_the_part_reports(stage: Any, shape: str, look: Look) -> None:
    await stage.shape(shape)
    scene = stage.sample("part-several")
    stage.window.change_look(look)
    said = stage.window.languages("en").say
    wanted = {said(label) for _, rows in scene.prompt.sections for label, _ in rows}
    faults, costs, facts = list[str](), set[str](), set[str]()
    for _ in range(40):
        for node in stage.tree().walk():
            if node.id.startswith("remedy") and " of 3 · Printer" in node.name and node.name not in faults:
                faults.append(node.name)
            if node.id.startswith("remedy") and (node.name.startswith("Guests ") or "\nGuests " in node.value):
                costs.add(node.id)
            if node.id.startswith("line:") and node.role is Role.ROW:
                facts.add(node.name)
        if not stage.window._root.control("down").alive:
            break
        await stage.tap("down")
    wanted_codes = ("cover-open", "cutter", "paper-low")  # what only warns comes last
    assert faults == [f"{number} of 3 · Printer · printer.{code}" for number, code in enumerate(wanted_codes, start=1)]
    assert len(costs) == 3
    assert facts == wanted


async def test_a_page_that_was_moved_stays_there_while_the_time_runs_and_a_value_changes(stage: Any) -> None:
    scene = stage.sample("part-several")
    await stage.tap("down")
    there = {node.id for node in stage.tree().walk()}
    sheet = stage.window._root.scene_sheet
    caption, rows = scene.prompt.sections[0]
    sections = ((caption, ((rows[0][0], T("{one}", one="in")), *rows[1:])), *scene.prompt.sections[1:])
    _now(stage, sections=sections, leaves_in_s=99)
    assert stage.window._root.scene_sheet is sheet
    assert {node.id for node in stage.tree().walk()} == there
    assert stage.tree().find("signs-off").name == "Signs off in 1:39"


@pytest.mark.parametrize("sample", ["part-known", "part-known-cutter", "check-report"])
async def test_the_time_until_the_sign_off_runs_on_pages_that_are_only_read(stage: Any, sample: str) -> None:
    stage.sample(sample)
    sheet = stage.window._root.scene_sheet
    _now(stage, leaves_in_s=61)
    assert stage.window._root.scene_sheet is sheet, "nothing else is drawn anew"
    assert stage.tree().find("signs-off").name == "Signs off in 1:01"


async def test_a_list_that_was_moved_stays_there_while_the_time_runs(stage: Any) -> None:
    stage.sample("part-known")
    await stage.tap("down")
    rows = [node.id for node in stage.tree().walk() if node.id.startswith("row:")]
    _now(stage, leaves_in_s=200)
    stage.window.redraw()
    assert [node.id for node in stage.tree().walk() if node.id.startswith("row:")] == rows


async def test_a_part_that_is_not_fitted_is_told_as_that(stage: Any) -> None:
    stage.sample("part-keypad")
    assert stage.tree().find("standing").name == "Not fitted"


async def test_where_not_every_terminal_has_one_it_is_said_to_be_absent(stage: Any) -> None:
    for sample in ("check-asks-fitted", "check-please-fitted", "screen-keypad"):
        stage.sample(sample)
        await stage.tap("option:not-fitted")
    assert stage.answers() == [Chosen("not-fitted")] * 3


async def test_a_check_moves_its_bar_and_is_stopped(stage: Any) -> None:
    scene = stage.sample("check-runs")
    assert isinstance(scene.prompt, Checking)
    sheet = stage.window._root.scene_sheet
    _now(stage, fraction=0.9)
    assert stage.tree().find("progress-words").name == "90 % done"
    assert stage.window._root.scene_sheet is sheet
    await stage.tap("option:cancel")
    assert stage.answers() == [Chosen("cancel")]


async def test_a_question_for_the_eyes_is_answered_by_yes_no_or_not_known(stage: Any) -> None:
    for answer in ("yes", "no", "unsure"):
        stage.sample("check-asks")
        await stage.tap(f"option:{answer}")
    assert stage.answers() == [Chosen("yes"), Chosen("no"), Chosen("unsure")]


async def test_a_value_beyond_its_limit_is_told_with_it(stage: Any) -> None:
    stage.sample("check-results")
    values = [node.value for node in stage.tree().walk() if node.id.startswith("result:")]
    assert values[0].startswith("Ill")
    assert any("\n0.4 GB (at least 2 GB)\nHottest sensor: 51 °C (0 °C to 85 °C)" in value.replace("\u00a0", " ") for value in values)


# --- the whole glass ---------------------------------------------------------------------------------------


def _cells(stage: Any, columns: int, rows: int) -> list[tuple[float, float]]:
    """The middle of every cell, row by row as a finger goes to and fro."""
    width, height = stage.window.size
    return [
        ((column + 0.5) * width / columns, (row + 0.5) * height / rows)
        for row in range(rows)
        for column in (range(columns) if row % 2 == 0 else range(columns - 1, -1, -1))
    ]


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_a_glass_that_is_wiped_over_wholly_answers_by_itself(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    stage.show(TouchTest(question=T("Wipe over the whole glass"), columns=4, rows=6, within_s=60))
    await stage.finger.draw(_cells(stage, 4, 6))
    assert stage.answers() == [Touched(frozenset((column, row) for column in range(4) for row in range(6)))]


async def test_cells_that_answer_light_up_and_the_dead_ones_are_told(stage: Any) -> None:
    stage.show(TouchTest(question=T("Wipe over the whole glass"), columns=6, rows=8, within_s=60))
    spots = _cells(stage, 6, 8)
    await stage.finger.draw(spots[2:])
    assert stage.tree().find("grid").name == "46 / 48"
    assert stage.answers() == []
    stage.window._root._screen.ask()  # as after a pause
    button = stage.tree().find("rest")
    dead = 2 * stage.window.size[0] / 6, stage.window.size[1] / 8
    assert not (button.bounds.x < dead[0] and button.bounds.y < dead[1]), "it lies on cells that answer"
    await stage.tap("rest")
    (answer,) = stage.answers()
    every = {(column, row) for column in range(6) for row in range(8)}
    assert every - answer.cells == {(0, 0), (1, 0)}


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_the_touch_test_is_left_by_a_tap_and_wiped_over_all_the_same(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    stage.show(TouchTest(question=T("Wipe over the whole glass"), columns=5, rows=7, within_s=60))
    box = stage.tree().find("leave").bounds
    x, y = box.centre
    await stage.finger.draw([(box.x - 60, y), (x, y), (box.x + box.w + 60, y)])
    assert stage.answers() == [], "a finger that goes over it leaves nothing"
    width, height = stage.window.size
    assert (int(x * 5 / width), int(y * 7 / height)) in stage.window.draft(stage.window.scene.prompt).cells
    await stage.tap("leave")
    assert stage.answers() == [GaveUp()]


async def test_a_pause_asks_whether_that_is_all(stage: Any) -> None:
    stage.show(TouchTest(question=T("Wipe over the whole glass"), columns=6, rows=8, within_s=60))
    await stage.finger.draw(_cells(stage, 6, 8)[:20])
    async with asyncio.timeout(30):
        while "rest" not in [node.id for node in stage.tree().walk()]:
            await stage.window.drawn()


async def test_fingers_at_once_are_counted_in_the_pad(stage: Any) -> None:
    stage.show(FingerTest(question=T("Lay several fingers down"), wanted=3, within_s=60))
    box = stage.tree().find("question").bounds
    pad = [(200.0, 700.0), (500.0, 800.0)]
    assert all(y > box.y + box.h for _, y in pad)
    await stage.finger.together(pad)
    assert stage.tree().find("count").name == "2 fingers so far, 3 wanted"
    assert stage.answers() == []
    await stage.finger.together([*pad, (800.0, 900.0)])
    assert stage.answers() == [FingersSeen(3)]


async def test_a_field_fills_the_glass_with_its_colour_and_goes_at_a_touch_anywhere(stage: Any, tmp_path: Any) -> None:
    stage.show(ColourField(question=T("Blue"), name=T("Blue"), colour="#0000FF", within_s=60))
    await stage.window.drawn()
    stage.window.screenshot(tmp_path / "blue.png")
    with Image.open(tmp_path / "blue.png") as picture:
        width, height = picture.size
        corners = {picture.convert("RGB").getpixel(spot) for spot in ((2, 2), (2, height - 3), (width // 2, height // 2))}
    assert corners == {(0, 0, 255)}
    assert stage.tree().find("flood").name == "Blue: touch anywhere to go on"
    await stage.finger.draw([(30.0, 30.0)])
    assert stage.answers() == [Looked(touched=True)]


async def test_in_high_contrast_it_is_seen_how_far_down_a_list_is(stage: Any, tmp_path: Path) -> None:
    await stage.shape("portrait")
    stage.window.change_look(Look(colours=Colours.HIGH, large=True))
    stage.sample("check-results")
    await stage.window.drawn()
    stage.window.screenshot(tmp_path / "list.png")
    row = next(node for node in stage.tree().walk() if node.role is Role.ROW).bounds
    down = stage.tree().find("down").bounds
    with Image.open(tmp_path / "list.png") as picture:
        scale = picture.size[0] / 1080
        left = round(row.x + row.w + 9 * scale)
        moved, rail = (picture.convert("RGB").getpixel((left, round(y))) for y in (row.y + row.h / 2, down.y + down.h / 2))
    stage.window.change_look(Look())
    assert moved == (0x00, 0x33, 0x2F)
    assert rail == (255, 255, 255)  # it is thinner


async def test_a_test_that_nobody_does_ends_by_itself_with_what_it_has_seen(stage: Any) -> None:
    stage.show(FingerTest(question=T("Lay several fingers down"), wanted=3, within_s=0.2))
    async with asyncio.timeout(30):
        while not stage.answers():
            await stage.window.drawn()
    assert stage.answers() == [FingersSeen(0)]


async def test_large_text_keeps_the_cells_that_were_lit(stage: Any) -> None:
    stage.show(TouchTest(question=T("Wipe over the whole glass"), columns=6, rows=8, within_s=60))
    await stage.finger.draw(_cells(stage, 6, 8)[:20])
    stage.window.change_look(Look(large=True))
    assert stage.tree().find("grid").name == "20 / 48"


async def test_keys_of_the_keypad_are_ticked_when_they_are_felt(stage: Any) -> None:
    from kivy.core.window import Keyboard

    stage.show(KeypadTest(question=T("Press every key of the keypad"), keys=("up", "enter"), within_s=60))
    assert stage.tree().find("pressed:up").value == ""
    for key in ("left", "up"):
        stage.window._window.dispatch("on_key_down", Keyboard.keycodes[key], 0, None, [])
    assert stage.tree().find("pressed:up").value == "felt"
    assert stage.answers() == []
    stage.window._window.dispatch("on_key_down", Keyboard.keycodes["enter"], 0, None, [])
    assert stage.answers() == [KeysSeen(frozenset({"up", "enter"}))]
