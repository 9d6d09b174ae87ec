"""A device is slow, or answers nonsense, in the middle of a check-in: what the guest sees, and that it is well again."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.readings import Kind, State
from kiosk.prompts import Choice, Farewell, LayKeyCard, PresentDocument, TextEntry, Welcome
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import PIN, hired, lays_card, signs_in
from tests.journeys.test_check_in_unplugged import WORDS

ASKED = {"scanner__ask_every_s": "0", "document_reader__ask_every_s": "0"}
SLOW = (
    ("scanner", "tardy", "200"),
    ("document_reader", "tardy", "200"),
    ("document_reader", "chip", "slow", "10"),
    ("key_encoder", "slow", "20"),
    ("printer", "slow", "0.1"),
)


async def is_told(kiosk: Lobby, device: str) -> None:
    """The terminal knows that it answers nonsense, and says so by its code."""
    kind = Kind(device)
    await kiosk.until(lambda: not kiosk.terminal.works(kind), moving_s=0.5)
    view = kiosk.terminal.devices.view(kind)
    assert view is not None
    assert (view.state, view.faults) == (State.UNKNOWN, (kind.fault("nonsense"),))


async def test_slow_devices_cost_a_guest_time_and_nothing_else(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **ASKED)
    for device, *verb in SLOW:
        await kiosk.plays(device, *verb)
    await kiosk.clock.move(3.0)
    assert (await kiosk.welcomes()).invitation is not None
    await kiosk.plays("scanner", "scan", "ready")
    asked = await kiosk.guest.sees(PresentDocument)
    assert asked.notice is None
    kiosk.guest.passes()
    await kiosk.shows_document("ready")
    await kiosk.goes_on(Farewell)
    assert (await kiosk.plays("printer", "slips"))["count"] == "1"
    room = (await kiosk.booking("ready")).room
    assert room is not None
    assert (await kiosk.plays("key_encoder", "try-door", room.number))["door"] == "opened"
    choices = [said for said in kiosk.guest.story() if said.startswith("Choice")]
    assert choices == ["Choice: How many keys would you like?"]


@pytest.mark.parametrize(
    ("device", "garbage", "well"),
    [
        ("scanner", [("babble",)], [("speak",)]),
        ("printer", [("garbage",)], [("well",)]),
        ("key_encoder", [("babble", "on"), ("lay-card",)], [("babble", "off")]),
        ("document_reader", [("babble",)], [("speak",)]),
        ("document_reader", [("chip", "babble", "on"), ("chip", "lay-card")], [("chip", "babble", "off")]),
    ],
    ids=["scanner", "printer", "key_encoder", "zone", "chip"],
)
async def test_the_welcome_screen_says_what_answers_nonsense_and_that_it_makes_sense_again(
    lobby: OpenLobby, device: str, garbage: list[tuple[str, ...]], well: list[tuple[str, ...]]
) -> None:
    kiosk = await lobby(**ASKED)
    await kiosk.welcomes()
    for verb in garbage:
        await kiosk.plays(device, *verb)
    await is_told(kiosk, device)
    await kiosk.welcomes(WORDS[device])
    for verb in well:
        await kiosk.plays(device, *verb)
    await kiosk.works(device)
    await kiosk.welcomes()


async def test_a_printer_that_answers_nonsense_costs_the_slip_and_nothing_else(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", "garbage")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    asked = await kiosk.guest.sees(Choice, "The printer is not working")
    assert [option.id for option in asked.options] == ["skip", "again"]
    kiosk.guest.choose("again")
    await kiosk.guest.sees(Choice, "The printer is not working")  # it still is
    await kiosk.plays("printer", "well")
    await kiosk.works("printer")
    kiosk.guest.choose("again")
    assert "on the slip" in kiosk.guest.says((await kiosk.guest.sees(Farewell)).help)
    assert (await kiosk.plays("printer", "slips"))["count"] == "1"


async def test_an_encoder_that_answers_nonsense_to_a_guest_s_card_sends_to_the_desk_or_makes_it_after_all(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("ready")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "babble", "on")
    await kiosk.plays("key_encoder", "lay-card")
    asked = await kiosk.guest.sees(Choice, "Key cards can’t be made here")
    assert {option.id for option in asked.options} == {"again", "desk"}
    await is_told(kiosk, "key_encoder")
    await kiosk.plays("key_encoder", "babble", "off")
    await kiosk.works("key_encoder")
    kiosk.guest.choose("again")
    await kiosk.guest.sees(LayKeyCard)
    await kiosk.goes_on(Farewell)
    room = (await kiosk.booking("ready")).room
    assert room is not None
    assert (await kiosk.plays("key_encoder", "try-door", room.number))["door"] == "opened"
    assert len(await kiosk.terminal.hotel.keys((await kiosk.booking("ready")).id)) == 1


async def test_a_lock_server_that_is_slow_costs_time_and_one_that_answers_nonsense_a_second_try(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", key_encoder__driver="fias")
    await kiosk.plays("key_encoder", "late", "0.3")
    await kiosk.to_keys("ready")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "garbage", b"\x02K\x03".hex())
    asked = await kiosk.guest.sees(Choice, "Key cards can’t be made here")
    assert {option.id for option in asked.options} == {"again", "desk"}
    await kiosk.works("key_encoder")
    kiosk.guest.choose("again")
    await kiosk.guest.sees(LayKeyCard)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.guest.sees(Farewell)
    room = (await kiosk.booking("ready")).room
    assert room is not None
    assert (await kiosk.plays("key_encoder", "try-door", room.number))["door"] == "opened"


async def test_a_document_reader_whose_zone_is_nonsense_is_said_where_the_document_is_asked_for(lobby: OpenLobby) -> None:
    kiosk = await lobby(**ASKED)
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    assert (await kiosk.guest.sees(PresentDocument)).notice is None
    for verb, notice in (("babble", "The document reader does not answer"), ("speak", "")):
        kiosk.guest.passes()
        await kiosk.plays("document_reader", verb)
        await kiosk.until(lambda wanted=not notice: kiosk.terminal.works(Kind.DOCUMENT_READER) is wanted, moving_s=0.5)
        while bool((prompt := await kiosk.guest.sees(PresentDocument)).notice) != bool(notice):
            kiosk.guest.passes()
        assert notice in kiosk.guest.says(prompt.notice)
        assert [option.id for option in prompt.other] == (["person"] if notice else [])
    await kiosk.shows_document("ready")
    await kiosk.card()


async def test_a_document_reader_whose_chip_s_part_is_nonsense_offers_another_try_or_a_person(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "chip", "babble", "on")
    await kiosk.shows_document("ready")
    asked = await kiosk.guest.sees(Choice, "The document reader does not answer")
    assert [option.id for option in asked.options] == ["again", "person", "leave"]
    await is_told(kiosk, "document_reader")
    await kiosk.plays("document_reader", "chip", "babble", "off")
    await kiosk.works("document_reader")
    kiosk.guest.choose("again")
    await kiosk.card()


async def test_noise_on_the_scanner_s_line_is_no_code_and_the_next_one_is_read(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    scanner: Any = kiosk.terminal.devices.get(Kind.SCANNER)
    await kiosk.plays("scanner", "garbage")
    await kiosk.until(lambda: scanner.framing.noise)
    assert isinstance(kiosk.guest.scene.prompt, Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await kiosk.guest.sees(PresentDocument)


async def test_a_card_reader_that_answers_nonsense_costs_guests_nothing_and_staff_sign_in_by_number(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__pin_alone="yes")
    kata = await hired(kiosk)
    await kiosk.welcomes()
    await kiosk.plays("card_reader", "babble", "on")
    await lays_card(kiosk, kata)
    await is_told(kiosk, "card_reader")
    assert kiosk.guest.scene.prompt.notice is None
    assert kiosk.guest.choose("staff")
    for words in (kata.number, PIN):
        await kiosk.guest.sees(TextEntry)
        kiosk.guest.type(words)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    kiosk.guest.start_over()
    await kiosk.plays("card_reader", "lift")
    await kiosk.plays("card_reader", "babble", "off")
    await kiosk.until(lambda: _opened(kiosk) == 2, moving_s=1)
    assert not kiosk.terminal.works(Kind.CARD_READER)  # nothing lies there that it could be asked
    await signs_in(kiosk, kata)
    await kiosk.works("card_reader")


def _opened(kiosk: Lobby) -> int:
    view = kiosk.terminal.devices.view(Kind.CARD_READER)
    return view.counters["opened"] if view else 0
