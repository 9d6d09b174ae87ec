"""`kiosk conformance` before a printer that it takes for a real one: what it asks of hands, tells, and ends with."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware.behaviour import AS_IT_WAS, PLUG, UNPLUG
from hardware.printer import behaviour as b
from hardware.virtual_process import VirtualProcess

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
    assert "broken" not in ended.outcomes.values()
    for kept in (
        "a_slip_comes_out_whole", "without_paper_nothing_is_printed", "with_its_cover_open_nothing_is_printed",
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
