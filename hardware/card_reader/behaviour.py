"""What every card reader must do: with whatever card there is, by hand too, and with cards made for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import Any

from hardware.behaviour import (
    PLUG,
    UNPLUG,
    Act,
    ByHand,
    Call,
    FarEnd,
    Meeting,
    Misbehaved,
    NotTried,
    Run,
    Suite,
    expect,
)
from hardware.card_reader.behaviour_pad import BEHAVIOURS, LONG_S, STAFF_CARDS, UIDS, Pad, ReaderBehaviour
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
from hardware.card_reader.staff_card import StaffCardKeys

LAY = Act("lay-card", "Lay a card on the reader.")
LAY_NTAG424 = Act("blank-card", "Lay a blank NTAG 424 DNA card on the reader.")
LIFT = Act("lift", "Take every card off the reader.")


class CardEnd(FarEnd):
    """A pad that cards can be laid on; `pad` is one for cards made for it, where there is such."""

    pad: Pad | None = None


class CardsByHand(ByHand, CardEnd):
    EMPTIED_BY = LIFT


Met = Meeting[CardReader, CardEnd]


async def _came(m: Met, act: Act = LAY) -> Card:
    await m.end.do(act)
    what = await m.event("a card laid down")
    if not isinstance(what, CardPresented):
        raise Misbehaved(f"a card was laid down, and {type(what).__name__} was told")
    return what.card


async def _went(m: Met) -> None:
    await m.end.do(LIFT)
    expect(await m.event("lifted"), CardRemoved(), "lifted")


async def a_card_is_told_when_it_comes_and_when_it_goes(m: Met) -> None:
    for _ in range(2):
        card = await _came(m)
        expect(await m.driver.present(), card, "lies there")
        await m.status()
        await _went(m)
        expect(await m.driver.present(), None, "lies there")


async def a_card_that_lay_there_before_is_not_told(m: Met) -> None:
    await m.closes()
    await m.end.do(LAY)
    await m.opens()
    if await m.driver.present() is None:
        raise Misbehaved("a card lies there, and it says that none does")
    await m.end.do(LIFT)
    expect(await m.driver.present(), None, "lies there")
    await m.nothing_more("a card from before it was opened")


async def with_its_reader_unplugged_the_card_is_gone(m: Met) -> None:
    await _came(m)
    await m.end.do(UNPLUG)
    expect(await m.event("unplugged"), CardRemoved(), "unplugged")
    await m.end.do(LIFT)
    await m.closes()
    await m.end.do(PLUG)
    await m.opens()
    await _came(m)
    await _went(m)


async def a_staff_card_is_made_proven_and_taken_back(m: Met) -> None:
    _has_staff_key(m)
    shown = await _came(m, LAY_NTAG424)
    if shown.type is not CardType.NTAG424:
        raise NotTried("ntag424", f"what was laid down is a {shown.type}")
    expect(await m.driver.issue(card_within_s=LONG_S), CardIssue(Issued.DONE, shown.uid), "made")
    expect(await m.driver.prove(shown, within_s=LONG_S), CardProof(Proven.PROVEN, shown.uid), "proven")
    expect(await m.driver.withdraw(card_within_s=LONG_S), CardIssue(Issued.DONE, shown.uid), "taken back")
    expect((await m.driver.prove(shown, within_s=LONG_S)).outcome, Proven.NOT_OURS, "after that")
    await _went(m)


def _has_staff_key(m: Met) -> None:
    if not m.end.options.get(StaffCardKeys.OPTION):
        raise NotTried("staff-key", f"no {StaffCardKeys.OPTION} is given")


def on_cards_made(behaviour: ReaderBehaviour, *, staff: bool = False) -> Run:
    """The behaviour as a promise; a real reader can't have such cards laid on it."""

    @wraps(behaviour)
    async def promise(m: Met) -> None:
        if m.end.pad is None:
            raise NotTried("cards", "it wants cards made for it, and lifted between two commands")
        if staff:
            _has_staff_key(m)
        await behaviour(m.driver, m.events, m.end.pad)
        await m.nothing_more("cards made for it")

    return promise


def calls(reader: CardReader) -> Mapping[str, Call]:
    some = Card(UIDS[7], CardType.NTAG424)
    return {
        "status": reader.status,
        "present": reader.present,
        "prove": lambda: reader.prove(some, within_s=LONG_S),
        "issue": lambda: reader.issue(card_within_s=LONG_S),
        "withdraw": lambda: reader.withdraw(card_within_s=LONG_S),
    }


async def _happens(m: Any) -> None:
    await m.end.do(LAY)


async def _work(m: Met) -> None:
    await _came(m)
    await _went(m)


SUITE = Suite(
    (
        a_card_is_told_when_it_comes_and_when_it_goes,
        a_card_that_lay_there_before_is_not_told,
        with_its_reader_unplugged_the_card_is_gone,
        a_staff_card_is_made_proven_and_taken_back,
        *(on_cards_made(behaviour) for behaviour in BEHAVIOURS),
        *(on_cards_made(behaviour, staff=True) for behaviour in STAFF_CARDS),
    ),
    calls,
    _work,
    CardsByHand,
    _happens,
)
