"""Staff help with a document, or vouch for whose booking it is; never with a booking that is nobody's to have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.help_given import RULES, Stuck
from kiosk.hotel.builtin.samples import COMPANIONS, EXPIRED_SPECIMEN, SAMPLES
from kiosk.key_journal import Why
from kiosk.prompts import (
    Choice,
    DateEntry,
    LayKeyCard,
    Pick,
    PresentDocument,
    ReadingChip,
    RegistrationCard,
    Sheet,
    TextEntry,
    Typed,
    Welcome,
)
from kiosk.roles import Role
from tests.journeys import companions
from tests.journeys.companions import books_of
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import (
    NOT_FOUND,
    SAY,
    UNPROVEN,
    Colleague,
    comes,
    comments,
    hands_back,
    helped,
    helps,
    hired,
    lays_card,
    put_down_as,
    sheet_says,
    stuck,
)

# --- documents ---------------------------------------------------------------------------------------

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


async def test_the_guest_alone_with_the_second_persons_question_vouches_for_nobody(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await lays_paper(kiosk, "DOE", "JANE")
    pick = await vouches(kiosk, kata, SAMPLES["ready"].confirmation)
    kiosk.guest.choose(pick.rows[0].id)
    await kiosk.guest.sees(Sheet)
    kiosk.guest.choose("for-them")
    asked = await kiosk.guest.sees(Choice, "second person")
    words = str([SAY(value) for _, value in asked.details])
    assert "DOE" in words
    assert SAMPLES["ready"].person.family in words
    await kiosk.plays("card_reader", "lift")  # she fetches the manager
    kiosk.guest.back()
    await kiosk.guest.sees(Choice, "Your own card again")
    kiosk.guest.choose("sign-off")
    await kiosk.guest.sees(Choice, NOT_FOUND)
    assert kiosk.guest.scene.signed_in is None
    assert not helped(kiosk)


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
