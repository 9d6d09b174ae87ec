"""Named sample bookings: one for every case a kiosk meets, with the travel document that fits.

All people are invented; Anna Maria Eriksson of Utopia is ICAO's own specimen (9303-4, 9303-5).
`SAMPLES["ready"].confirmation`, `SAMPLES["ready"].document.mrz`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.hotel.builtin.specimen import Document

DEFAULT = "ready"
"""The demo's guest."""

LONG_NAME = "Wolfeschlegel" + "altona" * 10 + "steinhausen" * 9 + "bergerdorff" * 11 + "bergern"
"""A family name of three hundred letters."""


@dataclass(frozen=True, repr=False)
class Person:
    given: str
    family: str
    sex: str
    born: date
    country: str = ""  # nationality, ISO 3166-1 alpha-2; '' is Utopia's
    language: str = "en"
    middle: str = ""
    given_other: str = ""
    family_other: str = ""
    address: tuple[str, str, str] = ("", "", "")  # street, postal code, city
    email: str = ""


@dataclass(frozen=True, repr=False)
class Sample:
    """A booking that the seed makes. `case` says what is special about it, for a person."""

    key: str
    case: str
    confirmation: str
    person: Person
    document: Document


EXPIRES = date(2034, 4, 15)

EXPIRED_SPECIMEN = Document(
    "TD3",
    "L898902C3",
    "UTO",
    "UTO",
    "ERIKSSON",
    "ANNA MARIA",
    date(1974, 8, 12),
    "F",
    date(2012, 4, 15),
    "ZE184226B",
)
"""ICAO's specimen passport as printed in 9303-4: the same person as `ready`, long expired."""

_STATES = {
    "": "UTO",
    "HU": "HUN",
    "PL": "POL",
    "IS": "ISL",
    "CN": "CHN",
    "AE": "ARE",
    "DE": "D",
    "FR": "FRA",
    "IT": "ITA",
}


def _passport(person: Person, number: str, family: str, given: str) -> Document:
    state = _STATES[person.country]
    return Document("TD3", number, state, state, family, given, person.born, person.sex, EXPIRES)


def _card(person: Person, number: str, family: str, given: str) -> Document:
    state = _STATES[person.country]
    return Document("TD1", number, state, state, family, given, person.born, person.sex, EXPIRES)


def _sample(key: str, number: int, case: str, person: Person, document: Document) -> Sample:
    return Sample(key, case, f"7001{number:04d}", person, document)


_ERIKSSON = Person(
    "Anna", "Eriksson", "F", date(1974, 8, 12), middle="Maria", address=("Main Street 1", "12345", "Zenith")
)
_SZABO = Person(
    "Ilona", "Szabó", "F", date(1988, 3, 4), "HU", "hu", address=("Kőris utca 12.", "6720", "Szeged")
)
_WISNIEWSKA = Person(
    "Małgorzata",
    "Wiśniewska-Żółkowska",
    "F",
    date(1979, 11, 30),
    "PL",
    "pl",
    address=("ul. Źródlana 4/7", "31-001", "Kraków"),
)
_THORDARSON = Person(
    "Jón", "Þórðarson", "M", date(1951, 6, 17), "IS", "is", address=("Birkigata 9", "101", "Reykjavík")
)
_LI = Person(
    "Ming",
    "Li",
    "F",
    date(1992, 2, 29),
    "CN",
    "zh",
    given_other="明",
    family_other="李",
    address=("Zhongshan Road 88", "200001", "Shanghai"),
)
_AHMAD = Person(
    "Mohammed",
    "Al-Ahmad",
    "M",
    date(1983, 9, 9),
    "AE",
    "ar",
    given_other="محمد",
    family_other="الأحمد",
    address=("Palm Street 5", "", "Abu Dhabi"),
)
_KOVACS = Person("Péter", "Kovács", "M", date(1967, 1, 22), "HU", "hu")
_NOWAK = Person("Katarzyna", "Nowak", "F", date(1995, 5, 5), "PL", "pl")
_MUELLER = Person(
    "Jürgen", "Müller", "M", date(1960, 12, 1), "DE", "de", address=("Lindenweg 3", "04109", "Leipzig")
)
_SZUCS = Person("Zsófia", "Szűcs", "F", date(1999, 7, 7), "HU", "hu")
_ROSSI = Person("Chiara", "Rossi", "F", date(1986, 10, 14), "IT", "it")
_FEKETE_A = Person("Gábor", "Fekete", "M", date(1975, 4, 2), "HU", "hu")
_FEKETE_B = Person("Judit", "Fekete", "F", date(1977, 8, 19), "HU", "hu")
_DUBOIS = Person("Élodie", "Dubois", "F", date(1990, 3, 3), "FR", "fr")
_KIRALY = Person("Ádám", "Király", "M", date(1984, 2, 11), "HU", "hu")
_HORVATH = Person("Eszter", "Horváth", "F", date(1985, 9, 25), "HU", "hu")
_LEHMANN = Person("Sören", "Lehmann", "M", date(1972, 6, 6), "DE", "de")
_WEISS = Person("Käthe", "Weiß", "F", date(1948, 1, 1), "DE", "de")
_ZIELINSKI = Person("Łukasz", "Zieliński", "M", date(1991, 12, 24), "PL", "pl")
_NAGY = tuple(
    Person(given, "Nagy", sex, born, "HU", "hu")
    for given, sex, born in (
        ("Anna", "F", date(1993, 1, 5)),
        ("Anna", "F", date(1964, 7, 30)),
        ("László", "M", date(1958, 10, 23)),
    )
)
_HALLDORSDOTTIR = Person("Guðrún", "Halldórsdóttir", "F", date(1981, 3, 8), "IS", "is")
_WANG = Person("Wei", "Wang", "M", date(1970, 10, 1), "CN", "zh", given_other="伟", family_other="王")
_LONG = Person("Maximiliana", LONG_NAME, "F", date(1980, 2, 2), "DE", "de")

_MAZUR = Person(
    "Joanna", "Mazur", "F", date(1987, 4, 18), "PL", "pl", address=("ul. Lipowa 12", "50-101", "Wrocław")
)
_MAZUR_PARTNER = Person("Paweł", "Mazur", "M", date(1985, 9, 30), "PL", "pl")
_MAZUR_CHILD = Person("Hania", "Mazur", "F", date(2018, 5, 20), "PL", "pl")
_ERIKSSON_COMPANION = Person("Erik", "Eriksson", "M", date(1972, 2, 20))

_ALL = (
    _sample(
        "ready",
        1,
        "assigned room is ready; two adults, three nights, nothing to pay",
        _ERIKSSON,
        Document(
            "TD3",
            "L898902C3",
            "UTO",
            "UTO",
            "ERIKSSON",
            "ANNA MARIA",
            _ERIKSSON.born,
            "F",
            EXPIRES,
            "ZE184226B",
        ),
    ),
    _sample(
        "not-ready", 2, "assigned room is still dirty", _SZABO, _card(_SZABO, "123456AE", "SZABO", "ILONA")
    ),
    _sample(
        "unassigned",
        3,
        "no room assigned; rooms of the type are ready",
        _WISNIEWSKA,
        _passport(_WISNIEWSKA, "EF1234567", "WISNIEWSKA ZOLKOWSKA", "MALGORZATA"),
    ),
    _sample(
        "accessible",
        4,
        "needs an accessible room; none assigned",
        _THORDARSON,
        _passport(_THORDARSON, "A1234567", "THORDARSON", "JON"),
    ),
    _sample(
        "features",
        5,
        "wants balcony and river view; none assigned",
        _LI,
        _passport(_LI, "E12345678", "LI", "MING"),
    ),
    _sample(
        "do-not-move",
        6,
        "assigned room is ready and locked by the desk",
        _AHMAD,
        _passport(_AHMAD, "AB1234567", "AL AHMAD", "MOHAMMED"),
    ),
    _sample(
        "do-not-move-not-ready",
        7,
        "assigned room is locked by the desk and dirty",
        _SZUCS,
        _card(_SZUCS, "234567BE", "SZUCS", "ZSOFIA"),
    ),
    _sample("in-house", 8, "already checked in", _KOVACS, _card(_KOVACS, "345678CE", "KOVACS", "PETER")),
    _sample("tomorrow", 9, "arrives tomorrow", _NOWAK, _passport(_NOWAK, "EG2345678", "NOWAK", "KATARZYNA")),
    _sample(
        "cancelled", 10, "was cancelled", _MUELLER, _passport(_MUELLER, "C01X00T47", "MUELLER", "JUERGEN")
    ),
    _sample(
        "no-show",
        11,
        "did not come the day before yesterday",
        _ROSSI,
        _passport(_ROSSI, "YA1234567", "ROSSI", "CHIARA"),
    ),
    _sample(
        "checked-out", 12, "left this morning", _DUBOIS, _passport(_DUBOIS, "12AB34567", "DUBOIS", "ELODIE")
    ),
    _sample(
        "two-rooms",
        13,
        "one of a family's two linked rooms",
        _FEKETE_A,
        _card(_FEKETE_A, "456789DE", "FEKETE", "GABOR"),
    ),
    _sample(
        "two-rooms-2", 14, "the other of them", _FEKETE_B, _card(_FEKETE_B, "567890EE", "FEKETE", "JUDIT")
    ),
    _sample(
        "multi-room",
        15,
        "one booking of two rooms that must be split",
        _LEHMANN,
        _passport(_LEHMANN, "C02X11T58", "LEHMANN", "SOEREN"),
    ),
    _sample(
        "shared",
        16,
        "shares a ready room with another booking",
        _KIRALY,
        _card(_KIRALY, "678901FE", "KIRALY", "ADAM"),
    ),
    _sample(
        "shared-2", 17, "the other booking of it", _HORVATH, _card(_HORVATH, "789012GE", "HORVATH", "ESZTER")
    ),
    _sample(
        "alert",
        18,
        "the desk left a message for the guest at check-in",
        _WEISS,
        _passport(_WEISS, "C03X22T69", "WEISS", "KAETHE"),
    ),
    _sample(
        "alert-stop",
        19,
        "an alert stops the check-in",
        _ZIELINSKI,
        _passport(_ZIELINSKI, "EH3456789", "ZIELINSKI", "LUKASZ"),
    ),
    _sample(
        "balance-due",
        20,
        "room is ready, money is due",
        _HALLDORSDOTTIR,
        _passport(_HALLDORSDOTTIR, "A2345678", "HALLDORSDOTTIR", "GUDRUN"),
    ),
    _sample(
        "same-name-1",
        21,
        "one of three guests named Nagy: Anna",
        _NAGY[0],
        _card(_NAGY[0], "890123HE", "NAGY", "ANNA"),
    ),
    _sample("same-name-2", 22, "another Anna Nagy", _NAGY[1], _card(_NAGY[1], "901234JE", "NAGY", "ANNA")),
    _sample("same-name-3", 23, "László Nagy", _NAGY[2], _card(_NAGY[2], "012345KE", "NAGY", "LASZLO")),
    _sample(
        "late-night",
        24,
        "should have arrived yesterday; room is ready",
        _WANG,
        _passport(_WANG, "E23456789", "WANG", "WEI"),
    ),
    _sample(
        "sold-out",
        25,
        "wants a suite; none is ready",
        Person("Amália", "Bánffy", "F", date(1955, 5, 15), "HU", "hu"),
        Document("TD1", "112233LE", "HUN", "HUN", "BANFFY", "AMALIA", date(1955, 5, 15), "F", EXPIRES),
    ),
    _sample(
        "long-name",
        26,
        "a family name of three hundred letters; room is ready",
        _LONG,
        _passport(_LONG, "C04X33T70", LONG_NAME.upper(), "MAXIMILIANA"),
    ),
    _sample(
        "family",
        27,
        "two adults and a child, whom the booking does not name; room is ready",
        _MAZUR,
        _passport(_MAZUR, "EJ4567890", "MAZUR", "JOANNA"),
    ),
)

SAMPLES: dict[str, Sample] = {sample.key: sample for sample in _ALL}


@dataclass(frozen=True, repr=False)
class Companion:
    """Somebody who comes along with a sample guest. `named`: on the booking, beside the guest."""

    of: str
    person: Person
    document: Document
    named: bool = True


COMPANIONS: dict[str, Companion] = {
    "ready-companion": Companion(
        "ready", _ERIKSSON_COMPANION, _passport(_ERIKSSON_COMPANION, "L897013C6", "ERIKSSON", "ERIK")
    ),
    "family-partner": Companion("family", _MAZUR_PARTNER, _card(_MAZUR_PARTNER, "DFS567894", "MAZUR", "PAWEL")),
    "family-child": Companion(
        "family", _MAZUR_CHILD, _passport(_MAZUR_CHILD, "EK5678901", "MAZUR", "HANIA"), named=False
    ),
}


def document_of(name: str) -> Document | None:
    """The document of a sample guest, or of who comes along with one."""
    known = SAMPLES.get(name) or COMPANIONS.get(name)
    return known.document if known else None
