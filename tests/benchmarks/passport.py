"""Reading a passport's chip: commands and bytes, the host's CPU, and how long the loop is held up by it.

Commands: the virtual passport with DG1, a portrait of 20 kB, DG14 and the signed object, over a line of 40 kB/s whose
clock is counted, not waited for. Beside each stands what gmrtd takes, the open reader that takes the least. CPU and
loop: the driver as in the lobby, the chip in a process of its own.
"""

from __future__ import annotations

import asyncio
import os
import pty
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardware.document_reader.contract import Chip, ChipRead, Wanted
from hardware.document_reader.pcsc_chip import DRIVER, PcscChipReader
from hardware.driver import DeviceSettings
from tests.benchmarks.chip_process import NAME, RATE, ChipProcess, chip_process
from tests.benchmarks.measured import Measured, load_now, spread

if TYPE_CHECKING:  # the cryptography is loaded by what is measured
    from hardware.document_reader.virtual_description import Description
    from hardware.document_reader.virtual_family import Family

SAMPLE = "chip-auth"
"""PACE with generic mapping on P-256 with AES-128, chip authentication."""
READS = 15
WITHIN_S = 30.0
TICK_S = 0.001
PLAIN_BLOCK = 256
PORTRAIT = 20_500  # at most; what is around it comes on top


def measure() -> list[Measured]:
    print("  the driver …", file=sys.stderr, flush=True)
    return [*asyncio.run(_driver()), *commands()]


# --- commands -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """`mapping`: of PACE; "" for basic access control."""

    mapping: str
    proof: str  # "chip", "active" or ""
    extended: bool

    @property
    def title(self) -> str:
        opened = f"PACE-{self.mapping}" if self.mapping else "BAC"
        proof = f", {self.proof} authentication" if self.proof else ""
        return f"{opened}{proof}, {'extended' if self.extended else 'short'} length"


WAYS = tuple(
    Way(mapping, proof, extended)
    for mapping in ("", "GM", "IM", "CAM")
    for proof in (("chip", "active") if mapping != "CAM" else ("",))
    for extended in (False, True)
)


def gmrtd(way: Way, files: Mapping[str, int], block: int) -> int:
    """The commands that gmrtd sends for these files (name → bytes): for each one SELECT, one READ BINARY of its
    header, then as many as `block` needs; SELECT of what is not there; PACE 5, basic access control 2, chip
    authentication 2 and a SELECT, active authentication 1, and the SELECTs of master file and application."""

    def file(name: str, room: int) -> int:
        return 2 + -(-(files[name] - 4) // room) if name in files else 1

    outside = sum(file(name, PLAIN_BLOCK) for name in ("EF.CardAccess", "EF.DIR"))
    inside = sum(file(name, block) for name in files if name not in ("EF.CardAccess", "EF.DIR"))
    proof = {"chip": 3, "active": 1, "": 0}[way.proof]
    return 1 + outside + (5 if way.mapping else 2) + 1 + inside + proof


def commands() -> list[Measured]:
    """One line each; at most as many as gmrtd."""
    from hardware.document_reader.virtual_family import Family

    family = Family(date(2030, 5, 2))
    return [counted(family, way) for way in WAYS]


def described(plain: Description, way: Way) -> Description:
    from hardware.document_reader.virtual_description import ActiveAuthentication, ChipAuthentication, Pace
    from hardware.document_reader.virtual_keys import Hash, KeyKind
    from hardware.passport.picture import PictureFormat
    from hardware.passport.security_infos import Mapping as PaceMapping

    made = replace(plain, extended=way.extended, picture=PictureFormat.JPEG_2000, picture_bytes=PORTRAIT)
    if way.mapping:
        made = replace(made, pace=(Pace(PaceMapping(way.mapping)),))
    if way.proof == "chip":
        return replace(made, chip_authentication=ChipAuthentication())
    if way.proof == "active":
        return replace(made, active_authentication=ActiveAuthentication(KeyKind.P_256, Hash.SHA_256))
    return made


def counted(family: Family, way: Way) -> Measured:
    from hardware.document_reader.virtual_card import atr
    from hardware.document_reader.virtual_chip import Chip as VirtualChip
    from hardware.document_reader.virtual_passport import MOST_ANSWER, personalise
    from hardware.passport import meter
    from hardware.passport.apdu import SHORT_NE
    from hardware.passport.crypto import Cipher, Suite
    from hardware.passport.files import File
    from hardware.passport.order import Order
    from hardware.passport.password import Password
    from hardware.passport.reader import Reader
    from hardware.passport.secure_messaging import Session

    contents = personalise(described(family.plain(), way), family.signer(), family.issued)
    chip, passed = VirtualChip(contents), [0.0]

    def transmit(command: bytes) -> bytes:
        answer = chip.transmit(command)
        passed[0] += (len(command) + len(answer)) / RATE
        return answer

    order = Order((File.DG1, File.DG2))
    reading, tallies = meter.play(
        Reader(Password.of(contents.description.document), order, atr(way.extended)), transmit, lambda: passed[0]
    )
    proven = {"chip": reading.chip, "active": reading.active}.get(way.proof)
    if reading.pace_failed or File.DG14 not in reading.files or (proven is not None and proven.reason is not None):
        raise RuntimeError(f"{way.title}: not read as it was to be")
    files = {file.title: len(data) for file, data in contents.files.items() if file is not File.ATR_INFO}
    session = Session(Suite.derive(Cipher.AES128 if way.mapping else Cipher.TDES, bytes(16)))
    block = session.room(MOST_ANSWER if way.extended else SHORT_NE)
    ours = sum(tally.commands for tally in tallies)
    sent, received = (sum(getattr(tally, what) for tally in tallies) for what in ("sent", "received"))
    return Measured(
        "passport", f"{way.title}: {sent} bytes sent, {received} received; beside it gmrtd's commands",
        ours, gmrtd(way, files, block), "APDUs",
        {"files": files, "seconds of the line": round(passed[0], 2), "by step": {tally.name: tally.commands for tally in tallies}},
    )  # fmt: skip


# --- the driver -----------------------------------------------------------------------------------


async def _driver() -> list[Measured]:
    today = date(2030, 5, 2)
    with tempfile.TemporaryDirectory() as folder, chip_process((SAMPLE,), today) as process, _line() as zone:
        longest: dict[str, float] = {}
        async with _opened(Path(folder), process, zone, today, longest) as reader:
            first_s, longest["the first reading"] = await _watched(_read(reader, process))
            held, busy = [], []
            for _ in range(READS):
                held.append((await _watched(_read(reader, process)))[1])
                busy.append(await _read(reader, process))
    longest["later readings"] = statistics.median(held)
    ms = {what: round(1000 * gap, 1) for what, gap in longest.items()}
    cpu = {"cpu_s": spread(busy), "first_s": round(first_s, 3), "load": load_now()}
    loop = {"longest_ms": ms, "later_s": spread(held), "load": load_now()}
    return [
        Measured(
            "passport", "host CPU of a reading: PACE-GM P-256/AES, passive and chip authentication, portrait (median)",
            1000 * statistics.median(busy), 150.0, "ms", cpu,
        ),
        Measured("passport", "longest hold of the loop: opening, first and later readings", max(ms.values()), 50.0, "ms", loop),
    ]  # fmt: skip


class _line:  # noqa: N801 - a context, as a function would be
    """A serial line on which no zone is ever swiped."""

    def __enter__(self) -> str:
        self._ends = pty.openpty()
        return os.ttyname(self._ends[1])

    def __exit__(self, *_: object) -> None:
        for end in self._ends:
            os.close(end)


@asynccontextmanager
async def _opened(
    folder: Path, process: ChipProcess, zone: str, today: date, longest: dict[str, float]
) -> AsyncIterator[PcscChipReader]:
    options = {"zone": f"serial://{zone}", "trust": str(folder)}
    reader = DRIVER(DeviceSettings("reader", "pcsc_chip", f"virtual:{NAME}", options, lambda: today), lambda event: None)
    _, longest["opening, with all imports"] = await _watched(reader.open())
    from hardware.passport.trust_store import TrustStore

    TrustStore(folder).take(process.trust)
    try:
        yield reader
    finally:
        await reader.close()


async def _read(reader: PcscChipReader, process: ChipProcess) -> float:
    """CPU seconds of this process."""
    from hardware.passport.findings import Answer
    from hardware.passport.password import Password

    process.lay(SAMPLE)
    order = Wanted(portrait=True)
    began = time.process_time()
    found: ChipRead = await reader.read_chip(
        Password.mrz(*process.zones[SAMPLE]), document_within_s=WITHIN_S, order=order, on_progress=lambda part: None
    )
    busy = time.process_time() - began
    proof = found.proof
    proven = proof and proof.genuine.answer is Answer.YES and proof.not_copied.answer is Answer.YES
    if found.outcome is not Chip.READ or not proven or not found.portrait:
        raise RuntimeError(f"not read: {found.outcome} {found.why}")
    return busy


async def _watched(work: Any) -> tuple[Any, float]:
    """Its result, and the longest that nothing else could run in the loop meanwhile."""
    loop, longest = asyncio.get_running_loop(), 0.0
    last = loop.time()

    def tick() -> None:
        nonlocal last, longest
        now = loop.time()
        longest, last = max(longest, now - last - TICK_S), now
        handles[0] = loop.call_later(TICK_S, tick)

    handles = [loop.call_later(TICK_S, tick)]
    try:
        result = await work
    finally:
        handles[0].cancel()
    return result, longest
