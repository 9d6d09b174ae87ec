"""A technician tries the encoder on a test card: ten times on a blank one, and never on a card that is somebody's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware import reach
from hardware.card_reader.behaviour_pad import UIDS, specimen
from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import SmartCard, UltralightCard
from hardware.checks import Outcome
from hardware.key_encoder import checks as encoder_checks
from hardware.key_encoder.behaviour_pad import KEY, cutting_begun
from hardware.key_encoder.checks import ROUNDS, checks
from hardware.key_encoder.contract import Cut, Rehearsed
from hardware.key_encoder.credential import BLANK, encode, staff_mark
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.property_keys import load_property_keys
from hardware.key_encoder.rehearsal import TEST_KEY, is_free
from hardware.key_encoder.storage_card import STORAGE
from hardware.key_encoder.virtual import Door
from tests.hardware.drivers import encoder_at
from tests.hardware.hands import Person, tried
from tests.hardware.key_encoder.lock_server import meeting

TEST_CARD = "key_encoder.test-card"


@pytest.fixture
async def encoder(pad: VirtualReader, key_file: Path) -> AsyncIterator[PcscKeyEncoder]:
    async with encoder_at(pad.address, key_file) as driver:
        yield driver


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_checks, "CARD_WITHIN_S", 0.5)


@pytest.mark.parametrize("kind", [*STORAGE, CardType.NTAG424])
async def test_a_new_card_of_every_kind_is_written_read_and_erased_ten_times(
    pad: VirtualReader, encoder: PcscKeyEncoder, kind: CardType
) -> None:
    card = specimen(kind)

    async def lay() -> None:
        pad.place(card)

    person = Person({"blank key card": lay})
    result = await tried(checks(encoder), TEST_CARD, person)
    assert result.outcome is Outcome.WELL, result
    assert {value.id: value.value for value in result.measured}["rounds"] == ROUNDS
    assert person.seen[-1] == (ROUNDS, ROUNDS)
    again = await tried(checks(encoder), TEST_CARD, person)
    assert again.outcome is Outcome.WELL, "a card that was tried on before is taken again"


@pytest.mark.parametrize("kind", [*STORAGE, CardType.NTAG424])
async def test_a_guests_key_stays_as_it_was(
    pad: VirtualReader, encoder: PcscKeyEncoder, key_file: Path, kind: CardType
) -> None:
    card = specimen(kind)
    cutting = await cutting_begun(encoder)
    pad.place(card)
    assert (await cutting).outcome is Cut.DONE
    before = card.content()
    result = await tried(checks(encoder), TEST_CARD, Person())
    assert result.outcome is Outcome.UNSURE
    assert "in use" in result.words
    assert card.content() == before
    assert (await encoder.read(card_within_s=1)).key == KEY
    door = Door(KEY.room, load_property_keys(key_file), lambda: KEY.valid_from)
    assert door.try_card(card).opened


async def test_a_staff_card_stays_as_it_was(pad: VirtualReader, encoder: PcscKeyEncoder) -> None:
    await pad.do("lay-staff-card")
    assert pad.card is not None
    before = pad.card.content()
    assert (await encoder.rehearse(3, card_within_s=1)).outcome is Rehearsed.NOT_BLANK
    assert pad.card.content() == before


async def test_another_systems_card_stays_as_it_was(pad: VirtualReader, encoder: PcscKeyEncoder) -> None:
    card = UltralightCard(UIDS[7])
    card.memory[9] = b"\x01\x02\x03\x04"
    pad.place(card)
    before = card.content()
    assert (await encoder.rehearse(3, card_within_s=1)).outcome is Rehearsed.NOT_BLANK
    assert card.content() == before


async def test_a_guests_key_that_was_lifted_half_erased_is_not_taken_for_a_test_card(
    pad: VirtualReader, encoder: PcscKeyEncoder
) -> None:
    for commands in range(3, 30):
        card = UltralightCard(UIDS[7])
        cutting = await cutting_begun(encoder)
        pad.place(card)
        assert (await cutting).outcome is Cut.DONE
        pad.lift_after(commands)
        if (await encoder.erase(card_within_s=1)).outcome is not Cut.LIFTED:
            break
        pad.lift()
        pad.place(card)
        before = card.content()
        blank = not any(before[16:64])
        found = await encoder.rehearse(1, card_within_s=1)
        assert found.outcome is (Rehearsed.DONE if blank else Rehearsed.NOT_BLANK)
        assert blank or card.content() == before
        pad.lift()
    else:
        pytest.fail("the card was never erased whole")


@pytest.mark.parametrize("kind", [CardType.ULTRALIGHT, CardType.NTAG213, CardType.CLASSIC_1K, CardType.NTAG424])
async def test_a_test_that_is_broken_off_anywhere_can_be_made_again_on_the_same_card(
    pad: VirtualReader, encoder: PcscKeyEncoder, kind: CardType
) -> None:
    lifted = 0
    for commands in range(2, 70, 3):
        card = specimen(kind)
        pad.place(card)
        pad.lift_after(commands)
        if (await encoder.rehearse(1, card_within_s=1)).outcome is Rehearsed.DONE:
            break
        lifted += 1
        pad.lift()
        pad.place(card)
        again = await encoder.rehearse(1, card_within_s=1)
        assert again.outcome is Rehearsed.DONE, (commands, again)
        pad.lift()
    assert lifted > 3


def test_the_test_key_opens_no_door(key_file: Path) -> None:
    keys = load_property_keys(key_file)
    now = datetime(2030, 5, 1, tzinfo=UTC)
    for room in ("412", TEST_KEY.room):
        card = UltralightCard(UIDS[7])
        data = encode(TEST_KEY, card.uid, keys)
        card.memory[4:16] = [data[at : at + 4] for at in range(0, 48, 4)]
        door = Door(room, keys, lambda: now)
        assert not door.try_card(card).opened
        assert door.newest == -1, "the door has learned nothing from it"


def test_only_what_is_nobodys_is_free(key_file: Path) -> None:
    keys, uid = load_property_keys(key_file), UIDS[7]
    assert is_free(BLANK, uid, keys)
    assert is_free(encode(TEST_KEY, uid, keys), uid, keys)
    assert not is_free(encode(KEY, uid, keys), uid, keys)
    assert not is_free(encode(replace(KEY, room="*TEST*"), uid, keys), uid, keys), "a real key by a test's name"
    assert not is_free(staff_mark(), uid, keys)
    assert not is_free(b"", uid, keys)


async def test_a_worn_card_is_told_with_its_round(pad: VirtualReader, encoder: PcscKeyEncoder) -> None:
    card = UltralightCard(UIDS[7])
    card.worn.add(9)
    pad.place(card)
    result = await tried(checks(encoder), TEST_CARD, Person())
    assert result.outcome is Outcome.ILL
    assert "Round 1" in result.words


async def test_a_bank_card_is_changed_for_a_blank_one(pad: VirtualReader, encoder: PcscKeyEncoder) -> None:
    pad.place(SmartCard(bytes.fromhex("04112233445566")))

    async def lift() -> None:
        pad.lift()

    async def exchange() -> None:
        pad.place(specimen(CardType.NTAG213))

    class Exchanging(Person):
        async def saw(self, question: str) -> bool | None:
            await lift()
            return True

    person = Exchanging({"no key card": exchange})
    assert (await tried(checks(encoder), TEST_CARD, person)).outcome is Outcome.WELL


async def test_no_card_is_not_a_fault_of_the_encoder(encoder: PcscKeyEncoder) -> None:
    assert (await tried(checks(encoder), TEST_CARD, Person())).outcome is Outcome.UNSURE


async def test_its_reach_is_measured_on_any_card_and_nothing_is_written(
    pad: VirtualReader, encoder: PcscKeyEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "LEAST_RAISED_S", 0.2)
    card = specimen(CardType.NTAG216)
    before = card.content()

    async def lay() -> None:
        pad.place(card)

    async def out_of_reach() -> None:
        await asyncio.sleep(0.5)
        pad.lift()

    result = await tried(checks(encoder), "key_encoder.reach", Person({"Lay any": lay, "Raise": out_of_reach}))
    assert result.outcome is Outcome.WELL, result
    assert card.content() == before


async def test_where_a_lock_server_makes_the_keys_no_test_key_is_asked_of_it() -> None:
    async with meeting() as both:
        result = await tried(checks(both.driver), TEST_CARD, Person())
        assert result.outcome is Outcome.SKIPPED
        assert not both.server.requests


async def test_who_lays_blank_cards_on_an_encoder_that_misreads_them_is_told_why_and_asked_once(
    pad: VirtualReader, encoder: PcscKeyEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_checks, "CARD_WITHIN_S", 10)  # a card that can't be asked is waited for until it is settled
    await pad.do("tell-uid", "6a81")
    await pad.do("lay-card")

    async def another() -> None:
        await pad.do("lift")
        await pad.do("lay-card")

    class Changes(Person):
        async def saw(self, question: str) -> bool | None:
            await pad.do("lift")
            return await super().saw(question)

    person = Changes({"This is no key card": another})
    result = await tried(checks(encoder), TEST_CARD, person)
    assert result.outcome is Outcome.UNSURE
    assert "the encoder misreads them" in result.words
    assert person.asked == ["This is no key card. Is it off the encoder, and a blank key card at hand?"]
