"""The ESC/POS driver against the virtual printer: what a person would see, fault by fault."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware.errors import (
    DeviceGone,
    DeviceMissetup,
    DeviceNonsense,
    DeviceRefused,
    DeviceSilent,
    Fault,
)
from hardware.printer import escpos
from hardware.printer import escpos_wire as wire
from hardware.printer.contract import Picture, Printed, QRCode, Slip
from hardware.printer.escpos import EscposPrinter
from hardware.printer.virtual import VirtualPrinter
from hardware.printer.virtual_ends import BUSES
from hardware.readings import State
from hardware.transport.serial import SerialAddress, SerialTransport
from hardware.virtual_port import VirtualPort
from hardware.virtual_process import VirtualProcess

Make = Callable[..., EscposPrinter]
Last = Callable[[], Image.Image]


@pytest.fixture(params=BUSES)
def bus(request: pytest.FixtureRequest) -> str:
    """Every fault looks the same over each."""
    return str(request.param)


@pytest.fixture(autouse=True)
def shorter_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is silence after half a second too; only the length of the table's waits is changed."""
    for name in ("ANSWER_WITHIN_S", "IN_TURN_WITHIN_S", "CONNECT_WITHIN_S"):
        monkeypatch.setattr(escpos, name, 0.5)
    monkeypatch.setattr(escpos, "ASK_AGAIN_S", 0.1)


async def test_a_well_printer_says_so(printer: EscposPrinter) -> None:
    status = await printer.status()
    assert (status.state, status.faults) == (State.WELL, ())
    readings = {reading.id: reading.value for reading in status.readings}
    names = {"model": "VIRTUAL 80", "firmware": "1.04", "serial": "V0000001"}
    assert readings == {
        "paper": "plenty", "cover": "closed", "cutter": "free", "head": "well", "line": "online", **names
    }  # fmt: skip


@pytest.mark.parametrize("bus", ["serial"])
async def test_half_a_picture_that_somebody_left_on_the_line_is_ended_at_the_first_opening(
    paper: VirtualPrinter, make_driver: Make
) -> None:
    somebody = await SerialTransport.open(SerialAddress.parse(paper.address), 5.0)
    half = b"\x1dv0\x00\x48\x00\x18\x00" + bytes(100)  # 24 rows of 576 dots
    await somebody.write(half, 5.0)
    await paper.until(lambda: paper.received >= len(half))
    await somebody.close()
    driver = make_driver(paper.address)
    await driver.open()
    assert (await driver.status()).state is State.WELL
    assert await driver.print(Slip((QRCode("ours"),))) is Printed.DONE
    assert len(paper.slips) == 2, "what was left there is cut off by itself"
    assert not paper.unknown


async def test_the_end_of_a_half_command_is_given_its_time_on_a_slow_line(make_driver: Make) -> None:
    """The kernel takes all at once, and a pty carries it at once: here the far end is as slow as 9600 baud."""
    port, heard, loop = VirtualPort(), bytearray(), asyncio.get_running_loop()
    far = port.plug()

    def hear() -> None:
        heard.extend(os.read(far, 4096))
        if heard.count(0) > 1000 and heard.endswith(b"\x10\x04\x01"):
            loop.call_later(2 * escpos.ANSWER_WITHIN_S, os.write, far, b"\x12")

    loop.add_reader(far, hear)
    driver = make_driver(f"serial://{port.path}?baud=9600")
    await driver.open()
    assert heard.startswith(b"\x10\x04\x01\x00"), "it was asked before anything was ended"
    await driver.close()
    loop.remove_reader(far)
    port.unplug()
    os.close(far)
    port.remove()


@pytest.mark.parametrize(
    ("act", "relief", "fault"),
    [
        ("paper-out", "paper-in", Fault.PRINTER_PAPER_OUT),
        ("cover-open", "cover-close", Fault.PRINTER_COVER_OPEN),
        ("cutter-jam", "cutter-free", Fault.PRINTER_CUTTER),
        ("overheat", "cool", Fault.PRINTER_OVERHEATED),
        ("offline", "online", Fault.PRINTER_OFFLINE),
    ],
)
async def test_nothing_is_printed_while_the_printer_cannot(
    printer: EscposPrinter, room_slip: Slip, paper: VirtualPrinter, act: str, relief: str, fault: Fault
) -> None:
    await paper.do(act)
    before = paper.received
    status = await printer.status()
    assert (status.state, status.faults) == (State.ILL, (fault,))
    with pytest.raises(DeviceRefused) as refused:
        await printer.print(room_slip)
    assert refused.value.fault is fault
    assert paper.received - before == 2 * 4 * 3, "only two times four questions went out"

    await paper.do(relief)
    assert await printer.print(room_slip) is Printed.DONE
    assert len(paper.slips) == 1


async def test_the_paper_ends_in_the_middle_of_a_slip(
    printer: EscposPrinter, room_slip: Slip, paper: VirtualPrinter, wifi: str, last_slip: Last
) -> None:
    await paper.do("paper-out", "300")
    assert await printer.print(room_slip) is Printed.UNSURE
    with pytest.raises(DeviceRefused) as refused:
        await printer.open()
        await printer.print(room_slip)
    assert refused.value.fault is Fault.PRINTER_PAPER_OUT

    await paper.do("paper-in")
    await printer.open()
    assert await printer.print(Slip((QRCode("the next guest's"),))) is Printed.DONE
    assert [code.text for code in zxingcpp.read_barcodes(last_slip())] == ["the next guest's"]
    assert last_slip().height < 600, "nothing of the other guest's is on it"
    assert not paper.unknown


async def test_dead_while_printing_without_a_goodbye_nobody_knows(
    printer: EscposPrinter, room_slip: Slip, paper: VirtualPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escpos, "CHUNK_WITHIN_S", 0.5)
    monkeypatch.setattr(escpos, "FINISH_WITHIN_S", 0.5)
    await paper.do("stop-after", "9000")
    assert await printer.print(room_slip) is Printed.UNSURE


async def test_garbage_is_shown_as_hex_and_the_line_is_reset(
    printer: EscposPrinter, room_slip: Slip, paper: VirtualPrinter
) -> None:
    await paper.do("garbage")
    with pytest.raises(DeviceNonsense) as nonsense:
        await printer.print(room_slip)
    assert nonsense.value.vendor == "deadbeef"
    with pytest.raises(DeviceGone):
        await printer.status()
    await paper.do("well")
    await printer.open()
    assert await printer.print(room_slip) is Printed.DONE
    assert len(paper.slips) == 1


async def test_a_printer_that_serves_somebody_else_is_silent_or_taken(
    printer: EscposPrinter, paper: VirtualPrinter, make_driver: Make, bus: str
) -> None:
    second = make_driver(paper.address)
    with pytest.raises(DeviceSilent if bus == "tcp" else DeviceGone, match="DLE EOT|another program"):
        await second.open()
    await printer.close()
    await second.open()
    assert (await second.status()).state is State.WELL


async def test_a_printer_that_reports_unasked_is_understood(
    printer: EscposPrinter, room_slip: Slip, paper: VirtualPrinter
) -> None:
    assert await printer.print(room_slip) is Printed.DONE  # from here on it reports changes
    for act in ("paper-low", "cover-open", "cover-close"):
        await paper.do(act)
    assert (await printer.status()).faults == (Fault.PRINTER_PAPER_LOW,)


class OldPrinter:
    """A printer of few words: it answers DLE EOT and nothing else, and prints anything."""

    def __init__(self) -> None:
        self.taken = bytearray()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self.taken += data
            if data[:-1].endswith(b"\x10\x04"):
                writer.write(b"\x12")
        writer.close()


async def test_a_printer_without_gs_r_is_believed_on_its_status(make_driver: Make, room_slip: Slip) -> None:
    old = OldPrinter()
    async with await asyncio.start_server(old.converse, "127.0.0.1", 0) as server:
        driver = make_driver(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await driver.open()
        assert await driver.print(room_slip) is Printed.DONE
        assert b"\x1dVB\x00" in old.taken
        assert not {"model", "serial", "firmware"} & {reading.id for reading in (await driver.status()).readings}
        await driver.close()


class LatePrinter:
    """While it prints it is off-line, and says so only when it is next asked something after all was obeyed."""

    def __init__(self) -> None:
        self.asked = 0
        self._held = b""
        self._busy = False

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self._busy = self._busy or b"\x1dV" in data
            if not self._busy:
                writer.write(self._held)
                self._held = b""
            if data[:-1].endswith(b"\x10\x04"):
                if self._busy:
                    self.asked, self._held = self.asked + 1, self._held + b"\x1a"
                else:
                    writer.write(b"\x12")
            if data.endswith(wire.IN_TURN_REQUEST):
                delay_s = 3.5 * escpos.ASK_AGAIN_S if self._busy else 0.0
                asyncio.get_running_loop().call_later(delay_s, self._tell, writer)
        writer.close()

    def _tell(self, writer: asyncio.StreamWriter) -> None:
        self._busy = False
        writer.write(b"\x00")


async def test_an_answer_that_comes_after_the_slip_is_not_taken_for_a_later_question_s(
    make_driver: Make, room_slip: Slip
) -> None:
    late = LatePrinter()
    async with await asyncio.start_server(late.converse, "127.0.0.1", 0) as server:
        driver = make_driver(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await driver.open()
        assert await driver.print(room_slip) is Printed.DONE
        assert late.asked > 1, "it was asked for a sign of life"
        assert (await driver.status()).state is State.WELL
        await driver.close()


async def test_a_printer_busy_at_first_tells_its_name_later(
    paper: VirtualPrinter, make_driver: Make, room_slip: Slip
) -> None:
    await paper.do("cover-open")
    driver = make_driver(paper.address)
    await driver.open()
    names = {"model", "serial", "firmware"}
    assert not names & {reading.id for reading in (await driver.status()).readings}
    await paper.do("cover-close")
    assert names <= {reading.id for reading in (await driver.status()).readings}
    assert await driver.print(room_slip) is Printed.DONE


@pytest.mark.parametrize(
    ("address", "options", "said"),
    [
        ("tcp://", {}, "tcp://host:port"),
        ("lpt://1", {}, "tcp://host:port"),
        ("usb://04b8", {}, "as lsusb shows them"),
        ("usb://04b8:20", {}, "as lsusb shows them"),
        ("usb://04b8:0202?port=1", {}, "allowed: serial"),
        ("serial://ttyS0", {}, "serial:///dev/ttyX"),
        ("serial:///dev/ttyS0?flow=dtr", {}, "rtscts"),
        ("tcp://127.0.0.1:99999", {}, "tcp://host:port"),
        ("tcp://127.0.0.1:1", {"profile": "TM-T2000"}, "TM-T20II"),
        ("tcp://127.0.0.1:1", {"codepage": "cp9999"}, "CP852"),
        ("tcp://127.0.0.1:1", {"width_dots": "wide"}, "multiple of 8"),
        ("tcp://127.0.0.1:1", {"profile": "TM-U220"}, "prints no pictures"),
    ],
)
async def test_a_wrong_setting_says_what_is_allowed(
    make_driver: Make, address: str, options: dict[str, str], said: str
) -> None:
    with pytest.raises(DeviceMissetup) as missetup:
        await make_driver(address, **options).open()
    assert said in missetup.value.vendor


@pytest.mark.parametrize("block", [Picture(b"no picture"), QRCode("x" * 4000)])
async def test_what_cannot_be_set_is_said_before_a_byte_goes_out(
    printer: EscposPrinter, paper: VirtualPrinter, block: Picture | QRCode
) -> None:
    before = paper.received
    with pytest.raises(ValueError, match="picture|QR code"):
        await printer.print(Slip((block,)))
    assert paper.received == before


async def test_the_printer_of_the_demo_runs_as_a_process_of_its_own(
    tmp_path: Path, make_driver: Make, room_slip: Slip, wifi: str, bus: str
) -> None:
    child = VirtualProcess("hardware.printer.virtual", "--bus", bus, "--out", str(tmp_path))
    await child.start()
    try:
        driver = make_driver(child.address)
        await driver.open()
        assert await driver.print(room_slip) is Printed.DONE
        with Image.open((await child.do("last"))["path"]) as slip:
            assert [code.text for code in zxingcpp.read_barcodes(slip.convert("L"))] == [wifi]
        assert (await child.do("slips", "1"))["unknown"] == "0"
        await child.do("paper-out")
        assert (await driver.status()).faults == (Fault.PRINTER_PAPER_OUT,)
        await driver.close()
    finally:
        await child.stop()
