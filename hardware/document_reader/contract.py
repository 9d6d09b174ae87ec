"""Document readers: a passport or identity card, its data, and what of them was proven."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from hardware.driver import Driver
from hardware.passport.document import Sex, Source, TravelDocument, Unreadable
from hardware.readings import Kind

if TYPE_CHECKING:  # a terminal without a chip reader loads no cryptography
    from hardware.passport.lds import DocumentDetails, PersonDetails
    from hardware.passport.meter import Tally
    from hardware.passport.password import Password
    from hardware.passport.proof import Proof


@dataclass(frozen=True, repr=False)
class DocumentPresented:
    """Event: a document was read."""

    document: TravelDocument


@dataclass(frozen=True)
class DocumentUnreadable:
    """Event: something was laid or swiped, and could not be read."""

    why: Unreadable


class Chip(StrEnum):
    """What came of reading a chip: a person's doing, or the document's own. None of it is the device's fault."""

    READ = "read"
    NO_CHIP = "no-chip"  # nothing answered in time: no chip, or not laid flat
    LIFTED = "lifted"  # called again with the same password, it goes on where the chip allows
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - not this document's zone or number; never tried twice
    NEEDS_CAN = "needs-can"  # the zone does not open this one, the six digits on its front may
    GUARDED = "guarded"  # its number was wrong too often: one more could block it, so none is tried
    NOT_A_DOCUMENT = "not-a-document"  # a bank card, a telephone, a key card
    TWO_CARDS = "two-cards"  # where the reader can tell
    UNREADABLE = "unreadable"  # it speaks, but not as the standard says; `why` is for technicians


@dataclass(frozen=True)
class Wanted:
    """What is read beyond the printed zone's data and their proof."""

    portrait: bool = False
    details: bool = False  # further details of person and document (DG11, DG12), where they are there
    every_proof: bool = False  # active authentication also where the chip is proven without it
    pace: bool = True


@dataclass(frozen=True, repr=False)
class ChipRead:
    """One reading of a chip. `document` and `proof` are there exactly when it was READ. Never logged: no repr.

    `portrait` is a picture as it stands in the chip (JPEG or JPEG 2000), only when it was wanted;
    it lives in memory and nowhere else; `person` and `paper` only when details were. What follows `why` is for diagnostics: how the chip was
    opened (`PACE-ECDH-GM, AES-128`, `BAC`, `` for one that lies open), what each part took.
    """

    outcome: Chip
    document: TravelDocument | None = None
    proof: Proof | None = None
    portrait: bytes | None = None
    person: PersonDetails | None = None
    paper: DocumentDetails | None = None
    why: str = ""
    opened: str = ""
    pace_failed: str = ""  # why PACE was offered but not used
    files: dict[str, int] = field(default_factory=dict)  # EF.DG1 → bytes
    missing: dict[str, str] = field(default_factory=dict)  # asked for and not got: EF.DG2 → why
    seconds: float = 0.0  # of the chip, without the waiting for it
    tallies: tuple[Tally, ...] = ()


class DocumentReader(Driver):
    """Reports documents as events; can say whether one still lies there. Some read chips."""

    KIND = Kind.DOCUMENT_READER

    @abstractmethod
    async def lies_there(self) -> bool | None:
        """Whether a document lies on the reader now; None where this model can't know."""

    @property
    def noticed(self) -> bool:
        """Whether something was seen to lie on the chip's part: costs nothing, so it may be asked again and again."""
        return False

    async def next_laid(self) -> None:
        """Wait until something else lies on the chip's part than now, or the same once more."""
        raise NotImplementedError("this reader has no chip reader: ask reads_chips first")

    @property
    def reads_chips(self) -> bool:
        """Whether `read_chip` can be called."""
        return False

    async def read_chip(
        self,
        password: Password,
        *,
        document_within_s: float,
        order: Wanted,
        on_progress: Callable[[float], None],
    ) -> ChipRead:
        """Wait for a document for so long, then open and read its chip, and judge what it proves.

        `on_progress` is told the part that is done, 0 to 1, in the loop's thread, at least every 250 ms
        of the chip's time. Raises DeviceErrors for what the reader can't do; may be cancelled.
        """
        raise NotImplementedError("this reader has no chip reader: ask reads_chips first")

    def forget(self) -> None:
        """The visit is over: what was kept of a lifted document, to go on with it, is dropped."""


__all__ = [
    "Chip", "ChipRead", "DocumentPresented", "DocumentReader", "DocumentUnreadable", "Sex", "Source", "TravelDocument",
    "Unreadable", "Wanted",
]  # fmt: skip
