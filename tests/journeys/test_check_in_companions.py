"""Everyone on the booking: companions one after another, children told by who travels with them, as the law asks."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.model import Stay
from kiosk.prompts import (
    Choice,
    Chosen,
    DateEntry,
    LayKeyCard,
    PresentDocument,
    Reading,
    ReadingChip,
    RegistrationCard,
    StillThere,
    TextEntry,
    Welcome,
)
from tests.journeys.companions import (
    ERIK,
    HANIA,
    NEXT,
    PAWEL,
    SAY,
    archived,
    begins,
    booked,
    books_of,
    card_of,
    options,
    passport,
    rows,
    shows,
    tells_child,
    tells_until_born,
    told,
    wanted,
    was_read,
    whole,
)
from tests.journeys.conftest import Lobby, OpenLobby

YEAR = date.today().year


# --- each with a document of their own ----------------------------------------------------------------


async def test_a_couple_checks_in_with_both_documents(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    prompt = await begins(kiosk, "ready")
    assert "Guest 2 of 2" in SAY(prompt.help)
    await shows(kiosk, "ready-companion")
    card = await whole(kiosk, "Erik")
    assert not card.signature
    assert rows(card)["Document check"] == "Genuine, not copied"
    second = [scene.prompt for scene in kiosk.guest.scenes if isinstance(scene.prompt, ReadingChip)][-1]
    assert "is genuine" in " ".join(map(SAY, second.instead_of)), "what was said of the first document is over"
    assert SAY(card.rows[0].proof) == "Read from the chip"
    assert "You sign for both of you: Anna Maria Eriksson, Erik Eriksson" in SAY((await whole(kiosk, "Anna")).help)
    await kiosk.goes_on(LayKeyCard)
    booking = await booked(kiosk, "ready")
    assert booking.stay is Stay.IN_HOUSE
    assert [(guest.given_name, guest.born) for guest in booking.guests] == [
        ("Anna", SAMPLES["ready"].person.born), ("Erik", ERIK.person.born)
    ]  # fmt: skip
    (document,) = booking.guests[1].identifications
    assert (document.number, document.expires) == (ERIK.document.number, ERIK.document.expires)
    await archived(kiosk, cards=2)


async def test_a_family_checks_in_with_a_child_that_is_told(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    prompt = await begins(kiosk, "family")
    assert "Guest 2 of 3" in SAY(prompt.help)
    assert options(prompt) == ["child", "later", "person"]
    await shows(kiosk, "family-partner")
    await whole(kiosk, "Paweł")
    prompt = await wanted(kiosk)
    assert "Guest 3 of 3" in SAY(prompt.help)
    await tells_child(kiosk, "Hania", HANIA.person.born)
    card = await whole(kiosk, "Hania")
    assert rows(card)["Name at birth"] == "Mazur Hania"
    assert "Passport" not in rows(card)
    assert "Document" not in rows(card)
    await whole(kiosk, "Joanna")
    await kiosk.goes_on(LayKeyCard)
    booking = await booked(kiosk, "family")
    assert [(guest.given_name, guest.family_name, guest.born) for guest in booking.guests[1:]] == [
        ("Paweł", "Mazur", PAWEL.person.born), ("Hania", "Mazur", HANIA.person.born)
    ]  # fmt: skip
    assert booking.guests[2].identifications == ()
    assert (booking.adults, booking.children) == (2, 1)
    await archived(kiosk, cards=3)


async def test_a_child_may_lay_down_a_document_too(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await shows(kiosk, "family-child")
    card = await whole(kiosk, "Hania")
    assert rows(card)["Passport"] == "EK•••901"
    prompt = await wanted(kiosk)
    assert "Guest 3 of 3" in SAY(prompt.help)


@pytest.mark.parametrize("until", [None, 6])
async def test_who_is_too_old_to_be_told_shows_a_document(lobby: OpenLobby, until: int | None) -> None:
    """Fifteen where the law says fourteen; eight where the house says six."""
    kiosk = await lobby(identity__children_until=until)
    years = until or 14
    assert f"Child under {years}" in [SAY(option.label) for option in (await begins(kiosk, "family")).other]
    await tells_until_born(kiosk, "Zosia", date(YEAR - years - 2, 1, 1))
    await wanted(kiosk, f"From {years} years on, everybody shows a document of their own.")
    await shows(kiosk, *passport("MAZUR", "ZOSIA", date(YEAR - years - 2, 1, 1), "L5555551A"))
    await card_of(kiosk, "Zosia")


async def test_a_child_that_is_made_older_on_its_card_shows_a_document(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await tells_child(kiosk, "Hania", HANIA.person.born)
    await card_of(kiosk, "Hania")
    kiosk.guest.choose("change:born")
    await kiosk.guest.sees(DateEntry)
    kiosk.guest.pick(date(YEAR - 15, 1, 1))
    await whole(kiosk, "Hania")
    await wanted(kiosk, "From 14 years on")


async def test_a_house_that_wants_every_childs_document_offers_nothing_else(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__children_until=0)
    assert options(await begins(kiosk, "family")) == ["later", "person"]


async def test_what_a_household_has_in_common_is_suggested_not_asked_again(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await shows(kiosk, "family-partner")
    assert rows(await card_of(kiosk, "Paweł"))["Address"] == "50-101, Poland"


async def test_the_head_is_not_asked_what_a_companion_has_just_told(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready")
    await shows(kiosk, "ready-companion")
    await whole(kiosk, "Erik")
    card = await card_of(kiosk, "Anna")
    assert [SAY(row.label) for row in card.rows if row.missing] == ["Place of birth", "Address"], "of the hotel's own, a part"
    assert "Budapest" in rows(card)["Arrived in Hungary"]


# --- later --------------------------------------------------------------------------------------------


async def test_a_companion_who_comes_later_is_left_to_the_desk(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready")
    kiosk.guest.choose("later")
    await whole(kiosk, "Anna")
    await kiosk.goes_on(LayKeyCard)
    text = await told(kiosk, "to be registered later")
    assert "1 of this booking" in text
    assert "Eriksson" not in text
    await archived(kiosk, cards=1)


async def test_several_who_come_later_are_told_in_one_go(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    kiosk.guest.choose("later")
    prompt = await kiosk.guest.sees(Choice, "Who arrives later?")
    assert [SAY(option.label) for option in prompt.options] == ["Both of them", "Only the next one"]
    kiosk.guest.choose("one")
    assert "Guest 3 of 3" in SAY((await wanted(kiosk)).help)
    kiosk.guest.back()
    await wanted(kiosk)
    kiosk.guest.choose("later")
    await kiosk.guest.sees(Choice, "Who arrives later?")
    kiosk.guest.choose("all")
    await whole(kiosk, "Joanna")
    await kiosk.goes_on(LayKeyCard)
    assert "2 of this booking" in await told(kiosk, "to be registered later")


# --- controls -----------------------------------------------------------------------------------------


async def test_back_leads_from_the_third_guest_to_the_first(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    await begins(kiosk, "family")
    await shows(kiosk, "family-partner")
    second = await whole(kiosk, "Paweł")
    await wanted(kiosk)
    await tells_child(kiosk, "Hania", HANIA.person.born)
    await whole(kiosk, "Hania")
    await card_of(kiosk, "Joanna")
    chips = was_read(kiosk)
    guest.back()
    assert "Wrocław" in rows(await card_of(kiosk, "Hania"))["Place of birth"], "as it was found right"
    guest.back()
    assert "Guest 3 of 3" in SAY((await wanted(kiosk)).help)
    guest.choose("child")
    await guest.sees(TextEntry)
    guest.type("Mazur")
    assert (await guest.sees(TextEntry, "given names")).value == "Hania", "what was told is not told again"
    guest.back()
    await guest.sees(TextEntry)
    guest.back()
    await wanted(kiosk)
    guest.back()
    assert rows(await card_of(kiosk, "Paweł")) == rows(second)
    guest.back()
    assert "Guest 2 of 3" in SAY((await wanted(kiosk)).help)
    guest.back()
    await guest.sees(Choice, "Start over?")
    guest.choose("leave")
    await guest.sees(Welcome)
    assert was_read(kiosk) == chips


async def test_nobody_there_in_the_middle_and_nothing_is_kept(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await shows(kiosk, "family-partner")
    await whole(kiosk, "Paweł")
    await wanted(kiosk)
    await kiosk.clock.move(61)
    await kiosk.guest.sees(StillThere)
    kiosk.guest.passes()
    await kiosk.clock.move(21)
    await kiosk.guest.sees(Welcome)
    assert not kiosk.terminal.outbox.pending()
    assert not list(kiosk.terminal.ledger.messages())
    assert not (await booked(kiosk, "family")).guests[1].identifications
    assert "Guest 2 of 3" in SAY((await begins(kiosk, "family")).help)


async def test_start_over_in_the_middle_forgets_everybody(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await shows(kiosk, "family-partner")
    await card_of(kiosk, "Paweł")
    kiosk.guest.start_over()
    prompt = await begins(kiosk, "ready")
    assert "Guest 2 of 2" in SAY(prompt.help)


async def test_a_double_tap_counts_one_child_once(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    number = kiosk.guest.scene.number
    kiosk.guest.choose("later")
    assert not kiosk.guest.desk.answer(number, Chosen("later"))
    await kiosk.guest.sees(Choice, "Who arrives later?")
    number = kiosk.guest.scene.number
    kiosk.guest.choose("one")
    assert not kiosk.guest.desk.answer(number, Chosen("all"))
    assert "Guest 3 of 3" in SAY((await wanted(kiosk)).help)


async def test_call_us_calls_and_the_same_question_stands_again(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    before = await begins(kiosk, "ready")
    kiosk.guest.choose("person")
    await kiosk.guest.sees(Choice, "We have called a colleague")
    kiosk.guest.choose("go-on")
    assert await wanted(kiosk) == before


async def test_unreadable_is_said_with_the_gesture(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready")
    kiosk.guest.passes()
    await kiosk.plays("document_reader", "swipe-bad")
    await wanted(kiosk, "could not be read for certain")


async def test_what_is_kept_tells_of_everybody(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready")
    await shows(kiosk, "ready-companion")
    await card_of(kiosk, "Erik")
    kiosk.guest.choose("kept")
    kept = await kiosk.guest.sees(Reading)
    assert "Everybody who stays has a card of their own" in "\n".join(map(SAY, kept.paragraphs))


async def test_names_from_right_to_left_and_of_three_hundred_letters_are_registered(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await tells_child(kiosk, "فاطمة الزهراء", HANIA.person.born)
    await whole(kiosk, "فاطمة")
    await wanted(kiosk)
    await tells_child(kiosk, "Ann" * 100, HANIA.person.born)
    await whole(kiosk, "AnnAnn")
    await whole(kiosk, "Joanna")
    await kiosk.goes_on(LayKeyCard)
    guests = (await booked(kiosk, "family")).guests
    assert [guest.given_name[:6] for guest in guests[2:]] == ["فاطمة ", "AnnAnn"]
    assert all(pdf.startswith(b"%PDF") for pdf in await archived(kiosk, cards=3))


async def test_a_reader_of_the_printed_zone_alone_registers_everybody_too(lobby: OpenLobby) -> None:
    kiosk = await lobby(document_reader__driver="serial_mrz")
    await begins(kiosk, "ready")
    await shows(kiosk, "ready-companion")
    card = await whole(kiosk, "Erik")
    assert "Document check" not in rows(card)
    await whole(kiosk, "Anna")
    await kiosk.goes_on(LayKeyCard)


async def test_what_was_proven_of_each_document_is_noted_on_the_booking(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__note="always")
    await begins(kiosk, "ready")
    await shows(kiosk, "ready-companion")
    await whole(kiosk, "Erik")
    await whole(kiosk, "Anna")
    await kiosk.goes_on(LayKeyCard)
    with books_of(kiosk) as books:
        notes = [text for text, _ in books.comments((await kiosk.booking("ready")).id)]
    assert sum("genuine yes; not copied yes; zone yes" in text for text in notes) == 2


async def test_the_next_guests_question_never_names_anybody(lobby: OpenLobby) -> None:
    kiosk: Lobby = await lobby()
    await begins(kiosk, "ready")
    said = [SAY(text) for scene in kiosk.guest.scenes for text in (scene.prompt.question, scene.prompt.help) if text]
    assert not any("Erik" in words for words in said if NEXT not in words)
    assert isinstance(kiosk.guest.scene.prompt, PresentDocument)
    assert not any(isinstance(scene.prompt, RegistrationCard) for scene in kiosk.guest.scenes)
