"""What a chip answers when it does not do what it was told (ISO/IEC 7816-4 §5.6; 9303-11 §9.8.5)."""

from __future__ import annotations

from enum import IntEnum


class Sw(IntEnum):
    DONE = 0x9000
    MORE = 0x6100  # and how many bytes
    END_OF_FILE = 0x6282
    AUTHENTICATION_FAILED = 0x6300
    TRIES_LEFT = 0x63C0  # and how many
    WRONG_LENGTH = 0x6700
    NO_SUCH_PROTECTION = 0x6882
    LAST_OF_CHAIN_EXPECTED = 0x6883
    NO_CHAINING = 0x6884
    SECURITY_STATUS = 0x6982
    BLOCKED = 0x6983
    CONDITIONS = 0x6985
    NO_FILE_SELECTED = 0x6986
    PROTECTION_MISSING = 0x6987
    PROTECTION_WRONG = 0x6988
    WRONG_DATA = 0x6A80
    NO_FUNCTION = 0x6A81
    NO_FILE = 0x6A82
    WRONG_P1_P2 = 0x6A86
    NO_REFERENCE = 0x6A88
    BEYOND_THE_END = 0x6B00
    EXACT_LENGTH = 0x6C00  # and which
    NO_INSTRUCTION = 0x6D00
    NO_CLASS = 0x6E00


class Refusal(Exception):
    """A command is not carried out; `.sw` says why."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw
