"""The far end of a wire, virtual: what all virtual devices share.

A virtual device is as strict as the real one and is reached over the same wire by the same
driver. A person plays with it by `do(verb, *words)`: from `kiosk virtual …`, from the demo
drawer, from tests. Socket and pty ends run as child processes (`python -m hardware.<kind>.virtual_<driver>`);
cards and doors live in this process.
"""

from __future__ import annotations

from typing import Protocol


class VirtualDevice(Protocol):
    """One virtual device: started, played with, stopped."""

    address: str
    """For the driver, known after `start()`."""

    verbs: dict[str, str]
    """What can be done to it: verb → one line of help (`{"paper-out": "take the paper out"}`)."""

    async def start(self) -> None:
        """Begin to serve; returns when the driver can connect."""

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        """Play: returns what is now so, for people and programs. ValueError for an unknown verb."""

    async def stop(self) -> None:
        """End; may be called twice."""
