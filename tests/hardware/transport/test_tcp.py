"""A TCP line: what comes out when the other end answers, is silent, goes, or never was."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from hardware.transport.tcp import TcpListener, TcpTransport
from hardware.virtual_cable import pull, put_back


class FarEnd:
    """Takes one connection; the test plays its part."""

    def __init__(self) -> None:
        self.port = 0
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter
        self.arrived = asyncio.Event()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.arrived.set()


@pytest.fixture
async def far() -> AsyncIterator[FarEnd]:
    far = FarEnd()
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    far.port = sock.getsockname()[1]
    server = await asyncio.start_server(far.accept, sock=sock, limit=1024)
    yield far
    server.close()
    if far.arrived.is_set():
        far.writer.transport.abort()
    await server.wait_closed()


@pytest.fixture
async def line(far: FarEnd) -> AsyncIterator[TcpTransport]:
    line = await TcpTransport.open("127.0.0.1", far.port, 1.0)
    await far.arrived.wait()
    yield line
    await line.close()


async def test_what_is_written_arrives_and_the_answer_is_read(line: TcpTransport, far: FarEnd) -> None:
    await line.write(b"question", 1.0)
    assert await far.reader.readexactly(8) == b"question"
    far.writer.write(b"answer")
    assert await line.read(3, 1.0) == b"ans"
    assert await line.read(100, 1.0) == b"wer"
    assert line.is_open


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ConnectionError, match="connect"):
        await TcpTransport.open("127.0.0.1", port, 1.0)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 80 + ".invalid"])
async def test_no_such_host(host: str) -> None:
    with pytest.raises((ConnectionError, TimeoutError)):
        await TcpTransport.open(host, 9100, 2.0)


async def test_nothing_is_said_in_time(line: TcpTransport, far: FarEnd) -> None:
    with pytest.raises(TimeoutError, match="read"):
        await line.read(1, 0.05)
    far.writer.write(b"late")
    assert await line.read(10, 1.0) == b"late"


async def test_the_other_end_takes_no_more(line: TcpTransport) -> None:
    with pytest.raises(TimeoutError, match="write"):
        await line.write(bytes(16_000_000), 0.1)
    await line.close(cut=True)


async def test_the_other_end_closes(line: TcpTransport, far: FarEnd) -> None:
    far.writer.close()
    with pytest.raises(ConnectionError, match="end of stream"):
        await line.read(1, 1.0)
    assert not line.is_open


async def test_the_other_end_is_cut_off(line: TcpTransport, far: FarEnd) -> None:
    far.writer.write(b"unread")
    await line.write(b"unread too", 1.0)
    await line.close(cut=True)
    with pytest.raises(ConnectionResetError):
        await far.reader.readexactly(100)


async def test_closing_twice_and_using_it_afterwards(line: TcpTransport) -> None:
    await line.close()
    await line.close(cut=True)
    with pytest.raises(ConnectionError):
        await line.read(1, 0.5)
    with pytest.raises(ConnectionError):
        await line.write(b"too late", 0.5)


async def test_a_lost_peer_will_be_noticed(line: TcpTransport) -> None:
    sock = line._writer.get_extra_info("socket")
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert 0 < sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 30_000


async def test_a_peer_that_takes_nothing_is_heard_and_one_without_its_cable_is_not(
    line: TcpTransport, far: FarEnd
) -> None:
    """Each is asked every second, also while bytes wait for room; a cable put back in is heard, and nothing is lost."""
    writing = asyncio.ensure_future(line.write(bytes(100_000), 30.0))
    await heard(line, lambda unheard_s: unheard_s > 0.9)
    await heard(line, lambda unheard_s: unheard_s < 0.5)
    assert not writing.done(), "it has no room"
    pull(far.writer.get_extra_info("socket"))
    await heard(line, lambda unheard_s: unheard_s > 2.5)
    put_back(far.writer.get_extra_info("socket"))
    await heard(line, lambda unheard_s: unheard_s < 0.5)
    assert await far.reader.readexactly(100_000) == bytes(100_000)
    await writing
    await line.close()
    assert line.unheard_s is None


async def heard(line: TcpTransport, so: Callable[[float], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not so(line.unheard_s or 0.0):
            await asyncio.sleep(0.02)


async def test_a_peer_that_closes_while_it_has_no_room_ends_the_writing_at_once(
    line: TcpTransport, far: FarEnd
) -> None:
    writing = asyncio.ensure_future(line.write(bytes(100_000), 30.0))
    await heard(line, lambda unheard_s: unheard_s > 0.9)  # all that it takes is on its way, and was taken
    far.writer.close()
    with pytest.raises(ConnectionError):
        async with asyncio.timeout(5.0):
            await writing


async def test_a_device_dials_in() -> None:
    arrived: asyncio.Queue[TcpTransport] = asyncio.Queue()
    listener = await TcpListener.open("127.0.0.1", 0, arrived.put_nowait)
    dialled = await TcpTransport.open("127.0.0.1", listener.port, 1.0)
    near = await asyncio.wait_for(arrived.get(), 1.0)
    listener.close()
    await dialled.write(b"here", 1.0)
    assert await near.read(4, 1.0) == b"here"
    await dialled.close()
    with pytest.raises(ConnectionError):
        await near.read(4, 1.0)
    await near.close()
    with pytest.raises(ConnectionError):
        await TcpTransport.open("127.0.0.1", listener.port, 1.0)


async def test_a_port_that_is_taken_can_t_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConnectionError, match="listen"):
        await TcpListener.open("127.0.0.1", taken.getsockname()[1], lambda line: None)
