"""Where a camera scanner's pictures come from: a camera, or a file in its place.

    camera:///dev/video0          a camera of this machine (V4L2)
    file:///…/code.png            a picture that lies before the lens all the time
    file:///…/frames/             a camera that somebody plays: the newest file is what it sees, and a new
                                  frame whenever its time changes
    file:///…/walk-by.mjpeg       JPEGs one after the other, shown once; then the camera has stopped

All blocks, and is called from the scanner's own thread. OSError as of `transport/v4l2.py`.
"""

from __future__ import annotations

import errno
import io
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Protocol
from urllib.parse import unquote, urlsplit

from PIL import Image

from hardware.transport.v4l2 import Camera, Frame

FILM_FRAME_S = 0.1
LOOK_S = 0.05
WIDTH, HEIGHT = 1280, 720  # a QR code on a telephone at arm's length has 3 points a module then
JPEG = b"\xff\xd8\xff"


class Frames(Protocol):
    """`next` gives a grey picture (Pillow's mode "L", of any size), None if none came in time; ValueError: it was no
    picture."""

    name: str

    def next(self, within_s: float) -> Image.Image | None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class CameraAddress:
    """`camera:///dev/video0`, which is `real`, or a file or folder that stands for one."""

    path: str
    real: bool

    @classmethod
    def parse(cls, address: str) -> CameraAddress:
        """ValueError says what is allowed."""
        parts = urlsplit(address)
        if parts.scheme not in ("camera", "file") or parts.netloc or len(parts.path) < 2 or parts.query:
            raise ValueError(f"{address!r}: must be camera:///dev/video0, or file:///… (a picture, a folder, an MJPEG film)")
        return cls(unquote(parts.path), parts.scheme == "camera")

    def open(self, width: int, height: int, stop: threading.Event) -> Frames:
        if self.real:
            return CameraFrames(Camera.open(self.path, width, height))
        path = Path(self.path)
        if not path.exists():
            raise FileNotFoundError(errno.ENOENT, "no such file")
        if path.is_dir():
            return FolderFrames(path, stop)
        return FilmFrames(path, stop) if path.suffix in (".mjpeg", ".mjpg") else StillFrames(path, stop)


def grey(frame: Frame) -> Image.Image:
    """A camera's frame in shades of grey; ValueError if there is too little of it."""
    if frame.kind == "MJPG":
        return _opened(frame.data)
    step = 2 if frame.kind == "YUYV" else 1  # luminance, every other byte; NV12 and GREY begin with it
    line = max(frame.line_bytes, frame.width * step)
    if len(frame.data) < line * (frame.height - 1) + frame.width * step:
        raise ValueError("half a picture")
    light = frame.data[::step].ljust(line // step * frame.height, b"\0")
    return Image.frombytes("L", (frame.width, frame.height), light, "raw", "L", line // step, 1)


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("L", picture.size)
            shades: Image.Image = picture.convert("L")
            return shades
    except (OSError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise ValueError("no picture") from wrong


class CameraFrames:
    """A camera's, as large as it gives them."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self.name = camera.name

    def next(self, within_s: float) -> Image.Image | None:
        frame = self._camera.frame(within_s)
        return grey(frame) if frame else None

    def close(self) -> None:
        self._camera.close()


class StillFrames:
    """One picture, again and again."""

    def __init__(self, path: Path, stop: threading.Event) -> None:
        self.name = path.name
        self._path = path
        self._stop = stop

    def next(self, within_s: float) -> Image.Image | None:
        self._stop.wait(min(within_s, FILM_FRAME_S))
        return _opened(_bytes(self._path))

    def close(self) -> None: ...


class FolderFrames:
    """The newest file of a folder. That the folder goes is the camera's plug pulled."""

    def __init__(self, path: Path, stop: threading.Event) -> None:
        self.name = path.name
        self._path = path
        self._stop = stop
        self._last: tuple[str, int] | None = None

    def next(self, within_s: float) -> Image.Image | None:
        ends_s = monotonic() + within_s
        while not self._stop.is_set():
            newest = self._newest()
            if newest is not None and newest != self._last:
                self._last = newest
                with suppress(FileNotFoundError):  # taken away while we looked
                    return _opened((self._path / newest[0]).read_bytes())
            if monotonic() >= ends_s:
                return None
            self._stop.wait(LOOK_S)
        return None

    def _newest(self) -> tuple[str, int] | None:
        if not self._path.is_dir():
            raise ConnectionResetError(errno.ENODEV, "the camera is gone")
        try:
            found = [(path.stat().st_mtime_ns, path.name) for path in self._path.iterdir() if not path.name.startswith(".")]
        except FileNotFoundError:
            return None  # the next look tells whether it was the picture or the folder
        return (max(found)[1], max(found)[0]) if found else None

    def close(self) -> None: ...


class FilmFrames:
    """JPEGs one after the other."""

    def __init__(self, path: Path, stop: threading.Event) -> None:
        self.name = path.name
        self._stop = stop
        self._left = [JPEG + one for one in _bytes(path).split(JPEG)[1:]]

    def next(self, within_s: float) -> Image.Image | None:
        self._stop.wait(FILM_FRAME_S if self._left else within_s)
        return _opened(self._left.pop(0)) if self._left else None

    def close(self) -> None: ...


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as foreign:
        raise ConnectionResetError(foreign.errno or errno.EIO, "the camera is gone") from foreign
