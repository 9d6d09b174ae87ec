"""`kiosk document read`: what it prints and what it ends with, through the real pcscd; and what a trace shows."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hardware.card_reader.virtual_cards import SmartCard
from hardware.document_reader.virtual_card import PassportCard
from hardware.document_reader.virtual_family import CAN, Family
from hardware.passport import tlv
from hardware.passport.files import File
from hardware.passport.lds import PersonDetails, build_dg11
from hardware.passport.trust_store import TrustStore
from kiosk.document_trace import Trace, masked_answer, masked_command
from tests.hardware.transport.pcscd import READER, Pcscd

pytestmark = pytest.mark.usefixtures("quick_children")
ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 60


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        return json.loads(self.out)


async def document(*words: str | Path, stdin: str = "", **env: str) -> Ended:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kiosk", "document", *map(str, words),
        cwd=ROOT, env=os.environ | env,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(WITHIN_S):
        out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    assert b"Traceback" not in out + err
    return Ended(process.returncode, out.decode(), err.decode())


# --- wrong calls ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say what opens the chip"),
        (("--can", "123456", "--document", "L898902C3"), "say what opens the chip"),
        (("--can", "12345"), "six digits"),
        (("--document", "L898902C3", "--born", "740812"), "belong together"),
        (("--document", "L898902C3", "--born", "1974", "--expires", "340415"), "machine-readable zone"),
        (("--mrz", "P<UTOERIKSSON<<ANNA<MARIA"), "machine-readable zone"),
        (("--can", "123456", "--trace", "/nowhere/at/all"), "/nowhere/at/all"),
        (("--can", "123456", "--config", "/nowhere/kiosk.ini"), "kiosk.ini"),
    ],
)
async def test_a_wrong_call_ends_with_2_and_a_line(words: tuple[str, ...], told: str) -> None:
    done = await document("read", *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


async def test_without_pcscd_nobody_can_tell(tmp_path: Path) -> None:
    done = await document("read", "--can", CAN, PCSCLITE_CSOCK_NAME=str(tmp_path / "nobody"))
    assert (done.code, done.out) == (3, "")
    assert "pcscd is not running" in done.err


# --- through the real pcscd -------------------------------------------------------------------


@pytest.fixture(scope="module")
def family() -> Family:
    return Family(date.today())


@pytest.fixture(scope="module")
def store(family: Family, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = TrustStore(tmp_path_factory.mktemp("trust"))
    store.take(family.master_list())
    return store.directory


def zone(family: Family, sample: str) -> str:
    return "\n".join(family.contents(sample).zone)


async def lay(pcscd: Pcscd, family: Family, sample: str) -> str:
    """Lay it on the reader; its printed zone."""
    await pcscd.lay(PassportCard(family.contents(sample)))
    return zone(family, sample)


async def test_a_passport_is_read_and_told_for_people_and_for_programs(
    pcscd: Pcscd, family: Family, store: Path, tmp_path: Path
) -> None:
    printed = await lay(pcscd, family, "everything")
    trace = tmp_path / "trace.txt"
    done = await document("read", "--reader", READER, "--mrz", "-", "--store", store, "--trace", trace, stdin=printed)
    assert (done.code, done.err) == (0, "")
    words = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "name ERIKSSON, ANNA MARIA" in words
    assert {"birth place ZENITH, UTOPIA", "authority UTOPIA"} <= set(words)
    assert {"genuine yes", "not copied yes", "as printed yes", "chip yes", "active yes"} <= set(words)
    assert any(line.startswith("portrait jpeg-2000") and line.endswith("not kept") for line in words)
    assert any(line.startswith("PACE 5 ") for line in words)
    assert any(line.startswith("together ") for line in words)

    document_number = family.contents("everything").description.document.number
    written = trace.read_text("utf-8")
    assert trace.stat().st_mode & 0o777 == 0o600
    assert "# PACE" in written
    assert "> 00 A4 00 0C Lc=2 3F00" in written
    for personal in ("ERIKSSON", document_number, b"ERIKSSON".hex(), document_number.encode().hex(), CAN.encode().hex()):
        assert personal.upper() not in written.upper()

    told = (await document("read", "--reader", READER, "--mrz", printed, "--store", store, "--json")).told
    assert told["outcome"] == "read"
    assert told["document"]["surname"] == "ERIKSSON"
    assert (told["proof"]["genuine"]["answer"], told["proof"]["not_copied"]["answer"]) == ("yes", "yes")
    assert told["same_as_printed"] is True
    assert told["apdus"] == sum(step["apdus"] for step in told["steps"])
    assert told["portrait"]["format"] == "jpeg-2000"
    assert told["further"]["name"] == "ERIKSSON<<ANNA<MARIA"
    assert told["further"]["born"] == "1974-08-12"
    assert told["further"]["birth_place"] == ["ZENITH", "UTOPIA"]
    assert told["files"].keys() >= {"EF.DG1", "EF.DG2", "EF.DG11", "EF.SOD"}


async def test_what_is_no_good_ends_with_1_and_says_why(pcscd: Pcscd, family: Family, store: Path) -> None:
    copied = await lay(pcscd, family, "copied-chip-auth")
    done = await document("read", "--reader", READER, "--mrz", copied, "--store", store, "--json")
    assert (done.code, done.told["proof"]["not_copied"]["reason"]) == (1, "copied")

    contents = family.contents("chip-auth")
    hidden = {**contents.files, File.CARD_ACCESS: tlv.encode(0x31, b"")}
    await pcscd.lay(PassportCard(replace(contents, files=hidden)))
    printed = zone(family, "chip-auth")
    done = await document("read", "--reader", READER, "--mrz", printed, "--store", store, "--json")
    assert (done.code, done.told["proof"]["card_access"]["reason"]) == (1, "hidden"), "found by review: it ended with 0"

    await lay(pcscd, family, "card-can")
    done = await document("read", "--reader", READER, "--can", "000000", "--store", store, "--json")
    assert (done.code, done.told["outcome"], done.told["document"]) == (1, "wrong-password", None)

    await pcscd.lay(SmartCard(bytes.fromhex("04112233445566")))
    done = await document("read", "--reader", READER, "--can", CAN, "--store", store)
    assert done.code == 1
    assert "no travel document" in done.out

    await pcscd.lift()
    done = await document("read", "--reader", READER, "--can", CAN, "--store", store, "--within", "0.5")
    assert done.code == 1
    assert "No chip answers" in done.out

    done = await document("read", "--reader", "Nobody's", "--can", CAN, "--store", store)
    assert done.code == 3
    assert "no such reader" in done.err


async def test_what_a_chip_says_is_shown_and_not_obeyed_by_the_terminal(pcscd: Pcscd, family: Family, store: Path) -> None:
    """Names in national characters may be any; a window's title, a moved cursor and a line of ours are none."""
    contents = family.contents("everything")
    said = PersonDetails(name="ERIKSSON<<A\x1b]0;mine\x07", birth_place=("ZENITH\x1b[2J", "\n\x9b31mgenuine            yes"))
    await pcscd.lay(PassportCard(replace(contents, files={**contents.files, File.DG11: build_dg11(said)})))
    printed = zone(family, "everything")
    done = await document("read", "--reader", READER, "--mrz", printed, "--store", store, "--no-portrait")
    assert done.code == 1
    assert "ZENITH[2J" in done.out
    assert not [letter for letter in done.out + done.err if not letter.isprintable() and letter != "\n"]
    assert [line.split()[1] for line in done.out.splitlines() if line.startswith("genuine ")] == ["no"]


async def test_a_reader_that_answers_nonsense_is_said_to_and_no_document_is(pcscd: Pcscd, store: Path) -> None:
    await pcscd.pad.do("babble", "on")
    pcscd.pad.place(SmartCard(bytes.fromhex("04112233445566")))
    done = await document("read", "--reader", READER, "--can", CAN, "--store", store)
    assert (done.code, done.out) == (3, "")
    assert f"the reader '{READER}' answers nonsense" in done.err


async def test_an_identity_card_by_its_number_and_a_passport_without_pace(
    pcscd: Pcscd, family: Family, store: Path
) -> None:
    await lay(pcscd, family, "card-can")
    done = await document("read", "--reader", READER, "--can", CAN, "--store", store, "--json", "--no-portrait")
    assert (done.code, done.told["document"]["number"], done.told["portrait"]) == (0, "D23145890", None)

    holder = family.contents("pace-gm").description.document
    await lay(pcscd, family, "pace-gm")
    words = ("--document", holder.number, "--born", holder.born_text, "--expires", f"{holder.expires:%y%m%d}")
    done = await document("read", "--reader", READER, *words, "--no-pace", "--store", store, "--json")
    assert (done.code, done.told["opened"]) == (0, "BAC")


async def test_with_nothing_imported_it_is_read_and_nothing_is_claimed(
    pcscd: Pcscd, family: Family, tmp_path: Path
) -> None:
    printed = await lay(pcscd, family, "bac")
    done = await document("read", "--reader", READER, "--mrz", printed, "--store", tmp_path / "empty")
    assert done.code == 0
    assert "not possible (unknown-country" in done.out
    assert "kiosk trust import" in done.out


# --- the trace --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("00A4040C07A0000002471001", "00 A4 04 0C Lc=7 A0000002471001"),
        ("0084000008", "00 84 00 00 Le=8"),
        ("0082000028" + "11" * 40 + "28", "00 82 00 00 Lc=40 [40] Le=40"),
        ("0CB08100" + "0D" + "9701048E08" + "22" * 8 + "00", "0C B0 81 00 Lc=13 97=04 8E[8] Le=256"),
        ("00", "[1]"),
    ],
)
def test_a_command_shows_no_more_than_its_kind(command: str, shown: str) -> None:
    assert masked_command(bytes.fromhex(command)) == shown


@pytest.mark.parametrize(
    ("step", "command", "answer", "shown"),
    [
        ("EF.CardAccess", "00B09C0004", "31143012" + "9000", "31143012 9000"),
        ("EF.DG1", "00B0810004", "615B5F1F" + "9000", "[4] 9000"),
        ("BAC", "0084000008", "01" * 8 + "9000", "[8] 9000"),
        ("EF.DG1", "0CB0810000", "8709" + "01" * 9 + "990290008E08" + "02" * 8 + "9000", "87[9] 99[2] 8E[8] 9000"),
        ("SELECT", "00A4040C", "6A82", "6A82"),
    ],
)
def test_an_answer_shows_no_more_than_how_long_it_is(step: str, command: str, answer: str, shown: str) -> None:
    assert masked_answer(step, bytes.fromhex(command), bytes.fromhex(answer)) == shown


def test_a_trace_names_each_step_once_and_says_how_long_a_command_took() -> None:
    file, times = io.StringIO(), iter([0.0, 0.5, 0.75])
    trace = Trace(file, lambda: next(times))
    for _ in range(2):
        trace("BAC", bytes.fromhex("0084000008"), bytes(8) + b"\x90\x00", 0.042)
    assert file.getvalue().splitlines() == [
        "# BAC",
        "   0.500 > 00 84 00 00 Le=8",
        "   0.500 < [8] 9000  42 ms",
        "   0.750 > 00 84 00 00 Le=8",
        "   0.750 < [8] 9000  42 ms",
    ]
