"""What every printer must do: slips come out whole, or it is said that they did not."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from time import monotonic

from hardware.behaviour import (
    GARBLE,
    PLUG,
    RECOVER,
    UNPLUG,
    Act,
    ByHand,
    Call,
    FarEnd,
    Meeting,
    Misbehaved,
    NotTried,
    Run,
    Suite,
    expect,
)
from hardware.errors import DeviceError, DeviceGone, DeviceRefused, DeviceSilent, Fault
from hardware.printer.contract import (
    Align,
    Pair,
    Paper,
    PaperUsed,
    Picture,
    Printed,
    Printer,
    QRCode,
    Rule,
    Size,
    Slip,
    Space,
    TextLine,
)
from hardware.readings import State, Status

PAPER_OUT = Act("paper-out", "Take the paper roll out.")
PAPER_IN = Act("paper-in", "Put a full roll in, and close the cover.")
PAPER_LOW = Act("paper-low", "Put in a roll that is nearly used up.")
PAPER_ENDS = Act("paper-ends")  # a finger's breadth further on
COVER_OPEN = Act("cover-open", "Open the cover.")
COVER_CLOSE = Act("cover-close", "Close the cover.")
JAM = Act("cutter-jam")
JAM_AT_CUT = Act("cutter-jam-at-cut")
FREE = Act("cutter-free")
HEAT = Act("overheat")
COOL = Act("cool")
OFFLINE = Act("offline", "Switch the printer off-line, if it has a switch for that (else skip this).")
ONLINE = Act("online", "Switch it on-line again.")
SLOW = Act("slow")
UNPLUG_IN_A_SLIP = Act("unplug-in-a-slip")  # when some of it, not all, has gone over the wire

PRINT_WITHIN_S = 60.0
ROUGHLY_MM = 20.0  # a knife is 11 to 15 mm from the head
SOME_OF_IT = 5000  # bytes of a slip, more than a receipt printer keeps
CODE = "https://hotel.example/wifi?p=danube-blue-1896"
GUEST = "Þórður Ágústsson"

SLIP = Slip(
    (
        TextLine("Hotel Duna", Size.LARGE, align=Align.CENTER),
        TextLine("Belgrád rakpart 19 · 1056 Budapest", Size.SMALL, align=Align.CENTER),
        Space(),
        TextLine(f"Welcome, {GUEST}", bold=True),
        TextLine("Your room is on the 4th floor. Take the lift on the left, then turn right."),
        TextLine("412", Size.HUGE, align=Align.CENTER),
        Rule(),
        Pair("Check-out", "Wed 26 Nov, until 11:00"),
        Pair("Breakfast", "6:30 – 10:00, ground floor"),
        Rule(),
        QRCode(CODE),
    )
)
LONG_SLIP = Slip(3 * SLIP.blocks)
"""More than a wire and a printer hold between them."""
SCRIPTS = ("Room 412 – Żółć ő ű", "Кімната 412", "Δωμάτιο 412", "部屋 412 · 房间", "방 412", "ห้อง 412", "कमरा 412")
RTL_SCRIPTS = ("غرفة 412", "חדר 412")


class PrinterEnd(FarEnd, ABC):
    """The paper that comes out, seen by a program or by eyes."""

    @abstractmethod
    async def count(self) -> None:
        """From now on."""

    @abstractmethod
    async def came_out(self) -> int:
        """How many pieces of paper since `count`."""

    @abstractmethod
    async def code(self) -> str:
        """What the QR code of the last piece says; "" for none that can be read."""

    @abstractmethod
    async def length_mm(self) -> float:
        """Of the last piece."""

    @abstractmethod
    async def alone(self) -> bool:
        """Whether nothing but its QR code is on the last piece."""

    @abstractmethod
    async def misunderstood(self) -> str:
        """What the printer was sent since it was asked last and does not know; "" if it knew all."""

    @abstractmethod
    async def received(self) -> int:
        """How many bytes it has taken so far. NotTried where nobody can tell."""


class PrinterByHand(ByHand, PrinterEnd):
    async def count(self) -> None:
        await self.person.please("Take away all paper that hangs out of the printer.")

    async def came_out(self) -> int:
        said = await self.person.answer("How many separate pieces of paper came out since then?")
        if not said.strip().isdigit():
            raise NotTried("eyes", "that was no number")
        return int(said)

    async def code(self) -> str:
        said = await self.person.answer(f"Scan the code on it with a phone. Does it say {CODE} ? [y/n]")
        return CODE if said.strip().lower().startswith("y") else "something else"

    async def length_mm(self) -> float:
        said = await self.person.answer("How long is the last piece of paper, in millimetres?")
        if not said.strip().isdigit():
            raise NotTried("eyes", "that was no number")
        return float(said)

    async def alone(self) -> bool:
        said = await self.person.answer("Is there anything on the last piece besides the code? [y/n]")
        return said.strip().lower().startswith("n")

    async def misunderstood(self) -> str:
        said = await self.person.answer("Are there signs on the paper that are no words, or boxes? [y/n]")
        return "what is on the paper" if said.strip().lower().startswith("y") else ""

    async def received(self) -> int:
        raise NotTried("bytes", "nobody sees the bytes of a real printer")


Met = Meeting[Printer, PrinterEnd]


async def prints(m: Met, slip: Slip = SLIP) -> Printed:
    result: Printed = await m.within(m.driver.print(slip), PRINT_WITHIN_S, "printing")
    return result


async def a_slip_comes_out_whole(m: Met) -> None:
    await m.end.count()
    expect(await prints(m), Printed.DONE, "printed")
    expect(await m.end.came_out(), 1, "pieces of paper")
    expect(await m.end.code(), CODE, "its code")
    expect(await m.end.misunderstood(), "", "what the printer does not know")


async def two_slips_are_two_pieces_of_paper(m: Met) -> None:
    await m.end.count()
    expect([await prints(m) for _ in range(2)], [Printed.DONE] * 2, "printed")
    expect(await m.end.came_out(), 2, "pieces of paper")


async def a_slip_that_is_not_cut_stays_in_the_printer(m: Met) -> None:
    await m.end.count()
    expect(await prints(m, Slip((TextLine("first half"),), cut=False)), Printed.DONE, "printed, not cut")
    expect(await m.end.came_out(), 0, "pieces of paper before the cut")
    await prints(m, Slip((TextLine("second half"),)))
    expect(await m.end.came_out(), 1, "pieces of paper after it")


async def every_script_comes_out(m: Met) -> None:
    blocks = (*(TextLine(text) for text in SCRIPTS), *(TextLine(text, rtl=True) for text in RTL_SCRIPTS))
    expect(await prints(m, Slip(blocks)), Printed.DONE, "printed")
    expect(await m.end.misunderstood(), "", "what the printer does not know")


async def how_much_paper_a_slip_takes_is_told(m: Met) -> None:
    expect(await prints(m), Printed.DONE, "printed")
    used = await m.event("how much paper it takes")
    if not isinstance(used, PaperUsed):
        raise Misbehaved(f"a {type(used).__name__} was told, not PaperUsed")
    really_mm = await m.end.length_mm()
    if abs(used.mm - really_mm) > ROUGHLY_MM:
        raise Misbehaved(f"{used.mm:.0f} mm of paper were told, {really_mm:.0f} came out")


async def a_well_printer_says_so(m: Met) -> None:
    status = await m.status()
    expect((status.state, status.faults), (State.WELL, ()), "with paper in and its cover closed")
    expect(_paper(status), Paper.PLENTY, "its reading `paper`, with a full roll")


def _paper(status: Status) -> str | None:
    return next((reading.value for reading in status.readings if reading.id == "paper"), None)


async def _cannot(m: Met, act: Act, relief: Act, fault: Fault, paper: Paper | None = None) -> None:
    await m.end.count()
    await m.end.do(act)
    status = await m.status()
    expect((status.state, status.faults), (State.ILL, (fault,)), f"status, {act.id}")
    if paper is not None:
        expect(_paper(status), paper, f"its reading `paper`, {act.id}")
    error = await m.fails(m.driver.print(SLIP), DeviceRefused, what=f"printing, {act.id}", within_s=PRINT_WITHIN_S)
    expect(error.fault, fault, f"the fault, {act.id}")
    await m.end.do(relief)
    expect(await prints(m), Printed.DONE, f"printed after {relief.id}")
    expect(await m.end.came_out(), 1, "pieces of paper: only what was printed when it could")


async def without_paper_nothing_is_printed(m: Met) -> None:
    await _cannot(m, PAPER_OUT, PAPER_IN, Fault.PRINTER_PAPER_OUT, Paper.OUT)


async def with_its_cover_open_nothing_is_printed(m: Met) -> None:
    await _cannot(m, COVER_OPEN, COVER_CLOSE, Fault.PRINTER_COVER_OPEN)


async def with_its_knife_jammed_nothing_is_printed(m: Met) -> None:
    await _cannot(m, JAM, FREE, Fault.PRINTER_CUTTER)


async def too_hot_nothing_is_printed(m: Met) -> None:
    await _cannot(m, HEAT, COOL, Fault.PRINTER_OVERHEATED)


async def switched_off_line_nothing_is_printed(m: Met) -> None:
    await _cannot(m, OFFLINE, ONLINE, Fault.PRINTER_OFFLINE)


async def with_little_paper_left_it_prints_and_asks_for_care(m: Met) -> None:
    await m.end.do(PAPER_LOW)
    status = await m.status()
    expect((status.state, status.faults), (State.NEEDS_CARE, (Fault.PRINTER_PAPER_LOW,)), "status, little paper")
    expect(_paper(status), Paper.LOW, "its reading `paper`, little paper")
    expect(await prints(m), Printed.DONE, "printed")
    await m.end.do(PAPER_IN)
    expect((await m.status()).state, State.WELL, "with a full roll")


async def paper_that_ends_in_a_slip_is_no_slip(m: Met) -> None:
    await m.end.do(PAPER_ENDS)
    expect(await prints(m), Printed.UNSURE, "printed while the paper ended")
    error = await m.fails(_again(m), DeviceRefused, what="printing after that", within_s=PRINT_WITHIN_S)
    expect(error.fault, Fault.PRINTER_PAPER_OUT, "the fault")


async def _again(m: Met) -> None:
    """It may be told already when it is opened."""
    await m.reopens()
    await m.driver.print(SLIP)


async def a_slip_at_which_the_knife_jams_is_unsure(m: Met) -> None:
    await m.end.do(JAM_AT_CUT)
    expect(await prints(m), Printed.UNSURE, "printed, the knife jammed")


async def unplugged_before_a_slip_nothing_was_printed(m: Met) -> None:
    await m.end.count()
    await m.end.do(UNPLUG)
    await m.fails(m.driver.print(SLIP), DeviceGone, DeviceSilent, what="printing, unplugged", within_s=PRINT_WITHIN_S)
    await m.end.do(PLUG)
    await m.reopens()
    expect(await prints(m), Printed.DONE, "printed when plugged in again")
    expect(await m.end.came_out(), 1, "pieces of paper")


async def unplugged_in_a_slip_nobody_knows(m: Met) -> None:
    await m.end.do(UNPLUG_IN_A_SLIP)
    expect(await prints(m), Printed.UNSURE, "printed while the plug was pulled")
    await m.fails(m.driver.status(), DeviceGone, DeviceSilent, what="asking how it is, after that")


async def a_slow_printer_is_waited_for(m: Met) -> None:
    await m.end.do(SLOW, "0.05")
    expect(await prints(m), Printed.DONE, "printed slowly")
    expect(await m.end.code(), CODE, "its code")


async def nonsense_before_a_slip_means_no_slip(m: Met) -> None:
    await m.end.count()
    await m.end.do(GARBLE)
    await m.fails(m.driver.print(SLIP), DeviceError, what="printing, answered by nonsense", within_s=PRINT_WITHIN_S)
    await m.end.do(RECOVER)
    await m.reopens()
    expect(await prints(m), Printed.DONE, "printed when it speaks again")
    expect(await m.end.came_out(), 1, "pieces of paper")


async def a_slip_that_is_called_off_leaves_no_half_command(m: Met) -> None:
    await _called_off(m)
    await m.end.restore()
    await m.reopens()
    expect(await prints(m), Printed.DONE, "printed after that")
    expect(await m.end.misunderstood(), "", "what the printer does not know")


async def half_a_slip_is_never_on_the_next_guest_s_paper(m: Met) -> None:
    await m.end.count()
    await _called_off(m)
    await m.end.do(RECOVER)
    await m.reopens()
    expect(await prints(m, Slip((QRCode(CODE),))), Printed.DONE, "printed after half a slip")
    expect(await m.end.came_out(), 2, "pieces of paper: half a slip by itself, and the next one")
    expect((await m.end.code(), await m.end.alone()), (CODE, True), "the next one's code, and nothing else on it")
    expect(await prints(m), Printed.DONE, "printed after a whole one")
    expect(await m.end.came_out(), 3, "pieces of paper: after a whole slip nothing is cut off")
    expect(await m.end.misunderstood(), "", "what the printer does not know")


async def closing_in_a_slip_ends_it_as_unsure(m: Met) -> None:
    printing = await _begun(m)
    await m.closes()
    expect(await m.within(printing, 5, "printing, closed"), Printed.UNSURE, "printed while it was closed")


async def _called_off(m: Met) -> None:
    """When some of it has arrived."""
    printing = await _begun(m)
    printing.cancel()
    with contextlib.suppress(asyncio.CancelledError, DeviceError):
        await m.within(printing, 5, "called off")


async def _begun(m: Met) -> asyncio.Task[Printed]:
    """A slip of which some has arrived, and not all."""
    await m.end.do(SLOW, "1")
    before, until_s = await m.end.received(), monotonic() + PRINT_WITHIN_S
    printing = asyncio.create_task(m.driver.print(LONG_SLIP))
    while await m.end.received() - before < SOME_OF_IT:
        if printing.done() or monotonic() > until_s:
            raise Misbehaved("it says that a slip is printed of which the printer has not taken all")
        await asyncio.sleep(0.01)
    return printing


async def what_cannot_be_set_is_said_before_it_prints(m: Met) -> None:
    await m.end.count()
    for block in (Picture(b"no picture"), QRCode("x" * 4000)):
        try:
            await prints(m, Slip((TextLine("above it"), block)))
        except ValueError:
            continue
        raise Misbehaved(f"a {type(block).__name__} that can't be was printed")
    expect(await m.end.came_out(), 0, "pieces of paper")


def calls(printer: Printer) -> Mapping[str, Call]:
    return {"status": printer.status, "print": lambda: printer.print(SLIP)}


async def _work(m: Met) -> None:
    expect(await prints(m), Printed.DONE, "printed")


PROMISES: tuple[Run, ...] = (
    a_slip_comes_out_whole,
    two_slips_are_two_pieces_of_paper,
    a_slip_that_is_not_cut_stays_in_the_printer,
    every_script_comes_out,
    how_much_paper_a_slip_takes_is_told,
    a_well_printer_says_so,
    without_paper_nothing_is_printed,
    with_its_cover_open_nothing_is_printed,
    with_its_knife_jammed_nothing_is_printed,
    too_hot_nothing_is_printed,
    switched_off_line_nothing_is_printed,
    with_little_paper_left_it_prints_and_asks_for_care,
    paper_that_ends_in_a_slip_is_no_slip,
    a_slip_at_which_the_knife_jams_is_unsure,
    unplugged_before_a_slip_nothing_was_printed,
    unplugged_in_a_slip_nobody_knows,
    a_slow_printer_is_waited_for,
    nonsense_before_a_slip_means_no_slip,
    a_slip_that_is_called_off_leaves_no_half_command,
    half_a_slip_is_never_on_the_next_guest_s_paper,
    closing_in_a_slip_ends_it_as_unsure,
    what_cannot_be_set_is_said_before_it_prints,
)
SUITE = Suite(PROMISES, calls, _work, PrinterByHand)
