"""The travel documents of the sample guests, with their machine-readable zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hardware.document_reader.contract import Sex, Source, TravelDocument
from hardware.passport.mrz import Form, build


@dataclass(frozen=True, repr=False)
class Document:
    """A travel document of a sample guest. `mrz`: two lines of 44 (TD3) or three of 30 (TD1)."""

    kind: str  # 'TD1', 'TD3'
    number: str
    issuer: str  # three letters
    nationality: str
    family_name: str  # as in the MRZ: A–Z and blanks
    given_names: str
    born: date
    sex: str
    expires: date
    optional: str = ""

    @property
    def mrz(self) -> tuple[str, ...]:
        document = TravelDocument(
            source=Source.MRZ,
            document_code="I" if self.kind == "TD1" else "P",
            issuer=self.issuer,
            number=self.number,
            surname=self.family_name,
            given_names=self.given_names,
            name_truncated=False,
            nationality=self.nationality,
            born=self.born,
            born_text=f"{self.born:%y%m%d}",
            sex=Sex(self.sex or Sex.UNSPECIFIED),
            expires=self.expires,
            personal_number=self.optional,
        )
        return build(document, Form(self.kind))
