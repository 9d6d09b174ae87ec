"""What an ESC/POS printer's flags and names say of it, as Status and Readings."""

from __future__ import annotations

from hardware.errors import Fault
from hardware.printer import escpos_wire as wire
from hardware.printer.contract import Paper
from hardware.printer.escpos_wire import Info, PrinterFlags
from hardware.readings import Reading, State, Status


def stopping(flags: PrinterFlags) -> tuple[Fault, ...]:
    """The faults with which nothing is printed: all but a roll that is nearly used up."""
    return tuple(fault for fault in wire.faults(flags) if fault is not Fault.PRINTER_PAPER_LOW)


def status_of(flags: PrinterFlags, named: dict[Info, str]) -> Status:
    stopped, faults = bool(stopping(flags)), wire.faults(flags)
    state = State.ILL if stopped else State.NEEDS_CARE if faults else State.WELL
    paper = (
        (Paper.OUT, State.ILL) if flags.paper_out
        else (Paper.LOW, State.NEEDS_CARE) if flags.paper_low
        else (Paper.PLENTY, State.WELL)
    )  # fmt: skip
    line = ("offline" if flags.offline else "online", State.ILL if flags.offline else State.WELL)
    readings = (
        Reading("paper", "Paper", paper[0], level=paper[1]),
        Reading("cover", "Cover", *_either(flags.cover_open, "open", "closed")),
        Reading("cutter", "Cutter", *_either(flags.cutter_error, "jammed", "free")),
        Reading("head", "Print head", *_either(flags.overheated, "too hot", "well")),
        Reading("line", "Line", line[0], level=line[1]),
    )
    names = (
        Reading("model", "Model", named.get(Info.MODEL, "")),
        Reading("serial", "Serial number", named.get(Info.SERIAL, "")),
        Reading("firmware", "Firmware", named.get(Info.FIRMWARE, "")),
    )
    return Status(state, faults, readings + tuple(name for name in names if name.value))


def _either(bad: bool, said_bad: str, said_well: str) -> tuple[str, str, State]:
    return (said_bad, "", State.ILL) if bad else (said_well, "", State.WELL)
