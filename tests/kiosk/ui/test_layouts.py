"""Keyboards, dates typed by digits, and where boxes stand."""

from __future__ import annotations

from datetime import date

import pytest
from babel import Locale

from kiosk.prompts import Keys
from kiosk.ui.geometry import Box, Stage
from kiosk.ui.widgets.calendar import as_date, as_digits, order
from kiosk.ui.widgets.layouts import ACCENTS, letters, marks, wants_capital
from kiosk.ui.widgets.signature import length, smooth


@pytest.mark.parametrize(
    ("language", "own"),
    [("hu", "áéíóöőúüű"), ("de", "äöüß"), ("es", "ñ"), ("en", "qwertyuiopasdfghjklzxcvbnm")],
)
def test_a_language_has_its_own_letters(language: str, own: str) -> None:
    assert set(own) <= set("".join(letters(language, Keys.NAME, 0)))


@pytest.mark.parametrize(
    "name", ["Łukasz", "Šťastný", "Åsa", "Þór", "İpek", "Müßig", "Ștefan", "Zoë", "Ångström", "Ēriks"]
)
def test_every_european_name_can_be_typed(name: str) -> None:
    keys = "".join(letters("en", Keys.NAME, 0)) + "".join("".join(page) for page in ACCENTS)
    reachable = {key for letter in keys for key in (letter, letter.upper())}
    assert set(name) <= reachable


def test_an_e_mail_address_needs_no_accents() -> None:
    before, after = marks(Keys.EMAIL)
    assert set("@.-_") <= set(before + after)
    assert all(row.isascii() for row in letters("hu", Keys.EMAIL, 0))


def test_names_begin_with_a_capital() -> None:
    assert [wants_capital(Keys.NAME, before) for before in ("", "Anna ", "Kovács-", "O'", "Ann")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    assert not wants_capital(Keys.EMAIL, "")


@pytest.mark.parametrize(("code", "how"), [("en_GB", "dmy"), ("hu", "ymd"), ("de", "dmy"), ("en_US", "mdy")])
def test_a_date_is_typed_in_the_languages_order(code: str, how: str) -> None:
    assert order(Locale.parse(code)) == how
    day = date(1974, 8, 12)
    assert as_date(as_digits(day, how), how) == day


def test_a_day_that_does_not_exist_is_none() -> None:
    assert as_date("31021990", "dmy") is None
    assert as_date("3102", "dmy") is None


def test_right_to_left_turns_the_box_not_its_size() -> None:
    plain = Stage.of(540, 960)
    mirrored = Stage.of(540, 960, mirrored=True)
    box = Box(72, 100, 200, 50)
    x, y, w, h = plain.window(box)
    other = mirrored.window(box)
    assert other == (540 - x - w, y, w, h)
    assert mirrored.design(other[0] + other[2], other[1] + other[3]) == pytest.approx((72, 100), abs=2)


def test_another_screen_keeps_the_scale_of_its_shorter_side() -> None:
    assert Stage.of(1080, 1920).scale == 1
    assert Stage.of(1280, 1024).landscape
    assert Stage.of(768, 1366).width == pytest.approx(1080, abs=2)


def test_a_signature_is_smoothed_through_its_points() -> None:
    stroke = [(0.0, 0.0), (0.1, 0.1), (0.2, 0.0), (0.3, 0.1)]
    curve = smooth(stroke)
    assert all(any(abs(x - a) + abs(y - b) < 1e-9 for a, b in curve) for x, y in stroke)
    assert length([stroke]) == pytest.approx(3 * 0.1 * 2**0.5)
