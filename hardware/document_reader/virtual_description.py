"""What a virtual passport shall be: whose, how it is opened, what it can prove, and how it is broken."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hardware.document_reader.contract import TravelDocument
from hardware.document_reader.virtual_keys import Hash, KeyKind
from hardware.passport.crypto import Cipher
from hardware.passport.dg2 import Container
from hardware.passport.files import File
from hardware.passport.mrz import Form
from hardware.passport.picture import PictureFormat
from hardware.passport.security_infos import Mapping


@dataclass(frozen=True)
class Pace:
    """One way of PACE. `group`: number of the standardised domain parameters (9303-11 §9.5.1)."""

    mapping: Mapping = Mapping.GENERIC
    cipher: Cipher = Cipher.AES128
    group: int = 12

    @property
    def finite_field(self) -> bool:
        return self.group <= 2


@dataclass(frozen=True)
class ChipAuthentication:
    """A static key for chip authentication on a standardised group (9303-11 §6.2)."""

    cipher: Cipher = Cipher.AES128
    group: int = 12
    key_id: int | None = None
    explicit: bool = True

    @property
    def finite_field(self) -> bool:
        return self.group <= 2


@dataclass(frozen=True)
class ActiveAuthentication:
    """A key pair for active authentication (9303-11 §6.1). RSA signs by ISO/IEC 9796-2, scheme 1."""

    key: KeyKind = KeyKind.RSA_1024
    hash: Hash = Hash.SHA_1


class Fault(StrEnum):
    """How a document is bad."""

    WRONG_SIGNATURE = "wrong-signature"
    CHANGED_ZONE = "changed-zone"
    COPIED = "copied"  # all files of a good document, without its chip's private keys
    UNSIGNED_ZONE = "unsigned-zone"  # the security object has no hash of DG1
    LYING_LENGTHS = "lying-lengths"
    NESTED = "nested"  # a thousand objects, one inside the other, without an end


class Manner(StrEnum):
    """What chips are allowed to do, and do not all do."""

    PIECES = "pieces"  # 61xx: more than 256 bytes are fetched by GET RESPONSE
    CHAINS = "chains"  # command chaining, said in the ATR: what is longer than 255 bytes comes in pieces
    EXACT = "exact"  # 6Cxx: asked for more than there is, it says how much there is


@dataclass(frozen=True, repr=False)
class Description:
    """All that makes one virtual document. By default: a passport with basic access control."""

    document: TravelDocument
    form: Form = Form.TD3
    bac: bool = True
    pace: tuple[Pace, ...] = ()
    can: str = ""
    can_only: bool = False  # the zone does not open it, the access number does
    can_tries: int | None = None  # wrong card access numbers until it is blocked; None: as many as one likes
    chip_authentication: ChipAuthentication | None = None
    active_authentication: ActiveAuthentication | None = None
    extended: bool = True  # extended length, said in the ATR and in EF.ATR/INFO
    picture: PictureFormat = PictureFormat.JPEG
    picture_bytes: int = 20_000  # at most
    container: Container = Container.ISO_19794
    hash: Hash = Hash.SHA_256
    lds_version: int = 0  # of the security object
    more: tuple[File, ...] = ()  # DG7, DG11, DG12; DG3 and DG4 are there and stay closed
    manners: frozenset[Manner] = field(default_factory=frozenset)
    faults: frozenset[Fault] = field(default_factory=frozenset)
    withheld: tuple[File, ...] = ()  # signed, but the chip does not have them
    answers_in_s: float = 0.0
    agrees_in_s: float = 0.0  # and so much longer an answer for which it agrees on a key
    vanishes_at: File | None = None  # when this is read, once: it is taken away before it has answered
