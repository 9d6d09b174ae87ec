"""A pcscd of the test's own with vpcd's two slots: a virtual card behind the real PC/SC stack.

A machine has one pcscd at a time, and tests run side by side: each waits for its turn (flock(1) on
`TURN`, which pcscd itself holds too, until it has ended). It ends with who started it, also when
that was killed (PR_SET_PDEATHSIG of prctl(2), set by setpriv(1)).
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import pytest

from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import VirtualCard
from hardware.card_reader.vpcd import VpcdLink

LISTENS = b"programs can connect"  # loopback_only.c
SOCKET = "/run/pcscd/pcscd.comm"
TURN = Path(tempfile.gettempdir()) / f"lobby-kiosk-pcscd-{os.getuid()}.turn"
TURN_WITHIN_S = 120  # the longest test that holds it takes a tenth, on a busy machine too
NOTICED_WITHIN_S = 20
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
        self.noticed_card = asyncio.Event()
        self.noticed_removal = asyncio.Event()
        self.reading: asyncio.Task[None] | None = None
        self._turn: IO[str] | None = None

    async def start(self) -> None:
        turn = await self.waits_for_its_turn()
        if _somebody_listens():
            pytest.fail(
                f"a pcscd that no test started has {SOCKET}; please stop it: systemctl stop pcscd.socket pcscd"
            )
        self.process = await asyncio.create_subprocess_exec(
            "setpriv", "--pdeathsig", "TERM",
            "pcscd", "--foreground", "--info", "--config", str(self.folder),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "LD_PRELOAD": str(self.preload)}, pass_fds=(turn,),
        )  # fmt: skip
        said = []
        async with asyncio.timeout(10):
            assert self.process.stdout
            while LISTENS not in (line := await self.process.stdout.readline()):
                said.append(line)
                assert line, f"pcscd ended: {b''.join(said).decode()}"
        self.reading = asyncio.create_task(self._listen())
        await self.link.start()

    async def waits_for_its_turn(self) -> int:
        """Until no other test has a pcscd. The lock is the open file's: whoever has a copy holds it."""
        if self._turn is None:
            self._turn = TURN.open("w")
        turn = self._turn.fileno()
        waiting = await asyncio.create_subprocess_exec(
            "flock", "--timeout", str(TURN_WITHIN_S), str(turn), pass_fds=(turn,)
        )
        if await waiting.wait() != 0:
            pytest.fail(f"another test run has had pcscd for {TURN_WITHIN_S} s ({TURN})")
        return turn

    async def _listen(self) -> None:
        """Read on, whatever it says: it must never block on a full pipe."""
        assert self.process
        assert self.process.stdout
        async for line in self.process.stdout:
            if b"Card inserted" in line:
                self.noticed_card.set()
            elif b"Card Removed" in line:
                self.noticed_removal.set()

    async def lay(self, card: VirtualCard) -> None:
        """Instead of what lies there: no program takes the one for the other."""
        await self.lift()
        self.pad.place(card)

    async def lift(self) -> None:
        """Take away what lies there; returns when pcscd has seen that it is gone."""
        if self.pad.card is not None:
            self.noticed_removal.clear()
            self.pad.lift()
            await asyncio.wait_for(self.noticed_removal.wait(), NOTICED_WITHIN_S)

    async def stop(self) -> None:
        """Whatever state it is in; the next test has its turn."""
        try:
            await self.goes_down()
        finally:
            if self._turn is not None:
                self._turn.close()
                self._turn = None

    async def goes_down(self) -> None:
        """As stopped by a technician: it may be started again, and no other test gets between."""
        await self.link.stop()
        if self.process and self.process.returncode is None:
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
