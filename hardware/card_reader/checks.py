"""Checks of a card reader, on its contract alone: it notices a card, proves a staff card, and how far its field reaches.

No UID is kept or shown: which kind of card it was, and how long things took.
"""

from __future__ import annotations

import time

from hardware.answers import answers
from hardware.card_reader.contract import Card, CardPresented, CardReader, Proven
from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from hardware.reach import RAISED_WITHIN_S, raised
from hardware.readings import Kind

PART = "card_reader"
CARD_WITHIN_S = 45.0
PROVE_WITHIN_S = 5.0
PROVE_MOST_S = 2.0

_SAID = {
    Proven.PROVEN: "a staff card of this house, which proved itself",
    Proven.NOT_OURS: "no staff card of this house",
    Proven.CANT: "a kind of card that can’t be asked for a proof",
}


def checks(device: CardReader) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    return (
        answers(device, PART),
        Check("card_reader.notices", "Notices a card", _notices(device), hands=True, within_s=CARD_WITHIN_S + 25),
        Check("card_reader.reach", "Reads at a distance", _reach(device), hands=True, within_s=CARD_WITHIN_S + RAISED_WITHIN_S + 15),
    )


def _notices(device: CardReader) -> Run:
    async def run(hands: Hands) -> CheckResult:
        card = await _laid(device, hands, "Lay a card on the card reader; best a staff card.")
        if card is None:
            return CheckResult(Outcome.UNSURE, "No card was noticed; was one laid down?")
        began_s = time.monotonic()
        proof = await device.prove(card, within_s=PROVE_WITHIN_S)
        took_s = round(time.monotonic() - began_s, 2)
        if proof.outcome is Proven.LIFTED:
            return CheckResult(Outcome.UNSURE, "The card was noticed, and lifted before it was asked.")
        proven = proof.outcome is Proven.PROVEN
        measured = (Measured("proof", "Proof of a staff card", took_s, "s", most=PROVE_MOST_S),) if proven else ()
        return CheckResult(Outcome.WELL, f"A card was noticed: {card.type}, {_SAID[proof.outcome]}.", measured)

    return run


def _reach(device: CardReader) -> Run:
    async def run(hands: Hands) -> CheckResult:
        card = await _laid(device, hands, "Lay a card flat on the card reader.")
        if card is None:
            return CheckResult(Outcome.UNSURE, "No card was noticed; was one laid down?")

        async def there() -> bool:
            return await device.present() is not None

        return await raised(there, hands)

    return run


async def _laid(device: CardReader, hands: Hands, words: str) -> Card | None:
    """The card that lies there, or comes in time."""
    if (card := await device.present()) is not None:
        return card
    await hands.please(words, "lay-card")
    event = await hands.event(Kind.CARD_READER, CARD_WITHIN_S)
    if event is not None and isinstance(event.what, CardPresented):
        return event.what.card
    return await device.present()
