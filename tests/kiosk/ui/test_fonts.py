"""Every name gets a font that has its letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection, TTFont

from kiosk.ui.fonts import path, runs

NAMES = (
    "Eriksson Anna Maria", "Kovács-Szentgyörgyi Őrs", "Łukasz Żółć", "Þórbjörg", "Şahin Iğdır", "Ștefan Țurcanu",
    "Олександр Їжакевич", "Γεώργιος", "محمد عبد الرحمن 12", "שדרות רוטשילד 1, תל אביב", "王小明", "山田 太郎",
    "김철수", "Nguyễn Thị Hồng", "देवनागरी", "สมชาย", "გიორგი", "Հայկ", "Welcome · 欢迎 · أهلاً", "7:00 – 10:30 €", "✓ ✗",
)  # fmt: skip


def _letters(file: str) -> set[int]:
    if Path(file).suffix == ".ttc":
        return set(TTCollection(file).fonts[0].getBestCmap())
    return set(TTFont(file).getBestCmap())


@pytest.mark.parametrize("family", ["question", "body"])
@pytest.mark.parametrize("name", NAMES)
def test_no_letter_is_missing(name: str, family: str) -> None:
    for run in runs(name):
        has = _letters(path(run.script, family, False))
        missing = {letter for letter in run.text if ord(letter) not in has and not letter.isspace()}
        assert not missing, f"{run.script.name}: {missing}"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_or_added(name: str) -> None:
    import unicodedata

    assert "".join(run.text for run in runs(name)) == unicodedata.normalize("NFC", name)


def test_arabic_between_latin_is_a_run_of_its_own() -> None:
    assert [(run.script.name, run.rtl) for run in runs("Is this right, محمد?")] == [
        ("latin", False),
        ("arabic", True),
        ("latin", False),
    ]
