"""A master key at the screen: by a manager, with a second person, for some hours; in the journal, not in the books."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk.key_journal import KIOSK, Act, Entry, Why
from kiosk.prompts import Choice, LayKeyCard, Pick, Sheet, Welcome
from kiosk.roles import Role
from kiosk.steps.farewell import LEFT_FOR_S
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import (
    SAY,
    Colleague,
    a_guest_checks_in,
    agrees,
    chooses,
    exchanges,
    hired,
    lays_blank,
    signs_in,
    tries,
)

MENU = "What would you like to do?"


async def managers(kiosk: Lobby) -> tuple[Colleague, Colleague]:
    return await hired(kiosk, Role.MANAGER, "Petra"), await hired(kiosk, Role.MANAGER, "Quirin")


async def approved(kiosk: Lobby, second: Colleague, first: Colleague) -> None:
    """The cards are exchanged, the second person reads and agrees, and the first one's card comes back."""
    agree = await kiosk.guest.sees(Choice, "A second person must agree")
    assert [SAY(value) for _, value in agree.details][0].startswith("Master key:")
    await kiosk.plays("card_reader", "lift")
    await agrees(kiosk, second)
    await kiosk.guest.sees(Choice, "Your own card again")
    await exchanges(kiosk, first)


async def makes(kiosk: Lobby, first: Colleague, second: Colleague, doors: str, why: Why) -> str:
    """From the menu to the card in the hand; its UID."""
    await kiosk.guest.sees(Choice, MENU)
    kiosk.guest.choose("master")
    await kiosk.guest.sees(Pick, "which doors")
    await chooses(kiosk, doors, why)
    await approved(kiosk, second, first)
    uid = await lays_blank(kiosk, "aes")
    done = await kiosk.guest.sees(Choice, "master key is made")
    kiosk.guest.choose(done.options[0].id)
    await kiosk.plays("key_encoder", "lift")
    return uid


def made(kiosk: Lobby) -> list[Entry]:
    return [entry for entry in kiosk.terminal.journal.entries() if entry.act == Act.MASTER_CUT]


async def test_a_manager_makes_one_with_a_second_persons_consent_and_it_opens_its_floor(lobby: OpenLobby) -> None:
    kiosk = await lobby(keys__master_hours=8)
    petra, quirin = await managers(kiosk)
    await signs_in(kiosk, petra)
    uid = await makes(kiosk, petra, quirin, "floor-4", Why.OTHER)
    assert [await tries(kiosk, room, uid) for room in ("407", "107")] == ["opened", "shut: other-room"]
    (entry,) = made(kiosk)
    assert (entry.by, entry.approved_by, entry.room, entry.card, entry.why) == (
        petra.number, quirin.number, "floor-4", uid, Why.OTHER,
    )  # fmt: skip
    assert entry.reservation == ""
    until = kiosk.terminal.now() + timedelta(hours=8)
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", uid)
    assert "too-late" in (await kiosk.plays("key_encoder", "try-door", "407", until.isoformat()))["door"]
    approval = next(each for each in kiosk.terminal.journal.entries() if each.act == Act.APPROVED)
    assert (approval.by, approval.about, approval.room, approval.why) == (
        quirin.number, petra.number, "floor-4", Why.MASTER_KEY,
    )  # fmt: skip
    assert await kiosk.terminal.hotel.card_in_books(uid) is None


async def test_nobody_makes_one_alone(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    petra, _ = await managers(kiosk)
    await signs_in(kiosk, petra)
    kiosk.guest.choose("master")
    await kiosk.guest.sees(Pick)
    await chooses(kiosk, "all", Why.OTHER)
    await kiosk.guest.sees(Choice, "A second person must agree")
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lift")
    await agrees(kiosk, petra)  # with their own once more
    await kiosk.guest.sees(Choice, "Somebody else must approve this")
    assert not made(kiosk)


@pytest.mark.parametrize(
    ("gifts", "hours", "then"),
    [
        ([("second", "first")], 1, "Somebody else must approve"),  # the same person, with their new card first
        ([("first", "third"), ("third", "second")], 1, "Somebody else must approve"),
        ([("third", "first"), ("third", "second")], 1, "Somebody else must approve"),
        ([("third", "first"), ("third", "second")], 25, "Your own card again"),
        ([("kiosk", "first"), ("kiosk", "second")], 1, "Your own card again"),
    ],
)
async def test_one_person_with_two_cards_is_not_two(
    lobby: OpenLobby, gifts: list[tuple[str, str]], hours: int, then: str
) -> None:
    """A manager adds another, keeps the card, and approves what is asked for with it."""
    kiosk = await lobby()
    petra, quirin = await managers(kiosk)
    number = {"kiosk": KIOSK, "first": petra.number, "second": quirin.number, "third": (await hired(kiosk)).number}
    for by, about in gifts:
        kiosk.terminal.journal.append(Act.STAFF_CARD, by=number[by], about=number[about])
    await kiosk.clock.move(hours * 3600)
    await signs_in(kiosk, petra)
    await chooses(kiosk, "master", "all", Why.OTHER)
    await kiosk.guest.sees(Choice, "A second person must agree")
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lift")
    await agrees(kiosk, quirin)
    await kiosk.guest.sees(Choice, then)


async def test_one_more_opens_beside_the_first_and_after_a_loss_both_end_at_the_door(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    petra, quirin = await managers(kiosk)
    await signs_in(kiosk, petra)
    first = await makes(kiosk, petra, quirin, "all", Why.OTHER)
    second = await makes(kiosk, petra, quirin, "all", Why.ONE_MORE)
    assert [await tries(kiosk, "201", card) for card in (second, first)] == ["opened", "opened"]
    third = await makes(kiosk, petra, quirin, "all", Why.LOST_KEY)
    assert [await tries(kiosk, "201", card) for card in (first, third, first, second)] == [
        "opened", "opened", "shut: superseded", "shut: superseded",
    ]  # fmt: skip
    assert [entry.issue for entry in made(kiosk)] == ["new", "duplicate", "new"]


async def test_reception_is_offered_none_and_gets_none(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    menu = await signs_in(kiosk, await hired(kiosk))
    assert "master" not in [option.id for option in menu.options]
    kiosk.guest.choose("master")  # no screen offers it, and nothing comes of it
    await kiosk.guest.sees(Choice, MENU)


async def test_where_the_house_has_told_its_doors_of_no_set_none_is_offered(lobby: OpenLobby) -> None:
    kiosk = await lobby(keys__sets="")
    menu = await signs_in(kiosk, await hired(kiosk, Role.MANAGER))
    assert "master" not in [option.id for option in menu.options]


async def test_where_a_lock_makers_server_makes_the_keys_none_is_offered(lobby: OpenLobby) -> None:
    kiosk = await lobby(key_encoder__driver="fias")
    menu = await signs_in(kiosk, await hired(kiosk, Role.MANAGER))
    assert "master" not in [option.id for option in menu.options]


async def made_by_one_who_then_leaves(kiosk: Lobby, boss: Colleague, *, lying: bool) -> str:
    """Its UID; the card is in the hand, or lies on the encoder still."""
    await signs_in(kiosk, boss)
    await chooses(kiosk, "master", "floor-1", Why.OTHER)
    uid = await lays_blank(kiosk, "aes")
    await chooses(kiosk, "go-on")
    await kiosk.guest.sees(Choice, MENU)
    if not lying:
        await kiosk.plays("key_encoder", "lift")
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Welcome)
    return uid


async def test_one_that_is_laid_on_the_encoder_says_which_doors_it_opens(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", access__two_person="none")
    await a_guest_checks_in(kiosk)
    boss = await hired(kiosk, Role.MANAGER)
    uid = await made_by_one_who_then_leaves(kiosk, boss, lying=False)
    await signs_in(kiosk, boss)
    kiosk.guest.choose("keys")
    await kiosk.guest.sees(Pick, "Which room or guest?")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", uid)
    sheet = await kiosk.guest.sees(Sheet, "A master key")
    assert "First floor" in [SAY(value) for _, rows in sheet.sections for _, value in rows]


async def test_one_that_is_left_on_the_encoder_is_erased_and_the_desk_is_told(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__two_person="none")
    uid = await made_by_one_who_then_leaves(kiosk, await hired(kiosk, Role.MANAGER), lying=True)
    await kiosk.clock.move(LEFT_FOR_S)
    await kiosk.until(lambda: any(entry.act == Act.ERASED for entry in kiosk.terminal.journal.entries()))
    assert "opened" not in await tries(kiosk, "107", uid)


async def test_a_card_that_can_be_copied_is_refused_in_words_and_the_right_one_taken(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__two_person="none")
    await signs_in(kiosk, await hired(kiosk, Role.MANAGER))
    await chooses(kiosk, "master", "all", Why.OTHER)
    await lays_blank(kiosk)
    refused = await kiosk.guest.sees(LayKeyCard)
    assert "could be copied" in SAY(refused.state)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lift")
    await kiosk.plays("key_encoder", "lay-card", "aes")
    await kiosk.guest.sees(Choice, "master key is made")
    assert [entry.act for entry in kiosk.terminal.journal.entries(room="all")] == [Act.REFUSED_CARD, Act.MASTER_CUT]


async def test_a_card_lifted_half_way_is_put_down_as_unsure_and_the_next_of_the_set_ends_it(lobby: OpenLobby) -> None:
    kiosk = await lobby(access__two_person="none")
    await signs_in(kiosk, await hired(kiosk, Role.MANAGER))
    await chooses(kiosk, "master", "all", Why.OTHER)
    await kiosk.guest.sees(LayKeyCard)
    await kiosk.plays("key_encoder", "lift-after", "9")
    kiosk.guest.passes()
    lifted = (await kiosk.plays("key_encoder", "lay-card", "aes"))["uid"]
    prompt = await kiosk.guest.sees(LayKeyCard)
    assert "Taken too early" in SAY(prompt.state)
    (unsure,) = [entry for entry in kiosk.terminal.journal.entries() if entry.act == Act.UNSURE]
    assert (unsure.room, unsure.card) == ("all", lifted)
