"""A pcscd of the test's own with vpcd's two slots: a virtual card behind the real PC/SC stack."""

import asyncio
import contextlib
import os
import socket
import subprocess
from pathlib import Path

import pytest

from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.vpcd import VpcdLink

SOCKET = "/run/pcscd/pcscd.comm"
READER = "Virtual PCD 00 00"
CONFIG = """FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:{port}
LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID {port}
"""


class Pcscd:
    """pcscd with vpcd's two slots, started by us and by nobody else."""

    def __init__(self, folder: Path, preload: Path, pad: VirtualReader | None = None) -> None:
        """`folder`: for its configuration; `pad`: what lies on the reader, a plain one by default."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.preload = preload
        self.pad = pad or VirtualReader(READER)
        self.link = VpcdLink(self.pad, _two_free_ports())
        (folder / "vpcd").write_text(CONFIG.format(port=self.link.port))
        self.process: asyncio.subprocess.Process | None = None
        self.noticed_removal = asyncio.Event()
        self.reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if _somebody_listens():
            pytest.fail(f"a pcscd that this test did not start is running ({SOCKET}); stop it first")
        self.process = await asyncio.create_subprocess_exec(
            "pcscd", "--foreground", "--info", "--config", str(self.folder),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "LD_PRELOAD": str(self.preload)},
        )  # fmt: skip
        said = []
        async with asyncio.timeout(10):
            assert self.process.stdout
            while b"daemon ready" not in (line := await self.process.stdout.readline()):
                said.append(line)
                assert line, f"pcscd ended: {b''.join(said).decode()}"
        self.reading = asyncio.create_task(self._listen())
        await self.link.start()

    async def _listen(self) -> None:
        """Read on, whatever it says: it must never block on a full pipe."""
        assert self.process
        assert self.process.stdout
        async for line in self.process.stdout:
            if b"Card Removed" in line:
                self.noticed_removal.set()

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            with contextlib.suppress(ValueError):
                await self.link.stop()
            self.process.terminate()
            try:
                async with asyncio.timeout(5):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        if self.reading:
            await self.reading


def _somebody_listens() -> bool:
    with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
        line.connect(SOCKET)
        return True
    return False


def _two_free_ports() -> int:
    """The first of two: vpcd listens on one port per slot, the second right behind the first."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second, contextlib.suppress(OSError, OverflowError):
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            second.bind(("127.0.0.1", port + 1))
            return port
    raise AssertionError("no two free ports")


def make_loopback_only(folder: Path) -> Path:
    """vpcd would listen on every interface: this makes it 127.0.0.1, and pcscd's log come line by line."""
    library = folder / "loopback_only.so"
    source = Path(__file__).with_name("loopback_only.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    return library
