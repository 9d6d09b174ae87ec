"""How a printer is reached: `tcp://host:9100`, `usb://04b8:0202`, `serial:///dev/ttyS0?baud=19200`; the same for every protocol.

A serial line is slow, and what is at its other end never learns that the port was closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from hardware.transport.line import ByteLine
from hardware.transport.serial import SerialAddress, SerialTransport
from hardware.transport.tcp import TcpAddress, TcpTransport
from hardware.transport.usb import UsbAddress, UsbTransport

PORT = 9100
CHUNK_BYTES = 8192
SERIAL_CHUNK_S = 0.5  # so much at once that a fault or an end is noticed soon
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
    def is_serial(self) -> bool:
        return isinstance(self.to, SerialAddress)

    @property
    def chunk_bytes(self) -> int:
        """How much is written at once."""
        if isinstance(self.to, SerialAddress):
            return max(32, int(self.to.bytes_per_s * SERIAL_CHUNK_S))
        return CHUNK_BYTES

    def takes_s(self, count: int) -> float:
        """How long so many bytes are on the line, where that counts."""
        return count / self.to.bytes_per_s if isinstance(self.to, SerialAddress) else 0.0


def sent_over(line: ByteLine | None) -> tuple[int, bool]:
    """How many bytes have left over a serial line, and whether its port went; of other lines nobody knows."""
    return (line.taken, line.broke) if isinstance(line, SerialTransport) else (0, False)
