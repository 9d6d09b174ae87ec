"""What the law wants and nobody knows yet is asked once, in one go, and can be corrected on the way."""

from __future__ import annotations

from kiosk.prompts import LayKeyCard, Prompt, RegistrationCard, TextEntry
from tests.journeys.conftest import OpenLobby


def _missing(card: RegistrationCard) -> list[str]:
    return [row.field for row in card.rows if row.missing]


async def test_all_that_is_missing_is_asked_one_after_another_then_the_card_is_whole(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    card = await kiosk.to_registration("ready")
    assert len(_missing(card)) > 2
    before = len(guest.scenes)
    guest.choose("fill-in")
    card = await kiosk.goes_on(RegistrationCard)
    assert not _missing(card)
    asked = [scene.prompt.question.key for scene in guest.scenes[before:] if scene.prompt is not card]
    assert asked
    assert len(asked) == len(set(asked)), "nothing is asked twice"
    await kiosk.goes_on(LayKeyCard)


async def test_back_while_filling_in_finds_what_was_typed_and_leads_to_the_card(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    first = _missing(await kiosk.to_registration("ready"))
    guest.choose("fill-in")
    asked = await guest.sees(TextEntry)
    guest.type("Utopia")
    following = await guest.sees(Prompt)
    assert following.question != asked.question
    guest.back()
    again = await guest.sees(TextEntry)
    assert (again.question, again.value) == (asked.question, "Utopia")
    guest.back()
    card = await guest.sees(RegistrationCard)
    assert _missing(card) == first[1:], "what was typed stands on the card"
