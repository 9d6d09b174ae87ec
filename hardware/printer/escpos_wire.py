"""The ESC/POS bytes that ask a printer how it is, and what its answers mean. Pure: no I/O.

A printer speaks unasked too (automatic status), so what it sends is sorted by its fixed bits
before it is believed (Epson ESC/POS command reference: DLE EOT, GS a, GS r):

    real-time status   1 byte    b & 0x93 == 0x12    answer to DLE EOT n
    automatic status   4 bytes   b & 0x93 == 0x10 in the first, b & 0x90 == 0x00 in the others
    paper status       1 byte    b & 0x90 == 0x00    answer to GS r 1, given after all that came before it
    information        "_" (5F), at most 80 characters, NUL    answer to GS I 65 to 69, in its turn
    anything else is nonsense
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from hardware.errors import Fault


class Ask(IntEnum):
    """The n of DLE EOT n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    ROLL = 4


def real_time_request(ask: Ask) -> bytes:
    """DLE EOT n: answered at once, whatever the printer is doing. Never send it inside a job."""
    return bytes((0x10, 0x04, ask))


# GS r 1, paper status: obeyed in its turn, so its answer proves that all before it was obeyed.
IN_TURN_REQUEST = b"\x1dr\x01"
OFFLINE = 0x08  # in the answer to DLE EOT 1
INFO_HEADER = b"_"
LONGEST_INFO = 80


class Info(IntEnum):
    """The n of GS I n: what a printer tells of itself. In the order in which it is asked."""

    MODEL = 67
    FIRMWARE = 65
    SERIAL = 68  # Bixolon's manuals list the others, and not this


def info_request(info: Info) -> bytes:
    """GS I n: obeyed in its turn. Printers that don't know it say nothing, or take it for two letters
    of a line that the next job's ESC @ wipes out."""
    return bytes((0x1D, 0x49, info))


class Said(Enum):
    """What a piece of the printer's speech is."""

    REAL_TIME = "real-time status"
    AUTOMATIC = "automatic status"
    IN_TURN = "paper status"
    INFORMATION = "information"
    NONSENSE = "nonsense"


@dataclass(frozen=True)
class Answer:
    """One piece of what the printer said, with its bytes."""

    said: Said
    data: bytes


class AnswerParser:
    """Sorts a printer's bytes into answers; keeps the beginning of one of several bytes until it is whole."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        answers: list[Answer] = []
        for byte in data:
            if self._begun[:1] == INFO_HEADER:
                if self._goes_on(byte, answers):
                    continue
            elif not self._begun and bytes((byte,)) == INFO_HEADER:
                self._begun.append(byte)
                continue
            if self._begun and byte & 0x90 == 0x00:
                self._begun.append(byte)
                if len(self._begun) == 4:
                    answers.append(Answer(Said.AUTOMATIC, bytes(self._begun)))
                    self._begun.clear()
                continue
            if self._begun:
                answers.append(Answer(Said.NONSENSE, bytes(self._begun)))
                self._begun.clear()
            if byte & 0x93 == 0x10:
                self._begun.append(byte)
            else:
                answers.append(Answer(_single(byte), bytes((byte,))))
        return answers

    def _goes_on(self, byte: int, answers: list[Answer]) -> bool:
        """Whether the byte belongs to the information that has begun; else that was nonsense."""
        if byte == 0:
            answers.append(Answer(Said.INFORMATION, bytes((*self._begun, byte))))
            self._begun.clear()
            return True
        if 0x20 <= byte < 0x7F and len(self._begun) <= LONGEST_INFO:
            self._begun.append(byte)
            return True
        answers.append(Answer(Said.NONSENSE, bytes(self._begun)))
        self._begun.clear()
        return False


def _single(byte: int) -> Said:
    if byte & 0x93 == 0x12:
        return Said.REAL_TIME
    return Said.IN_TURN if byte & 0x90 == 0x00 else Said.NONSENSE


@dataclass(frozen=True)
class PrinterFlags:
    """What a printer says of itself."""

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    paper_low: bool = False
    cutter_error: bool = False
    broken: bool = False
    """An error that only switching off may cure."""
    overheated: bool = False
    """An error that passes by itself: the print head is too hot."""
    error: bool = False
    """Some error, whichever."""


def flags_from_real_time(answers: dict[Ask, int]) -> PrinterFlags:
    """The answers to DLE EOT 1 to 4, each a byte whose fixed bits were checked."""
    printer, cause = answers[Ask.PRINTER], answers[Ask.OFFLINE_CAUSE]
    error, roll = answers[Ask.ERROR_CAUSE], answers[Ask.ROLL]
    return PrinterFlags(
        offline=bool(printer & OFFLINE),
        cover_open=bool(cause & 0x04),
        paper_out=bool(cause & 0x20 or roll & 0x60),
        paper_low=bool(roll & 0x0C),
        cutter_error=bool(error & 0x08),
        broken=bool(error & 0x20),
        overheated=bool(error & 0x40),
        error=bool(cause & 0x40),
    )


def flags_from_automatic(status: bytes) -> PrinterFlags:
    """The four bytes of an automatic status (GS a)."""
    printer, error, roll, _ = status
    return PrinterFlags(
        offline=bool(printer & 0x08),
        cover_open=bool(printer & 0x20),
        paper_out=bool(roll & 0x0C),
        paper_low=bool(roll & 0x03),
        cutter_error=bool(error & 0x08),
        broken=bool(error & 0x20),
        overheated=bool(error & 0x40),
        error=bool(error & 0x6C),
    )


def faults(flags: PrinterFlags) -> tuple[Fault, ...]:
    """What is wrong, the cause that a person can put right first. Only PAPER_LOW lets it print on."""
    found = [
        (flags.cover_open, Fault.PRINTER_COVER_OPEN),
        (flags.paper_out, Fault.PRINTER_PAPER_OUT),
        (flags.cutter_error, Fault.PRINTER_CUTTER),
        (flags.overheated, Fault.PRINTER_OVERHEATED),
        (flags.broken, Fault.PRINTER_BROKEN),
    ]
    named = [fault for so, fault in found if so]
    if not named and flags.error:
        named.append(Fault.PRINTER_BROKEN)
    if not named and flags.offline:
        named.append(Fault.PRINTER_OFFLINE)
    if flags.paper_low and not flags.paper_out:
        named.append(Fault.PRINTER_PAPER_LOW)
    return tuple(named)
