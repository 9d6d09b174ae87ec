"""What came of a check is said in the technician's language, whatever the check says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.card_reader.checks import _SAID
from hardware.document_reader.checks import _NOT_READ
from hardware.key_encoder.checks import _ILL
from kiosk.diagnosis.hotel import _WHY
from kiosk.language import language
from kiosk.steps.check_words import found, reported
from kiosk.translations import compile_if_needed

ROOT = Path(__file__).resolve().parents[3]
DEVICES_OWN = {"2.", "2: 22", "22"}
"""Made of places alone: a sound card's name, a call and its code, a fault and what the driver says."""


def _sentences() -> Iterator[str]:
    """What every check may come to, each place filled with a number."""
    for file in [*(ROOT / "hardware").rglob("*.py"), *(ROOT / "kiosk" / "diagnosis").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CheckResult" and len(node.args) > 1:
                yield from _said(node.args[1])


def _said(words: ast.expr) -> Iterator[str]:
    if isinstance(words, ast.Constant):
        yield str(words.value)
    elif isinstance(words, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "2" for part in words.values)


CHOSEN = {
    "The name service 2: 2.": "The name service does not know the hotel’s name: 2.",
    "No name is needed. 2": "No name is needed. The hotel’s system is on this machine.",
    "No certificate is needed. 2": "No certificate is needed. The hotel’s system is on this machine.",
    "There is no default route, and none is needed. 2": "There is no default route, and none is needed. The hotel’s system is on this machine.",
    "Read as it was printed2.": "Read as it was printed (QR).",
    "2 dead 2: 2.": "2 dead zones: 2.",
    "Not so: 22.": "Not so: 2.",
    "It answers, and refuses what nobody has2.": "It answers, and refuses what nobody has.",
    "22.": "This chip refuses more tries.",
    "2, and nobody has listened.": "This machine has no socket whose switch can be read, and nobody has listened.",
}  # fmt: skip
"""Places in which words stand, that are chosen from several."""


def test_every_result_has_german_and_hungarian_words() -> None:
    compile_if_needed()
    real = {CHOSEN.get(said, said) for said in _sentences()} - DEVICES_OWN
    assert len(real) > 60
    for code in ("de", "hu"):
        assert [said for said in sorted(real) if language(code).say(found(said)) == said] == []


def test_every_reason_has_german_and_hungarian_words() -> None:
    compile_if_needed()
    whole = {f"{words[:1].upper()}{words[1:]}." for words in _NOT_READ.values()}
    reasons = whole | set(_ILL.values()) | set(_SAID.values()) | set(_WHY.values())
    for code in ("de", "hu"):
        assert [words for words in sorted(reasons) if language(code).say(found(words)) == words] == []


AWAY = "there is no connection: check the network cable; where that is well, ask who runs the hotel’s system"
WEG = (
    "keine Verbindung. Prüfen Sie das Netzwerkkabel; wenn damit alles in Ordnung ist, "
    "fragen Sie den Betreiber des Hotelsystems"
)


@pytest.mark.parametrize(
    ("words", "german"),
    [
        ("10 times on a NTAG 424 DNA card.", "10-mal auf einer Karte NTAG 424 DNA."),
        (
            "Round 3: the card does not let itself be written: try another card.",
            "Runde 3: die Karte lässt sich nicht beschreiben: Nehmen Sie eine andere.",
        ),
        (f"Not so: {AWAY} (HTTP 502).", f"Nein: {WEG} (HTTP 502)."),
        (f"Not so: {AWAY}.", f"Nein: {WEG}."),
        ("Something new {with} braces.", "Something new {with} braces."),
    ],
)
def test_a_result_made_of_parts_is_said_whole(words: str, german: str) -> None:
    compile_if_needed()
    assert language("de").say(found(words)) == german
    assert language("en").say(found(words)) == words


def test_what_a_device_reports_is_said_by_its_words() -> None:
    compile_if_needed()
    words = "Needs care. Paper: near end, Cover: closed, Model: TM-T88VI"
    assert language("de").say(reported(words)) == "Wartung nötig. Papier: geht zu Ende, Klappe: geschlossen, Modell: TM-T88VI"
    assert language("en").say(reported(words)) == words
