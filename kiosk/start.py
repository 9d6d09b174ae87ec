"""`kiosk run`: the window first, so that a guest is welcomed at once; then all the rest behind it."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from kiosk.language import T
from kiosk.prompts import Answer, Busy, Front, Scene
from kiosk.settings import Settings
from kiosk.translations import compile_if_needed
from kiosk.uptime import uptime_s
from kiosk.welcome import welcome

if TYPE_CHECKING:
    from kiosk.build import Running

log = structlog.get_logger()

DONE, FAILED, WRONG = 0, 1, 2
OUT = Path("out")

DRAWER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Lay Anna’s passport on the reader", "document_reader", ("present", "ready")),
    ("Lay her companion’s passport on the reader", "document_reader", ("present", "ready-companion")),
    ("Lay a passport that can’t be read", "document_reader", ("swipe-bad",)),
    ("Lay the passport of a guest whose room is not ready", "document_reader", ("present", "not-ready")),
    ("Lay the passport of a guest who comes tomorrow", "document_reader", ("present", "tomorrow")),
    ("Lay a copy of Anna’s passport", "document_reader", ("copied", "ready")),
    ("Lay Anna’s passport of a state that nobody knows", "document_reader", ("unknown-country", "ready")),
    ("Lay Anna’s passport without a chip", "document_reader", ("no-chip", "ready")),
    ("Lay a bank card on the reader", "document_reader", ("bank-card",)),
    ("Take the passport", "document_reader", ("lift",)),
    ("Scan Anna’s booking code", "scanner", ("scan", "ready")),
    ("Scan something that is no booking", "scanner", ("scan", "https://example.org/")),
    ("Lay a key card on the encoder", "key_encoder", ("lay-card",)),
    ("Lift the card", "key_encoder", ("lift",)),
    ("Lift the next card while it is written", "key_encoder", ("lift-after", "6")),
    ("Unplug the encoder", "key_encoder", ("unplug",)),
    ("Plug the encoder in", "key_encoder", ("plug",)),
    ("Pull the printer’s paper", "printer", ("paper-out",)),
    ("Put paper back", "printer", ("paper-in",)),
    ("Unplug the printer", "printer", ("unplug",)),
    ("Plug the printer in", "printer", ("plug",)),
    ("Switch the hotel off", "hotel", ("off",)),
    ("Switch the hotel on", "hotel", ("on",)),
)
"""What the demo drawer offers: words, device, verb and its words."""


def start(settings: Settings, tour: Path | None) -> int:
    """Run until the window closes or the tour has ended; returns the exit code."""
    quiet_libraries()
    compile_if_needed()
    headless = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if headless and tour is None:
        if not settings.kiosk.demo:
            print("No display: a kiosk needs one (DISPLAY or WAYLAND_DISPLAY).", file=sys.stderr)
            return FAILED
        tour = OUT
    if tour is not None and settings.kiosk.demo:
        settings = _with_books_of_its_own(settings, tour)
    with ExitStack() as stack:
        if headless:
            from kiosk.ui.display import display

            try:
                stack.enter_context(display())
            except RuntimeError as error:
                print(str(error), file=sys.stderr)
                return FAILED
        return asyncio.run(_run(settings, tour))


def _with_books_of_its_own(settings: Settings, tour: Path) -> Settings:
    """A tour checks its guest in each time anew, so it begins with new books."""
    state = tour / "tour"
    shutil.rmtree(state, ignore_errors=True)
    return settings.model_copy(update={"kiosk": settings.kiosk.model_copy(update={"state": state})})


async def _run(settings: Settings, tour: Path | None) -> int:
    from kiosk.clock import SystemClock
    from kiosk.ui.app import KioskWindow

    clock = SystemClock()
    behind = _Behind()

    def hotel_time() -> datetime:
        return clock.now().astimezone(settings.hotel.zone)

    window = KioskWindow(None, settings, now=hotel_time, drawer=_drawer(behind) if settings.kiosk.demo else None)
    doorstep = Doorstep(settings, window)
    window.desk = doorstep
    doorstep.show()
    _stop_on_signals(window.stop)
    drawing = asyncio.ensure_future(window.run())
    work = asyncio.ensure_future(_serve(settings, clock, window, doorstep, behind, tour))
    await asyncio.wait({drawing, work}, return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        window.stop()
    else:
        work.cancel()
    ended, _ = await asyncio.gather(work, drawing, return_exceptions=True)
    if isinstance(ended, int):
        return ended
    if isinstance(ended, asyncio.CancelledError):
        return DONE
    return _say_why(ended)


async def _serve(
    settings: Settings, clock: Any, window: Any, doorstep: Doorstep, behind: _Behind, tour: Path | None
) -> int:
    await window.shown.wait()
    log.info("first frame", since_start_ms=round(uptime_s() * 1000))
    build = await asyncio.to_thread(importlib.import_module, "kiosk.build")
    async with build.open_kiosk(settings, clock, window, doorstep.scene.number) as running:
        behind.running = running
        window.desk = running.reception
        if doorstep.language != running.reception.language:
            running.reception.change_language(doorstep.language)
        serving = asyncio.ensure_future(running.serve())
        doorstep.hand_over(running.reception)
        try:
            if tour is None:
                await serving
                return DONE
            from kiosk.tour import guided

            return await guided(running, window, tour, serving, doorstep.scene.number)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


class _Behind:
    """The kiosk behind the window, once it is there."""

    running: Running | None = None


class Doorstep:
    """The Desk of the first seconds: a guest who touches is heard when the kiosk is ready."""

    def __init__(self, settings: Settings, front: Front) -> None:
        self._settings = settings
        self._front = front
        self.languages = settings.kiosk.languages
        self.language = self.languages[0]
        self.scene = Scene(1, welcome(settings, self.language))
        self._heard: Answer | None = None

    def show(self) -> None:
        self._front.show(self.scene)

    def hand_over(self, desk: Any) -> None:
        """Give what was touched to the one who can act on it, when their welcome stands there."""
        if self._heard is not None:
            heard = self._heard
            asyncio.get_running_loop().call_soon(lambda: desk.answer(desk.scene.number, heard))

    def answer(self, scene: int, answer: Answer) -> bool:
        if self._heard is not None or scene != self.scene.number:
            return False
        self._heard = answer
        self.scene = Scene(scene + 1, Busy(question=T("One moment, please")))
        self.show()
        return True

    def change_language(self, code: str) -> None:
        self.language = code
        self.scene = Scene(self.scene.number + 1, welcome(self._settings, code))
        self.show()

    def back(self, scene: int) -> bool:
        return False

    def start_over(self, scene: int) -> bool:
        return False

    def call_person(self, scene: int) -> bool:
        return False

    def touched(self) -> None:
        """Nothing is idle yet."""


def _drawer(behind: _Behind) -> list[Any]:
    from kiosk.ui.drawer import DrawerItem

    def play(device: str, words: tuple[str, ...]) -> Callable[[], Awaitable[Any]]:
        async def act() -> Any:
            if behind.running is None:
                raise ValueError("not ready yet")
            return await behind.running.bench.do(device, *words)

        return act

    return [DrawerItem(label, play(device, words)) for label, device, words in DRAWER]


def _stop_on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def _say_why(error: BaseException) -> int:
    from hardware.errors import DeviceMissetup
    from kiosk.build import CredentialError, SetupError

    if isinstance(error, SetupError | CredentialError | DeviceMissetup):
        print(str(error), file=sys.stderr)
        return WRONG
    raise error


def quiet_libraries() -> None:
    """Kivy reads the command line, writes to the console and to ~/.kivy unless told before its import."""
    os.environ.setdefault("KIVY_NO_ARGS", "1")
    os.environ.setdefault("KIVY_NO_CONSOLELOG", "1")
    os.environ.setdefault("KIVY_NO_FILELOG", "1")
    os.environ.setdefault("KIVY_NO_CONFIG", "1")
    for noisy in ("urllib3", "kivy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
