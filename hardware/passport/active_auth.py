"""Active authentication: the chip signs a challenge with the key of DG15 (ICAO 9303-11 §6.1).

The challenge is the caller's, from a CSPRNG. RSA signatures are ISO/IEC 9796-2 scheme 1 with message
recovery, which `cryptography` does not have: the power is taken here. ECDSA is plain (r ‖ s), its hash is
named in DG14; some identity cards sign as certificates are signed (X9.62, in DER): the proof is the same.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import rsa

from hardware.passport.apdu import EXTENDED_NE, SHORT_NE, Command
from hardware.passport.errors import Malformed, TooLong, Unsupported
from hardware.passport.exchange import Exchange, expect
from hardware.passport.security_infos import SecurityInfos
from hardware.passport.signatures import Algorithm, EcKey, Key, Scheme, load_key, verify

CHALLENGE = 8
_SHORTEST, _LONGEST, _LONGEST_EXPONENT = 1024, 4096, 64  # bits of RSA keys; a power of longer ones takes seconds
_WRONG_LENGTH = 0x6700

_HEADER = 0x6A  # part of the message is recovered, the rest – the challenge – is known (9796-2 §8.2)
_SHA1_TRAILER = 0xBC
_TRAILER = 0xCC
# ISO/IEC 10118-3's numbers, before the trailer CC.
_HASHES = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}


def authenticate(challenge: bytes, key: Key, room: int, extended: bool, carried: bool) -> Exchange[bytes]:
    """INTERNAL AUTHENTICATE; the signature. `room`: how much a short answer can hold in this session;
    `extended`: whether the chip is known to speak extended length; `carried`: whether the reader can.

    A chip that is not known to may still answer more, in pieces (61xx), or in extended length all the same:
    a key whose signature it can't send would be of no use. TooLong where it is the reader that can't."""
    if len(challenge) != CHALLENGE:
        raise ValueError(f"a challenge has {CHALLENGE} bytes")
    size = signature_size(key)
    lengths = [SHORT_NE] if size <= room else [SHORT_NE, *([EXTENDED_NE, size] if carried else [])]
    if extended and len(lengths) > 1:
        lengths = [*lengths[1:], SHORT_NE]
    for ne in dict.fromkeys(lengths):
        response = yield Command(0x00, 0x88, 0x00, 0x00, challenge, ne=ne)
        if response.sw != _WRONG_LENGTH:
            break
    if response.sw == _WRONG_LENGTH and size > room and not carried:
        raise TooLong(f"a signature of {size} bytes, longer than this reader can carry")
    return expect(response, "INTERNAL AUTHENTICATE")


def signature_size(key: Key) -> int:
    if isinstance(key, rsa.RSAPublicKey):
        return (key.key_size + 7) // 8
    return 2 * key.curve.size if isinstance(key, EcKey) else 0


def open_key(info: bytes) -> Key:
    """DG15's SubjectPublicKeyInfo."""
    key = load_key(info)
    if not isinstance(key, rsa.RSAPublicKey | EcKey):
        raise Unsupported("active authentication with neither RSA nor ECDSA")
    if isinstance(key, rsa.RSAPublicKey):
        exponent = key.public_numbers().e.bit_length()
        if not _SHORTEST <= key.key_size <= _LONGEST or exponent > _LONGEST_EXPONENT:
            raise Unsupported(f"active authentication with RSA of {key.key_size} bits, exponent of {exponent}")
    return key


def proves(key: Key, infos: SecurityInfos, challenge: bytes, signature: bytes) -> bool:
    """Whether the chip that made `signature` has the private half of `key`."""
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return _recovered(numbers.n, numbers.e, challenge, signature)
    digests = [info.digest for info in infos.active_authentication if info.digest]
    if not digests and not infos.active_authentication:
        digests = ["sha1", "sha224", "sha256", "sha384", "sha512"]  # chips older than DG14's entry
    if not digests:
        raise Unsupported("active authentication with an unknown signature algorithm")
    ways = (Algorithm(scheme, digest) for digest in digests for scheme in (Scheme.PLAIN, Scheme.ECDSA))
    return any(verify(key, way, signature, challenge) for way in ways)


def _recovered(modulus: int, exponent: int, challenge: bytes, signature: bytes) -> bool:
    """ISO/IEC 9796-2 §8: open, take hash and recovered message apart, compare."""
    value = int.from_bytes(signature, "big")
    if value >= modulus:
        return False
    opened = pow(value, exponent, modulus)
    if opened % 16 != 0xC:
        opened = modulus - opened  # the smaller of both roots is what is sent (§B.5)
    try:
        digest, message, hashed = _taken_apart(opened.to_bytes((modulus.bit_length() + 7) // 8, "big"))
    except Malformed:
        return False
    return hmac.compare_digest(hashlib.new(digest, message + challenge).digest(), hashed)


def _taken_apart(opened: bytes) -> tuple[str, bytes, bytes]:
    """Hash function, recovered message, hash."""
    body = opened[1:-1]
    digest = "sha1"
    if opened[-1] == _TRAILER:
        digest, body = _HASHES.get(body[-1], ""), body[:-1]
    elif opened[-1] != _SHA1_TRAILER:
        digest = ""
    size = hashlib.new(digest).digest_size if digest else 0
    if opened[0] != _HEADER or not digest or len(body) < size:
        raise Malformed("active authentication: not a signature with message recovery")
    return digest, body[:-size], body[-size:]
