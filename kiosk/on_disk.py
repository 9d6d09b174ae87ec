"""What must be on the disk, whatever happens to the power."""

from __future__ import annotations

import os
from pathlib import Path


def sync(directory: Path) -> None:
    """Make a new, renamed or deleted name in it last (fsync(2): the directory has its own)."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
