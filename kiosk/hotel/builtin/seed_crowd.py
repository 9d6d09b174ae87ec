"""The crowd: some 270 more reservations, so that the house is as full as a house is."""

from __future__ import annotations

from datetime import date, timedelta

from kiosk.hotel.builtin.samples import Person
from kiosk.hotel.builtin.seed_books import Books, Plan

# Common given and family names, put together by chance: nobody in particular. Female, male, family.
_NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "HU": (
        ("Erzsébet", "Katalin", "Ágnes", "Zsuzsanna", "Réka", "Boglárka"),
        ("István", "Ödön", "Győző", "Bálint", "Zsigmond", "Tamás"),
        ("Tóth", "Szűts", "Győrffy", "Kőszegi", "Vörös", "Őze", "Csík", "Lakatos"),
    ),
    "PL": (
        ("Agnieszka", "Zofia", "Świętosława", "Hanna"),
        ("Paweł", "Grzegorz", "Wojciech", "Stanisław"),
        ("Wójcik", "Dąbrowa", "Szczęsny", "Żuraw", "Jabłoń"),
    ),
    "IS": (
        ("Sigríður", "Björk", "Þórunn"),
        ("Ægir", "Þór", "Guðmundur"),
        ("Sigurðarson", "Jónsdóttir", "Ólafsdóttir"),
    ),
    "CN": (("Xiaoyan", "Lan", "Yue"), ("Jun", "Hao", "Guowei"), ("Zhang", "Chen", "Zhao", "Lü")),
    "AE": (("Fatima", "Layla", "Noor"), ("Yusuf", "Omar", "Khalid"), ("Haddad", "Al-Najjar", "Khoury")),
    "DE": (
        ("Anneliese", "Heike", "Jördis"),
        ("Wolfgang", "Günther", "Uwe"),
        ("Schröder", "Groß", "Jäger", "von der Heide"),
    ),
    "FR": (
        ("Océane", "Noémie", "Camille"),
        ("François", "Benoît", "Loïc"),
        ("Lefèvre", "D'Aubigny", "Garçon"),
    ),
    "IT": (("Giulia", "Beatrice", "Noemi"), ("Niccolò", "Dario", "Enzo"), ("De Luca", "Forlì", "Bianchi")),
}
_OTHER = {
    "Zhang": "张", "Chen": "陈", "Zhao": "赵", "Lü": "吕", "Xiaoyan": "晓燕", "Lan": "兰", "Yue": "月", "Jun": "军",
    "Hao": "浩", "Guowei": "国伟", "Haddad": "حداد", "Al-Najjar": "النجار", "Khoury": "خوري", "Fatima": "فاطمة",
    "Layla": "ليلى", "Noor": "نور", "Yusuf": "يوسف", "Omar": "عمر", "Khalid": "خالد",
}  # fmt: skip
_LANGUAGES = {"HU": "hu", "PL": "pl", "IS": "is", "CN": "zh", "AE": "ar", "DE": "de", "FR": "fr", "IT": "it"}
_CITIES = {
    "HU": ("Nyárfa utca", "4026", "Debrecen"), "PL": ("ul. Lipowa", "80-001", "Gdańsk"), "IS": ("Sólvellir", "600", "Akureyri"),
    "CN": ("Renmin Road", "510000", "Guangzhou"), "AE": ("Corniche Road", "", "Sharjah"), "DE": ("Ahornstraße", "20095", "Hamburg"),
    "FR": ("rue des Tilleuls", "69001", "Lyon"), "IT": ("via dei Pini", "40121", "Bologna"),
}  # fmt: skip

_BOOKED = ("SGL", "DBL", "DBL", "DBL", "TWN", "TWN", "FAM")
_ADULTS = {"SGL": 1, "DBL": 2, "TWN": 2, "FAM": 2, "SUI": 2}


def book_crowd(books: Books) -> None:
    _suites(books)
    for n in range(46):  # in house: some leave today, some stay
        _book(books, -1 - n % 4, 1 + n % 4 + (n % 3), status="InHouse", room="any")
    for n in range(44):  # due today
        _book(books, 0, 1 + n % 5, room=("", "ready", "", "not-ready")[n % 4], owes=n % 6 == 0)
    for n in range(4):  # late for yesterday
        _book(books, -1, 2 + n % 2)
    for n in range(80):  # the next two weeks
        _book(books, 1 + n % 14, 1 + n % 6)
    for n in range(50):  # gone
        _book(books, -2 - n % 9, 1 + n % 2, status="CheckedOut", room="any")
    for n in range(26):
        _book(books, n % 10 - 3, 2, status="Cancelled")
    for n in range(12):
        _book(books, -2 - n % 3, 2, status="NoShow")
    for n in range(6):
        _book(books, n % 3, 2, status="Waitlisted")


def _suites(books: Books) -> None:
    """No suite is to be had: four stay on, the others are dirty."""
    for n in range(4):
        books.book(Plan(_person(books), -2, 6, "SUI", "InHouse", room="any", adults=2, owes=n == 0))


def _book(
    books: Books, day: int, stay: int, status: str = "Reserved", room: str = "", owes: bool = False
) -> None:
    kind = books.random.choice(_BOOKED)
    plan = Plan(
        _person(books),
        day,
        stay,
        kind,
        status,
        room=room,
        adults=_ADULTS[kind],
        children=2 if kind == "FAM" else 0,
        owes=owes,
        comment="Asked for a late breakfast." if books.random.random() < 0.1 else "",
    )
    try:
        books.book(plan)
    except ValueError:  # the house has no such room left: they come without one, or as one who has gone
        books.book(
            Plan(plan.person, day, stay, kind, "Reserved" if day >= 0 else "CheckedOut", adults=plan.adults)
        )


def _person(books: Books) -> Person:
    chance = books.random
    country = chance.choice(("HU", "HU", "HU", *_NAMES))
    women, men, families = _NAMES[country]
    sex = chance.choice("FM")
    given, family = chance.choice(women if sex == "F" else men), chance.choice(families)
    street, postal_code, city = _CITIES[country]
    return Person(
        given,
        family,
        sex,
        date(1940, 1, 1) + timedelta(days=chance.randrange(24_000)),
        country,
        _LANGUAGES[country],
        given_other=_OTHER.get(given, "") if family in _OTHER else "",
        family_other=_OTHER.get(family, ""),
        address=(f"{street} {chance.randrange(1, 99)}", postal_code, city)
        if chance.random() < 0.7
        else ("", "", ""),
    )
