"""Chip authentication: the chip shows that it has the key that the state signed (ICAO 9303-11 §6.2).

A copied chip has the data and their signature, but not this key. The terminal sends a key of its own,
both sides agree on a secret, and secure messaging starts again under it: the chip is proven by the first
answer that the new session opens, no sooner. The key must come from signed data (DG14 for chip
authentication, EF.CardSecurity for PACE's chip authentication mapping): that is the caller's to verify.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hardware.passport import tlv
from hardware.passport.apdu import SHORT_NE, Command
from hardware.passport.crypto import Cipher, Suite
from hardware.passport.errors import PassportError, Unsupported
from hardware.passport.exchange import Exchange, expect
from hardware.passport.groups import Draw, Group, draw
from hardware.passport.pace import ChipProof
from hardware.passport.secure_messaging import Session
from hardware.passport.security_infos import (
    Agreement,
    ChipAuthenticationInfo,
    ChipKey,
    SecurityInfos,
    chip_authentication,
)

_MOST_KEYS = 3  # that are looked at: numbers modulo a prime of the chip's own choice cost time
_VERSION = 1  # 2 and 3 are BSI's, and need terminal authentication first


@dataclass(frozen=True)
class Way:
    """A protocol and the key to run it with."""

    info: ChipAuthenticationInfo
    group: Group
    public: bytes


def choose(infos: SecurityInfos) -> Way | None:
    """The best that chip and we can do; None if it has no key for it. Unsupported or Malformed if it has
    keys, but none that we can use."""
    wrong: PassportError | None = None
    tried: set[bytes] = set()
    for info in sorted(
        offered(infos), key=lambda each: (each.agreement is not Agreement.ECDH, -each.cipher.key_size)
    ):
        for key in infos.chip_keys:
            if _is_for(info, key, infos.chip_keys) and key.info not in tried:
                if len(tried) == _MOST_KEYS:
                    break
                tried.add(key.info)
                number = info.key if info.key is not None or len(infos.chip_keys) == 1 else key.number
                try:
                    return Way(replace(info, key=number), *key.open())
                except PassportError as error:
                    wrong = error
    if wrong is not None:
        raise wrong
    return None


def _is_for(info: ChipAuthenticationInfo, key: ChipKey, keys: tuple[ChipKey, ...]) -> bool:
    """By number; a key that is the only one of its kind needs none (9303-11 §9.2.5 f.)."""
    if key.agreement is not info.agreement:
        return False
    alone = sum(each.agreement is key.agreement for each in keys) == 1
    return info.key in (None, key.number) or (alone and key.number is None)


def offered(infos: SecurityInfos) -> tuple[ChipAuthenticationInfo, ...]:
    """What the chip says it can; where it says only which key it has, as the first ones did, 3DES."""
    if infos.chip_authentication:
        return tuple(each for each in infos.chip_authentication if each.version == _VERSION)
    return tuple(chip_authentication(key.agreement, Cipher.TDES, key.number) for key in infos.chip_keys)


def authenticate(way: Way, draw: Draw = draw) -> Exchange[Session]:
    """To be run in the session so far; what it returns takes that session's place.

    A Diffie-Hellman key of more than about 1,700 bits makes an extended APDU, or a chain of short ones.
    """
    private, ours = way.group.pair(way.group.generator, draw)
    agreed = way.info.cipher is Cipher.TDES and (yield from _in_one(way.info, ours))
    if not agreed:
        yield from _in_two(way.info, ours)
    return Session(Suite.derive(way.info.cipher, way.group.agree(private, way.public)))


def _in_one(info: ChipAuthenticationInfo, ours: bytes) -> Exchange[bool]:
    """MSE:Set KAT, for 3DES only; some chips with 3DES have only the other way (9303-11 §6.2.4)."""
    response = yield Command(0x00, 0x22, 0x41, 0xA6, tlv.encode(0x91, ours) + _reference(info))
    return response.good


def _in_two(info: ChipAuthenticationInfo, ours: bytes) -> Exchange[None]:
    data = tlv.encode(0x80, info.oid) + _reference(info)
    expect((yield Command(0x00, 0x22, 0x41, 0xA4, data)), "chip authentication, MSE:Set AT")
    data = tlv.encode(0x7C, tlv.encode(0x80, ours))
    expect((yield Command(0x00, 0x86, 0x00, 0x00, data, ne=SHORT_NE)), "chip authentication, key agreement")


def _reference(info: ChipAuthenticationInfo) -> bytes:
    """Which key, where the chip has more than one (9303-11 §6.2.4)."""
    if info.key is None:
        return b""
    return tlv.encode(0x84, info.key.to_bytes(max(1, (info.key.bit_length() + 7) // 8), "big"))


def verify_mapping(proof: ChipProof, keys: Iterable[ChipKey]) -> bool:
    """PACE with chip authentication mapping: whether the mapping key was the chip's static key times
    what it sent encrypted (9303-11 §4.4.3.5.2). `keys` are those of the signed EF.CardSecurity."""
    usable, wrong = 0, ""
    for key in keys:
        try:
            group, public = key.open()
        except Unsupported as error:
            wrong = str(error)
            continue
        if group.name != proof.group.name:
            continue
        usable += 1
        scalar = int.from_bytes(proof.data, "big") % group.order
        if scalar and hmac.compare_digest(group.multiply(scalar, public), proof.mapping_key):
            return True
    if not usable:
        raise Unsupported(wrong or f"chip authentication mapping without a key on {proof.group.name}")
    return False


def shared(some: Iterable[ChipKey], others: Iterable[ChipKey]) -> tuple[ChipKey, ...]:
    """Those of `some` that are among `others` as well, however their curve is written."""
    there = {opened for opened in map(_opened, others) if opened}
    return tuple(key for key in some if _opened(key) in there)


def _opened(key: ChipKey) -> tuple[str, bytes] | None:
    try:
        group, public = key.open()
    except PassportError:
        return None
    return group.name, group.element(public)
