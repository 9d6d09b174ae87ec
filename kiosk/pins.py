"""PINs: which are too easy to guess."""

from __future__ import annotations

from enum import StrEnum


class Weak(StrEnum):
    """Why a PIN is not taken."""

    NOT_DIGITS = "not-digits"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    REPEATED = "repeated"  # 111111, 121212, 123123, 112233
    RUN = "run"  # 123456, 987654
    DATE = "date"  # a birthday or a year in it
