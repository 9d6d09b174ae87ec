"""What every key encoder must do, as functions of a driver and a pad to play on. No pytest here.

Each takes an open driver and a pad on which nothing lies, and leaves the pad empty. Those in
`BEHAVIOURS` hold for any encoder that sees its cards, those in `OWN_CARDS` for one that writes our own
credential; `behaviour_doors.py` has what holds for any at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from hardware.behaviour import Misbehaved, expect
from hardware.card_reader.behaviour_pad import Pad, specimen
from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import ClassicCard, NtagCard, StorageCard, UltralightCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.key_encoder.contract import Cut, CutResult, Issue, KeyEncoder, RoomKey
from hardware.key_encoder.credential import LENGTH, staff_mark
from hardware.key_encoder.storage_card import FIRST, STORAGE

KEY = RoomKey("412", datetime(2030, 5, 1, 13, 7, tzinfo=UTC), datetime(2030, 5, 3, 9, tzinfo=UTC), 7)
SHORT_S = 0.3  # how long a behaviour waits for a card that does not come
LONG_S = 10.0

EncoderBehaviour = Callable[[KeyEncoder, Pad], Awaitable[None]]


async def cutting_begun(
    encoder: KeyEncoder,
    key: RoomKey = KEY,
    not_uids: frozenset[bytes] = frozenset(),
    *,
    card_within_s: float = LONG_S,
    issue: Issue = Issue.NEW,
    reservation: str = "",
) -> asyncio.Task[CutResult]:
    """A cut that waits for its card: whoever can see has seen what lay there from before."""
    cut = encoder.cut(
        key, card_within_s=card_within_s, not_uids=not_uids, issue=issue, reservation=reservation
    )
    task = asyncio.create_task(cut)
    await asyncio.sleep(0)
    await encoder.lies_there()
    return task


async def a_key_is_cut_on_every_storage_card(encoder: KeyEncoder, pad: Pad) -> None:
    for kind in STORAGE:
        card = specimen(kind)
        cutting = await cutting_begun(encoder)
        pad.place(card)
        expect(await cutting, CutResult(Cut.DONE, card.uid, kind, KEY), f"cut on {kind}")
        expect(await encoder.lies_there(), True, "lies there")
        expect(
            await encoder.read(card_within_s=1), CutResult(Cut.DONE, card.uid, kind, KEY), f"read from {kind}"
        )
        expect((await encoder.erase(card_within_s=1)).outcome, Cut.DONE, f"erased {kind}")
        expect((await encoder.read(card_within_s=1)).outcome, Cut.NOT_A_KEY, f"read from an erased {kind}")
        pad.lift()
        expect(await encoder.lies_there(), False, "lies there")


async def nobody_lays_a_card(encoder: KeyEncoder, pad: Pad) -> None:
    for job in (encoder.cut(KEY, card_within_s=SHORT_S), encoder.read(card_within_s=SHORT_S)):
        expect((await job).outcome, Cut.NO_CARD, "no card")


async def a_card_from_before_must_be_lifted_first(encoder: KeyEncoder, pad: Pad) -> None:
    card = specimen(CardType.ULTRALIGHT)
    pad.place(card)
    await encoder.lies_there()
    expect((await encoder.cut(KEY, card_within_s=SHORT_S)).outcome, Cut.NO_CARD, "left lying")
    cutting = await cutting_begun(encoder)
    pad.lift()
    pad.place(card)
    expect((await cutting).outcome, Cut.DONE, "laid down anew")
    pad.lift()


async def the_first_key_is_waited_out(encoder: KeyEncoder, pad: Pad) -> None:
    first, second = specimen(CardType.NTAG213), make_card(CardType.NTAG213, bytes.fromhex("04FEDCBA987654"))
    cutting = await cutting_begun(encoder, not_uids=frozenset({first.uid}))
    pad.place(first)
    await encoder.lies_there()
    if cutting.done():
        raise Misbehaved("the guest's first key was written again")
    pad.lift()
    pad.place(second)
    expect(await cutting, CutResult(Cut.DONE, second.uid, second.type, KEY), "the second card")
    pad.lift()


async def no_storage_card_no_key(encoder: KeyEncoder, pad: Pad) -> None:
    for kind in (CardType.SMARTCARD, CardType.OTHER):
        cutting = await cutting_begun(encoder)
        pad.place(specimen(kind))
        expect((await cutting).outcome, Cut.WRONG_TYPE, f"{kind}")
        pad.lift()
        await encoder.lies_there()


async def a_lifted_card_is_not_believed(encoder: KeyEncoder, pad: Pad) -> None:
    """Lifted after any number of commands: LIFTED, and what stands there reads as no key or as it was."""
    card = specimen(CardType.ULTRALIGHT)
    for commands in range(3, 40):
        cutting = await cutting_begun(encoder)
        pad.place(card)
        pad.lift_after(commands)
        result = await cutting
        pad.lift()
        if result.outcome is Cut.DONE:
            break
        expect(result.outcome, Cut.LIFTED, f"lifted after {commands} commands")
    else:
        raise Misbehaved("never done")


async def a_cut_can_be_cancelled_while_it_waits(encoder: KeyEncoder, pad: Pad) -> None:
    cutting = await cutting_begun(encoder)
    cutting.cancel()
    await asyncio.wait({cutting})
    card = specimen(CardType.ULTRALIGHT)
    before = card.content()
    pad.place(card)
    await encoder.lies_there()
    expect(card.content(), before, "content after a cancelled cut")
    pad.lift()


async def read_only_cards_are_locked(encoder: KeyEncoder, pad: Pad) -> None:
    locked, half = (UltralightCard(bytes((4, n, 0, 0, 0, 0, 1))) for n in range(2))
    locked.lock(*range(4, 16))
    half.lock(15)
    guarded, foreign, fixed = NtagCard(specimen(CardType.NTAG213).uid), *_two_sectors()
    guarded.protect_from(4)
    for card in (locked, half, guarded, foreign, fixed):
        before = card.content()
        cutting = await cutting_begun(encoder)
        pad.place(card)
        expect((await cutting).outcome, Cut.LOCKED, "read-only")
        expect(card.content(), before, "content of a locked card")
        pad.lift()


def _two_sectors() -> tuple[ClassicCard, ClassicCard]:
    foreign, fixed = ClassicCard(b"\1\2\3\4"), ClassicCard(b"\1\2\3\5")
    foreign.set_sector(FIRST, bytes.fromhex("A0A1A2A3A4A5"))
    fixed.set_sector(FIRST, read_only=True)
    return foreign, fixed


async def worn_out_cards_are_found_out(encoder: KeyEncoder, pad: Pad) -> None:
    for kind, unit in ((CardType.ULTRALIGHT, 4), (CardType.NTAG215, 15), (CardType.CLASSIC_1K, 6)):
        card = specimen(kind)
        if not isinstance(card, StorageCard):
            raise TypeError(kind)
        card.worn.add(unit)
        cutting = await cutting_begun(encoder)
        pad.place(card)
        expect((await cutting).outcome, Cut.WORN_OUT, f"{kind} with a worn unit {unit}")
        pad.lift()


async def staff_badges_stay_as_they_are(encoder: KeyEncoder, pad: Pad) -> None:
    badge = UltralightCard(specimen(CardType.ULTRALIGHT).uid)
    for page in range(LENGTH // 4):
        badge.write(FIRST + page, staff_mark()[page * 4 : page * 4 + 4])
    before = badge.content()
    cutting = await cutting_begun(encoder)
    pad.place(badge)
    outcomes = [await cutting, await encoder.read(card_within_s=1), await encoder.erase(card_within_s=1)]
    expect([result.outcome for result in outcomes], [Cut.STAFF_CARD] * 3, "cut, read, erase")
    expect(badge.content(), before, "content")
    pad.lift()


async def a_copy_on_another_card_is_not_a_key(encoder: KeyEncoder, pad: Pad) -> None:
    original, copy = specimen(CardType.ULTRALIGHT), UltralightCard(bytes.fromhex("04FEDCBA987654"))
    cutting = await cutting_begun(encoder)
    pad.place(original)
    await cutting
    pad.lift()
    for page in range(4, 16):
        copy.write(page, original.content()[page * 4 : page * 4 + 4])
    await encoder.lies_there()
    pad.place(copy)
    expect((await encoder.read(card_within_s=1)).outcome, Cut.NOT_A_KEY, "a copy")
    pad.lift()


async def two_cards_are_not_written(encoder: KeyEncoder, pad: Pad) -> None:
    """On a reader that lets another of several cards answer at each activation."""
    first, second = specimen(CardType.ULTRALIGHT), UltralightCard(bytes.fromhex("04FEDCBA987654"))
    before = first.content(), second.content()
    cutting = await cutting_begun(encoder)
    pad.place(first)
    pad.place(second)
    expect((await cutting).outcome, Cut.TWO_CARDS, "two cards")
    expect((first.content(), second.content()), before, "content of both")
    pad.lift()


BEHAVIOURS: tuple[EncoderBehaviour, ...] = (
    a_key_is_cut_on_every_storage_card,
    nobody_lays_a_card,
    a_card_from_before_must_be_lifted_first,
    the_first_key_is_waited_out,
    no_storage_card_no_key,
    a_lifted_card_is_not_believed,
    a_cut_can_be_cancelled_while_it_waits,
)
OWN_CARDS: tuple[EncoderBehaviour, ...] = (
    read_only_cards_are_locked,
    worn_out_cards_are_found_out,
    staff_badges_stay_as_they_are,
    a_copy_on_another_card_is_not_a_key,
    two_cards_are_not_written,
)
