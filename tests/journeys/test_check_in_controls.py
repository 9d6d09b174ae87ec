"""Back, start over, idle, help, language, double tap: at every step."""

from __future__ import annotations

from kiosk.hotel.model import Stay
from kiosk.prompts import (
    Choice,
    Chosen,
    DateEntry,
    LayKeyCard,
    PresentDocument,
    RegistrationCard,
    StillThere,
    TextEntry,
    Welcome,
)
from tests.journeys.conftest import OpenLobby


async def test_back_returns_step_by_step_with_what_was_typed(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    await guest.sees(Welcome)
    guest.choose("check-in")
    await guest.sees(Choice)
    guest.choose("name")
    await guest.sees(TextEntry)
    guest.type("Eriksson")
    await guest.sees(DateEntry)
    guest.pick(kiosk.terminal.today())
    await guest.sees(PresentDocument)
    guest.back()
    assert (await guest.sees(DateEntry)).value == kiosk.terminal.today()
    guest.back()
    assert (await guest.sees(TextEntry)).value == "Eriksson"
    guest.back()
    await guest.sees(Choice)
    guest.back()
    await guest.sees(Choice, "Start over?")  # the name and the day are known: they are not lost unasked
    guest.choose("leave")
    await guest.sees(Welcome)


async def test_after_signing_there_is_no_way_back(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("ready")
    assert not kiosk.guest.scene.back
    assert not kiosk.guest.desk.back(kiosk.guest.scene.number)


async def test_nobody_there_is_asked_for_and_then_forgotten(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    card = await kiosk.to_registration("ready")
    await kiosk.clock.move(61)
    await kiosk.guest.sees(StillThere)
    kiosk.guest.desk.touched()
    kiosk.guest.passes()
    assert await kiosk.guest.sees(RegistrationCard) == card
    await kiosk.clock.move(61)
    await kiosk.guest.sees(StillThere)
    kiosk.guest.passes()
    await kiosk.clock.move(21)
    await kiosk.guest.sees(Welcome)


async def test_help_calls_the_desk_and_the_same_screen_stands_again(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    card = await kiosk.to_registration("ready")
    kiosk.guest.desk.call_person(kiosk.guest.scene.number)
    kiosk.guest.passes()
    await kiosk.guest.sees(Choice, "We have called a colleague")
    kiosk.guest.choose("go-on")
    assert await kiosk.guest.sees(RegistrationCard) == card


async def test_help_without_the_hotel_names_the_telephone(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.to_registration("ready")
    await kiosk.plays("hotel", "off")
    kiosk.guest.desk.call_person(kiosk.guest.scene.number)
    prompt = await kiosk.guest.sees(Choice)
    assert "+36 1 555 0100" in kiosk.guest.says(prompt.help)


async def test_another_language_asks_the_same_question(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    card = await kiosk.to_registration("ready")
    number = kiosk.guest.scene.number
    for code, words in (("hu", "Anna"), ("de", "Anna")):
        kiosk.guest.desk.change_language(code)
        assert (kiosk.guest.scene.number, kiosk.guest.scene.prompt) == (number, card)
        assert words in kiosk.guest.says(card.question)
    assert kiosk.guest.desk.language == "de"


async def test_a_guest_is_greeted_in_their_own_language(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document("two-rooms")
    await kiosk.guest.sees(Choice)
    assert kiosk.guest.desk.language == "hu"


async def test_a_double_tap_does_nothing_twice(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_registration("ready")
    number = guest.scene.number
    assert guest.sign()
    assert not guest.desk.answer(number, Chosen("rules"))
    await kiosk.goes_on(LayKeyCard)
    shown = [scene for scene in guest.scenes if isinstance(scene.prompt, RegistrationCard)]
    assert len(shown) == 1


async def test_start_over_forgets_at_every_step(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    for last in (RegistrationCard, LayKeyCard):
        await kiosk.guest.sees(Welcome)
        await kiosk.shows_document("ready")
        await kiosk.goes_on(last)
        kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    # Checked in, and no key yet: the passport leads straight to it.
    before = len(kiosk.guest.scenes)
    await kiosk.shows_document("ready")
    await kiosk.goes_on(LayKeyCard)
    assert not any(isinstance(s.prompt, RegistrationCard) for s in kiosk.guest.scenes[before:])
    (found,) = await kiosk.terminal.hotel.find_by_confirmation("70010001")
    assert (await kiosk.terminal.hotel.reservation(found.id)).stay is Stay.IN_HOUSE


