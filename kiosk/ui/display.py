"""An X display for who has none: pictures and tests start a virtual one and end it again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

SIZE = "1920x1920x24"
"""Room for a portrait and for a landscape window."""


@contextmanager
def display() -> Iterator[str]:
    """DISPLAY as it is, or a virtual one for as long as the block lasts."""
    if os.environ.get("DISPLAY"):
        yield os.environ["DISPLAY"]
        return
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        raise RuntimeError("no DISPLAY and no Xvfb: apt-get install xvfb")
    reading, writing = os.pipe()
    server = subprocess.Popen(  # noqa: S603 - our own words
        [xvfb, "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        os.environ["DISPLAY"] = f":{number}"
        os.environ.setdefault("SDL_AUDIODRIVER", "dummy")  # nobody hears a virtual screen either
        yield os.environ["DISPLAY"]
    finally:
        os.environ.pop("DISPLAY", None)
        server.terminate()
        server.wait(timeout=10)
