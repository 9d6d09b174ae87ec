"""The symmetric half of ICAO 9303-11: keys, ciphers and checksums of BAC, PACE, CA and secure messaging.

Pure. Sources: ICAO 9303-11 §9.7.1 (key derivation), §9.8 (secure messaging); ISO/IEC 9797-1 §6.3.2
(padding method 2) and §7.4 (MAC algorithm 3, with DES known as the retail MAC); NIST SP 800-38B (CMAC).
SHA-1, two-key Triple-DES and CBC without a secret IV are what the standard prescribes, not our choice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, modes
from cryptography.hazmat.primitives.ciphers import Cipher as _Machine
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from hardware.passport.errors import Malformed

MAC_SIZE = 8
FOR_ENCRYPTION, FOR_MAC, FOR_PASSWORD = 1, 2, 3
"""The counters of the key derivation function (9303-11 §9.7.1)."""


class Cipher(Enum):
    """The ciphers of 9303-11, each with the checksum that goes with it: key and block in bytes, hash of the KDF."""

    TDES = "3DES", 16, 8, "sha1"
    AES128 = "AES-128", 16, 16, "sha1"
    AES192 = "AES-192", 24, 16, "sha256"
    AES256 = "AES-256", 32, 16, "sha256"

    def __init__(self, title: str, key_size: int, block: int, digest: str) -> None:
        self.title = title
        self.key_size = key_size
        self.block = block
        self.digest = digest

    def algorithm(self, key: bytes) -> BlockCipherAlgorithm:
        """A key put into the cipher; two-key Triple-DES is K1 K2 K1."""
        if len(key) != self.key_size:
            raise ValueError(f"{self.title}: a key of {len(key)} bytes")
        return TripleDES(key + key[:8]) if self is Cipher.TDES else AES(key)

    def encrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """CBC over whole blocks; without `iv` from a block of zeros."""
        machine = _Machine(self.algorithm(key), modes.CBC(iv or bytes(self.block))).encryptor()
        return machine.update(data) + machine.finalize()

    def decrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """The reverse; Malformed for what is not whole blocks."""
        if len(data) % self.block:
            raise Malformed(f"{self.title}: {len(data)} bytes are not whole blocks")
        machine = _Machine(self.algorithm(key), modes.CBC(iv or bytes(self.block))).decryptor()
        return machine.update(data) + machine.finalize()

    def mac(self, key: bytes, data: bytes) -> bytes:
        """Eight bytes: the retail MAC over whole blocks, or the beginning of AES-CMAC."""
        if self is Cipher.TDES:
            return retail_mac(key, data)
        machine = CMAC(self.algorithm(key))
        machine.update(data)
        return machine.finalize()[:MAC_SIZE]

    def token(self, key: bytes, data: bytes) -> bytes:
        """The checksum of a message of any length outside secure messaging (9303-11 §4.3.1, §4.4.3.4):
        for 3DES it is padded first; CMAC pads by itself."""
        return self.mac(key, pad(data, self.block) if self is Cipher.TDES else data)


def pad(data: bytes, block: int) -> bytes:
    """Padding method 2: 80, then zeros up to a whole block; never nothing."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes) -> bytes:
    """Malformed where there is no such padding."""
    bare = data.rstrip(b"\0")
    if not bare.endswith(b"\x80"):
        raise Malformed("decrypted data without padding")
    return bare[:-1]


def with_parity(key: bytes) -> bytes:
    """DES keys count an odd number of bits in every byte, by the lowest (FIPS 46-3)."""
    return bytes(byte ^ 1 if byte.bit_count() % 2 == 0 else byte for byte in key)


def kdf(secret: bytes, counter: int, cipher: Cipher) -> bytes:
    """A key out of a shared secret (9303-11 §9.7.1)."""
    digest = hashlib.new(cipher.digest, secret + counter.to_bytes(4, "big")).digest()
    key = digest[: cipher.key_size]
    return with_parity(key) if cipher is Cipher.TDES else key


def retail_mac(key: bytes, data: bytes) -> bytes:
    """ISO/IEC 9797-1 MAC algorithm 3 with DES over whole, not empty blocks: DES-CBC under the first
    half of the key, the last block under both halves."""
    if len(key) != 16 or not data or len(data) % 8:
        raise ValueError("the retail MAC takes 16 bytes of key and whole blocks")
    chain = Cipher.TDES.encrypt(key[:8] * 2, data[:-8])[-8:] if len(data) > 8 else bytes(8)
    return Cipher.TDES.encrypt(key, data[-8:], chain)


@dataclass(frozen=True)
class Suite:
    """The two keys of a session and the cipher they are for."""

    cipher: Cipher
    for_encryption: bytes = field(repr=False)
    for_mac: bytes = field(repr=False)

    @classmethod
    def derive(cls, cipher: Cipher, secret: bytes) -> Suite:
        """Session keys from the secret that two sides have agreed on."""
        return cls(cipher, kdf(secret, FOR_ENCRYPTION, cipher), kdf(secret, FOR_MAC, cipher))

    def encrypt(self, data: bytes, iv: bytes | None = None) -> bytes:
        return self.cipher.encrypt(self.for_encryption, data, iv)

    def decrypt(self, data: bytes, iv: bytes | None = None) -> bytes:
        return self.cipher.decrypt(self.for_encryption, data, iv)

    def mac(self, data: bytes) -> bytes:
        return self.cipher.mac(self.for_mac, data)

    def token(self, data: bytes) -> bytes:
        return self.cipher.token(self.for_mac, data)
