"""A guest is found by the beginnings of words, however they are typed."""

from __future__ import annotations

import pytest

from kiosk.word_search import WordSearch

GUESTS = (
    "Müller Jörg 107",
    "Олександр Коваль 1203",
    "محمد عبد الرحمن 410",
    "O’Brien Siobhán 220",
    "Łukasiewicz Paweł 221",
    "Kovács-Szentgyörgyi Ágnes 212",
    "王小明 118",
)


def _found(typed: str) -> list[str]:
    return [GUESTS[number] for number in WordSearch(GUESTS).find(typed)]


@pytest.mark.parametrize(
    ("typed", "guest"),
    [
        ("mul", 0), ("MUEL", 0), ("mül", 0), ("jor", 0), ("olek", 1), ("мул", 0), ("ковал", 1), ("mhmd", 2),
        ("obr", 3), ("bri", 3), ("luk", 4), ("pawel", 4), ("szent", 5), ("kov agn", 5), ("agn kov", 5),
        ("王小", 6), ("120", 1), ("ller", None), ("kov ler", None),
    ],
)  # fmt: skip
def test_words_that_begin_as_typed_are_found(typed: str, guest: int | None) -> None:
    assert _found(typed) == ([] if guest is None else [GUESTS[guest]])


@pytest.mark.parametrize("typed", ["", "  ", "-"])
def test_nothing_typed_leaves_all_in_their_order(typed: str) -> None:
    assert _found(typed) == list(GUESTS)


def test_a_room_number_is_found_by_its_first_digits_only() -> None:
    assert _found("22") == [GUESTS[3], GUESTS[4]]
    assert _found("07") == []


def test_typing_on_and_erasing_finds_the_same_as_typing_anew() -> None:
    search = WordSearch(GUESTS)
    for typed in ("k", "ko", "kov", "ko", "k", "", "2", "22", "221", "22", "o"):
        assert search.find(typed) == WordSearch(GUESTS).find(typed)
