"""What checks ask of a person is said in their language, and is what the checks really say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.language import language
from kiosk.steps.said import SENTENCES, said
from kiosk.translations import compile_if_needed

ROOT = Path(__file__).resolve().parents[3]


def _strings() -> Iterator[str]:
    """Every string in what checks are made of; of an f-string what stands between its places."""
    files = [*(ROOT / "hardware").rglob("*.py"), *(ROOT / "kiosk" / "diagnosis").glob("*.py")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
                yield "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _bare(key: str) -> str:
    """With nameless places, as an f-string has them."""
    for place in ("{long}", "{number}", "{of}"):
        key = key.replace(place, "{}")
    for colour in ("red", "green", "blue", "white", "black"):
        key = key.replace(f"screen {colour},", "screen {},")
    return key


def test_each_sentence_is_said_by_a_check() -> None:
    real = set(_strings())
    assert [text.key for text in SENTENCES if text.key not in real and _bare(text.key) not in real] == []


@pytest.mark.parametrize(
    ("words", "german"),
    [
        ("Hold code 2 of 5 to the scanner; any will do.", "Halten Sie Code 2 von 5 an den Scanner; jeder ist recht."),
        ("Is the ruler 60 mm long?", "Ist das Lineal 60 mm lang?"),
        ("Lay a card flat on the card reader.", "Legen Sie eine Karte flach auf den Kartenleser."),
        ("Something new {with} 5 % braces.", "Something new {with} 5 % braces."),
    ],
)
def test_it_is_said_in_the_technicians_language(words: str, german: str) -> None:
    compile_if_needed()
    assert language("de").say(said(words)) == german
    assert language("en").say(said(words)) == words
