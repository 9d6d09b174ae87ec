"""What a person does at a key encoder, for each of its results (tests/hardware/test_every_result.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from hardware.card_reader.behaviour_pad import UIDS, specimen
from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import UltralightCard, VirtualCard
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.document_reader.virtual_family import Family
from hardware.key_encoder.behaviour_pad import KEY, cutting_begun
from hardware.key_encoder.contract import Cut, KeyEncoder, Opens
from hardware.readings import Kind
from tests.faults.devices.stands import LockServerStand, standing
from tests.hardware.drivers import encoder_at, new_pad, property_key

SHORT_S, LONG_S = 0.3, 10.0
OTHER_UID = bytes.fromhex("04FEDCBA987654")

Given = Callable[[Path, Family], Awaitable[StrEnum]]


def cut(*cards: VirtualCard, **how: Any) -> Given:
    """A key is asked for, then cards are laid down; `lift_after` so many commands they are taken away."""
    lift_after = how.pop("lift_after", None)

    async def given(folder: Path, family: Family) -> StrEnum:
        async with new_pad() as pad, encoder_at(pad.address, property_key(folder)) as encoder:
            if how or not cards:
                since_s = monotonic()
                for card in cards:
                    pad.place(card)
                result = await encoder.cut(KEY, card_within_s=LONG_S if cards else SHORT_S, after_s=since_s, **how)
                return result.outcome
            cutting = await cutting_begun(encoder)
            for card in cards:
                pad.place(card)
            if lift_after is not None:
                pad.lift_after(lift_after)
            return (await cutting).outcome

    return given


async def read_of_no_key(folder: Path, family: Family) -> StrEnum:
    async with new_pad() as pad, encoder_at(pad.address, property_key(folder)) as encoder:
        pad.place(specimen(CardType.ULTRALIGHT))
        return (await encoder.read(card_within_s=1)).outcome


def read_of(opens: Opens) -> Given:
    """Cut, and read back: whose doors it says that it opens."""

    async def given(folder: Path, family: Family) -> StrEnum:
        async with new_pad() as pad, encoder_at(pad.address, property_key(folder)) as encoder:
            pad.place(Ntag424Card(UIDS[7]))
            await encoder.cut(replace(KEY, opens=opens), card_within_s=2, after_s=0)
            key = (await encoder.read(card_within_s=1)).key
            assert key is not None
            return key.opens

    return given


def rehearsed(*cards: VirtualCard, lift_after: int | None = None) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with new_pad() as pad, encoder_at(pad.address, property_key(folder)) as encoder:
            for card in cards:
                pad.place(card)
            if lift_after is not None:
                pad.lift_after(lift_after)
            return (await encoder.rehearse(2, card_within_s=LONG_S if cards else SHORT_S)).outcome

    return given


def of_somebody() -> UltralightCard:
    card = UltralightCard(OTHER_UID)
    card.memory[9] = b"\x01\x02\x03\x04"
    return card


async def cut_on_a_staff_badge(folder: Path, family: Family) -> StrEnum:
    async with new_pad() as pad, encoder_at(pad.address, property_key(folder)) as encoder:
        await pad.do("lay-staff-card")
        return (await encoder.erase(card_within_s=1)).outcome


def by_the_lock_server(*verbs: tuple[str, ...]) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with standing(LockServerStand(folder)) as stand:
            await stand.plays(*verbs)
            encoder: Any = stand.devices.get(Kind.KEY_ENCODER)
            outcome: Cut = (await encoder.cut(KEY, card_within_s=0)).outcome
            return outcome

    return given


def of_an_open_pad(ask: Callable[[KeyEncoder], Awaitable[StrEnum]]) -> Given:
    async def given(folder: Path, family: Family) -> StrEnum:
        async with new_pad() as pad, encoder_at(pad.address, property_key(folder)) as encoder:
            return await ask(encoder)

    return given


async def level(encoder: KeyEncoder) -> StrEnum:
    return (await encoder.stock()).level


def locked() -> UltralightCard:
    card = UltralightCard(OTHER_UID)
    card.lock(*range(4, 16))
    return card


def worn() -> VirtualCard:
    card = UltralightCard(OTHER_UID)
    card.worn.add(4)
    return card
