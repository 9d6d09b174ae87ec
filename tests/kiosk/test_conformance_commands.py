"""`kiosk conformance` before a printer that it takes for a real one: what it asks of hands, tells, and ends with."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hardware.behaviour import AS_IT_WAS, PLUG, UNPLUG
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual_cards import UltralightCard
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.conformance import Outcome, Result
from hardware.key_encoder.property_keys import create_property_keys
from hardware.printer import behaviour as b
from hardware.printer.escpos_length import DOTS_PER_MM
from hardware.secret_keys import create_keys
from hardware.virtual_process import VirtualProcess
from kiosk.conformance_commands import for_people
from tests.hardware.transport.pcscd import READER, Pcscd

pytestmark = pytest.mark.usefixtures("quick_children")
ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 120
ASKED = b"skip] "

Answer = Callable[[str], Awaitable[str]]


@dataclass
class Ended:
    code: int
    out: str
    asked: list[str]

    @property
    def outcomes(self) -> dict[str, str]:
        return {each["id"]: each["outcome"] for each in json.loads(self.out)["promises"]}

    @property
    def broken(self) -> dict[str, str]:
        return {each["id"]: each["words"] for each in json.loads(self.out)["promises"] if each["outcome"] == "broken"}

    @property
    def words(self) -> dict[str, str]:
        return {each["id"]: each["words"] for each in json.loads(self.out)["promises"]}


async def nobody(question: str) -> str:
    raise AssertionError(f"asked: {question}")


async def conformance(*words: str, answer: Answer = nobody) -> Ended:
    """With somebody at its terminal, who answers what it asks."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kiosk", "conformance", *words, cwd=ROOT, env={**os.environ, "NO_COLOR": "1"},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    assert process.stderr
    out, asked, said = asyncio.ensure_future(process.stdout.read()), [], b""
    async with asyncio.timeout(WITHIN_S):
        while heard := await process.stderr.read(4096):
            said += heard
            if said.endswith(ASKED):
                asked.append(said.decode())
                process.stdin.write((await answer(asked[-1])).encode() + b"\n")
                said = b""
        process.stdin.close()
        asked.append(said.decode())
        code = await process.wait()
    assert b"Traceback" not in said
    return Ended(code, (await out).decode(), asked)


@pytest.fixture
async def printer(tmp_path: Path) -> AsyncIterator[VirtualProcess]:
    device = VirtualProcess("hardware.printer.virtual", "--out", str(tmp_path))
    await device.start()
    yield device
    await device.stop()


class Technician:
    """Does to the printer what is asked, and looks at the paper."""

    verbs = {
        act.words: act.id
        for act in (
            b.PAPER_OUT, b.PAPER_IN, b.PAPER_LOW, b.COVER_OPEN, b.COVER_CLOSE, b.OFFLINE, b.ONLINE, UNPLUG, PLUG,
        )
    } | {AS_IT_WAS: "plug"}  # fmt: skip

    def __init__(self, printer: VirtualProcess) -> None:
        self.printer = printer
        self.pieces = 0

    async def __call__(self, question: str) -> str:
        for words, verb in self.verbs.items():
            if words in question:
                await self.printer.do(verb)
                return ""
        slips = int((await self.printer.do("slips"))["count"])
        if "Take away all paper" in question:
            self.pieces = slips
            return ""
        if "How many" in question:
            return str(slips - self.pieces)
        if "How long" in question:
            with Image.open((await self.printer.do("last"))["path"]) as paper:
                return str(round(paper.height / DOTS_PER_MM))
        return "y" if "Does it say" in question else "n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "toaster", "--address", "tcp://127.0.0.1:1"), "toaster"),
        (("--kind", "printer"), "--address"),
        (("--kind", "key_encoder", "--address", "pcsc:"), "--driver: say which; known: fias, pcsc"),
        (("--kind", "printer", "--driver", "typewriter", "--address", "tcp://127.0.0.1:1"), "known: escpos"),
        (("--kind", "printer", "--driver", "escpos", "--address", "pcsc:ACR"), "device.bad-address"),
        (("--kind", "printer", "--driver", "escpos", "--address", "tcp://127.0.0.1:1", "-o", "width"), "KEY=VALUE"),
        (("--kind", "printer", "--driver", "escpos", "--address", "tcp://127.0.0.1:1", "-o", "ink=red"), "ink: is unknown"),
    ],
)
async def test_a_wrong_call_says_what_is_wrong(words: tuple[str, ...], said: str) -> None:
    ended = await conformance(*words, "--json")
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.asked[-1]


async def test_a_printer_that_is_not_there_is_neither_kept_nor_broken() -> None:
    ended = await conformance("--kind", "printer", "--driver", "escpos", "--address", "tcp://127.0.0.1:1", "--json")
    assert ended.code == 3
    assert set(ended.outcomes.values()) == {"not-tried"}
    assert "printer.gone" in ended.words["it_opens_and_says_how_it_is"]


async def test_without_hands_nothing_is_asked_and_what_needs_them_is_not_tried(printer: VirtualProcess) -> None:
    ended = await conformance(
        "--kind", "printer", "--driver", "escpos", "--address", printer.address, "--without-hands"
    )
    assert ended.code == 3
    assert "kept       It opens and says how it is" in ended.out
    assert "kept       What is no such device is refused" in ended.out
    assert "not tried  Without paper nothing is printed\n           hands: nobody is there to do it" in ended.out
    assert ", 0 broken, " in ended.out.splitlines()[-1]


async def test_with_hands_all_that_hands_can_do_is_tried(printer: VirtualProcess) -> None:
    technician = Technician(printer)
    ended = await conformance(
        "--kind", "printer", "--driver", "escpos", "--address", printer.address, "--json", answer=technician
    )
    assert ended.code == 3, "what no hand can do was not tried"
    untried = {name for name, outcome in ended.outcomes.items() if outcome == "not-tried"}
    assert {ended.words[name].partition(":")[2] for name in untried} == {" no hand can do this to a real device"}
    assert ended.broken == {}
    for kept in (
        "a_slip_comes_out_whole", "how_much_paper_a_slip_takes_is_told",
        "without_paper_nothing_is_printed", "with_its_cover_open_nothing_is_printed",
        "switched_off_line_nothing_is_printed", "with_little_paper_left_it_prints_and_asks_for_care",
        "unplugged_it_says_so_in_time_and_comes_back", "unplugged_before_a_slip_nothing_was_printed",
    ):  # fmt: skip
        assert ended.outcomes[kept] == "kept", kept


async def test_what_eyes_see_breaks_a_promise(printer: VirtualProcess) -> None:
    class Honest(Technician):
        """Somebody holds their hand before the slot: no paper comes."""

        async def __call__(self, question: str) -> str:
            return "0" if "How many" in question else await super().__call__(question)

    ended = await conformance(
        "--kind", "printer", "--driver", "escpos", "--address", printer.address, "--json", answer=Honest(printer)
    )
    assert ended.code == 1
    assert ended.outcomes["a_slip_comes_out_whole"] == "broken"
    assert ended.words["a_slip_comes_out_whole"] == "pieces of paper: 0, not 1"


async def test_who_skips_leaves_it_untried(printer: VirtualProcess) -> None:
    async def skip(question: str) -> Any:
        return "s"

    ended = await conformance(
        "--kind", "printer", "--driver", "escpos", "--address", printer.address, "--json", answer=skip
    )
    assert ended.code == 3
    assert ended.words["without_paper_nothing_is_printed"] == "hands: skipped"


# --- cards, through the real pcscd -----------------------------------------------------------------


class CardHolder:
    """Lays cards on the reader and takes them away, as slowly as pcscd looks; pulls no plug."""

    def __init__(self, pcscd: Pcscd) -> None:
        self.pcscd = pcscd
        self.cards = itertools.count(1)

    async def __call__(self, question: str) -> str:
        if "every card off" in question or AS_IT_WAS in question:
            if self.pcscd.pad.card is not None:
                await self.noticed(self.pcscd.noticed_removal, self.pcscd.pad.lift)
            return ""
        if "Lay a" not in question:
            return "s"
        uid = b"\x04" + next(self.cards).to_bytes(6, "big")
        card = Ntag424Card(uid) if "NTAG 424" in question else UltralightCard(uid)
        await self.noticed(self.pcscd.noticed_card, lambda: self.pcscd.pad.place(card))
        return ""

    async def noticed(self, seen: asyncio.Event, act: Callable[[], None]) -> None:
        seen.clear()
        act()
        await asyncio.wait_for(seen.wait(), WITHIN_S)


async def on_pcscd(pcscd: Pcscd, kind: str, key: str) -> Ended:
    return await conformance(
        "--kind", kind, "--driver", "pcsc", "--address", f"pcsc:{READER}", "-o", key, "--json",
        answer=CardHolder(pcscd),
    )  # fmt: skip


async def test_a_card_reader_behind_pcscd_keeps_what_hands_can_try(pcscd: Pcscd, tmp_path: Path) -> None:
    create_keys(StaffCardKeys, tmp_path / "staff")
    ended = await on_pcscd(pcscd, "card_reader", f"staff_key_file={tmp_path / 'staff'}")
    assert ended.broken == {}
    assert ended.code == 3
    for kept in (
        "it_opens_and_says_how_it_is", "closed_it_is_gone", "a_call_that_is_called_off_lets_go_of_the_wire",
        "an_event_says_when_its_act_began", "a_card_is_told_when_it_comes_and_when_it_goes",
        "a_card_that_lay_there_before_is_not_told", "a_staff_card_is_made_proven_and_taken_back",
    ):  # fmt: skip
        assert ended.outcomes[kept] == "kept", (kept, ended.words[kept])
    assert "cards made for it" in ended.words["a_number_proves_nothing"]


async def test_a_key_encoder_behind_pcscd_keeps_what_hands_can_try(pcscd: Pcscd, tmp_path: Path) -> None:
    create_property_keys(tmp_path / "key")
    ended = await on_pcscd(pcscd, "key_encoder", f"property_key_file={tmp_path / 'key'}")
    assert ended.broken == {}
    assert ended.code == 3
    assert ended.outcomes["a_key_is_cut_read_and_erased"] == "kept", ended.words
    assert ended.words["unplugged_while_it_waits_for_a_card_it_says_so"] == "hands: skipped"


def test_what_a_device_said_is_shown_and_not_obeyed_by_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for_people(Result("it_says_how_it_is", Outcome.BROKEN, "expected a status, found 'A\x1b]0;mine\x07'"))
    assert capsys.readouterr().out.splitlines()[-1].strip() == "expected a status, found 'A]0;mine'"
