"""Command chaining on the chip's side: a command that comes in pieces (ISO/IEC 7816-4 §5.1.1).

All pieces have the same instruction and parameters, and the same protection; each but the last says by its
class that more comes. PACE uses that bit for something else as well – all of its commands but the last are one
chain (ICAO 9303-11 §4.4.4.3) – so there a command is whole when its template is.
"""

from __future__ import annotations

from dataclasses import replace

from hardware.document_reader.virtual_passport import MOST_COMMAND
from hardware.document_reader.virtual_status import Refusal, Sw
from hardware.passport import tlv
from hardware.passport.apdu import Command
from hardware.passport.errors import Malformed

CHAINED = 0x10


class Chain:
    """`taken`: whether this chip takes pieces at all."""

    def __init__(self, taken: bool) -> None:
        self.taken = taken
        self.forget()

    def forget(self) -> None:
        self._begun: tuple[int, int, int] | None = None
        self._data = b""

    def joined(self, command: Command, *, protocol: bool) -> Command | None:
        """The whole command; None while there is more to come. 6883 for another command in the middle of one."""
        if not self.taken:
            return command
        header = (command.ins, command.p1, command.p2)
        if self._begun not in (None, header):
            raise Refusal(Sw.LAST_OF_CHAIN_EXPECTED)
        data = self._data + command.data
        if len(data) > MOST_COMMAND:
            raise Refusal(Sw.WRONG_LENGTH)
        if command.cla & CHAINED and not (protocol and _is_whole(data)):
            self._begun, self._data = header, data
            return None
        self.forget()
        return replace(command, data=data)


def _is_whole(data: bytes) -> bool:
    """Whether a template is there with all that it says it holds."""
    try:
        _, length, size = tlv.header(data)
    except Malformed:
        return False
    return len(data) >= size + length
