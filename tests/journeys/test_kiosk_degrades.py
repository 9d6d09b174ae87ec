"""Something does not work: the welcome screen says it before anybody walks eight screens for nothing, what is left works,
and all is well again by itself."""

from __future__ import annotations

import pytest

from hardware.devices import POLL_EVERY_S
from hardware.key_encoder import fias_connection
from hardware.readings import Kind
from kiosk.prompts import Choice, Farewell, LayKeyCard, PresentDocument, Welcome
from tests.journeys.companions import told
from tests.journeys.conftest import Lobby, OpenHouse, OpenLobby
from tests.journeys.staff import SAY

DESK_KEY = "You can check in; the desk makes your key"
NO_READER = "The document reader is not working"


async def gone(kiosk: Lobby, *devices: str) -> None:
    """Their plugs are pulled, and the kiosk has noticed."""
    for device in devices:
        await kiosk.plays(device, "unplug")
    await kiosk.until(lambda: not any(kiosk.terminal.works(Kind(device)) for device in devices), moving_s=1)


def off(prompt: Welcome) -> list[str]:
    """What is drawn, and can't be touched."""
    return [option.id for option in prompt.options if option.off is not None]


def ids(prompt: Welcome) -> list[str]:
    return [option.id for option in prompt.options]


async def test_without_encoder_it_is_said_before_and_nobody_is_asked_how_many_keys(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.guest.sees(Welcome)
    await gone(kiosk, "key_encoder")
    prompt = await kiosk.welcomes(DESK_KEY)
    assert ids(prompt) == ["check-in"]  # a lost key can't be replaced here today
    await kiosk.shows_document("ready")
    no_key = await kiosk.goes_on_to_choice("Key cards can’t be made")
    assert not [story for story in kiosk.guest.story() if "How many keys" in story]
    assert no_key.options[0].id == "desk"
    kiosk.guest.choose("desk")
    farewell = await kiosk.guest.sees(Farewell)
    assert "get your key at the desk" in kiosk.guest.says(farewell.notice)
    words = "A guest is checked in and needs a key"
    assert await told(kiosk, words) == words


async def test_a_lock_server_that_hangs_with_its_cable_in_is_said_before_too(
    lobby: OpenLobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fias_connection, "ALIVE_EVERY_S", 0.0)  # the clock of the tests leaves out real seconds,
    monkeypatch.setattr(fias_connection, "ALIVE_WITHIN_S", 1.0)  # and a busy machine adds some
    kiosk = await lobby(hotel__country="US", key_encoder__driver="fias")
    await kiosk.welcomes("")
    hung = kiosk.clock.now()
    await kiosk.plays("key_encoder", "silent")
    await kiosk.clock.move(POLL_EVERY_S)
    await kiosk.until(lambda: not kiosk.terminal.works(Kind.KEY_ENCODER))
    assert (kiosk.clock.now() - hung).total_seconds() <= 5.0
    assert ids(await kiosk.welcomes(DESK_KEY)) == ["check-in"]
    await kiosk.plays("key_encoder", "speak")
    await kiosk.works("key_encoder")
    await kiosk.welcomes("")


async def test_an_encoder_that_is_back_when_its_turn_comes_makes_the_key(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.guest.sees(Welcome)
    await gone(kiosk, "key_encoder")
    await kiosk.welcomes(DESK_KEY)
    await kiosk.shows_document("ready")
    await kiosk.goes_on_to_choice("Key cards can’t be made")
    kiosk.guest.choose("again")
    await kiosk.guest.sees(Choice, "Key cards can’t be made")  # it is still out
    await kiosk.plays("key_encoder", "plug")
    await kiosk.works("key_encoder")
    kiosk.guest.choose("again")
    await kiosk.goes_on(Farewell)
    room = (await kiosk.booking("ready")).room
    assert room is not None
    assert (await kiosk.plays("key_encoder", "try-door", room.number))["door"] == "opened"


async def test_without_printer_it_is_said_before_and_the_slip_stands_on_the_screen(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.guest.sees(Welcome)
    await gone(kiosk, "printer")
    await kiosk.welcomes("your slip is shown on the screen")
    await kiosk.shows_document("ready")
    no_paper = await kiosk.goes_on_to_choice("The printer is not working")
    assert [option.id for option in no_paper.options] == ["skip", "again"]  # no [mail] in kiosk.ini
    kiosk.guest.choose("skip")
    farewell = await kiosk.guest.sees(Farewell)
    room = (await kiosk.booking("ready")).room
    assert room is not None
    assert room.number in kiosk.guest.says(farewell.help)
    assert farewell.slip == ""


async def test_without_document_reader_nothing_is_begun_a_person_is_called_and_it_comes_back_by_itself(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby(kiosk__desk="left")
    await kiosk.guest.sees(Welcome)
    await gone(kiosk, "document_reader")
    prompt = await kiosk.welcomes(NO_READER)
    assert "It is on your left." in kiosk.guest.says(prompt.notice)
    assert (ids(prompt), off(prompt)) == (["person", "check-in"], ["check-in"])
    assert prompt.invitation is None
    kiosk.guest.choose("person")
    await kiosk.guest.sees(Choice, "We have called a colleague")
    kiosk.guest.choose("go-on")
    await kiosk.welcomes(NO_READER)
    await kiosk.plays("document_reader", "plug")
    await kiosk.works("document_reader")
    back = await kiosk.welcomes()
    assert (ids(back), off(back)) == (["check-in", "lost-key"], [])
    assert back.invitation is not None


async def test_without_document_reader_a_house_that_lets_guests_type_still_begins(lobby: OpenLobby) -> None:
    kiosk = await lobby(kiosk__typed_document=True)
    await kiosk.guest.sees(Welcome)
    await gone(kiosk, "document_reader")
    prompt = await kiosk.welcomes(NO_READER)
    assert "a colleague looks at your document" in kiosk.guest.says(prompt.notice)
    assert (ids(prompt), off(prompt)) == (["check-in"], [])


async def test_without_scanner_the_document_is_enough(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.guest.sees(Welcome)
    await gone(kiosk, "scanner")
    prompt = await kiosk.welcomes("your document is enough")
    assert ids(prompt) == ["check-in", "lost-key"]
    await kiosk.shows_document("ready")
    await kiosk.goes_on(Farewell)


async def test_of_several_the_worst_is_said_in_a_sentence_and_the_others_by_name(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.guest.sees(Welcome)
    await gone(kiosk, "scanner", "printer", "key_encoder")
    prompt = await kiosk.welcomes("Also not working: the printer, the code scanner.")
    assert kiosk.guest.says(prompt.notice).startswith("Key cards can’t be made here right now.")
    await kiosk.shows_document("ready")
    await kiosk.goes_on_to_choice("Key cards can’t be made")
    kiosk.guest.choose("desk")
    await kiosk.guest.sees(Choice, "The printer is not working")
    kiosk.guest.choose("skip")
    await kiosk.guest.sees(Farewell)
    kiosk.guest.choose("done")
    for device in ("key_encoder", "printer", "scanner"):
        await kiosk.plays(device, "plug")
        await kiosk.works(device)
    await kiosk.welcomes()


async def test_with_all_devices_gone_it_says_so_once_and_all_come_back_by_themselves(lobby: OpenLobby) -> None:
    kiosk = await lobby(kiosk__desk="behind")
    await kiosk.guest.sees(Welcome)
    devices = ("scanner", "printer", "key_encoder", "document_reader")
    await gone(kiosk, *devices)
    prompt = await kiosk.welcomes("It is behind you.")
    assert SAY(prompt.notice) == "The document reader is not working: please come to the desk. It is behind you."  # type: ignore[arg-type]
    assert off(prompt) == ["check-in"]
    for device in devices:
        await kiosk.plays(device, "plug")
        await kiosk.works(device)
    back = await kiosk.welcomes()
    assert ids(back) == ["check-in", "lost-key"]


async def test_without_the_hotel_no_check_in_is_begun_and_it_comes_back_by_itself(
    lobby: OpenLobby, house: OpenHouse
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, kiosk__desk="right", still=True)
    await hotel.between.until_asked(1)
    await kiosk.welcomes()
    await hotel.between.stop()
    await kiosk.passes_until("hotel’s system can’t be reached", within_s=20)
    prompt = kiosk.guest.scene.prompt
    assert isinstance(prompt, Welcome)
    assert "It is on your right." in kiosk.guest.says(prompt.notice)
    assert (ids(prompt), off(prompt)) == (["person", "check-in"], ["check-in"])
    kiosk.guest.choose("person")
    nobody = await kiosk.guest.sees(Choice, "Please come to the desk")
    assert "+36 1 555 0100" in kiosk.guest.says(nobody.help)
    kiosk.guest.choose("go-on")
    await kiosk.welcomes("hotel’s system can’t be reached")
    await hotel.between.start()
    await kiosk.passes_until("", within_s=20)
    back = kiosk.guest.scene.prompt
    assert isinstance(back, Welcome)
    assert off(back) == []


@pytest.mark.parametrize("verb", ["paper-out", "unplug"])
async def test_a_printer_that_goes_while_the_key_is_made_costs_the_paper_alone(lobby: OpenLobby, verb: str) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", verb)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.goes_on_to_choice("printer")
    kiosk.guest.choose("skip")
    await kiosk.guest.sees(Farewell)


async def test_a_document_reader_that_goes_while_it_is_asked_for_sends_to_a_colleague(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.passes()
    await gone(kiosk, "document_reader")
    while not (prompt := await kiosk.guest.sees(PresentDocument)).notice:
        kiosk.guest.passes()
    assert [option.id for option in prompt.other] == ["person"]
    kiosk.guest.choose("person")
    await kiosk.guest.sees(Choice, "We have called a colleague")


async def test_an_encoder_that_goes_while_the_card_is_awaited_leads_to_the_desk(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("ready")
    await kiosk.guest.sees(LayKeyCard)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "unplug")
    await kiosk.guest.sees(Choice, "Key cards can’t be made")
    kiosk.guest.choose("desk")
    farewell = await kiosk.goes_on(Farewell)
    assert "get your key at the desk" in kiosk.guest.says(farewell.notice)
