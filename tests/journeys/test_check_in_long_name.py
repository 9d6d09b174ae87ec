"""A name of three hundred letters: typed, in the hotel's profile, on card, slip, screen and PDF."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.hotel.builtin.samples import LONG_NAME, SAMPLES
from kiosk.prompts import Choice, DateEntry, Farewell, PresentDocument, TextEntry, Welcome
from tests.journeys.conftest import OpenHouse, OpenLobby


async def test_a_name_of_three_hundred_letters_checks_in_with_key_slip_and_signed_card(
    lobby: OpenLobby, house: OpenHouse, tmp_path: Path
) -> None:
    hotel = await house()
    hotel.between.rewrite = with_whole_name
    kiosk = await lobby(house=hotel, hotel__country="US")
    guest = kiosk.guest
    await types_name(kiosk, LONG_NAME)
    guest.passes()
    await kiosk.shows_document("long-name")
    await kiosk.goes_on(Farewell)
    room = (await kiosk.booking("long-name")).room.number
    assert (await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened"
    slips = await kiosk.plays("printer", "slips")
    assert (slips["count"], slips["unknown"]) == ("1", "0")
    read = SAMPLES["long-name"].document.mrz[0][5:].partition("<")[0]  # as far as the zone has room for it
    assert read.casefold() in await archived(kiosk, hotel, tmp_path)


async def archived(kiosk: Any, hotel: Any, folder: Path) -> str:
    """What stands on the one signed card, without blanks and capitals."""
    await kiosk.until(lambda: not kiosk.terminal.outbox.pending(), moving_s=60)
    (pdf,) = hotel.books.archived()
    (folder / "card.pdf").write_bytes(pdf)
    said = subprocess.run(["pdftotext", folder / "card.pdf", "-"], capture_output=True, text=True, check=True)
    return "".join(said.stdout.split()).casefold()


def with_whole_name(body: bytes) -> bytes:
    """A hotel that keeps longer names than OPERA's own forty letters."""
    cut = json.dumps(LONG_NAME[:40]).encode()
    return body.replace(cut, json.dumps(LONG_NAME).encode())


async def test_a_long_name_that_nobody_has_finds_as_little_as_a_short_one(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    for name in ("N" * 300, "Nagy " * 60, "Nagy\n" * 60, "ß" * 300, "李" * 300):
        await types_name(kiosk, name)
        await kiosk.shows_document("ready")
        prompt = await kiosk.guest.sees(Choice, "We found no booking")
        assert {option.id for option in prompt.options} == {"other", "search", "person", "staff"}
        kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)


async def test_a_document_typed_with_three_hundred_letters_reaches_the_desk(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, kiosk__typed_document="yes")
    guest = kiosk.guest
    await types_name(kiosk, LONG_NAME)
    guest.choose("type")
    for words in (LONG_NAME, "Maximiliana " * 25, "C04X33T70" * 33):
        await guest.sees(TextEntry)
        guest.type(words)
    await guest.sees(DateEntry)
    guest.pick(date(1980, 2, 2))
    await guest.sees(Choice, "A colleague will look at your document")
    await kiosk.until(hotel.books.requests)
    (words,) = hotel.books.requests()
    assert LONG_NAME in words


async def test_three_hundred_letters_on_the_registration_card_are_kept_whole_and_one_more_is_said_to_be_too_many(
    lobby: OpenLobby, house: OpenHouse, tmp_path: Path
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="HU")
    guest = kiosk.guest
    prompt = await kiosk.to_registration("unassigned")
    guest.choose(f"change:{next(row.field for row in prompt.rows if row.missing)}")
    await guest.sees(TextEntry, "Where were you born?")
    guest.type(LONG_NAME + "n")
    asked = await guest.sees(TextEntry)
    assert asked.error is not None
    assert asked.value == LONG_NAME + "n"  # to be shortened, not typed again
    guest.type(LONG_NAME)
    await kiosk.goes_on(Farewell)
    assert LONG_NAME.casefold() in await archived(kiosk, hotel, tmp_path)


async def types_name(kiosk: Any, name: str) -> None:
    guest = kiosk.guest
    await guest.sees(Welcome)
    guest.choose("check-in")
    await guest.sees(Choice)
    guest.choose("name")
    await guest.sees(TextEntry)
    guest.type(name)
    await guest.sees(DateEntry)
    guest.pick(kiosk.terminal.today())
    await guest.sees(PresentDocument)


assert len(LONG_NAME) == 300
assert SAMPLES["long-name"].person.family == LONG_NAME
