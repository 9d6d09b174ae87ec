"""What a touch does, once, in the real window."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.language import T, verbatim
from kiosk.prompts import Choice, Chosen, Keys, Option, TextEntry, Tone, Welcome
from kiosk.ui import gallery, sounds
from kiosk.ui.accessible import Role
from kiosk.ui.screens.still_there import Countdown
from kiosk.ui.theme import Look

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_option_answers_the_scene_it_stands_on(stage: Any) -> None:
    stage.sample("not-found")
    await stage.tap("option:search")
    assert stage.answers() == [Chosen("search")]


async def test_a_key_that_is_ready_is_heard_as_well_as_seen(stage: Any) -> None:
    sounds.get_ready()
    stage.sample("key-card")
    stage.window.notice(T("Your key is ready: you can take the card"), Tone.OK)
    heard = sounds._loaded(sounds.Sound.DONE)
    assert heard.state == "play"
    assert heard.length == pytest.approx(0.34, abs=0.01)


async def test_a_double_tap_answers_once(stage: Any) -> None:
    stage.sample("not-found")
    await stage.tap("option:other")
    await stage.tap("option:other")
    await stage.tap("option:search")
    assert stage.answers() == [Chosen("other")]
    assert not stage.tree().find("option:other").enabled


async def test_a_scene_that_the_desk_has_left_stays_usable(stage: Any) -> None:
    """The desk says that the touch came too late: nothing was done, nothing is locked."""
    stage.sample("not-found")
    stage.desk.answer = lambda scene, answer: False
    try:
        await stage.tap("option:other")
        assert stage.tree().find("option:other").enabled
    finally:
        del stage.desk.answer


async def test_every_touch_says_that_somebody_is_there(stage: Any) -> None:
    stage.sample("document")
    await stage.finger.draw([(540, 700)])  # nothing lies there
    assert stage.heard("touched") == 1
    assert stage.answers() == []


async def test_a_finger_that_slips_off_does_nothing(stage: Any) -> None:
    stage.sample("not-found")
    x, y = stage.tree().find("option:other").bounds.centre
    await stage.finger.draw([(x, y), (x, 300)])
    assert stage.answers() == []


async def test_what_is_off_says_why_and_answers_nothing(stage: Any) -> None:
    stage.sample("find-booking")
    node = stage.tree().find("option:name")
    assert node.value == "Not available now: please use your document"
    assert not node.enabled
    await stage.tap("option:name")
    assert stage.answers() == []


async def test_back_is_there_only_where_it_leads_somewhere(stage: Any) -> None:
    scene = stage.sample("document")
    await stage.tap("back")
    assert stage.desk.heard[-1] == ("back", scene.number)
    stage.sample("key-card")
    assert "back" not in [node.id for node in stage.tree().walk()]


async def test_a_reading_that_goes_further_moves_the_bar_and_leaves_open_help_as_it_is(stage: Any) -> None:
    scene = stage.sample("chip-read")
    drawing = stage.window._root.scene_sheet
    assert "40" in stage.tree().find("read").name
    await stage.tap("tool:help")
    assert stage.tree().role is Role.DIALOG
    stage.show(replace(scene, prompt=replace(scene.prompt, fraction=0.75)))
    assert stage.tree().role is Role.DIALOG
    stage.window.close_overlay()
    assert "75" in stage.tree().find("read").name
    assert stage.window._root.scene_sheet is drawing, "the drawing was not begun anew"
    await stage.tap("back")
    assert stage.desk.heard[-1] == ("back", stage.window.scene.number)


async def test_a_document_that_is_lifted_while_it_is_read_makes_another_screen(stage: Any) -> None:
    scene = stage.sample("chip-read")
    drawing = stage.window._root.scene_sheet
    stage.sample("chip-lifted")
    assert stage.window._root.scene_sheet is not drawing
    stage.show(scene)
    assert "40" in stage.tree().find("read").name


async def test_nothing_of_a_guest_is_left_at_the_welcome_screen(stage: Any) -> None:
    scene = stage.show(TextEntry(question=verbatim("Name?"), keys=Keys.NAME))
    await stage.tap("key:a")
    await stage.tap("tool:look")
    await stage.tap("look:large")
    stage.sample("welcome")
    assert not stage.window.look.large
    stage.show(scene)
    assert stage.tree().find("field").value == ""


async def test_house_rules_scroll_by_button_and_by_finger(stage: Any) -> None:
    stage.sample("house-rules")
    first = stage.tree().texts()
    await stage.tap("down")
    assert stage.tree().texts() != first
    await stage.tap("up")
    assert stage.tree().texts() == first
    await stage.finger.draw([(500, 1200), (500, 1000), (500, 700)])
    assert stage.tree().texts() != first


async def test_start_over_asks_where_something_would_be_lost(stage: Any) -> None:
    stage.sample("document")
    await stage.tap("tool:start-over")
    assert stage.heard("start-over") == 0
    assert stage.tree().role is Role.DIALOG
    await stage.tap("close")
    await stage.tap("tool:start-over")
    await stage.tap("yes")
    assert stage.heard("start-over") == 1


async def test_call_us_offers_a_person_and_the_telephone_and_calls(stage: Any) -> None:
    scene = stage.sample("document")
    await stage.tap("tool:help")
    assert stage.window.telephone in stage.tree().find("overlay:telephone").name
    await stage.tap("call")
    assert ("call-person", scene.number) in stage.desk.heard


async def test_an_overlay_hides_what_is_under_it(stage: Any) -> None:
    stage.sample("not-found")
    where = stage.tree().find("option:search").bounds.centre
    await stage.tap("tool:look")
    assert "option:search" not in [node.id for node in stage.tree().walk()]
    await stage.finger.draw([(where[0], 300)])
    assert stage.answers() == []


async def test_another_scene_closes_the_overlay(stage: Any) -> None:
    stage.sample("document")
    await stage.tap("tool:language")
    stage.sample("busy")
    assert stage.tree().role is Role.SCREEN


async def test_still_there_goes_on_with_any_touch_and_keeps_the_draft(stage: Any) -> None:
    scene = stage.show(TextEntry(question=verbatim("Name?"), keys=Keys.NAME))
    await stage.tap("key:a")
    stage.sample("still-there")
    assert stage.tree().role is Role.DIALOG
    assert stage.tree().find("countdown").value == "20"
    before = stage.heard("touched")
    await stage.finger.draw([(540, 100)])
    assert stage.heard("touched") == before + 1
    stage.window.show(scene)
    assert stage.tree().find("field").value == "A"


async def test_a_notice_goes_when_the_next_scene_says_the_same(stage: Any) -> None:
    words = T("Your key is ready: you can take the card")
    stage.sample("key-card")
    stage.window.notice(words, Tone.OK)
    stage.sample("busy")
    assert stage.tree().find("told").name == "Your key is ready: you can take the card"
    stage.show(replace(gallery.scenes()["key-card-taken"].prompt, instead_of=(words,)))
    assert "told" not in [node.id for node in stage.tree().walk()]


async def test_a_notice_leaves_the_hotels_name_and_the_time_to_be_seen(stage: Any) -> None:
    stage.sample("document")
    stage.window.notice(verbatim("The printer has paper again"), Tone.OK)
    told, clock = (stage.tree().find(id).bounds for id in ("told", "clock"))
    assert told.y >= clock.y + clock.h
    stage.window._end_notice()


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_who_comes_upon_are_you_still_there_reads_nothing_of_the_guest(stage: Any, shape: str, tmp_path: Path) -> None:
    await stage.shape(shape)
    seen = []
    for name in ("registration-card", "document"):
        stage.sample(name)
        stage.sample("still-there")
        for piece in stage.window._root.scene_sheet.pieces():
            if isinstance(piece, Countdown):
                piece.on_parent(None, None)  # it stands still: a slow machine takes the two pictures at other seconds
        await stage.window.drawn()
        stage.window.screenshot(tmp_path / f"{name}.png")
        with Image.open(tmp_path / f"{name}.png") as picture:
            seen.append(picture.convert("RGB").tobytes())
    assert seen[0] == seen[1]


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
@pytest.mark.parametrize("look", [Look(), Look(large=True), Look(lowered=True, large=True)])
async def test_a_guest_is_told_where_the_slip_is_in_letters_of_any_size(stage: Any, shape: str, look: Look) -> None:
    await stage.shape(shape)
    stage.window.change_look(look)
    stage.sample("farewell")
    told = stage.tree()
    stage.window.change_look(Look())
    assert told.find("slip").name == "Your slip: below the screen"
    assert told.find("help").name.endswith("Have a lovely stay!")


async def test_a_notice_stands_beside_the_scene(stage: Any) -> None:
    stage.sample("document")
    stage.window.notice(verbatim("The printer has paper again"), Tone.OK)
    assert stage.tree().named("The printer has paper again").role is Role.STATUS
    assert stage.tree().find("question")
    stage.window._end_notice()


async def test_speak_says_that_it_cant_yet(stage: Any) -> None:
    stage.sample("document")
    await stage.tap("tool:speak")
    assert "does not speak yet" in stage.tree().find("told").name
    stage.window._end_notice()


async def test_the_drawer_plays_and_says_what_went_wrong(stage: Any, bench: Any) -> None:
    stage.sample("welcome")
    await stage.tap("drawer")
    await stage.tap("drawer:0")
    await asyncio.wait_for(bench.done.wait(), 5)
    assert bench.played == ["passport"]
    bench.done.clear()
    await stage.tap("drawer:1")
    await asyncio.wait_for(bench.done.wait(), 5)
    await stage.window.drawn()
    assert stage.tree().find("told").name == "Fail: ValueError: not plugged in"
    stage.window._end_notice()
    await stage.tap("drawer")
    assert "drawer:0" not in [node.id for node in stage.tree().walk()]


async def test_a_keypad_can_walk_the_screen(stage: Any) -> None:
    stage.sample("not-found")
    walked = [stage.window.focus_next() for _ in range(3)]
    assert walked[:2] == ["option:search", "option:person"]
    assert stage.tree().find(walked[2]).focus
    stage.window.press("option:search")
    assert stage.answers() == [Chosen("search")]


async def test_many_options_go_by_pages_and_none_is_lost(stage: Any) -> None:
    await stage.shape("landscape")
    options = tuple(Option(f"o{number}", verbatim(f"Booking {number}")) for number in range(14))
    stage.show(Choice(question=verbatim("Which?"), options=options))
    seen: set[str] = set()
    for _ in range(4):
        seen |= {node.id for node in stage.tree().walk() if node.id.startswith("option:")}
        await stage.tap("more")
    assert seen == {f"option:o{number}" for number in range(14)}


async def test_the_welcome_screen_says_that_it_is_a_demonstration(stage: Any) -> None:
    stage.show(Welcome(question=T("Welcome"), options=(Option("check-in", T("Check in")),), demo=True))
    assert stage.tree().find("demo").name == "Demonstration: the devices are virtual"
    stage.show(Welcome(question=T("Welcome"), options=(Option("check-in", T("Check in")),)))
    assert "demo" not in [node.id for node in stage.tree().walk()]
