"""What every key encoder must do, seen from the doors: whoever writes the card, and however it is written.

`behaviour_pad.py` is for encoders that see the card themselves; these hold for any, also for a lock
maker's. A `Desk` is where a person stands; `Can` says what a model can't. No pytest here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from hardware.behaviour import Misbehaved, NotOwed, expect
from hardware.key_encoder.behaviour_pad import LONG_S, cutting_begun
from hardware.key_encoder.contract import Cut, CutResult, Handled, Issue, KeyEncoder, Level, RoomKey, Stock

KEY = RoomKey("412", datetime(2030, 5, 1, 12, tzinfo=UTC), datetime(2030, 5, 3, 9, tzinfo=UTC), 7)
DURING = datetime(2030, 5, 2, 12, tzinfo=UTC)
AFTER = datetime(2030, 5, 3, 9, tzinfo=UTC)
GUEST, OTHER_GUEST = "11122", "22233"


@dataclass(frozen=True)
class Can:
    """What a model can. A pad of ours can all but feed cards; a lock server's encoder tells little."""

    tells_uids: bool = True
    sees_cards: bool = True  # lies_there(), and waits for a card to be exchanged
    reads: bool = True
    tells_sequence: bool = True
    issues: bool = False  # keeps keys itself, so that it can make one that opens once
    feeds: bool = False


class Desk(Protocol):
    """A person with cards, numbered; and the doors."""

    can: Can

    def lay(self, card: int) -> bytes:
        """Lay that card on the encoder, after taking away what lay there; its UID."""

    def lift(self) -> None: ...

    def opens(self, card: int, room: str, at: datetime) -> bool:
        """Hold the card against a door."""


DoorBehaviour = Callable[[KeyEncoder, Desk], Awaitable[None]]


async def cut_on(
    encoder: KeyEncoder, desk: Desk, card: int, key: RoomKey = KEY, issue: Issue = Issue.NEW
) -> CutResult:
    """Asked for, and then laid down, as a person does."""
    desk.lift()
    cutting = await cutting_begun(encoder, key, issue=issue, reservation=GUEST)
    uid = desk.lay(card)
    result = await cutting
    expect(result.outcome, Cut.DONE, f"card {card} cut")
    if desk.can.tells_uids:
        expect(result.uid, uid, "UID of the card")
    return result


async def a_key_opens_its_room_at_its_time(encoder: KeyEncoder, desk: Desk) -> None:
    await cut_on(encoder, desk, 1)
    expect(desk.opens(1, "411", DURING), False, "the next room")
    expect(desk.opens(1, "412", AFTER), False, "after check-out")
    expect(desk.opens(1, "412", DURING), True, "its own room")
    expect(desk.opens(2, "412", DURING), False, "a blank card")
    desk.lift()


async def a_new_key_kills_the_older_ones_when_it_touches_the_door(encoder: KeyEncoder, desk: Desk) -> None:
    await cut_on(encoder, desk, 1)
    await cut_on(encoder, desk, 2, issue=Issue.DUPLICATE)
    expect((desk.opens(1, "412", DURING), desk.opens(2, "412", DURING)), (True, True), "two keys")
    await cut_on(encoder, desk, 3, replace(KEY, sequence=KEY.sequence + 1), Issue.NEW)
    expect(desk.opens(1, "412", DURING), True, "the old one, as long as the door has not seen the new")
    expect(desk.opens(3, "412", DURING), True, "the new one")
    expect((desk.opens(1, "412", DURING), desk.opens(2, "412", DURING)), (False, False), "the old ones")
    desk.lift()


async def a_one_shot_key_opens_once(encoder: KeyEncoder, desk: Desk) -> None:
    if not desk.can.issues:
        raise NotOwed("this model makes no key that opens once")
    await cut_on(encoder, desk, 1)
    await cut_on(encoder, desk, 2, issue=Issue.ONE_SHOT)
    expect([desk.opens(2, "412", DURING) for _ in range(2)], [True, False], "once")
    expect(desk.opens(1, "412", DURING), True, "the guest's own")
    desk.lift()


async def what_was_cut_is_read(encoder: KeyEncoder, desk: Desk) -> None:
    if not desk.can.reads:
        raise NotOwed("this model reads no keys")
    await cut_on(encoder, desk, 1)
    read = await encoder.read(card_within_s=1)
    if read.key is None:
        raise Misbehaved(f"nothing read: {read.outcome}")
    expect((read.outcome, read.key.room, read.key.valid_until), (Cut.DONE, "412", KEY.valid_until), "read")
    if desk.can.tells_sequence:
        expect(read.key, KEY, "the whole key")
    desk.lift()
    await encoder.lies_there()
    desk.lay(2)
    expect((await encoder.read(card_within_s=1)).outcome, Cut.NOT_A_KEY, "a blank card")
    desk.lift()


async def an_erased_card_opens_nothing(encoder: KeyEncoder, desk: Desk) -> None:
    if not desk.can.reads:
        raise NotOwed("this model reads no keys")
    await cut_on(encoder, desk, 1)
    expect((await encoder.erase(card_within_s=1)).outcome, Cut.DONE, "erased")
    expect(desk.opens(1, "412", DURING), False, "the erased card")
    expect((await encoder.read(card_within_s=1)).outcome, Cut.NOT_A_KEY, "read from it")
    desk.lift()


async def of_two_at_once_each_gets_an_end(encoder: KeyEncoder, desk: Desk) -> None:
    """Two people ask at the same moment: one is served after the other."""
    desk.lift()
    both = [
        asyncio.create_task(encoder.cut(KEY, card_within_s=LONG_S, issue=Issue.NEW, reservation=GUEST)),
        asyncio.create_task(encoder.cut(KEY, card_within_s=LONG_S, issue=Issue.NEW, reservation=OTHER_GUEST)),
    ]
    await asyncio.sleep(0)
    await encoder.lies_there()  # whoever can see has seen that nothing lies there
    desk.lay(1)
    results = await asyncio.gather(*both)
    expect([one.outcome for one in results], [Cut.DONE] * 2, "both")
    expect(desk.opens(1, "412", DURING), True, "the card")
    desk.lift()


async def an_impossible_key_is_refused(encoder: KeyEncoder, desk: Desk) -> None:
    for wrong in (replace(KEY, valid_until=KEY.valid_from), replace(KEY, room="")):
        try:
            await encoder.cut(wrong, card_within_s=0)
        except ValueError:
            continue
        raise Misbehaved(f"cut: {wrong}")


async def it_says_what_it_can_do_with_cards(encoder: KeyEncoder, desk: Desk) -> None:
    desk.lift()
    expect(await encoder.lies_there(), False if desk.can.sees_cards else None, "lies there")
    if desk.can.feeds:
        return
    handled = [await encoder.feed(), await encoder.eject(), await encoder.capture()]
    expect(handled, [Handled.BY_HAND] * 3, "handling")
    expect(await encoder.stock(), Stock(Level.UNKNOWN, None), "stock")


DOOR_BEHAVIOURS: tuple[DoorBehaviour, ...] = (
    a_key_opens_its_room_at_its_time,
    a_new_key_kills_the_older_ones_when_it_touches_the_door,
    a_one_shot_key_opens_once,
    what_was_cut_is_read,
    an_erased_card_opens_nothing,
    of_two_at_once_each_gets_an_end,
    an_impossible_key_is_refused,
    it_says_what_it_can_do_with_cards,
)
