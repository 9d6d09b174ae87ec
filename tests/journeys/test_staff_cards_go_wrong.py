"""Staff make a key and the card, the encoder or the lock server goes wrong: said, gone on with, and accounted for."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_new_cards import make_card
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.key_encoder import fias_options
from kiosk.key_journal import GUEST, Act, Entry
from kiosk.prompts import Choice, LayKeyCard, Welcome
from kiosk.roles import Role
from kiosk.steps import one_key
from tests.journeys.conftest import Lobby, OpenHouse, OpenLobby
from tests.journeys.staff import (
    SAY,
    Colleague,
    a_guest_checks_in,
    chooses,
    finds,
    hired,
    lays_blank,
    signs_in,
    tries,
)
from tests.journeys.test_check_in_wrong_card import WRONG

ROOM = "the guest's room"
FIAS = {"key_encoder__driver": "fias", "hotel__country": "US"}


def written(kiosk: Lobby, room: str) -> list[Entry]:
    """What the journal says of this room's keys that staff made."""
    return [entry for entry in kiosk.terminal.journal.entries(room=room) if entry.by != GUEST]


async def uids_in_books(kiosk: Lobby) -> list[str]:
    booking = await kiosk.booking("ready")
    return [key.card_uid.lower() for key in await kiosk.terminal.hotel.keys(booking.id) if key.card_uid]


async def asked_for_a_card(kiosk: Lobby, act: str = "one-more", why: str = "one-more") -> tuple[str, Colleague]:
    """A guest has checked in; staff have said what they want. The room, and who of the staff it is."""
    room = await a_guest_checks_in(kiosk)
    kata = await hired(kiosk)
    await signs_in(kiosk, kata)
    await finds(kiosk, room)
    await chooses(kiosk, act, why)
    await kiosk.guest.sees(LayKeyCard)
    return room, kata


async def says(kiosk: Lobby, words: str) -> LayKeyCard:
    """The card is asked for again, with these words."""
    while words not in SAY((asked := await kiosk.guest.sees(LayKeyCard)).state):
        kiosk.guest.passes()
    return asked


@pytest.mark.parametrize(
    ("kind", "commands"),
    [("mifare-ultralight", 9), ("mifare-ultralight", 18), ("ntag424", 12), ("ntag424", 24)],
)
async def test_a_card_taken_away_half_written_is_not_believed_and_is_to_be_laid_back(
    lobby: OpenLobby, kind: str, commands: int
) -> None:
    kiosk = await lobby(hotel__country="US")
    room, _ = await asked_for_a_card(kiosk)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lift-after", str(commands))
    begun = (await kiosk.plays("key_encoder", "lay-card", kind))["uid"]
    await says(kiosk, "place the same card again")
    assert begun not in await uids_in_books(kiosk)
    assert [(entry.act, entry.card) for entry in written(kiosk, room)] == [(Act.UNSURE, begun)]

    kiosk.guest.passes()
    other = (await kiosk.plays("key_encoder", "lay-card"))["uid"]
    await says(kiosk, "card that was there before")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lift")
    await kiosk.plays("key_encoder", "lay-card", kind, begun)
    await kiosk.guest.sees(Choice, "key is made")
    assert begun in await uids_in_books(kiosk)
    assert [(entry.act, entry.card) for entry in written(kiosk, room)][1:] == [(Act.CUT, begun)]
    await kiosk.plays("key_encoder", "lift")
    assert await tries(kiosk, room, other) != "opened"
    assert await tries(kiosk, room, begun) == "opened"


@pytest.mark.parametrize("name", [*WRONG])
async def test_a_card_that_is_no_good_is_said_left_and_exchanged(lobby: OpenLobby, name: str) -> None:
    make, words = WRONG[name]
    kiosk = await lobby(hotel__country="US")
    room, _ = await asked_for_a_card(kiosk)
    pad, card = pad_of(kiosk), make()
    before = card.content()
    kiosk.guest.passes()
    pad.place(card)
    await says(kiosk, words)
    assert card.content() == before
    (entry,) = written(kiosk, room)
    assert entry.act == (Act.UNSURE if "worn" in name else Act.REFUSED_CARD)
    assert entry.card in ("", card.uid.hex())  # what no reader makes sense of has no UID
    await kiosk.plays("key_encoder", "lift")
    good = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    await kiosk.plays("key_encoder", "lift")
    assert not pad.door(room).try_card(card).opened
    assert await tries(kiosk, room, good) == "opened"


async def test_a_card_with_another_houses_keys_is_locked(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room, _ = await asked_for_a_card(kiosk)
    card = make_card(CardType.NTAG424, bytes.fromhex("04CC0000000001"))
    assert isinstance(card, Ntag424Card)
    for key in card.keys:
        key.value, key.version = secrets.token_bytes(16), 7
    before = everything_on(card)
    kiosk.guest.passes()
    pad_of(kiosk).place(card)
    await says(kiosk, "can’t be used")
    assert everything_on(card) == before
    assert [entry.act for entry in written(kiosk, room)] == [Act.REFUSED_CARD]


async def test_a_real_staff_card_on_the_encoder_is_refused_and_still_lets_its_owner_in(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    boss = await hired(kiosk, Role.MANAGER, "Boss", "582913")
    room, _ = await asked_for_a_card(kiosk)
    card = pad_of(kiosk).wallet.cards[bytes.fromhex(boss.uid)]
    assert isinstance(card, Ntag424Card)
    before = everything_on(card)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "ntag424", boss.uid)
    await says(kiosk, "staff card")
    assert everything_on(card) == before
    (entry,) = written(kiosk, room)
    assert (entry.act, entry.card) == (Act.REFUSED_CARD, boss.uid)
    await kiosk.plays("key_encoder", "lift")
    kiosk.guest.passes()
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Welcome)
    await signs_in(kiosk, boss)


def everything_on(card: Ntag424Card) -> list[bytes]:
    files = [bytes(file.data) + file.settings.encoded() for file in card.files.values()]
    return [*files, *(key.value + bytes((key.version,)) for key in card.keys)]


@pytest.mark.parametrize("commands", [None, "7", "17"], ids=["waiting", "writing", "reading back"])
async def test_an_encoder_that_was_unplugged_goes_on_when_it_is_plugged_in(
    lobby: OpenLobby, commands: str | None
) -> None:
    kiosk = await lobby(hotel__country="US")
    room, _ = await asked_for_a_card(kiosk)
    kiosk.guest.passes()
    begun = ""
    if commands:
        await kiosk.plays("key_encoder", "unplug", commands)
        begun = (await kiosk.plays("key_encoder", "lay-card"))["uid"]
    else:
        await kiosk.plays("key_encoder", "unplug")
    await kiosk.guest.sees(Choice, "Key cards can’t be made")
    assert await uids_in_books(kiosk) == (await uids_in_books(kiosk))[:1]
    assert [entry.act for entry in written(kiosk, room)] == ([Act.UNSURE] if begun else [])
    await kiosk.plays("key_encoder", "plug")
    await kiosk.plays("key_encoder", "lift")
    await kiosk.works("key_encoder")
    kiosk.guest.choose("again")
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, "key is made")
    assert [entry.act for entry in written(kiosk, room)][-1] == Act.CUT
    await kiosk.plays("key_encoder", "lift")
    assert await tries(kiosk, room, new) == "opened"
    if begun and await tries(kiosk, room, begun) == "opened":
        doubt = written(kiosk, room)[0]  # it is known that somewhere there may be one more key of this set
        assert (doubt.act, doubt.sequence) == (Act.UNSURE, written(kiosk, room)[-1].sequence)


# --- a lock maker's server -----------------------------------------------------------------------


async def test_a_lock_server_that_takes_its_time_is_waited_for(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    room, _ = await fias_guest_and_staff(kiosk, "late", "1.5")
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.guest.sees(Choice, "key is made")
    assert (await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened"


async def test_a_lock_server_that_answers_after_its_time_leaves_a_key_in_doubt_until_the_answer_comes(
    lobby: OpenLobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The specification's 30 s, a hundred times as fast."""
    monkeypatch.setattr(fias_options, "LEAST_ANSWER_S", 0.3)
    kiosk = await lobby(**FIAS, key_encoder__answer_within_s="0.3", keys__card_within_s=5)
    room, _ = await fias_guest_and_staff(kiosk, "hold")
    first = (await kiosk.plays("key_encoder", "lay-card")).get("uid") or (await kiosk.plays("key_encoder", "show"))["uid"]
    await kiosk.guest.sees(Choice)
    (doubt,) = written(kiosk, room)
    assert (doubt.act, doubt.card) == (Act.UNSURE, "")
    await kiosk.plays("key_encoder", "lift")
    await kiosk.plays("key_encoder", "release")  # the late answer
    await kiosk.until(lambda: kiosk.terminal.key_encoder.answers_owed == 0)  # type: ignore[attr-defined]
    kiosk.guest.choose("again")
    await kiosk.guest.sees(Choice, "key is made")  # that card is the key: no other is asked for
    entry = written(kiosk, room)[-1]
    assert (entry.act, entry.card) == (Act.REPLACED, first)
    assert (await uids_in_books(kiosk))[-1] == first


async def test_a_room_that_the_locks_do_not_know_is_said_and_nothing_stands_in_the_books(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    room, kata = await fias_guest_and_staff(kiosk, "room-unknown", ROOM)
    before = await uids_in_books(kiosk)
    await kiosk.plays("key_encoder", "lay-card")
    told = await kiosk.guest.sees(Choice, "The desk makes this key")
    assert "locks do not know this room" in SAY(told.help)
    kiosk.guest.choose("go-on")
    assert await uids_in_books(kiosk) == before
    (entry,) = written(kiosk, room)
    assert (entry.act, entry.by) == (Act.REFUSED_CARD, kata.number)


async def test_a_busy_lock_server_is_asked_again(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    room, _ = await fias_guest_and_staff(kiosk, "busy")
    await kiosk.plays("key_encoder", "lay-card")
    await says(kiosk, "busy")
    await kiosk.clock.move(one_key.ASK_AGAIN_S)
    await kiosk.guest.sees(Choice, "key is made")
    assert (await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened"


async def fias_guest_and_staff(kiosk: Lobby, *trick: str) -> tuple[str, Colleague]:
    """As `asked_for_a_card`; what the lock server does to the request for the key, it is told before."""
    room = await a_guest_checks_in(kiosk)
    kata = await hired(kiosk)
    await signs_in(kiosk, kata)
    await finds(kiosk, room)
    kiosk.guest.choose("replace")
    await kiosk.guest.sees(Choice, "Why is a key made?")
    if trick:
        await kiosk.plays("key_encoder", *(room if word is ROOM else word for word in trick))
    kiosk.guest.choose("lost-key")
    await kiosk.guest.sees(LayKeyCard)
    return room, kata


# --- two terminals ---------------------------------------------------------------------------------


async def test_two_terminals_cut_for_the_same_room_in_the_same_second(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    first = await lobby(house=hotel, hotel__country="US")
    keys = str(first.terminal.settings.kiosk.state / "property-key")
    second = await lobby(house=hotel, hotel__country="US", key_encoder__property_key_file=keys)
    room = await a_guest_checks_in(first)
    kiosks = (first, second)
    for kiosk in kiosks:
        await signs_in(kiosk, await hired(kiosk))
        await finds(kiosk, room)
        kiosk.guest.choose("replace")
        await kiosk.guest.sees(Choice, "Why is a key made?")
    gate = hotel.between.meet("POST", "/roomKeys", 2)
    for kiosk in kiosks:
        kiosk.guest.choose("lost-key")
    cards = await asyncio.gather(*(lays_blank(kiosk) for kiosk in kiosks))
    for kiosk in kiosks:
        await kiosk.guest.sees(Choice, "key is made")
    assert gate.is_set()
    entries = [next(e for e in kiosk.terminal.journal.entries(room=room) if e.card == card)
               for kiosk, card in zip(kiosks, cards, strict=True)]  # fmt: skip
    assert sorted(entry.sequence or 0 for entry in entries) == [2, 3]
    booking = await first.booking("ready")
    books = {key.card_uid.lower(): key for key in await first.terminal.hotel.keys(booking.id)}
    for entry in entries:
        assert books[entry.card].sequence == entry.sequence
        assert books[entry.card].active == (entry.sequence == 3)
    door = pad_of(first).door(room)
    older, newer = sorted(zip(entries, kiosks, strict=True), key=lambda one: one[0].sequence or 0)
    on_pads = [pad_of(kiosk).wallet.cards[bytes.fromhex(entry.card)] for entry, kiosk in (older, newer)]
    assert [door.try_card(card).opened for card in (*on_pads, on_pads[0])] == [True, True, False]


def pad_of(kiosk: Lobby) -> Any:
    return kiosk.bench.devices["key_encoder"]
