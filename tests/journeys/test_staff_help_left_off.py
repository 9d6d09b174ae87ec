"""Staff help is left off in every way there is: the guest's visit stands where it was, and nothing stays."""

from __future__ import annotations

import pytest

from hardware.card_reader.contract import CardProof, Proven
from kiosk.key_journal import Act, Why
from kiosk.prompts import (
    Choice,
    Chosen,
    Farewell,
    Sheet,
    StillThere,
    TextEntry,
    Typed,
    Welcome,
)
from kiosk.roles import Role
from tests.journeys.conftest import OpenLobby
from tests.journeys.staff import (
    DUE,
    comes,
    hands_back,
    helped,
    helps,
    hired,
    last,
    lays_card,
    stuck,
    stuck_with_a_colleague,
)


async def test_the_guest_says_no_and_nothing_is_shown(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await comes(kiosk, kata)
    kiosk.guest.choose("no")
    await kiosk.guest.sees(Choice, DUE)
    assert not [scene for scene in kiosk.guest.scenes if isinstance(scene.prompt, Sheet)]
    assert not helped(kiosk)
    assert last(kiosk, kata).act == Act.SIGNED_OFF


async def test_the_colleague_says_not_now_and_the_guest_stands_where_they_were(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await stuck_with_a_colleague(kiosk)
    kiosk.guest.choose("no")
    await kiosk.guest.sees(Choice, DUE)
    assert not helped(kiosk)


@pytest.mark.parametrize("at", ["pin", "consent", "sheet"])
async def test_the_card_is_taken_away_and_the_guests_visit_stands_where_it_was(lobby: OpenLobby, at: str) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    if at == "pin":
        await lays_card(kiosk, kata)
        await kiosk.guest.sees(TextEntry, "PIN")
    else:
        await (comes if at == "consent" else helps)(kiosk, kata)  # type: ignore[operator]
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Choice, DUE)
    assert kiosk.guest.scene.signed_in is None
    if at != "pin":
        assert (last(kiosk, kata).act, last(kiosk, kata).why) == (Act.SIGNED_OFF, Why.CARD_REMOVED)
    await helps(kiosk, kata)
    await hands_back(kiosk, "later")


async def test_the_card_may_be_taken_away_as_soon_as_it_is_allowed(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await stuck_with_a_colleague(kiosk)
    kiosk.guest.choose("later")
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Choice, "Back to you")
    assert len(helped(kiosk)) == 1


async def test_sign_off_hands_the_visit_back_without_the_step(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await stuck_with_a_colleague(kiosk)
    kiosk.guest.start_over()
    await kiosk.guest.sees(Choice, DUE)
    assert kiosk.guest.scene.signed_in is None
    assert last(kiosk, kata).act == Act.SIGNED_OFF
    assert not helped(kiosk)
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)


async def test_after_a_minute_the_colleague_is_signed_off_and_later_the_guests_visit_ends_as_always(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby(hotel__country="US", still=True)
    kata = await stuck_with_a_colleague(kiosk)
    kiosk.guest.passes()
    await kiosk.clock.move(40)
    await kiosk.guest.sees(StillThere)
    kiosk.guest.passes()
    await kiosk.clock.move(20)
    await kiosk.guest.sees(Choice, DUE)
    assert (last(kiosk, kata).act, last(kiosk, kata).why) == (Act.SIGNED_OFF, Why.IDLE)
    kiosk.guest.passes()
    await kiosk.clock.move(60)
    await kiosk.guest.sees(StillThere)
    kiosk.guest.passes()
    await kiosk.clock.move(20)
    await kiosk.guest.sees(Welcome)


@pytest.mark.parametrize("at", ["pin", "consent"])
async def test_a_guest_who_starts_over_before_anybody_helps_ends_the_visit(lobby: OpenLobby, at: str) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(TextEntry, "PIN")
    if at == "consent":
        kiosk.guest.answer(Typed(kata.pin))
        await kiosk.guest.sees(Choice, "help you here?")
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    assert last(kiosk, kata).act == Act.SIGNED_OFF if at == "consent" else not list(kiosk.terminal.journal.entries(by=kata.number))


async def test_a_wrong_pin_and_then_back_leaves_the_guest_where_they_were(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(TextEntry, "PIN")
    kiosk.guest.answer(Typed("111222"))
    prompt = await kiosk.guest.sees(TextEntry, "PIN")
    assert prompt.error is not None
    kiosk.guest.back()
    await kiosk.guest.sees(Choice, DUE)
    assert [entry.why for entry in kiosk.terminal.journal.entries() if entry.act == Act.REFUSED] == [Why.WRONG_PIN]


async def test_a_card_that_was_taken_back_says_so_and_the_guest_goes_on_waiting(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    assert kiosk.terminal.access.take_cards(kata.number) == 1
    await stuck(kiosk, "balance-due", DUE)
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(Choice, "nobody’s")
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Choice, DUE)


async def test_a_locked_card_asks_for_no_pin_and_the_guest_goes_on_waiting(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    proof = CardProof(Proven.PROVEN, bytes.fromhex(kata.uid))
    for _ in range(4):
        await kiosk.clock.move(60)
        await kiosk.terminal.access.sign_in("111222", card=proof)
    await stuck(kiosk, "balance-due", DUE)
    await lays_card(kiosk, kata)
    await kiosk.guest.sees(Choice, "This way in is locked")
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Choice, DUE)
    assert "TextEntry: Your PIN" not in kiosk.guest.story()


async def test_a_technician_sees_nothing_of_a_guests_visit(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    tech = await hired(kiosk, Role.TECHNICIAN)
    await stuck(kiosk, "balance-due", DUE)
    await lays_card(kiosk, tech)
    await kiosk.guest.sees(TextEntry, "PIN")
    kiosk.guest.answer(Typed(tech.pin))
    await kiosk.guest.sees(Choice, "not for your role")
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Choice, DUE)
    assert not [scene for scene in kiosk.guest.scenes if isinstance(scene.prompt, Sheet)]


async def test_a_guests_key_card_is_no_staff_card(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await stuck(kiosk, "balance-due", DUE)
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lay-card")
    await kiosk.guest.sees(Choice, DUE)
    assert "This is not a staff card" in [words for words, _ in kiosk.guest.notices]


async def test_a_double_tap_allows_it_once(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await stuck_with_a_colleague(kiosk)
    number = kiosk.guest.scene.number
    kiosk.guest.choose("later")
    assert not kiosk.guest.desk.answer(number, Chosen("later"))
    await kiosk.guest.sees(Choice, "Back to you")
    assert len(helped(kiosk)) == 1


async def test_without_a_card_staff_come_in_by_a_quiet_word_where_that_is_allowed(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", access__pin_alone=True)
    kata = await hired(kiosk)
    prompt = await stuck(kiosk, "balance-due", DUE)
    assert [(option.id, option.quiet) for option in prompt.options][-1] == ("staff", True)
    kiosk.guest.choose("staff")
    await kiosk.guest.sees(Choice, "Your staff card")
    kiosk.guest.choose("number")
    await kiosk.guest.sees(TextEntry, "staff number")
    kiosk.guest.answer(Typed(kata.number))
    await kiosk.guest.sees(TextEntry, "PIN")
    kiosk.guest.answer(Typed(kata.pin))
    await kiosk.guest.sees(Choice, "help you here?")
    kiosk.guest.choose("yes")
    await kiosk.guest.sees(Sheet)
    await hands_back(kiosk, "later")


async def test_the_colleague_reads_the_houses_language_and_the_guest_gets_theirs_back(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    kiosk.running.reception.change_language("hu")
    await comes(kiosk, kata)
    assert kiosk.guest.desk.language == "hu"
    kiosk.guest.choose("yes")
    await kiosk.guest.sees(Sheet)
    assert kiosk.guest.desk.language == "en"
    kiosk.guest.choose("later")
    await kiosk.guest.sees(Choice, "Back to you")
    assert kiosk.guest.desk.language == "hu"


async def test_the_hotel_is_away_while_staff_help_and_nothing_is_lost(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", hotel__deadline_s=2)
    await stuck_with_a_colleague(kiosk)
    await kiosk.plays("hotel", "off")
    kiosk.guest.choose("paid")
    await kiosk.guest.sees(Choice, "hotel")
    await kiosk.plays("hotel", "on")
    kiosk.guest.choose("leave")
    await kiosk.guest.sees(Choice, DUE)
    assert not helped(kiosk)


async def test_no_guest_stays_on_the_screen_after_the_farewell(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await stuck_with_a_colleague(kiosk)
    await hands_back(kiosk, "later")
    await kiosk.goes_on(Farewell)
    await kiosk.plays("key_encoder", "lift")
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)
    after = kiosk.guest.scenes[-1]
    assert (after.signed_in, after.progress) == (None, None)
    assert kiosk.guest.desk._visit.staff is None
    assert not kiosk.guest.desk._visit.helped
