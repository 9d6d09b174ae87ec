"""A virtual camera: `python -m hardware.scanner.virtual_camera`. Its folder is what the camera sees.

Ten times a second the picture's time is renewed, as a camera gives a new picture; a code is laid on grey
and shown as long as it is not hidden.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image

from hardware.scanner.contract import Symbology
from hardware.virtual import VirtualDevice
from hardware.virtual_process import serve

EVERY_S = 0.1
SHOWN_S = 1.0
SIZE = (1280, 720)
GREY = 150
PICTURE = "now.png"
FORMATS = {
    Symbology.QR: "QRCode", Symbology.PDF417: "PDF417", Symbology.DATA_MATRIX: "DataMatrix",
    Symbology.AZTEC: "Aztec", Symbology.CODE128: "Code128", Symbology.EAN: "EAN13",
}  # fmt: skip


class VirtualCamera(VirtualDevice):
    """Starts plugged in, seeing an empty grey lobby."""

    def __init__(self) -> None:
        self.address = ""
        self.verbs = {
            "scan": f"hold a code before it for {SHOWN_S:g} s: scan TEXT [qr|aztec|data-matrix|pdf417|code128|ean]",
            "show": "hold a code before it: show TEXT [SYMBOLOGY]",
            "hide": "take the code away",
            "cover": "cover the lens",
            "uncover": "uncover it",
            "freeze": "give no pictures any more (a hung camera); the last one is nobody's either",
            "slow": "give a picture only every so often: MS",
            "go": "give pictures again, ten a second",
            "garbage": "give what is no picture",
            "unplug": "pull the plug",
            "plug": "put the plug back in",
        }
        self._folder: Path | None = None
        self._code: Image.Image | None = None
        self._covered = self._frozen = self._garbage = False
        self._every_s = EVERY_S
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="kiosk-virtual-"))
            self.address = f"file://{self._seen}"
            self._plug()

    async def stop(self) -> None:
        await self._unplug()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb not in self.verbs:
            raise ValueError(f"unknown verb {verb!r}; known: {', '.join(self.verbs)}")
        if verb == "plug":
            self._plug()
        elif verb == "unplug":
            await self._unplug()
        elif verb in ("scan", "show"):
            self._code = code_picture(*words)
            self._draw()
        elif verb == "hide":
            self._code = None
        elif verb in ("cover", "uncover"):
            self._covered = verb == "cover"
        elif verb in ("freeze", "go"):
            self._frozen, self._garbage, self._every_s = verb == "freeze", False, EVERY_S
            if self._frozen:
                (self._seen / PICTURE).unlink(missing_ok=True)
        elif verb == "slow" and len(words) == 1:
            self._every_s = float(words[0]) / 1000
        elif verb == "garbage":
            self._garbage = True
        else:
            raise ValueError(self.verbs[verb])
        if verb == "scan":
            await asyncio.sleep(SHOWN_S)
            self._code = None
            if self._running is None:
                raise ValueError("it is unplugged")
        self._draw()
        return {
            "plug": "in" if self._running else "out",
            "lens": "covered" if self._covered else "free",
            "code": "shown" if self._code else "none",
        }

    @property
    def _seen(self) -> Path:
        return (self._folder or Path()) / "seen"

    def _plug(self) -> None:
        if self._running is None:
            self._seen.mkdir()
            self._draw()
            self._running = asyncio.create_task(self._run(), name="virtual camera")

    async def _unplug(self) -> None:
        task, self._running = self._running, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            shutil.rmtree(self._seen)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            if not self._frozen:
                with contextlib.suppress(FileNotFoundError):
                    os.utime(self._seen / PICTURE)

    def _draw(self) -> None:
        """What it sees now, in one step: nobody reads half a file."""
        if not self._seen.is_dir() or self._frozen:
            return
        fresh = self._seen / ".fresh.png"
        if self._garbage:
            fresh.write_bytes(b"\xff\xd8 no picture")
        else:
            picture = Image.new("L", SIZE, 0 if self._covered else GREY)
            if self._code is not None and not self._covered:
                picture.paste(self._code, ((SIZE[0] - self._code.width) // 2, (SIZE[1] - self._code.height) // 2))
            picture.save(fresh, compress_level=1)
        fresh.replace(self._seen / PICTURE)


def code_picture(text: str = "", symbology: str = Symbology.QR) -> Image.Image:
    """A code with its quiet zone, at most as large as the camera sees. ValueError if there is none such."""
    import zxingcpp

    if not text or symbology not in FORMATS:
        raise ValueError(f"say TEXT and one of {', '.join(FORMATS)}")
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, FORMATS[Symbology(symbology)]))
    for scale in (6, 4, 3, 2, 1):
        points = memoryview(barcode.to_image(scale=scale))
        high, wide = points.shape or (0, 0)
        if wide <= SIZE[0] and high <= SIZE[1]:
            return Image.frombytes("L", (wide, high), points.tobytes())
    raise ValueError("that code is too large for the camera")


def main() -> None:
    argparse.ArgumentParser(prog="python -m hardware.scanner.virtual_camera").parse_args()
    serve(VirtualCamera())


if __name__ == "__main__":
    main()
