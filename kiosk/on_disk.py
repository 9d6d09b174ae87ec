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


def replace(path: Path, text: str) -> None:
    """The file anew, for this user alone; whoever reads it has the old one or the new one, never a half."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)  # also one that a crash left
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
