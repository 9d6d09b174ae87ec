"""What a guest is told of a document that was laid down and gave nothing."""

from __future__ import annotations

from hardware.document_reader.contract import Unreadable
from kiosk.language import T, Text

WHY_NOT_READ: dict[Unreadable, Text] = {
    Unreadable.CHECK_DIGIT: T("A character could not be read for certain. Please try once more."),
    Unreadable.FORMAT: T("That does not look like a passport or identity card. Please try again."),
    Unreadable.PARTIAL: T("Only a part was read. Please try again, slowly and in one go."),
    Unreadable.NOT_IDENTITY: T("That is a visa. Please use the page of your passport with your photo."),
}
