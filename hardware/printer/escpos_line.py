"""How an ESC/POS printer is reached: `tcp://host:9100`, `usb://04b8:0202`, `serial:///dev/ttyS0?baud=19200`.

What each bus asks of the bytes:

- tcp: nothing. A connection that is cut takes a half command with it.
- usb: nothing either; `close(cut=True)` has the printer throw away what it holds.
- serial: slow, and the printer never learns that the port was closed. Pictures go in low bands, so that
  what is left of a half command is small, and after a job that was broken off the rest of its head
  follows and then as many NUL as the longest band has bytes: they end any command, and by themselves a
  printer ignores them ("NUL command is ignored when used alone": SPRT SP series, ESC/POS).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from hardware.transport.line import ByteLine
from hardware.transport.serial import SerialAddress, SerialTransport
from hardware.transport.tcp import TcpAddress, TcpTransport
from hardware.transport.usb import UsbAddress, UsbTransport

PORT = 9100
CHUNK_BYTES = 8192
SERIAL_CHUNK_S = 0.5  # so much at once that a fault or an end is noticed soon
LOW_BAND = 24  # rows
RASTER, RASTER_HEAD = b"\x1dv0", 8  # GS v 0 m xL xH yL yH
SAID = "a printer is tcp://host:port, usb://04b8:0202 (vendor:product) or serial:///dev/ttyX?baud=19200"


@dataclass(frozen=True)
class PrinterLine:
    """An address that was understood."""

    to: TcpAddress | UsbAddress | SerialAddress

    @classmethod
    def parse(cls, address: str) -> PrinterLine:
        """ValueError says what is wrong with it and what is allowed."""
        scheme = urlsplit(address).scheme
        if scheme == "usb":
            return cls(UsbAddress.parse(address))
        if scheme == "serial":
            return cls(SerialAddress.parse(address))
        try:
            return cls(TcpAddress.parse(address, usual_port=PORT))
        except ValueError:
            raise ValueError(f"{address}: {SAID}") from None

    async def open(self, within_s: float) -> ByteLine:
        """See `transport/line.py` for what it raises."""
        if isinstance(self.to, UsbAddress):
            return await UsbTransport.open(self.to, within_s)
        if isinstance(self.to, SerialAddress):
            return await SerialTransport.open(self.to, within_s)
        return await TcpTransport.open(self.to.host, self.to.port, within_s)

    @property
    def chunk_bytes(self) -> int:
        """How much is written at once."""
        if isinstance(self.to, SerialAddress):
            return max(32, int(self.to.bytes_per_s * SERIAL_CHUNK_S))
        return CHUNK_BYTES

    def takes_s(self, count: int) -> float:
        """How long so many bytes are on the line, where that counts."""
        return count / self.to.bytes_per_s if isinstance(self.to, SerialAddress) else 0.0

    @property
    def low_bands(self) -> bool:
        return isinstance(self.to, SerialAddress)

    def end_of_half_command(self, commands: Sequence[bytes], sent: int, broke: bool, width_dots: int) -> bytes:
        """What a printer is sent before anything else after a job was broken off that far.

        Where the port itself went, the printer may have been without power: then no head is finished.
        """
        if not isinstance(self.to, SerialAddress):
            return b""
        head = b"" if broke else _rest_of_head(commands, sent)
        return head + bytes(LOW_BAND * ((width_dots + 7) // 8))


def sent_over(line: ByteLine | None) -> tuple[int, bool]:
    """How many bytes have left over a serial line, and whether its port went; of other lines nobody knows."""
    return (line.taken, line.broke) if isinstance(line, SerialTransport) else (0, False)


def _rest_of_head(commands: Sequence[bytes], sent: int) -> bytes:
    """Of the command in which a job was broken off: all but a picture's dots."""
    for command in commands:
        if 0 < sent < len(command):
            end = RASTER_HEAD if command.startswith(RASTER) else len(command)
            return command[sent:end]
        sent -= len(command)
    return b""
