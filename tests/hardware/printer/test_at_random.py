"""Whatever is done to a printer and whenever: a slip that is called done lies there, whole and alone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware.errors import DeviceError
from hardware.printer import escpos
from hardware.printer.contract import Printed, QRCode, Slip, TextLine
from hardware.printer.escpos import EscposPrinter
from hardware.printer.virtual import VirtualPrinter
from hardware.printer.virtual_ends import BUSES

ROUNDS = 15
MISHAPS = ("", "", "unplug", "stop-after", "paper-out", "cutter-jam", "cover-open", "offline", "garbage", "silent", "call off", "close")


@pytest.fixture(params=BUSES)
def bus(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def shorter_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = {"ANSWER": 1.0, "IN_TURN": 1.0, "CONNECT": 1.0, "NAME": 0.2, "CHUNK": 1.0, "FINISH": 1.5}
    for name, seconds in waits.items():
        monkeypatch.setattr(escpos, f"{name}_WITHIN_S", seconds)
    monkeypatch.setattr(escpos, "ASK_AGAIN_S", 0.1)


def codes(path: Path) -> list[str]:
    with Image.open(path) as slip:
        return [code.text for code in zxingcpp.read_barcodes(slip.convert("L"))]


class Person:
    """Does one thing to the printer: before the slip, or in the middle of it."""

    def __init__(self, paper: VirtualPrinter, seed: int) -> None:
        self.paper = paper
        self.chance = random.Random(seed)  # noqa: S311 - the same mishaps each time

    async def do(self, mishap: str, driver: EscposPrinter, slip: Slip) -> Printed | None:
        """Print meanwhile; None if nothing was printed or the call was called off."""
        at = self.paper.received + self.chance.randrange(12_000)
        if mishap in ("unplug", "stop-after"):
            await self.paper.do(mishap, str(at - self.paper.received))
        elif mishap == "paper-out":
            await self.paper.do(mishap, str(self.chance.randrange(1, 400)))
        elif mishap == "cutter-jam":
            await self.paper.do(mishap, "at-cut")
        printing = asyncio.create_task(driver.print(slip))
        in_the_middle = asyncio.create_task(self.paper.until(lambda: self.paper.received >= at))
        await asyncio.wait((printing, in_the_middle), return_when=asyncio.FIRST_COMPLETED)
        in_the_middle.cancel()
        await asyncio.gather(in_the_middle, return_exceptions=True)
        if mishap == "call off":
            printing.cancel()
        elif mishap == "close":
            await driver.close()
        elif mishap in ("cover-open", "offline", "garbage", "silent"):
            await self.paper.do(mishap)
        try:
            return await printing
        except (DeviceError, asyncio.CancelledError):
            return None

    async def put_right(self, mishap: str) -> None:
        if mishap in ("unplug", "stop-after"):
            await self.paper.do("plug")  # first: woken in the middle of a slip, it would read the rest of it
        for verb in ("well", "paper-in", "cutter-free", "cover-close", "online"):
            await self.paper.do(verb)


@pytest.mark.parametrize("seed", [1, 2])
async def test_done_is_whole_and_alone_and_everything_else_is_put_right(
    paper: VirtualPrinter, make_driver: Callable[..., EscposPrinter], seed: int
) -> None:
    driver, person = make_driver(paper.address), Person(paper, seed)
    outcomes = set()
    for number in range(ROUNDS):
        mishap = person.chance.choice(MISHAPS)
        text = f"slip {number}"
        slip = Slip((TextLine("Hotel Duna " * person.chance.randrange(1, 30)), QRCode(text), TextLine("bye")))
        await driver.open()  # all was put right
        outcome = await person.do(mishap, driver, slip)
        if outcome is Printed.DONE:
            assert codes(paper.slips[-1]) == [text], mishap
        outcomes.add(outcome)
        await person.put_right(mishap)
        assert not paper.unknown, mishap
    assert {Printed.DONE, Printed.UNSURE} <= outcomes
    await driver.open()
    assert await driver.print(Slip((QRCode("the last"),))) is Printed.DONE
    assert codes(paper.slips[-1]) == ["the last"]
