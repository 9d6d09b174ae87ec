"""The seed: every kind of booking is there, the same every time, and the documents fit the guests."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections import Counter
from datetime import date

import pytest

from hardware.passport.mrz import check_digit
from kiosk.hotel.builtin.database import Database
from kiosk.hotel.builtin.names import name_key
from kiosk.hotel.builtin.samples import EXPIRED_SPECIMEN, LONG_NAME, SAMPLES
from kiosk.hotel.builtin.seed import is_empty, make_empty, seed_all, seeded_on
from kiosk.hotel.builtin.specimen import Document

TODAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
def ask(seeded):
    """Plain SQL on the seeded books."""
    connection = sqlite3.connect(seeded)
    yield lambda sql, *values: connection.execute(sql, values).fetchall()
    connection.close()


def count(ask, where):
    return ask(f"SELECT count(*) FROM reservations WHERE {where}")[0][0]  # noqa: S608


def test_every_state_of_a_stay_is_there(ask):
    states = dict(ask("SELECT status, count(*) FROM reservations GROUP BY status"))
    assert set(states) == {"Reserved", "InHouse", "CheckedOut", "Cancelled", "NoShow", "Waitlisted"}
    assert 280 <= sum(states.values()) <= 320
    assert min(states.values()) >= 5


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("arriving today with a room", "arrival = '2026-03-10' AND status = 'Reserved' AND room_number IS NOT NULL"),
        ("arriving today without one", "arrival = '2026-03-10' AND status = 'Reserved' AND room_number IS NULL"),
        ("arriving tomorrow", "arrival = '2026-03-11' AND status = 'Reserved'"),
        ("late for yesterday", "arrival = '2026-03-09' AND status = 'Reserved'"),
        ("leaving today", "departure = '2026-03-10' AND status = 'InHouse'"),
        ("locked to a room", "do_not_move"),
        ("two rooms", "rooms = 2"),
        ("linked", "party IS NOT NULL"),
        ("shared", "share_group IS NOT NULL"),
        ("accessible", "id IN (SELECT reservation_id FROM reservation_wants WHERE feature = 'ACC')"),
        ("with an alert", "id IN (SELECT reservation_id FROM alerts)"),
        ("with a comment", "id IN (SELECT reservation_id FROM comments)"),
        ("money due", "(SELECT sum(cents) FROM postings WHERE reservation_id = reservations.id) > 0 AND status = 'Reserved'"),
        ("paid", "(SELECT sum(cents) FROM postings WHERE reservation_id = reservations.id) = 0 AND status = 'Reserved'"),
    ],
)  # fmt: skip
def test_every_kind_of_booking_is_there(ask, kind, where):
    assert count(ask, where) >= 1, kind


def test_rooms_assigned_for_today_are_ready_or_not_and_vacant(ask):
    rows = ask(
        "SELECT rooms.state, (SELECT count(*) FROM reservations o WHERE o.room_number = rooms.number"
        " AND o.status = 'InHouse') FROM reservations r JOIN rooms ON rooms.number = r.room_number"
        " WHERE r.arrival = '2026-03-10' AND r.status = 'Reserved' AND rooms.state = 'Inspected'"
    )
    assert len(rows) >= 15
    assert {inside for _, inside in rows} == {0}
    dirty = "arrival = '2026-03-10' AND room_number IN (SELECT number FROM rooms WHERE state IN ('Dirty', 'Pickup'))"
    assert count(ask, dirty) >= 5


def test_names_of_many_scripts_and_lengths(ask):
    names = [f"{a} {b} {c}" for a, b, c in ask("SELECT given_name, family_name, family_other FROM profiles")]
    letters = Counter(unicodedata.name(c, "").split(" ")[0] for name in names for c in name if c.isalpha())
    assert {"LATIN", "ARABIC", "CJK"} <= set(letters)
    assert {"ő", "ł", "ð", "Þ"} <= set("".join(names))
    assert len(LONG_NAME) == 300
    assert any(LONG_NAME in name for name in names)
    families = Counter(family for (family,) in ask("SELECT family_name FROM profiles"))
    assert families.most_common(1)[0][1] >= 5


def test_who_is_in_house_has_room_nights_and_a_key(ask):
    assert count(ask, "status = 'InHouse' AND room_number IS NULL") == 0
    missing = "status = 'InHouse' AND id NOT IN (SELECT reservation_id FROM key_cards WHERE active)"
    assert count(ask, missing) == 0
    held = (
        "status = 'InHouse' AND room_number NOT IN (SELECT room FROM room_nights WHERE night = '2026-03-09')"
    )
    assert count(ask, held) == 0


def test_the_same_day_gives_the_same_books(seeded, tmp_path):
    def dump(path):
        connection = sqlite3.connect(path)
        lines = sorted(line for line in connection.iterdump() if line.startswith("INSERT"))
        connection.close()
        return lines

    books = Database(f"sqlite:///{tmp_path / 'again.sqlite'}")
    books.migrate()
    with books.writing() as session:
        assert is_empty(session)
        seed_all(session, date(2030, 1, 1), "HOTEL", "HUF")
    with books.writing() as session:
        assert seeded_on(session) == date(2030, 1, 1)
        make_empty(session)
        assert is_empty(session)
    with books.writing() as session:
        seed_all(session, TODAY, "HOTEL", "HUF")
    books.close()
    assert dump(tmp_path / "again.sqlite") == dump(seeded)


def test_confirmation_numbers_are_fixed_and_in_the_books(ask):
    assert SAMPLES["ready"].confirmation == "70010001"
    numbers = {sample.confirmation for sample in SAMPLES.values()}
    assert len(numbers) == len(SAMPLES)
    assert numbers <= {number for (number,) in ask("SELECT confirmation FROM reservations")}


def test_the_specimen_is_icaos_own():
    """ICAO 9303-4 appendix A and 9303-5 appendix A print these lines."""
    assert EXPIRED_SPECIMEN.mrz == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )
    card = Document(
        "TD1", "D23145890", "UTO", "UTO", "ERIKSSON", "ANNA MARIA", date(1974, 8, 12), "F", date(2012, 4, 15)
    )
    assert card.mrz == (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    )


@pytest.mark.parametrize("key", sorted(SAMPLES))
def test_a_samples_document_is_well_formed_and_its_guests(key):
    person, document = SAMPLES[key].person, SAMPLES[key].document
    lines = document.mrz
    assert [len(line) for line in lines] == ([30] * 3 if document.kind == "TD1" else [44] * 2)
    assert set("".join(lines)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
    assert (document.born, document.sex) == (person.born, person.sex)
    born = f"{person.born:%y%m%d}"
    assert born + check_digit(born) in "".join(lines)
    ours, theirs = name_key(person.family), name_key(document.family_name)
    # ICAO writes some letters out (Ü = UE); else the name is the booking's.
    assert theirs.replace("ue", "u").replace("oe", "o") == ours.replace("ue", "u").replace("oe", "o")


def test_a_long_name_is_cut_in_the_zone_and_keeps_something_of_both():
    names = SAMPLES["long-name"].document.mrz[0][5:]
    assert names.startswith("WOLFESCHLEGELALTONA")
    assert "<<" in names
    assert names[-1] != "<"
