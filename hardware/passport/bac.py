"""Basic access control: the printed zone opens the chip (ICAO 9303-11 §4.3)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

from hardware.passport.apdu import Command
from hardware.passport.crypto import MAC_SIZE, Cipher, Suite
from hardware.passport.errors import AccessDenied, Malformed, SessionBroken
from hardware.passport.exchange import Exchange, expect
from hardware.passport.password import Password
from hardware.passport.secure_messaging import Session

NONCE, SECRET = 8, 16
_ANSWER = NONCE + NONCE + SECRET + MAC_SIZE
DENIED = (0x6982, 0x6985, 0x6988, 0x6A80)
"""Beside 63xx, what chips answer to a key that is not theirs."""


def establish(password: Password, random: Callable[[int], bytes] = secrets.token_bytes) -> Exchange[Session]:
    """GET CHALLENGE, EXTERNAL AUTHENTICATE, session keys; AccessDenied if the zone is another document's."""
    keys = Suite.derive(Cipher.TDES, password.seed)
    challenge = expect((yield Command(0x00, 0x84, 0x00, 0x00, ne=NONCE)), "GET CHALLENGE")
    if len(challenge) != NONCE:
        raise Malformed(f"a challenge of {len(challenge)} bytes")
    nonce, ours = random(NONCE), random(SECRET)
    request = sealed(keys, nonce + challenge + ours)
    response = yield Command(0x00, 0x82, 0x00, 0x00, request, ne=_ANSWER)
    if denied(response.sw):
        raise AccessDenied(f"basic access control: {response.sw:04X}")
    answer = opened(keys, expect(response, "EXTERNAL AUTHENTICATE"))
    if answer[:NONCE] != challenge or answer[NONCE : 2 * NONCE] != nonce:
        raise SessionBroken("the chip authenticated itself with another challenge")
    return Session(*session_keys(ours, answer[2 * NONCE :], challenge, nonce))


def denied(sw: int) -> bool:
    """Whether a status word of an authentication says that the password was wrong."""
    return sw >> 8 == 0x63 or sw in DENIED


def sealed(keys: Suite, message: bytes) -> bytes:
    """Encrypted, and a checksum over that (9303-11 §4.3.1); the same from either side."""
    secret = keys.encrypt(message)
    return secret + keys.token(secret)


def opened(keys: Suite, data: bytes) -> bytes:
    """The reverse; Malformed for another length, SessionBroken for a wrong checksum."""
    if len(data) != _ANSWER:
        raise Malformed(f"mutual authentication with {len(data)} bytes")
    secret, mac = data[:-MAC_SIZE], data[-MAC_SIZE:]
    if not hmac.compare_digest(mac, keys.token(secret)):
        raise SessionBroken("mutual authentication with a wrong checksum")
    return keys.decrypt(secret)


def session_keys(terminal: bytes, chip: bytes, challenge: bytes, nonce: bytes) -> tuple[Suite, int]:
    """Keys of both secrets, and the counter from the low halves of both nonces (9303-11 §4.3.1, §9.8.6.3)."""
    seed = bytes(a ^ b for a, b in zip(terminal, chip, strict=True))
    return Suite.derive(Cipher.TDES, seed), int.from_bytes(challenge[4:] + nonce[4:], "big")
