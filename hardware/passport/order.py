"""What is wanted of a document's chip, and what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hardware.passport.files import File
from hardware.passport.findings import Finding, Reason
from hardware.passport.pace import ChipProof

NOT_ASKED = Finding(Reason.NOT_ASKED)
NO_KEY = Finding(Reason.NO_CHIP_KEY)
"""None in DG14 or DG15 as it was read; whether it should have been there, `proof.judge` says."""


@dataclass(frozen=True)
class Order:
    """What is wanted of a chip: which data groups, and by which of its mechanisms.

    `groups` that the signed object does not name are not asked for; DG3 and DG4 never are. `pace`,
    `chip_authentication` and `active_authentication` can be left out, to look into a chip; what was then not
    proven is `not-asked`. `every_proof`: active authentication also where the chip is proven without it."""

    groups: tuple[File, ...] = (File.DG1, File.DG2)
    pace: bool = True
    chip_authentication: bool = True
    active_authentication: bool = True
    every_proof: bool = False
    long_answers: bool = True  # False for a reader that can't carry extended APDUs


@dataclass(frozen=True)
class Reading:
    """What a chip gave. `chip` and `active` hold only if the keys in DG14 and DG15 are the signed ones."""

    files: Mapping[File, bytes] = field(repr=False)
    failed: Mapping[File, str]  # what was asked for and not got, and why
    opened: str  # 'PACE-ECDH-GM, AES-128', 'BAC', '' for a chip that lies open
    chip: Finding
    active: Finding
    mapping: ChipProof | None = field(repr=False)
    pace_failed: str = ""  # why PACE was offered but not used
