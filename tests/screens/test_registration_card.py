"""The registration card in the real window: what is missing, what can be changed, and the signature."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.prompts import Chosen, Signed
from kiosk.ui.accessible import Role

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_question_asked_again_after_help_finds_the_signature(stage: Any) -> None:
    scene = stage.sample("registration-card")
    await stage.finger.sign(stage.tree().find("signature"), [(0.1, 0.5), (0.5, 0.3), (0.9, 0.6)])
    stage.sample("busy")
    stage.show(scene)
    assert stage.tree().find("agree").enabled


async def test_a_signature_is_needed_and_kept_in_parts_of_the_pads_width(stage: Any) -> None:
    stage.sample("registration-card")
    assert not stage.tree().find("agree").enabled
    pad = stage.tree().find("signature")
    await stage.finger.sign(pad, [(0.5, 0.5)])
    assert not stage.tree().find("agree").enabled  # a dot is no signature
    await stage.tap("clear")
    await stage.finger.sign(pad, [(0.1, 0.5), (0.3, 0.2), (0.6, 0.8)])
    await stage.tap("agree")
    (signed,) = stage.answers()
    assert isinstance(signed, Signed)
    assert abs(signed.aspect - pad.bounds.w / pad.bounds.h) < 0.02
    (stroke,) = signed.strokes
    x, y = stroke[0]
    assert abs(x - 0.1) < 0.01
    assert abs(y - 0.5 * pad.bounds.h / pad.bounds.w) < 0.01


async def test_a_row_can_be_changed_and_the_rules_read(stage: Any) -> None:
    stage.sample("registration-card")
    await stage.tap("row:address")
    stage.sample("registration-card")
    await stage.tap("kept")
    assert stage.answers() == [Chosen("change:address"), Chosen("kept")]


async def test_a_card_with_something_missing_asks_for_that_and_cant_be_signed(stage: Any) -> None:
    stage.sample("registration-missing")
    assert "! Fill in" in stage.tree().find("row:birth-place").value
    assert "! Missing: Country" in stage.tree().find("row:address").value
    assert not [node for node in stage.tree().walk() if node.id in ("agree", "signature")]
    await stage.tap("fill-in")
    assert stage.answers() == [Chosen("fill-in")]


async def test_the_longest_card_is_checked_on_one_page_and_signed_on_the_next(stage: Any) -> None:
    stage.sample("registration-long")
    await stage.tap("go-on")
    await stage.finger.sign(stage.tree().find("signature"), [(0.1, 0.5), (0.3, 0.2), (0.6, 0.8)])
    await stage.tap("agree")
    (signed,) = stage.answers()
    assert isinstance(signed, Signed)


@pytest.mark.parametrize("language", ["en", "hu", "de"])
async def test_a_short_card_is_checked_and_signed_on_one_page(stage: Any, language: str) -> None:
    stage.desk.language = language
    stage.sample("registration-card")
    ids = {node.id for node in stage.tree().walk()}
    assert {"row:address", "signature", "agree", "rules", "kept"} <= ids


@pytest.mark.parametrize("language", ["en", "hu", "de"])
async def test_in_landscape_there_is_room_for_a_whole_name_to_sign(stage: Any, language: str) -> None:
    stage.desk.language = language
    await stage.shape("landscape")
    scene = stage.sample("registration-card")
    await stage.tap("go-on")
    tree = stage.tree()
    assert tree.find("signature").bounds.h >= 300
    assert tree.find("question").name != stage.window.languages(language).say(scene.prompt.question)
    name = "Eriksson Anna Maria" if language == "hu" else "Anna Maria Eriksson"
    assert name in tree.find("help").name
    assert {"agree", "rules", "kept"} <= {node.id for node in tree.walk()}


async def test_what_is_missing_on_a_card_stands_above_what_is_known(stage: Any) -> None:
    stage.sample("companion-missing")
    rows = [node for node in stage.tree().walk() if node.role is Role.ROW]
    assert min(rows, key=lambda row: row.bounds.y).id == "row:birth-place"
