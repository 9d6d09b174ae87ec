"""Swipe and slot readers that send the machine-readable zone on a serial line.

`address = serial:///dev/ttyUSB0?baud=9600`. A swipe reader can't know whether a document still
lies there, and can't say whether it is well unless it has a question to ask (serial_listener.py).
"""

from __future__ import annotations

from typing import Any

from hardware.document_reader.contract import (
    DocumentPresented,
    DocumentReader,
    DocumentUnreadable,
    TravelDocument,
)
from hardware.document_reader.serial_mrz_wire import Framing
from hardware.errors import Fault
from hardware.passport.mrz import parse
from hardware.readings import DeviceEvent
from hardware.serial_listener import SerialListener


class SerialMrzReader(SerialListener, DocumentReader):
    """Options: `ask`, `answer`, `ask_every_s` (see serial_listener.py)."""

    GONE = Fault.DOCUMENT_READER_GONE
    SILENT = Fault.DOCUMENT_READER_SILENT
    NONSENSE = Fault.DOCUMENT_READER_NONSENSE

    def new_framing(self) -> Framing:
        return Framing()

    def happened(self, what: Any) -> DeviceEvent:
        result = parse(what.lines, self.settings.today())
        read = DocumentPresented(result) if isinstance(result, TravelDocument) else DocumentUnreadable(result)
        return DeviceEvent(self.name, self.KIND, what.began_s, read)

    async def lies_there(self) -> bool | None:
        """Nobody knows: no such reader says so."""
        return None


DRIVER = SerialMrzReader
