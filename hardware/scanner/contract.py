"""Scanners: QR and bar codes, as text with their AIM symbology."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hardware.driver import Driver
from hardware.readings import Kind


class Symbology(StrEnum):
    """From the AIM identifier before the data (`]Q1`); UNKNOWN where the scanner sends none."""

    QR = "qr"
    PDF417 = "pdf417"
    DATA_MATRIX = "data-matrix"
    AZTEC = "aztec"
    CODE128 = "code128"
    EAN = "ean"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, repr=False)
class CodeScanned:
    """Event: one code. `text` is UTF-8 decoded (what isn't becomes U+FFFD), at most 4096 characters,

    `cut` says that more came and was thrown away. The text is a stranger's: never trust it.
    """

    text: str
    symbology: Symbology
    cut: bool = False


class Scanner(Driver):
    """Reports codes as events."""

    KIND = Kind.SCANNER
