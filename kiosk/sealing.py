"""What the terminal must keep for a while and nobody else may read: AES-256-GCM under its own key."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Seal:
    """Seals and opens bytes; `name` is bound to them, so that one can't be put in another's place."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 bytes, this terminal's."""
        self.key = key
        self._aead = AESGCM(key)

    def close(self, clear: bytes, name: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, clear, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes | None:
        """The clear bytes, or None where they were changed, cut, or sealed by another key."""
        try:
            return self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            return None
