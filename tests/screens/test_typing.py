"""What is typed or picked, in the real window: letters and accents, the caret, days and dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from kiosk.language import T, verbatim
from kiosk.prompts import Keys, Picked, TextEntry, Typed
from kiosk.ui import gallery
from kiosk.ui.accessible import Role

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_name_is_typed_with_capitals_and_accents(stage: Any) -> None:
    stage.show(TextEntry(question=verbatim("Name?"), keys=Keys.NAME))
    assert not stage.tree().find("go-on").enabled
    for key in ("key:o", "key:erase", "key:accents", "key:accents", "key:ő", "key:accents", "key:z"):
        await stage.tap(key)
    await stage.tap("key:space")
    await stage.tap("key:l")
    assert stage.tree().find("field").value == "Őz L"
    await stage.tap("go-on")
    assert stage.answers() == [Typed("Őz L")]


async def test_a_hungarian_guest_gets_a_hungarian_keyboard(stage: Any) -> None:
    stage.desk.language = "hu"
    stage.show(TextEntry(question=verbatim("Név?"), keys=Keys.NAME))
    keys = [node.id for node in stage.tree().walk() if node.role is Role.KEY]
    assert {f"key:{letter}" for letter in "áéíóöőúüű"} <= set(keys)
    assert keys.index("key:z") < keys.index("key:y")  # QWERTZ


async def test_a_touch_in_the_field_moves_the_caret(stage: Any) -> None:
    stage.show(TextEntry(question=verbatim("Name?"), keys=Keys.NAME, value="Eriksson"))
    box = stage.tree().find("field").bounds
    await stage.finger.draw([(box.x + 30, box.y + box.h / 2)])
    await stage.tap("key:x")
    assert stage.tree().find("field").value == "XEriksson"


async def test_no_more_letters_than_allowed(stage: Any) -> None:
    stage.show(TextEntry(question=verbatim("Number?"), keys=Keys.NUMBER, max_length=3))
    for key in "1234":
        await stage.tap(f"key:{key}")
    assert stage.tree().find("field").value == "123"


async def test_a_change_of_language_keeps_what_was_typed(stage: Any) -> None:
    scene = stage.show(TextEntry(question=T("What is your family name?"), keys=Keys.NAME))
    await stage.tap("key:a")
    await stage.tap("tool:language")
    await stage.tap("language:de")
    assert stage.desk.language == "de"
    stage.window.show(scene)  # as the desk does
    assert stage.tree().find("field").value == "A"
    assert stage.tree().find("question").name == "Wie lautet Ihr Familienname?"


async def test_a_day_is_picked_from_the_calendar(stage: Any) -> None:
    stage.sample("departure")
    day = gallery.TODAY + timedelta(days=1)
    await stage.tap(f"day:{day.isoformat()}")
    await stage.tap("calendar:later")
    await stage.tap("calendar:earlier")
    assert stage.tree().find(f"day:{day.isoformat()}").value == "✓"
    await stage.tap("go-on")
    assert stage.answers() == [Picked(day)]


async def test_a_birth_date_is_typed_in_the_languages_order(stage: Any) -> None:
    stage.desk.language = "hu"
    stage.sample("birth-date")
    for _ in range(8):
        await stage.tap("key:erase")
    for digit in "19740812":
        await stage.tap(f"key:{digit}")
    await stage.tap("go-on")
    assert stage.answers() == [Picked(date(1974, 8, 12))]


async def test_a_day_that_doesnt_exist_is_said_to_be_wrong(stage: Any) -> None:
    stage.sample("birth-date")
    for key in ("erase",) * 8 + tuple("31021990"):
        await stage.tap(f"key:{key}")
    assert stage.tree().find("echo").name == "This day can’t be right"
    assert not stage.tree().find("go-on").enabled
