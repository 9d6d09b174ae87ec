"""What a key encoder must do with cards that authenticate themselves, as functions like those of `behaviour_pad.py`.

Each takes an open driver and a pad on which nothing lies, and leaves the pad empty.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hardware.behaviour import Misbehaved, expect
from hardware.card_reader.behaviour_pad import MOST_COMMANDS, UIDS, Pad, specimen
from hardware.card_reader.contract import CardType
from hardware.card_reader.ntag424_wire import FACTORY_KEY, NDEF, PROPRIETARY
from hardware.card_reader.staff_card import MARK
from hardware.card_reader.virtual_cards import SmartCard
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.key_encoder.behaviour_pad import KEY, LONG_S, EncoderBehaviour, cutting_begun
from hardware.key_encoder.contract import Cut, CutResult, KeyEncoder, RoomKey

TO_KNOW_IT = 4  # commands after which a reader knows that it is an NTAG 424 DNA
OLD, NEW = replace(KEY, sequence=6), replace(KEY, sequence=9)


async def lifted(encoder: KeyEncoder, pad: Pad) -> None:
    """Take the card away, until the reader has noticed: one that polls takes its time."""
    pad.lift()
    async with asyncio.timeout(LONG_S):
        while await encoder.lies_there():
            pass


async def cut_on(encoder: KeyEncoder, pad: Pad, card: Ntag424Card, key: RoomKey = KEY) -> CutResult:
    """Laid down, cut, lifted."""
    cutting = await cutting_begun(encoder, key)
    pad.place(card)
    result = await cutting
    await lifted(encoder, pad)
    return result


async def read_from(encoder: KeyEncoder, pad: Pad, card: Ntag424Card) -> CutResult:
    pad.place(card)
    result = await encoder.read(card_within_s=1)
    await lifted(encoder, pad)
    return result


async def a_key_is_cut_on_a_card_with_keys_of_its_own(encoder: KeyEncoder, pad: Pad) -> None:
    first, second = Ntag424Card(UIDS[7]), Ntag424Card(bytes.fromhex("04FEDCBA987654"))
    for card in (first, second):
        done = CutResult(Cut.DONE, card.uid, CardType.NTAG424, KEY)
        expect(await cut_on(encoder, pad, card), done, "cut on a blank card")
        expect(await read_from(encoder, pad, card), done, "read")
        keys = [key.value for key in card.keys]
        again = await cut_on(encoder, pad, card, NEW)
        expect((again.outcome, again.key), (Cut.DONE, NEW), "cut once more")
        expect([key.value for key in card.keys], keys, "keys after the second cut")
    values = [key.value for card in (first, second) for key in card.keys]
    expect(len(set(values)), 10, "different keys on two cards")
    expect(FACTORY_KEY in values, False, "a key as delivered")


async def an_erased_card_is_no_key_and_can_be_cut_again(encoder: KeyEncoder, pad: Pad) -> None:
    card = Ntag424Card(UIDS[7])
    await cut_on(encoder, pad, card)
    pad.place(card)
    expect((await encoder.erase(card_within_s=1)).outcome, Cut.DONE, "erased")
    expect((await encoder.read(card_within_s=1)).outcome, Cut.NOT_A_KEY, "read when erased")
    await lifted(encoder, pad)
    expect((await cut_on(encoder, pad, card, NEW)).key, NEW, "cut again")


async def a_blank_card_is_no_key_and_stays_blank_when_read_or_erased(encoder: KeyEncoder, pad: Pad) -> None:
    card = Ntag424Card(UIDS[7])
    before = card.whole()
    pad.place(card)
    expect((await encoder.read(card_within_s=1)).outcome, Cut.NOT_A_KEY, "read from a blank card")
    expect((await encoder.erase(card_within_s=1)).outcome, Cut.DONE, "a blank card is erased")
    expect(card.whole(), before, "all that the card keeps")
    await lifted(encoder, pad)


async def a_blank_card_lifted_at_any_moment_is_taken_up_again(encoder: KeyEncoder, pad: Pad) -> None:
    """Between any two commands, its keys half changed or not: no key until it is whole, and never lost."""
    torn = 0
    for commands in range(TO_KNOW_IT, MOST_COMMANDS):
        card = Ntag424Card(UIDS[7])
        cutting = await cutting_begun(encoder)
        pad.place(card)
        pad.lift_after(commands)
        result = await cutting
        await lifted(encoder, pad)
        if result.outcome is Cut.DONE:
            expect(torn >= 4, True, "cards were left with some keys old and some new")
            return
        expect(result.outcome, Cut.LIFTED, f"lifted after {commands} commands")
        torn += len({key.version for key in card.keys}) > 1
        found = (await read_from(encoder, pad, card)).outcome
        whole = any(card.files[PROPRIETARY].data)
        expect(found, Cut.DONE if whole else Cut.NOT_A_KEY, f"read, lifted after {commands} commands")
        expect((await cut_on(encoder, pad, card, NEW)).key, NEW, f"taken up after {commands} commands")
        expect((await read_from(encoder, pad, card)).key, NEW, "read")
    raise Misbehaved("never done")


async def a_key_card_lifted_at_any_moment_is_the_old_key_or_the_new(encoder: KeyEncoder, pad: Pad) -> None:
    found = set()
    for commands in range(TO_KNOW_IT, MOST_COMMANDS):
        card = Ntag424Card(UIDS[7])
        expect((await cut_on(encoder, pad, card, OLD)).outcome, Cut.DONE, "the old key")
        cutting = await cutting_begun(encoder, NEW)
        pad.place(card)
        pad.lift_after(commands)
        result = await cutting
        await lifted(encoder, pad)
        key = (await read_from(encoder, pad, card)).key
        found.add(key)
        if result.outcome is Cut.DONE:
            expect((key, found), (NEW, {OLD, NEW}), "one or the other, at every moment")
            return
        expect(result.outcome, Cut.LIFTED, f"lifted after {commands} commands")
    raise Misbehaved("never done")


async def somebody_else_s_card_is_locked_and_left_alone(encoder: KeyEncoder, pad: Pad) -> None:
    other, secret = Ntag424Card(UIDS[7]), Ntag424Card(UIDS[7])
    other.keys[3].value, other.keys[3].version = bytes(range(16)), 99
    secret.keys[0].value = bytes(range(16))
    for card in (other, secret):
        contents, keys = card.content(), [key.value for key in card.keys]
        expect((await cut_on(encoder, pad, card)).outcome, Cut.LOCKED, "somebody's card")
        expect((card.content(), [key.value for key in card.keys]), (contents, keys), "contents and keys")


async def a_staff_card_is_refused_and_not_a_byte_changes(encoder: KeyEncoder, pad: Pad) -> None:
    """By its mark, or by its keys' versions where somebody has removed that: of whatever house."""
    marked, versioned = Ntag424Card(UIDS[7]), Ntag424Card(UIDS[7])
    marked.files[NDEF].data[: len(MARK)] = MARK
    for key in versioned.keys:
        key.value, key.version = bytes(range(16)), 131
    for card in (marked, versioned):
        before = card.whole()
        cutting = await cutting_begun(encoder)
        pad.place(card)
        outcomes = [await cutting, await encoder.read(card_within_s=1), await encoder.erase(card_within_s=1)]
        expect([result.outcome for result in outcomes], [Cut.STAFF_CARD] * 3, "cut, read, erase")
        expect(card.whole(), before, "all that the card keeps, its counters of wrong tries too")
        await lifted(encoder, pad)


async def a_guest_s_card_on_which_somebody_wrote_staff_s_mark_stays_a_key(
    encoder: KeyEncoder, pad: Pad
) -> None:
    """Any telephone can write there."""
    card = Ntag424Card(UIDS[7])
    await cut_on(encoder, pad, card, OLD)
    card.files[NDEF].data[: len(MARK)] = MARK
    expect((await read_from(encoder, pad, card)).key, OLD, "read")
    expect((await cut_on(encoder, pad, card, NEW)).key, NEW, "cut once more")


async def two_aes_cards_are_not_written(encoder: KeyEncoder, pad: Pad) -> None:
    """On a reader that lets another of several cards answer at each activation."""
    first, second = Ntag424Card(UIDS[7]), Ntag424Card(bytes.fromhex("04FEDCBA987654"))
    before = first.whole(), second.whole()
    cutting = await cutting_begun(encoder)
    pad.place(first)
    pad.place(second)
    expect((await cutting).outcome, Cut.TWO_CARDS, "two cards")
    expect((first.whole(), second.whole()), before, "all that both keep")
    await lifted(encoder, pad)


async def a_copy_on_another_chip_is_not_a_key(encoder: KeyEncoder, pad: Pad) -> None:
    original = Ntag424Card(UIDS[7])
    await cut_on(encoder, pad, original)
    ours, emulated = Ntag424Card(bytes.fromhex("04FEDCBA987654")), Ntag424Card(original.uid)
    await cut_on(encoder, pad, ours)
    for key in emulated.keys:
        key.version = original.keys[0].version
    for copy in (ours, emulated):
        copy.files[PROPRIETARY].data[:] = original.files[PROPRIETARY].data
    expect((await read_from(encoder, pad, ours)).outcome, Cut.NOT_A_KEY, "a copy on a card of ours")
    expect((await read_from(encoder, pad, emulated)).outcome, Cut.LOCKED, "a copy under the same number")


async def a_worn_out_aes_card_is_found_out(encoder: KeyEncoder, pad: Pad) -> None:
    card = Ntag424Card(UIDS[7])
    card.worn.add(40)
    expect((await cut_on(encoder, pad, card)).outcome, Cut.WORN_OUT, "a byte that keeps what it was")


async def a_card_that_is_no_ntag_424_is_the_wrong_type(encoder: KeyEncoder, pad: Pad) -> None:
    """One that looks like it to a reader, as every DESFire does."""
    card = SmartCard(UIDS[7])
    card.atr = specimen(CardType.NTAG424).atr
    cutting = await cutting_begun(encoder)
    pad.place(card)
    expect((await cutting).outcome, Cut.WRONG_TYPE, "another card of ISO 14443-4")
    await lifted(encoder, pad)


AES_CARDS: tuple[EncoderBehaviour, ...] = (
    a_key_is_cut_on_a_card_with_keys_of_its_own,
    an_erased_card_is_no_key_and_can_be_cut_again,
    a_blank_card_is_no_key_and_stays_blank_when_read_or_erased,
    a_blank_card_lifted_at_any_moment_is_taken_up_again,
    a_key_card_lifted_at_any_moment_is_the_old_key_or_the_new,
    somebody_else_s_card_is_locked_and_left_alone,
    a_staff_card_is_refused_and_not_a_byte_changes,
    a_guest_s_card_on_which_somebody_wrote_staff_s_mark_stays_a_key,
    two_aes_cards_are_not_written,
    a_copy_on_another_chip_is_not_a_key,
    a_worn_out_aes_card_is_found_out,
    a_card_that_is_no_ntag_424_is_the_wrong_type,
)
