"""A serial line in the shape of the other lines: what comes out when the other end answers, stops, goes."""

from __future__ import annotations

import asyncio
import os
import pty
import termios
import threading
import tty
from collections.abc import Iterator

import pytest

from hardware.transport.serial import SerialAddress, SerialTransport

WITHIN_S = 5.0


class FarEnd:
    """A pty; the test plays the device."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.address = SerialAddress(os.ttyname(self.slave))

    def say(self, data: bytes) -> None:
        os.write(self.master, data)

    async def hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            heard += await asyncio.to_thread(os.read, self.master, count - len(heard))
        return heard

    def unplug(self) -> None:
        for one in (self.slave, self.master):
            os.close(one)
        self.master = self.slave = -1


@pytest.fixture
def far() -> Iterator[FarEnd]:
    far = FarEnd()
    yield far
    if far.master >= 0:
        far.unplug()


async def test_what_is_written_arrives_and_the_answer_is_read_in_pieces(far: FarEnd) -> None:
    line = await SerialTransport.open(far.address, WITHIN_S)
    await line.write(b"question", 1.0)
    assert await far.hear(8) == b"question"
    far.say(b"answer")
    heard = b""
    while len(heard) < 6:
        some = await line.read(4, WITHIN_S)
        assert 1 <= len(some) <= 4
        heard += some
    assert heard == b"answer"
    await line.close()


async def test_nothing_is_said_in_time(far: FarEnd) -> None:
    line = await SerialTransport.open(far.address, WITHIN_S)
    with pytest.raises(TimeoutError, match="read"):
        await line.read(1, 0.05)
    far.say(b"late")
    assert await line.read(1, WITHIN_S) == b"l"
    await line.close()


async def test_what_came_in_time_is_read_though_nobody_looked_in_time(far: FarEnd) -> None:
    line = await SerialTransport.open(far.address, WITHIN_S)
    reading = asyncio.create_task(line.read(6, 0.2))
    await asyncio.sleep(0)
    far.say(b"answer")
    threading.Event().wait(0.5)  # the kiosk stands still
    assert await reading == b"answer"
    await line.close()


async def test_what_was_said_before_it_was_opened_is_nobody_s_answer(far: FarEnd) -> None:
    far.say(b"old")
    line = await SerialTransport.open(far.address, WITHIN_S)
    far.say(b"new")
    assert (await line.read(3, WITHIN_S)).startswith(b"n")
    await line.close()


async def test_the_other_end_takes_no_more_and_closing_does_not_wait_for_it(far: FarEnd) -> None:
    line = await SerialTransport.open(far.address, WITHIN_S)
    with pytest.raises(TimeoutError):
        await line.write(bytes(1_000_000), 0.2)
    writing = asyncio.ensure_future(line.write(bytes(1_000_000), 60.0))
    await asyncio.sleep(0)
    async with asyncio.timeout(WITHIN_S):
        await line.close(cut=True)
        with pytest.raises(OSError, match=r"closed|no more"):
            await writing


async def test_pulled_out_while_it_is_read(far: FarEnd) -> None:
    line = await SerialTransport.open(far.address, WITHIN_S)
    reading = asyncio.ensure_future(line.read(1, WITHIN_S))
    await asyncio.sleep(0)
    far.unplug()
    with pytest.raises(ConnectionError):
        await reading
    with pytest.raises(ConnectionError):
        await line.write(b"too late", 1.0)
    await line.close()


async def test_a_port_that_is_not_there_or_taken(far: FarEnd) -> None:
    with pytest.raises(ConnectionError, match="no such port"):
        await SerialTransport.open(SerialAddress("/dev/no-such-port"), WITHIN_S)
    line = await SerialTransport.open(far.address, WITHIN_S)
    with pytest.raises(ConnectionError, match="another program"):
        await SerialTransport.open(far.address, WITHIN_S)
    await line.close()


@pytest.mark.parametrize("flow", ["none", "rtscts", "xonxoff"])
async def test_every_flow_control_is_set(far: FarEnd, flow: str) -> None:
    address = SerialAddress.parse(f"serial://{far.address.path}?baud=19200&flow={flow}")
    line = await SerialTransport.open(address, WITHIN_S)
    iflag, _, cflag, *_ = termios.tcgetattr(far.slave)
    assert bool(cflag & termios.CRTSCTS) is (flow == "rtscts")
    assert bool(iflag & termios.IXON) is (flow == "xonxoff")
    await line.close()


@pytest.mark.parametrize(
    ("options", "bytes_per_s"), [("baud=9600", 960), ("baud=115200&flow=rtscts", 11520), ("baud=9600&bits=7&parity=E&stop=1", 960)]
)
def test_how_fast_a_line_is(options: str, bytes_per_s: float) -> None:
    assert SerialAddress.parse(f"serial:///dev/ttyS0?{options}").bytes_per_s == bytes_per_s
