"""What must be on the disk, whatever happens to the power."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
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


def write(path: Path, content: bytes, new: bool = True) -> None:
    """On the disk when it returns, name and all, for this user alone: a stick may be pulled out the moment after."""
    made = os.O_CREAT | os.O_EXCL if new else 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | made, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)


async def to_its_end(work: Callable[..., None], *words: object) -> None:
    """In a thread, which nobody can leave in the middle: who signs off meanwhile waits for it."""
    doing = asyncio.ensure_future(asyncio.to_thread(work, *words))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait({doing})
        raise
