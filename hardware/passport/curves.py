"""Elliptic curves of travel documents: named by an OID, or recognised by their numbers.

ICAO 9303-12 §4.4 wants explicit parameters in certificates, so most documents spell their curve
out. A curve is taken only if p, a, b, the generator, its order and the cofactor are all those of
a known one: whoever may choose the generator can find a private key for anybody's public key.
Arithmetic is done on the known curve, never on the numbers that were sent.

Numbers: SEC 2 and FIPS 186-4 (NIST), RFC 5639 (brainpool, r1 and twisted t1), as `ecdsa` has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from ecdsa import curves as numbers
from ecdsa.ellipticcurve import CurveFp
from ecdsa.numbertheory import Error as NumberError
from ecdsa.numbertheory import square_root_mod_prime

from hardware.passport import tlv
from hardware.passport.errors import Malformed, Unsupported

_SEQUENCE, _INTEGER, _BIT_STRING, _OCTET_STRING, _OID = 0x30, 0x02, 0x03, 0x04, 0x06
_PRIME_FIELD = bytes.fromhex("2A8648CE3D0101")  # 1.2.840.10045.1.1, RFC 3279 §2.3.5
_WIDEST = 66  # bytes of a coordinate on P-521; a number longer than this is not converted at all


@dataclass(frozen=True)
class Curve:
    """A known curve y² = x³ + ax + b over GF(p); G = (x, y) of prime order n; cofactor h."""

    name: str  # as in RFC 5639 and SEC 2: secp256r1, brainpoolP256r1
    oid: bytes  # the content octets of its object identifier
    p: int
    a: int
    b: int
    x: int
    y: int
    n: int
    h: int

    @property
    def size(self) -> int:
        """Bytes of a coordinate."""
        return (self.p.bit_length() + 7) // 8

    @property
    def field(self) -> CurveFp:
        """For `ecdsa`'s point arithmetic, where `cryptography` has none."""
        return CurveFp(self.p, self.a, self.b, self.h)

    @property
    def named(self) -> ec.EllipticCurve | None:
        """The same curve in `cryptography`, or None where it does not have it."""
        made = _NAMED.get(self.name)
        return made() if made else None

    def point(self, encoded: bytes) -> tuple[int, int]:
        """A point as a certificate or chip writes it (X9.62 §4.3.6); Malformed if it is not on the curve."""
        form, body, size = encoded[:1], encoded[1:], self.size
        if form in (b"\x02", b"\x03") and len(body) == size:
            x = int.from_bytes(body, "big")
            y = self._root(x, odd=form == b"\x03")
        elif form == b"\x04" and len(body) == 2 * size:
            x, y = int.from_bytes(body[:size], "big"), int.from_bytes(body[size:], "big")
        else:
            raise Malformed(f"{len(encoded)} bytes for a point on {self.name}")
        if not (
            0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x + self.a) * x - self.b) % self.p == 0
        ):
            raise Malformed(f"a point that is not on {self.name}")
        return x, y

    def encode(self, x: int, y: int) -> bytes:
        """The uncompressed form."""
        return b"\x04" + x.to_bytes(self.size, "big") + y.to_bytes(self.size, "big")

    def _root(self, x: int, odd: bool) -> int:
        try:
            y = int(square_root_mod_prime((pow(x, 3, self.p) + self.a * x + self.b) % self.p, self.p))
        except NumberError:
            raise Malformed(f"a point that is not on {self.name}") from None
        return self.p - y if y % 2 != odd else y


_NAMED: dict[str, type[ec.EllipticCurve]] = {
    "secp192r1": ec.SECP192R1,
    "secp224r1": ec.SECP224R1,
    "secp256r1": ec.SECP256R1,
    "secp384r1": ec.SECP384R1,
    "secp521r1": ec.SECP521R1,
    "brainpoolP256r1": ec.BrainpoolP256R1,
    "brainpoolP384r1": ec.BrainpoolP384R1,
    "brainpoolP512r1": ec.BrainpoolP512R1,
}


def _known() -> Iterator[Curve]:
    nist = {bits: getattr(numbers, f"NIST{bits}p") for bits in (192, 224, 256, 384, 521)}
    named = {f"secp{bits}r1": curve for bits, curve in nist.items()}
    for kind in ("r1", "t1"):
        for bits in (160, 192, 224, 256, 320, 384, 512):
            named[f"brainpoolP{bits}{kind}"] = getattr(numbers, f"BRAINPOOLP{bits}{kind}")
    for name, each in named.items():
        field, generator = each.curve, each.generator
        p = int(field.p())
        yield Curve(
            name, bytes(each.encoded_oid[2:]), p, int(field.a()) % p, int(field.b()) % p,
            int(generator.x()), int(generator.y()), int(each.order), int(field.cofactor()),
        )  # fmt: skip


CURVES: dict[str, Curve] = {curve.name: curve for curve in _known()}
_BY_OID = {curve.oid: curve for curve in CURVES.values()}
_BY_NUMBERS = {(c.p, c.a, c.b): c for c in CURVES.values()}
_PRIMES = {curve.p for curve in CURVES.values()}


def recognise(p: int, a: int, b: int, generator: bytes, n: int, h: int | None) -> Curve:
    """The known curve with exactly these numbers.

    Unsupported where the field is none that we know; Malformed where the field is a known one and
    anything else differs. `h` may be left out (RFC 3279 §2.3.5): p, a, b and n leave it no choice.
    """
    curve = _BY_NUMBERS.get((p, a, b))
    if curve is None:
        if p in _PRIMES:
            raise Malformed("a known curve's prime with other coefficients")
        raise Unsupported(f"an unknown elliptic curve over {p.bit_length()} bits")
    if curve.point(generator) != (curve.x, curve.y):
        raise Malformed(f"{curve.name} with another generator")
    if n != curve.n or h not in (None, curve.h):
        raise Malformed(f"{curve.name} with another order or cofactor")
    return curve


def from_parameters(der: bytes) -> Curve:
    """ECParameters of a public key (RFC 3279 §2.3.5): an object identifier, or the numbers."""
    parameters = tlv.parse(der)
    if parameters.tag == _OID:
        curve = _BY_OID.get(parameters.value)
        if curve is None:
            raise Unsupported("an elliptic curve of unknown name")
        return curve
    if parameters.tag != _SEQUENCE:
        raise Malformed("an elliptic curve key without parameters")
    return _explicit(parameters)


def _explicit(parameters: tlv.Tlv) -> Curve:
    parts = parameters.children()
    if len(parts) not in (5, 6, 7):  # 7: SEC 1 adds a hash of the seed
        raise Malformed("elliptic curve parameters of an unknown shape")
    version, field, curve, base, order = parts[:5]
    if _integer(version) not in (1, 2, 3):
        raise Malformed("elliptic curve parameters of an unknown version")
    kind, prime = _pair(field)
    if kind.tag != _OID or kind.value != _PRIME_FIELD:
        raise Unsupported("an elliptic curve that is not over a prime field")
    a, b = _pair(curve, more=_BIT_STRING)  # and perhaps the seed that b was made from
    cofactor = _integer(parts[5]) if [part.tag for part in parts[5:6]] == [_INTEGER] else None
    if any(part.tag != _SEQUENCE for part in parts[6 if cofactor is not None else 5 :]):
        raise Malformed("elliptic curve parameters of an unknown shape")
    if base.tag != _OCTET_STRING:
        raise Malformed("elliptic curve parameters without a generator")
    return recognise(_integer(prime), _element(a), _element(b), base.value, _integer(order), cofactor)


def _pair(pair: tlv.Tlv, more: int | None = None) -> tuple[tlv.Tlv, tlv.Tlv]:
    parts = pair.children() if pair.tag == _SEQUENCE else ()
    if len(parts) == 3 and parts[2].tag == more:
        parts = parts[:2]
    if len(parts) != 2:
        raise Malformed("elliptic curve parameters of an unknown shape")
    return parts[0], parts[1]


def _integer(part: tlv.Tlv) -> int:
    if part.tag != _INTEGER or not 1 <= len(part.value) <= _WIDEST + 1 or part.value[0] & 0x80:
        raise Malformed("elliptic curve parameters with a number that is none")
    return int.from_bytes(part.value, "big")


def _element(part: tlv.Tlv) -> int:
    """A field element; one country writes a zero byte before it."""
    if part.tag != _OCTET_STRING or len(part.value) > _WIDEST + 1:
        raise Malformed("elliptic curve parameters with a number that is none")
    return int.from_bytes(part.value, "big")
