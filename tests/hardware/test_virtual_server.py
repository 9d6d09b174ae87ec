"""A virtual end that goes just as somebody connects leaves no socket open."""

from __future__ import annotations

import asyncio
import gc
import socket
import tempfile
import warnings
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.printer.virtual import VirtualPrinter
from hardware.strangers import TcpStranger

Begun = tuple[str, Callable[[], Awaitable[None]]]


async def printer() -> Begun:
    end = VirtualPrinter(Path(tempfile.gettempdir()))
    await end.start()
    return end.address, end.stop


async def lock_server() -> Begun:
    end = VirtualLockServer(now=lambda: datetime.now(UTC))
    await end.start()
    return end.address, end.stop


async def stranger() -> Begun:
    end = TcpStranger()
    return await end.address(), end.stop


async def connected_and_ended(begin: Callable[[], Awaitable[Begun]], turns: int) -> None:
    address, stop = await begin()
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))):
        for _ in range(turns):
            await asyncio.sleep(0)
        await stop()


@pytest.mark.parametrize("begin", [printer, lock_server, stranger])
def test_nothing_is_left_open(begin: Callable[[], Awaitable[Begun]]) -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for turns in range(8):
            asyncio.run(connected_and_ended(begin, turns))
        gc.collect()
    assert [str(one.message) for one in seen] == []
