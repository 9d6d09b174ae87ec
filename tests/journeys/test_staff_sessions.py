"""A session is its own card's: exchanged for another it must come back, and powers that were taken away are gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from hardware.card_reader.contract import CardProof, Proven
from kiosk.key_journal import Act, Why
from kiosk.prompts import (
    Choice,
    LayKeyCard,
    Sheet,
    StillThere,
    TextEntry,
    Welcome,
)
from kiosk.roles import Role
from tests.journeys.conftest import Lobby, OpenHouse, OpenLobby
from tests.journeys.staff import (
    DUE,
    SAY,
    Colleague,
    a_guest_checks_in,
    agrees,
    chooses,
    comes,
    exchanges,
    finds,
    helped,
    helps,
    hired,
    last,
    lays_blank,
    lays_card,
    sheet_says,
    signs_in,
    stuck,
    to_approval,
)

BOSS_PIN = "582913"
OWN = "Your own card again"


async def away(kiosk: Lobby) -> tuple[str, Colleague, Colleague]:
    """A guest's room, a colleague at reception, a manager."""
    room = await a_guest_checks_in(kiosk)
    return room, await hired(kiosk), await hired(kiosk, Role.MANAGER, "Boss", BOSS_PIN)


# --- cards are exchanged -------------------------------------------------------------------------------


@pytest.mark.parametrize("then", ["signs-off", "comes-back"])
async def test_who_stands_there_after_the_card_was_lifted_for_the_second_person_gets_nowhere(
    lobby: OpenLobby, then: str
) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    room, kata, boss = await away(kiosk)
    await to_approval(kiosk, kata, room)
    kiosk.guest.back()
    asked = await kiosk.guest.sees(Choice, OWN)
    assert [option.id for option in asked.options] == ["sign-off"]
    assert not kiosk.guest.scene.back
    kiosk.guest.passes()
    await lays_card(kiosk, boss)  # another's card, even a manager's, is not theirs
    await kiosk.guest.sees(Choice, OWN)
    if then == "signs-off":
        kiosk.guest.choose("sign-off")
        await kiosk.guest.sees(Welcome)
        assert last(kiosk, kata).act == Act.SIGNED_OFF
    else:
        await exchanges(kiosk, kata)
        await kiosk.guest.sees(Sheet, room)
        kiosk.guest.passes()
        await kiosk.plays("card_reader", "lift")
        await kiosk.guest.sees(Welcome)
        assert last(kiosk, kata).why == Why.CARD_REMOVED


async def test_nobody_comes_back_from_the_second_person_and_the_first_is_signed_off(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    room, kata, boss = await away(kiosk)
    await to_approval(kiosk, kata, room)
    await agrees(kiosk, boss)
    await kiosk.guest.sees(Choice, OWN)
    kiosk.guest.passes()
    await kiosk.clock.move(40)
    await kiosk.guest.sees(StillThere)
    await kiosk.clock.move(20)
    await kiosk.guest.sees(Welcome)
    assert (last(kiosk, kata).act, last(kiosk, kata).why) == (Act.SIGNED_OFF, Why.IDLE)
    assert len([entry for entry in kiosk.terminal.journal.entries(room=room) if entry.act == Act.REPLACED]) == 1


async def test_a_manager_who_lifts_the_card_to_give_another_comes_back_with_it_or_goes(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    boss, kata = await hired(kiosk, Role.MANAGER, "Boss", BOSS_PIN), await hired(kiosk)
    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", kata.number, "card")
    await kiosk.guest.sees(LayKeyCard, "A blank card")
    await kiosk.plays("card_reader", "lift")
    kiosk.guest.choose("later")
    await kiosk.guest.sees(Choice, OWN)
    await lays_card(kiosk, boss)
    await kiosk.guest.sees(Sheet, "Kata")
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Welcome)
    assert (last(kiosk, boss).act, last(kiosk, boss).why) == (Act.SIGNED_OFF, Why.CARD_REMOVED)


# --- the second person ---------------------------------------------------------------------------------


async def test_the_second_person_reads_what_they_approve_and_each_key_is_approved_by_itself(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    room, kata, boss = await away(kiosk)
    asked = await to_approval(kiosk, kata, room)
    assert [SAY(value) for _, value in asked.details] == [f"Replace all: room {room}"]
    assert room in SAY((await agrees(kiosk, boss)).help)
    await kiosk.guest.sees(Choice, OWN)
    await exchanges(kiosk, kata)
    await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    entries = list(kiosk.terminal.journal.entries(by=boss.number))
    assert [entry.act for entry in entries] == [Act.SIGNED_IN, Act.APPROVED, Act.SIGNED_OFF]
    (booked,) = {entry.reservation for entry in kiosk.terminal.journal.entries(room=room)}
    assert (entries[1].about, entries[1].room, entries[1].reservation) == (kata.number, room, booked)
    kiosk.guest.choose("more")
    again = await kiosk.guest.sees(Choice, "second person")
    assert [SAY(value) for _, value in again.details] == [f"One more key: room {room}"]
    kiosk.guest.choose("cancel")
    await kiosk.guest.sees(Choice, "key is made")  # the first's card lies there: nobody is asked for it


@pytest.mark.parametrize(("hours", "then"), [(20, "Somebody else must approve"), (25, OWN)])
async def test_nobody_approves_for_who_gave_them_their_pin_a_day_before(lobby: OpenLobby, hours: int, then: str) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    room, kata, boss = await away(kiosk)
    kiosk.terminal.journal.append(Act.STAFF_PIN, by=kata.number, about=boss.number)
    await kiosk.clock.move(hours * 3600)
    await to_approval(kiosk, kata, room)
    await agrees(kiosk, boss)
    await kiosk.guest.sees(Choice, then)
    approved = [entry for entry in kiosk.terminal.journal.entries() if entry.act == Act.APPROVED]
    assert len(approved) == (then == OWN)


# --- powers that were taken away -------------------------------------------------------------------------

Taken = Callable[[Lobby, Colleague], object]
TAKEN: dict[str, Taken] = {
    "person": lambda kiosk, who: kiosk.terminal.access.deactivate(who.number),
    "role": lambda kiosk, who: kiosk.terminal.access.change_roles(who.number, frozenset({Role.RECEPTION})),
    "card": lambda kiosk, who: kiosk.terminal.access.take_cards(who.number),
}


@pytest.mark.parametrize("what", TAKEN)
async def test_a_manager_who_is_none_any_more_adds_nobody_and_is_signed_off(lobby: OpenLobby, what: str) -> None:
    kiosk = await lobby()
    boss = await hired(kiosk, Role.MANAGER, "Boss", BOSS_PIN)
    await hired(kiosk, Role.MANAGER, "Chief")
    await signs_in(kiosk, boss)
    await chooses(kiosk, "staff", "add")
    await kiosk.guest.sees(TextEntry, "Name")
    kiosk.guest.type("Zsófi")
    await kiosk.guest.sees(Choice, "Which role?")
    before = len(kiosk.terminal.access.people(removed=True))
    TAKEN[what](kiosk, boss)
    kiosk.guest.choose("manager")
    await kiosk.guest.sees(Welcome)
    assert len(kiosk.terminal.access.people(removed=True)) == before
    assert (last(kiosk, boss).act, last(kiosk, boss).why) == (Act.SIGNED_OFF, Why.NOT_ANY_MORE)


async def test_whose_card_was_taken_back_cuts_no_key(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    kata = await hired(kiosk)
    await signs_in(kiosk, kata)
    await finds(kiosk, room)
    kiosk.guest.choose("replace")
    await kiosk.guest.sees(Choice, "Why")
    kiosk.terminal.access.take_cards(kata.number)
    kiosk.guest.choose("lost-key")
    await kiosk.guest.sees(Welcome)
    assert len(list(kiosk.terminal.journal.entries(room=room))) == 1
    assert last(kiosk, kata).why == Why.NOT_ANY_MORE


# --- wrong tries, and money ------------------------------------------------------------------------------


async def test_wrong_tries_are_said_to_their_owner_also_where_they_help_a_guest(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await kiosk.terminal.access.sign_in("111222", card=CardProof(Proven.PROVEN, bytes.fromhex(kata.uid)))
    await stuck(kiosk, "balance-due", DUE)
    await comes(kiosk, kata)
    assert "1 wrong try since your last time" in [words for words, _ in kiosk.guest.notices]


async def test_what_the_hotel_does_not_say_is_not_paid(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await helps(kiosk, kata)
    hotel.between.rewrite = _without_balance
    kiosk.guest.choose("paid")
    assert "does not say that it is paid" in sheet_says(await kiosk.guest.sees(Sheet))
    assert not helped(kiosk)


def _without_balance(body: bytes) -> bytes:
    return json.dumps(_stripped(json.loads(body))).encode() if body.startswith(b"{") else body


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _stripped(each) for name, each in value.items() if name != "balance"}
    return [_stripped(each) for each in value] if isinstance(value, list) else value
