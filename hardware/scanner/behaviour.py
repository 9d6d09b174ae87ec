"""What every scanner must do: whole codes are told, once, with the time; halves and noise are not."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping

from hardware.behaviour import (
    PLUG,
    UNPLUG,
    Act,
    ByHand,
    Call,
    FarEnd,
    Meeting,
    Misbehaved,
    Run,
    Suite,
    expect,
)
from hardware.scanner.contract import CodeScanned, Scanner, Symbology

SCAN = Act("scan", "Scan this code with the scanner.")
SCAN_LETTERS = Act("scan-letters", "Scan this code with the scanner, if it can send letters beyond ASCII (else skip this).")
SCAN_SLOWLY = Act("slow")  # over a line that takes its time
PARTIAL = Act("partial")  # the end of the code is lost
NOISE = Act("noise")  # bytes, pictures or keys that are no code
SCAN_LONG = Act("scan-long")  # more than a code of the contract has
LONG_TEXT = 4500
LONGEST = 4096

BOOKING = "https://hotel.example/b/KISS-1896?s=x1_Y2-z3"
LETTERS = "Ünnepi Őrség – Київ"
OLDER = "https://hotel.example/b/NAGY-1848"
NUMBER = "4711-0815-42"


class ScannerByHand(ByHand):
    """Codes are drawn on the terminal, to be scanned from there."""

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        if act not in (SCAN, SCAN_LETTERS):
            return await super().do(act, *words)
        await self.person.please(f"{act.words}\n{_drawn(words[0])}")
        return {}


def _drawn(text: str) -> str:
    import qrcode

    code = qrcode.QRCode(border=2)
    code.add_data(text)
    paper = io.StringIO()
    code.print_ascii(paper, invert=True)
    return paper.getvalue()


Met = Meeting[Scanner, FarEnd]


async def _told(m: Met, text: str, symbology: Symbology = Symbology.QR) -> CodeScanned:
    code = await m.event(f"a code of {len(text)} characters")
    if not isinstance(code, CodeScanned):
        raise Misbehaved(f"a {type(code).__name__} was told, not a code")
    if code.text != text:
        raise Misbehaved(f"another text was told: {len(code.text)} characters, not {len(text)}, or not the same ones")
    if code.symbology not in (symbology, Symbology.UNKNOWN):
        raise Misbehaved(f"it says {code.symbology}, not {symbology}")
    return code


async def a_scanned_code_is_told_with_its_text_and_kind(m: Met) -> None:
    await m.end.do(SCAN, BOOKING, "qr")
    expect((await _told(m, BOOKING)).cut, False, "cut")
    await m.nothing_more("one code")


async def letters_of_any_script_arrive_as_they_are(m: Met) -> None:
    await m.end.do(SCAN_LETTERS, LETTERS, "qr")
    await _told(m, LETTERS)


async def every_kind_of_code_is_told(m: Met) -> None:
    for symbology in (Symbology.DATA_MATRIX, Symbology.AZTEC, Symbology.PDF417, Symbology.CODE128):
        await m.end.do(SCAN, NUMBER, symbology.value)
        await _told(m, NUMBER, symbology)


async def the_same_code_again_is_told_again(m: Met) -> None:
    for again in range(2):
        await asyncio.sleep(m.end.again_s * again)
        await m.end.do(SCAN, BOOKING, "qr")
        await _told(m, BOOKING)
    await m.nothing_more("two codes")


async def a_slow_line_gives_the_code_whole(m: Met) -> None:
    await m.end.do(SCAN_SLOWLY, NUMBER, "code128")
    await _told(m, NUMBER, Symbology.CODE128)
    await m.nothing_more("one code")


async def half_a_code_and_noise_are_not_told(m: Met) -> None:
    await m.end.do(NOISE)
    await m.end.do(PARTIAL, BOOKING)
    await m.closes()
    await m.end.do(UNPLUG)
    await m.end.do(PLUG)
    await m.opens()
    await m.end.do(SCAN, OLDER, "qr")
    await _told(m, OLDER)
    await m.nothing_more("half a code and noise")


async def a_stranger_s_long_code_is_cut_and_says_so(m: Met) -> None:
    await m.end.do(SCAN_LONG, "4" * LONG_TEXT, "qr")
    code = await m.event("a long code")
    if not isinstance(code, CodeScanned) or not code.text or code.text.strip("4"):
        raise Misbehaved("the beginning of a long code was not told")
    expect((len(code.text) <= LONGEST, code.cut), (True, True), f"at most {LONGEST} characters, and cut")


async def what_was_scanned_before_opening_is_not_the_next_guest_s(m: Met) -> None:
    await m.closes()
    await m.end.do(SCAN, OLDER, "qr")
    await m.opens()
    await m.end.do(SCAN, BOOKING, "qr")
    await _told(m, BOOKING)
    await m.nothing_more("one code since it was opened")


async def a_code_scanned_while_it_is_asked_is_not_lost(m: Met) -> None:
    for number in range(5):
        await m.end.do(SCAN, f"{NUMBER}-{number}", "qr")
        await m.status()
        await _told(m, f"{NUMBER}-{number}")


async def it_scans_again_after_its_plug_was_pulled(m: Met) -> None:
    await m.end.do(UNPLUG)
    await m.closes()
    await m.end.do(PLUG)
    await m.opens()
    await m.end.do(SCAN, BOOKING, "qr")
    await _told(m, BOOKING)


def calls(scanner: Scanner) -> Mapping[str, Call]:
    return {"status": scanner.status}


async def _happens(m: Met) -> None:
    await m.end.do(SCAN, BOOKING, "qr")


async def _work(m: Met) -> None:
    await _happens(m)
    await _told(m, BOOKING)


PROMISES: tuple[Run, ...] = (
    a_scanned_code_is_told_with_its_text_and_kind,
    letters_of_any_script_arrive_as_they_are,
    every_kind_of_code_is_told,
    the_same_code_again_is_told_again,
    a_slow_line_gives_the_code_whole,
    half_a_code_and_noise_are_not_told,
    a_stranger_s_long_code_is_cut_and_says_so,
    what_was_scanned_before_opening_is_not_the_next_guest_s,
    a_code_scanned_while_it_is_asked_is_not_lost,
    it_scans_again_after_its_plug_was_pulled,
)
SUITE = Suite(PROMISES, calls, _work, ScannerByHand, _happens)
