"""Translations: every sentence of the code is said in every language, whole, or the check says which is not."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import translations

CODE = """
from kiosk.language import T, TN

GREETING = T("Welcome, {name}", name="Anna")
KEYS = TN("{count} key", "{count} keys", 2)
# Translators: on a button, at most 12 letters
STOP = T("Stop" " now")
SAME = T("Stop now")
PAPER = Reading("paper", "Paper roll", "near end")
NOT_WORDS = verbatim("Hotel Duna")
ONLY_A_PLACE = T("{name}", name="Hotel Duna")
"""


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Path, ...]:
    code = tmp_path / "app"
    code.mkdir()
    (code / "one.py").write_text(CODE, encoding="utf-8")
    (code / "two.kv").write_text(
        '#:import T kiosk.language.T\n<Bar>:\n    Button:\n        text: app.say(T("Text size"))  # "no"\n',
        encoding="utf-8",
    )
    return (code,)


@pytest.fixture
def locale(tmp_path: Path, sources: tuple[Path, ...]) -> Path:
    """German, all said."""
    folder = tmp_path / "locale"
    translations.extract(["de"], folder, sources)
    po = translations.po_file("de", folder)
    words = po.read_text(encoding="utf-8")
    for key, said in {
        'msgid "Welcome, {name}"\nmsgstr ""': 'msgid "Welcome, {name}"\nmsgstr "Willkommen, {name}"',
        'msgstr[0] ""\nmsgstr[1] ""': 'msgstr[0] "Ein Schlüssel"\nmsgstr[1] "{count} Schlüssel"',
        'msgid "Stop now"\nmsgstr ""': 'msgid "Stop now"\nmsgstr "Anhalten"',
        'msgid "Paper roll"\nmsgstr ""': 'msgid "Paper roll"\nmsgstr "Papierrolle"',
        'msgid "Text size"\nmsgstr ""': 'msgid "Text size"\nmsgstr "Schriftgröße"',
    }.items():
        assert words.count(key) == 1
        words = words.replace(key, said)
    po.write_text(words, encoding="utf-8")
    return folder


Alter = Callable[[str, str], None]


@pytest.fixture
def alter(locale: Path) -> Alter:
    def replace(old: str, new: str) -> None:
        po = translations.po_file("de", locale)
        words = po.read_text(encoding="utf-8")
        assert words.count(old) == 1
        po.write_text(words.replace(old, new), encoding="utf-8")

    return replace


def test_sentences_are_found_in_code_in_kv_files_and_in_the_labels_of_readings(
    sources: tuple[Path, ...],
) -> None:
    found = {message.id for message in translations.extracted(sources) if message.id}
    assert found == {
        "Welcome, {name}", ("{count} key", "{count} keys"), "Stop now", "Paper roll", "Text size",
    }  # fmt: skip


def test_the_translator_is_told_what_the_code_says_to_them(locale: Path) -> None:
    assert "#. on a button, at most 12 letters\n" in translations.po_file("de", locale).read_text(
        encoding="utf-8"
    )


def test_all_said_is_all_well(locale: Path, sources: tuple[Path, ...]) -> None:
    assert translations.check(locale, sources) == []


def test_extracting_again_changes_nothing(locale: Path, sources: tuple[Path, ...]) -> None:
    po = translations.po_file("de", locale)
    before = po.read_bytes()
    (sources[0] / "one.py").write_text("\n\n\n" + CODE, encoding="utf-8")
    translations.extract((), locale, sources)
    assert po.read_bytes() == before


def test_a_sentence_that_is_new_gone_or_reworded_shows(locale: Path, sources: tuple[Path, ...]) -> None:
    changed = CODE.replace("Welcome, {name}", "Welcome, dear {name}").replace("Paper roll", "Loudspeaker")
    (sources[0] / "one.py").write_text(changed, encoding="utf-8")
    assert sorted(translations.check(locale, sources)) == [
        "de: missing, run extract: 'Loudspeaker'",
        "de: missing, run extract: 'Welcome, dear {name}'",
        "de: not in the code any more, run extract: 'Paper roll'",
        "de: not in the code any more, run extract: 'Welcome, {name}'",
    ]
    translations.extract((), locale, sources)
    assert sorted(translations.check(locale, sources)) == [
        "de: fuzzy: 'Welcome, dear {name}'",
        "de: not translated: 'Loudspeaker'",
    ]


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("Willkommen, {name}", "Willkommen", "places differ, {name} against none: 'Welcome, {name}'"),
        (
            "Willkommen, {name}",
            "Willkommen, {nmae}",
            "places differ, {name} against {nmae}: 'Welcome, {name}'",
        ),
        ("Willkommen, {name}", "Willkommen, {name", "expected '}' before end of string: 'Welcome, {name}'"),
        ("{count} Schlüssel", "{anzahl} Schlüssel", "places differ, {count} against {anzahl}: '{count} key'"),
        ("Anhalten", "Anhalten ", "space at the edge: 'Stop now'"),
        ("Anhalten", "", "not translated: 'Stop now'"),
        ("{count} Schlüssel", "", "needs 2 plural forms, has 1: '{count} key'"),
        ('msgid "Stop now"', '#, fuzzy\nmsgid "Stop now"', "fuzzy: 'Stop now'"),
    ],
)
def test_a_sentence_that_would_be_said_wrongly_shows(
    old: str, new: str, wrong: str, alter: Alter, locale: Path, sources: tuple[Path, ...]
) -> None:
    alter(old, new)
    assert translations.check(locale, sources) == [f"de: {wrong}"]


def test_a_language_with_four_plural_forms_needs_four(
    locale: Path, sources: tuple[Path, ...], alter: Alter
) -> None:
    alter("nplurals=2; plural=(n != 1);", "nplurals=4; plural=(n%10==1 ? 0 : n%10<5 ? 1 : n%10==5 ? 2 : 3);")
    assert translations.check(locale, sources) == ["de: needs 4 plural forms, has 2: '{count} key'"]


def test_what_was_dropped_but_left_in_the_file_shows(
    locale: Path, sources: tuple[Path, ...], alter: Alter
) -> None:
    alter('msgid "Text size"', '#~ msgid "Old"\n#~ msgstr "Alt"\n\nmsgid "Text size"')
    assert translations.check(locale, sources) == ["de: not in the code any more, run extract: 'Old'"]


def test_a_file_is_compiled_when_it_is_absent_or_older_and_only_then(locale: Path) -> None:
    assert translations.compile_if_needed(locale) == ("de",)
    assert translations.compile_if_needed(locale) == ()
    german = gettext.translation("kiosk", locale, ["de"])
    assert german.gettext("Stop now") == "Anhalten"
    assert [german.ngettext("{count} key", "{count} keys", n) for n in (1, 2)] == [
        "Ein Schlüssel",
        "{count} Schlüssel",
    ]
    po = translations.po_file("de", locale)
    newer = po.with_suffix(".mo").stat().st_mtime_ns + 1_000_000
    os.utime(po, ns=(newer, newer))
    assert translations.compile_if_needed(locale) == ("de",)
    assert [file.name for file in sorted(po.parent.iterdir())] == ["kiosk.mo", "kiosk.po"], (
        "nothing half written is left"
    )


def test_a_folder_that_cannot_be_written_does_not_stop_the_kiosk(locale: Path) -> None:
    """A directory stands where the .mo should: even root can't replace it by a file."""
    mo = translations.po_file("de", locale).with_suffix(".mo")
    mo.mkdir()
    os.utime(mo, (0, 0))
    assert translations.compile_if_needed(locale) == ()
    assert list(mo.parent.glob("*.half")) == []


def test_an_untranslated_or_fuzzy_sentence_is_said_in_english(locale: Path, alter: Alter) -> None:
    alter('msgid "Stop now"', '#, fuzzy\nmsgid "Stop now"')
    translations.compile_all(locale)
    assert gettext.translation("kiosk", locale, ["de"]).gettext("Stop now") == "Stop now"


def test_the_kiosk_says_everything_in_its_languages() -> None:
    assert {"de", "hu"} <= set(translations.languages())
    assert translations.check() == []


@pytest.mark.parametrize(
    ("arguments", "code"), [(["check"], 0), ([], 2), (["compile", "now"], 2), (["chekc"], 2)]
)
def test_the_command_says_how_it_went(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.translations", *arguments],
        cwd=translations.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)


@pytest.mark.parametrize("language", ["de", "hu"])
def test_apostrophes_and_quotation_marks_are_those_of_print(language: str) -> None:
    """Typewriter signs are no letters of a hotel's: "Mother’s name", not "Mother's"."""
    words = translations.po_file(language).read_text(encoding="utf-8")
    said = [line for line in words.split("\n\n", 1)[1].splitlines() if line.startswith(("msgid", "msgstr"))]
    assert len(said) > 400
    typewritten = [line for line in said if "'" in line or '\\"' in line]
    assert not typewritten
