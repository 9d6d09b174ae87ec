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

from asn1crypto import core, pem, x509

from hardware.passport import ber, signatures, tlv
from hardware.passport.errors import Malformed, PassportError

_T = TypeVar("_T")
LARGEST = 20_000  # bytes; the largest in the published lists has under 4,000
_SEQUENCE, _SET, _BOOLEAN, _BIT_STRING, _OCTET_STRING, _OID = 0x30, 0x31, 0x01, 0x03, 0x04, 0x06
_EXTENSIONS = 0xA3

_KEY_ID, _AUTHORITY_KEY_ID, _KEY_USAGE = "2.5.29.14", "2.5.29.35", "2.5.29.15"
_BASIC_CONSTRAINTS, _EXTENDED_KEY_USAGE, _SIGNING_PERIOD = "2.5.29.19", "2.5.29.37", "2.5.29.16"
_DOCUMENT_TYPES = "2.23.136.1.1.6.2"
_ANY_USAGE, _ICAO = "2.5.29.37.0", "2.23.136.1.1."
# Another extension that is marked critical is one that nobody here can judge. Beside those above: policies,
# distribution points, alternative names, ICAO's name change and document types (9303-12 §7.1.1).
_UNDERSTOOD = frozenset(
    {
        _KEY_ID, _AUTHORITY_KEY_ID, _KEY_USAGE, _BASIC_CONSTRAINTS, _EXTENDED_KEY_USAGE, _SIGNING_PERIOD,
        "2.5.29.32", "2.5.29.31", "2.5.29.17", "2.5.29.18", "2.23.136.1.1.6.1", _DOCUMENT_TYPES,
    }
)  # fmt: skip
_USAGES = (
    "digital_signature", "non_repudiation", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


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
    def _extensions(self) -> dict[str, tuple[bool, bytes]]:
        """By dotted name: critical or not, and the value. Taken apart here, since in practice a value is not
        always what its name promises, and most nobody asks for."""
        signed = tlv.parse(self._get("certificate", lambda tbs: bytes(tbs.dump())))
        wrapped = signed.find(_EXTENSIONS)
        return _extensions(tlv.parse(wrapped.value)) if wrapped else {}

    def _extension(self, name: str, tag: int) -> tlv.Tlv | None:
        if name not in self._extensions:
            return None
        value = tlv.parse(self._extensions[name][1])
        if value.tag != tag:
            raise Malformed(f"extension {name} with a {value.tag:X}")
        return value

    @cached_property
    def key_id(self) -> bytes | None:
        """Subject key identifier. One country leaves out the octet string around it."""
        _, value = self._extensions.get(_KEY_ID, (False, None))
        if value is None:
            return None
        try:
            wrapped = tlv.parse(value)
        except Malformed:
            return value
        return wrapped.value if wrapped.tag == _OCTET_STRING else value

    @cached_property
    def authority_key_id(self) -> bytes | None:
        found = self._extension(_AUTHORITY_KEY_ID, _SEQUENCE)
        wanted = found.find(0x80) if found else None
        return wanted.value if wanted else None

    @cached_property
    def key_usage(self) -> frozenset[str] | None:
        """None: the certificate does not restrict it."""
        found = self._extension(_KEY_USAGE, _BIT_STRING)
        if found is None:
            return None
        bits = "".join(f"{octet:08b}" for octet in found.value[1:3])
        return frozenset(name for name, bit in zip(_USAGES, bits, strict=False) if bit == "1")

    @cached_property
    def extended_key_usage(self) -> frozenset[str]:
        """Object identifiers, dotted."""
        found = self._extension(_EXTENDED_KEY_USAGE, _SEQUENCE)
        return frozenset(ber.dotted(each.value) for each in found.children()) if found else frozenset()

    @cached_property
    def is_ca(self) -> bool | None:
        """What basic constraints say; None where there are none."""
        found = self._extension(_BASIC_CONSTRAINTS, _SEQUENCE)
        if found is None:
            return None
        says = found.find(_BOOLEAN)
        return says is not None and says.value not in (b"", b"\0")

    @cached_property
    def signing_period(self) -> Validity | None:
        """When the private key may have been used (RFC 3280 §4.2.1.4), within the validity."""
        found = self._extension(_SIGNING_PERIOD, _SEQUENCE)
        if found is None:
            return None
        begins, ends = (_general_time(found.find(tag)) for tag in (0x80, 0x81))
        return Validity(begins or self.validity.begins, ends or self.validity.ends)

    @cached_property
    def not_understood(self) -> tuple[str, ...]:
        """Critical extensions that nobody here can judge (RFC 5280 §4.2: then it must be refused)."""
        return tuple(
            name for name, (critical, _) in self._extensions.items() if critical and name not in _UNDERSTOOD
        )

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
    def may_sign(self) -> bool:
        """Something that is no certificate and no list of revoked ones."""
        return self.is_ca is not True and (self.key_usage is None or "digital_signature" in self.key_usage)

    @property
    def may_sign_documents(self) -> bool:
        """ICAO 9303-12 §7.1.1: digitalSignature, never a CA, and no key for something else: what signs master
        lists, deviation lists or visible seals has an extended key usage, of ICAO's or critical."""
        if not self.may_sign:
            return False
        critical, _ = self._extensions.get(_EXTENDED_KEY_USAGE, (False, b""))
        others = self.extended_key_usage - {_ANY_USAGE}
        return not (critical and others) and not any(each.startswith(_ICAO) for each in others)

    def may_sign_kind(self, code: str) -> bool:
        """Whether it is for documents whose zone begins with `code`, fillers apart: `P`, `ID`. In its list one
        letter stands for all that begin with it (9303-12 §7.1.1.6); zones are as short, for the same thing."""
        kinds = self.document_types
        return not kinds or any(
            code == kind or (1 in (len(code), len(kind)) and code[:1] == kind[:1]) for kind in kinds
        )

    @cached_property
    def document_types(self) -> frozenset[str]:
        """What the signer is for, by the document codes of its zones; empty where it does not say, or not as
        the standard has it: SEQUENCE of a version and a SET of strings (2.23.136.1.1.6.2)."""
        try:
            found = self._extension(_DOCUMENT_TYPES, _SEQUENCE)
            listed = found.find(_SET) if found else None
            codes = [each.value.decode("ascii") for each in listed.children()] if listed else []
        except (PassportError, UnicodeDecodeError):
            return frozenset()
        return frozenset(code for code in (each.replace("<", "").strip().upper() for each in codes) if code)

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


def _extensions(sequence: tlv.Tlv) -> dict[str, tuple[bool, bytes]]:
    """One that stands there twice could be read in two ways (RFC 5280 §4.2: must not)."""
    named: dict[str, tuple[bool, bytes]] = {}
    for each in sequence.children():
        parts = each.children()
        if len(parts) not in (2, 3) or parts[0].tag != _OID or parts[-1].tag != _OCTET_STRING:
            raise Malformed("an extension that is none")
        name = ber.dotted(parts[0].value)
        if name in named:
            raise Malformed(f"extension {name} stands there twice")
        named[name] = (len(parts) == 3 and parts[1].value not in (b"", b"\0"), parts[-1].value)
    return named


def _general_time(found: tlv.Tlv | None) -> datetime | None:
    if found is None:
        return None
    return _aware(guarded("time", lambda: core.GeneralizedTime.load(tlv.encode(0x18, found.value)).native))


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
