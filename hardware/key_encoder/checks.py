"""Checks of a key encoder, on its contract alone: it answers, writes, reads back and erases a test card ten times, and
how far its field reaches.

The key that is written opens nothing. A guest's or staff's card, or any that is not blank, is left as it was.
"""

from __future__ import annotations

import asyncio
import time

from hardware.answers import answers
from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from hardware.key_encoder.contract import KeyEncoder, Rehearsal, Rehearsed
from hardware.reach import LOOK_EVERY_S, RAISED_WITHIN_S, raised

PART = "key_encoder"
ROUNDS = 10
CARD_WITHIN_S = 45.0
TRIES = 2
ROUND_MOST_S = 2.0  # 52 commands of some 10 ms each, and as much again for a slow reader

_ILL = {
    Rehearsed.WORN_OUT: "what was read back is not what was written: try another card; the same again is the encoder",
    Rehearsed.LOCKED: "the card does not let itself be written: try another card",
}
_AGAIN = {
    Rehearsed.LIFTED: "The card was lifted. Lay it back and leave it there.",
    Rehearsed.TWO_CARDS: "Two cards lie there. Lay down one only.",
    Rehearsed.WRONG_TYPE: "This is no key card. Lay down a blank key card.",
    Rehearsed.NOT_BLANK: "This card is in use, and was left as it was. Lay down a blank key card.",
}
_GONE = {
    Rehearsed.LIFTED: "Is the card off the encoder, and a blank one at hand?",
    Rehearsed.TWO_CARDS: "Two cards lie there. Are both off the encoder, and one blank card at hand?",
    Rehearsed.WRONG_TYPE: "This is no key card. Is it off the encoder, and a blank key card at hand?",
    Rehearsed.NOT_BLANK: "This card is in use, and was left as it was. Is it off the encoder, and a blank one at hand?",
}
_MISREAD = "No card was taken for a key card. If they are blank key cards, the encoder misreads them: unplug it for five seconds."


def checks(device: KeyEncoder) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    within_s = TRIES * (CARD_WITHIN_S + ROUNDS * 6)
    return (
        answers(device, PART),
        Check("key_encoder.test-card", "Writes, reads and erases a test card", _test_card(device), hands=True, within_s=within_s),
        Check("key_encoder.reach", "Reads at a distance", _reach(device), hands=True, within_s=CARD_WITHIN_S + RAISED_WITHIN_S + 15),
    )


def _test_card(device: KeyEncoder) -> Run:
    async def run(hands: Hands) -> CheckResult:
        if not device.rehearses:
            return CheckResult(
                Outcome.SKIPPED, "The lock maker’s server makes the keys, and knows no test key: cut one for a real room."
            )
        words, last = "Lay a blank key card on the encoder. What is written on it opens nothing.", Rehearsal(Rehearsed.NO_CARD)
        for left in reversed(range(TRIES)):
            await hands.please(words, "lay-card")
            last = await device.rehearse(
                ROUNDS, card_within_s=CARD_WITHIN_S, on_round=lambda done: hands.progress(done, ROUNDS)
            )
            if last.outcome not in _AGAIN or not left:
                break
            words = _AGAIN[last.outcome]
            if not await _lifted(device, hands, last.outcome):
                break
        return _judged(last)

    return run


def _reach(device: KeyEncoder) -> Run:
    async def run(hands: Hands) -> CheckResult:
        if await device.lies_there() is None:
            return CheckResult(Outcome.SKIPPED, "This encoder can’t say whether a card lies on it.")
        await hands.please("Lay any card flat on the encoder. Nothing is written on it.", "lay-card")

        async def there() -> bool:
            return bool(await device.lies_there())

        until_s = time.monotonic() + CARD_WITHIN_S
        while not await there():
            if time.monotonic() > until_s:
                return CheckResult(Outcome.UNSURE, "No card was laid down.")
            await asyncio.sleep(LOOK_EVERY_S)
        return await raised(there, hands)

    return run


async def _lifted(device: KeyEncoder, hands: Hands, why: Rehearsed) -> bool:
    """The card that was refused must go before another is looked at."""
    if not await device.lies_there():
        return True
    saw = await hands.saw(_GONE[why])
    return bool(saw) and not await device.lies_there()


def _judged(last: Rehearsal) -> CheckResult:
    measured: tuple[Measured, ...] = (Measured("rounds", "Written, read back and erased", last.rounds, "times", least=ROUNDS),)
    if last.rounds:
        slowest = Measured("round", "The slowest of them", round(last.slowest_s, 2), "s", most=ROUND_MOST_S)
        measured = (*measured, slowest)
    if last.outcome is Rehearsed.DONE:
        return CheckResult(Outcome.WELL, f"{last.rounds} times on a {last.card_type} card.", measured)
    if (why := _ILL.get(last.outcome)) is not None:
        return CheckResult(Outcome.ILL, f"Round {last.rounds + 1}: {why}.", measured)
    said = {**_AGAIN, Rehearsed.NO_CARD: "No card was laid down.", Rehearsed.WRONG_TYPE: _MISREAD}
    return CheckResult(Outcome.UNSURE, said[last.outcome], measured)
