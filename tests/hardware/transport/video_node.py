"""A camera's device node that answers the calls of Video4Linux2 as the kernel does, and refuses what it refuses."""

from __future__ import annotations

import errno
import mmap
import os
from collections import deque

from hardware.transport import v4l2


def _refuse(number: int) -> OSError:
    return OSError(number, os.strerror(number))


class VideoNode:
    """`kinds`: the pixel formats it has; the first where it is asked for another. `size`: the only one it has."""

    def __init__(self, kinds: tuple[str, ...] = ("YUYV",), size: tuple[int, int] = (64, 32), able: int = 0x04200001) -> None:
        self.kinds, self.size, self.able = kinds, size, able
        self.kind = kinds[0]
        self.streaming = self.unplugged = self.busy = self.closed = False
        self.shared: list[int] = []
        self.queued: deque[int] = deque()
        self.filled: deque[tuple[int, int, int]] = deque()
        self._memory = os.memfd_create("frames")
        self._count = 0
        self._page = mmap.PAGESIZE * 4

    # --- what the camera does ----------------------------------------------------------------

    def shoot(self, data: bytes, damaged: bool = False) -> bool:
        """A picture into the next free buffer; lost where there is none, as a camera's is."""
        if not self.streaming or not self.queued:
            return False
        index = self.queued.popleft()
        os.pwrite(self._memory, data, index * self._page)
        self.filled.append((index, len(data), v4l2.BUFFER_ERROR if damaged else 0))
        return True

    # --- what the kernel answers -------------------------------------------------------------

    def ioctl(self, request: int, argument: bytearray) -> None:
        if self.unplugged:
            raise _refuse(errno.ENODEV)
        answers = {
            v4l2.QUERYCAP: self._capability, v4l2.S_FMT: self._format, v4l2.REQBUFS: self._request,
            v4l2.QUERYBUF: self._query, v4l2.QBUF: self._queue, v4l2.DQBUF: self._dequeue,
            v4l2.STREAMON: self._on, v4l2.STREAMOFF: self._off,
        }  # fmt: skip
        if request not in answers:
            raise _refuse(errno.ENOTTY)
        answers[request](argument)

    def share(self, length: int, offset: int) -> mmap.mmap:
        index, rest = divmod(offset, self._page)
        if rest or index >= self._count or length > self._page:
            raise _refuse(errno.EINVAL)
        self.shared.append(index)
        return mmap.mmap(self._memory, length, mmap.MAP_SHARED, offset=offset)

    def wait(self, within_s: float) -> bool:
        return bool(self.filled) or self.unplugged

    def close(self) -> None:
        if self.closed:
            raise _refuse(errno.EBADF)
        self.closed = True
        os.close(self._memory)

    def _capability(self, argument: bytearray) -> None:
        v4l2.CAPABILITY.pack_into(argument, 0, b"uvcvideo", b"Lobby Cam", b"usb-1", 1, self.able | v4l2.SAYS_MORE, self.able)

    def _format(self, argument: bytearray) -> None:
        kind, _, _, wanted, *_ = v4l2.FORMAT.unpack(argument)
        if kind != v4l2.CAPTURE or self.streaming:
            raise _refuse(errno.EINVAL)
        name = wanted.to_bytes(4, "little").decode()
        self.kind = name if name in self.kinds else self.kinds[0]
        wide, high = self.size
        line = {"YUYV": 2 * wide, "MJPG": 0}.get(self.kind, wide)
        number = int.from_bytes(self.kind.encode(), "little")
        v4l2.FORMAT.pack_into(argument, 0, v4l2.CAPTURE, wide, high, number, 1, line, line * high)

    def _request(self, argument: bytearray) -> None:
        if self.busy:
            raise _refuse(errno.EBUSY)
        count, kind, memory = v4l2.REQUEST.unpack(argument)
        if (kind, memory) != (v4l2.CAPTURE, v4l2.MMAP):
            raise _refuse(errno.EINVAL)
        self._count = count
        os.ftruncate(self._memory, count * self._page)

    def _query(self, argument: bytearray) -> None:
        index = self._index(argument)
        self._say(argument, index, 0, 0, index * self._page)

    def _queue(self, argument: bytearray) -> None:
        index = self._index(argument)
        if index not in self.shared or index in self.queued:
            raise _refuse(errno.EINVAL)
        self.queued.append(index)

    def _dequeue(self, argument: bytearray) -> None:
        if not self.filled:
            raise _refuse(errno.EAGAIN if self.streaming else errno.EINVAL)
        index, used, flags = self.filled.popleft()
        self._say(argument, index, used, flags, index * self._page)

    def _on(self, argument: bytearray) -> None:
        if not self._count:
            raise _refuse(errno.EINVAL)
        self.streaming = True

    def _off(self, argument: bytearray) -> None:
        self.streaming = False
        self.queued.clear()
        self.filled.clear()

    def _index(self, argument: bytearray) -> int:
        index, kind, _, _, _, _, memory, *_ = v4l2.BUFFER.unpack(argument)
        if kind != v4l2.CAPTURE or memory != v4l2.MMAP or index >= self._count:
            raise _refuse(errno.EINVAL)
        return int(index)

    def _say(self, argument: bytearray, index: int, used: int, flags: int, offset: int) -> None:
        v4l2.BUFFER.pack_into(argument, 0, index, v4l2.CAPTURE, used, flags, 1, 0, v4l2.MMAP, offset, self._page)
