"""What a guest is told of a document that gave nothing, and of a reader that can't read one."""

from __future__ import annotations

from hardware.document_reader.contract import Unreadable
from hardware.readings import Kind
from kiosk.language import T, Text
from kiosk.terminal import Terminal

WHY_NOT_READ: dict[Unreadable, Text] = {
    Unreadable.CHECK_DIGIT: T("A character could not be read for certain. Please try once more."),
    Unreadable.FORMAT: T("That does not look like a passport or identity card. Please try again."),
    Unreadable.PARTIAL: T("Only a part was read. Please try again, slowly and in one go."),
    Unreadable.NOT_IDENTITY: T("That is a visa. Please use the page of your passport with your photo."),
}

READER_AWAY = T("The document reader does not answer. A colleague can help you now.")


def reader_away(terminal: Terminal) -> Text | None:
    """What to say where a document is asked for and nothing can read it."""
    return None if terminal.works(Kind.DOCUMENT_READER) else READER_AWAY
