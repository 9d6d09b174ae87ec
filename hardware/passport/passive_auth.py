"""Passive authentication: are these data what a state signed? (ICAO 9303-11 §5.1, 9303-10 §4.6.2)

Pure. EF.SOD is a CMS SignedData over the hashes of the data groups. `verify` judges it with the groups that
were read and what the operator trusts, and answers check by check; it never raises for what a chip can hold.
`signed_by` does the same for EF.CardSecurity, whose content is another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hmac import compare_digest

from cryptography.hazmat.primitives.asymmetric import dsa, rsa

from hardware.passport import cms, signatures, tlv
from hardware.passport.certificates import Certificate
from hardware.passport.errors import Malformed, PassportError, Unsupported
from hardware.passport.files import File
from hardware.passport.findings import YES, Answer, Finding, Reason, worst
from hardware.passport.states import may_be_signed_by
from hardware.passport.trust import Trust

# 9303-10 §4.6.2; the next two stand in documents of before 2006 and in their signers' software, and China's
# passports call it plain data: what is signed must be a security object all the same.
_DATA = "1.2.840.113549.1.7.1"
CONTENT_TYPES = frozenset({"2.23.136.1.1.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1", _DATA})
CARD_SECURITY = "0.4.0.127.0.7.3.2.1"  # TR-03110-3 §A.1.2.5, EF.CardSecurity's content
_SOD = 0x77
_SEQUENCE, _INTEGER, _OCTET_STRING = 0x30, 0x02, 0x04
_LARGEST = 200_000  # bytes of EF.SOD; real ones have 1,000 to 3,000
_SLACK = timedelta(days=1)  # a signer's clock and a kiosk's clock in two time zones
_LAST_GROUP = 16


@dataclass(frozen=True)
class SignedBy:
    """Whose signature stands under a signed object, check by check."""

    signature: Finding
    chain: Finding  # signer → an imported country certificate
    validity: Finding  # both were valid when it was signed
    revocation: Finding
    country: str = ""
    signer: Certificate | None = field(default=None, repr=False)
    authority: Certificate | None = field(default=None, repr=False)
    signed_at: datetime | None = field(default=None, repr=False)  # it may tell a person's document apart
    weak: tuple[str, ...] = ()  # what was used that nobody should use any more: `sha1`, `RSA 1024`

    @property
    def genuine(self) -> Finding:
        """Revocation counts only as a no. Many states publish no list: that there is none is said, and no fault."""
        revoked = (self.revocation,) if self.revocation.answer is Answer.NO else ()
        return worst((self.signature, self.chain, self.validity, *revoked))


@dataclass(frozen=True)
class PassiveAuthentication:
    """What was proven of the data that were read."""

    by: SignedBy
    hashes: Finding  # all groups that were read
    state: Finding  # signed by the state that DG1 names
    groups: tuple[tuple[int, Finding], ...] = ()
    unread: tuple[int, ...] = ()  # signed, but not read
    version: int | None = None  # of the LDS security object: 0 or 1

    @property
    def genuine(self) -> Finding:
        return worst((self.by.genuine, self.hashes, self.state))

    def group(self, file: File) -> Finding | None:
        """Whether a group is what was signed; None where it was not read, or there is no hash to compare it with."""
        return dict(self.groups).get(file.group or 0)


@dataclass(frozen=True)
class SecurityObject:
    """LDSSecurityObject: the hash of each data group."""

    version: int
    digest: str
    hashes: Mapping[int, bytes]


def verify(
    sod: bytes | None, groups: Mapping[int, bytes], trust: Trust, now: datetime
) -> PassiveAuthentication:
    """EF.SOD as read from the chip (None: it has none), and the whole content of each file that was read."""
    if now.tzinfo is None:
        raise ValueError("now: without a time zone")
    if sod is None:
        return _nothing(Finding(Reason.NO_SIGNED_OBJECT))
    try:
        signed = cms.parse(unwrapped(sod))
    except PassportError as error:
        return _nothing(Finding.of(error))
    if signed.content_type not in CONTENT_TYPES:
        return _nothing(Finding(Reason.CONTENT, signed.content_type))
    by = _fitting(signed_by(signed, trust, now), groups.get(1), trust)
    try:
        named = security_object(signed.content)
    except PassportError as error:
        finding = Finding.of(error)
        return PassiveAuthentication(by, finding, finding)
    found = tuple((number, _group(named, number, groups[number])) for number in sorted(groups))
    hashes = worst(each for _, each in found) if found else Finding(Reason.NOTHING_READ)
    unread = tuple(sorted(set(named.hashes) - set(groups)))
    return PassiveAuthentication(by, hashes, _state(groups.get(1), by), found, unread, named.version)


def _nothing(finding: Finding) -> PassiveAuthentication:
    return PassiveAuthentication(SignedBy(finding, finding, finding, finding), finding, finding)


def unwrapped(sod: bytes) -> bytes:
    """The signed object inside EF.SOD. What follows the object is the file's padding (9303-10 §3.10.1
    lets a file be longer than what stands in it)."""
    tag, length, size = tlv.header(sod)
    if len(sod) > _LARGEST:
        raise Malformed(f"EF.SOD of {len(sod)} bytes")
    if tag != _SOD:
        raise Malformed(f"EF.SOD begins with {tag:X}")
    if size + length > len(sod):
        raise Malformed(f"EF.SOD: {len(sod) - size} bytes for a length of {length}")
    return sod[size : size + length]


def security_object(content: bytes) -> SecurityObject:
    """LDSSecurityObject, version 0 or 1 (9303-10 §4.6.2.3)."""
    whole = tlv.parse(content)
    parts = whole.children() if whole.tag == _SEQUENCE else ()
    if [part.tag for part in parts[:3]] != [_INTEGER, _SEQUENCE, _SEQUENCE] or len(parts) > 4:
        raise Malformed("a security object of an unknown shape")
    version = int.from_bytes(parts[0].value, "big")
    if version not in (0, 1):
        raise Unsupported(f"a security object of version {version}")
    hashes: dict[int, bytes] = {}
    for entry in parts[2].children():
        pair = entry.children() if entry.tag == _SEQUENCE else ()
        if [part.tag for part in pair] != [_INTEGER, _OCTET_STRING]:
            raise Malformed("a data group's hash of an unknown shape")
        number = int.from_bytes(pair[0].value, "big")
        if not 1 <= number <= _LAST_GROUP or number in hashes:
            raise Malformed("a data group that can't be, or is there twice")
        hashes[number] = pair[1].value
    return SecurityObject(version, signatures.digest_name(bytes(parts[1])), hashes)


def _group(named: SecurityObject, number: int, content: bytes) -> Finding:
    expected = named.hashes.get(number)
    if expected is None:
        return Finding(Reason.NOT_SIGNED, f"DG{number}")
    same = compare_digest(expected, cms.hashed(named.digest, content))
    return YES if same else Finding(Reason.HASH, f"DG{number}")


def _zone(content: bytes | None) -> tuple[str, str]:
    """Document code and state of DG1's zone: its characters 1 to 5 (9303-10 §4.7.1, 9303-3 §4). Malformed."""
    lines = tlv.parse(content or b"").child(0x5F1F).value[:5]
    try:
        return lines[:2].decode("ascii").replace("<", ""), lines[2:].decode("ascii").replace("<", "")
    except UnicodeDecodeError:
        raise Malformed("DG1: no zone") from None


def _state(zone: bytes | None, by: SignedBy) -> Finding:
    """Whether the state signed it that the zone names."""
    if zone is None:
        return Finding(Reason.NOTHING_READ, "DG1")
    try:
        _, state = _zone(zone)
    except PassportError:
        return Finding(Reason.MALFORMED, "DG1")
    allowed = may_be_signed_by(state)
    if allowed is None or by.signer is None:
        return Finding(Reason.UNKNOWN_STATE)
    return YES if by.country in allowed else Finding(Reason.STATE, by.country)


def _fitting(by: SignedBy, zone: bytes | None, trust: Trust) -> SignedBy:
    """With what the zone tells of its signer: a state that is known under one of its names is no unknown
    country, and a signer may be for other documents than this one."""
    try:
        code, state = _zone(zone)
    except PassportError:
        return by  # said as `state`
    if by.chain.reason is Reason.UNKNOWN_COUNTRY:
        if any(trust.authorities(country) for country in sorted(may_be_signed_by(state) or ())):
            return replace(by, chain=Finding(Reason.UNKNOWN_ISSUER, by.country))
    elif by.chain.reason is None and by.signer is not None and not by.signer.may_sign_kind(code):
        return replace(by, chain=Finding(Reason.SIGNER_USAGE, "for documents of another kind"))
    return by


# --- the signature -----------------------------------------------------------------------------


def signed_by(signed: cms.SignedData, trust: Trust, now: datetime) -> SignedBy:
    """Who signed; the best of all signers, where there is more than one."""
    found = [_signer(signed, signer, trust, now) for signer in signed.signers[:4]]
    order = (Answer.YES, Answer.NOT_POSSIBLE, Answer.NO)
    found.sort(key=lambda each: order.index(each.genuine.answer))
    none = Finding(Reason.SIGNATURE, "no signer")
    return found[0] if found else SignedBy(none, none, none, none)


def _signer(signed: cms.SignedData, signer: cms.Signer, trust: Trust, now: datetime) -> SignedBy:
    try:
        certificate = _certificate_of(signed, signer, trust)
        if certificate is None:
            finding = Finding(Reason.NO_SIGNER)
            return SignedBy(finding, finding, finding, finding)
        return _judged(signed, signer, certificate, trust, now)
    except PassportError as error:
        finding = Finding.of(error)
    return SignedBy(finding, finding, finding, finding)


def _certificate_of(signed: cms.SignedData, signer: cms.Signer, trust: Trust) -> Certificate | None:
    """The one that the signer names, from the document or from what was imported (old documents do not
    bring theirs); else the only one that is there, for names and identifiers are written wrongly too."""
    for each in signed.certificates:
        try:
            if signer.is_of(each):
                return each
        except PassportError:
            continue  # a broken one beside the signer's
    imported = next((each for each in trust.all_signers() if signer.is_of(each)), None)
    return signed.certificates[0] if imported is None and len(signed.certificates) == 1 else imported


def _judged(
    signed: cms.SignedData, signer: cms.Signer, certificate: Certificate, trust: Trust, now: datetime
) -> SignedBy:
    at = signer.signing_time
    issued = trust.issuer(certificate, at or now)
    return SignedBy(
        signature=_signature(signed, signer, certificate),
        chain=issued.finding if issued.finding.reason else _chain(certificate),
        validity=_validity(certificate, issued.certificate, at, now),
        revocation=_revocation(certificate, issued.certificate, trust, now),
        country=certificate.country,
        signer=certificate,
        authority=issued.certificate,
        signed_at=at,
        weak=_weak(signed, signer, certificate, issued.certificate),
    )


def _signature(signed: cms.SignedData, signer: cms.Signer, certificate: Certificate) -> Finding:
    match cms.fault(signed, signer, certificate):
        case None:
            return YES
        case cms.Fault.UNSUPPORTED:
            return Finding(Reason.UNSUPPORTED, _unsupported(signer, certificate))
        case cms.Fault.CONTENT_TYPE | cms.Fault.DIGEST as fault:
            return Finding(Reason.CONTENT, fault)
        case _:
            return Finding(Reason.SIGNATURE)


def _unsupported(signer: cms.Signer, certificate: Certificate) -> str:
    try:
        return f"{signer.algorithm}, {signer.digest}" if certificate.key else ""
    except PassportError as error:
        return str(error)


def _chain(certificate: Certificate) -> Finding:
    if not certificate.may_sign_documents:
        return Finding(Reason.SIGNER_USAGE)
    if certificate.not_understood:
        return Finding(Reason.UNSUPPORTED, ", ".join(certificate.not_understood)[:80])
    return YES


def _validity(
    certificate: Certificate, authority: Certificate | None, at: datetime | None, now: datetime
) -> Finding:
    """At signing time; where the signer does not say when, now, for a certificate outlives its documents
    (9303-12 §4.2)."""
    if at is not None and at > now + _SLACK:
        return Finding(Reason.NOT_YET_VALID, "signed in the future")
    spans = [(certificate.validity, "signer")]
    if at is not None and certificate.signing_period is not None:
        spans.append((certificate.signing_period, "signer's key"))
    if authority is not None:
        spans.append((authority.validity, "country certificate"))
    when = at or now
    for span, whose in spans:
        if when + _SLACK < span.begins:
            return Finding(Reason.NOT_YET_VALID, whose)
        if when - _SLACK > span.ends:
            return Finding(Reason.EXPIRED_AT_SIGNING if at else Reason.NO_SIGNING_TIME, whose)
    return YES


def _revocation(
    certificate: Certificate, authority: Certificate | None, trust: Trust, now: datetime
) -> Finding:
    """The signer's certificate, and the country's own where its list speaks of it."""
    found = trust.revocation(certificate, now)
    if authority is not None and trust.revocation(authority, now).reason is Reason.REVOKED:
        return Finding(Reason.REVOKED, "country certificate")
    return found


def _weak(
    signed: cms.SignedData, signer: cms.Signer, certificate: Certificate, authority: Certificate | None
) -> tuple[str, ...]:
    """SHA-1, RSA and DSA under 2048 bits, curves under 224 (9303-12 §4.4's smallest)."""
    found: dict[str, None] = {}
    digests: tuple[Callable[[], str | None], ...] = (
        lambda: signer.digest,
        lambda: signer.algorithm.digest,
        lambda: certificate.algorithm.digest,
        lambda: security_object(signed.content).digest,
    )
    for digest in digests:
        with suppress(PassportError):  # said where it matters; EF.CardSecurity has no such hashes
            found |= dict.fromkeys(name for name in (digest(),) if name == "sha1")
    for each in (certificate, authority):
        with suppress(PassportError):
            found |= dict.fromkeys(_weak_key(each.key) if each else ())
    return tuple(found)


def _weak_key(key: signatures.Key) -> tuple[str, ...]:
    match key:
        case rsa.RSAPublicKey() if key.key_size < 2048:
            return (f"RSA {key.key_size}",)
        case dsa.DSAPublicKey() if key.key_size < 2048:
            return (f"DSA {key.key_size}",)
        case signatures.EcKey() if key.curve.p.bit_length() < 224:
            return (key.curve.name,)
    return ()
