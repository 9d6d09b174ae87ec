"""A line of bytes to a device, whichever the bus: what TcpTransport, SerialTransport and UsbTransport share.

All raise ConnectionError – not there, taken, broken –, TimeoutError – late, and perhaps still there –,
and on opening PermissionError and BusMissing, which only a person can cure.
"""

from __future__ import annotations

from typing import Protocol


class BusMissing(Exception):
    """This machine lacks what the bus needs; `str()` says which package."""


class ByteLine(Protocol):
    """One open line. One task reads and one writes at a time."""

    async def read(self, at_most: int, within_s: float) -> bytes:
        """One to `at_most` bytes, as soon as there are any."""

    async def write(self, data: bytes, within_s: float) -> None:
        """All of `data`. After any error nobody knows how much of it arrived."""

    async def close(self, cut: bool = False) -> None:
        """Let go; `cut`: what has not arrived yet never shall. Never raises, may be called twice."""
