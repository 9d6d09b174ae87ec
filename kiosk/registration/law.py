"""What the law asks of a guest who signs in: by the hotel's country and the guest's nationality.

One table. Nothing is asked that no row names; where a country has no row, the least is asked.
Looked up in public copies of the laws; a hotel must have its own row read by a lawyer.

Hungary: Act CLVI of 2016, § 9/H, and Government Decree 235/2019 (X. 15.). From every guest the data
of the identity document are read by a document reader and kept in a closed store (VIZA): name,
birth name, place and date of birth, sex, nationality, mother's birth name where the document has
it, the document's identifiers; of citizens of third countries also number of visa or residence
permit, and when and where they entered. Without a document the guest must be refused; those under
14 may be told by their representative. Kept until the last day of the year after. Statistics
(NTAK) want country and postcode of residence. No signature is asked of anybody by these; of
foreigners, Art. 45(1)(a) of the Schengen Convention has the states see to it.
    Not confirmed: the wording of § 9/H itself (known from the authority's pages, vizainfo.hu);
    how Hungary carries out Art. 45; what a municipality asks for tourist tax.

Germany: Bundesmeldegesetz §§ 29, 30, as changed from 2025-01-01 by the Fourth Bureaucracy Relief
Act (BGBl. 2024 I Nr. 323, Art. 6). Only foreigners fill in and sign; spouse, partner and minor
children with them are counted on the same form; an identity document is shown and its number put
down. Kept for one year from arrival, destroyed within three months after. Signing is *by hand*
(§ 29 (2)): the Federal Ministry of the Interior does not take a finger on a screen for that, and
the electronic ways of § 29 (5) are others (strong customer authentication, the eID). So the card
is printed and signed in ink (`Medium.PAPER`).
    Not confirmed: whether a pad has been accepted since 2025.
    Not done: who comes along with a German is not asked, though a foreigner among them who is no family
    would fill in a form; the head's own row decides.

Austria: Meldegesetz 1991 §§ 5, 10 and Meldegesetz-Durchführungsverordnung § 19 and annex A (in
force since 2023-10-31). Name, birth date, sex, nationality, country of origin, address with
postcode; of foreigners kind, number, date of issue and issuing authority of the travel document;
of family with them name and birth date; nothing else may stand on the sheet. Signed; an electronic
signature as it was drawn is accepted (§ 19 (2) 2). Kept for seven years, then deleted (§ 19 (4)).
    Not confirmed: from which day the seven years run (departure is taken, the last entry).
    Not done: everybody who comes along is taken for family; others would sign a sheet of their own. Of family no
    document is asked: one that is shown spares the typing, and neither its expiry nor its chip is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kiosk import countries
from kiosk.language import T, Text


class Field(StrEnum):
    """What can stand on a registration card."""

    FAMILY_NAME = "family-name"
    GIVEN_NAMES = "given-names"
    BIRTH_NAME = "birth-name"
    BORN = "born"
    BIRTH_PLACE = "birth-place"
    MOTHERS_NAME = "mothers-name"
    SEX = "sex"
    NATIONALITY = "nationality"
    DOCUMENT_TYPE = "document-type"
    DOCUMENT_NUMBER = "document-number"
    DOCUMENT_ISSUED = "document-issued"
    DOCUMENT_AUTHORITY = "document-authority"
    VISA_NUMBER = "visa-number"
    ENTERED = "entered"
    ENTRY_PLACE = "entry-place"
    ADDRESS = "address"  # street and number
    POSTAL_CODE = "postal-code"
    CITY = "city"
    COUNTRY = "country"
    ARRIVAL = "arrival"
    DEPARTURE = "departure"
    COMPANIONS = "companions"
    EMAIL = "email"  # asked by no law here: for a receipt


class Whose(StrEnum):
    """Whose signature the law wants."""

    NONE = "none"
    HEAD = "head"  # one for a family or travelling group
    EACH_ADULT = "each-adult"


class Medium(StrEnum):
    """On what a signature counts."""

    SCREEN = "screen"
    PAPER = "paper"  # printed, signed in ink: a finger's signature is not one here


class Companions(StrEnum):
    """What the law wants to know of those who come along."""

    NOTHING = "nothing"
    COUNT = "count"  # how many, and their nationalities
    NAME_AND_BIRTH = "name-and-birth"
    EACH = "each"  # a card for everyone


@dataclass(frozen=True)
class Period:
    """How long it is kept: to be said, and to be reckoned."""

    label: Text
    years: int = 0
    from_departure: bool = False
    whole_year: bool = False  # until 31 December of that year

    def ends(self, arrival: date, departure: date) -> date:
        """The last day on which it is kept."""
        begins = departure if self.from_departure or not self.years else arrival
        year = begins.year + self.years
        if self.whole_year:
            return date(year, 12, 31)
        leap_day = (begins.month, begins.day) == (2, 29)
        return date(year, 2, 28) if leap_day and self.years else begins.replace(year=year)


@dataclass(frozen=True)
class Requirements:
    """What one guest is asked for. `optional` is put down where there is something to put down."""

    country: str  # the hotel's, ISO 3166-1 alpha-2
    fields: tuple[Field, ...]
    signature: Whose
    kept: Period
    law: tuple[str, ...]
    why: Text
    optional: tuple[Field, ...] = ()
    medium: Medium = Medium.SCREEN
    companions: Companions = Companions.NOTHING
    document_shown: bool = False
    closed: bool = False  # nothing may stand on the card that no row names
    document_from_age: int = 0  # younger ones' data may be told by who travels with them

    def asks(self, field: Field) -> bool:
        return field in self.fields or field in self.optional


_NAME = (Field.FAMILY_NAME, Field.GIVEN_NAMES)
_STAY = (Field.ARRIVAL, Field.DEPARTURE)
_HOME = (Field.ADDRESS, Field.POSTAL_CODE, Field.CITY, Field.COUNTRY)
_PAPERS = (Field.DOCUMENT_TYPE, Field.DOCUMENT_NUMBER)

_SCHENGEN = "Schengen Convention, Art. 45(1)(a)"

LEAST = Requirements(
    country="",
    fields=(*_NAME, *_STAY),
    signature=Whose.NONE,
    kept=Period(T("Until you leave.")),
    law=("Regulation (EU) 2016/679, Art. 6(1)(b)",),
    why=T("Your name and your stay are needed to give you your room."),
)
"""Where nothing else is known to be asked: what the contract itself needs."""

_HUNGARY = Requirements(
    country="HU",
    fields=(
        *_NAME,
        Field.BIRTH_NAME,
        Field.BORN,
        Field.BIRTH_PLACE,
        Field.SEX,
        Field.NATIONALITY,
        *_PAPERS,
        Field.POSTAL_CODE,
        Field.COUNTRY,
        *_STAY,
    ),
    optional=(Field.MOTHERS_NAME,),
    signature=Whose.NONE,
    kept=Period(T("Until the last day of next year."), years=1, whole_year=True),
    law=("2016. évi CLVI. törvény 9/H. §", "235/2019. (X. 15.) Korm. rendelet"),
    why=T(
        "The law requires every hotel in Hungary to read its guests’ documents and to keep the data, encrypted, in a"
        " closed national store (VIZA) that only the police may search, to prevent and prosecute crime."
    ),
    companions=Companions.EACH,
    document_shown=True,
    document_from_age=14,
)
_HUNGARY_FOREIGN = replace(_HUNGARY, signature=Whose.HEAD, law=(*_HUNGARY.law, _SCHENGEN))
_HUNGARY_THIRD = replace(
    _HUNGARY_FOREIGN,
    fields=(*_HUNGARY.fields, Field.ENTERED, Field.ENTRY_PLACE),
    optional=(*_HUNGARY.optional, Field.VISA_NUMBER),
)

_GERMANY = replace(LEAST, country="DE", law=(*LEAST.law, "Bundesmeldegesetz §§ 29, 30"))
_GERMANY_FOREIGN = Requirements(
    country="DE",
    fields=(*_STAY, *_NAME, Field.BORN, Field.NATIONALITY, *_HOME, Field.COMPANIONS, Field.DOCUMENT_NUMBER),
    signature=Whose.EACH_ADULT,
    medium=Medium.PAPER,
    kept=Period(
        T("One year from your arrival; destroyed within three months after that."),
        years=1,
    ),
    law=("Bundesmeldegesetz §§ 29, 30", _SCHENGEN),
    why=T(
        "The law requires foreign guests of hotels in Germany to sign a registration form, for the police and the courts."
    ),
    companions=Companions.COUNT,
    document_shown=True,
)

_AUSTRIA = Requirements(
    country="AT",
    fields=(*_NAME, Field.BORN, Field.SEX, Field.NATIONALITY, *_HOME, *_STAY, Field.COMPANIONS),
    signature=Whose.HEAD,
    kept=Period(T("Seven years, then deleted."), years=7, from_departure=True),
    law=("Meldegesetz 1991 §§ 5, 10", "Meldegesetz-Durchführungsverordnung § 19"),
    why=T("The law requires everybody who stays at a hotel in Austria to sign its register of guests."),
    companions=Companions.NAME_AND_BIRTH,
    closed=True,
)
_AUSTRIA_FOREIGN = replace(
    _AUSTRIA,
    fields=(
        *_AUSTRIA.fields[:5],
        *_PAPERS,
        Field.DOCUMENT_ISSUED,
        Field.DOCUMENT_AUTHORITY,
        *_AUSTRIA.fields[5:],
    ),
    document_shown=True,
)


class Guests(StrEnum):
    """Who a row is for."""

    CITIZENS = "citizens"
    FREE_MOVERS = "free-movers"  # EU, EEA, Switzerland
    OTHERS = "others"  # third countries, stateless, unknown


TABLE: dict[tuple[str, Guests], Requirements] = {
    ("HU", Guests.CITIZENS): _HUNGARY,
    ("HU", Guests.FREE_MOVERS): _HUNGARY_FOREIGN,
    ("HU", Guests.OTHERS): _HUNGARY_THIRD,
    ("DE", Guests.CITIZENS): _GERMANY,
    ("DE", Guests.FREE_MOVERS): _GERMANY_FOREIGN,
    ("DE", Guests.OTHERS): _GERMANY_FOREIGN,
    ("AT", Guests.CITIZENS): _AUSTRIA,
    ("AT", Guests.FREE_MOVERS): _AUSTRIA_FOREIGN,
    ("AT", Guests.OTHERS): _AUSTRIA_FOREIGN,
}


_OF_A_DOCUMENT = (*_PAPERS, Field.DOCUMENT_ISSUED, Field.DOCUMENT_AUTHORITY)


def document_from_age(hotel_country: str) -> int:
    """From which age on the law of the hotel's country wants a document of everybody's own; 0: no age is named."""
    ages = (row.document_from_age for (country, _), row in TABLE.items() if country == hotel_country.upper())
    return max(ages, default=0)


def without_document(asked: Requirements) -> Requirements:
    """What is asked of one who shows no document, because somebody may tell their data."""
    return replace(
        asked,
        fields=tuple(field for field in asked.fields if field not in _OF_A_DOCUMENT),
        optional=tuple(field for field in asked.optional if field not in _OF_A_DOCUMENT),
        document_shown=False,
    )


def only(asked: Requirements, *fields: Field) -> Requirements:
    """The same law, and of it no more than these fields."""
    return replace(asked, fields=fields, optional=(), signature=Whose.NONE, companions=Companions.NOTHING)


def requirements(hotel_country: str, nationality: str) -> Requirements:
    """What a guest of this nationality is asked for at a hotel in this country.

    `hotel_country` is ISO's two letters; `nationality` ISO's two or a document's three. Unknown or
    none ('', 'XXA') counts as foreign: more is asked then, never less than the law wants.
    """
    home = hotel_country.upper()
    code = nationality.upper()
    iso = code if countries.known(code) else countries.to_iso(code)
    if iso == home:
        who = Guests.CITIZENS
    else:
        who = Guests.FREE_MOVERS if iso in countries.FREE_MOVEMENT else Guests.OTHERS
    return TABLE.get((home, who)) or replace(LEAST, country=home)
