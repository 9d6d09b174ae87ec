"""Virtual ends whose drivers are given files: keys, or whom they trust."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path

from hardware.behaviour import VirtualEnd


class FilesEnd(VirtualEnd):
    """The files are made once, and stay as long as this end: a file takes the disk its time."""

    _folder: Path | None = None

    @abstractmethod
    def files(self, folder: Path) -> Mapping[str, str]:
        """Make them, in a thread; the options that name them to the driver."""

    async def start(self) -> None:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="kiosk-end-"))
            self.options = {**self.options, **await asyncio.to_thread(self.files, self._folder)}
        await super().start()

    async def restore(self, *, kept: bool = False) -> None:
        """With the files it had."""
        folder, self._folder = self._folder, None
        try:
            await self.stop()
        finally:
            self._folder = folder
        await self.start()

    async def stop(self) -> None:
        await super().stop()
        folder, self._folder = self._folder, None
        if folder is not None:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
