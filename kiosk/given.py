"""What a person gave to a device, as an answer: a document, a code, a card."""

from __future__ import annotations

from collections.abc import Callable

from hardware.card_reader.contract import CardPresented
from hardware.document_reader.contract import DocumentPresented, DocumentUnreadable
from hardware.readings import DeviceEvent
from hardware.scanner.contract import CodeScanned
from kiosk.prompts import Answer, Laid, NotRead, Scanned, Shown, Takes


def as_answer(event: DeviceEvent) -> Answer | None:
    """None where it answers nothing, as a card that is taken away."""
    make = _ANSWERS.get(type(event.what))
    return make(event.what) if make else None


def takes(answer: Answer) -> Takes:
    """The way in which it was given."""
    return _WAY[type(answer)]


_ANSWERS: dict[type, Callable[..., Answer]] = {
    DocumentPresented: lambda what: Shown(what.document),
    DocumentUnreadable: lambda what: NotRead(what.why),
    CodeScanned: lambda what: Scanned(what.text, what.symbology, what.cut),
    CardPresented: lambda what: Laid(what.card),
}
_WAY = {Shown: Takes.DOCUMENT, NotRead: Takes.DOCUMENT, Scanned: Takes.CODE, Laid: Takes.CARD}
