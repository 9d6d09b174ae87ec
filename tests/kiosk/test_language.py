"""Sentences, dates and money are said as each language says them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from kiosk.language import DayOfYear, Days, Money, Quantity, T, Territory, Text, language, verbatim


@pytest.mark.parametrize(
    ("value", "en", "hu", "de"),
    [
        (date(2026, 11, 23), "23 November 2026", "2026. november 23.", "23. November 2026"),
        (time(7, 5), "07:05", "7:05", "07:05"),
        (Money(Decimal("1200.50"), "EUR"), "€1,200.50", "1 200,50 EUR", "1.200,50 €"),
        (Quantity(Decimal("0.4"), "GB"), "0.4 GB", "0,4 GB", "0,4 GB"),
        (Quantity(Decimal("12345.25")), "12345.25", "12345,25", "12345,25"),
        (Quantity(Decimal("1e400"), "s"), "1E+400 s", "1E+400 s", "1E+400 s"),
        (Money(Decimal("2500.00"), "HUF"), "HUF 2,500.00", "2 500,00 Ft", "2.500,00 HUF"),
        (Territory("DE"), "Germany", "Németország", "Deutschland"),
        (T("{name}", name="Ágnes"), "Ágnes", "Ágnes", "Ágnes"),
    ],
)
def test_values_take_the_form_of_the_language(value: object, en: str, hu: str, de: str) -> None:
    said = [
        language(code).say(Text("{v}", (("v", value),))).replace("\xa0", " ") for code in ("en", "hu", "de")
    ]
    assert said == [en, hu, de]


@pytest.mark.parametrize(
    ("last", "en", "hu", "de"),
    [
        (date(2026, 11, 26), "23–26 November", "november 23–26.", "23.–26. November"),
        (date(2026, 12, 2), "23 Nov – 2 Dec", "nov. 23. – dec. 2.", "23. Nov. – 2. Dez."),
        (date(2026, 11, 23), "23 Nov", "nov. 23.", "23. Nov."),
    ],
)
def test_a_stay_is_said_as_days(last: date, en: str, hu: str, de: str) -> None:
    stay = T("{stay}", stay=Days(date(2026, 11, 23), last))
    said = [language(code).say(stay).replace("\u2009", " ").replace("\xa0", " ") for code in ("en", "hu", "de")]
    assert said == [en, hu, de]


def test_a_day_near_today_is_said_without_its_year() -> None:
    day = T("{day}", day=DayOfYear(date(2026, 11, 26)))
    assert [language(code).say(day) for code in ("en", "hu", "de")] == ["26 November", "november 26.", "26. November"]


def test_a_language_without_this_sentence_says_it_in_english() -> None:
    assert language("hu").say(T("A sentence nobody ever wrote")) == "A sentence nobody ever wrote"


def test_words_with_braces_in_a_guests_name_stay_as_they_are() -> None:
    assert language("en").say(verbatim("O{'}Hara {0}")) == "O{'}Hara {0}"


def test_languages_know_their_own_name_and_direction() -> None:
    assert [language(code).own_name for code in ("en", "hu", "de")] == ["English", "Magyar", "Deutsch"]
    assert language("ar").rtl
    assert not language("hu").rtl
