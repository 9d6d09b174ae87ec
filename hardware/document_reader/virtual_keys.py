"""Keys of the virtual country and its documents: generated, written out, and signed with.

Key material is made and used by `cryptography`; what stands in a certificate is written here, because
travel documents spell curves out (ICAO 9303-12 §4.4) and `cryptography` only names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from asn1crypto import algos, core, keys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from ecdsa import curves as numbers

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class KeyKind(StrEnum):
    """What keys the country and its chips have."""

    RSA_1024 = "rsa-1024"  # active authentication on chips without extended length
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    P_224 = "secp224r1"
    P_256 = "secp256r1"
    P_384 = "secp384r1"
    P_521 = "secp521r1"
    BRAINPOOL_256 = "brainpoolP256r1"
    BRAINPOOL_384 = "brainpoolP384r1"
    BRAINPOOL_512 = "brainpoolP512r1"


class Hash(StrEnum):
    SHA_1 = "sha1"
    SHA_224 = "sha224"
    SHA_256 = "sha256"
    SHA_384 = "sha384"
    SHA_512 = "sha512"

    @property
    def algorithm(self) -> hashes.HashAlgorithm:
        return _HASHES[self]()

    def digest(self, data: bytes) -> bytes:
        made = hashes.Hash(self.algorithm)
        made.update(data)
        return made.finalize()

    @property
    def identifier(self) -> algos.DigestAlgorithm:
        return algos.DigestAlgorithm({"algorithm": self.value})


_HASHES: dict[Hash, type[hashes.HashAlgorithm]] = {
    Hash.SHA_1: hashes.SHA1,
    Hash.SHA_224: hashes.SHA224,
    Hash.SHA_256: hashes.SHA256,
    Hash.SHA_384: hashes.SHA384,
    Hash.SHA_512: hashes.SHA512,
}
_CURVES: dict[KeyKind, tuple[ec.EllipticCurve, Any]] = {
    KeyKind.P_224: (ec.SECP224R1(), numbers.NIST224p),
    KeyKind.P_256: (ec.SECP256R1(), numbers.NIST256p),
    KeyKind.P_384: (ec.SECP384R1(), numbers.NIST384p),
    KeyKind.P_521: (ec.SECP521R1(), numbers.NIST521p),
    KeyKind.BRAINPOOL_256: (ec.BrainpoolP256R1(), numbers.BRAINPOOLP256r1),
    KeyKind.BRAINPOOL_384: (ec.BrainpoolP384R1(), numbers.BRAINPOOLP384r1),
    KeyKind.BRAINPOOL_512: (ec.BrainpoolP512R1(), numbers.BRAINPOOLP512r1),
}


@dataclass(frozen=True)
class Scheme:
    """How somebody signs. `explicit`: the curve's numbers stand in the certificate, not its name."""

    key: KeyKind = KeyKind.BRAINPOOL_256
    hash: Hash = Hash.SHA_256
    pss: bool = False
    explicit: bool = True


def generate(kind: KeyKind) -> PrivateKey:
    if kind in _CURVES:
        return ec.generate_private_key(_CURVES[kind][0])
    return rsa.generate_private_key(65537, int(kind.value.partition("-")[2]))


def public_info(key: PrivateKey, kind: KeyKind, explicit: bool) -> bytes:
    """SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), an EC key's curve by name or by its numbers (RFC 3279 §2.3.5)."""
    if isinstance(key, rsa.RSAPrivateKey) or not explicit:
        return key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    curve = _CURVES[kind][1]
    parameters = keys.ECDomainParameters.load(curve.to_der("explicit", "uncompressed"))
    info = keys.PublicKeyInfo(
        {
            "algorithm": keys.PublicKeyAlgorithm({"algorithm": "ec", "parameters": parameters}),
            "public_key": keys.ECPointBitString(point(key)),
        }
    )
    return bytes(info.dump())


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public point, uncompressed."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A private key with the way it signs."""

    scheme: Scheme
    private: PrivateKey

    @classmethod
    def made(cls, scheme: Scheme) -> SigningKey:
        return cls(scheme, generate(scheme.key))

    @cached_property
    def info(self) -> bytes:
        return public_info(self.private, self.scheme.key, self.scheme.explicit)

    @cached_property
    def identifier(self) -> bytes:
        """SHA-1 over the key's bit string (RFC 5280 §4.2.1.2, first method)."""
        bits = keys.PublicKeyInfo.load(self.info)["public_key"]
        return Hash.SHA_1.digest(bits.contents[1:])

    @property
    def algorithm(self) -> algos.SignedDigestAlgorithm:
        """As signatureAlgorithm in certificates and signed objects (RFC 4055 §3 and §5, RFC 5758 §3.2)."""
        name = self.scheme.hash.value
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return algos.SignedDigestAlgorithm({"algorithm": f"{name}_ecdsa"})
        if not self.scheme.pss:
            return algos.SignedDigestAlgorithm({"algorithm": f"{name}_rsa", "parameters": core.Null()})
        mask = algos.MaskGenAlgorithm({"algorithm": "mgf1", "parameters": self.scheme.hash.identifier})
        parameters = algos.RSASSAPSSParams(
            {
                "hash_algorithm": self.scheme.hash.identifier,
                "mask_gen_algorithm": mask,
                "salt_length": self.scheme.hash.algorithm.digest_size,
            }
        )
        return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})

    def sign(self, data: bytes) -> bytes:
        algorithm = self.scheme.hash.algorithm
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(data, ec.ECDSA(algorithm))
        if self.scheme.pss:
            salted = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
            return self.private.sign(data, salted, algorithm)
        return self.private.sign(data, padding.PKCS1v15(), algorithm)


def plain_ecdsa(key: ec.EllipticCurvePrivateKey, how: Hash, data: bytes) -> bytes:
    """r ‖ s, each as long as the curve's order (BSI TR-03111 §5.2.1)."""
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(how.algorithm)))
    size = (key.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")
