"""Virtual passports behind the real pcscd: read by our reader through pyscard, and served by the command line."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware.document_reader.contract import Chip, ChipRead, Wanted
from hardware.document_reader.pcsc_chip import PcscChipReader
from hardware.document_reader.virtual import VirtualReader as VirtualSwipe
from hardware.document_reader.virtual_card import PassportCard
from hardware.document_reader.virtual_family import Family
from hardware.driver import DeviceSettings
from hardware.passport.errors import AccessDenied
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.findings import Answer
from hardware.passport.order import Order, Reading
from hardware.passport.password import Password
from hardware.passport.proof import Proof, judge
from hardware.passport.reader import Reader
from hardware.passport.trust_store import TrustStore
from hardware.transport.pcsc import CardLifted, Presence, ScardWire
from tests.hardware.passport.test_family import password_of
from tests.hardware.transport.pcscd import READER, Pcscd

ROOT = Path(__file__).resolve().parents[3]
WITHIN_S = 20.0


class Desk:
    """A program that reads what lies on the reader, in threads of its own: winscard blocks."""

    def __init__(self) -> None:
        self.wire = ScardWire(READER)
        self.presence = Presence()

    async def until(self, card: bool) -> None:
        async with asyncio.timeout(WITHIN_S):
            while self.presence.card is not card:
                self.presence = await asyncio.to_thread(self.wire.wait, self.presence, 1.0)

    async def read(self, reader: Reader) -> Reading:
        await self.until(card=True)
        return await asyncio.to_thread(self._read, reader)

    def _read(self, reader: Reader) -> Reading:
        self.wire.connect()
        try:
            return run(reader.read(), self.wire.transmit)
        finally:
            self.wire.disconnect()


@pytest.fixture
async def desk(pcscd: Pcscd) -> AsyncIterator[Desk]:
    desk = Desk()
    await asyncio.to_thread(desk.wire.open)
    yield desk
    await asyncio.to_thread(desk.wire.close)


def judged(reading: Reading, lists: list[bytes], folder: Path, now: datetime) -> Proof:
    store = TrustStore(folder)
    for data in lists:
        store.take(data)
    return judge(reading, store.load(), now)


@pytest.mark.parametrize(
    "name", ["bac-short", "pace-gm-brainpool", "pace-cam", "chip-auth", "active-auth-rsa-2048", "card-can", "large", "everything", "chained"]
)
async def test_a_passport_is_read_through_the_real_pcscd(
    pcscd: Pcscd, desk: Desk, family: Family, tmp_path: Path, name: str
) -> None:
    contents = family.contents(name)
    pcscd.pad.place(PassportCard(contents))
    reader = Reader(password_of(contents.description), Order((File.DG1, File.DG2), every_proof=True))
    reading = await desk.read(reader)
    assert {file: reading.files[file] for file in (File.DG1, File.DG2)} == {
        file: contents.files[file] for file in (File.DG1, File.DG2)
    }
    now = datetime(2030, 5, 2, 12, tzinfo=UTC)
    proof = judged(reading, [family.master_list(), family.crl()], tmp_path / "trust", now)
    assert proof.genuine.answer is Answer.YES
    assert proof.not_copied.answer in (Answer.YES, Answer.NOT_POSSIBLE)
    assert (proof.not_copied.answer is Answer.YES) is (name in ("pace-cam", "chip-auth", "active-auth-rsa-2048", "everything", "chained"))


async def test_a_passport_that_is_lifted_is_read_on(pcscd: Pcscd, desk: Desk, family: Family) -> None:
    contents = family.contents("bac-short")
    card = PassportCard(contents)
    card.stays_for = 30
    pcscd.pad.place(card)
    reader = Reader(password_of(contents.description), Order())
    with pytest.raises(CardLifted):
        await desk.read(reader)
    await desk.until(card=False)
    begun = len(reader.files.begun.get(File.DG2, b""))
    assert begun
    card.stays_for = None
    pcscd.pad.place(card)
    reading = await desk.read(reader)
    assert reading.files[File.DG2] == contents.files[File.DG2]


async def test_a_wrong_number_opens_nothing(pcscd: Pcscd, desk: Desk, family: Family) -> None:
    pcscd.pad.place(PassportCard(family.contents("card-can")))
    with pytest.raises(AccessDenied):
        await desk.read(Reader(Password.can("000000")))


@pytest.fixture
async def lobby(pcscd: Pcscd, family: Family, tmp_path: Path, started: Any, events: Any) -> AsyncIterator[PcscChipReader]:
    """The driver, as kiosk.ini would have it."""
    swipe = await started(VirtualSwipe())
    TrustStore(tmp_path / "trust").take(family.master_list())
    options = {"zone": swipe.address, "trust": str(tmp_path / "trust")}
    driver = PcscChipReader(
        DeviceSettings("reader", "pcsc_chip", f"pcsc:{READER}", options, lambda: family.today), events
    )
    await driver.open()
    yield driver
    await driver.close()


async def test_a_guest_lifts_the_passport_and_lays_it_back_on_the_lobbys_reader(
    pcscd: Pcscd, lobby: PcscChipReader, family: Family
) -> None:
    contents = family.contents("bac-short")
    card = PassportCard(contents)
    card.stays_for = 30
    password = password_of(contents.description)

    async def read() -> ChipRead:
        return await lobby.read_chip(
            password, document_within_s=WITHIN_S, order=Wanted(portrait=True), on_progress=lambda part: None
        )

    pcscd.pad.place(card)
    assert (await read()).outcome is Chip.LIFTED
    card.stays_for = None
    reading = asyncio.ensure_future(read())
    await asyncio.wait_for(pcscd.noticed_removal.wait(), WITHIN_S)
    pcscd.pad.place(card)
    found = await reading
    assert found.outcome is Chip.READ
    assert found.proof
    assert found.proof.genuine.answer is Answer.YES
    assert found.portrait
    assert await lobby.lies_there() is True


async def test_the_command_line_serves_one_to_any_program(pcscd: Pcscd, desk: Desk, tmp_path: Path) -> None:
    """`kiosk virtual passport serve --vpcd`, another process, with the country that it leaves to be believed."""
    serving = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kiosk", "virtual", "passport", "serve", "--vpcd", "--port", str(pcscd.link.port),
        "--sample", "chip-auth", "--surname", "MUSTER", "--born", "1990-02-03", "--trust", str(tmp_path),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert serving.stdin
    assert serving.stdout
    try:
        await desk.until(card=True)
        said = {}
        async with asyncio.timeout(WITHIN_S):
            while "opened by" not in said:
                key, _, value = (await serving.stdout.readline()).decode().strip().partition(": ")
                said[key] = value
        words = said["opened by"].split()
        password = Password.mrz(words[1], words[3], words[5])
        assert words[3] == "900203"
        reading = await desk.read(Reader(password))
        lists = [(tmp_path / name).read_bytes() for name in ("utopia.ml", "utopia.crl")]
        proof = judged(reading, lists, tmp_path / "store", datetime.now(UTC))
        assert (proof.genuine.answer, proof.chip.answer) == (Answer.YES, Answer.YES)
        assert b"MUSTER" in reading.files[File.DG1]
        serving.stdin.write(b"lift\n")
        await desk.until(card=False)
        serving.stdin.write(b"lay bac\n")
        await desk.until(card=True)
        serving.stdin.write(b"quit\n")
        async with asyncio.timeout(WITHIN_S):
            assert await serving.wait() == 0
    finally:
        if serving.returncode is None:
            serving.kill()
            await serving.wait()
