"""What every key encoder must do: by hand, seen from the doors, and – where it sees cards – on cards made for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import wraps

from hardware.behaviour import (
    PLUG,
    UNPLUG,
    Act,
    ByHand,
    Call,
    FarEnd,
    Meeting,
    Misbehaved,
    NotOwed,
    NotTried,
    Run,
    Suite,
    expect,
)
from hardware.card_reader.behaviour_pad import Pad
from hardware.errors import DeviceGone, DeviceRefused, DeviceSilent
from hardware.key_encoder.behaviour_aes import AES_CARDS
from hardware.key_encoder.behaviour_doors import DOOR_BEHAVIOURS, GUEST, KEY, Desk, DoorBehaviour
from hardware.key_encoder.behaviour_pad import BEHAVIOURS, LONG_S, OWN_CARDS, EncoderBehaviour, cutting_begun
from hardware.key_encoder.contract import Cut, CutResult, KeyEncoder

LAY = Act("lay-card", "Lay a blank key card on the encoder: a key is written to it, read, and erased.")
LIFT = Act("lift", "Take every card off the encoder.")


class EncoderEnd(FarEnd):
    """`pad` is one for cards made for it, `desk` a person with cards and doors, where there are such.
    `complaints`: what the other side says that the driver did wrong."""

    pad: Pad | None = None
    desk: Desk | None = None

    def complaints(self) -> list[str]:
        return []


class EncoderByHand(ByHand, EncoderEnd):
    EMPTIED_BY = LIFT


Met = Meeting[KeyEncoder, EncoderEnd]


@asynccontextmanager
async def _cutting(m: Met) -> AsyncIterator[asyncio.Task[CutResult]]:
    """A cut that waits for its card; called off if nobody does what it waits for."""
    cutting = await cutting_begun(m.driver, KEY, card_within_s=m.end.patience_s, reservation=GUEST)
    try:
        yield cutting
    finally:
        cutting.cancel()


async def _cut(m: Met) -> CutResult:
    """Asked for, and then laid down, as a person does."""
    async with _cutting(m) as cutting:
        await m.end.do(LAY)
        return await cutting


async def a_key_is_cut_read_and_erased(m: Met) -> None:
    done = await _cut(m)
    expect(done.outcome, Cut.DONE, "cut")
    if done.key not in (None, KEY):
        raise Misbehaved(f"another key was read back: {done.key}")
    try:
        read = await m.driver.read(card_within_s=LONG_S)
    except DeviceRefused as refused:
        raise NotOwed("the key was cut; this model reads none") from refused
    expect((read.outcome, read.key.room if read.key else ""), (Cut.DONE, KEY.room), "read")
    expect((await m.driver.erase(card_within_s=LONG_S)).outcome, Cut.DONE, "erased")
    await m.end.do(LIFT)


async def unplugged_while_it_waits_for_a_card_it_says_so(m: Met) -> None:
    await m.end.emptied()
    async with _cutting(m) as cutting:
        await m.end.do(UNPLUG)
        await m.fails(cutting, DeviceGone, DeviceSilent, what="cutting, unplugged")
    await m.closes()
    await m.end.do(PLUG)
    await m.opens()
    await m.status()


def on_cards_made(behaviour: EncoderBehaviour) -> Run:
    """The behaviour as a promise; a real encoder can't have such cards laid on it."""

    @wraps(behaviour)
    async def promise(m: Met) -> None:
        if await m.driver.lies_there() is None:
            raise NotOwed("this model sees no cards")
        if m.end.pad is None:
            raise NotTried("cards", "it wants cards made for it, and lifted between two commands")
        await behaviour(m.driver, m.end.pad)

    return promise


def at_the_doors(behaviour: DoorBehaviour) -> Run:
    """Likewise, with doors that can be told the time."""

    @wraps(behaviour)
    async def promise(m: Met) -> None:
        if m.end.desk is None:
            raise NotTried("doors", "it wants doors that can be told the time")
        await behaviour(m.driver, m.end.desk)
        expect(m.end.complaints(), [], "complaints of the other side")

    return promise


def calls(encoder: KeyEncoder) -> Mapping[str, Call]:
    return {
        "status": encoder.status,
        "lies_there": encoder.lies_there,
        "cut": lambda: encoder.cut(KEY, card_within_s=LONG_S, reservation=GUEST),
        "read": lambda: encoder.read(card_within_s=LONG_S),
        "erase": lambda: encoder.erase(card_within_s=LONG_S),
    }


async def _work(m: Met) -> None:
    expect((await _cut(m)).outcome, Cut.DONE, "cut")
    await m.end.do(LIFT)


SUITE = Suite(
    (
        a_key_is_cut_read_and_erased,
        unplugged_while_it_waits_for_a_card_it_says_so,
        *(at_the_doors(behaviour) for behaviour in DOOR_BEHAVIOURS),
        *(on_cards_made(behaviour) for behaviour in (*BEHAVIOURS, *OWN_CARDS, *AES_CARDS)),
    ),
    calls,
    _work,
    EncoderByHand,
)
