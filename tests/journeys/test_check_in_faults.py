"""A fault ends on a screen with a next step; what was done stays done; the next guest is welcomed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kiosk.hotel.builtin.samples import EXPIRED_SPECIMEN
from kiosk.prompts import Choice, Farewell, LayKeyCard, PresentDocument, Welcome
from tests.journeys.conftest import OpenLobby


@pytest.mark.parametrize(
    ("verb", "words"),
    [("paper-out", "out of paper"), ("cover-open", "cover is open"), ("unplug", "printer is not working")],
)
async def test_a_printer_in_trouble_costs_the_slip_and_nothing_else(lobby: OpenLobby, verb: str, words: str) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", verb)
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.guest.sees(Choice, words)
    kiosk.guest.choose("skip")
    farewell = await kiosk.guest.sees(Farewell)
    assert any(character.isdecimal() for character in kiosk.guest.says(farewell.help))  # the room, on the screen


async def test_paper_back_in_prints_the_slip_after_all(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", "paper-out")
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.guest.sees(Choice, "out of paper")
    await kiosk.plays("printer", "paper-in")
    kiosk.guest.choose("again")
    await kiosk.guest.sees(Farewell)
    assert (await kiosk.plays("printer", "slips"))["count"] == "1"


async def test_a_card_pulled_away_is_never_believed_and_wanted_back(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_keys("ready")
    guest.passes()
    await kiosk.plays("key_encoder", "lift-after", "12")
    await kiosk.plays("key_encoder", "lay-card")
    prompt = await guest.sees(LayKeyCard)
    assert "place the same card again" in guest.says(prompt.state)
    guest.passes()
    await kiosk.plays("key_encoder", "lay-back")
    await guest.sees(Farewell)


async def test_a_bank_card_is_refused_and_a_key_card_asked_for(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_keys("ready")
    for card, words in (("smartcard", "not a key card"), ("ntag213", "")):
        guest.passes()
        await kiosk.plays("key_encoder", "lift")
        await kiosk.plays("key_encoder", "lay-card", card)
        if words:
            prompt = await guest.sees(LayKeyCard)
            assert words in guest.says(prompt.state)
    await guest.sees(Farewell)


async def test_an_encoder_without_plug_leads_to_the_desk_or_on_when_it_is_back(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("ready")
    await kiosk.plays("key_encoder", "unplug")
    await kiosk.guest.sees(Choice, "Key cards can’t be made here")
    kiosk.guest.choose("desk")
    farewell = await kiosk.guest.sees(Farewell)
    assert "at the desk" in kiosk.guest.says(farewell.notice)


async def test_the_hotel_down_in_the_middle_loses_nothing(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s="3")
    await kiosk.to_registration("ready")
    await kiosk.plays("hotel", "off")
    kiosk.guest.sign()
    await kiosk.guest.sees(Choice, "reach the hotel")
    await kiosk.plays("hotel", "on")
    kiosk.guest.choose("again")
    await kiosk.goes_on(LayKeyCard)


async def test_the_welcome_screen_says_beforehand_that_the_hotel_is_away(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("hotel", "off")
    await kiosk.terminal.run_errands_once()
    kiosk.running.reception.devices_changed()
    kiosk.guest.passes()
    prompt = await kiosk.guest.sees(Welcome)
    assert "hotel’s system" in kiosk.guest.says(prompt.notice)


async def test_a_document_misread_gets_a_second_chance(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    await guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await guest.sees(PresentDocument)
    guest.passes()
    await kiosk.plays("document_reader", "swipe-bad")
    prompt = await guest.sees(PresentDocument)
    assert "swipe it once more" in guest.says(prompt.notice)  # the gesture of kiosk.ini's reader
    guest.choose("person")
    called = await guest.sees(Choice)
    guest.choose(called.options[0].id)
    await guest.sees(PresentDocument)
    await kiosk.shows_document("ready")
    await kiosk.card()


async def test_a_reader_with_a_glass_asks_to_place_the_document_again(lobby: OpenLobby) -> None:
    kiosk = await lobby(document_reader__gesture="lay")
    guest = kiosk.guest
    await guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    assert (await guest.sees(PresentDocument)).picture == "lay-document"
    guest.passes()
    await kiosk.plays("document_reader", "swipe-bad")
    assert "place it once more, flat" in guest.says((await guest.sees(PresentDocument)).notice)


async def test_an_expired_document_is_said_to_be_expired(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "present", *EXPIRED_SPECIMEN.mrz)
    await kiosk.guest.sees(Choice, "This document has expired")
    kiosk.guest.choose("other")
    await kiosk.guest.sees(PresentDocument)
    await kiosk.shows_document("ready")
    await kiosk.card()


async def test_a_guest_at_half_past_one_with_yesterdays_booking_checks_in(lobby: OpenLobby) -> None:
    now = datetime.now().astimezone()
    night = now.replace(hour=1, minute=30) + timedelta(days=1)
    kiosk = await lobby(start=night, hotel__country="US", hotel__time_zone=_zone_of(now))
    assert kiosk.terminal.today() == night.date() - timedelta(days=1)
    await kiosk.to_keys("ready")


def _zone_of(now: datetime) -> str:
    """The machine's own offset as an IANA zone, so that 01:30 is 01:30 in the hotel."""
    hours = int((now.utcoffset() or timedelta()).total_seconds() // 3600)
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"
