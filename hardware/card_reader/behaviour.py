"""What every card reader must do, as functions of a driver and a pad to play on. No pytest here.

Each takes an open driver, its events, and a pad on which nothing lies; each leaves the pad empty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from hardware.card_reader.contract import Card, CardPresented, CardReader, CardRemoved, CardType
from hardware.card_reader.virtual_cards import VirtualCard, make_card
from hardware.readings import DeviceEvent

NOTICED_WITHIN_S = 1.0


class Pad(Protocol):
    """Where cards are laid: a virtual reader, or a hand that follows what the screen says."""

    def place(self, card: VirtualCard) -> None: ...
    def lift(self) -> None: ...
    def lift_after(self, commands: int) -> None: ...


class Misbehaved(AssertionError):
    """A driver does not keep its kind's contract."""


def expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Misbehaved(f"{what}: {found!r}, not {wanted!r}")


Events = asyncio.Queue[DeviceEvent]
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


async def _next(events: Events, within_s: float = NOTICED_WITHIN_S) -> object:
    return (await asyncio.wait_for(events.get(), within_s)).what


BEHAVIOURS: tuple[ReaderBehaviour, ...] = (
    every_type_of_card_is_told_apart,
    a_card_is_noticed_within_a_second,
    a_card_laid_down_again_is_told_again,
)
