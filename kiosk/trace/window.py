"""A trace that is played in the window: the window first, since the kiosk behind it takes a moment."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kiosk.commands import Exit
from kiosk.start import Doorstep
from kiosk.trace.file import Trace
from kiosk.trace.player import Played
from kiosk.trace.replay import Turn, kiosk_of, settings_of, time_of
from kiosk.ui.display import display

FIRST_PICTURE_WITHIN_S = 60.0
_NOWHERE = Path("/nonexistent")
"""The state of who only draws."""


class NoWindow(Exception):
    """It can't be shown here; says why."""


async def in_the_window(trace: Trace, say: Callable[[str], None], turn: Turn | None) -> Played:
    """NoWindow where there is none, or it ends before its first picture; one that ends later ends the replay."""
    settings = settings_of(trace, _NOWHERE, "http://127.0.0.1:1")
    begun = time_of(trace)
    with ExitStack() as stack:
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            try:
                stack.enter_context(display())
            except RuntimeError as error:
                raise NoWindow(str(error)) from None
        _on_a_real_screen()
        window = _opened(settings, lambda: begun)
        doorstep = Doorstep(settings, window)
        window.desk = doorstep
        doorstep.show()
        drawing = asyncio.ensure_future(window.run())
        try:
            await _first_picture(window, drawing)
            return await _played(trace, window, doorstep, drawing, say, turn)
        finally:
            window.stop()
            await asyncio.gather(drawing, return_exceptions=True)


_LOST: list[Any] = []
"""What Xlib calls when its server has gone, kept as long as the process."""
_state: Path | None = None
"""What is to be removed then."""


def _on_a_real_screen() -> None:
    """SDL would else draw where nobody sees it. Xlib ends a process whose server has gone, by 1: that would say that
    the visit departed (XSetIOErrorHandler(3))."""
    if not os.environ.get("DISPLAY"):
        return
    os.environ.setdefault("SDL_VIDEODRIVER", "x11")

    def lost(display: Any) -> int:
        print("the window ended: its screen has gone", file=sys.stderr, flush=True)
        if _state is not None:
            shutil.rmtree(_state, ignore_errors=True)
        os._exit(Exit.UNKNOWN)

    try:
        xlib = ctypes.CDLL("libX11.so.6")
    except OSError:
        return
    _LOST.append(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lost))
    xlib.XSetIOErrorHandler(_LOST[-1])


def _opened(settings: Any, now: Any) -> Any:
    """Kivy says in its log why it finds no window, and leaves none, or ends the process."""
    logging.disable()  # its log has a traceback; why, is said below
    try:
        from kiosk.ui.app import KioskWindow

        return KioskWindow(None, settings, now=now)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a window system has against it
        raise NoWindow(f"no window can be opened on {os.environ.get('DISPLAY') or 'this screen'} ({type(error).__name__})") from None
    finally:
        logging.disable(logging.NOTSET)


async def _first_picture(window: Any, drawing: asyncio.Future[None]) -> None:
    shown = asyncio.ensure_future(window.shown.wait())
    try:
        both: set[asyncio.Future[Any]] = {drawing, shown}
        await asyncio.wait(both, timeout=FIRST_PICTURE_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        if not shown.done():
            raise NoWindow(
                f"the window ended before its first picture{_why(drawing)}"
                if drawing.done()
                else f"the window showed nothing for {FIRST_PICTURE_WITHIN_S:g} s"
            )
    finally:
        shown.cancel()


async def _played(
    trace: Trace, window: Any, doorstep: Doorstep, drawing: asyncio.Future[None], say: Callable[[str], None], turn: Turn | None
) -> Played:
    async def play() -> Played:
        global _state
        async with kiosk_of(trace, window, doorstep.scene.number) as player:
            _state = player.kiosk.terminal.settings.kiosk.state
            window.desk = player.kiosk.reception
            player.say, player.turn = say, turn or player.turn
            return await player.play()

    playing = asyncio.ensure_future(play())
    try:
        both: set[asyncio.Future[Any]] = {drawing, playing}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            return Played(0, 0, cannot=f"the window ended{_why(drawing)}")
        return playing.result()
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


def _why(drawing: asyncio.Future[None]) -> str:
    error = None if drawing.cancelled() else drawing.exception()
    return f" ({type(error).__name__})" if error is not None else ""
