"""A guest alone whose key is lost: proven by the document on file, then the old keys die and a new one is cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from kiosk.hotel.builtin.tables import Identification as OnFile
from kiosk.hotel.builtin.tables import Reservation as Booked
from kiosk.hotel.model import Identification
from kiosk.key_journal import GUEST as ALONE
from kiosk.key_journal import Act
from kiosk.prompts import (
    Choice,
    Chosen,
    LayKeyCard,
    PresentDocument,
    Prompt,
    RegistrationCard,
    TextEntry,
    Welcome,
)
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.lost_key import (
    GUEST,
    QUESTION,
    READY,
    agrees,
    books,
    checked_in_at_the_desk,
    desk_hears,
    fees,
    has_a_new_key,
    is_charged,
    leaves,
    lost,
    room_of,
    says_lost,
    takes_it,
)
from tests.journeys.staff import SAY, a_guest_checks_in, lays_blank, tries

FEE = {"access__lost_key_fee": "2500"}


async def written(kiosk: Lobby, sample: str = GUEST) -> list[str]:
    """Cards that open by the hotel's books."""
    booking = await kiosk.booking(sample)
    return [key.card_uid for key in await kiosk.terminal.hotel.keys(booking.id) if key.active and key.card_uid]


async def test_the_old_key_opens_until_the_new_one_touched_the_door(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await room_of(kiosk)
    old = await has_a_new_key(kiosk)
    assert await tries(kiosk, room, old) == "opened"
    new = await has_a_new_key(kiosk)
    assert await tries(kiosk, room, old) == "opened"  # an offline door knows nothing yet
    assert await tries(kiosk, room, new) == "opened"
    assert "superseded" in await tries(kiosk, room, old)
    assert lost(kiosk, room) == [(Act.REPLACED, ALONE, old), (Act.REPLACED, ALONE, new)]
    assert await written(kiosk) == [new]
    await desk_hears(kiosk, f"a guest alone had a lost key of room {room} replaced")


async def test_who_checked_in_here_has_a_new_key_here(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    room = await a_guest_checks_in(kiosk, "ready")
    (old,) = await written(kiosk, "ready")
    new = await has_a_new_key(kiosk, "ready", keys=1)
    assert [await tries(kiosk, room, card) for card in (old, new)] == ["opened", "opened"]
    assert "superseded" in await tries(kiosk, room, old)


async def test_it_costs_nothing_where_the_hotel_wants_nothing(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await says_lost(kiosk)
    assert "It costs nothing." in SAY((await agrees(kiosk)).help)
    await lays_blank(kiosk)
    await takes_it(kiosk)
    assert kiosk.terminal.ledger.unsettled() == ()
    assert await fees(kiosk) == []


async def test_the_fee_is_agreed_to_and_stands_on_the_bill_once(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    before = await kiosk.terminal.hotel.folio((await kiosk.booking(GUEST)).id)
    await says_lost(kiosk)
    assert "HUF\N{NO-BREAK SPACE}2,500.00" in SAY((await agrees(kiosk)).help)
    await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, READY)
    await kiosk.terminal.run_errands_once()
    assert await fees(kiosk) == []  # the key still lies there
    await takes_it(kiosk)
    line = await is_charged(kiosk)
    assert (line.description, line.amount.amount) == ("Lost key", 2500)
    after = await kiosk.terminal.hotel.folio(before.reservation_id)
    assert after.balance.amount == before.balance.amount + 2500


async def test_money_on_the_bill_keeps_nobody_from_a_key_and_the_same_day_costs_once(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    await has_a_new_key(kiosk)
    await is_charged(kiosk)
    balance = (await kiosk.booking(GUEST)).balance
    assert balance is not None
    assert balance.amount > 0
    await says_lost(kiosk)
    assert "nothing more today" in SAY((await agrees(kiosk)).help)
    await lays_blank(kiosk)
    await takes_it(kiosk)
    await is_charged(kiosk)


async def test_a_finder_of_the_card_with_another_passport_gets_nothing(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await room_of(kiosk)
    await has_a_new_key(kiosk)
    await says_lost(kiosk, "tomorrow")
    assert (await kiosk.guest.sees(Choice)).options[0].id == "check-in"
    assert room not in str([SAY(scene.prompt.question) for scene in kiosk.guest.scenes])
    assert len(lost(kiosk, room)) == 1


async def test_a_stranger_is_told_the_same_as_at_check_in(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    with books(kiosk) as session:  # nobody of this name has a booking any more
        person = (await kiosk.booking("tomorrow")).guest
        session.get_one(Booked, int((await kiosk.booking("tomorrow")).id)).guest_rows[0].profile_id = int(
            (await kiosk.booking("cancelled")).guest.profile_id
        )
    await says_lost(kiosk, "tomorrow")
    said = await kiosk.guest.sees(Choice)
    assert "no booking" in SAY(said.question)
    assert person.family_name not in SAY(said.question)
    tries = kiosk.terminal.ledger.tries_since(3600)
    assert tries == 1
    kiosk.guest.choose("search")
    how = await kiosk.guest.sees(Choice, "How shall we find your booking?")
    assert [option.id for option in how.options] == ["number", "name"]
    kiosk.guest.choose("number")
    await kiosk.guest.sees(TextEntry)
    kiosk.guest.type((await kiosk.booking(GUEST)).confirmation)
    await kiosk.guest.sees(PresentDocument)  # whatever was typed
    await kiosk.shows_document("tomorrow")
    assert "no booking" in SAY((await kiosk.guest.sees(Choice)).question)


@pytest.mark.parametrize("number", ["999999ZZ", "34567XXX", ""], ids=["another", "masked", "none"])
async def test_the_right_name_with_another_document_than_on_file_gets_nothing(number: str, lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await room_of(kiosk)
    with books(kiosk) as session:
        profile = int((await kiosk.booking(GUEST)).guest.profile_id)
        (paper,) = session.query(OnFile).filter_by(profile_id=profile)
        if number:
            paper.number = number
        else:
            session.delete(paper)
    await says_lost(kiosk)
    told = await kiosk.guest.sees(Choice, "A colleague makes your new key")
    assert room not in SAY(told.help)
    assert kiosk.terminal.ledger.tries_since(3600) == 1
    await leaves(kiosk)
    assert lost(kiosk, room) == []
    await desk_hears(kiosk, "LOST-KEY")


async def test_the_same_number_of_another_country_is_another_document(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = (await kiosk.booking(GUEST)).guest
    shown = Identification("ID", "345678CE", "AT")
    await kiosk.terminal.hotel.save_guest(replace(guest, identifications=(shown,)))
    await says_lost(kiosk)
    await kiosk.guest.sees(Choice, "A colleague makes your new key")


async def test_who_is_not_checked_in_goes_on_to_check_in_without_showing_the_document_again(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby(hotel__country="US")
    await says_lost(kiosk, "ready")
    await kiosk.guest.sees(Choice, "not checked in yet")
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(RegistrationCard)
    assert sum(isinstance(scene.prompt, PresentDocument) for scene in kiosk.guest.scenes) == 1


async def test_whose_stay_has_ended_is_told_so(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await says_lost(kiosk, "checked-out")
    await kiosk.guest.sees(Choice, "This stay has ended")


async def test_from_already_checked_in_to_a_new_key_without_showing_the_document_again(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await room_of(kiosk)
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document(GUEST)
    await kiosk.guest.sees(Choice, "You are already checked in")
    kiosk.guest.choose("lost-key")
    await agrees(kiosk)
    assert not any(isinstance(scene.prompt, PresentDocument) for scene in kiosk.guest.scenes)
    new = await lays_blank(kiosk)
    await takes_it(kiosk)
    assert await tries(kiosk, room, new) == "opened"


async def test_of_several_rooms_the_guest_says_which(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    mine = await kiosk.booking(GUEST)
    with books(kiosk) as session:
        other = next(
            each
            for each in session.query(Booked).filter_by(status="InHouse")
            if str(each.id) != mine.id and each.departure > mine.departure and not each.share_group
        )
        other.guest_rows[0].profile_id, other.adults, other.children = int(mine.guest.profile_id), 1, 0
        room = str(other.room_number)
    await says_lost(kiosk)
    asked = await kiosk.guest.sees(Choice, "Which room")
    assert sorted(option.id for option in asked.options) == sorted([room, await room_of(kiosk)])
    kiosk.guest.choose(room)
    await agrees(kiosk)
    new = await lays_blank(kiosk)
    await takes_it(kiosk)
    assert await tries(kiosk, room, new) == "opened"
    assert len(lost(kiosk, room)) == 1


async def test_who_shares_the_room_loses_the_key_too_and_the_desk_makes_them_one(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    for sample in ("shared", "shared-2"):
        await checked_in_at_the_desk(kiosk, sample)
    room = await room_of(kiosk, "shared")
    theirs = await has_a_new_key(kiosk, "shared-2")
    assert await tries(kiosk, room, theirs) == "opened"
    await says_lost(kiosk, "shared")
    assert "share" in SAY((await agrees(kiosk)).help)
    new = await lays_blank(kiosk)
    await takes_it(kiosk)
    assert await tries(kiosk, room, new) == "opened"
    assert "superseded" in await tries(kiosk, room, theirs)
    await desk_hears(kiosk, "the guest who shares the room needs a new key")


async def test_a_couple_has_two_new_keys_and_pays_once(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    await checked_in_at_the_desk(kiosk, "ready")
    room = await room_of(kiosk, "ready")
    await says_lost(kiosk, "ready")
    await agrees(kiosk, keys=2)
    first = await lays_blank(kiosk)
    second = await lays_blank(kiosk)
    await takes_it(kiosk)
    assert [await tries(kiosk, room, card) for card in (first, second)] == ["opened", "opened"]
    await is_charged(kiosk, "ready")


async def test_whose_stay_is_over_goes_to_a_colleague(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    departure, zone = (await kiosk.booking(GUEST)).departure, kiosk.terminal.settings.hotel.zone
    noon = datetime.combine(departure, time(12), zone)
    await kiosk.clock.move((noon - kiosk.terminal.now()).total_seconds())
    await says_lost(kiosk)
    await kiosk.guest.sees(Choice, "Your stay was until")
    await leaves(kiosk)
    await desk_hears(kiosk, "LOST-KEY")


async def test_the_printer_is_not_needed(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.plays("printer", "unplug")
    assert await has_a_new_key(kiosk)


async def test_without_an_encoder_the_welcome_screen_does_not_offer_it(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    assert [option.id for option in (await kiosk.guest.sees(Welcome)).options] == ["check-in", "lost-key"]
    await kiosk.plays("key_encoder", "unplug")
    await kiosk.until(lambda: len(_welcome(kiosk).options) == 1, moving_s=1)
    await kiosk.shows_document(GUEST)
    asked = await kiosk.guest.sees(Choice, "You are already checked in")
    assert "lost-key" not in {option.id for option in asked.options}
    assert "colleague" in SAY(asked.help)


def _welcome(kiosk: Lobby) -> Welcome:
    prompt = kiosk.guest.scene.prompt
    assert isinstance(prompt, Welcome)
    return prompt


async def test_an_encoder_that_goes_away_leads_to_the_desk_and_nothing_is_charged(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    await says_lost(kiosk)
    await kiosk.guest.sees(Choice, QUESTION)
    await kiosk.plays("key_encoder", "unplug")
    await agrees(kiosk)
    while "desk" not in {option.id for option in getattr(await kiosk.guest.sees(Prompt), "options", ())}:
        kiosk.guest.passes()
    kiosk.guest.choose("desk")
    await kiosk.guest.sees(Choice, "The desk makes this key")
    await leaves(kiosk)
    await desk_hears(kiosk, "a guest has lost the key and got no new one")
    assert await fees(kiosk) == []


async def test_who_would_rather_have_a_person_gets_one_and_no_key_dies(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    room = await room_of(kiosk)
    old = await has_a_new_key(kiosk)
    await says_lost(kiosk)
    await kiosk.guest.sees(Choice, QUESTION)
    kiosk.guest.choose("person")
    await kiosk.guest.sees(Choice)
    assert await written(kiosk) == [old]
    assert len(lost(kiosk, room)) == 1


async def test_a_double_tap_makes_one_key(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    await says_lost(kiosk)
    await kiosk.guest.sees(Choice, QUESTION)
    number = kiosk.guest.scene.number
    assert kiosk.guest.choose("yes")
    assert not kiosk.guest.desk.answer(number, Chosen("yes"))
    await lays_blank(kiosk)
    await takes_it(kiosk)
    assert len(lost(kiosk, await room_of(kiosk))) == 1
    await is_charged(kiosk)


async def test_back_asks_for_the_document_again_and_start_over_forgets_it(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await says_lost(kiosk)
    await kiosk.guest.sees(Choice, QUESTION)
    assert kiosk.guest.back()
    await kiosk.guest.sees(PresentDocument)
    assert kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    assert lost(kiosk, await room_of(kiosk)) == []


async def test_who_walks_away_from_the_agreement_has_nothing_done(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    await says_lost(kiosk)
    await kiosk.guest.sees(Choice, QUESTION)
    kiosk.guest.passes()
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Welcome), moving_s=20)
    assert kiosk.terminal.ledger.unsettled() == ()
    assert await fees(kiosk) == []


async def test_it_is_said_in_the_guests_own_language(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    await says_lost(kiosk)
    asked = await kiosk.guest.sees(Choice, QUESTION)
    assert kiosk.guest.desk.language == "hu"
    assert "kulcs" in kiosk.guest.says(asked.question)
    assert "2 500,00 Ft" in kiosk.guest.says(asked.help).replace("\xa0", " ")


async def test_a_card_that_is_lifted_too_early_is_wanted_back(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    await says_lost(kiosk)
    await agrees(kiosk)
    await kiosk.guest.sees(LayKeyCard)
    await kiosk.plays("key_encoder", "lift-after", "6")
    uid = (await kiosk.plays("key_encoder", "lay-card"))["uid"]
    while "Taken too early" not in SAY((await kiosk.guest.sees(LayKeyCard)).state):
        kiosk.guest.passes()
    assert await fees(kiosk) == []
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", uid)
    await takes_it(kiosk)
    assert await written(kiosk) == [uid]
    await is_charged(kiosk)


async def test_a_key_that_is_left_lying_is_erased_and_costs_nothing(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", **FEE)
    room = await room_of(kiosk)
    await says_lost(kiosk)
    await agrees(kiosk)
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, READY)
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    await desk_hears(kiosk, "was erased")
    await kiosk.terminal.run_errands_once()
    assert kiosk.terminal.ledger.unsettled() == ()
    assert await fees(kiosk) == []
    assert "opened" not in await tries(kiosk, room, new)
