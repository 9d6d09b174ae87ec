"""Words in the guest's language: gettext for sentences, Babel for dates, money and numbers.

A prompt carries `Text`, never a finished string, so that a change of language draws the same
prompt again. The English sentence is the key: `T("Welcome, {name}", name=…)`; Babel finds them
by the keywords `T` and `TN`.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal

LOCALE = Path(__file__).resolve().parent.parent / "assets" / "locale"


@dataclass(frozen=True)
class Money:
    """An amount with its ISO 4217 currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Quantity:
    """How much of what: "0.4 GB", in German "0,4 GB"."""

    number: Decimal
    unit: str = ""


@dataclass(frozen=True)
class Days:
    """A stay from one day to another: "23–26 November"."""

    first: date
    last: date


@dataclass(frozen=True)
class DayOfYear:
    """A day near today, said without its year: "26 November"."""

    day: date


@dataclass(frozen=True)
class Territory:
    """A country by its ISO 3166-1 alpha-2 code, said by its name."""

    code: str


@dataclass(frozen=True)
class Within:
    """A label said within a sentence: with a small letter, where the language has nouns so."""

    label: Text


@dataclass(frozen=True)
class Text:
    """A sentence to be said in whatever language the guest has chosen.

    `args` may hold dates, times, Days, DayOfYear, Money, Quantity, Territory and other Texts: they are put in that
    language's form. `plural` and `count` choose the plural form (gettext's ngettext).
    """

    key: str
    args: tuple[tuple[str, Any], ...] = ()
    plural: str = ""
    count: int = 0


def T(key: str, **args: Any) -> Text:  # noqa: N802 - the extraction keyword
    """A sentence with named places."""
    return Text(key, tuple(args.items()))


def TN(one: str, many: str, count: int, **args: Any) -> Text:  # noqa: N802
    """A sentence whose form depends on `count`, which also stands for `{count}`."""
    return Text(one, (("count", count), *args.items()), plural=many, count=count)


def verbatim(words: str) -> Text:
    """Words that are the same in every language: a name, a number, the hotel's name."""
    return Text("{_}", (("_", words),))


def quantity(number: str, unit: str = "") -> Text:
    """A measured value with its unit, which is the same in every language."""
    return Text("{_}", (("_", Quantity(Decimal(number), unit)),))


class Language:
    """One language. `say` never fails: a missing translation is said in English."""

    def __init__(self, code: str) -> None:
        """`code` is ISO 639-1, with a territory where it matters ('zh_TW')."""
        self.code = code
        # English is said as in Europe: 23 November 2026, 14:05.
        self.locale = Locale.parse("en_GB" if code == "en" else code)
        self._sentences = gettext.translation("kiosk", LOCALE, [code], fallback=True)

    @property
    def rtl(self) -> bool:
        """Whether the whole screen is mirrored."""
        return bool(self.locale.character_order == "right-to-left")

    @property
    def own_name(self) -> str:
        """'Magyar', 'Deutsch': as its speakers call it, with a capital."""
        name = Locale.parse(self.code).get_display_name() or self.code
        return name[:1].upper() + name[1:]

    def say(self, text: Text) -> str:
        if text.plural:
            sentence = self._sentences.ngettext(text.key, text.plural, text.count)
        else:
            sentence = self._sentences.gettext(text.key) if text.key else ""
        if not text.args:
            return sentence
        return sentence.format(**{name: self._form(value) for name, value in text.args})

    def _form(self, value: Any) -> str:
        form = _FORMS.get(type(value))
        return form(self, value) if form else str(value)


def _within(language: Language, words: str) -> str:
    """German nouns keep their capital, and so does what is written in capitals."""
    if language.code == "de" or words[1:2].isupper():
        return words
    return words[:1].lower() + words[1:]


def _stay(days: Days, locale: Locale) -> str:
    """Within one month its whole name ("23–26 November", of which CLDR has only the short form)."""
    if (days.first.year, days.first.month) != (days.last.year, days.last.month) or days.first == days.last:
        return format_interval(days.first, days.last, "MMMd", locale=locale)
    parts = locale.interval_formats["MMMd"]["d"]
    ends = zip((days.first, days.last), parts, strict=True)
    return "".join(format_date(day, part.replace("MMM", "MMMM"), locale=locale) for day, part in ends)


def _money(value: Money, locale: Locale) -> str:
    """A currency's letters keep a space from the digits (UTS 35 part 3, currencySpacing), which Babel leaves out."""
    said = format_currency(value.amount, value.currency, locale=locale)
    return re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", "\u00a0", said)


def _quantity(value: Quantity, locale: Locale) -> str:
    """With all digits that it has, not grouped; its unit never stands alone on the next line."""
    try:
        number = format_decimal(value.number, locale=locale, decimal_quantization=False, group_separator=False)
    except ArithmeticError:  # more digits than anybody reads
        number = str(value.number)
    return f"{number}\u00a0{value.unit}".strip()


_FORMS: dict[type, Callable[[Language, Any], str]] = {
    Text: lambda language, value: language.say(value),
    Within: lambda language, value: _within(language, language.say(value.label)),
    Money: lambda language, value: _money(value, language.locale),
    Quantity: lambda language, value: _quantity(value, language.locale),
    Days: lambda language, value: _stay(value, language.locale),
    DayOfYear: lambda language, value: format_skeleton("MMMMd", value.day, locale=language.locale),
    Territory: lambda language, value: language.locale.territories.get(value.code, value.code),
    date: lambda language, value: format_date(value, "long", locale=language.locale),
    datetime: lambda language, value: format_datetime(value, "short", locale=language.locale),
    time: lambda language, value: format_time(value, "short", locale=language.locale),
}


@lru_cache(maxsize=32)
def language(code: str) -> Language:
    """The language of this code, read once."""
    return Language(code)
