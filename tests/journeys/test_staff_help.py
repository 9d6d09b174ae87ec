"""Staff help a guest who is stuck: what was refused, with the guest's consent, one step, and back to the guest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardware.card_reader.contract import CardProof, Proven
from kiosk.access import Role
from kiosk.help_given import RULES, Stuck
from kiosk.hotel.builtin.samples import COMPANIONS, EXPIRED_SPECIMEN, SAMPLES
from kiosk.hotel.model import Stay
from kiosk.key_journal import Act, Entry, Why
from kiosk.prompts import (
    Choice,
    Chosen,
    DateEntry,
    Farewell,
    LayKeyCard,
    Pick,
    PresentDocument,
    Prompt,
    ReadingChip,
    RegistrationCard,
    Sheet,
    StillThere,
    TextEntry,
    Typed,
    Welcome,
)
from tests.journeys import companions
from tests.journeys.companions import books_of
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import (
    SAY,
    Colleague,
    comes,
    hands_back,
    helps,
    hired,
    lays_card,
    sheet_says,
)

DUE = "Please pay at the desk"


def helped(kiosk: Lobby) -> list[Entry]:
    return [entry for entry in kiosk.terminal.journal.entries() if entry.act == Act.HELPED]


def last(kiosk: Lobby, who: Colleague) -> Entry:
    return list(kiosk.terminal.journal.entries(by=who.number))[-1]


async def comments(kiosk: Lobby, sample: str) -> str:
    booking = await kiosk.booking(sample)
    with books_of(kiosk) as books:
        return " | ".join(text for text, _ in books.comments(booking.id))


async def stuck(kiosk: Lobby, sample: str, words: str) -> Choice:
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document(sample)
    return await kiosk.guest.sees(Choice, words)


async def put_down_as(kiosk: Lobby, who: Colleague, sample: str, why: Why, words: str) -> None:
    """Once in the journal, for this booking; and as a comment on it."""
    (entry,) = helped(kiosk)
    booking = await kiosk.booking(sample)
    assert (entry.by, entry.why, entry.reservation) == (who.number, why, booking.id)
    comment = await comments(kiosk, sample)
    assert f"staff {who.number} let the guest go on: {words}" in comment
    assert "Kata" not in comment


# --- what can be allowed -----------------------------------------------------------------------------


async def test_the_guest_agrees_the_colleague_allows_it_and_the_guest_goes_on_to_the_key(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    asked = await comes(kiosk, kata)
    assert "Kata" in SAY(asked.question)
    assert kiosk.guest.scene.signed_in is None, "until the guest agrees it is their screen"
    kiosk.guest.choose("yes")
    sheet = await kiosk.guest.sees(Sheet, "pay first")
    assert "Kata" in SAY(kiosk.guest.scene.signed_in)
    assert SAMPLES["balance-due"].person.family not in sheet_says(sheet), "nothing that the decision does not need"
    await hands_back(kiosk, "later")
    await kiosk.goes_on(LayKeyCard)
    assert (await kiosk.booking("balance-due")).stay is Stay.IN_HOUSE
    await put_down_as(kiosk, kata, "balance-due", Why.BALANCE, "may pay the balance later")
    assert last(kiosk, kata).act == Act.SIGNED_OFF


async def test_what_is_said_to_be_paid_must_stand_in_the_hotels_books(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await helps(kiosk, kata)
    kiosk.guest.choose("paid")
    sheet = await kiosk.guest.sees(Sheet)
    assert "not paid yet" in sheet_says(sheet)
    assert not helped(kiosk)
    with books_of(kiosk) as books:
        books.paid((await kiosk.booking("balance-due")).id)
    await hands_back(kiosk, "paid")
    await kiosk.goes_on(LayKeyCard)
    await put_down_as(kiosk, kata, "balance-due", Why.BALANCE, "the balance was paid at the desk")


async def room_of(kiosk: Lobby, sample: str) -> str:
    room = (await kiosk.booking(sample)).room
    assert room is not None
    return room.number


async def to_no_room(kiosk: Lobby, sample: str) -> None:
    await kiosk.to_registration(sample)
    await kiosk.signs()
    await kiosk.guest.sees(Choice, "not ready")


async def test_a_clean_room_that_nobody_inspected_is_given_when_staff_say_that_it_is_ready(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata, room = await hired(kiosk), await room_of(kiosk, "do-not-move-not-ready")
    with books_of(kiosk) as books:
        books.cleaned(room, "Clean")
    await to_no_room(kiosk, "do-not-move-not-ready")
    assert "Clean, not inspected" in sheet_says(await helps(kiosk, kata))
    await hands_back(kiosk, "seen")
    await kiosk.goes_on(LayKeyCard)
    assert await room_of(kiosk, "do-not-move-not-ready") == room
    await put_down_as(kiosk, kata, "do-not-move-not-ready", Why.ROOM_NOT_CLEAN, "the room was seen and is ready")


async def test_a_dirty_room_is_refused_by_the_hotel_whatever_staff_say(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata, room = await hired(kiosk), await room_of(kiosk, "do-not-move-not-ready")
    await to_no_room(kiosk, "do-not-move-not-ready")
    await helps(kiosk, kata)
    kiosk.guest.choose("said")
    sheet = await kiosk.guest.sees(Sheet)
    assert "Housekeeping has not released the room." in sheet_says(sheet)
    assert not helped(kiosk)
    with books_of(kiosk) as books:
        books.cleaned(room, "Clean")
    await hands_back(kiosk, "said")
    await kiosk.goes_on(LayKeyCard)


async def test_where_no_room_is_left_the_desk_assigns_one_and_the_guest_goes_on(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await to_no_room(kiosk, "sold-out")
    assert "None is assigned" in sheet_says(await helps(kiosk, kata))
    kiosk.guest.choose("given")
    sheet = await kiosk.guest.sees(Sheet)
    assert "No room is assigned." in sheet_says(sheet)
    kiosk.guest.choose("no")
    await kiosk.guest.sees(Choice, "not ready")
    assert not helped(kiosk)


async def test_after_a_waiting_number_staff_can_still_help(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata, room = await hired(kiosk), await room_of(kiosk, "do-not-move-not-ready")
    await to_no_room(kiosk, "do-not-move-not-ready")
    kiosk.guest.choose("wait")
    await kiosk.guest.sees(Choice, "Your number is")
    with books_of(kiosk) as books:
        books.cleaned(room, "Clean")
    await helps(kiosk, kata)
    await hands_back(kiosk, "seen")
    await kiosk.goes_on(LayKeyCard)


async def test_an_alert_is_told_and_the_guest_goes_on(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "alert", "The desk has something for you")
    (alert,) = (await kiosk.booking("alert")).alerts
    assert alert.description in sheet_says(await helps(kiosk, kata))
    await hands_back(kiosk, "told")
    await kiosk.goes_on(LayKeyCard)
    await put_down_as(kiosk, kata, "alert", Why.ALERT, "what the desk had for them was told")


async def test_an_alert_that_stops_the_check_in_is_not_passed_over(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "alert-stop", "The desk has something for you")
    await helps(kiosk, kata)
    await hands_back(kiosk, "told")
    await kiosk.plays("card_reader", "lift")
    while "one thing" not in SAY((prompt := await kiosk.guest.sees(Prompt)).question):
        await kiosk.acts(prompt)
    sheet = await helps(kiosk, kata)
    assert "An alert stops the check-in." in sheet_says(sheet)
    assert "later" not in [option.id for option in sheet.options]
    kiosk.guest.choose("again")
    assert "still stands there" in sheet_says(await kiosk.guest.sees(Sheet))
    assert (await kiosk.booking("alert-stop")).stay is Stay.RESERVED
    with books_of(kiosk) as books:
        books.stops_no_more((await kiosk.booking("alert-stop")).id)
    await hands_back(kiosk, "again")
    await kiosk.goes_on(LayKeyCard)
    assert [entry.why for entry in helped(kiosk)] == [Why.ALERT, Why.OBSTACLE]


async def test_a_booking_of_several_rooms_goes_on_once_it_is_split(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "multi-room", "2 rooms")
    await helps(kiosk, kata)
    kiosk.guest.choose("split")
    assert "Rooms: 2" in sheet_says(await kiosk.guest.sees(Sheet))
    with books_of(kiosk) as books:
        books.split((await kiosk.booking("multi-room")).id)
    await hands_back(kiosk, "split")
    await kiosk.goes_on(RegistrationCard)


# --- documents ---------------------------------------------------------------------------------------

UNPROVEN = "A colleague will look at your document"


async def lays(kiosk: Lobby, verb: str, sample: str = "ready") -> None:
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", verb, *SAMPLES[sample].document.mrz)


async def test_an_unproven_document_goes_on_marked_so_once_a_colleague_has_looked_at_it(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    await lays(kiosk, "unknown-country")
    await kiosk.guest.sees(Choice, UNPROVEN)
    sheet = await helps(kiosk, kata)
    words = sheet_says(sheet)
    assert "ERIKSSON" in words
    assert SAMPLES["ready"].document.number not in words, "the colleague has the document in hand"
    assert "does not know the signatures" in words, "why it was refused"
    assert sheet.portrait is None
    await hands_back(kiosk, "looked")
    card = await kiosk.card()
    assert "Not proven" in str([SAY(row.value) for row in card.rows])
    await put_down_as(kiosk, kata, "ready", Why.DOCUMENT, "the document was looked at and is the guest's")
    await kiosk.goes_on(LayKeyCard)
    assert "genuine not-possible (unknown-country)" in await comments(kiosk, "ready")


async def test_a_chip_that_says_another_than_the_print_shows_both_and_is_never_called_proven(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    await lays(kiosk, "other-name")
    await kiosk.guest.sees(Choice, UNPROVEN)
    assert "print, chip" in sheet_says(await helps(kiosk, kata))
    await hands_back(kiosk, "looked")
    card = await kiosk.card()
    assert [SAY(row.value) for row in card.rows if SAY(row.value).startswith("Not proven.")]
    await kiosk.goes_on(LayKeyCard)
    assert "zone no (other-zone)" in await comments(kiosk, "ready")


async def test_a_document_without_a_chip_goes_on_once_a_colleague_has_looked_at_it(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    await lays(kiosk, "no-chip")
    await kiosk.guest.sees(ReadingChip)
    kiosk.guest.choose("no-chip")
    await kiosk.guest.sees(Choice, UNPROVEN)
    await helps(kiosk, kata)
    await hands_back(kiosk, "known")
    await kiosk.card()
    await put_down_as(kiosk, kata, "ready", Why.DOCUMENT, "the guest is known to staff, the document was looked at")


async def test_a_typed_document_goes_on_once_a_colleague_has_held_it_against_the_real_one(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", kiosk__typed_document="yes")
    kata = await hired(kiosk)
    guest, sample = kiosk.guest, SAMPLES["ready"]
    await guest.sees(Welcome)
    guest.choose("check-in")
    await guest.sees(Choice)
    guest.choose("number")
    await guest.sees(TextEntry)
    guest.type(sample.confirmation)
    await guest.sees(PresentDocument)
    guest.choose("type")
    for words in (sample.document.family_name, sample.document.given_names, sample.document.number):
        await guest.sees(TextEntry)
        guest.type(words)
    await guest.sees(DateEntry)
    guest.pick(sample.person.born)
    await guest.sees(Choice, UNPROVEN)
    assert "The guest typed it" in sheet_says(await helps(kiosk, kata))
    await hands_back(kiosk, "looked")
    await kiosk.goes_on(LayKeyCard)
    await put_down_as(kiosk, kata, "ready", Why.DOCUMENT, "the document was looked at and is the guest's")


async def test_an_expired_document_is_not_for_reception_but_for_a_manager(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata, boss = await hired(kiosk), await hired(kiosk, Role.MANAGER, "Boss", "582913")
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "present", *EXPIRED_SPECIMEN.mrz)
    await kiosk.guest.sees(Choice, "has expired")
    await comes(kiosk, kata)
    kiosk.guest.choose("yes")
    await kiosk.guest.sees(Choice, "Only a manager may allow this")
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Choice, "has expired")
    assert not helped(kiosk)
    await kiosk.plays("card_reader", "lift")
    assert "expired" in sheet_says(await helps(kiosk, boss))
    await hands_back(kiosk, "valid")
    await kiosk.card()
    assert [(entry.by, entry.why) for entry in helped(kiosk)] == [(boss.number, Why.DOCUMENT)]


async def test_the_document_of_one_who_comes_along_is_looked_at_too(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    kata = await hired(kiosk)
    await companions.begins(kiosk, "family")
    await companions.shows(kiosk, *COMPANIONS["family-partner"].document.mrz, verb="unknown-country")
    await kiosk.guest.sees(Choice, "A colleague will look at Paweł’s document")
    await helps(kiosk, kata)
    await hands_back(kiosk, "looked")
    await companions.card_of(kiosk, "Paweł")
    await put_down_as(kiosk, kata, "family", Why.DOCUMENT, "the document was looked at and is the guest's")


async def test_help_in_a_visit_that_came_to_no_booking_stands_in_the_journal_all_the_same(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    stranger = replace(SAMPLES["ready"].document, family_name="DOE", given_names="JANE")
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "unknown-country", *stranger.mrz)
    await kiosk.guest.sees(Choice, UNPROVEN)
    await helps(kiosk, kata)
    await hands_back(kiosk, "looked")
    await kiosk.guest.sees(Choice, NOT_FOUND)
    assert not helped(kiosk), "for which booking is not known yet"
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    assert [(entry.by, entry.why, entry.reservation) for entry in helped(kiosk)] == [(kata.number, Why.DOCUMENT, "")]


# --- whose booking it is -----------------------------------------------------------------------------

NOT_FOUND = "We found no booking for this document"


async def vouches(kiosk: Lobby, who: Colleague, words: str) -> Pick:
    """Where no booking fits the guest's document, the colleague looks for one."""
    await comes(kiosk, who)
    kiosk.guest.choose("yes")
    await kiosk.guest.sees(TextEntry, "Which booking is it?")
    kiosk.guest.type(words)
    return await kiosk.guest.sees(Pick, "Is it one of these?")


async def lays_paper(kiosk: Lobby, family: str, given: str, sample: str = "ready") -> None:
    """A genuine document of this name, born as the sample's guest."""
    await kiosk.guest.sees(Welcome)
    document = replace(SAMPLES[sample].document, family_name=family, given_names=given)
    await kiosk.plays("document_reader", "present", *document.mrz)
    await kiosk.guest.sees(Choice, NOT_FOUND)


async def test_a_name_that_is_spelled_otherwise_is_vouched_for_by_one_colleague(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await lays_paper(kiosk, "ERICSON", "ANNA MARIA")
    pick = await vouches(kiosk, kata, "Eriksson")
    booking = await kiosk.booking("ready")
    assert booking.id in [row.id for row in pick.rows]
    kiosk.guest.choose(booking.id)
    words = sheet_says(await kiosk.guest.sees(Sheet, "Is it this guest’s booking?"))
    assert "ERICSON" in words
    assert "Eriksson" in words
    await hands_back(kiosk, "spelled")
    await kiosk.goes_on(LayKeyCard)
    await put_down_as(kiosk, kata, "ready", Why.NAME_MISMATCH, "the name on the booking is spelled in another way")


async def test_a_stranger_to_the_booking_wants_a_second_person_and_nobody_approves_themselves(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    boss, chief = await hired(kiosk, Role.MANAGER, "Boss"), await hired(kiosk, Role.MANAGER, "Chief", "582913")
    await lays_paper(kiosk, "DOE", "JANE")
    pick = await vouches(kiosk, boss, SAMPLES["ready"].confirmation)
    kiosk.guest.choose(pick.rows[0].id)
    await kiosk.guest.sees(Sheet)
    kiosk.guest.choose("for-them")
    await kiosk.guest.sees(Choice, "second person")
    for who, then in ((boss, "Somebody else must approve"), (chief, "Back to you")):
        await kiosk.plays("card_reader", "lift")
        await lays_card(kiosk, who)
        await kiosk.guest.sees(TextEntry, "second person")
        kiosk.guest.answer(Typed(who.pin))
        await kiosk.guest.sees(Choice, then)
        assert bool(helped(kiosk)) == (who is chief)
        kiosk.guest.choose("again" if who is boss else "go-on")
        if who is boss:
            await kiosk.guest.sees(Choice, "second person")
    await kiosk.goes_on(RegistrationCard)
    (entry,) = helped(kiosk)
    assert (entry.by, entry.approved_by, entry.why) == (boss.number, chief.number, Why.NAME_MISMATCH)


async def test_of_several_guests_of_one_name_the_colleague_picks_the_one_who_stands_there(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    annas = [await kiosk.booking(sample) for sample in ("same-name-1", "same-name-2")]
    with books_of(kiosk) as books:
        books.not_told_when_born(anna.guest.profile_id for anna in annas)
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document("same-name-1")
    day = (await kiosk.guest.sees(DateEntry, "On which day do you leave?")).latest
    kiosk.guest.pick(day)
    await kiosk.guest.sees(Choice, "Several guests have this name")
    await comes(kiosk, kata)
    kiosk.guest.choose("yes")
    pick = await kiosk.guest.sees(Pick, "Is it one of these?")
    assert {row.id for row in pick.rows} == {anna.id for anna in annas}
    kiosk.guest.choose(annas[1].id)
    await kiosk.guest.sees(Sheet, "Is it this guest’s booking?")
    await hands_back(kiosk, "theirs")
    await kiosk.goes_on(RegistrationCard)
    await put_down_as(kiosk, kata, "same-name-2", Why.NAME_MISMATCH, "of several guests of this name it is this one")


@pytest.mark.parametrize("sample", ["cancelled", "checked-out", "in-house", "tomorrow", "no-show"])
async def test_only_who_may_arrive_today_can_be_vouched_for(lobby: OpenLobby, sample: str) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await lays_paper(kiosk, "DOE", "JANE")
    assert not (await vouches(kiosk, kata, SAMPLES[sample].confirmation)).rows
    kiosk.guest.choose("again")
    await kiosk.guest.sees(TextEntry, "Which booking is it?")
    kiosk.guest.type(SAMPLES[sample].person.family)
    assert not (await kiosk.guest.sees(Pick)).rows


@pytest.mark.parametrize("sample", ["cancelled", "checked-out", "tomorrow", "no-show"])
async def test_nobody_is_asked_for_help_with_a_booking_that_is_past_or_to_come(lobby: OpenLobby, sample: str) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    prompt = await stuck(kiosk, sample, "")
    await lays_card(kiosk, kata)
    assert not prompt.takes
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)
    assert kiosk.guest.story().count("TextEntry: Your PIN") == 0


def test_the_table_says_of_every_step_who_may_allow_it() -> None:
    assert set(RULES) == set(Stuck)
    assert RULES[Stuck.PAST].power is None


# --- nothing is lost, nothing stays ------------------------------------------------------------------


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


async def stuck_with_a_colleague(kiosk: Lobby) -> Colleague:
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await helps(kiosk, kata)
    return kata


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
    kiosk.terminal.access.take_card(bytes.fromhex(kata.uid))
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
    assert kiosk.terminal.current_visit == "" or kiosk.guest.scene.signed_in is None
