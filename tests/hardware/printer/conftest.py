"""A virtual printer on a free port, its driver, and slips to print."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from hardware.driver import DeviceSettings
from hardware.printer.contract import Align, Pair, QRCode, Rule, Size, Slip, Space, TextLine
from hardware.printer.escpos import EscposPrinter
from hardware.printer.virtual import VirtualPrinter

WIFI = "WIFI:T:WPA;S:Hotel Duna Guest;P:danube-blue-1896;;"


@pytest.fixture
def bus() -> str:
    """What the virtual printer hangs on; a test file that says the same of every bus lists them all."""
    return "tcp"


@pytest.fixture
async def paper(tmp_path: Path, bus: str) -> AsyncIterator[VirtualPrinter]:
    printer = VirtualPrinter(tmp_path, bus=bus)
    await printer.start()
    yield printer
    await printer.stop()


@pytest.fixture
async def make_driver() -> AsyncIterator[Callable[..., EscposPrinter]]:
    made: list[EscposPrinter] = []

    def make(address: str, **options: str) -> EscposPrinter:
        made.append(EscposPrinter(DeviceSettings("front-printer", "escpos", address, options), lambda event: None))
        return made[-1]

    yield make
    for driver in made:
        await driver.close()


@pytest.fixture
async def printer(paper: VirtualPrinter, make_driver: Callable[..., EscposPrinter]) -> EscposPrinter:
    driver = make_driver(paper.address)
    await driver.open()
    return driver


@pytest.fixture
def wifi() -> str:
    return WIFI


@pytest.fixture
def room_slip() -> Slip:
    return Slip(
        (
            TextLine("Hotel Duna", Size.LARGE, align=Align.CENTER),
            TextLine("Belgrád rakpart 19 · 1056 Budapest", Size.SMALL, align=Align.CENTER),
            Space(),
            TextLine("Welcome, Þórður Ágústsson", bold=True),
            TextLine("Your room is on the 4th floor. Take the lift on the left, then turn right."),
            TextLine("412", Size.HUGE, align=Align.CENTER),
            Rule(),
            Pair("Check-out", "Wed 26 Nov, until 11:00"),
            Pair("Breakfast", "6:30 – 10:00, ground floor"),
            Rule(),
            TextLine("Wi-Fi", bold=True, align=Align.CENTER),
            QRCode(WIFI),
            TextLine("Hotel Duna Guest", align=Align.CENTER),
        )
    )


def ink(picture: Image.Image) -> int:
    """Black dots of a slip."""
    return picture.convert("L").histogram()[0]


@pytest.fixture
def last_slip(paper: VirtualPrinter) -> Callable[[], Image.Image]:
    def last() -> Image.Image:
        with Image.open(paper.slips[-1]) as picture:
            return picture.convert("L")

    return last
