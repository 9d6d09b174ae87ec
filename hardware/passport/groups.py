"""The groups that keys are agreed in: points of an elliptic curve, and numbers modulo a prime.

One face for both, in bytes as they go over the wire: a point as 04 ‖ x ‖ y, a number as long as its
prime. Every element that comes in is checked to be of the group and not its neutral element
(BSI TR-03111 §3.2.2.1, §4.3.1; NIST SP 800-56A §5.6.2.3), or it is Malformed.

`cryptography` adds no points, so curve arithmetic is `ecdsa`'s. It does not take constant time: the
keys of these protocols live for one document on one reader.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable

from ecdsa.ellipticcurve import INFINITY, PointJacobi

from hardware.passport.curves import Curve
from hardware.passport.errors import Malformed, Unsupported

_LONGEST_PRIME = 3072  # bits; each power of 8,192 bits takes more than a second

Draw = Callable[[int], int]
"""Chance: a private key for a group of this order."""


def draw(order: int) -> int:
    return secrets.randbelow(order - 1) + 1


class Group(ABC):
    """A cyclic group of prime order. `key_tag` marks its public values (9303-11 §9.4.2, §9.4.3); `field`
    is the prime that integrated mapping takes its number modulo."""

    key_tag: int

    def __init__(self, name: str, order: int, field: int, generator: bytes) -> None:
        self.name = name
        self.order = order
        self.field = field
        self.generator = generator

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    @abstractmethod
    def element(self, data: bytes) -> bytes:
        """The same element, written in full; Malformed unless it is of the group and not neutral."""

    @abstractmethod
    def multiply(self, scalar: int, element: bytes) -> bytes:
        """The element taken `scalar` times (numbers: to that power)."""

    @abstractmethod
    def add(self, one: bytes, other: bytes) -> bytes:
        """Two elements added (numbers: multiplied)."""

    @abstractmethod
    def encode_onto(self, number: int) -> bytes:
        """A number of the field made an element: integrated mapping's last step (9303-11 §4.4.3.3)."""

    @abstractmethod
    def secret(self, element: bytes) -> bytes:
        """What of an agreed element goes into key derivation: x, or the number itself."""

    def pair(self, generator: bytes, draw: Draw = draw) -> tuple[int, bytes]:
        """A private and a public key. Never one with leading zeros: whether those are written where a
        number is sent is read differently by different chips."""
        while True:
            private = draw(self.order)
            public = self.multiply(private, generator)
            if public[0]:
                return private, public

    def agree(self, private: int, public: bytes) -> bytes:
        """The shared secret with the owner of `public`."""
        return self.secret(self.multiply(private, public))


class EcGroup(Group):
    """An elliptic curve of cofactor 1: every point on it but infinity generates the whole group."""

    key_tag = 0x86

    def __init__(self, curve: Curve) -> None:
        if curve.h != 1:
            raise Unsupported(f"{curve.name}: cofactor {curve.h}")
        super().__init__(curve.name, curve.n, curve.p, curve.encode(curve.x, curve.y))
        self.curve = curve

    def element(self, data: bytes) -> bytes:
        self._point(data)
        return data

    def multiply(self, scalar: int, element: bytes) -> bytes:
        return self._bytes(self._point(element) * scalar)

    def add(self, one: bytes, other: bytes) -> bytes:
        return self._bytes(self._point(one) + self._point(other))

    def secret(self, element: bytes) -> bytes:
        return self.element(element)[1 : 1 + self.curve.size]

    def encode_onto(self, number: int) -> bytes:
        """Simplified Shallue–van de Woestijne–Ulas, for p ≡ 3 mod 4 only (9303-11 appendix B.2)."""
        p, a, b = self.curve.p, self.curve.a, self.curve.b
        if p % 4 != 3:
            raise Unsupported(f"integrated mapping on {self.name}")
        alpha = -number * number % p
        below = a * (alpha + alpha * alpha) % p
        if not below:
            raise Malformed("integrated mapping of a number that has no point")
        x2 = -b * (alpha + alpha * alpha + 1) * pow(below, -1, p) % p
        h2 = (pow(x2, 3, p) + a * x2 + b) % p
        root = pow(h2, p - 1 - (p + 1) // 4, p)  # 1/√h2, if there is one
        if root * root * h2 % p == 1:
            return self.curve.encode(x2, root * h2 % p)
        return self.curve.encode(alpha * x2 % p, root * pow(number, 3, p) * h2 % p)

    def _point(self, element: bytes) -> PointJacobi:
        if element[:1] != b"\x04":
            raise Malformed("a point that is not written in full")
        return PointJacobi(self.curve.field, *self.curve.point(element), 1, self.curve.n)

    def _bytes(self, point: PointJacobi) -> bytes:
        if point == INFINITY:
            raise Malformed("a key agreement that ends in the point at infinity")
        affine = point.to_affine()
        return self.curve.encode(int(affine.x()), int(affine.y()))


class DhGroup(Group):
    """The numbers modulo `prime` that `base` generates. Where a chip does not tell the order of its own
    parameters (PKCS #3 has no room for it) only the trivial elements can be refused."""

    key_tag = 0x84

    def __init__(self, name: str, prime: int, base: int, order: int | None) -> None:
        self._size = (prime.bit_length() + 7) // 8
        if prime.bit_length() > _LONGEST_PRIME or prime % 2 == 0 or not 1 < base < prime - 1:
            raise Malformed(f"{name}: not the numbers of a group")
        if order is not None and not (
            1 < order < prime and (prime - 1) % order == 0 and pow(base, order, prime) == 1
        ):
            raise Malformed(f"{name}: a generator of another order")
        super().__init__(name, order or (prime - 1) // 2, prime, base.to_bytes(self._size, "big"))
        self._checked = order is not None

    def element(self, data: bytes) -> bytes:
        return self._bytes(self._number(data))

    def multiply(self, scalar: int, element: bytes) -> bytes:
        return self._bytes(pow(self._number(element), scalar, self.field))

    def add(self, one: bytes, other: bytes) -> bytes:
        return self._bytes(self._number(one) * self._number(other) % self.field)

    def secret(self, element: bytes) -> bytes:
        return self.element(element)

    def encode_onto(self, number: int) -> bytes:
        """The number to the power of the cofactor (9303-11 §4.4.3.3.1)."""
        return self._bytes(pow(number, (self.field - 1) // self.order, self.field))

    def _number(self, element: bytes) -> int:
        number = int.from_bytes(element, "big")
        if len(element) > self._size or not 1 < number < self.field - 1:
            raise Malformed(f"{self.name}: not an element of the group")
        if self._checked and pow(number, self.order, self.field) != 1:
            raise Malformed(f"{self.name}: an element of another subgroup")
        return number

    def _bytes(self, number: int) -> bytes:
        if number in (0, 1):
            raise Malformed(f"{self.name}: a key agreement that ends in the neutral element")
        return number.to_bytes(self._size, "big")
