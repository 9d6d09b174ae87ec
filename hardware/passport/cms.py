"""SignedData of CMS (RFC 5652 §5): what EF.SOD, EF.CardSecurity and master lists are wrapped in.

Pure. BER is taken, indefinite lengths too; the signed attributes are verified as the SET that they
were signed as (§5.4), over their own bytes. What can be wrong with a signature is a `Fault`, an answer and
no exception; Malformed is for bytes that are no SignedData.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes

from hardware.passport import ber, signatures, tlv
from hardware.passport.ber import dotted, oid
from hardware.passport.certificates import Certificate, guarded, name_key
from hardware.passport.errors import Malformed, Unsupported

_SEQUENCE, _SET, _OID, _INTEGER, _OCTET_STRING = 0x30, 0x31, 0x06, 0x02, 0x04
_SIGNED_DATA = oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
_SIGNING_TIME = oid("1.2.840.113549.1.9.5")
_MOST = 100  # certificates, or signers; a signed object of a document has one of each
LARGEST = 16_000_000  # bytes; the published master lists have under 1,000,000


class Fault(StrEnum):
    """Why a signature does not hold."""

    CONTENT_TYPE = "content-type"  # the signed attributes speak of another kind of content
    DIGEST = "digest"  # … or of other content
    SIGNATURE = "signature"  # not made by this certificate's key
    UNSUPPORTED = "unsupported"  # an algorithm that is not spoken; not a proof of anything


@dataclass(frozen=True)
class Signer:
    """One SignerInfo: who it says it is, and what it signed."""

    issuer_key: str | None = field(repr=False)  # with `serial`, or else `key_id`
    serial: int | None
    key_id: bytes | None
    digest_identifier: bytes = field(repr=False)
    algorithm_identifier: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    attributes: tlv.Tlv | None = field(repr=False)

    def is_of(self, certificate: Certificate) -> bool:
        """Whether this is the certificate that the signer names."""
        if self.key_id is not None:
            return certificate.key_id == self.key_id
        return certificate.serial == self.serial and certificate.issuer_key == self.issuer_key

    @property
    def digest(self) -> str:
        return signatures.digest_name(self.digest_identifier)

    @property
    def algorithm(self) -> signatures.Algorithm:
        return signatures.algorithm(self.algorithm_identifier)

    @property
    def signing_time(self) -> datetime | None:
        """As the signer says; None where it does not, or not so that it can be read."""
        try:
            return guarded("signing time", lambda: _time(self._attribute(_SIGNING_TIME)))
        except Malformed:
            return None

    def _attribute(self, kind: bytes) -> tlv.Tlv | None:
        """The one value of an attribute; Malformed where there is more than one (RFC 5652 §11)."""
        if self.attributes is None:
            return None
        found = []
        for attribute in self.attributes.children():
            parts = attribute.children()
            if parts[:1] == (tlv.Tlv(_OID, kind),):
                found += [each for value in parts[1:] for each in value.children()]
        if len(found) > 1:
            raise Malformed("a signed attribute with two values")
        return found[0] if found else None


@dataclass(frozen=True)
class SignedData:
    """Content, and who signed it."""

    content_type: str
    content: bytes = field(repr=False)
    certificates: tuple[Certificate, ...] = field(repr=False)
    signers: tuple[Signer, ...]
    unreadable: int = 0  # certificates inside that are none; the signer's may still be there


def parse(data: bytes) -> SignedData:
    """A ContentInfo with SignedData and its content inside."""
    if len(data) > LARGEST:
        raise Malformed(f"a signed object of {len(data)} bytes")
    info = tlv.parse(ber.definite(data)).children()
    if len(info) != 2 or info[0].tag != _OID or info[0].value != _SIGNED_DATA:
        raise Malformed("not a signed object")
    parts = list(tlv.parse(info[1].value).children())
    if (
        len(parts) < 4
        or [part.tag for part in parts[:3]] != [_INTEGER, _SET, _SEQUENCE]
        or parts[-1].tag != _SET
    ):
        raise Malformed("a signed object of an unknown shape")
    kind, content = _content(parts[2])
    inside = next((part for part in parts[3:-1] if part.tag == 0xA0), None)
    certificates, unreadable = _certificates(inside)
    infos = parts[-1].children()
    if len(infos) > _MOST:
        raise Malformed(f"a signed object with {len(infos)} signers")
    signers = tuple(_signer(each) for each in infos)
    return SignedData(kind, content, certificates, signers, unreadable)


def _content(encapsulated: tlv.Tlv) -> tuple[str, bytes]:
    parts = encapsulated.children()
    if [part.tag for part in parts] != [_OID, 0xA0]:
        raise Malformed("a signed object without its content")
    octets = tlv.parse(parts[1].value)
    if octets.tag != _OCTET_STRING:
        raise Malformed("a signed object whose content is not an octet string")
    return dotted(parts[0].value), octets.value


def _certificates(inside: tlv.Tlv | None) -> tuple[tuple[Certificate, ...], int]:
    read, unreadable = [], 0
    members = inside.children() if inside else ()
    if len(members) > _MOST:
        raise Malformed(f"a signed object with {len(members)} certificates")
    for each in members:
        try:
            read.append(Certificate(bytes(each)))
        except Malformed:
            unreadable += 1
    return tuple(read), unreadable


def _signer(info: tlv.Tlv) -> Signer:
    parts = [part for part in info.children() if part.tag != 0xA1]
    attributes = parts.pop(3) if len(parts) == 6 and parts[3].tag == 0xA0 else None
    if [part.tag for part in parts[2:]] != [_SEQUENCE, _SEQUENCE, _OCTET_STRING]:
        raise Malformed("a signer of an unknown shape")
    who, digest, algorithm, signature = parts[1:]
    issuer_key = serial = key_id = None
    if who.tag == _SEQUENCE and len(who.children()) == 2:
        issuer, number = who.children()
        issuer_key = guarded("issuer", lambda: name_key(x509.Name.load(bytes(issuer))))
        serial = int.from_bytes(number.value, "big", signed=True)
    elif who.tag in (0x80, 0xA0):
        key_id = who.value if who.tag == 0x80 else tlv.parse(who.value).value
    else:
        raise Malformed("a signer without a name")
    return Signer(
        issuer_key, serial, key_id, bytes(digest), bytes(algorithm), signature.value, attributes,
    )  # fmt: skip


def _time(value: tlv.Tlv | None) -> datetime | None:
    if value is None:
        return None
    at: datetime = x509.Time.load(bytes(value)).native
    if at.tzinfo is None:
        raise Malformed("a time without a zone")
    return at


def fault(signed: SignedData, signer: Signer, certificate: Certificate) -> Fault | None:
    """Whether `signer`'s signature holds for the content with this certificate's key: None, or why not."""
    try:
        return _fault(signed, signer, certificate)
    except Unsupported:
        return Fault.UNSUPPORTED
    except Malformed:
        return Fault.SIGNATURE


def _fault(signed: SignedData, signer: Signer, certificate: Certificate) -> Fault | None:
    messages = [signed.content]
    if signer.attributes is None and signed.content[:1] == bytes((_SET,)):
        return Fault.CONTENT_TYPE  # or somebody's attributes, which are such a SET, would pass for content
    if signer.attributes is not None:
        kind, digest = signer._attribute(_CONTENT_TYPE), signer._attribute(_MESSAGE_DIGEST)
        if kind is None or kind.tag != _OID or dotted(kind.value) != signed.content_type:
            return Fault.CONTENT_TYPE
        if digest is None or not compare_digest(digest.value, hashed(signer.digest, signed.content)):
            return Fault.DIGEST
        messages = _as_signed(signer.attributes)
    key, algorithm = certificate.key, signer.algorithm
    named = signer.digest
    holds = any(signatures.verify(key, algorithm, signer.signature, each, named) for each in messages)
    return None if holds else Fault.SIGNATURE


def _as_signed(attributes: tlv.Tlv) -> list[bytes]:
    """As a SET, in the order they stand in; and in DER's order, which some signed but did not send."""
    sent = tlv.encode(_SET, attributes.value)
    sorted_ = tlv.encode(_SET, b"".join(sorted(bytes(each) for each in attributes.children())))
    return [sent] if sorted_ == sent else [sent, sorted_]


def hashed(digest: str, data: bytes) -> bytes:
    hasher = hashes.Hash(signatures.HASHES[digest]())
    hasher.update(data)
    return hasher.finalize()
