"""PINs: which are too easy to guess, and how one is kept and compared.

Argon2id (RFC 9106) with 64 MiB and three passes (`WORK`): 160 ms on a small desk machine. The parameters stand
in each kept PIN; one that was kept with others is made anew when its owner signs in.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_SALT, _DIGEST = 16, 32  # bytes
LONGEST = 12


@dataclass(frozen=True)
class Work:
    """What it takes to look at one PIN."""

    passes: int
    memory_kib: int
    lanes: int = 1


WORK = Work(passes=3, memory_kib=64 * 1024)
"""Of every terminal; less is for tests of other things."""


class Weak(StrEnum):
    """Why a PIN is not taken."""

    NOT_DIGITS = "not-digits"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    REPEATED = "repeated"  # 111111, 121212, 123123, 112233
    RUN = "run"  # 123456, 987654
    DATE = "date"  # a birthday or a year in it


def weakness(pin: str, shortest: int) -> Weak | None:
    """Why this PIN is not taken, or None. Of a million PINs of six digits 109,087 are refused."""
    if not (pin.isascii() and pin.isdigit()):
        return Weak.NOT_DIGITS
    if len(pin) < shortest:
        return Weak.TOO_SHORT
    if len(pin) > LONGEST:
        return Weak.TOO_LONG
    if len(set(pin)) <= 2 or _repeats(pin):
        return Weak.REPEATED
    if _runs(pin):
        return Weak.RUN
    return Weak.DATE if _dated(pin) else None


def _repeats(pin: str) -> bool:
    """One piece over and over (123123), or every digit doubled or tripled (112233)."""
    for size in range(1, len(pin) // 2 + 1):
        if len(pin) % size:
            continue
        pieces = [pin[at : at + size] for at in range(0, len(pin), size)]
        if len(set(pieces)) == 1 or (size > 1 and all(len(set(piece)) == 1 for piece in pieces)):
            return True
    return False


def _runs(pin: str) -> bool:
    """Up or down by one all the way, 9 and 0 side by side as on the keys."""
    steps = {(int(after) - int(before)) % 10 for before, after in zip(pin, pin[1:], strict=False)}
    return steps in ({1}, {9})


def _dated(pin: str) -> bool:
    """A date of six or eight digits in any common order, or a year at either end."""
    if any("1920" <= year <= "2039" for year in (pin[:4], pin[-4:])):
        return True
    two, four = len(pin) == 6, len(pin) == 8
    if not (two or four):
        return False
    year = 2 if two else 4
    for y, m, d in (
        (pin[:year], pin[year : year + 2], pin[year + 2 :]),
        (pin[4:], pin[2:4], pin[:2]),
        (pin[4:], pin[:2], pin[2:4]),
    ):
        try:
            date(int(y) + (2000 if two else 0), int(m), int(d))
        except ValueError:
            continue
        return True
    return False


class Pins:
    """Keeps and compares, one at a time and off the loop: each takes its memory while it works."""

    def __init__(self, work: Work = WORK) -> None:
        self._hasher = PasswordHasher(work.passes, work.memory_kib, work.lanes, _DIGEST, _SALT, type=Type.ID)
        self._one = asyncio.Lock()
        # The PIN of who has none or is nobody: never right, and as long in being compared.
        parts = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (_SALT, _DIGEST))
        cost = f"m={work.memory_kib},t={work.passes},p={work.lanes}"
        self._nobodys = f"$argon2id$v=19${cost}${next(parts)}${next(parts)}"

    async def keep(self, secret: str) -> str:
        async with self._one:
            return await asyncio.to_thread(self._hasher.hash, secret)

    async def right(self, kept: str | None, secret: str) -> bool:
        """Whether `secret` is what was kept; None takes as long and is never right."""
        async with self._one:
            return await asyncio.to_thread(self._compare, kept or self._nobodys, secret) and kept is not None

    def outdated(self, kept: str) -> bool:
        return self._hasher.check_needs_rehash(kept)

    def _compare(self, kept: str, secret: str) -> bool:
        try:
            return self._hasher.verify(kept, secret)
        except (VerificationError, InvalidHashError):
            return False
