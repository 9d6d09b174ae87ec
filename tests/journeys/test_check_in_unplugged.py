"""A plug is pulled and put back while the kiosk serves: noticed, said, and well again without a restart."""

from __future__ import annotations

import pytest

from hardware.readings import Kind
from kiosk.prompts import Choice, Farewell, LayKeyCard, PresentDocument, TextEntry, Welcome
from tests.journeys.conftest import OpenLobby
from tests.journeys.staff import PIN, hired, signs_in

NOTICED_S = 2.0
WORDS = {
    "scanner": "Booking codes can’t be scanned now",
    "printer": "The printer is not working",
    "key_encoder": "Key cards can’t be made here right now",
    "document_reader": "The document reader is not working",
}
"""From the least to the worst: of several, the welcome screen says the worst."""


async def test_the_welcome_screen_says_within_two_seconds_what_was_unplugged_and_that_it_is_back(lobby: OpenLobby) -> None:
    kiosk = await lobby(still=True, hotel__country="US")
    await kiosk.welcomes()
    for device, words in WORDS.items():
        await kiosk.plays(device, "unplug")
        await kiosk.passes_until(words, within_s=NOTICED_S)
    assert kiosk.guest.scene.prompt.invitation is None
    for device, words in reversed([*zip(WORDS, ("", *WORDS.values()), strict=False)]):
        await kiosk.plays(device, "plug")
        await kiosk.passes_until(words, within_s=NOTICED_S)
    await kiosk.plays("scanner", "scan", "ready")
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.passes()
    await kiosk.shows_document("ready")
    await kiosk.goes_on(Farewell)
    assert (await kiosk.plays("printer", "slips"))["count"] == "1"


@pytest.mark.parametrize(
    ("device", "stuck", "well"),
    [
        ("scanner", ("mute",), (("speak",),)),
        ("printer", ("silent",), (("well",),)),
        ("key_encoder", ("freeze",), (("unplug",), ("plug",))),
        ("document_reader", ("mute",), (("speak",),)),
    ],
)
async def test_the_welcome_screen_says_what_answers_no_more_and_that_it_does_again(
    lobby: OpenLobby, device: str, stuck: tuple[str, ...], well: tuple[tuple[str, ...], ...]
) -> None:
    """Silence is unknown, and unknown is not counted on: nobody walks eight screens to find out."""
    kiosk = await lobby(scanner__ask_every_s="0", document_reader__ask_every_s="0")
    await kiosk.welcomes()
    await kiosk.plays(device, *stuck)
    await kiosk.welcomes(WORDS[device])
    for verb in well:
        await kiosk.plays(device, *verb)
    await kiosk.until(lambda: kiosk.terminal.works(Kind(device)), moving_s=0.5)
    await kiosk.welcomes()


async def test_a_document_reader_unplugged_as_it_is_asked_for_is_said_there_and_taken_when_it_is_back(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    await guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    assert (await guest.sees(PresentDocument)).notice is None
    for verb, notice in (("unplug", "The document reader does not answer"), ("plug", "")):
        guest.passes()
        await kiosk.plays("document_reader", verb)
        await kiosk.clock.move(NOTICED_S)
        while bool((prompt := await guest.sees(PresentDocument)).notice) != bool(notice):
            guest.passes()  # said once more of another device
        assert notice in guest.says(prompt.notice)
    await kiosk.shows_document("ready")
    await kiosk.card()


async def test_a_reader_that_is_away_from_the_start_is_said_where_the_document_is_asked_for(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "unplug")
    await kiosk.clock.move(NOTICED_S)
    await kiosk.welcomes(WORDS["document_reader"])
    await kiosk.plays("scanner", "scan", "ready")
    prompt = await kiosk.guest.sees(PresentDocument)
    assert "does not answer" in kiosk.guest.says(prompt.notice)


async def test_an_encoder_plugged_in_again_makes_the_key_after_all(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_keys("ready")
    for _ in range(2):
        await kiosk.plays("key_encoder", "unplug")
        await guest.sees(Choice, "Key cards can’t be made")
        guest.choose("again")
        await guest.sees(Choice, "Key cards can’t be made")  # it is still out
        await kiosk.plays("key_encoder", "plug")
        await kiosk.works("key_encoder")
        guest.choose("again")
        await guest.sees(LayKeyCard)
    await kiosk.goes_on(Farewell)
    room = (await kiosk.booking("ready")).room.number
    assert (await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened"
    assert len(await kiosk.terminal.hotel.keys((await kiosk.booking("ready")).id)) == 1


async def test_a_printer_unplugged_in_the_middle_of_a_slip_prints_it_whole_when_it_is_back(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", "unplug", "1500")
    await kiosk.plays("key_encoder", "lay-card")
    await guest.sees(Choice, "Is your slip complete?")  # all was sent before the plug was pulled: only the guest sees
    guest.choose("again")
    await guest.sees(Choice, "The printer is not working")
    await kiosk.plays("printer", "plug")
    await kiosk.works("printer")
    guest.choose("again")
    farewell = await guest.sees(Farewell)
    assert "on the slip" in guest.says(farewell.help)
    assert (await kiosk.plays("printer", "slips"))["unknown"] == "0"


async def test_a_card_reader_unplugged_costs_guests_nothing_and_staff_sign_in_by_number(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__pin_alone="yes")
    kata = await hired(kiosk)
    await kiosk.welcomes()
    await kiosk.plays("card_reader", "unplug")
    await kiosk.until(lambda: not kiosk.terminal.works(Kind.CARD_READER), moving_s=0.5)
    assert kiosk.guest.scene.prompt.notice is None
    assert kiosk.guest.choose("staff")
    for words in (kata.number, PIN):  # no card is asked for
        await kiosk.guest.sees(TextEntry)
        kiosk.guest.type(words)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    kiosk.guest.start_over()
    await kiosk.plays("card_reader", "plug")
    await kiosk.works("card_reader")
    await signs_in(kiosk, kata)
