"""How an ESC/POS printer is reached: `tcp://host:9100`, `usb://04b8:0202`, `serial:///dev/ttyS0?baud=19200`.

What each bus asks of the bytes:

- tcp: nothing. A connection that is cut takes a half command with it.
- usb: nothing either; `close(cut=True)` has the printer throw away what it holds.
- serial: slow, and the printer never learns that the port was closed. Pictures go in low bands, so that
  what is left of a half command is small, and after a job that was broken off as many CR follow as the
  longest band has bytes: they end any command, and by themselves a printer ignores them (Epson, CR).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from hardware.transport.line import ByteLine
from hardware.transport.serial import SerialAddress, SerialTransport
from hardware.transport.tcp import TcpTransport
from hardware.transport.usb import UsbAddress, UsbTransport

PORT = 9100
CHUNK_BYTES = 8192
SERIAL_CHUNK_S = 0.5  # so much at once that a fault or an end is noticed soon
LOW_BAND = 24  # rows
SAID = "a printer is tcp://host:port, usb://04b8:0202 (vendor:product) or serial:///dev/ttyX?baud=19200"


@dataclass(frozen=True)
class PrinterLine:
    """An address that was understood."""

    to: tuple[str, int] | UsbAddress | SerialAddress

    @classmethod
    def parse(cls, address: str) -> PrinterLine:
        """ValueError says what is wrong with it and what is allowed."""
        scheme = urlsplit(address).scheme
        if scheme == "usb":
            return cls(UsbAddress.parse(address))
        if scheme == "serial":
            return cls(SerialAddress.parse(address))
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port or PORT
        except ValueError:
            host, port = None, 0
        if scheme != "tcp" or not host or parts.path.strip("/") or parts.query:
            raise ValueError(f"{address}: {SAID}")
        return cls((host, port))

    async def open(self, within_s: float) -> ByteLine:
        """See `transport/line.py` for what it raises."""
        if isinstance(self.to, UsbAddress):
            return await UsbTransport.open(self.to, within_s)
        if isinstance(self.to, SerialAddress):
            return await SerialTransport.open(self.to, within_s)
        return await TcpTransport.open(*self.to, within_s)

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

    def end_of_half_command(self, width_dots: int) -> bytes:
        """What a printer is sent before anything else after a job was broken off."""
        if not isinstance(self.to, SerialAddress):
            return b""
        return b"\r" * (LOW_BAND * ((width_dots + 7) // 8))
