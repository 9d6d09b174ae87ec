"""Curves spelled out in numbers: the known ones are recognised, and every impostor is refused."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from ecdsa import curves as numbers
from ecdsa.ecdsa import Private_key, Public_key, Signature
from ecdsa.ellipticcurve import Point
from hypothesis import given
from hypothesis import strategies as st

from hardware.passport.curves import CURVES, Curve, from_parameters, recognise
from hardware.passport.errors import Malformed, PassportError, Unsupported


def spelled_out(curve: Curve, generator: bytes = b"", **other: int | None) -> bytes:
    """ECParameters with the numbers of `curve`, but for what is given."""
    values = {name: getattr(curve, name) for name in ("p", "a", "b", "n", "h")} | other
    domain = {
        "version": "ecdpVer1",
        "field_id": {"field_type": "prime_field", "parameters": values["p"]},
        "curve": {name: values[name].to_bytes(curve.size, "big") for name in ("a", "b")},
        "base": generator or curve.encode(curve.x, curve.y),
        "order": values["n"],
    }
    if values["h"] is not None:
        domain["cofactor"] = values["h"]
    return bytes(keys.SpecifiedECDomain(domain).dump())


@pytest.mark.parametrize("name", CURVES)
def test_every_known_curve_is_recognised_by_its_numbers(name: str) -> None:
    curve = CURVES[name]
    assert from_parameters(spelled_out(curve)) is curve
    assert from_parameters(spelled_out(curve, h=None)) is curve
    assert from_parameters(b"\x06" + bytes((len(curve.oid),)) + curve.oid) is curve


@pytest.mark.parametrize("name", [name for name, curve in CURVES.items() if curve.named])
def test_the_numbers_are_those_that_cryptography_computes_with(name: str) -> None:
    """1·G as another implementation has it; n by (n − 1)·G = −G."""
    curve = CURVES[name]
    assert curve.named is not None
    one = ec.derive_private_key(1, curve.named).public_key().public_numbers()
    last = ec.derive_private_key(curve.n - 1, curve.named).public_key().public_numbers()
    assert (one.x, one.y) == (curve.x, curve.y)
    assert (last.x, last.y) == (curve.x, curve.p - curve.y)


def test_a_substituted_generator_that_lets_an_attacker_sign_is_refused() -> None:
    """The country's key Q is public. With G' = dQ the attacker knows its private key: 1/d."""
    curve = CURVES["brainpoolP256r1"]
    country = ec.generate_private_key(ec.BrainpoolP256R1()).public_key().public_numbers()
    d = 0xC0FFEE
    public = Point(curve.field, country.x, country.y, curve.n)
    multiple = d * public
    substituted = Point(curve.field, multiple.x(), multiple.y(), curve.n)
    mine = Private_key(Public_key(substituted, public, verify=False), pow(d, -1, curve.n))
    digest = int.from_bytes(hashlib.sha256(b"a forged document").digest(), "big")
    signature = mine.sign(digest, 4711)
    # With the generator from the certificate the forgery verifies under the country's own key …
    assert Public_key(substituted, public, verify=False).verifies(digest, Signature(signature.r, signature.s))
    # … so the curve is not taken; that its prime, coefficients, order and cofactor are right is no excuse.
    with pytest.raises(Malformed, match="another generator"):
        from_parameters(spelled_out(curve, curve.encode(int(substituted.x()), int(substituted.y()))))


@pytest.mark.parametrize("name", ["secp256r1", "brainpoolP384r1", "secp521r1", "brainpoolP320t1"])
@pytest.mark.parametrize("what", ["a", "b", "n", "h"])
def test_a_number_that_differs_by_one_is_refused(name: str, what: str) -> None:
    curve = CURVES[name]
    with pytest.raises(Malformed):
        from_parameters(spelled_out(curve, **{what: getattr(curve, what) + 1}))


def test_the_negated_generator_is_another_one() -> None:
    curve = CURVES["secp256r1"]
    with pytest.raises(Malformed, match="another generator"):
        from_parameters(spelled_out(curve, curve.encode(curve.x, curve.p - curve.y)))


def test_an_unknown_field_is_told_from_a_forged_one() -> None:
    curve = CURVES["secp256r1"]
    with pytest.raises(Unsupported):
        recognise(curve.p + 2, curve.a, curve.b, curve.encode(curve.x, curve.y), curve.n, 1)
    koblitz = numbers.SECP256k1
    with pytest.raises(Unsupported):
        recognise(
            int(koblitz.curve.p()), 0, 7, koblitz.generator.to_bytes("uncompressed"), int(koblitz.order), 1
        )


@pytest.mark.parametrize("wrong", ["0500", "3000", "0603550403", "300302010130", "30060201013001FF"])
def test_other_parameters_are_refused(wrong: str) -> None:
    with pytest.raises(PassportError):
        from_parameters(bytes.fromhex(wrong))


@pytest.mark.parametrize("name", CURVES)
def test_a_compressed_point_is_the_same_point(name: str) -> None:
    curve = CURVES[name]
    for y in (curve.y, curve.p - curve.y):
        short = bytes((2 + y % 2,)) + curve.x.to_bytes(curve.size, "big")
        assert curve.point(short) == curve.point(curve.encode(curve.x, y)) == (curve.x, y)


@pytest.mark.parametrize("point", ["", "00", "04" + "00" * 64, "04" + "FF" * 64, "02" + "FF" * 32, "0401"])
def test_a_point_off_the_curve_is_refused(point: str) -> None:
    with pytest.raises(Malformed):
        CURVES["secp256r1"].point(bytes.fromhex(point))


def test_parameters_written_by_openssl_are_read() -> None:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    algorithm = keys.PublicKeyInfo.load(der)["algorithm"]
    assert from_parameters(algorithm["parameters"].dump()).name == "secp384r1"


@given(st.binary(max_size=120))
def test_nothing_but_our_own_errors_comes_of_nonsense(data: bytes) -> None:
    for read in (from_parameters, CURVES["secp192r1"].point):
        try:
            read(data)
        except PassportError:
            continue


@given(st.sampled_from(list(CURVES.values())), st.data())
def test_one_flipped_bit_is_never_taken_for_the_curve(curve: Curve, data: st.DataObject) -> None:
    der = bytearray(spelled_out(curve))
    version = der.index(b"\x02\x01\x01") + 2  # 1 to 3: it says what is there, not which curve
    bit = data.draw(st.integers(0, len(der) * 8 - 1).filter(lambda bit: bit // 8 != version))
    der[bit // 8] ^= 1 << bit % 8
    with pytest.raises(PassportError):
        from_parameters(bytes(der))
