"""Curves and number groups: the same arithmetic behind one face, and no agreement in nothing."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.passport.curves import CURVES
from hardware.passport.errors import Malformed, Unsupported
from hardware.passport.groups import DhGroup, EcGroup
from hardware.passport.pace_groups import STANDARD, standard

ALL = pytest.mark.parametrize("number", STANDARD)


@ALL
def test_two_sides_agree(number: int) -> None:
    group = standard(number)
    ours, theirs = group.pair(group.generator), group.pair(group.generator)
    assert group.agree(ours[0], theirs[1]) == group.agree(theirs[0], ours[1])
    assert group.element(ours[1]) == ours[1]


@ALL
def test_adding_is_adding(number: int) -> None:
    group = standard(number)
    two, three = (group.multiply(scalar, group.generator) for scalar in (2, 3))
    assert group.add(two, three) == group.multiply(5, group.generator)
    assert group.add(two, two) == group.multiply(4, group.generator)


@ALL
def test_an_agreement_in_nothing_is_refused(number: int) -> None:
    """The neutral element gives a secret that everybody knows."""
    group = standard(number)
    opposite = group.multiply(group.order - 1, group.generator)
    for end in (
        lambda: group.multiply(group.order, group.generator),
        lambda: group.multiply(0, group.generator),
        lambda: group.add(group.generator, opposite),
    ):
        with pytest.raises(Malformed):
            end()


@pytest.mark.parametrize(
    "number",
    [number for number, group in STANDARD.items() if isinstance(group, EcGroup) and group.curve.named],
)
def test_curves_agree_with_another_implementation(number: int) -> None:
    group = standard(number)
    assert isinstance(group, EcGroup)
    assert group.curve.named is not None
    theirs = ec.generate_private_key(group.curve.named)
    numbers = theirs.public_key().public_numbers()
    private, public = group.pair(group.generator)
    ours = ec.EllipticCurvePublicKey.from_encoded_point(group.curve.named, public)
    assert group.agree(private, group.curve.encode(numbers.x, numbers.y)) == theirs.exchange(ec.ECDH(), ours)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_number_groups_are_what_they_say(number: int) -> None:
    """RFC 5114: q divides p − 1, and g has order q."""
    group = standard(number)
    assert (group.field - 1) % group.order == 0
    assert pow(int.from_bytes(group.generator, "big"), group.order, group.field) == 1
    assert (group.field.bit_length(), group.order.bit_length()) == ((1024, 160), (2048, 224), (2048, 256))[
        number
    ]


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([number for number in STANDARD if number != 10]), st.binary(min_size=1, max_size=80))
def test_a_number_mapped_onto_a_group_is_of_the_group(number: int, data: bytes) -> None:
    group = standard(number)
    value = int.from_bytes(data, "big") % group.field
    try:
        assert group.element(group.encode_onto(value))
    except Malformed:
        assert value in (0, 1, group.field - 1) or not isinstance(group, EcGroup)


def test_a_curve_that_integrated_mapping_can_not_serve_says_so() -> None:
    with pytest.raises(Unsupported, match="secp224r1"):
        standard(10).encode_onto(5)


@pytest.mark.parametrize("number", [3, 7, 19, 31, 32, 255])
def test_reserved_numbers_are_not_spoken(number: int) -> None:
    with pytest.raises(Unsupported):
        standard(number)


def test_no_public_key_begins_with_zeros() -> None:
    """Whether they are written is read differently; so another key is drawn."""
    group = DhGroup("small", 131_111, 3, None)
    drawn = iter(range(1, 60_000))
    for _ in range(200):
        assert group.pair(group.generator, lambda order: next(drawn))[1][0]


def test_a_group_is_shown_by_its_name() -> None:
    assert repr(EcGroup(CURVES["secp256r1"])) == "EcGroup(secp256r1)"
