"""Signatures of certificates and signed objects: which algorithm, which key, does it verify.

Pure. Algorithm identifiers: RFC 3279, RFC 4055 (RSA, PSS), RFC 5758 (ECDSA, DSA with SHA-2), RFC 8702
and NIST's registry (SHA-3), TR-03111 §5.2.1 (plain ECDSA). What is allowed in documents is ICAO
9303-12 §4.4; DSA and what is older than that is verified too, since documents live for ten years.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa, utils
from ecdsa.ecdsa import Public_key, Signature
from ecdsa.ellipticcurve import PointJacobi

from hardware.passport import curves, tlv
from hardware.passport.ber import dotted, oid
from hardware.passport.errors import Malformed, Unsupported

_SEQUENCE, _INTEGER, _BIT_STRING, _OID = 0x30, 0x02, 0x03, 0x06
_LONGEST_NUMBER = 2050  # bytes: RSA of 16,384 bits; more is not arithmetic but an attack on it

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sha3-224": hashes.SHA3_224,
    "sha3-256": hashes.SHA3_256,
    "sha3-384": hashes.SHA3_384,
    "sha3-512": hashes.SHA3_512,
}
_HASH_IDS = {
    oid("1.3.14.3.2.26"): "sha1",
    **{
        oid(f"2.16.840.1.101.3.4.2.{at}"): name
        for at, name in {
            4: "sha224", 1: "sha256", 2: "sha384", 3: "sha512",
            7: "sha3-224", 8: "sha3-256", 9: "sha3-384", 10: "sha3-512",
        }.items()
    },
}  # fmt: skip


class Scheme(StrEnum):
    """How a signature is made."""

    RSA = "RSA"  # PKCS#1 v1.5
    PSS = "RSA-PSS"
    ECDSA = "ECDSA"
    PLAIN = "ECDSA (plain)"  # r and s side by side
    DSA = "DSA"


@dataclass(frozen=True)
class Algorithm:
    """A scheme with its hash, or None where the identifier leaves it to the digest algorithm."""

    scheme: Scheme
    digest: str | None
    mask_digest: str | None = None  # RSA-PSS: the hash of its mask, which may be another
    salt: int | None = None

    def __str__(self) -> str:
        return f"{self.scheme} with {self.digest or 'no hash'}"


_ALGORITHMS = {
    oid("1.2.840.113549.1.1.1"): Algorithm(Scheme.RSA, None),
    oid("1.2.840.113549.1.1.5"): Algorithm(Scheme.RSA, "sha1"),
    oid("1.3.14.3.2.29"): Algorithm(Scheme.RSA, "sha1"),  # OIW's older name for it
    oid("1.2.840.113549.1.1.14"): Algorithm(Scheme.RSA, "sha224"),
    oid("1.2.840.113549.1.1.11"): Algorithm(Scheme.RSA, "sha256"),
    oid("1.2.840.113549.1.1.12"): Algorithm(Scheme.RSA, "sha384"),
    oid("1.2.840.113549.1.1.13"): Algorithm(Scheme.RSA, "sha512"),
    oid("1.2.840.10045.2.1"): Algorithm(Scheme.ECDSA, None),
    oid("1.2.840.10045.4.1"): Algorithm(Scheme.ECDSA, "sha1"),
    oid("1.2.840.10040.4.1"): Algorithm(Scheme.DSA, None),
    oid("1.2.840.10040.4.3"): Algorithm(Scheme.DSA, "sha1"),
    oid("1.3.14.3.2.27"): Algorithm(Scheme.DSA, "sha1"),
    **{
        oid(f"1.2.840.10045.4.3.{at}"): Algorithm(Scheme.ECDSA, name)
        for at, name in enumerate(("sha224", "sha256", "sha384", "sha512"), 1)
    },
    **{
        oid(f"0.4.0.127.0.7.1.1.4.1.{at}"): Algorithm(Scheme.PLAIN, name)
        for at, name in enumerate(("sha1", "sha224", "sha256", "sha384", "sha512"), 1)
    },
    **{
        oid(f"2.16.840.1.101.3.4.3.{at}"): Algorithm(scheme, name)
        for first, scheme, family in (
            (1, Scheme.DSA, "sha"), (5, Scheme.DSA, "sha3-"), (9, Scheme.ECDSA, "sha3-"), (13, Scheme.RSA, "sha3-"),
        )
        for at, name in enumerate((f"{family}224", f"{family}256", f"{family}384", f"{family}512"), first)
    },
}  # fmt: skip
_PSS = oid("1.2.840.113549.1.1.10")
_MGF1 = oid("1.2.840.113549.1.1.8")
_ECDSA_SPECIFIED = oid("1.2.840.10045.4.3")
_NAMES = {
    oid("1.2.840.113549.1.1.2"): "RSA with md2",
    oid("1.2.840.113549.1.1.4"): "RSA with md5",
    oid("1.2.840.113549.2.5"): "md5",
    oid("1.3.101.112"): "Ed25519",
    oid("1.3.101.113"): "Ed448",
}


@dataclass(frozen=True)
class EcKey:
    """A point on a known curve."""

    curve: curves.Curve
    x: int
    y: int

    @property
    def native(self) -> ec.EllipticCurvePublicKey | None:
        """In `cryptography`, or None where it does not have the curve."""
        named = self.curve.named
        return ec.EllipticCurvePublicNumbers(self.x, self.y, named).public_key() if named else None


Key = rsa.RSAPublicKey | dsa.DSAPublicKey | EcKey


# --- what is written ---------------------------------------------------------------------------


def digest_name(identifier: bytes) -> str:
    """The hash of an AlgorithmIdentifier; Unsupported for one that is not in `HASHES`."""
    kind, _ = _identifier(tlv.parse(identifier))
    name = _HASH_IDS.get(kind)
    if name is None:
        raise Unsupported(f"hash {_NAMES.get(kind) or dotted(kind)}")
    return name


def algorithm(identifier: bytes) -> Algorithm:
    """The signature algorithm of an AlgorithmIdentifier; Unsupported for one that is not spoken."""
    kind, parameters = _identifier(tlv.parse(identifier))
    if kind == _PSS:
        return _pss(parameters)
    if kind == _ECDSA_SPECIFIED and parameters is not None:
        return Algorithm(Scheme.ECDSA, digest_name(bytes(parameters)))
    known = _ALGORITHMS.get(kind)
    if known is None:
        raise Unsupported(f"signature algorithm {_NAMES.get(kind) or dotted(kind)}")
    return known


def _identifier(sequence: tlv.Tlv) -> tuple[bytes, tlv.Tlv | None]:
    parts = sequence.children() if sequence.tag == _SEQUENCE else ()
    if not 1 <= len(parts) <= 2 or parts[0].tag != _OID:
        raise Malformed("an algorithm identifier that is none")
    return parts[0].value, parts[1] if len(parts) == 2 else None


def _pss(parameters: tlv.Tlv | None) -> Algorithm:
    """RFC 4055 §3.1. Without parameters the hash is left open: SHA-1 by that standard, but see `verify`."""
    if parameters is None or parameters.tag != _SEQUENCE:
        return Algorithm(Scheme.PSS, None)
    found = {part.tag: part for part in parameters.children()}
    digest = mask = "sha1"
    if 0xA0 in found:
        digest = digest_name(found[0xA0].value)
    if 0xA1 in found:
        kind, of = _identifier(tlv.parse(found[0xA1].value))
        if kind != _MGF1 or of is None:
            raise Unsupported(f"RSA-PSS with mask {dotted(kind)}")
        mask = digest_name(bytes(of))
    salt = _number(tlv.parse(found[0xA2].value)) if 0xA2 in found else 20
    if salt > _LONGEST_NUMBER or (0xA3 in found and _number(tlv.parse(found[0xA3].value)) != 1):
        raise Malformed("RSA-PSS parameters that can't be")
    return Algorithm(Scheme.PSS, digest, mask, salt)


def load_key(spki: bytes) -> Key:
    """A SubjectPublicKeyInfo's key (RFC 3279 §2.3, RFC 4055 §1.2); explicit curves are recognised."""
    parts = tlv.parse(spki).children()
    if len(parts) != 2 or parts[1].tag != _BIT_STRING or parts[1].value[:1] != b"\0":
        raise Malformed("a public key that is none")
    kind, parameters = _identifier(parts[0])
    content = parts[1].value[1:]
    scheme = Scheme.PSS if kind == _PSS else getattr(_ALGORITHMS.get(kind), "scheme", None)
    try:
        match scheme:
            case Scheme.RSA | Scheme.PSS:
                modulus, exponent = _numbers(tlv.parse(content), 2)
                return rsa.RSAPublicNumbers(exponent, modulus).public_key()
            case Scheme.ECDSA if parameters is not None:
                curve = curves.from_parameters(bytes(parameters))
                return EcKey(curve, *curve.point(content))
            case Scheme.DSA if parameters is not None:
                p, q, g = _numbers(parameters, 3)
                y = _number(tlv.parse(content))
                return dsa.DSAPublicNumbers(y, dsa.DSAParameterNumbers(p, q, g)).public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise Unsupported(f"a {scheme} key that can't be one") from None
    raise Unsupported(f"public key {_NAMES.get(kind) or dotted(kind)}")


def _numbers(sequence: tlv.Tlv, count: int) -> list[int]:
    parts = sequence.children() if sequence.tag == _SEQUENCE else ()
    if len(parts) != count:
        raise Malformed(f"{len(parts)} numbers where {count} are due")
    return [_number(part) for part in parts]


def _number(part: tlv.Tlv) -> int:
    """Never negative here: a missing zero byte before the first bit is forgiven."""
    if part.tag != _INTEGER or not 1 <= len(part.value) <= _LONGEST_NUMBER:
        raise Malformed("a number that is none")
    return int.from_bytes(part.value, "big")


# --- does it verify ----------------------------------------------------------------------------


def verify(key: Key, algorithm: Algorithm, signature: bytes, data: bytes, digest: str | None = None) -> bool:
    """Whether `signature` over `data` is this key's.

    `digest` is the hash that the surroundings name (a signer's digestAlgorithm): taken where the
    algorithm names none, and tried where it names another – both are met for the same identifier.
    A key of another scheme did not make it; Unsupported if nobody names a hash.
    """
    named = dict.fromkeys(name for name in (algorithm.digest, digest) if name)
    if algorithm.scheme is Scheme.PSS and algorithm.digest is None:
        named["sha1"] = None
    if not named:
        raise Unsupported(f"{algorithm}")
    return any(_verify(key, _with(algorithm, name), signature, data) for name in named)


def _with(algorithm: Algorithm, digest: str) -> Algorithm:
    if algorithm.digest == digest:
        return algorithm
    return replace(algorithm, digest=digest, mask_digest=digest, salt=HASHES[digest]().digest_size)


def _verify(key: Key, algorithm: Algorithm, signature: bytes, data: bytes) -> bool:
    digest = HASHES[algorithm.digest or ""]()
    try:
        match key, algorithm.scheme:
            case rsa.RSAPublicKey(), Scheme.RSA | Scheme.PSS:
                size = (key.key_size + 7) // 8
                key.verify(signature.rjust(size, b"\0"), data, _padding(algorithm), digest)
            case EcKey(), Scheme.ECDSA | Scheme.PLAIN:
                return _ecdsa(key, algorithm.scheme, digest, signature, data)
            case dsa.DSAPublicKey(), Scheme.DSA:
                key.verify(utils.encode_dss_signature(*_pair(signature)), data, digest)
            case _:
                return False  # a key of another kind did not make it
    except (InvalidSignature, Malformed):
        return False
    except (ValueError, UnsupportedAlgorithm):
        raise Unsupported(f"{algorithm}") from None
    return True


def _padding(algorithm: Algorithm) -> padding.AsymmetricPadding:
    if algorithm.scheme is Scheme.RSA:
        return padding.PKCS1v15()
    mask = HASHES[algorithm.mask_digest or ""]()
    return padding.PSS(padding.MGF1(mask), algorithm.salt or 0)


def _ecdsa(key: EcKey, scheme: Scheme, digest: hashes.HashAlgorithm, signature: bytes, data: bytes) -> bool:
    if scheme is Scheme.PLAIN:
        half = len(signature) // 2
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    else:
        r, s = _pair(signature)
    native = key.native
    if native is not None:
        native.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(digest))
        return True
    return _computed(key, digest, r, s, data)


def _pair(signature: bytes) -> tuple[int, int]:
    r, s = _numbers(tlv.parse(signature), 2)
    return r, s


def _computed(key: EcKey, digest: hashes.HashAlgorithm, r: int, s: int, data: bytes) -> bool:
    """On the curves that `cryptography` lacks (brainpool 160, 192, 224, 320 and the twisted ones)."""
    hasher = hashes.Hash(digest)
    hasher.update(data)
    hashed, curve = hasher.finalize(), key.curve
    value = int.from_bytes(hashed, "big") >> max(0, len(hashed) * 8 - curve.n.bit_length())
    field = curve.field
    generator = PointJacobi(field, curve.x, curve.y, 1, curve.n)
    point = PointJacobi(field, key.x, key.y, 1, curve.n)
    return bool(Public_key(generator, point, verify=False).verifies(value, Signature(r, s)))
