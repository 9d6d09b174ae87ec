"""What every card reader must do with cards made for it, as functions of a driver and a pad. No pytest here.

Each takes an open driver, its events, and a pad on which nothing lies; each leaves the pad empty. Those
in `STAFF_CARDS` hold for a reader that has a staff card key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from hardware.behaviour import Events, Misbehaved, expect
from hardware.card_reader.contract import (
    Card,
    CardIssue,
    CardPresented,
    CardProof,
    CardReader,
    CardRemoved,
    CardType,
    Issued,
    Proven,
)
from hardware.card_reader.virtual_cards import SmartCard, UltralightCard, VirtualCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.card_reader.virtual_ntag424 import Ntag424Card

NOTICED_WITHIN_S = 1.0
SHORT_S = 0.3  # how long a behaviour waits for a card that does not come
LONG_S = 10.0
MOST_COMMANDS = 80  # of any one job on a card


class Pad(Protocol):
    """Where cards are laid: a virtual reader, or a hand that follows what the screen says."""

    def place(self, card: VirtualCard) -> None: ...
    def lift(self) -> None: ...
    def lift_after(self, commands: int) -> None: ...


ReaderBehaviour = Callable[[CardReader, Events, Pad], Awaitable[None]]

UIDS = {4: bytes.fromhex("1B2C3D4E"), 7: bytes.fromhex("041B2C3D4E5F60")}


def specimen(kind: CardType) -> VirtualCard:
    """A card of this type with a UID as its maker gives."""
    classic = kind in (CardType.CLASSIC_1K, CardType.CLASSIC_4K)
    return make_card(kind, UIDS[4 if classic else 7])


async def every_type_of_card_is_told_apart(reader: CardReader, events: Events, pad: Pad) -> None:
    for kind in CardType:
        card = specimen(kind)
        pad.place(card)
        wanted = Card(b"" if kind is CardType.OTHER else card.uid, kind)
        expect(await _next(events, 3.0), CardPresented(wanted), "laid down")
        expect(await reader.present(), wanted, "lies there")
        pad.lift()
        expect(await _next(events), CardRemoved(), "lifted")
        expect(await reader.present(), None, "lies there")


async def a_card_is_noticed_within_a_second(reader: CardReader, events: Events, pad: Pad) -> None:
    loop = asyncio.get_running_loop()
    laid_s = loop.time()
    pad.place(specimen(CardType.NTAG213))
    event = await asyncio.wait_for(events.get(), NOTICED_WITHIN_S)
    if not laid_s - 0.001 <= event.began_s <= loop.time():
        raise Misbehaved("an event must carry when the card came")
    pad.lift()
    await _next(events)


async def a_card_laid_down_again_is_told_again(reader: CardReader, events: Events, pad: Pad) -> None:
    card = specimen(CardType.ULTRALIGHT)
    for _ in range(3):
        pad.place(card)
        expect(await _next(events), CardPresented(Card(card.uid, card.type)), "laid down")
        pad.lift()
        expect(await _next(events), CardRemoved(), "lifted")


# --- staff cards


async def a_blank_card_becomes_a_staff_card_and_proves_it(
    reader: CardReader, events: Events, pad: Pad
) -> None:
    card = await _issued(reader, events, pad)
    expect(await _proof(reader, events, pad, card), CardProof(Proven.PROVEN, card.uid), "laid down")
    expect((await _job(reader.issue, events, pad, card)), CardIssue(Issued.DONE, card.uid), "made once more")
    expect((await _proof(reader, events, pad, card)).outcome, Proven.PROVEN, "after that")


async def a_staff_card_taken_back_is_as_it_was_delivered(
    reader: CardReader, events: Events, pad: Pad
) -> None:
    card = await _issued(reader, events, pad)
    expect(await _job(reader.withdraw, events, pad, card), CardIssue(Issued.DONE, card.uid), "taken back")
    expect(card.whole(), Ntag424Card(card.uid).whole(), "all that the card keeps")
    expect((await _proof(reader, events, pad, card)).outcome, Proven.NOT_OURS, "a card taken back")
    expect((await _job(reader.withdraw, events, pad, card)).outcome, Issued.NOT_OURS, "taken back twice")
    expect((await _job(reader.issue, events, pad, card)).outcome, Issued.DONE, "made again")


async def a_number_proves_nothing(reader: CardReader, events: Events, pad: Pad) -> None:
    """Another chip that shows a staff card's UID, its mark and its versions, without its keys."""
    card = await _issued(reader, events, pad)
    copy = Ntag424Card(card.uid)
    for number, key in enumerate(copy.keys):
        key.version = card.keys[number].version
    for number, file in copy.files.items():
        file.data[:] = card.files[number].data
    expect((await _proof(reader, events, pad, copy)).outcome, Proven.NOT_OURS, "a copy without keys")
    expect((await _proof(reader, events, pad, Ntag424Card(card.uid))).outcome, Proven.NOT_OURS, "blank")


async def what_cannot_answer_is_no_proof(reader: CardReader, events: Events, pad: Pad) -> None:
    for kind in CardType:
        if kind in (CardType.NTAG424, CardType.OTHER):
            continue
        expect((await _proof(reader, events, pad, specimen(kind))).outcome, Proven.CANT, f"{kind}")


async def a_card_that_has_gone_proves_nothing(reader: CardReader, events: Events, pad: Pad) -> None:
    card = await _issued(reader, events, pad)
    other = Ntag424Card(bytes.fromhex("04FEDCBA987654"))
    shown = Card(card.uid, card.type)
    expect((await reader.prove(shown, within_s=1)).outcome, Proven.LIFTED, "nothing lies there")
    await _laid(events, pad, other)
    expect((await reader.prove(shown, within_s=1)).outcome, Proven.LIFTED, "another lies there")
    await _lifted(events, pad)
    await _laid(events, pad, card)
    for commands in range(MOST_COMMANDS):
        pad.lift_after(commands)
        proof = await reader.prove(shown, within_s=1)
        if proof.outcome is Proven.PROVEN:
            await _lifted(events, pad)
            return
        expect(proof.outcome, Proven.LIFTED, f"lifted after {commands} commands")
        await _lifted(events, pad)
        await _laid(events, pad, card)
    raise Misbehaved("never proven")


async def a_card_lifted_at_any_moment_is_gone_on_with(reader: CardReader, events: Events, pad: Pad) -> None:
    """While it is made it proves itself whole or not at all; while it is taken back likewise."""
    begun = 0
    for commands in range(MOST_COMMANDS):
        card = Ntag424Card(UIDS[7])
        made = await _job(reader.issue, events, pad, card, lift_after=commands)
        whole = made.outcome is Issued.DONE
        if not whole:
            expect(made.outcome, Issued.LIFTED, f"made, lifted after {commands} commands")
            begun += card.whole() != Ntag424Card(card.uid).whole()
            expect((await _job(reader.issue, events, pad, card)).outcome, Issued.DONE, "gone on with")
        expect((await _proof(reader, events, pad, card)).outcome, Proven.PROVEN, "once it is made")
        back = await _job(reader.withdraw, events, pad, card, lift_after=commands)
        if back.outcome is not Issued.DONE:
            expect(back.outcome, Issued.LIFTED, f"taken back, lifted after {commands} commands")
            if card.keys[1].version == 0:
                expect((await _proof(reader, events, pad, card)).outcome, Proven.NOT_OURS, "half taken back")
            done = (await _job(reader.withdraw, events, pad, card)).outcome
            if done is not Issued.DONE:  # all was done but the answer
                expect(done, Issued.NOT_OURS, "gone on with")
        expect(card.whole(), Ntag424Card(card.uid).whole(), "all that the card keeps")
        if whole and back.outcome is Issued.DONE:
            expect(begun > 0, True, "some card was left half made")
            return
    raise Misbehaved("never done")


async def a_half_made_staff_card_proves_nothing(reader: CardReader, events: Events, pad: Pad) -> None:
    for commands in range(MOST_COMMANDS):
        card = Ntag424Card(UIDS[7])
        if (await _job(reader.issue, events, pad, card, lift_after=commands)).outcome is Issued.DONE:
            return
        whole = all(key.version for key in card.keys)
        wanted = Proven.PROVEN if whole else Proven.NOT_OURS
        expect((await _proof(reader, events, pad, card)).outcome, wanted, f"after {commands} commands")
    raise Misbehaved("never done")


async def only_blank_cards_become_staff_cards(reader: CardReader, events: Events, pad: Pad) -> None:
    foreign = Ntag424Card(UIDS[7])
    foreign.keys[0].value, foreign.keys[0].version = bytes(range(16)), 9
    secret = Ntag424Card(UIDS[7])
    secret.keys[0].value = bytes(range(16))  # and nobody said so
    for card in (foreign, secret):
        contents = card.content()
        keys = [key.value for key in card.keys]
        expect((await _job(reader.issue, events, pad, card)).outcome, Issued.NOT_BLANK, "somebody's card")
        expect((await _job(reader.withdraw, events, pad, card)).outcome, Issued.NOT_OURS, "somebody's card")
        expect((card.content(), [key.value for key in card.keys]), (contents, keys), "contents and keys")
    for other in (UltralightCard(UIDS[7]), SmartCard(UIDS[4])):
        expect((await _job(reader.issue, events, pad, other)).outcome, Issued.WRONG_TYPE, f"{other.type}")


async def nobody_lays_a_card_to_be_made(reader: CardReader, events: Events, pad: Pad) -> None:
    expect(await reader.issue(card_within_s=SHORT_S), CardIssue(Issued.NO_CARD), "no card")
    expect(await reader.withdraw(card_within_s=SHORT_S), CardIssue(Issued.NO_CARD), "no card")


async def a_card_that_is_not_meant_is_passed_over(reader: CardReader, events: Events, pad: Pad) -> None:
    """It stays as it is, however long it lies there; the next one is taken."""
    theirs, other = await _issued(reader, events, pad), Ntag424Card(bytes.fromhex("04FEDCBA987654"))
    await _laid(events, pad, theirs)
    whole = theirs.whole()
    for job in (reader.issue, reader.withdraw):
        expect(await job(card_within_s=SHORT_S, not_uids=(theirs.uid,)), CardIssue(Issued.NO_CARD), "not meant")
    expect(theirs.whole(), whole, "all that the card keeps")
    making = asyncio.create_task(reader.issue(card_within_s=LONG_S, not_uids=(theirs.uid,)))
    await asyncio.sleep(0)
    pad.lift()
    async with asyncio.timeout(LONG_S):
        while await reader.present():
            pass
    pad.place(other)
    expect(await making, CardIssue(Issued.DONE, other.uid), "the next one")
    expect(theirs.whole(), whole, "all that the card keeps")
    await _lifted(events, pad)


async def a_card_that_is_made_is_not_told_as_presented(reader: CardReader, events: Events, pad: Pad) -> None:
    making = asyncio.create_task(reader.issue(card_within_s=LONG_S))
    await asyncio.sleep(0)
    await reader.present()
    pad.place(Ntag424Card(UIDS[7]))
    expect((await making).outcome, Issued.DONE, "waited for")
    pad.lift()
    async with asyncio.timeout(LONG_S):
        while await reader.present():  # one that polls takes its time to notice
            pass
    expect(events.empty(), True, "nobody heard of it")


async def _issued(reader: CardReader, events: Events, pad: Pad) -> Ntag424Card:
    card = Ntag424Card(UIDS[7])
    expect(await _job(reader.issue, events, pad, card), CardIssue(Issued.DONE, card.uid), "made")
    return card


async def _job(
    job: Callable[..., Awaitable[CardIssue]],
    events: Events,
    pad: Pad,
    card: VirtualCard,
    lift_after: int | None = None,
) -> CardIssue:
    """Make a card or take it back, as it lies there; then lift it."""
    await _laid(events, pad, card)
    if lift_after is not None:
        pad.lift_after(lift_after)
    done = await job(card_within_s=LONG_S)
    await _lifted(events, pad)
    return done


async def _proof(reader: CardReader, events: Events, pad: Pad, card: VirtualCard) -> CardProof:
    await _laid(events, pad, card)
    proof = await reader.prove(Card(card.uid, card.type), within_s=5)
    await _lifted(events, pad)
    return proof


async def _laid(events: Events, pad: Pad, card: VirtualCard) -> None:
    pad.place(card)
    expect(await _next(events, LONG_S), CardPresented(Card(card.uid, card.type)), "laid down")


async def _lifted(events: Events, pad: Pad) -> None:
    pad.lift()
    expect(await _next(events, LONG_S), CardRemoved(), "lifted")


async def _next(events: Events, within_s: float = NOTICED_WITHIN_S) -> object:
    return (await asyncio.wait_for(events.get(), within_s)).what


BEHAVIOURS: tuple[ReaderBehaviour, ...] = (
    every_type_of_card_is_told_apart,
    a_card_is_noticed_within_a_second,
    a_card_laid_down_again_is_told_again,
)

STAFF_CARDS: tuple[ReaderBehaviour, ...] = (
    a_blank_card_becomes_a_staff_card_and_proves_it,
    a_staff_card_taken_back_is_as_it_was_delivered,
    a_number_proves_nothing,
    what_cannot_answer_is_no_proof,
    a_card_that_has_gone_proves_nothing,
    a_card_lifted_at_any_moment_is_gone_on_with,
    a_half_made_staff_card_proves_nothing,
    only_blank_cards_become_staff_cards,
    nobody_lays_a_card_to_be_made,
    a_card_that_is_not_meant_is_passed_over,
    a_card_that_is_made_is_not_told_as_presented,
)
