"""What guests do with a document on the chip's reader: lift it, lay something else down, mistype its number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hardware.document_reader.virtual import SPECIMEN
from hardware.passport import mrz
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.prompts import Choice, ReadingChip, TextEntry, Tone, Welcome
from tests.journeys.companions import rows, told
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.test_check_in_chip import CALM, GENUINE, READY, SAY, colleague, lays, put_on

ID_CARD = replace(SPECIMEN, document_code="I", number="D23145890")


async def test_a_document_that_was_lifted_is_read_on_when_it_is_laid_back(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk, "no-chip")
    await kiosk.guest.sees(ReadingChip)
    await put_on(kiosk, READY, lifted_after=16)
    prompt = await kiosk.guest.sees(ReadingChip, "Please put it back")
    assert "goes on where it stopped" in SAY(prompt.help)
    await kiosk.plays("document_reader", "lay-back")
    await kiosk.card()
    assert (GENUINE, Tone.OK) in kiosk.guest.notices


@pytest.mark.parametrize("thing", ["bank-card", "phone"])
async def test_a_bank_card_or_a_phone_is_no_document(lobby: OpenLobby, thing: str) -> None:
    kiosk = await lobby()
    await lays(kiosk, "no-chip")
    await kiosk.guest.sees(ReadingChip)
    await kiosk.plays("document_reader", thing)
    prompt = await kiosk.guest.sees(Choice, "That is not a passport or identity card")
    assert "place the document there that was read just now" in SAY(prompt.help)
    assert [option.id for option in prompt.options] == ["again", "person"]
    kiosk.guest.passes()
    await put_on(kiosk, READY)  # no button is needed
    await kiosk.card()


async def test_a_document_that_vanishes_in_the_middle_goes_on_when_it_is_laid_back(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk, "vanish")
    await kiosk.guest.sees(ReadingChip, "Please put it back")
    await kiosk.plays("document_reader", "lay-back")
    card = await kiosk.card()
    assert rows(card)["Document check"] == "Genuine, not copied"


async def test_the_screen_moves_on_while_the_chip_works_on_a_single_command(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk, "present", READY, "thinking")
    await kiosk.card()
    reading = [scene.prompt for scene in kiosk.guest.scenes if isinstance(scene.prompt, ReadingChip)]
    parts = [prompt.fraction for prompt in reading if prompt.fraction is not None]
    assert parts == sorted(parts)
    worth = 0.03  # of the whole, at most, is what the chip thinks about for two seconds
    assert max(sum(low <= part < low + worth for part in set(parts)) for low in parts) >= 6
    assert parts[-1] > 0.9


async def test_two_cards_on_the_reader_are_told_from_one(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await put_on(kiosk, READY)
    await kiosk.plays("document_reader", "bank-card")
    page: Any = kiosk.bench.devices["document_reader"]
    await page.zone.do("present", *READY)
    await kiosk.guest.sees(Choice, "Two things are lying on the reader")
    kiosk.guest.passes()
    await put_on(kiosk, READY)
    await kiosk.card()


async def test_a_bank_card_that_is_left_lying_can_be_tried_again_by_hand(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk, "no-chip")
    await kiosk.guest.sees(ReadingChip)
    await kiosk.plays("document_reader", "bank-card")
    await kiosk.guest.sees(Choice, "That is not a passport or identity card")
    kiosk.guest.choose("again")
    await kiosk.guest.sees(Choice, "That is not a passport or identity card")


async def test_a_document_without_a_chip_gives_way_to_one_that_is_laid_down(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__chip_within_s=2)
    await lays(kiosk, "no-chip")
    await kiosk.guest.sees(Choice, "We can’t find a chip")
    kiosk.guest.passes()
    await put_on(kiosk, READY)
    await kiosk.card()


async def test_what_is_only_laid_down_is_to_be_swiped_first(lobby: OpenLobby) -> None:
    """At the welcome screen and at the question how to find the booking; nothing is said once it is lifted."""
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await put_on(kiosk, READY)
    await kiosk.welcomes("Please swipe it through the slot first")
    await kiosk.plays("document_reader", "lift")
    await kiosk.welcomes()
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice, "How shall we find your booking?")
    await put_on(kiosk, READY)
    await kiosk.until(lambda: kiosk.guest.says(kiosk.guest.scene.prompt.notice).startswith("Please swipe it"))
    await kiosk.plays("document_reader", "present", *READY)
    await kiosk.card()


async def test_a_full_page_reader_never_asks_for_a_swipe(lobby: OpenLobby) -> None:
    kiosk = await lobby(document_reader__gesture="lay")
    await kiosk.guest.sees(Welcome)
    await put_on(kiosk, READY)
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice, "How shall we find your booking?")
    for _ in range(4):
        await kiosk.clock.move(1)
        await kiosk.until(lambda: kiosk.terminal.document_reader.noticed)
    assert not any(scene.prompt.notice for scene in kiosk.guest.scenes)


async def test_another_passport_on_the_reader_is_told_from_the_one_that_was_read(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk, "no-chip")
    await kiosk.guest.sees(ReadingChip)
    await put_on(kiosk, SAMPLES["not-ready"].document.mrz)
    prompt = await kiosk.guest.sees(Choice, "This seems to be a different document")
    assert [option.id for option in prompt.options] == ["other", "person"], "a passport has no number to be typed"
    await kiosk.plays("document_reader", "present", *READY)  # laid down at once: no button is needed
    await kiosk.card()


async def test_a_wrong_card_access_number_is_tried_twice_and_never_again(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays_card(kiosk)
    kiosk.guest.choose("can")
    await kiosk.guest.sees(TextEntry, "six digits")
    kiosk.guest.type("12")
    prompt = await kiosk.guest.sees(TextEntry)
    assert SAY(prompt.error) == "Please type the six digits."
    kiosk.guest.type("000000")
    await kiosk.guest.sees(ReadingChip)
    prompt = await kiosk.guest.sees(TextEntry)
    assert "once more" in SAY(prompt.error)
    kiosk.guest.type("999999")
    await colleague(kiosk, "The number does not open its chip.")


async def test_a_card_that_one_more_wrong_number_would_block_is_left_alone(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays_card(kiosk)
    kiosk.guest.choose("can")
    for digits in ("000000", "999999"):
        await kiosk.guest.sees(TextEntry)
        kiosk.guest.type(digits)
        await kiosk.guest.sees(ReadingChip)
    await colleague(kiosk, "The number does not open its chip.")
    page: Any = kiosk.bench.devices["document_reader"]
    await page.zone.do("present", *mrz.build(ID_CARD, mrz.Form.TD1))
    await kiosk.guest.sees(Choice, "This seems to be a different document")
    kiosk.guest.choose("can")
    await kiosk.guest.sees(TextEntry, "six digits")
    kiosk.guest.type("111111")
    await colleague(kiosk, "one more try could block the card")
    await told(kiosk, "one try left")
    chip = page.pad.card.chip
    chip.reset()
    environment = bytes.fromhex("0022C1A4 0F 800A04007F00070202040202 830102")  # PACE with the number on the front
    assert chip.transmit(environment).hex() == "63c1"


async def test_the_card_access_number_opens_a_card_but_not_anothers_booking(lobby: OpenLobby) -> None:
    """Printed lines of one card, chip of another: whatever opens it, the two do not belong together."""
    kiosk = await lobby()
    await lays_card(kiosk)
    kiosk.guest.choose("can")
    await kiosk.guest.sees(TextEntry, "six digits")
    kiosk.guest.type("123456")
    await colleague(kiosk, CALM)


async def lays_card(kiosk: Lobby) -> None:
    """An identity card is swiped, and another one lies on the reader."""
    await kiosk.guest.sees(Welcome)
    await put_on(kiosk, mrz.build(replace(ID_CARD, number="D23145891"), mrz.Form.TD1), "card-can-tries")
    page: Any = kiosk.bench.devices["document_reader"]
    await page.zone.do("present", *mrz.build(ID_CARD, mrz.Form.TD1))
    await kiosk.guest.sees(Choice, "This seems to be a different document")
