"""What stands on the screen is compared with what is so, and drawn anew where that is something else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from kiosk.prompts import Answer, Prompt
from kiosk.visit import Visit

LOOK_EVERY_S = 1.0
"""So often; a device that changes is seen at once."""


async def kept_true(visit: Visit, prompt: Callable[[], Prompt], *, back: bool = True) -> Answer:
    """Ask what is drawn anew when something has changed; a finger on it is heard all the same."""
    asking = asyncio.ensure_future(visit.ask(prompt(), back=back))
    woken = asyncio.Event()
    end = visit.terminal.devices.watch(lambda view: woken.set())
    try:
        while not asking.done():
            woken.clear()
            waiting = [asyncio.ensure_future(woken.wait()), asyncio.ensure_future(visit.terminal.clock.sleep(LOOK_EVERY_S))]
            try:
                await asyncio.wait({asking, *waiting}, return_when=asyncio.FIRST_COMPLETED)
            finally:  # also where the visit is ended from outside
                for one in waiting:
                    one.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
            if not asking.done() and (now := prompt()) != visit.standing:
                visit.renew(now)
        return asking.result()
    finally:
        end()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def counted_down(visit: Visit, prompt: Prompt, *, back: bool = True) -> Answer:
    """Ask what does not change but for the time until the sign-off."""
    return await kept_true(visit, lambda: replace(prompt, leaves_in_s=visit.leaves_in_s), back=back)
