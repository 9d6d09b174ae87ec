"""Master lists: the country signing certificates that one state vouches for (ICAO 9303-12 §8).

Pure. A published file is a CMS SignedData; its content is `CscaMasterList`. That the list is whole is
proven by its embedded signer, whose own issuer must be a country certificate in the list. That proves
nothing about who sent it: whoever makes a list can make its signer. Trust is the importer's decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hardware.passport import cms, tlv
from hardware.passport.certificates import Certificate
from hardware.passport.errors import Malformed, PassportError, Unsupported

CONTENT_TYPE = "2.23.136.1.1.2"
SIGNER_USAGE = "2.23.136.1.1.3"  # ICAO 9303-12 §7.1.3, the master list signer's extended key usage
_SEQUENCE, _SET, _INTEGER = 0x30, 0x31, 0x02


class Broken(StrEnum):
    """Why a list's own signature is not believed."""

    NO_SIGNER = "no-signer"  # the signer's certificate is not in the file
    SIGNATURE = "signature"  # changed after it was signed
    UNSUPPORTED = "unsupported"  # an algorithm that is not spoken here
    USAGE = "usage"  # the signer's certificate is for something else
    ISSUER = "issuer"  # the signer was not issued by a country certificate in the list
    EXPIRED = "expired"  # … or not valid when it signed


class Own(StrEnum):
    """How a certificate of the list proves itself, or why it does not."""

    SELF = "self-signed"
    ISSUER = "issuer-in-list"
    NAME_ONLY = "issuer-by-name-only"  # it names no issuer's key; one of that name in the list made it
    NO_ISSUER = "issuer-not-in-list"
    SIGNATURE = "signature"  # the key it names did not make it
    UNSUPPORTED = "unsupported"
    UNREADABLE = "unreadable"

    @property
    def verified(self) -> bool:
        return self in (Own.SELF, Own.ISSUER)


@dataclass(frozen=True)
class MasterList:
    """The certificates of one published list, in its order."""

    certificates: tuple[Certificate, ...] = field(repr=False)
    unreadable: tuple[str, ...]  # one reason for each that does not even parse
    signed: cms.SignedData = field(repr=False)

    @property
    def signer(self) -> Certificate | None:
        """The embedded certificate that the first signer names."""
        for signer in self.signed.signers[:1]:
            return next((each for each in self.signed.certificates if signer.is_of(each)), None)
        return None

    @property
    def signed_at(self) -> datetime | None:
        return self.signed.signers[0].signing_time if self.signed.signers else None

    @property
    def country(self) -> str:
        """Who vouches; empty where the signer is not there."""
        return self.signer.country if self.signer else ""

    def issuer_of_signer(self) -> Certificate | None:
        """The country certificate in the list that issued the signer's."""
        return self.signer and next(
            (each for each in candidates(self.signer, self.certificates) if _made(each, self.signer)), None
        )

    def broken(self) -> Broken | None:
        """None if the list's own signature holds."""
        signer, issuer = self.signer, self.issuer_of_signer()
        if signer is None:
            return Broken.NO_SIGNER
        fault = cms.fault(self.signed, self.signed.signers[0], signer)
        if fault is not None:
            return Broken.UNSUPPORTED if fault is cms.Fault.UNSUPPORTED else Broken.SIGNATURE
        if SIGNER_USAGE not in signer.extended_key_usage or not signer.may_sign:
            return Broken.USAGE
        if issuer is None or issuer.country != signer.country or not issuer.may_sign_certificates:
            return Broken.ISSUER
        if self.signed_at is not None and self.signed_at not in signer.validity:
            return Broken.EXPIRED
        return None


def parse(data: bytes) -> MasterList:
    """A published file. A certificate that does not parse is counted, not a reason to refuse the others."""
    signed = _signed(data)
    read, unreadable = [], []
    for each in _members(signed):
        try:
            read.append(Certificate(bytes(each)))
        except PassportError as error:
            unreadable.append(str(error))
    return MasterList(tuple(read), tuple(unreadable), signed)


def members(data: bytes) -> tuple[bytes, ...]:
    """The certificates of a list that was verified before, as bytes."""
    return tuple(bytes(each) for each in _members(_signed(data)))


def _signed(data: bytes) -> cms.SignedData:
    signed = cms.parse(data)
    if signed.content_type != CONTENT_TYPE:
        raise Malformed(f"a signed object of kind {signed.content_type}, not a master list")
    return signed


def _members(signed: cms.SignedData) -> tuple[tlv.Tlv, ...]:
    parts = tlv.parse(signed.content).children()
    if [part.tag for part in parts] != [_INTEGER, _SET]:
        raise Malformed("a master list of an unknown shape")
    if parts[0].value != b"\0":
        raise Unsupported("a master list of an unknown version")
    return parts[1].children()


def is_one(data: bytes) -> bool:
    """Whether a file looks like a master list, so that what is wrong with it is said as of one."""
    try:
        return cms.parse(data).content_type == CONTENT_TYPE
    except PassportError:
        return False


def candidates(of: Certificate, among: tuple[Certificate, ...]) -> Iterator[Certificate]:
    """Who may have issued `of`: by key identifier first, then by name; each once."""
    wanted = of.authority_key_id
    by_key = [each for each in among if wanted is not None and each.key_id == wanted]
    yield from by_key
    yield from (each for each in among if each.subject_key == of.issuer_key and each not in by_key)


def _made(issuer: Certificate, of: Certificate) -> bool:
    try:
        return of.signed_by(issuer.key)
    except PassportError:
        return False


def proofs(listed: tuple[Certificate, ...]) -> list[tuple[Certificate, Own]]:
    """How each certificate proves itself: by its own key, or by one that its key identifier names."""
    by_key: dict[bytes | None, list[Certificate]] = {}
    for each in listed:
        by_key.setdefault(_or_none(each), []).append(each)
    return [(each, _own(each, by_key, listed)) for each in listed]


def _or_none(certificate: Certificate) -> bytes | None:
    try:
        return certificate.key_id
    except PassportError:
        return None


def _own(
    of: Certificate, by_key: dict[bytes | None, list[Certificate]], listed: tuple[Certificate, ...]
) -> Own:
    try:
        wanted = of.authority_key_id
        if wanted in (None, of.key_id) and of.self_issued:
            return Own.SELF if of.signed_by(of.key) else Own.SIGNATURE
        if wanted is not None and (named := by_key.get(wanted)):
            return Own.ISSUER if any(_made(each, of) for each in named) else Own.SIGNATURE
        if any(_made(each, of) for each in listed if each.subject_key == of.issuer_key):
            return Own.NAME_ONLY
    except Unsupported:
        return Own.UNSUPPORTED
    except PassportError:
        return Own.UNREADABLE
    return Own.NO_ISSUER
