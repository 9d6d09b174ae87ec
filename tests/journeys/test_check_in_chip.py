"""The document's chip: read while the guest looks on, proven, and what happens where it isn't."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

import pytest

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.model import Identification, Stay
from kiosk.language import language
from kiosk.prompts import (
    Choice,
    LayKeyCard,
    PresentDocument,
    Reading,
    ReadingChip,
    RegistrationCard,
    StillThere,
    TextEntry,
    Tone,
    Welcome,
)
from tests.journeys.companions import books_of, rows, told
from tests.journeys.conftest import Lobby, OpenLobby

READY = SAMPLES["ready"].document.mrz
GENUINE = "Your document has been read and is genuine. You can take it."
CALM = "We can’t check this document here."
SAY = language("en").say


async def lays(kiosk: Lobby, verb: str = "present", lines: Sequence[str] = READY, *more: str) -> None:
    """A guest lays a document down at the welcome screen."""
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", verb, *lines, *more)


async def colleague(kiosk: Lobby, why: str) -> None:
    """The guest is led to a colleague, is told why, and nothing was given away."""
    prompt = await kiosk.guest.sees(Choice, "A colleague will look at your document")
    assert why in SAY(prompt.help), SAY(prompt.help)
    assert not kiosk.guest.scene.back
    assert (await kiosk.booking("ready")).stay is Stay.RESERVED
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)


async def put_on(kiosk: Lobby, lines: Sequence[str], kind: str = "chip-auth", lifted_after: int | None = None) -> None:
    """Lay a document on the chip's part of the reader alone; it is lifted after so many commands."""
    page: Any = kiosk.bench.devices["document_reader"]
    card = (await page.warm()).card(kind, tuple(lines))
    page.pad.lift()
    if lifted_after is not None:
        page.pad.lift_after(lifted_after)
    page.pad.place(card)


# --- a good document ---------------------------------------------------------------------------------


async def test_a_genuine_document_is_read_while_the_guest_sees_how_far_it_is(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk)
    card = await kiosk.card()
    reading = [scene.prompt for scene in kiosk.guest.scenes if isinstance(scene.prompt, ReadingChip)]
    parts = [prompt.fraction for prompt in reading if prompt.fraction is not None]
    assert parts == sorted(parts)
    assert len(parts) > 3
    assert parts[-1] > 0.9
    assert {SAY(prompt.question) for prompt in reading} <= {"Place it on the reader", "Reading your document"}
    assert (GENUINE, Tone.OK) in kiosk.guest.notices
    assert rows(card)["Document check"] == "Genuine, not copied"
    assert {SAY(row.proof) for row in card.rows if row.proof} == {"Read from the chip"}


async def test_the_hotel_gets_the_document_and_the_guest_the_room(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__note="always")
    await lays(kiosk)
    await kiosk.goes_on(LayKeyCard)
    booking = await kiosk.booking("ready")
    with books_of(kiosk) as books:
        assert ["genuine yes; not copied yes; zone yes" in text for text, _ in books.comments(booking.id)] == [True]
    guest = await kiosk.terminal.hotel.guest(booking.guest.profile_id)
    sent = guest.identifications[0]
    document = SAMPLES["ready"].document
    assert (sent.type, sent.number) == ("PASSPORT", document.number)
    assert booking.stay is Stay.IN_HOUSE
    known = next(one for one in booking.guest.identifications if one.number == document.number)
    assert isinstance(known, Identification)
    assert known.expires == document.expires


async def test_the_guest_reads_and_prints_which_fields_were_read(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk)
    await kiosk.card()
    kiosk.guest.choose("kept")
    kept = await kiosk.guest.sees(Reading)
    text = "\n".join(map(SAY, kept.paragraphs))
    assert "Read from the chip of your document" in text
    assert "Not read: your photo and your fingerprints." in text
    before = await kiosk.plays("printer", "last")
    kiosk.guest.choose("print")
    await kiosk.guest.sees(Reading)
    assert (await kiosk.plays("printer", "last")) != before
    kiosk.guest.choose("close")
    await kiosk.guest.sees(RegistrationCard)
    assert kiosk.guest.scene.back, "printing it has done nothing that can't be undone"


# --- a bad one ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "found"), [("copied", "copied"), ("forged", "signature")])
async def test_a_copy_and_a_forgery_lead_to_a_colleague_in_the_laxest_house(
    lobby: OpenLobby, verb: str, found: str
) -> None:
    """Nobody is accused: the guest hears the same of both, and the desk what was found."""
    lax = {f"identity__{key}": "go-on" for key in ("unproven", "unknown_country", "no_chip")}
    kiosk = await lobby(identity__require="zone", **lax)
    await lays(kiosk, verb)
    await colleague(kiosk, CALM)
    text = await told(kiosk, "document not proven")
    assert f"({found})" in text
    assert SAMPLES["ready"].person.family not in text
    assert SAMPLES["ready"].document.number not in text


@pytest.mark.parametrize("kind", ["withheld-dg14", "withheld-dg15", "withheld-cardsecurity", "open-copy"])
async def test_a_copy_that_keeps_silent_about_its_key_leads_to_a_colleague(lobby: OpenLobby, kind: str) -> None:
    kiosk = await lobby(identity__require="genuine")
    await lays(kiosk, "present", READY, kind)
    await colleague(kiosk, CALM)
    assert "genuine yes; not copied no" in await told(kiosk, "document not proven")


async def test_a_chip_that_says_another_name_than_the_print_never_leads_to_a_room(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__require="zone")
    await lays(kiosk, "other-name")
    await colleague(kiosk, CALM)
    assert "DIFFER" in await told(kiosk, "printed zone and chip")


@pytest.mark.parametrize("verb", ["copied", "forged", "other-name"])
async def test_what_spoke_against_a_document_is_not_forgotten_because_it_is_said_to_have_no_chip(
    lobby: OpenLobby, verb: str
) -> None:
    kiosk = await lobby(identity__no_chip="go-on")
    await lays(kiosk, verb)
    await kiosk.guest.sees(Choice, "A colleague will look at your document")
    kiosk.guest.choose("done")
    await lays(kiosk, "no-chip")
    await colleague(kiosk, CALM)
    assert "AGAINST" in await told(kiosk, "earlier today")
    await kiosk.clock.move(24 * 3600)
    await lays(kiosk, "no-chip")
    assert await kiosk.guest.sees(ReadingChip)


# --- what could not be proven ------------------------------------------------------------------------


async def test_an_unknown_country_leads_to_a_colleague_and_the_technician_hears_what_to_import(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby()
    await lays(kiosk, "unknown-country")
    await colleague(kiosk, CALM)
    assert "kiosk trust import" in await told(kiosk, "unknown-country")


async def test_an_unknown_country_goes_on_unproven_where_the_house_allows_it(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__unknown_country="go-on")
    await lays(kiosk, "unknown-country")
    card = await kiosk.card()
    assert rows(card)["Document check"].startswith("Not proven. This terminal does not know")
    assert GENUINE not in {words for words, _ in kiosk.guest.notices}


async def without_master_list(kiosk: Lobby) -> None:
    """As delivered: nobody has imported anything."""
    await kiosk.bench.warm()
    trust = kiosk.terminal.settings.kiosk.state / "trust"
    assert any(trust.iterdir())
    shutil.rmtree(trust)


async def test_without_any_master_list_the_policy_decides_for_the_guest(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__unknown_country="go-on")
    await without_master_list(kiosk)
    await lays(kiosk)
    card = await kiosk.card()
    assert rows(card)["Document check"].startswith("Not proven. This terminal does not know")


async def test_without_any_master_list_the_technician_hears_what_to_import(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await without_master_list(kiosk)
    await lays(kiosk)
    await colleague(kiosk, CALM)
    assert "kiosk trust import" in await told(kiosk, "not proven")


async def test_a_document_without_a_chip_leads_to_a_colleague(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk, "no-chip")
    prompt = await kiosk.guest.sees(ReadingChip, "Place it on the reader")
    assert prompt.other[0].id == "no-chip"
    kiosk.guest.choose("no-chip")
    await colleague(kiosk, "No chip was read.")
    assert "no-chip" in await told(kiosk, "not proven")


async def test_a_document_without_a_chip_goes_on_unproven_where_the_house_allows_it(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__no_chip="go-on")
    await lays(kiosk, "no-chip")
    await kiosk.guest.sees(ReadingChip)
    kiosk.guest.choose("no-chip")
    card = await kiosk.card()
    assert rows(card)["Document check"] == "Not proven. No chip was read."
    await kiosk.goes_on(LayKeyCard)
    with books_of(kiosk) as books:
        ((comment, internal),) = books.comments((await kiosk.booking("ready")).id)
    assert internal
    assert "genuine not-possible (no-chip)" in comment


async def test_a_chip_without_its_own_key_is_marked_where_the_house_asks_for_one(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__require="not-copied", identity__unproven="go-on")
    await put_on_first(kiosk, "bac")
    await kiosk.goes_on(LayKeyCard)
    with books_of(kiosk) as books:
        ((comment, _),) = books.comments((await kiosk.booking("ready")).id)
    assert "genuine yes; not copied not-possible (no-chip-key)" in comment


async def put_on_first(kiosk: Lobby, kind: str) -> None:
    """A document of this kind, with the guest's zone, at the welcome screen."""
    await kiosk.guest.sees(Welcome)
    await put_on(kiosk, READY, kind)
    page: Any = kiosk.bench.devices["document_reader"]
    await page.zone.do("present", *READY)


async def test_a_chip_that_does_not_answer_can_be_tried_again(lobby: OpenLobby) -> None:
    """The cover was on; taken off, all is well."""
    kiosk = await lobby(identity__chip_within_s=2)
    await lays(kiosk, "no-chip")
    prompt = await kiosk.guest.sees(Choice, "We can’t find a chip")
    assert "take off the cover" in SAY(prompt.help)
    kiosk.guest.choose("again")
    await kiosk.guest.sees(ReadingChip)
    await put_on(kiosk, READY)
    card = await kiosk.card()
    assert rows(card)["Document check"] == "Genuine, not copied"


# --- controls ----------------------------------------------------------------------------------------


async def test_back_during_the_reading_leads_to_the_question_for_a_document(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice, "How shall we find your booking?")
    kiosk.guest.choose("number")
    await kiosk.guest.sees(TextEntry)
    kiosk.guest.type(SAMPLES["ready"].confirmation)
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.passes()
    await kiosk.plays("document_reader", "slow-chip", *READY)
    await kiosk.guest.sees(ReadingChip)
    kiosk.guest.back()
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.back()
    await kiosk.guest.sees(TextEntry)


async def test_back_on_the_card_does_not_read_the_chip_again(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk)
    await kiosk.card()
    seen = len(kiosk.guest.scenes)
    kiosk.guest.back()
    await kiosk.guest.sees(PresentDocument, "Now the next guest’s document")
    kiosk.guest.back()
    await kiosk.guest.sees(Choice, "Start over?")
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(PresentDocument, "Now the next guest’s document")
    kiosk.guest.back()
    await kiosk.guest.sees(Choice, "Start over?")
    kiosk.guest.choose("leave")
    await kiosk.guest.sees(Welcome)
    assert not [scene for scene in kiosk.guest.scenes[seen:] if isinstance(scene.prompt, ReadingChip)]


async def test_start_over_during_the_reading_leaves_nothing_behind(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk, "slow-chip")
    await kiosk.guest.sees(ReadingChip)
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "lift")
    await lays(kiosk, "present", SAMPLES["not-ready"].document.mrz)
    card = await kiosk.card()
    assert rows(card)["Document check"] == "Genuine, not copied"
    assert SAMPLES["not-ready"].person.family in rows(card)["Name"]


async def test_help_during_the_reading_lets_it_go_on(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await lays(kiosk, "slow-chip")
    await kiosk.guest.sees(ReadingChip, "Reading your document")
    kiosk.running.reception.change_language("de")
    kiosk.running.reception.call_person(kiosk.guest.scene.number)
    await kiosk.guest.sees(Choice, "We have called a colleague")
    card = await kiosk.card()
    assert kiosk.guest.says(card.rows[0].proof) == "Aus dem Chip gelesen"


async def test_nobody_there_while_a_document_is_waited_for(lobby: OpenLobby) -> None:
    kiosk = await lobby(identity__chip_within_s=100)
    await lays(kiosk, "no-chip")
    await kiosk.guest.sees(ReadingChip)
    await kiosk.clock.move(kiosk.terminal.settings.kiosk.idle_s + 1)
    await kiosk.guest.sees(StillThere)
    await kiosk.clock.move(kiosk.terminal.settings.kiosk.idle_warning_s + 1)
    await kiosk.guest.sees(Welcome)


async def test_a_reader_of_the_printed_zone_alone_asks_for_no_chip(lobby: OpenLobby) -> None:
    kiosk = await lobby(document_reader__driver="serial_mrz")
    await lays(kiosk)
    card = await kiosk.card()
    assert not [scene for scene in kiosk.guest.scenes if isinstance(scene.prompt, ReadingChip)]
    assert "Document check" not in rows(card)

