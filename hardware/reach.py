"""How far a reader's field reaches: a card is raised slowly, and the seconds count in which it is steadily seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from hardware.checks import CheckResult, Hands, Measured, Outcome

RAISED_WITHIN_S = 30.0
LEAST_RAISED_S = 1.5  # at one centimetre a second: ISO 14443 readers of this size reach 2 to 5 cm
LOOK_EVERY_S = 0.1
GONE_FOR_S = 1.0  # then it is out of reach
FLICKERS_MOST = 2


async def raised(there: Callable[[], Awaitable[bool]], hands: Hands) -> CheckResult:
    """What comes of raising the card that lies there now."""
    await hands.please("Raise the card slowly: one centimetre in each second, until it is no longer seen.", "raise-card")
    began_s = time.monotonic()
    steady_s, flickers = 0.0, 0
    seen, gone_s = True, 0.0
    while time.monotonic() - began_s < RAISED_WITHIN_S:
        sees = await there()
        now_s = time.monotonic()
        if seen and not sees:
            steady_s, gone_s = steady_s or now_s - began_s, now_s
        flickers += sees and not seen
        if not sees and now_s - gone_s > GONE_FOR_S:
            return _judged(steady_s, flickers)
        seen = sees
        await asyncio.sleep(LOOK_EVERY_S)
    return CheckResult(Outcome.UNSURE, "The card was seen all the time: it was not raised.")


def _judged(steady_s: float, flickers: int) -> CheckResult:
    measured = (
        Measured("reach", "Steadily seen while raised", round(steady_s, 1), "s", least=LEAST_RAISED_S),
        Measured("flickers", "Lost and found again", flickers, most=FLICKERS_MOST),
    )
    if steady_s < LEAST_RAISED_S:
        return CheckResult(Outcome.ILL, "Its field is weak, or the card was raised too fast: try once more.", measured)
    if flickers > FLICKERS_MOST:
        return CheckResult(Outcome.ILL, "The card came and went: metal or another reader may be near.", measured)
    return CheckResult(Outcome.WELL, f"Seen up to about {steady_s:.0f} cm.", measured)
