"""The whole real stack: driver, pyscard, pcscd, vpcd – with a virtual card behind it."""

import asyncio
import contextlib
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.card_reader.contract import CardPresented, CardRemoved, CardType
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import ClassicCard, NtagCard, SmartCard, UltralightCard
from hardware.card_reader.vpcd import VpcdLink
from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone
from hardware.key_encoder.behaviour import KEY, cutting_begun
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.virtual import Door
from hardware.readings import DeviceEvent, State

UID = bytes.fromhex("04A1B2C3D4E5F6")
NOON = datetime(2030, 5, 2, 12, tzinfo=UTC)
SOCKET = "/run/pcscd/pcscd.comm"
READER = "Virtual PCD 00 00"
CONFIG = """FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:{port}
LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID {port}
"""


class Pcscd:
    """pcscd with vpcd's two slots, started by us and by nobody else."""

    def __init__(self, folder: Path, preload: Path) -> None:
        self.folder = folder
        self.preload = preload
        self.pad = VirtualReader(READER)
        self.link = VpcdLink(self.pad, _two_free_ports())
        (folder / "vpcd").write_text(CONFIG.format(port=self.link.port))
        self.process: asyncio.subprocess.Process | None = None
        self.noticed_removal = asyncio.Event()
        self.reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if _somebody_listens():
            pytest.fail(f"a pcscd that this test did not start is running ({SOCKET}); stop it first")
        self.process = await asyncio.create_subprocess_exec(
            "pcscd", "--foreground", "--info", "--config", str(self.folder),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "LD_PRELOAD": str(self.preload)},
        )  # fmt: skip
        said = []
        async with asyncio.timeout(10):
            assert self.process.stdout
            while b"daemon ready" not in (line := await self.process.stdout.readline()):
                said.append(line)
                assert line, f"pcscd ended: {b''.join(said).decode()}"
        self.reading = asyncio.create_task(self._listen())
        await self.link.start()

    async def _listen(self) -> None:
        """Read on, whatever it says: it must never block on a full pipe."""
        assert self.process
        assert self.process.stdout
        async for line in self.process.stdout:
            if b"Card Removed" in line:
                self.noticed_removal.set()

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            with contextlib.suppress(ValueError):
                await self.link.stop()
            self.process.terminate()
            try:
                async with asyncio.timeout(5):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        if self.reading:
            await self.reading


def _somebody_listens() -> bool:
    with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
        line.connect(SOCKET)
        return True
    return False


def _two_free_ports() -> int:
    """The first of two: vpcd listens on one port per slot, the second right behind the first."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second, contextlib.suppress(OSError, OverflowError):
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            second.bind(("127.0.0.1", port + 1))
            return port
    raise AssertionError("no two free ports")


@pytest.fixture(scope="session")
def loopback_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """vpcd would listen on every interface: this makes it 127.0.0.1, and pcscd's log come line by line."""
    library = tmp_path_factory.mktemp("preload") / "loopback_only.so"
    source = Path(__file__).with_name("loopback_only.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


@pytest.fixture
async def pcscd(tmp_path: Path, loopback_only: Path) -> AsyncIterator[Pcscd]:
    (tmp_path / "reader.conf.d").mkdir()
    daemon = Pcscd(tmp_path / "reader.conf.d", loopback_only)
    try:
        await daemon.start()
        yield daemon
    finally:
        await daemon.stop()


@pytest.fixture
async def encoder(pcscd: Pcscd, tmp_path: Path) -> AsyncIterator[PcscKeyEncoder]:
    create_property_keys(tmp_path / "property-key")
    options = {"property_key_file": str(tmp_path / "property-key")}
    driver = PcscKeyEncoder(DeviceSettings("encoder", "pcsc", f"pcsc:{READER}", options), lambda _: None)
    await driver.open()
    yield driver
    await driver.close()


@pytest.fixture
async def reader(pcscd: Pcscd) -> AsyncIterator[tuple[PcscCardReader, asyncio.Queue[DeviceEvent]]]:
    events: asyncio.Queue[DeviceEvent] = asyncio.Queue()
    driver = PcscCardReader(DeviceSettings("reader", "pcsc", "pcsc:Virtual PCD"), events.put_nowait)
    await driver.open()
    yield driver, events
    await driver.close()


@pytest.mark.parametrize(
    "card", [UltralightCard(UID), NtagCard(UID), ClassicCard(UID[:4])], ids=lambda c: c.type
)
async def test_a_key_is_cut_and_read_back_through_the_real_pcscd(
    pcscd: Pcscd,
    encoder: PcscKeyEncoder,
    card: UltralightCard | ClassicCard,
    record_property: Callable[..., None],
) -> None:
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(card)
    before, began_s = pcscd.pad.apdus, time.monotonic()
    result = await cutting
    record_property("cut_s", time.monotonic() - began_s)
    record_property("apdus", pcscd.pad.apdus - before)
    assert (result.outcome, result.uid, result.card_type, result.key) == (Cut.DONE, card.uid, card.type, KEY)
    assert (await encoder.read(card_within_s=1)).key == KEY
    assert Door("412", encoder._secrets(), lambda: NOON).try_card(card).opened
    assert (await encoder.erase(card_within_s=1)).outcome is Cut.DONE
    assert (await encoder.read(card_within_s=1)).outcome is Cut.NOT_A_KEY


@pytest.mark.parametrize("with_status", [True, False], ids=["63-00-first", "line-cut"])
async def test_a_card_lifted_while_it_is_written_is_not_believed(
    pcscd: Pcscd, encoder: PcscKeyEncoder, with_status: bool
) -> None:
    card = UltralightCard(UID)
    pcscd.pad.loses_with_status = with_status
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(card)
    pcscd.pad.lift_after(12)
    assert (await cutting).outcome is Cut.LIFTED
    assert not Door("412", encoder._secrets(), lambda: NOON).try_card(card).opened
    await asyncio.wait_for(pcscd.noticed_removal.wait(), 2)
    again = await cutting_begun(encoder)
    pcscd.pad.place(card)
    assert (await again).outcome is Cut.DONE


async def test_a_phone_on_the_encoder_is_the_wrong_type(pcscd: Pcscd, encoder: PcscKeyEncoder) -> None:
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(SmartCard(bytes.fromhex("08A1B2C3")))
    assert (await cutting).outcome is Cut.WRONG_TYPE


async def test_card_laid_and_lifted_is_told_within_a_second(
    pcscd: Pcscd, reader: tuple[PcscCardReader, asyncio.Queue[DeviceEvent]]
) -> None:
    driver, events = reader
    async with asyncio.timeout(1.0):
        pcscd.pad.place(NtagCard(UID, CardType.NTAG215))
        event = await events.get()
    assert isinstance(event.what, CardPresented)
    assert (event.what.card.uid, event.what.card.type) == (UID, CardType.NTAG215)
    assert await driver.present() == event.what.card
    async with asyncio.timeout(1.0):
        pcscd.pad.lift()
        assert (await events.get()).what == CardRemoved()
    assert await driver.present() is None


async def test_pcscd_goes_down_and_comes_back(pcscd: Pcscd, encoder: PcscKeyEncoder) -> None:
    waiting = await cutting_begun(encoder)
    assert (await encoder.status()).state is State.WELL
    await pcscd.stop()
    async with asyncio.timeout(2):
        with pytest.raises(DeviceGone):
            await waiting
    with pytest.raises(DeviceGone):
        await encoder.status()
    with pytest.raises(DeviceGone):
        await encoder.open()
    await pcscd.start()
    await encoder.open()
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(UltralightCard(UID))
    assert (await cutting).outcome is Cut.DONE


async def test_a_reader_that_pcscd_does_not_have_is_gone(pcscd: Pcscd) -> None:
    driver = PcscCardReader(DeviceSettings("reader", "pcsc", "pcsc:OMNIKEY"), lambda _: None)
    with pytest.raises(DeviceGone):
        await driver.open()
