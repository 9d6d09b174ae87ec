"""The built-in hotel as a child process of a kiosk or a test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from datetime import date
from pathlib import Path

START_WITHIN_S = 30  # a first start makes tables and three hundred reservations
STOP_WITHIN_S = 5


class BuiltinHotel:
    """Start, find, stop. The child ends when this process ends, however that happens."""

    base_url: str
    credentials_path: Path

    def __init__(
        self,
        state: Path,
        *,
        database: str = "",
        today: date | None = None,
        port: int = 0,
        hotel_id: str = "HOTEL",
        time_zone: str = "Europe/Budapest",
        currency: str = "HUF",
        fresh_each_day: bool = False,
    ) -> None:
        """`state`: its directory, made if needed. `fresh_each_day`: seeded anew when its day is not today's."""
        self._words = ["--port", str(port), "--state", str(state), "--hotel-id", hotel_id]
        self._words += ["--time-zone", time_zone, "--currency", currency, "--json", "--with-parent"]
        self._words += ["--database", database] if database else []
        self._words += ["--today", today.isoformat()] if today else []
        self._words += ["--fresh-each-day"] if fresh_each_day else []
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when it answers. RuntimeError with its own words if it could not start."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kiosk.hotel.builtin",
            "serve",
            *self._words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        line = b""
        try:
            if self._process.stdout:
                async with asyncio.timeout(START_WITHIN_S):
                    line = await self._process.stdout.readline()
        except TimeoutError:
            self._process.kill()
        if not line:
            code = await self._process.wait()
            raise RuntimeError(f"The built-in hotel did not start (exit code {code}).")
        said = json.loads(line)
        self.base_url = said["base_url"]
        self.credentials_path = Path(said["credentials"])

    async def stop(self) -> None:
        """End it in order; kill it if it does not. May be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(STOP_WITHIN_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
        await self._close(process)

    def kill(self) -> None:
        """SIGKILL, as a power cut would; `stop()` clears up after it."""
        if self._process and self._process.returncode is None:
            self._process.kill()

    @staticmethod
    async def _close(process: asyncio.subprocess.Process) -> None:
        """Wait for the end and close both pipes."""
        if process.stdin:
            process.stdin.close()
        if process.stdout:
            await process.stdout.read()
        await process.wait()
