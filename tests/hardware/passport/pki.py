"""A country's keys and papers for the tests, good and bad: every field can be set otherwise.

Keys and signatures by `cryptography`, structures by `asn1crypto`; nothing of `hardware.passport` but the
numbers of the curves, which `test_curves.py` holds against other sources.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from asn1crypto import algos, cms, core, crl, keys, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa, utils

from hardware.passport.curves import CURVES

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
HASHES = {
    "sha1": hashes.SHA1(),  # noqa: S303 - met in documents
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
LDS, MASTER_LIST, LIST_SIGNING = "2.23.136.1.1.1", "2.23.136.1.1.2", "2.23.136.1.1.3"
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"


@dataclass(frozen=True, eq=False)
class Signing:
    """A private key, and how it signs. `pss`: salt length; `mask`: another hash for its mask."""

    private: Any
    digest: str = "sha256"
    pss: int | None = None
    mask: str = ""
    explicit: bool = False
    plain: bool = False  # ECDSA with r and s side by side
    algorithm_id: Any = None  # written instead of the right one

    @classmethod
    def ec(cls, curve: ec.EllipticCurve | None = None, **how: Any) -> Signing:
        return cls(ec.generate_private_key(curve or ec.SECP256R1()), **how)

    @classmethod
    def rsa(cls, bits: int = 2048, **how: Any) -> Signing:
        return cls(rsa.generate_private_key(65537, bits), **how)

    @cached_property
    def spki(self) -> keys.PublicKeyInfo:
        der = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        info = keys.PublicKeyInfo.load(der)
        if self.explicit:
            info["algorithm"]["parameters"] = spelled_out(self.private.curve.name)
        return info

    @property
    def key_id(self) -> bytes:
        return hashlib.sha1(self.spki["public_key"].dump(), usedforsecurity=False).digest()

    @property
    def algorithm(self) -> algos.SignedDigestAlgorithm:
        if self.algorithm_id is not None:
            return algos.SignedDigestAlgorithm(self.algorithm_id)
        kind = type(self.private).__name__
        if self.pss is not None:
            mask = {"algorithm": "mgf1", "parameters": {"algorithm": self.mask or self.digest}}
            parameters = {
                "hash_algorithm": {"algorithm": self.digest},
                "mask_gen_algorithm": mask,
                "salt_length": self.pss,
            }
            return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})
        name = "rsa" if "RSA" in kind else "dsa" if "DSA" in kind else "ecdsa"
        return algos.SignedDigestAlgorithm({"algorithm": f"{self.digest}_{name}"})

    def sign(self, data: bytes) -> bytes:
        digest = HASHES[self.digest]
        if isinstance(self.private, rsa.RSAPrivateKey):
            how: Any = padding.PKCS1v15()
            if self.pss is not None:
                how = padding.PSS(padding.MGF1(HASHES[self.mask or self.digest]), self.pss)
            return self.private.sign(data, how, digest)
        if isinstance(self.private, dsa.DSAPrivateKey):
            return self.private.sign(data, digest)
        der = bytes(self.private.sign(data, ec.ECDSA(digest)))
        if not self.plain:
            return der
        size = (self.private.curve.key_size + 7) // 8
        return b"".join(each.to_bytes(size, "big") for each in utils.decode_dss_signature(der))


def spelled_out(openssl_name: str) -> keys.ECDomainParameters:
    curve = CURVES[openssl_name]
    return keys.ECDomainParameters(
        name="specified",
        value={
            "version": "ecdpVer1",
            "field_id": {"field_type": "prime_field", "parameters": curve.p},
            "curve": {"a": curve.a.to_bytes(curve.size, "big"), "b": curve.b.to_bytes(curve.size, "big")},
            "base": curve.encode(curve.x, curve.y),
            "order": curve.n,
            "cofactor": curve.h,
        },
    )


@dataclass(frozen=True, eq=False)
class Paper:
    """A certificate with its private key."""

    der: bytes
    key: Signing

    @property
    def parsed(self) -> x509.Certificate:
        return x509.Certificate.load(self.der)


def name(common: str, country: str = "UT") -> x509.Name:
    return x509.Name.build({"country_name": country, "organization_name": "Utopia", "common_name": common})


def certificate(
    key: Signing,
    by: Paper | None = None,
    *,
    common: str = "CSCA",
    country: str = "UT",
    begins: datetime = NOW - 5 * YEAR,
    ends: datetime = NOW + 10 * YEAR,
    ca: bool | None = True,
    usage: frozenset[str] | None = frozenset({"key_cert_sign", "crl_sign"}),
    more: tuple[tuple[str, bool, Any], ...] = (),
    serial: int = 0,
    key_ids: bool = True,
    authority_key_id: bytes | None = None,
    issuer: x509.Name | None = None,
) -> Paper:
    """Self-signed without `by`."""
    signing = by.key if by else key
    subject = name(common, country)
    extensions: list[tuple[str, bool, Any]] = []
    if key_ids:
        authority = x509.AuthorityKeyIdentifier({"key_identifier": authority_key_id or signing.key_id})
        extensions += [("key_identifier", False, core.OctetString(key.key_id))]
        extensions += [("authority_key_identifier", False, authority)]
    if ca is not None:
        extensions += [("basic_constraints", True, x509.BasicConstraints({"ca": ca}))]
    if usage is not None:
        extensions += [("key_usage", True, x509.KeyUsage(set(usage)))]
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial or int.from_bytes(key.key_id[:8], "big"),
            "signature": signing.algorithm,
            "issuer": issuer or (by.parsed.subject if by else subject),
            "validity": {"not_before": _time(begins), "not_after": _time(ends)},
            "subject": subject,
            "subject_public_key_info": key.spki,
            "extensions": [
                {"extn_id": each, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())}
                for each, critical, value in (*extensions, *more)
            ],
        }
    )
    whole = {
        "tbs_certificate": tbs,
        "signature_algorithm": signing.algorithm,
        "signature_value": signing.sign(tbs.dump()),
    }
    return Paper(bytes(x509.Certificate(whole).dump()), key)


def _time(at: datetime) -> x509.Time:
    return x509.Time("utc_time" if at.year < 2050 else "general_time", at)


def signer(by: Paper, key: Signing | None = None, **fields: Any) -> Paper:
    """A document signer."""
    usage = {"common": "Document Signer", "ca": None, "usage": frozenset({"digital_signature"})}
    return certificate(key or Signing.ec(), by, **(usage | fields))


def list_signer(by: Paper, key: Signing | None = None, **fields: Any) -> Paper:
    usage = x509.ExtKeyUsageSyntax([LIST_SIGNING])
    return signer(
        by, key, **({"common": "List Signer", "more": (("extended_key_usage", True, usage),)} | fields)
    )


def revocations(
    by: Paper, *serials: int, at: datetime = NOW - timedelta(days=3), until: datetime | None = NOW + timedelta(days=60),
    issuer: x509.Name | None = None, more: tuple[tuple[str, bool, Any], ...] = (),
) -> bytes:  # fmt: skip
    authority = x509.AuthorityKeyIdentifier({"key_identifier": by.key.key_id})
    extensions = [("authority_key_identifier", False, authority), *more]
    tbs = crl.TbsCertList(
        {
            "version": "v2",
            "signature": by.key.algorithm,
            "issuer": issuer or by.parsed.subject,
            "this_update": _time(at),
            "next_update": _time(until) if until else None,
            "revoked_certificates": [
                {"user_certificate": each, "revocation_date": _time(at)} for each in serials
            ] or None,
            "crl_extensions": [
                {"extn_id": each, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())}
                for each, critical, value in extensions
            ],
        }
    )  # fmt: skip
    whole = {
        "tbs_cert_list": tbs,
        "signature_algorithm": by.key.algorithm,
        "signature": by.key.sign(tbs.dump()),
    }
    return bytes(crl.CertificateList(whole).dump())


def signed(
    kind: str,
    content: bytes,
    by: Paper,
    *,
    at: datetime | None = NOW - YEAR,
    inside: tuple[Paper, ...] | None = None,
    by_key: bool = False,
    digest: str = "",
    algorithm: Any = None,
    attributes: bool = True,
    spoilt: dict[str, Any] | None = None,
) -> bytes:
    """SignedData. `spoilt`: values for single attributes; `digest`: of content and digestAlgorithm."""
    digest = digest or by.key.digest
    values: dict[str, Any] = {"content_type": kind, "message_digest": hashlib.new(digest, content).digest()}
    if at is not None:
        values["signing_time"] = cms.Time("utc_time", at)
    values |= spoilt or {}
    attrs = cms.CMSAttributes([{"type": each, "values": [value]} for each, value in values.items()])
    parsed = by.parsed
    if by_key:
        sid = cms.SignerIdentifier("subject_key_identifier", by.key.key_id)
    else:
        who = {"issuer": parsed.issuer, "serial_number": parsed.serial_number}
        sid = cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(who))
    info = {
        "version": "v3" if by_key else "v1",
        "sid": sid,
        "digest_algorithm": {"algorithm": digest},
        "signature_algorithm": algorithm or by.key.algorithm,
        "signature": by.key.sign(attrs.dump() if attributes else content),
    }
    if attributes:
        info["signed_attrs"] = attrs
    data = {
        "version": "v3",
        "digest_algorithms": [{"algorithm": digest}],
        "encap_content_info": {"content_type": kind, "content": core.ParsableOctetString(content)},
        "certificates": [each.parsed for each in ((by,) if inside is None else inside)],
        "signer_infos": [info],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)}).dump())


def tlv(tag: int, content: bytes) -> bytes:
    head = bytes((len(content),)) if len(content) < 0x80 else b"\x83" + len(content).to_bytes(3, "big")
    if len(content) in range(0x80, 0x100):
        head = b"\x81" + bytes((len(content),))
    elif len(content) in range(0x100, 0x10000):
        head = b"\x82" + len(content).to_bytes(2, "big")
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + head + content


def zone_group(zone: str = ZONE) -> bytes:
    """DG1."""
    return tlv(0x61, tlv(0x5F1F, zone.encode()))


GROUPS = {1: zone_group(), 2: tlv(0x75, b"a picture"), 14: tlv(0x6E, b"\x31\x00")}


def lds_object(groups: dict[int, bytes], digest: str = "sha256", version: int = 0) -> bytes:
    entries = b"".join(
        tlv(0x30, tlv(0x02, bytes((number,))) + tlv(0x04, hashlib.new(digest, content).digest()))
        for number, content in groups.items()
    )
    algorithm = bytes(algos.DigestAlgorithm({"algorithm": digest}).dump())
    versions = tlv(0x30, tlv(0x13, b"0108") + tlv(0x13, b"040000")) if version else b""
    return tlv(0x30, tlv(0x02, bytes((version,))) + algorithm + tlv(0x30, entries) + versions)


def sod(
    by: Paper, groups: dict[int, bytes] | None = None, version: int = 0, hashed: str = "", **how: Any
) -> bytes:
    """EF.SOD over `groups`."""
    content = lds_object(GROUPS if groups is None else groups, hashed or by.key.digest, version)
    return tlv(0x77, signed(LDS, content, by, **how))


def master_list(by: Paper, *listed: Paper, **how: Any) -> bytes:
    members = b"".join(each.der for each in listed)
    return signed(MASTER_LIST, tlv(0x30, tlv(0x02, b"\0") + tlv(0x31, members)), by, **how)


def indefinite(der: bytes) -> bytes:
    """The same in BER as some software writes it: indefinite lengths for all but certificates' insides
    and attributes, and octet strings in two pieces."""
    info = cms.ContentInfo.load(der)
    data = info["content"]
    content = bytes(data["encap_content_info"]["content"].contents)
    half = len(content) // 2
    pieces = b"\x24\x80" + tlv(0x04, content[:half]) + tlv(0x04, content[half:]) + b"\0\0"
    encapsulated = (
        b"\x30\x80" + data["encap_content_info"]["content_type"].dump() + b"\xa0\x80" + pieces + b"\0\0\0\0"
    )
    inside = b"\xa0\x80" + b"".join(each.dump() for each in data["certificates"]) + b"\0\0"
    signers = b"\x31\x80" + b"".join(each.dump() for each in data["signer_infos"]) + b"\0\0"
    body = data["version"].dump() + data["digest_algorithms"].dump() + encapsulated + inside + signers
    return b"\x30\x80" + info["content_type"].dump() + b"\xa0\x80\x30\x80" + body + b"\0\0\0\0\0\0"
