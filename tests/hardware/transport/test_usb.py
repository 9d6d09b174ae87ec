"""A USB device on a virtual bus: what comes out when it answers, is silent, is taken, is pulled out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.transport.usb import UsbAddress, UsbTransport
from hardware.transport.virtual_usb import DENIED, USBLP, VirtualUsbDevice

WITHIN_S = 5.0


class Device(VirtualUsbDevice):
    """Keeps the streams of its endpoints for the test."""

    def __init__(self, folder: Path, serial: str = "A1") -> None:
        super().__init__(folder, 0x04B8, 0x0E15, serial)
        self.conversations: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def plug_in(self) -> None:
        await self.plug(self._talk)
        await self.next_conversation()

    async def next_conversation(self) -> None:
        async with asyncio.timeout(WITHIN_S):
            self.reader, self.writer = await self.conversations.get()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.conversations.put_nowait((reader, writer))
        await asyncio.Event().wait()

    @property
    def kernel_has_it(self) -> bool:
        return self.path.with_name(self.path.name + USBLP).exists()

    def open(self, within_s: float = WITHIN_S) -> asyncio.Future[UsbTransport]:
        return asyncio.ensure_future(UsbTransport.open(UsbAddress.parse(self.address), within_s))


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[Device]:
    far = Device(tmp_path)
    await far.plug_in()
    yield far
    await far.unplug()


@pytest.fixture
async def line(far: Device) -> AsyncIterator[UsbTransport]:
    line = await far.open()
    yield line
    await line.close()


async def test_what_is_written_arrives_and_the_answer_is_read(line: UsbTransport, far: Device) -> None:
    await line.write(b"question", 1.0)
    assert await far.reader.readexactly(8) == b"question"
    far.writer.write(b"answer")
    assert await line.read(3, WITHIN_S) == b"ans"
    assert await line.read(100, WITHIN_S) == b"wer"
    assert (line.product, line.serial) == ("VIRTUAL 80", "A1")


async def test_more_than_the_device_keeps_goes_out_in_pieces(line: UsbTransport, far: Device) -> None:
    job = bytes(range(256)) * 400
    writing = asyncio.ensure_future(line.write(job, WITHIN_S))
    assert await far.reader.readexactly(len(job)) == job
    await writing


async def test_the_kernel_s_driver_is_sent_away_and_let_back(far: Device) -> None:
    assert far.kernel_has_it
    line = await far.open()
    assert not far.kernel_has_it
    await line.close()
    await line.close()
    assert far.kernel_has_it


async def test_a_second_program_is_told_apart(line: UsbTransport, far: Device) -> None:
    with pytest.raises(ConnectionError, match="another program"):
        await far.open()
    assert not far.kernel_has_it, "the first one still has it"
    await line.write(b"mine", 1.0)
    assert await far.reader.readexactly(4) == b"mine"


async def test_nothing_is_said_in_time(line: UsbTransport, far: Device) -> None:
    with pytest.raises(TimeoutError, match="read"):
        await line.read(1, 0.15)
    far.writer.write(b"late")
    assert await line.read(10, WITHIN_S) == b"late"


async def test_the_device_takes_no_more(line: UsbTransport) -> None:
    with pytest.raises(TimeoutError, match="write"):
        await line.write(bytes(1_000_000), 0.3)


async def test_pulled_out_while_it_is_read_and_written(line: UsbTransport, far: Device) -> None:
    reading = asyncio.ensure_future(line.read(1, WITHIN_S))
    writing = asyncio.ensure_future(line.write(bytes(1_000_000), WITHIN_S))
    await far.reader.readexactly(4096)
    await far.unplug()
    for one in (reading, writing):
        with pytest.raises(ConnectionError, match="No such device"):
            await one
    with pytest.raises(ConnectionError, match="no such device"):
        await far.open()
    await far.plug_in()
    await line.close()
    again = await far.open()
    await again.write(b"back", 1.0)
    assert await far.reader.readexactly(4) == b"back"
    await again.close()


async def test_an_answer_to_somebody_else_s_question_is_not_ours(far: Device) -> None:
    far.writer.write(b"old answer")
    line = await far.open()
    far.writer.write(b"new")
    assert await line.read(100, WITHIN_S) == b"new"
    await line.close()


async def test_cutting_has_the_printer_throw_away_what_it_holds(line: UsbTransport, far: Device) -> None:
    await line.write(b"half a comm", 1.0)
    await line.close(cut=True)
    await far.next_conversation()
    assert far.resets == 1
    again = await far.open()
    await again.write(b"whole", 1.0)
    assert await far.reader.readexactly(5) == b"whole"
    await again.close()
    assert far.resets == 1, "closing in order throws nothing away"


async def test_a_read_that_is_called_off_loses_nothing(line: UsbTransport, far: Device) -> None:
    for _ in range(3):
        reading = asyncio.ensure_future(line.read(1, 60.0))
        await asyncio.sleep(0)
        reading.cancel()
    far.writer.write(b"for the next one")
    assert await line.read(100, WITHIN_S) == b"for the next one"


async def test_closing_ends_the_threads_of_a_call_that_still_waits(line: UsbTransport, far: Device) -> None:
    reading = asyncio.ensure_future(line.read(1, 60.0))
    await asyncio.sleep(0)
    async with asyncio.timeout(2.0):
        await line.close()
    with pytest.raises(ConnectionError):
        await reading
    with pytest.raises(ConnectionError):
        await line.write(b"too late", 1.0)
    for one in threading.enumerate():
        if one.name.startswith("usb "):
            await asyncio.to_thread(one.join, WITHIN_S)
            assert not one.is_alive()


async def test_of_two_alike_the_serial_number_tells(far: Device, tmp_path: Path) -> None:
    other = Device(tmp_path, "B2")
    await other.plug_in()
    line = await other.open()
    assert line.serial == "B2"
    await line.close()
    wrong = UsbAddress.parse(other.address.replace("B2", "C3"))
    with pytest.raises(ConnectionError, match="there: A1, B2"):
        await UsbTransport.open(wrong, WITHIN_S)
    await other.unplug()


async def test_without_a_right_to_it_the_udev_rule_is_named(far: Device) -> None:
    denied = far.path.with_name(far.path.name + DENIED)
    denied.touch()
    with pytest.raises(PermissionError, match="udev rule"):
        await far.open()
    denied.unlink()
    await (await far.open()).close()


async def test_a_machine_s_own_bus_without_that_device() -> None:
    """libusb itself answers, as far as this machine has it."""
    with pytest.raises(ConnectionError, match="no such device"):
        await UsbTransport.open(UsbAddress.parse("usb://fffe:fffe"), WITHIN_S)
