"""The fields of a registration card: what each is called, how it is asked, and what may stand in it.

A value is kept as text: dates as ISO 8601, countries as ISO 3166-1 alpha-2, sex as F, M or X.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk import countries
from kiosk.language import T, Text
from kiosk.prompts import Choice, DateEntry, Keys, Option, Prompt, TextEntry
from kiosk.registration.law import Field

LABELS: dict[Field, Text] = {
    Field.FAMILY_NAME: T("Family name"),
    Field.GIVEN_NAMES: T("Given names"),
    Field.BIRTH_NAME: T("Name at birth"),
    Field.BORN: T("Born"),
    Field.BIRTH_PLACE: T("Place of birth"),
    Field.MOTHERS_NAME: T("Mother’s name"),
    Field.SEX: T("Sex"),
    Field.NATIONALITY: T("Nationality"),
    Field.DOCUMENT_TYPE: T("Document"),
    Field.DOCUMENT_NUMBER: T("Document number"),
    Field.DOCUMENT_ISSUED: T("Date of issue"),
    Field.DOCUMENT_AUTHORITY: T("Issued by"),
    Field.VISA_NUMBER: T("Visa or residence permit"),
    Field.ENTERED: T("Entered on"),
    Field.ENTRY_PLACE: T("Entered at"),
    Field.ADDRESS: T("Street and number"),
    Field.POSTAL_CODE: T("Postcode"),
    Field.CITY: T("Town"),
    Field.COUNTRY: T("Country"),
    Field.ARRIVAL: T("Arrival"),
    Field.DEPARTURE: T("Departure"),
    Field.COMPANIONS: T("Travelling with you"),
    Field.EMAIL: T("E-mail"),
}

SEXES: dict[str, Text] = {"F": T("Female"), "M": T("Male"), "X": T("Not stated")}

_QUESTIONS: dict[Field, Text] = {
    Field.FAMILY_NAME: T("What is your family name?"),
    Field.GIVEN_NAMES: T("What are your given names?"),
    Field.BIRTH_NAME: T("What was your name at birth?"),
    Field.BIRTH_PLACE: T("Where were you born?"),
    Field.MOTHERS_NAME: T("What was your mother’s name at birth?"),
    Field.NATIONALITY: T("Which country are you a citizen of?"),
    Field.DOCUMENT_NUMBER: T("What is the number of your document?"),
    Field.DOCUMENT_AUTHORITY: T("Who issued your document?"),
    Field.VISA_NUMBER: T("What is the number of your visa or residence permit?"),
    Field.ENTRY_PLACE: T("Where did you enter {country}?"),
    Field.ADDRESS: T("Which street and number do you live at?"),
    Field.POSTAL_CODE: T("What is your postcode?"),
    Field.CITY: T("Which town do you live in?"),
    Field.COUNTRY: T("Which country do you live in?"),
    Field.COMPANIONS: T("Who travels with you?"),
    Field.EMAIL: T("What is your e-mail address?"),
}
_DATE_QUESTIONS: dict[Field, Text] = {
    Field.BORN: T("When were you born?"),
    Field.DOCUMENT_ISSUED: T("When was your document issued?"),
    Field.ENTERED: T("When did you enter {country}?"),
}
# Of somebody who comes along: the companion reads it, or who travels with them.
_THEIR_QUESTIONS: dict[Field, Text] = {
    Field.FAMILY_NAME: T("What is this guest’s family name?"),
    Field.GIVEN_NAMES: T("What are this guest’s given names?"),
    Field.BIRTH_NAME: T("What was this guest’s name at birth?"),
    Field.BORN: T("When was this guest born?"),
    Field.BIRTH_PLACE: T("Where was this guest born?"),
    Field.MOTHERS_NAME: T("What was the birth name of this guest’s mother?"),
    Field.SEX: T("What is this guest’s sex?"),
    Field.NATIONALITY: T("Which country is this guest a citizen of?"),
    Field.DOCUMENT_NUMBER: T("What is the number of this guest’s document?"),
    Field.VISA_NUMBER: T("What is the number of this guest’s visa or residence permit?"),
    Field.ENTERED: T("When did this guest enter {country}?"),
    Field.ENTRY_PLACE: T("Where did this guest enter {country}?"),
    Field.ADDRESS: T("Which street and number does this guest live at?"),
    Field.POSTAL_CODE: T("What is this guest’s postcode?"),
    Field.CITY: T("Which town does this guest live in?"),
    Field.COUNTRY: T("Which country does this guest live in?"),
}
_CHILDS_QUESTIONS: dict[Field, Text] = {
    Field.FAMILY_NAME: T("What is the child’s family name?"),
    Field.GIVEN_NAMES: T("What are the child’s given names?"),
}
_NAMED_QUESTIONS: dict[Field, Text] = {
    Field.BIRTH_NAME: T("What was {name}’s name at birth?"),
    Field.BORN: T("When was {name} born?"),
    Field.BIRTH_PLACE: T("Where was {name} born?"),
    Field.MOTHERS_NAME: T("What was the birth name of {name}’s mother?"),
    Field.SEX: T("What is {name}’s sex?"),
    Field.NATIONALITY: T("Which country is {name} a citizen of?"),
    Field.DOCUMENT_NUMBER: T("What is the number of {name}’s document?"),
    Field.VISA_NUMBER: T("What is the number of {name}’s visa or residence permit?"),
    Field.ENTERED: T("When did {name} enter {country}?"),
    Field.ENTRY_PLACE: T("Where did {name} enter {country}?"),
    Field.ADDRESS: T("Which street and number does {name} live at?"),
    Field.POSTAL_CODE: T("What is {name}’s postcode?"),
    Field.CITY: T("Which town does {name} live in?"),
    Field.COUNTRY: T("Which country does {name} live in?"),
}
_KEYS = {Field.POSTAL_CODE: Keys.NUMBER, Field.DOCUMENT_NUMBER: Keys.NUMBER, Field.EMAIL: Keys.EMAIL}
_NAMES = {Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.BIRTH_NAME, Field.MOTHERS_NAME}
LONGEST_EMAIL = 254  # RFC 5321 §4.5.3.1.3, without its brackets
_LONGEST = {Field.POSTAL_CODE: 12, Field.DOCUMENT_NUMBER: 20, Field.VISA_NUMBER: 20, Field.EMAIL: LONGEST_EMAIL}
_LONG = 120
_POSTCODE_HELP = T("If your country has none, type a dash.")
_OPTIONAL_HELP = T("You can leave this empty.")

_LIFE = timedelta(days=130 * 366)
_ALNUM = re.compile(r"[A-Z0-9]{3,20}")
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\\\]]{1,64}@(?=.{4,253}$)([\w-]{1,63}\.)+[\w-]{2,63}")
_POSTCODE = re.compile(r"[A-Z0-9][A-Z0-9 -]{1,9}")
_NO_POSTCODE = "-"  # many countries have none
_POSTCODES = {
    "AT": r"\d{4}", "BE": r"\d{4}", "BG": r"\d{4}", "CH": r"\d{4}", "DK": r"\d{4}", "HU": r"\d{4}", "LU": r"\d{4}",
    "NO": r"\d{4}", "SI": r"\d{4}", "DE": r"\d{5}", "ES": r"\d{5}", "FR": r"\d{5}", "HR": r"\d{5}", "IT": r"\d{5}",
    "UA": r"\d{5}", "RO": r"\d{6}", "CN": r"\d{6}", "RU": r"\d{6}", "CZ": r"\d{3} ?\d{2}", "SK": r"\d{3} ?\d{2}",
    "SE": r"\d{3} ?\d{2}", "PL": r"\d{2}-?\d{3}", "US": r"\d{5}(-\d{4})?", "NL": r"\d{4} ?[A-Z]{2}",
}  # fmt: skip


@dataclass(frozen=True)
class Around:
    """What a value is judged by beside itself."""

    today: date
    country: str = ""  # of the address
    languages: tuple[str, ...] = ("en",)
    born: date | None = None
    here: str = ""  # the hotel's country
    companions: bool = False  # asked of somebody who comes along …
    name: str = ""  # … who is called so, as far as that is known
    child: bool = False  # … and is told as a child


def not_a_postcode(country: str) -> Text:
    """Of which country it is none, and what one looks like there where that is known."""
    if not country:
        return T("This is not a postcode.")
    if country not in _POSTCODES:
        return T("This is not a postcode of {country}.", country=countries.country(country))
    return T("A postcode of {country} is like {example}.", country=countries.country(country), example=_example(country))


def _example(country: str) -> str:
    """As the form has it: `12-345`."""
    digits = iter("1234567890")
    form = re.sub(r"\(.*\)\?", "", _POSTCODES[country])
    form = re.sub(r"\\d\{(\d)\}", lambda found: "".join(next(digits) for _ in range(int(found[1]))), form)
    return form.replace("[A-Z]{2}", "AB").replace("?", "")


class Wrong(ValueError):  # noqa: N818 - the guest is told `text`
    """What was typed can't stand there; `text` says why. `str()` holds nothing of it."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.key)


def ask(
    field: Field, value: str, around: Around, *, error: Text | None = None, optional: bool = False
) -> Prompt:
    """The screen that asks for this field."""
    if field is Field.SEX:
        options = tuple(Option(code, label) for code, label in SEXES.items())
        theirs = _theirs(field, around) if around.companions else None
        question = theirs or T("What does your document say?")
        return Choice(question=question, options=options, equals=True)
    if field is Field.DOCUMENT_TYPE:
        options = (Option("P", T("Passport")), Option("ID", T("Identity card")))
        return Choice(question=T("Which document do you have?"), options=options)
    if field in _DATE_QUESTIONS:
        earliest = around.born if around.born and field is not Field.BORN else around.today - _LIFE
        return DateEntry(
            question=_question(field, around),
            earliest=earliest,
            latest=around.today,
            value=date.fromisoformat(value) if value else None,
            far=field is not Field.ENTERED,
            error=error,
        )
    return TextEntry(
        question=_question(field, around),
        help=_POSTCODE_HELP if field is Field.POSTAL_CODE else _OPTIONAL_HELP if optional else None,
        keys=_KEYS.get(field, Keys.NAME if field in _NAMES else Keys.TEXT),
        value=value,
        max_length=_LONGEST.get(field, _LONG),
        optional=optional,
        error=error,
    )


def _question(field: Field, around: Around) -> Text:
    """In the words for who is asked; where it names the hotel's country, with that."""
    question = _DATE_QUESTIONS.get(field) or _QUESTIONS[field]
    if around.companions:
        question = _theirs(field, around) or question
    if "{country}" not in question.key:
        return question
    return Text(question.key, (*question.args, ("country", countries.country(around.here))))


def _theirs(field: Field, around: Around) -> Text | None:
    """Of somebody who comes along: by their name as soon as it is known."""
    if around.child and field in _CHILDS_QUESTIONS:
        return _CHILDS_QUESTIONS[field]
    named = _NAMED_QUESTIONS.get(field)
    return Text(named.key, (("name", around.name),)) if named and around.name else _THEIR_QUESTIONS.get(field)


def checked(field: Field, typed: str, around: Around) -> str:
    """The value as it is kept; Wrong where it can't be one."""
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if not text:
        raise Wrong(T("Please fill this in."))
    if any(unicodedata.category(letter)[0] == "C" and letter not in "\u200c\u200d" for letter in text):
        raise Wrong(T("One of the characters can’t be used."))
    if len(text) > _LONGEST.get(field, 300):
        raise Wrong(T("This is too long."))
    return _CHECKS.get(field, _words)(text, around)


def _words(text: str, around: Around) -> str:
    if not any(letter.isalpha() for letter in text):
        raise Wrong(T("Please use letters."))
    return text


def _postcode(text: str, around: Around) -> str:
    code = text.upper()
    if code == _NO_POSTCODE:
        if around.country in _POSTCODES:
            raise Wrong(T("In this country there is a postcode."))
        return code
    if not _POSTCODE.fullmatch(code) or not re.fullmatch(_POSTCODES.get(around.country, ".+"), code):
        raise Wrong(not_a_postcode(around.country))
    return code


def _country(text: str, around: Around) -> str:
    found = countries.find(text, around.languages)
    if not found:
        raise Wrong(T("No country of this name is known."))
    return found


def _number(text: str, around: Around) -> str:
    code = re.sub(r"[ -]", "", text).upper()
    if not _ALNUM.fullmatch(code):
        raise Wrong(T("Please use the letters and digits of your document."))
    return code


def _email(text: str, around: Around) -> str:
    return email_address(text)


def email_address(text: str) -> str:
    """Wrong where it can't be one."""
    if not _EMAIL.fullmatch(text) or ".." in text or text.startswith(".") or ".@" in text:
        raise Wrong(T("This is not an e-mail address."))
    return text


def _past(text: str, around: Around) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Wrong(T("This is not a day.")) from None
    if day > around.today:
        raise Wrong(T("This day is still to come."))
    if day < (around.born or around.today - _LIFE):
        raise Wrong(T("This day is too long ago."))
    return day.isoformat()


def _born(text: str, around: Around) -> str:
    return _past(text, Around(around.today))


def _one_of(*codes: str) -> Callable[[str, Around], str]:
    def check(text: str, around: Around) -> str:
        if text not in codes:
            raise Wrong(T("Please choose one of these."))
        return text

    return check


def _anything(text: str, around: Around) -> str:
    return text


_CHECKS: dict[Field, Callable[[str, Around], str]] = {
    Field.POSTAL_CODE: _postcode,
    Field.COUNTRY: _country,
    Field.NATIONALITY: _country,
    Field.DOCUMENT_NUMBER: _number,
    Field.VISA_NUMBER: _number,
    Field.EMAIL: _email,
    Field.BORN: _born,
    Field.DOCUMENT_ISSUED: _past,
    Field.ENTERED: _past,
    Field.SEX: _one_of(*SEXES),
    Field.DOCUMENT_TYPE: _one_of("P", "ID"),
    Field.COMPANIONS: _anything,
}
