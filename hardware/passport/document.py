"""What stands in a travel document, wherever it was read: printed zone or chip (ICAO 9303-3 §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Source(StrEnum):
    """Where a document's data come from, weakest first."""

    TYPED = "typed"  # by the guest's finger: unproven, goes to staff
    MRZ = "mrz"  # read by a device from the printed zone, check digits right
    CHIP = "chip"  # read from the chip; what was proven of it stands in the Proof beside it


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"
    UNSPECIFIED = "X"


@dataclass(frozen=True, repr=False)
class TravelDocument:
    """What stands in a travel document (ICAO 9303-3 §4; TD1, TD2, TD3). Never logged: no repr.

    `surname` and `given_names` are as in the zone: A–Z and spaces, fillers removed;
    `name_truncated` says that the zone had no room for all of it.
    Years are four digits: birth is never in the future, expiry is within −50 … +50 years
    of `today` as the parser was told. `born` is None where day or month are unknown (`<`),
    `born_text` then holds the six characters.
    """

    source: Source
    document_code: str  # 'P', 'ID', 'I', 'AC' … as printed, fillers removed
    issuer: str  # ICAO code: 'UTO', 'D', 'HUN'
    number: str
    surname: str
    given_names: str
    name_truncated: bool
    nationality: str
    born: date | None
    born_text: str
    sex: Sex
    expires: date | None
    personal_number: str = ""
    number_in_zone: str = ""  # only where fillers stand inside it: a space or a hyphen of the number (9303-4 §4.2.2)

    @property
    def printed_number(self) -> str:
        """As it stands in the zone, fillers inside it and all."""
        return self.number_in_zone or self.number

    def expired(self, today: date) -> bool:
        """Whether it was valid until before `today`; a document without expiry never is."""
        return self.expires is not None and self.expires < today


class Unreadable(StrEnum):
    """Why a swipe or a picture gave no document: a person's doing, so a result."""

    CHECK_DIGIT = "check-digit"
    FORMAT = "format"
    PARTIAL = "partial"  # swiped too fast, ended too early
    NOT_IDENTITY = "not-identity"  # a visa: read well, but it is not an identity document
