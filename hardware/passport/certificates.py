"""X.509 certificates of countries and document signers (ICAO 9303-12 §7, RFC 5280).

Pure. Strict about what a decision rests on – the signature over the certificate's own bytes, key,
validity, key usage – and tolerant of what is met in practice beside it: sloppy DER, names in
another case or string type, countries in small letters, missing extensions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

from asn1crypto import pem, x509

from hardware.passport import ber, signatures
from hardware.passport.errors import Malformed, PassportError

_T = TypeVar("_T")
LARGEST = 100_000  # bytes; the largest in the published lists has under 4,000
# What a decision can rest on; another extension that is marked critical is one we don't understand.
_UNDERSTOOD = {
    "key_usage", "basic_constraints", "extended_key_usage", "key_identifier", "authority_key_identifier",
    "private_key_usage_period", "certificate_policies", "crl_distribution_points", "subject_alt_name",
    "issuer_alt_name", "2.23.136.1.1.6.1", "2.23.136.1.1.6.2",
}  # fmt: skip


def guarded(what: str, read: Callable[[], _T]) -> _T:
    """What `asn1crypto` makes of bytes that already are well-formed BER, or Malformed."""
    try:
        return read()
    except PassportError:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise Malformed(f"{what}: {type(error).__name__}") from None


@dataclass(frozen=True)
class Validity:
    """From when until when, both inclusive."""

    begins: datetime
    ends: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.begins <= at <= self.ends


@dataclass(frozen=True, eq=False)
class Certificate:
    """One certificate. Reading it checks its outer shape; each field is read when it is asked for,
    and is Malformed then if it can't be. `key` may be Unsupported too."""

    der: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.der) > LARGEST:
            raise Malformed(f"a certificate of {len(self.der)} bytes")
        if ber.definite(self.der) != self.der:
            raise Malformed("a certificate that is not DER")
        self._get("certificate", lambda tbs: tbs["serial_number"].native)

    @cached_property
    def _parsed(self) -> Any:
        return guarded("certificate", lambda: x509.Certificate.load(self.der, strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.der)

    def __repr__(self) -> str:
        return f"Certificate({self.fingerprint[:16]}…)"

    def _get(self, what: str, read: Callable[[Any], _T]) -> _T:
        parsed = self._parsed
        return guarded(what, lambda: read(parsed["tbs_certificate"]))

    # --- who ---

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the whole certificate, as countries publish it."""
        return hashlib.sha256(self.der).hexdigest()

    @cached_property
    def subject(self) -> str:
        """For people."""
        return self._get("subject", lambda tbs: str(tbs["subject"].human_friendly))

    @cached_property
    def issuer(self) -> str:
        return self._get("issuer", lambda tbs: str(tbs["issuer"].human_friendly))

    @cached_property
    def subject_key(self) -> str:
        """For comparing; see `name_key`."""
        return self._get("subject", lambda tbs: name_key(tbs["subject"]))

    @cached_property
    def issuer_key(self) -> str:
        return self._get("issuer", lambda tbs: name_key(tbs["issuer"]))

    @cached_property
    def country(self) -> str:
        """The subject's country (two letters as a rule), in capitals; empty if it names none."""
        return self._get("subject", lambda tbs: country_of(tbs["subject"]))

    @cached_property
    def issuer_country(self) -> str:
        return self._get("issuer", lambda tbs: country_of(tbs["issuer"]))

    @cached_property
    def serial(self) -> int:
        return self._get("serial number", lambda tbs: int(tbs["serial_number"].native))

    @property
    def self_issued(self) -> bool:
        return self.subject_key == self.issuer_key

    # --- extensions ---

    @cached_property
    def _extensions(self) -> dict[str, Any]:
        return self._get("extensions", lambda tbs: _extensions(tbs["extensions"]))

    def _extension(self, name: str, read: Callable[[Any], _T]) -> _T | None:
        found = self._extensions.get(name)
        return None if found is None else guarded(name, lambda: read(found["extn_value"].parsed))

    @cached_property
    def key_id(self) -> bytes | None:
        """Subject key identifier."""
        return self._extension("key_identifier", lambda value: bytes(value.native))

    @cached_property
    def authority_key_id(self) -> bytes | None:
        def read(value: Any) -> bytes | None:
            found = value["key_identifier"].native
            return None if found is None else bytes(found)

        return self._extension("authority_key_identifier", read)

    @cached_property
    def key_usage(self) -> frozenset[str] | None:
        """None: the certificate does not restrict it."""
        return self._extension("key_usage", lambda value: frozenset(value.native))

    @cached_property
    def extended_key_usage(self) -> frozenset[str]:
        """Object identifiers, dotted."""
        read = self._extension("extended_key_usage", lambda value: frozenset(each.dotted for each in value))
        return read or frozenset()

    @cached_property
    def is_ca(self) -> bool | None:
        """What basic constraints say; None where there are none."""
        return self._extension("basic_constraints", lambda value: bool(value["ca"].native))

    @cached_property
    def signing_period(self) -> Validity | None:
        """When the private key may have been used (RFC 3280 §4.2.1.4), within the validity."""

        def read(value: Any) -> Validity:
            begins, ends = value["not_before"].native, value["not_after"].native
            return Validity(begins or self.validity.begins, ends or self.validity.ends)

        return self._extension("private_key_usage_period", read)

    @cached_property
    def not_understood(self) -> tuple[str, ...]:
        """Critical extensions that nobody here can judge (RFC 5280 §4.2: then it must be refused)."""
        critical = (name for name, each in self._extensions.items() if each["critical"].native)
        return tuple(name for name in critical if name not in _UNDERSTOOD)

    # --- what it may, and when ---

    @cached_property
    def validity(self) -> Validity:
        def read(tbs: Any) -> Validity:
            times = tbs["validity"]
            return Validity(*(_aware(times[name].native) for name in ("not_before", "not_after")))

        return self._get("validity", read)

    @property
    def may_sign_certificates(self) -> bool:
        """Key usage decides; without it, basic constraints. Lists hold country certificates that say
        keyCertSign and, wrongly, that they are no CA."""
        if self.key_usage is not None:
            return "key_cert_sign" in self.key_usage
        return self.is_ca is True

    @property
    def may_sign_lists(self) -> bool:
        return self.key_usage is None or "crl_sign" in self.key_usage

    @property
    def may_sign_documents(self) -> bool:
        """ICAO 9303-12 §7.1.1: digitalSignature, and never a CA."""
        return self.is_ca is not True and (self.key_usage is None or "digital_signature" in self.key_usage)

    # --- key and signature ---

    @cached_property
    def key(self) -> signatures.Key:
        return signatures.load_key(
            self._get("public key", lambda tbs: bytes(tbs["subject_public_key_info"].dump()))
        )

    @cached_property
    def algorithm(self) -> signatures.Algorithm:
        """As named outside and, signed, inside: they must be the same (RFC 5280 §4.1.1.2)."""
        parsed = self._parsed
        outer = guarded("signature", lambda: bytes(parsed["signature_algorithm"].dump()))
        inner = self._get("signature", lambda tbs: bytes(tbs["signature"].dump()))
        found = signatures.algorithm(outer)
        if inner != outer and signatures.algorithm(inner) != found:
            raise Malformed("a certificate that names two signature algorithms")
        return found

    def signed_by(self, key: signatures.Key) -> bool:
        """Whether `key` made the signature; Unsupported if that can't be told."""
        parsed = self._parsed
        signed = self._get("certificate", lambda tbs: bytes(tbs.dump()))
        signature = guarded("signature", lambda: bytes(parsed["signature_value"].native))
        return signatures.verify(key, self.algorithm, signature, signed)


def name_key(name: Any) -> str:
    """An `asn1crypto` Name prepared for comparing as RFC 5280 §7.1 says, case and string type apart – and the
    order of its parts: one state's signed objects name their signer's issuer in another order than its
    certificate does. A name only finds a key; that it is the right one, a signature proves."""
    return "\x1e".join(sorted(str(name.hashable).split("\x1e")))


def country_of(name: Any) -> str:
    """The country of an `asn1crypto` Name."""
    for part in name.chosen:
        for each in part:
            if each["type"].native == "country_name":
                return str(each["value"].native).strip().upper()[:3]
    return ""


def _extensions(found: Any) -> dict[str, Any]:
    """By name. One that stands there twice could be read in two ways (RFC 5280 §4.2: must not)."""
    named: dict[str, Any] = {}
    for each in found or ():
        name = each["extn_id"].native
        if name in named:
            raise Malformed(f"{name} stands there twice")
        named[name] = each
    return named


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def certificates(data: bytes) -> tuple[Certificate, ...]:
    """The certificates of a file: one in DER, or any number in PEM. Malformed if there is none."""
    if not pem.detect(data):
        return (Certificate(data),)
    found = guarded("PEM", lambda: list(pem.unarmor(data, multiple=True)))
    read = tuple(Certificate(der) for kind, _, der in found if kind == "CERTIFICATE")
    if not read:
        raise Malformed("a PEM file without a certificate")
    return read
