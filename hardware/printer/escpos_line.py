"""What each bus asks of ESC/POS bytes, where a job is broken off in the middle of a command.

- tcp: nothing. A connection that is cut takes a half command with it.
- usb: nothing either; `close(cut=True)` has the printer throw away what it holds.
- serial: slow, and the printer never learns that the port was closed. Pictures go in low bands, so that
  what is left of a half command is small, and after a job that was broken off the rest of its head
  follows and then as many NUL as the longest band has bytes: they end any command, and by themselves a
  printer ignores them ("NUL command is ignored when used alone": SPRT SP series, ESC/POS).
"""

from __future__ import annotations

from collections.abc import Sequence

from hardware.printer.line import PrinterLine

LOW_BAND = 24  # rows
RASTER, RASTER_HEAD = b"\x1dv0", 8  # GS v 0 m xL xH yL yH


def end_of_half_command(line: PrinterLine, commands: Sequence[bytes], sent: int, broke: bool, width_dots: int) -> bytes:
    """What a printer is sent before anything else after a job was broken off that far.

    Where the port itself went, the printer may have been without power: then no head is finished.
    """
    if not line.is_serial:
        return b""
    head = b"" if broke else _rest_of_head(commands, sent)
    return head + bytes(LOW_BAND * ((width_dots + 7) // 8))


def _rest_of_head(commands: Sequence[bytes], sent: int) -> bytes:
    """Of the command in which a job was broken off: all but a picture's dots."""
    for command in commands:
        if 0 < sent < len(command):
            end = RASTER_HEAD if command.startswith(RASTER) else len(command)
            return command[sent:end]
        sent -= len(command)
    return b""
