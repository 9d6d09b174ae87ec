"""A card that may have been cut: whatever the next try comes to, and whoever walks away, it is accounted for."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from hardware.key_encoder import fias_options
from kiosk.key_journal import Act
from kiosk.prompts import Choice, LayKeyCard, Pick, Welcome
from kiosk.steps import one_key
from tests.journeys.conftest import Lobby, OpenHouse, OpenLobby
from tests.journeys.lost_key import agrees, errands, says_lost, told
from tests.journeys.staff import SAY, a_guest_checks_in, chooses, finds, hired, lays_blank, signs_in, tries
from tests.journeys.test_staff_cards_go_wrong import (
    FIAS,
    asked_for_a_card,
    fias_guest_and_staff,
    says,
    uids_in_books,
    written,
)

IN_DOUBT = "may have been cut: please cut a new one"
WRITTEN = "20"
"""Commands to the card until the key is on it, and has not been read back."""


async def goes_away(kiosk: Lobby) -> None:
    """Staff take their card away at whatever is asked."""
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Welcome)


async def test_unplugged_before_it_was_read_back_and_never_finished_the_desk_knows_of_the_card(
    house: OpenHouse, lobby: OpenLobby
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    room, _ = await asked_for_a_card(kiosk)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "unplug", WRITTEN)
    begun = (await kiosk.plays("key_encoder", "lay-card"))["uid"]
    await kiosk.guest.sees(Choice, "Key cards can’t be made")
    await kiosk.plays("key_encoder", "plug")
    await kiosk.plays("key_encoder", "lift")
    await kiosk.works("key_encoder")
    kiosk.guest.choose("again")
    await kiosk.guest.sees(LayKeyCard)
    await goes_away(kiosk)  # the second try is left off before a card came
    assert [(entry.act, entry.card) for entry in written(kiosk, room)] == [(Act.UNSURE, begun)]
    await errands(kiosk, told(hotel, f"room {room} {IN_DOUBT}"))
    assert kiosk.terminal.ledger.unsettled() == ()
    assert [(entry.act, entry.card) for entry in written(kiosk, room)] == [(Act.UNSURE, begun)]
    assert await tries(kiosk, room, begun) == "opened"


async def test_another_card_taken_after_that_both_are_accounted_for(house: OpenHouse, lobby: OpenLobby) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    room, _ = await asked_for_a_card(kiosk)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "unplug", WRITTEN)
    begun = (await kiosk.plays("key_encoder", "lay-card"))["uid"]
    await kiosk.guest.sees(Choice, "Key cards can’t be made")
    await kiosk.plays("key_encoder", "plug")
    await kiosk.plays("key_encoder", "lift")
    await kiosk.works("key_encoder")
    kiosk.guest.choose("again")
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    assert [(entry.act, entry.card) for entry in written(kiosk, room)] == [(Act.UNSURE, begun), (Act.CUT, new)]
    await errands(kiosk, told(hotel, f"one card more than is known may carry key 1 for room {room}"))


@pytest.mark.parametrize("goes_on", [True, False], ids=["tries again", "goes away"])
async def test_a_key_that_was_cut_and_could_not_be_written_down_is_written_when_it_can_be(
    house: OpenHouse, lobby: OpenLobby, goes_on: bool
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    room, _ = await asked_for_a_card(kiosk)

    state = kiosk.terminal.settings.kiosk.state
    journal, aside = state / "journal", state / "aside"
    journal.rename(aside)
    journal.touch()  # in its place something that nothing can be written into
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "can’t be made here")
    await kiosk.plays("key_encoder", "lift")
    assert [entry.state for entry in kiosk.terminal.ledger.unsettled() if entry.kind == "cut-key"] == ["intended"]
    journal.unlink()
    aside.rename(journal)
    if goes_on:
        kiosk.guest.choose("again")
        await kiosk.guest.sees(Choice, "key is made")  # the card is in hand already
    else:
        await goes_away(kiosk)
        await errands(kiosk, told(hotel, f"key 1 for room {room} was cut"))
    assert [(entry.act, entry.card) for entry in written(kiosk, room)] == [(Act.CUT, new)]
    assert (await uids_in_books(kiosk)).count(new) == 1
    assert kiosk.terminal.ledger.unsettled() == ()
    assert await tries(kiosk, room, new) == "opened"


async def test_who_lifts_the_card_before_it_is_read_back_and_goes_the_desk_is_told_of_the_fee(
    house: OpenHouse, lobby: OpenLobby
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US", hotel__cashier=7, access__lost_key_fee="2500")
    await says_lost(kiosk)
    await agrees(kiosk)
    await kiosk.guest.sees(LayKeyCard)
    await kiosk.plays("key_encoder", "lift-after", WRITTEN)
    lifted = await lays_blank(kiosk)
    await says(kiosk, "place the same card again")
    kiosk.guest.start_over()
    await errands(kiosk, told(hotel, f"{IN_DOUBT}; 2500"))
    (entry,) = [entry for entry in kiosk.terminal.journal.entries() if entry.card == lifted]
    assert entry.act == Act.UNSURE


async def test_a_busy_lock_server_after_a_silent_one_makes_nothing_undone(
    house: OpenHouse, lobby: OpenLobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fias_options, "LEAST_ANSWER_S", 0.3)
    hotel = await house()
    kiosk = await lobby(house=hotel, **FIAS, key_encoder__answer_within_s="0.3", keys__card_within_s=5)
    room, _ = await fias_guest_and_staff(kiosk, "hold")
    await kiosk.plays("key_encoder", "lay-card")
    card = (await kiosk.plays("key_encoder", "show"))["uid"]
    await kiosk.guest.sees(Choice)
    kiosk.guest.choose("again")
    await says(kiosk, "busy")
    await goes_away(kiosk)
    await kiosk.plays("key_encoder", "lift")
    await kiosk.clock.move(one_key.ASK_AGAIN_S)
    await errands(kiosk, told(hotel, f"room {room} {IN_DOUBT}"))
    assert [entry.act for entry in written(kiosk, room)] == [Act.UNSURE]

    await kiosk.plays("key_encoder", "release")  # it was cut, says the server after all
    await errands(kiosk, told(hotel, f"key 1 for room {room} was cut"))
    assert [(entry.act, entry.card) for entry in written(kiosk, room)] == [(Act.UNSURE, ""), (Act.REPLACED, card)]
    assert card in await uids_in_books(kiosk)


async def test_after_a_move_the_lock_server_ends_the_keys_of_the_old_room(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    old = await a_guest_checks_in(kiosk)
    theirs = (await uids_in_books(kiosk))[0]
    await signs_in(kiosk, await hired(kiosk))
    await finds(kiosk, old)
    kiosk.guest.choose("move")
    room = SAY((await kiosk.guest.sees(Pick, "Which room?")).rows[0].title)
    kiosk.guest.choose(room)
    await kiosk.guest.sees(LayKeyCard)
    await kiosk.plays("key_encoder", "lay-card", theirs)
    assert (await kiosk.plays("key_encoder", "try-door", old))["door"] != "opened"
    assert [entry.act for entry in kiosk.terminal.journal.entries(room=old)][-1] == Act.VOIDED


async def test_one_more_key_after_the_first_of_a_new_set_leaves_that_one_good(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    await signs_in(kiosk, await hired(kiosk))
    for key in await kiosk.terminal.hotel.keys((await kiosk.booking("ready")).id):
        await kiosk.terminal.hotel.key_erased(key, "taken back")
    await finds(kiosk, room)
    await chooses(kiosk, "one-more", "one-more")
    first = await lays_blank(kiosk)
    done = await kiosk.guest.sees(Choice, "key is made")
    assert "End at the door" in [SAY(value) for _, value in done.details]  # there was no valid one to go with
    await chooses(kiosk, "more")
    second = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    assert "Stay good" in [SAY(value) for _, value in kiosk.guest.scene.prompt.details]  # type: ignore[attr-defined]
    await kiosk.plays("key_encoder", "lift")
    assert [await tries(kiosk, room, card) for card in (second, first)] == ["opened", "opened"]


async def test_errands_that_break_end_nothing_and_the_next_guest_is_served(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.guest.sees(Welcome)
    with closing(sqlite3.connect(kiosk.terminal.settings.kiosk.state / "ledger.db")) as db:
        db.execute("DROP TABLE messages")
    with pytest.raises(sqlite3.OperationalError):
        await kiosk.terminal.run_errands_once()
    for _ in range(3):
        await kiosk.clock.move(30)
        await asyncio.sleep(0)
    await kiosk.to_registration("ready")
