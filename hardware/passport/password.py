"""What opens a chip: the printed zone, or the six digits on the front (ICAO 9303-11 §4.3.2, §4.4.2, §9.7.2 f.)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import IntEnum

from hardware.passport.crypto import FOR_PASSWORD, Cipher, kdf
from hardware.passport.document import TravelDocument
from hardware.passport.mrz import check_digit

_SEED = 16


class Kind(IntEnum):
    """The password's reference in MSE:Set AT."""

    MRZ = 1
    CAN = 2


@dataclass(frozen=True)
class Password:
    """`secret` never stands in a repr."""

    kind: Kind
    secret: bytes = field(repr=False)

    @classmethod
    def mrz(cls, number: str, born: str, expires: str) -> Password:
        """From the document's number (of any length, without fillers) and the two dates as printed, YYMMDD."""
        information = mrz_information(number, born, expires).encode("ascii")
        return cls(Kind.MRZ, hashlib.sha1(information, usedforsecurity=False).digest())

    @classmethod
    def of(cls, document: TravelDocument) -> Password:
        """From a zone that was read; ValueError if it holds what no chip is opened by."""
        expires = f"{document.expires:%y%m%d}" if document.expires else "<" * 6
        return cls.mrz(document.printed_number, document.born_text, expires)

    @classmethod
    def can(cls, digits: str) -> Password:
        """From the card access number; ValueError if it is none."""
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise ValueError("a card access number has six digits")
        return cls(Kind.CAN, digits.encode("ascii"))

    @property
    def seed(self) -> bytes:
        """BAC's key seed (9303-11 §9.7.2)."""
        if self.kind is not Kind.MRZ:
            raise ValueError("basic access control takes the printed zone only")
        return self.secret[:_SEED]

    def key(self, cipher: Cipher) -> bytes:
        """PACE's K_π, which the nonce is encrypted under (9303-11 §9.7.3)."""
        return kdf(self.secret, FOR_PASSWORD, cipher)


def mrz_information(number: str, born: str, expires: str) -> str:
    """Number, date of birth and date of expiry, each with its check digit. A number shorter than nine
    has fillers, a longer one is taken whole (9303-11 §4.3.2, appendix D.2)."""
    fields = (number.rstrip("<").ljust(9, "<"), born, expires)
    if not re.fullmatch(r"[A-Z0-9<]{9,22}", fields[0]) or not all(
        re.fullmatch(r"[0-9<]{6}", day) for day in fields[1:]
    ):
        raise ValueError("not what a machine-readable zone holds")
    return "".join(each + check_digit(each) for each in fields)
