"""The files of a document's chip: where each lies, how it is named and how large it may be.

Sources: ICAO 9303-10 §3.6 (master file: EF.ATR/INFO, EF.DIR, EF.CardAccess, EF.CardSecurity), §4.6
(the eMRTD application: EF.COM, EF.SOD, DG1–DG16), table 35 (tags).
"""

from __future__ import annotations

from enum import Enum

APPLICATION = bytes.fromhex("A0000002471001")
"""The eMRTD application's identifier (9303-10 §3.5)."""
MASTER_FILE = 0x3F00

_SMALL, _LARGE = 0x1_0000, 0x10_0000


class File(Enum):
    """One file: name, file identifier, short identifier, tag of its content, most bytes we take.

    `tag` is 0 where a file is a run of objects. What says that it is longer than `most` is not read:
    a length is the first thing that a bad chip lies about.
    """

    ATR_INFO = "EF.ATR/INFO", 0x2F01, 0x01, 0, 0x1000, False
    DIR = "EF.DIR", 0x2F00, 0x1E, 0, 0x1000, False
    CARD_ACCESS = "EF.CardAccess", 0x011C, 0x1C, 0x31, 0x4000, False
    CARD_SECURITY = "EF.CardSecurity", 0x011D, 0x1D, 0x30, _SMALL, False
    COM = "EF.COM", 0x011E, 0x1E, 0x60, 0x1000, True
    SOD = "EF.SOD", 0x011D, 0x1D, 0x77, _SMALL, True
    DG1 = "EF.DG1", 0x0101, 0x01, 0x61, 0x400, True
    DG2 = "EF.DG2", 0x0102, 0x02, 0x75, _LARGE, True
    DG3 = "EF.DG3", 0x0103, 0x03, 0x63, _LARGE, True
    DG4 = "EF.DG4", 0x0104, 0x04, 0x76, _LARGE, True
    DG5 = "EF.DG5", 0x0105, 0x05, 0x65, _LARGE, True
    DG6 = "EF.DG6", 0x0106, 0x06, 0x66, _LARGE, True
    DG7 = "EF.DG7", 0x0107, 0x07, 0x67, _LARGE, True
    DG8 = "EF.DG8", 0x0108, 0x08, 0x68, _SMALL, True
    DG9 = "EF.DG9", 0x0109, 0x09, 0x69, _SMALL, True
    DG10 = "EF.DG10", 0x010A, 0x0A, 0x6A, _SMALL, True
    DG11 = "EF.DG11", 0x010B, 0x0B, 0x6B, _LARGE, True
    DG12 = "EF.DG12", 0x010C, 0x0C, 0x6C, _LARGE, True
    DG13 = "EF.DG13", 0x010D, 0x0D, 0x6D, _SMALL, True
    DG14 = "EF.DG14", 0x010E, 0x0E, 0x6E, _SMALL, True
    DG15 = "EF.DG15", 0x010F, 0x0F, 0x6F, _SMALL, True
    DG16 = "EF.DG16", 0x0110, 0x10, 0x70, _SMALL, True

    def __init__(self, title: str, fid: int, sfi: int, tag: int, most: int, in_application: bool) -> None:
        self.title = title
        self.fid = fid
        self.sfi = sfi
        self.tag = tag
        self.most = most
        self.in_application = in_application

    @property
    def group(self) -> int | None:
        """The data group's number, 1 to 16; None for the others."""
        return self.fid & 0xFF if self.title.startswith("EF.DG") else None


_BY_TAG = {file.tag: file for file in File if file.in_application}
_BY_GROUP = {file.group: file for file in File if file.group is not None}


def by_tag(tag: int) -> File | None:
    """The application's file with this tag, e.g. from EF.COM's list."""
    return _BY_TAG.get(tag)


def by_group(number: int) -> File | None:
    """The file of a data group, e.g. from the security object's list."""
    return _BY_GROUP.get(number)
