"""What staff touch: a PIN, one of many guests, acts on a room, the journal; and that they can leave at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.language import T, verbatim
from kiosk.prompts import Chosen, Keys, Pick, PickRow, Sheet, Table, TextEntry, Typed
from kiosk.ui.accessible import Node, Role
from kiosk.ui.theme import Look
from kiosk.ui.widgets.piece import Piece

pytestmark = pytest.mark.asyncio(loop_scope="session")

PIN = "482915"
SIGNED_IN = verbatim("Reception · Judit Varga")


def _pin(**more: Any) -> TextEntry:
    return TextEntry(question=T("Your PIN"), keys=Keys.PIN, secret=True, least=6, max_length=8, **more)


async def _type(stage: Any, keys: str) -> None:
    for key in keys:
        await stage.tap(f"key:{key}")


def _guests(count: int) -> Pick:
    rows = tuple(
        PickRow(str(number), verbatim(f"Guest{number:03} Szentgyörgyi"), verbatim(f"Room {100 + number}"))
        for number in range(count)
    )
    return Pick(question=verbatim("Who?"), rows=rows, search=True, empty=verbatim("Nobody"))


def _rows(stage: Any) -> list[Node]:
    return [node for node in stage.tree().walk() if node.role is Role.ROW]


def _drawn(stage: Any) -> Iterator[str]:
    """Every text on the glass, and everything a speech would be given."""
    for sheet in stage.window._root.sheets():
        for piece in sheet.pieces():
            assert isinstance(piece, Piece)
            yield from piece.drawn_texts()
    for node in stage.tree().walk():
        yield from (node.name, node.value, node.id)


# --- PIN ---------------------------------------------------------------------------------------


async def test_a_pin_is_typed_by_touch_and_seen_by_nobody(stage: Any) -> None:
    stage.show(_pin())
    before = Counter(_drawn(stage))
    await _type(stage, PIN[:4])
    field = stage.tree().find("field")
    assert (field.role, field.value) == (Role.FIELD, "4 digits entered")
    assert Counter(_drawn(stage)) - before == Counter(["4 digits entered"])
    assert not stage.tree().find("go-on").enabled
    await _type(stage, PIN[4:])
    await stage.tap("go-on")
    assert stage.answers() == [Typed(PIN)]
    assert PIN not in repr(stage.answers())


async def test_a_typed_pin_is_gone_with_the_answer_and_with_the_scene(stage: Any) -> None:
    prompt = _pin()
    scene = stage.show(prompt)
    await _type(stage, PIN)
    await stage.tap("go-on")
    assert stage.window.draft(prompt).text is None
    assert stage.tree().find("field").value == ""
    stage.show(prompt)
    await _type(stage, PIN)
    stage.sample("still-there")
    stage.window.show(scene)
    assert stage.tree().find("field").value == ""
    assert not stage.tree().find("go-on").enabled


async def test_a_change_of_language_keeps_the_dots(stage: Any) -> None:
    scene = stage.show(_pin())
    await _type(stage, PIN[:3])
    stage.desk.language = "de"
    stage.window.show(scene)
    assert stage.tree().find("field").value == "3 Ziffern eingegeben"


async def test_no_more_digits_than_allowed_and_the_last_can_be_erased(stage: Any) -> None:
    stage.show(_pin())
    await _type(stage, "1234567890")
    assert stage.tree().find("field").value == "8 digits entered"
    await stage.tap("key:erase")
    assert stage.tree().find("field").value == "7 digits entered"


async def test_after_a_wrong_pin_no_key_answers_until_the_wait_is_over(stage: Any) -> None:
    scene = stage.show(_pin(error=T("Wrong PIN."), wait_s=2.0))
    assert stage.tree().find("error").name == "Wrong PIN. Wait 2 s."
    await _type(stage, PIN)
    assert stage.tree().find("field").value == ""
    async with asyncio.timeout(30):
        while "Wait 2 s." in stage.tree().find("error").name:
            await stage.window.drawn()
        assert stage.tree().find("error").name == "Wrong PIN. Wait 1 s."
        stage.window.show(scene)  # drawn anew, as after a change of language: the wait does not begin again
        assert stage.tree().find("error").name == "Wrong PIN. Wait 1 s."
        while not stage.tree().find("key:4").enabled:
            await stage.window.drawn()
    assert stage.tree().find("error").name == "Wrong PIN."
    await _type(stage, PIN)
    await stage.tap("go-on")
    assert stage.answers() == [Typed(PIN)]


async def test_a_long_wait_is_said_in_minutes(stage: Any) -> None:
    stage.show(_pin(wait_s=1790.0))
    assert stage.tree().find("error").name == "Wait 30 min."


async def test_a_staff_number_may_be_seen(stage: Any) -> None:
    stage.show(TextEntry(question=T("Your staff number"), keys=Keys.PIN))
    await _type(stage, "104")
    assert stage.tree().find("field").value == "104"
    await stage.tap("go-on")
    assert stage.answers() == [Typed("104")]


async def test_only_a_pin_can_be_typed_unseen() -> None:
    with pytest.raises(ValueError, match="PIN"):
        TextEntry(question=T("Your PIN"), keys=Keys.NAME, secret=True)


async def test_keys_lie_as_everywhere_where_the_screen_is_mirrored(stage: Any) -> None:
    stage.desk.language = "ar"
    for prompt, row in ((_pin(), "123"), (TextEntry(question=T("Your PIN"), keys=Keys.NAME), "asd"), (_guests(3), "qwe")):
        stage.show(prompt)
        places = [stage.tree().find(f"key:{key}").bounds.x for key in row]
        assert places == sorted(places)


# --- one of many -------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_a_guest_is_found_by_two_letters_and_chosen(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    scene = stage.sample("staff-find")
    assert stage.tree().find("count").name == "9 of 9"
    await _type(stage, "ko")
    assert {node.name for node in _rows(stage)} == {"Kovács-Szentgyörgyi Ágnes", "Коваль Олександр"}
    assert stage.tree().find("count").name == "2 of 9"
    await _type(stage, "v")
    await stage.tap("row:212")
    await stage.tap("row:212")
    assert stage.answers() == [Chosen("212")]
    assert stage.window.draft(scene.prompt).text == "kov"


async def test_a_guest_is_found_by_the_room(stage: Any) -> None:
    stage.sample("staff-find")
    await _type(stage, "120")
    assert [node.name for node in _rows(stage)] == ["Müller Jörg"]
    assert stage.tree().find("row:1203").value == "1203 · 21–24 November"


async def test_where_nobody_fits_it_is_said_and_erasing_brings_all_back(stage: Any) -> None:
    stage.sample("staff-find")
    await _type(stage, "xq")
    assert _rows(stage) == []
    assert stage.tree().find("empty").name.startswith("Nobody is found by this.")
    for _ in "xq":
        await stage.tap("key:erase")
    assert "empty" not in [node.id for node in stage.tree().walk()]
    assert stage.tree().find("count").name == "9 of 9"


async def test_three_hundred_rows_are_moved_by_finger_and_by_button_and_none_is_lost(stage: Any) -> None:
    stage.show(_guests(300), signed_in=SIGNED_IN)
    first = [node.id for node in _rows(stage)]
    box = stage.tree().find(first[-1]).bounds
    x, y = box.centre
    await stage.finger.draw([(x, y), (x, y - 100), (x, y - 300)])
    moved = [node.id for node in _rows(stage)]
    assert moved[0] == first[2]
    assert stage.answers() == [], "a finger that moves the rows chooses none"
    seen = {*first, *moved}
    while stage.tree().find("down").enabled:
        await stage.tap("down")
        seen |= {node.id for node in _rows(stage)}
    assert seen == {f"row:{number}" for number in range(300)}
    await stage.tap("row:299")
    assert stage.answers() == [Chosen("299")]


async def test_a_keypad_chooses_a_row(stage: Any) -> None:
    stage.show(_guests(300), signed_in=SIGNED_IN)
    for _ in range(20):
        if stage.window.focus_next() == "row:1":
            break
    assert stage.tree().find("row:1").focus
    stage.window.press("row:1")
    assert stage.answers() == [Chosen("1")]


async def test_typing_keeps_up_in_large_text_and_a_redraw_keeps_what_was_typed(stage: Any) -> None:
    stage.show(_guests(300), signed_in=SIGNED_IN)
    await _type(stage, "guest29")
    assert stage.tree().find("count").name == "10 of 300"
    stage.window.change_look(Look(large=True))
    assert stage.tree().find("count").name == "10 of 300"
    assert stage.tree().find("field").value == "guest29"


async def test_a_list_without_search_has_no_keyboard(stage: Any) -> None:
    stage.sample("staff-list")
    assert not [node for node in stage.tree().walk() if node.role in (Role.KEY, Role.FIELD)]
    await stage.tap("row:3")
    assert stage.answers() == [Chosen("3")]


# --- a room and its keys, the journal ------------------------------------------------------------


async def test_acts_on_a_room_answer_and_one_that_is_off_says_why(stage: Any) -> None:
    stage.sample("staff-room-without-key")
    assert stage.tree().named("Guest", Role.ROW).value == "Eriksson Anna Maria"
    assert stage.tree().find("option:one-more").value == "No key is valid now"
    await stage.tap("option:one-more")
    assert stage.answers() == []
    await stage.tap("option:replace")
    assert stage.answers() == [Chosen("replace")]


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_the_journal_is_read_to_its_end(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    scene = stage.sample("journal")
    assert isinstance(scene.prompt, Table)
    seen = {node.id for node in _rows(stage)}
    while stage.tree().find("down").enabled:
        await stage.tap("down")
        seen |= {node.id for node in _rows(stage)}
    assert seen == {f"row:{number}" for number in range(len(scene.prompt.rows))}
    await stage.tap("up")
    assert stage.tree().find("down").enabled


async def test_the_journal_is_dated_as_the_language_does(stage: Any) -> None:
    stage.desk.language = "de"
    stage.sample("journal")
    assert stage.tree().find("row:0").name == "23.11.26, 23:40"


# --- who is signed in ----------------------------------------------------------------------------


async def test_staff_see_who_is_signed_in_and_sign_off_at_once(stage: Any) -> None:
    scene = stage.sample("staff-find")
    await _type(stage, "ko")
    assert stage.tree().find("signed-in").name == "Reception · Judit Varga"
    ids = [node.id for node in stage.tree().walk()]
    assert {"tool:language", "tool:look"} <= set(ids)
    assert not {"tool:help", "tool:start-over", "tool:speak", "brand"} & set(ids)
    await stage.tap("tool:sign-off")
    await stage.tap("tool:sign-off")
    assert [what for what in stage.desk.heard if what[0] == "start-over"] == [("start-over", scene.number)]


async def test_guests_are_not_told_that_anybody_is_signed_in(stage: Any) -> None:
    stage.sample("document")
    ids = [node.id for node in stage.tree().walk()]
    assert "signed-in" not in ids
    assert "tool:sign-off" not in ids


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_staff_come_in_by_a_quiet_entry(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    stage.sample("welcome")
    assert "option:staff" not in [node.id for node in stage.tree().walk()]
    stage.sample("welcome-staff")
    box = stage.tree().find("option:staff").bounds
    assert min(box.w, box.h) >= 120
    await stage.tap("option:staff")
    assert stage.answers() == [Chosen("staff")]


# --- helping a guest -----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["portrait", "landscape"])
async def test_the_portrait_stands_beside_the_facts_and_is_gone_with_the_scene(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    scene = stage.sample("help-document-portrait")
    image, facts = stage.tree().find("image:portrait"), stage.tree().named("Name", Role.ROW)
    assert image.role is Role.IMAGE
    assert image.name == "Photo from the chip"
    assert facts.value == "ERIKSSON ANNA MARIA"
    await stage.tap("option:looked")
    assert stage.answers() == [Chosen("looked")]
    stage.sample("help-done")
    assert "image:portrait" not in [node.id for node in stage.tree().walk()]
    assert not [kept for kept, _ in stage.window._drafts._kept if kept is scene.prompt]


async def test_a_broken_portrait_is_a_drawing_and_the_facts_stand_there(stage: Any) -> None:
    stage.sample("help-document-portrait-broken")
    assert stage.tree().find("image:no-portrait").name == "The photo from the chip can’t be shown"
    assert stage.tree().named("Name", Role.ROW).value == "ERIKSSON ANNA MARIA"


async def test_a_portrait_that_was_wiped_is_drawn_no_more(stage: Any) -> None:
    scene = stage.sample("help-document-portrait")
    assert isinstance(scene.prompt, Sheet)
    assert scene.prompt.portrait is not None
    scene.prompt.portrait.forget()
    stage.window.change_look(Look(large=True))
    assert "image:portrait" not in [node.id for node in stage.tree().walk()]
