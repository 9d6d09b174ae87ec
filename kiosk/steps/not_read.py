"""How a document is shown to this terminal's reader, and what a guest is told of one that gave nothing."""

from __future__ import annotations

from hardware.document_reader.contract import Unreadable
from hardware.readings import Kind
from kiosk.language import T, Text
from kiosk.prompts import Option
from kiosk.sections import Gesture
from kiosk.settings import Settings
from kiosk.terminal import Terminal

_WHY: dict[Unreadable, Text] = {
    Unreadable.CHECK_DIGIT: T("That could not be read for certain. {again}"),
    Unreadable.FORMAT: T("That does not look like a passport or identity card. Please try again."),
    Unreadable.PARTIAL: T("Only a part was read. {again}"),
    Unreadable.NOT_IDENTITY: T("That is a visa. Please use the page of your passport with your photo."),
}
_AGAIN: dict[Gesture, Text] = {
    Gesture.SWIPE: T("Please swipe it once more, slowly and in one movement."),
    Gesture.LAY: T("Please place it once more, flat and still."),
}
PICTURES: dict[Gesture, str] = {Gesture.SWIPE: "swipe-document", Gesture.LAY: "lay-document"}

READER_AWAY = T("The document reader does not answer. A colleague can help you now.")


def gesture(settings: Settings) -> Gesture:
    """What a guest does with a document here."""
    reader = settings.document_reader
    return reader.gesture if reader else Gesture.LAY


def why_not_read(settings: Settings, why: Unreadable) -> Text:
    """What was wrong, and what to do now: the gesture of this reader."""
    words = _WHY[why]
    return Text(words.key, (("again", _AGAIN[gesture(settings)]),)) if "{again}" in words.key else words


def reader_away(terminal: Terminal) -> Text | None:
    """What to say where a document is asked for and nothing can read it."""
    return None if terminal.works(Kind.DOCUMENT_READER) else READER_AWAY


def other_ways(settings: Settings, notice: Text | None) -> tuple[Option, ...]:
    """Typing where the hotel allows it, and a person as soon as something went wrong."""
    typed = (Option("type", T("Type it in instead")),) if settings.kiosk.typed_document else ()
    return (*typed, *((Option("person", T("Call us"), quiet=True),) if notice else ()))
