"""A kiosk asked of its hotel, its mail server and its recorder: by which calls, with whose letter, and whether it says so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.diagnosis.hotel import CHANGING, calls
from kiosk.hotel.backend import Hotel
from kiosk.prompts import Welcome
from tests.journeys.conftest import OpenLobby
from tests.journeys.test_diagnosis import command, ini_of, tried_at
from tests.journeys.test_slip_by_mail import mail
from tests.kiosk.mail_end import MailEnd


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return ini_of(tmp_path / "kiosk-1", tmp_path)


async def test_a_shell_is_told_that_visits_are_recorded_and_how_many(lobby: OpenLobby, ini: Path) -> None:
    kiosk = await lobby()
    assert "recorded" not in (await command(ini, "diagnose", "scanner")).out
    kiosk.terminal.recorder.switch_on(4)
    ended = await command(ini, "diagnose", "scanner")
    assert (ended.code, "4 more visits are recorded as a trace" in ended.out) == (0, True)
    assert (await command(ini, "diagnose", "scanner", "--json")).json["recording"] == 4


async def test_at_a_shell_a_test_message_goes_where_is_typed(lobby: OpenLobby, ini: Path, mail_end: MailEnd) -> None:
    await lobby(**mail(mail_end))
    ended = await command(ini, "diagnose", "mail", "--hands", "--json", types="tobias.lindner@example.org\ny\n")
    outcomes = {each["id"]: each["outcome"] for each in ended.json["parts"][0]["checks"]}
    assert (ended.code, outcomes) == (0, {"mail.server": "well", "mail.letter": "well"}), ended
    assert [letter.to for letter in mail_end.letters] == ["tobias.lindner@example.org"]
    assert "tobias" not in ended.out
    mail_end.answers["EHLO"] = mail_end.answers["HELO"] = "550 5.7.1 go away"
    ended = await command(ini, "diagnose", "mail")
    assert (ended.code, "mail.refuses" in ended.out) == (1, True)
    assert "→ E-mail: The mail server takes no letters from us" in ended.out


async def test_nothing_that_is_tried_on_the_hotel_writes_there(lobby: OpenLobby) -> None:
    """Every request is a GET, and the books are after it what they were before, to the last row."""
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await kiosk.terminal.run_errands_once()  # what a start leaves behind
    hotel: Any = kiosk.terminal.hotel
    asked: list[tuple[str, str]] = []
    hotel.listen(lambda exchange, size: asked.append((exchange.call, exchange.method)))
    books = kiosk.terminal.settings.kiosk.state / "hotel" / "hotel.sqlite"
    before = _rows(books)
    await tried_at(kiosk, "hotel", "network")
    assert {method for _, method in asked} == {"GET"}
    assert set(calls(hotel, kiosk.terminal.today())) == {call for call, _ in asked}, "each of them was really asked"
    assert _rows(books) == before


def _rows(books: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{books}?mode=ro", uri=True)) as found:
        return list(found.iterdump())


def test_every_call_of_the_hotel_is_tried_or_named_as_one_that_changes_something() -> None:
    every = {name for name in vars(Hotel) if not name.startswith("_")} - {"open", "close", "asked_again"}
    hotel: Any = SimpleNamespace(ping=None)
    tried = set(calls(hotel, date(2026, 11, 26)))
    assert not tried & set(CHANGING)
    assert every - tried - set(CHANGING) == {"in_house"}, "it tells of real guests; `in_room` is the same call with a room"
