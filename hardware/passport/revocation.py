"""Certificate revocation lists of countries (ICAO 9303-12 §7.1.4, RFC 5280 §5).

Pure. One list speaks for all certificates that a country's signing authority issued, whichever of its keys
made them. A list that speaks for some only (an issuing distribution point, a delta) is Unsupported:
what is not on it proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import pem, x509

from hardware.passport import ber, signatures, tlv
from hardware.passport.ber import dotted, oid
from hardware.passport.certificates import Certificate, country_of, guarded, name_key
from hardware.passport.errors import Malformed, PassportError, Unsupported

LARGEST = 16_000_000  # bytes
_SEQUENCE, _BIT_STRING, _INTEGER, _OID, _BOOLEAN = 0x30, 0x03, 0x02, 0x06, 0x01
_TIMES = (0x17, 0x18)
_AUTHORITY_KEY_ID = oid("2.5.29.35")
_NUMBER = oid("2.5.29.20")


@dataclass(frozen=True)
class RevocationList:
    """One list, read by `revocation_list`."""

    der: bytes = field(repr=False)
    issuer: str
    issuer_key: str = field(repr=False)
    country: str
    this_update: datetime
    next_update: datetime | None
    revoked: frozenset[int] = field(repr=False)
    authority_key_id: bytes | None = field(repr=False)
    number: int | None
    algorithm: signatures.Algorithm
    _signed: bytes = field(repr=False)
    _signature: bytes = field(repr=False)

    def signed_by(self, authority: Certificate) -> bool:
        """Whether this country certificate made the list; one that can't be computed did not."""
        if not authority.may_sign_lists:
            return False
        try:
            return signatures.verify(authority.key, self.algorithm, self._signature, self._signed)
        except PassportError:
            return False

    def fresh(self, at: datetime) -> bool:
        """Whether a newer one is not yet due. Without a date for it, 90 days: the longest that ICAO
        allows between two lists (9303-12 §5.5.2)."""
        if self.next_update is not None:
            return at <= self.next_update
        return (at - self.this_update).days < 90


def _extensions(wrapped: tlv.Tlv) -> dict[bytes, bytes]:
    """extnID → value. A critical one that is not understood makes the whole list useless."""
    found: dict[bytes, bytes] = {}
    for extension in tlv.parse(wrapped.value).children():
        parts = extension.children()
        if len(parts) not in (2, 3) or parts[0].tag != _OID or parts[0].value in found:
            raise Malformed("an extension that is none")
        critical = len(parts) == 3 and parts[1].tag == _BOOLEAN and parts[1].value != b"\0"
        if critical and parts[0].value not in (_AUTHORITY_KEY_ID, _NUMBER):
            raise Unsupported(f"a revocation list with {dotted(parts[0].value)}")
        found[parts[0].value] = parts[-1].value
    return found


def _serial(entry: tlv.Tlv) -> int:
    parts = entry.children()
    if not parts or parts[0].tag != _INTEGER:
        raise Malformed("a revoked certificate without a number")
    return int.from_bytes(parts[0].value, "big", signed=True)


def _time(value: tlv.Tlv) -> datetime:
    at: Any = guarded("time", lambda: x509.Time.load(bytes(value)).native)
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise Malformed("a time without a zone")
    return at


def _key_id(value: bytes | None) -> bytes | None:
    found = tlv.parse(value).find(0x80) if value else None
    return found.value if found else None


def _number(value: bytes | None) -> int | None:
    return int.from_bytes(tlv.parse(value).value[:40], "big") if value else None


def revocation_list(data: bytes) -> RevocationList:
    """One list, in DER or PEM. Unsupported where its algorithm, or a critical extension, is not spoken."""
    if pem.detect(data):
        kind, _, data = guarded("PEM", lambda: pem.unarmor(data))
        if kind != "X509 CRL":
            raise Malformed("a PEM file of another kind")
    if len(data) > LARGEST:
        raise Malformed(f"a revocation list of {len(data)} bytes")
    outer = tlv.parse(ber.definite(data)).children()
    if [part.tag for part in outer] != [_SEQUENCE, _SEQUENCE, _BIT_STRING]:
        raise Malformed("a revocation list of an unknown shape")
    signed, algorithm, signature = outer
    parts = [part for part in signed.children() if part.tag != _INTEGER]  # that is the version
    times = [part for part in parts[2:] if part.tag in _TIMES]
    rest = parts[2 + len(times) :]
    if [part.tag for part in parts[:2]] != [_SEQUENCE] * 2 or len(times) not in (1, 2) or len(rest) > 2:
        raise Malformed("a revocation list of an unknown shape")
    revoked = rest.pop(0).children() if rest and rest[0].tag == _SEQUENCE else ()
    extensions = _extensions(rest[0]) if rest else {}
    name = guarded("issuer", lambda: x509.Name.load(bytes(parts[1])))
    return RevocationList(
        der=data,
        issuer=guarded("issuer", lambda: str(name.human_friendly)),
        issuer_key=guarded("issuer", lambda: name_key(name)),
        country=guarded("issuer", lambda: country_of(name)),
        this_update=_time(times[0]),
        next_update=_time(times[1]) if len(times) == 2 else None,
        revoked=frozenset(_serial(each) for each in revoked),
        authority_key_id=_key_id(extensions.get(_AUTHORITY_KEY_ID)),
        number=_number(extensions.get(_NUMBER)),
        algorithm=signatures.algorithm(bytes(algorithm)),
        _signed=bytes(signed),
        _signature=signature.value[1:],
    )
