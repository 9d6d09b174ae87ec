"""A guest's visit is recorded without the guest in it, and played on virtual devices to the same end."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.known_drivers import known_drivers
from hardware.readings import Kind
from kiosk.prompts import (
    Choice,
    Farewell,
    LayKeyCard,
    PresentDocument,
    Prompt,
    RegistrationCard,
    StillThere,
    TextEntry,
    Welcome,
)
from kiosk.trace.file import read, write
from tests.journeys import lost_key
from tests.journeys.companions import HANIA, begins, shows, tells_child, wanted, whole
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.test_check_in_leaves_no_trace import SAMPLE, SIGNATURE, TYPED, begins_with_name
from tests.journeys.test_slip_by_mail import TO, mail, to_typing
from tests.journeys.trace import (
    leaves,
    personal_in,
    recorded,
    records,
    went_the_same_way,
)
from tests.kiosk.mail_end import MailEnd


async def test_a_check_in_is_recorded_and_played_to_the_same_farewell(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_farewell("ready", keys=2)
    path = await leaves(kiosk)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not personal_in(path)
    outcome, front, said = await went_the_same_way(path)
    assert outcome.scenes > 10
    assert outcome.effects == 5
    assert any(isinstance(scene.prompt, Farewell) for scene in front.scenes)
    assert "check-in: done" in "".join(said)


async def typed_in(kiosk: Lobby) -> None:
    """A guest of whom the hotel knows little finds the booking by name, and fills in all that is missing."""
    await begins_with_name(kiosk)
    kiosk.guest.passes()
    await kiosk.shows_document(SAMPLE)
    while not isinstance(prompt := await kiosk.guest.sees(Prompt), LayKeyCard):
        if isinstance(prompt, TextEntry) and "country" not in prompt.question.key:
            kiosk.guest.type(next(words for asked, words in TYPED.items() if asked in prompt.question.key))
        elif isinstance(prompt, RegistrationCard) and not any(row.missing for row in prompt.rows):
            kiosk.guest.answer(SIGNATURE)
        else:
            await kiosk.acts(prompt)


async def test_what_is_typed_stands_in_no_trace_and_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="HU")
    records(kiosk)
    await typed_in(kiosk)
    await kiosk.goes_on(Farewell)
    room = await lost_key.room_of(kiosk, SAMPLE)
    path = await leaves(kiosk)
    assert not personal_in(path)
    assert f'"{room}"' not in path.read_text()
    await went_the_same_way(path)


async def test_a_family_and_its_child_are_in_no_trace(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="HU")
    records(kiosk)
    await begins(kiosk, "family")
    await shows(kiosk, "family-partner")
    await whole(kiosk, "Paweł")
    await wanted(kiosk)
    await tells_child(kiosk, HANIA.person.given, HANIA.person.born)
    await whole(kiosk, "Hania")
    await whole(kiosk, "Joanna")
    await kiosk.goes_on(Farewell)
    path = await leaves(kiosk)
    assert not personal_in(path)
    await went_the_same_way(path)


async def test_a_booking_code_is_signed_anew(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.passes()
    await kiosk.shows_document("ready")
    await kiosk.goes_on(Farewell)
    path = await leaves(kiosk)
    assert "HB1." not in path.read_text()
    assert not personal_in(path)
    await went_the_same_way(path)


@pytest.mark.parametrize("driver", known_drivers(Kind.SCANNER))
async def test_a_code_is_played_whatever_scanner_had_read_it(lobby: OpenLobby, driver: str) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.start_over()
    path = await recorded(kiosk)
    trace = read(path)
    trace.head["settings"]["scanner"]["driver"] = driver
    await went_the_same_way(write(path.parent.parent, driver, trace.head, trace.entries))


async def test_who_walks_away_is_played_without_the_waiting(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice)
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, StillThere), moving_s=10)
    path = await _gone(kiosk)
    _, front, _ = await went_the_same_way(path)
    assert any(isinstance(scene.prompt, StillThere) for scene in front.scenes)


async def _gone(kiosk: Lobby) -> Path:
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Welcome), moving_s=10)
    return await recorded(kiosk)


async def test_a_copy_and_a_card_of_another_kind_are_played_as_such(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "copied", "ready")
    await kiosk.guest.sees(Choice, "A colleague will look at your document")
    kiosk.guest.choose("done")
    _, _, said = await went_the_same_way(await recorded(kiosk))
    assert "A colleague will look at your document" in "".join(said)


async def test_a_lost_key_with_its_fee_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", hotel__cashier=7, access__lost_key_fee="2500")
    records(kiosk)
    room = await lost_key.room_of(kiosk)
    await lost_key.has_a_new_key(kiosk)
    path = await recorded(kiosk)
    assert not personal_in(path)
    assert f'"{room}"' not in path.read_text()
    await went_the_same_way(path)


async def test_who_plays_a_letter_sends_none(lobby: OpenLobby, mail_end: MailEnd) -> None:
    """The visit is played where the hotel's mail server may well be reached."""
    kiosk = await lobby(**mail(mail_end))
    records(kiosk)
    await to_typing(kiosk)
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    path = await leaves(kiosk)
    assert len(mail_end.letters) == 1
    assert TO.partition("@")[0] not in path.read_text()
    await went_the_same_way(path)
    assert len(mail_end.letters) == 1


async def test_where_no_mail_was_offered_none_is_offered_when_it_is_played(lobby: OpenLobby, mail_end: MailEnd) -> None:
    """The mail server was known to be away; rounds that were made meanwhile are no part of the visit."""
    kiosk = await lobby(**mail(mail_end), health__listen="127.0.0.1:0")
    rounds = kiosk.running.rounds
    assert rounds is not None
    await mail_end.stop()
    await rounds.once()
    records(kiosk)
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", "paper-out")
    await rounds.once()
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    asked = await kiosk.goes_on_to_choice("out of paper")
    assert "mail" not in {option.id for option in asked.options}
    kiosk.guest.choose("skip")
    await kiosk.goes_on(Farewell)
    await went_the_same_way(await leaves(kiosk))
