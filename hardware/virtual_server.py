"""The end of a virtual end's port, with nothing left open behind it."""

from __future__ import annotations

import asyncio

_TURNS = 6  # of the loop: from an accepted socket to its connection, and from there to its end


async def close(server: asyncio.Server) -> None:
    """Take no more. Who was accepted just now still comes in first, to be sent away: asyncio makes a socket a
    connection some turns of the loop later, and of a server that was closed meanwhile it leaves it open."""
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening)
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    server.close()
