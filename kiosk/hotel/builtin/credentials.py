"""The hotel's secrets: made at the first start, kept in its state directory, files of mode 0600."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

TOKEN_LIFE_S = 3600
SCOPE = "urn:opc:hgbu:ws:__myscopes__"


@dataclass(frozen=True)
class Client:
    """What a kiosk needs to sign in; the content of `credentials.json`."""

    hotel_id: str
    client_id: str
    client_secret: str
    app_key: str
    scope: str = SCOPE


class StateDirectory:
    """`credentials.json`, `token.key`, `booking-code.key`, `booking-code.pub`."""

    def __init__(self, path: Path, hotel_id: str) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.credentials_path = path / "credentials.json"
        self.public_key_path = path / "booking-code.pub"
        self.client = self._client(hotel_id)
        self._token_key = self._secret(path / "token.key", lambda: secrets.token_bytes(32))
        self.booking_key = self._booking_key()

    def issue_token(self, now_s: int) -> str:
        """A bearer token good for TOKEN_LIFE_S; it outlives a restart of the hotel."""
        body = f"{now_s + TOKEN_LIFE_S}.{secrets.token_urlsafe(9)}"
        return f"{body}.{self._mark(body)}"

    def token_is_good(self, token: str, now_s: int) -> bool:
        body, _, mark = token.rpartition(".")
        expires, _, _ = body.partition(".")
        if not token.isascii() or not hmac.compare_digest(mark, self._mark(body)):
            return False
        return now_s < int(expires)

    def _mark(self, body: str) -> str:
        digest = hmac.new(self._token_key, body.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _client(self, hotel_id: str) -> Client:
        def make() -> bytes:
            client = Client(
                hotel_id, f"kiosk-{secrets.token_hex(4)}", secrets.token_urlsafe(24), str(uuid.uuid4())
            )
            return json.dumps(asdict(client), indent=2).encode()

        return Client(**json.loads(self._secret(self.credentials_path, make)))

    def _booking_key(self) -> Ed25519PrivateKey:
        def make() -> bytes:
            return Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )

        key = load_pem_private_key(self._secret(self.path / "booking-code.key", make), None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("booking-code.key holds no Ed25519 key")
        self.public_key_path.write_bytes(
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        return key

    @staticmethod
    def _secret(path: Path, make: Callable[[], bytes]) -> bytes:
        """What the file holds; made, and only its owner's to read, if it is not there."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            content = make()
            file.write(content)
            file.flush()
            os.fsync(handle)
        return content
