"""What may be looked up, and which names are one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.hotel import opera_lookup as lookup

NAMES = ["Nagy", "Ó", "O'Brien", "O’Brien", "Kovács-Nagy", "van der Berg", "李", "欧阳", "김", "الفارسي", "Þórðardóttir", "St. John"]


@pytest.mark.parametrize("name", [each for each in NAMES if each != "Ó"])
def test_names(name: str) -> None:
    assert lookup.is_name(name)


@pytest.mark.parametrize("name", ["", " ", "N", "Ó", "%", "Na%", "Na*", "Na_y", "N4gy", "Na\ngy", "'''", "- -", "N" * 81, "😀", "\u0301\u0301"])
def test_no_names(name: str) -> None:
    assert not lookup.is_name(name)


@pytest.mark.parametrize("number", ["12", "70010001", "AB-12", "A" * 40])
def test_numbers(number: str) -> None:
    assert lookup.is_number(number)


@pytest.mark.parametrize("number", ["", "1", "-1", "1-", "1 2", "1%", "1*", "1_2", "12\n", "１２", "A" * 41])  # noqa: RUF001
def test_no_numbers(number: str) -> None:
    assert not lookup.is_number(number)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("nagy", "NAGY"),
        ("Szucs", "Szűcs"),
        ("OBrien", "O’Brien"),
        ("kovacs nagy", "Kovács-Nagy"),
        ("Thordardottir", "Þórðardóttir"),
        ("STRASSE", "Straße"),
        ("Lodz", "Łódź"),
        ("Isik", "Işık"),
        ("Soren", "Søren"),
        ("N" * 60, "N" * 40),
        ("N" * 80, "N" * 300),
    ],
)
def test_one_name(asked: str, found: str) -> None:
    assert lookup.same_name(asked, found)


@pytest.mark.parametrize(("asked", "found"), [("Nagy", "Nagyné"), ("Nagyné", "Nagy"), ("Kis", "Kiss"), ("Nagy", ""), ("Li", "李"), ("N" * 79, "N" * 300), ("N" * 80, "N" * 41), ("", "")])
def test_two_names(asked: str, found: str) -> None:
    assert not lookup.same_name(asked, found)


@given(st.text())
def test_nothing_that_a_gateway_could_read_as_a_wildcard_gets_through(words: str) -> None:
    if lookup.is_name(words) or lookup.is_number(words):
        assert not set(words) & set("%*_?[]\\\0\n\r\t;\"<>&=")
