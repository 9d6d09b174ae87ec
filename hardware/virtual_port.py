"""A virtual serial port: a pty under a name that stays.

The pty's own name changes with each plugging-in, so the port's is a link in a private folder, as udev's
`/dev/serial/by-id/…` is. Pulling the plug closes the far end: the driver's line breaks as it does when a
USB device goes.
"""

from __future__ import annotations

import os
import pty
import shutil
import tempfile
import tty
from pathlib import Path


class VirtualPort:
    """Starts unplugged. `path` is for the driver."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kiosk-virtual-"))
        self.path = self._folder / "line"
        self._slave: int | None = None

    def plug(self) -> int:
        """A new pty under the same name. Its far end, which the caller closes."""
        # Our own hold on the near end keeps the line up between two openings of it.
        master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        fresh = self._folder / "fresh"
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.path)
        return master

    def unplug(self) -> None:
        """May be called twice."""
        self.path.unlink(missing_ok=True)
        slave, self._slave = self._slave, None
        if slave is not None:
            os.close(slave)

    def remove(self) -> None:
        """Leave nothing behind, once it is unplugged."""
        shutil.rmtree(self._folder, ignore_errors=True)
