"""Staff at the terminal: one more key, all replaced, another room, a longer stay, a card erased."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from hardware.key_encoder.contract import Cut, CutResult
from kiosk.effects.erase import EraseCard
from kiosk.key_journal import KIOSK, Act, Why
from kiosk.prompts import Choice, DateEntry, LayKeyCard, Pick, Sheet, TextEntry, Welcome
from kiosk.roles import Role
from kiosk.steps.farewell import LEFT_FOR_S
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import (
    SAY,
    a_guest_checks_in,
    agrees,
    chooses,
    exchanges,
    finds,
    hired,
    lays_blank,
    signs_in,
    to_approval,
    tries,
)


def acts(kiosk: Lobby, room: str = "") -> list[str]:
    return [entry.act for entry in kiosk.terminal.journal.entries(room=room)]


async def cards_of(kiosk: Lobby, sample: str = "ready") -> list[str]:
    booking = await kiosk.booking(sample)
    return [key.card_uid for key in await kiosk.terminal.hotel.keys(booking.id) if key.card_uid]


async def test_one_more_key_opens_and_the_guests_own_stays_good(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    (theirs,) = await cards_of(kiosk)
    kata = await hired(kiosk)
    await signs_in(kiosk, kata)
    await finds(kiosk, room)
    await chooses(kiosk, "one-more", "one-more")
    new = await lays_blank(kiosk)
    done = await kiosk.guest.sees(Choice, "key is made")
    assert kiosk.guest.scene.signed_in is not None
    assert "Kata" in SAY(kiosk.guest.scene.signed_in)
    kiosk.guest.choose(done.options[0].id)
    await kiosk.plays("key_encoder", "lift")
    assert [await tries(kiosk, room, card) for card in (new, theirs)] == ["opened", "opened"]
    (entry,) = [entry for entry in kiosk.terminal.journal.entries(room=room) if entry.by == kata.number]
    assert (entry.act, entry.why, entry.card, entry.issue) == (Act.CUT, Why.ONE_MORE, new, "duplicate")
    assert new in await cards_of(kiosk)


async def test_replaced_keys_die_when_the_new_one_first_touches_the_door(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    (theirs,) = await cards_of(kiosk)
    kata = await hired(kiosk)
    await signs_in(kiosk, kata)
    await finds(kiosk, room)
    await chooses(kiosk, "replace")
    assert "at the door" in SAY((await kiosk.guest.sees(Choice, "Why is a key made?")).help)
    await chooses(kiosk, "lost-key")
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    await kiosk.plays("key_encoder", "lift")
    assert await tries(kiosk, room, theirs) == "opened"  # an offline door knows nothing yet
    assert await tries(kiosk, room, new) == "opened"
    assert "superseded" in await tries(kiosk, room, theirs)
    assert acts(kiosk, room) == [Act.REPLACED, Act.REPLACED]  # at check-in, and now


async def test_a_guest_is_moved_and_the_new_rooms_key_is_made(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    old = await a_guest_checks_in(kiosk)
    await signs_in(kiosk, await hired(kiosk))
    await finds(kiosk, old)
    kiosk.guest.choose("move")
    room = SAY((await kiosk.guest.sees(Pick, "Which room?")).rows[0].title)
    kiosk.guest.choose(room)
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    await kiosk.plays("key_encoder", "lift")
    moved = (await kiosk.booking("ready")).room
    assert moved is not None
    assert moved.number == room != old
    assert await tries(kiosk, room, new) == "opened"
    assert acts(kiosk, room) == [Act.MOVED, Act.REPLACED]


async def test_a_stay_is_made_longer_and_the_new_key_opens_until_then(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    before = await kiosk.booking("ready")
    await signs_in(kiosk, await hired(kiosk))
    await finds(kiosk, room)
    kiosk.guest.choose("longer")
    day = (await kiosk.guest.sees(DateEntry)).earliest
    kiosk.guest.pick(day)
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    assert (await kiosk.booking("ready")).departure == day == before.departure + timedelta(days=1)
    await kiosk.plays("key_encoder", "lift")
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", new)
    last_morning = f"{day.isoformat()}T08:00+01:00"
    assert (await kiosk.plays("key_encoder", "try-door", room, last_morning))["door"] == "opened"


async def test_a_card_is_erased_and_opens_nothing(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    (theirs,) = await cards_of(kiosk)
    await signs_in(kiosk, await hired(kiosk))
    await finds(kiosk, room)
    kiosk.guest.choose("erase")
    await kiosk.guest.sees(LayKeyCard)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", theirs)
    await kiosk.guest.sees(Choice, "What would you like to do?")
    assert "opened" not in await tries(kiosk, room, theirs)
    entry = list(kiosk.terminal.journal.entries())[-1]
    assert (entry.act, entry.card, entry.room, entry.sequence) == (Act.ERASED, theirs, room, 1)
    booking = await kiosk.booking("ready")
    assert entry.reservation == booking.id
    assert [key.active for key in await kiosk.terminal.hotel.keys(booking.id)] == [False]


async def test_a_key_that_staff_leave_lying_is_erased_and_accounted_for(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    await signs_in(kiosk, await hired(kiosk))
    await finds(kiosk, room)
    await chooses(kiosk, "one-more", "one-more")
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Welcome)
    await kiosk.until(lambda: acts(kiosk)[-1] == Act.ERASED, moving_s=LEFT_FOR_S)
    entry = list(kiosk.terminal.journal.entries())[-1]
    assert (entry.card, entry.by, entry.why) == (new, KIOSK, Why.LEFT_BEHIND)
    keys = await kiosk.terminal.hotel.keys((await kiosk.booking("ready")).id)
    assert {key.card_uid.lower(): key.active for key in keys}[new] is False
    assert await tries(kiosk, room, new) != "opened"


async def test_an_old_key_says_whose_it_is_and_why_it_does_not_open(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    (theirs,) = await cards_of(kiosk)
    await signs_in(kiosk, await hired(kiosk))
    await finds(kiosk, room)
    await chooses(kiosk, "replace", "lost-key")
    await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    kiosk.guest.choose("done")
    await kiosk.plays("key_encoder", "lift")
    await kiosk.guest.sees(Choice, "What would you like to do?")
    kiosk.guest.choose("keys")
    await kiosk.guest.sees(Pick)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", theirs)
    sheet = await kiosk.guest.sees(Sheet, room)
    assert "newer key was made" in SAY(sheet.help)
    assert "Eriksson" in str([SAY(value) for _, rows in sheet.sections for _, value in rows])
    kiosk.guest.choose("this")
    await kiosk.guest.sees(Sheet, room)


async def test_a_card_that_stays_on_the_encoder_is_told_of_once_and_again_when_it_is_laid_again(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby(hotel__country="US", access__idle_s=600)  # looking at the encoder takes real time
    room = await a_guest_checks_in(kiosk)
    (theirs,) = await cards_of(kiosk)
    await signs_in(kiosk, await hired(kiosk))
    kiosk.guest.choose("keys")
    await kiosk.guest.sees(Pick)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", theirs)
    await kiosk.guest.sees(Sheet, room)
    kiosk.guest.choose("other")
    await kiosk.guest.sees(Pick)
    kiosk.guest.passes()
    for _ in range(4):
        await kiosk.clock.move(1)
    await kiosk.plays("key_encoder", "lift")
    for _ in range(2):  # each look of ours comes after one of the kiosk's own: a device is held for each call
        await kiosk.clock.move(1)
        await kiosk.until(lambda: True)
        await kiosk.terminal.key_encoder.lies_there()
    assert isinstance(kiosk.guest.scene.prompt, Pick)
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", theirs)
    for _ in range(4):
        await kiosk.clock.move(1)
    await kiosk.guest.sees(Sheet, room)


async def test_the_staff_card_on_the_encoder_is_refused_and_not_overwritten(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    await signs_in(kiosk, await hired(kiosk))
    await finds(kiosk, room)
    await chooses(kiosk, "one-more", "one-more")
    await kiosk.guest.sees(LayKeyCard)
    kiosk.guest.passes()
    before = (await kiosk.plays("key_encoder", "lay-staff-card"))["content"]
    assert "staff card" in SAY((await kiosk.guest.sees(LayKeyCard)).state)
    assert (await kiosk.plays("key_encoder", "show"))["content"] == before


async def test_while_the_hotel_is_away_a_manager_approves_and_the_hotel_hears_of_the_key_later(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    room = await a_guest_checks_in(kiosk)
    kata, boss = await hired(kiosk), await hired(kiosk, Role.MANAGER, "Boss", "582913")
    await signs_in(kiosk, kata)
    await kiosk.plays("hotel", "off")
    kiosk.guest.choose("keys")
    await kiosk.guest.sees(Choice, "does not answer")
    kiosk.guest.choose("without")
    await kiosk.guest.sees(TextEntry, "which room")
    kiosk.guest.type(room)
    await kiosk.guest.sees(Sheet, room)
    kiosk.guest.choose("replace")
    await kiosk.guest.sees(Choice, "second person")
    await kiosk.plays("card_reader", "lift")
    await agrees(kiosk, boss)
    await kiosk.guest.sees(Choice, "Your own card again")
    await exchanges(kiosk, kata)
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    await kiosk.plays("key_encoder", "lift")
    assert await tries(kiosk, room, new) == "opened"
    entry = list(kiosk.terminal.journal.entries(room=room))[-1]
    assert (entry.by, entry.approved_by, entry.why) == (kata.number, boss.number, Why.HOTEL_UNREACHABLE)
    await kiosk.plays("hotel", "on")
    for _ in range(20):
        await kiosk.terminal.run_errands_once()
        if new in await cards_of(kiosk):
            break
    assert new in await cards_of(kiosk)


async def test_nobody_approves_their_own_key(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    room = await a_guest_checks_in(kiosk)
    boss = await hired(kiosk, Role.MANAGER, "Boss")
    await to_approval(kiosk, boss, room)
    await agrees(kiosk, boss)
    await kiosk.guest.sees(Choice, "Somebody else must approve")
    assert Act.REPLACED not in acts(kiosk, room)[1:]


async def test_taking_the_card_away_signs_off_at_once(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await signs_in(kiosk, kata)
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Welcome)
    assert kiosk.guest.scene.signed_in is None
    entry = list(kiosk.terminal.journal.entries(by=kata.number))[-1]
    assert (entry.act, entry.why) == (Act.SIGNED_OFF, Why.CARD_REMOVED)


async def test_no_key_is_cut_that_could_not_be_written_down(lobby: OpenLobby, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    await signs_in(kiosk, await hired(kiosk))
    await finds(kiosk, room)
    await chooses(kiosk, "one-more", "one-more")
    full = os.statvfs_result((4096, 4096, 1000, 0, 0, 100, 10, 10, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    await kiosk.guest.sees(Choice, "can’t be made here")
    before = len(await cards_of(kiosk))
    monkeypatch.undo()
    kiosk.guest.choose("again")
    await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    assert len(await cards_of(kiosk)) == before + 1


async def test_without_the_hotel_a_key_whose_time_has_run_out_is_no_reason_for_another(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    room = await a_guest_checks_in(kiosk)
    kata = await hired(kiosk)
    await kiosk.clock.move(40 * 24 * 3600)
    await signs_in(kiosk, kata)
    await kiosk.plays("hotel", "off")
    await chooses(kiosk, "keys", "without")
    await kiosk.guest.sees(TextEntry, "which room")
    kiosk.guest.type(room)
    told = await kiosk.guest.sees(Choice, "Nothing is known here")
    assert "still valid" in SAY(told.help)


async def test_an_erased_card_names_its_reservation_though_the_books_do_not_know_the_card(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    booking = await kiosk.booking("ready")
    (theirs,) = await cards_of(kiosk)
    there = CutResult(Cut.NOT_A_KEY, bytes.fromhex(theirs.lower()))
    await kiosk.plays("hotel", "off")
    effect = await EraseCard.of(kiosk.terminal, there, visit="v", number=0, by=KIOSK, why=Why.LEFT_BEHIND)
    assert (effect.reservation_id, effect.room) == (booking.id, "")
    kiosk.terminal.journal.append(
        Act.ERASED, by=KIOSK, room=room, card=bytes.fromhex(theirs.lower()), reservation=booking.id
    )
    effect = await EraseCard.of(kiosk.terminal, there, visit="v", number=1, by=KIOSK, why=Why.LEFT_BEHIND)
    assert effect.reservation_id == ""  # an empty card is nobody's
