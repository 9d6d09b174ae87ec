"""What a chip says it can do, and its keys: read as documents write them, and refused where they lie."""

from __future__ import annotations

import pytest
from asn1crypto import core, keys
from hypothesis import given
from hypothesis import strategies as st

from hardware.passport import tlv
from hardware.passport.crypto import Cipher
from hardware.passport.curves import CURVES, Curve
from hardware.passport.errors import Malformed, PassportError, Unsupported
from hardware.passport.groups import DhGroup, EcGroup
from hardware.passport.pace_groups import STANDARD, standard
from hardware.passport.security_infos import Agreement, Mapping, SecurityInfos, parse, public_key
from tests.hardware.passport.examples import BSI, BSI_DH

H = bytes.fromhex

# ICAO 9303-11 appendix I: the chip's static key, by the number of its domain parameters.
STATIC_POINT = (
    "041872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC8"
    "84D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F"
)
STATIC_KEY = "3062060904007F0007020201023052300C060704007F0007010202010D034200" + STATIC_POINT + "02010D"


def infos(*entries: bytes) -> SecurityInfos:
    return parse(tlv.encode(0x31, b"".join(entries)))


def sequence(*parts: bytes) -> bytes:
    return tlv.encode(0x30, b"".join(parts))


def integer(number: int) -> bytes:
    return bytes(core.Integer(number).dump())


def oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


# --- entries --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("example", "agreement", "parameter"), [(BSI, Agreement.ECDH, 13), (BSI_DH, Agreement.DH, 0)]
)
def test_the_card_access_of_bsis_worked_example(
    example: dict[str, str], agreement: Agreement, parameter: int
) -> None:
    found = parse(H(example["card access"]))
    (pace,) = found.pace
    assert (pace.agreement, pace.mapping, pace.cipher) == (agreement, Mapping.GENERIC, Cipher.AES128)
    assert (pace.version, pace.parameter) == (2, parameter)
    assert found.group_of(pace) is STANDARD[parameter]
    assert [(each.agreement, each.version, each.key) for each in found.chip_authentication] == [
        (agreement, 2, 1)
    ]


def test_the_static_key_of_appendix_i() -> None:
    (key,) = infos(H(STATIC_KEY)).chip_keys
    assert (key.agreement, key.number) == (Agreement.ECDH, 13)
    assert key.open() == (STANDARD[13], H(STATIC_POINT))


def test_the_hash_of_active_authentication() -> None:
    """9303-11 §9.2.4: plain ECDSA by BSI's identifiers; met, and as clear about the hash: those of RFC 5758."""
    entry = sequence(oid("2.23.136.1.1.5"), integer(1), oid("0.4.0.127.0.7.1.1.4.1.3"))
    (found,) = infos(entry).active_authentication
    assert (found.version, found.digest) == (1, "sha256")
    for number, digest in ((1, "sha224"), (2, "sha256"), (3, "sha384"), (4, "sha512"), (5, "")):
        other = sequence(oid("2.23.136.1.1.5"), integer(1), oid(f"1.2.840.10045.4.3.{number}"))
        assert infos(other).active_authentication[0].digest == digest


def test_what_is_not_ours_is_left_alone() -> None:
    """EFDIRInfo, a PACE mapping that never was, chip authentication by nothing, chip authentication mapping
    with 3DES."""
    entries = [
        sequence(oid(unknown), integer(2), integer(13))
        for unknown in (
            "2.23.136.1.1.13", "0.4.0.127.0.7.2.2.4.5.2", "0.4.0.127.0.7.2.2.4.2.9",
            "0.4.0.127.0.7.2.2.3.3.1", "0.4.0.127.0.7.2.2.4.6.1", "0.4.0.127.0.7.2.2.1.3", "2.23.136.1.1.6",
        )
    ]  # fmt: skip
    assert infos(*entries) == SecurityInfos()


def test_an_issuers_own_domain_parameters() -> None:
    algorithm = sequence(oid("1.2.840.10045.2.1"), spelled_out(CURVES["brainpoolP256t1"]))
    found = infos(
        sequence(oid("0.4.0.127.0.7.2.2.4.2.2"), integer(2), integer(40)),
        sequence(oid("0.4.0.127.0.7.2.2.4.2"), algorithm, integer(40)),
        sequence(oid("0.4.0.127.0.7.2.2.4.2.3"), integer(2), integer(41)),
        sequence(oid("0.4.0.127.0.7.2.2.4.2.4"), integer(2)),
    )
    group = found.group_of(found.pace[0])
    assert isinstance(group, EcGroup)
    assert group.curve is CURVES["brainpoolP256t1"]
    with pytest.raises(Unsupported):
        found.group_of(found.pace[1])
    assert found.group_of(found.pace[2]).name == "brainpoolP256t1"


def test_numbers_that_nobody_signed_are_only_taken_if_they_are_known() -> None:
    """9303-11 §9.2.2: bad domain parameters would give the password away."""
    good = standard(1)
    entries = [sequence(oid("0.4.0.127.0.7.2.2.4.1.2"), integer(2), integer(number)) for number in (40, 41)]
    for number, base in ((40, int.from_bytes(good.generator, "big")), (41, 4)):
        algorithm = sequence(oid("1.2.840.113549.1.3.1"), sequence(integer(good.field), integer(base)))
        entries.append(sequence(oid("0.4.0.127.0.7.2.2.4.1"), algorithm, integer(number)))
    found = infos(*entries)
    assert found.group_of(found.pace[0]) is good
    with pytest.raises(Unsupported):
        found.group_of(found.pace[1])


def test_without_domain_parameters_there_is_no_group() -> None:
    found = infos(sequence(oid("0.4.0.127.0.7.2.2.4.2.4"), integer(2)))
    with pytest.raises(Malformed):
        found.group_of(found.pace[0])


@pytest.mark.parametrize(
    "wrong",
    [
        b"", sequence(), tlv.encode(0x31, integer(1)), tlv.encode(0x31, sequence(oid("1.2.3"))),
        tlv.encode(0x31, sequence(integer(1), integer(1))), tlv.encode(0x31, sequence(*[oid("1.2.3")] * 4)),
        tlv.encode(0x31, sequence(oid("1.2.3"), integer(1)) * 65),
        tlv.encode(0x31, sequence(oid("0.4.0.127.0.7.2.2.4.2.4"), integer(-2), integer(13))),
        tlv.encode(0x31, sequence(oid("0.4.0.127.0.7.2.2.4.2.4"), integer(2), integer(1 << 70))),
        tlv.encode(0x31, sequence(oid("0.4.0.127.0.7.2.2.4.2.4"), oid("1.2"), integer(13))),
        tlv.encode(0x31, b"") + b"\0",
    ],
)  # fmt: skip
def test_what_has_another_shape_is_refused(wrong: bytes) -> None:
    with pytest.raises(Malformed):
        parse(wrong)


# --- keys -----------------------------------------------------------------------------------------


def spelled_out(curve: Curve) -> bytes:
    domain = {
        "version": "ecdpVer1",
        "field_id": {"field_type": "prime_field", "parameters": curve.p},
        "curve": {name: getattr(curve, name).to_bytes(curve.size, "big") for name in ("a", "b")},
        "base": curve.encode(curve.x, curve.y),
        "order": curve.n,
        "cofactor": curve.h,
    }
    return bytes(keys.SpecifiedECDomain(domain).dump())


def bit_string(content: bytes) -> bytes:
    return tlv.encode(0x03, b"\0" + content)


@pytest.mark.parametrize("name", ["secp256r1", "brainpoolP384r1", "brainpoolP320r1"])
def test_a_curve_may_be_spelled_out_or_named(name: str) -> None:
    curve = CURVES[name]
    point = EcGroup(curve).pair(EcGroup(curve).generator)[1]
    for parameters in (spelled_out(curve), tlv.encode(0x06, curve.oid)):
        for kind in ("1.2.840.10045.2.1", "1.3.132.1.12"):
            group, public = public_key(sequence(sequence(oid(kind), parameters), bit_string(point)))
            assert isinstance(group, EcGroup)
            assert (group.curve, public) == (curve, point)


def test_diffie_hellman_with_and_without_its_order() -> None:
    """PKCS #3, which has none; X9.42, which has; and the standard's numbers."""
    group = standard(2)
    assert isinstance(group, DhGroup)
    y = int.from_bytes(group.pair(group.generator)[1], "big")
    prime, base = integer(group.field), integer(int.from_bytes(group.generator, "big"))
    for kind, parameters in (
        ("1.2.840.113549.1.3.1", sequence(prime, base)),
        ("1.2.840.113549.1.3.1", sequence(prime, base, integer(256))),
        ("1.2.840.10046.2.1", sequence(prime, base, integer(group.order))),
        ("0.4.0.127.0.7.1.2", integer(2)),
    ):
        found, public = public_key(sequence(sequence(oid(kind), parameters), bit_string(integer(y))))
        assert int.from_bytes(public, "big") == y
        assert found.agree(5, public) == group.agree(5, public)


@pytest.mark.parametrize(
    "parameters",
    [
        sequence(), sequence(integer(23)), sequence(integer(22), integer(5)), sequence(integer(23), integer(1)),
        sequence(integer(23), integer(22)), sequence(integer((1 << 8200) + 1), integer(5)),
    ],
)  # fmt: skip
def test_numbers_that_make_no_group_are_refused(parameters: bytes) -> None:
    with pytest.raises(Malformed):
        public_key(sequence(sequence(oid("1.2.840.113549.1.3.1"), parameters), bit_string(integer(5))))


def test_a_generator_of_a_small_subgroup_is_refused() -> None:
    group = standard(2)
    parameters = sequence(integer(group.field), integer(2), integer(group.order))
    with pytest.raises(Malformed):
        public_key(sequence(sequence(oid("1.2.840.10046.2.1"), parameters), bit_string(integer(5))))


def test_a_key_that_is_not_of_its_group_is_refused() -> None:
    wrong = STATIC_POINT[:-2] + "70"
    key = infos(H(STATIC_KEY.replace(STATIC_POINT, wrong))).chip_keys[0]
    with pytest.raises(Malformed):
        key.open()


def test_a_key_of_another_kind_is_not_spoken() -> None:
    rsa = keys.PublicKeyAlgorithm({"algorithm": "rsa", "parameters": core.Null()}).dump()
    with pytest.raises(Unsupported):
        public_key(sequence(rsa, bit_string(b"")))


@given(st.binary(max_size=120))
def test_nothing_but_our_own_errors_comes_of_nonsense(data: bytes) -> None:
    for read in (parse, public_key):
        try:
            read(data)
        except PassportError:
            continue


@given(
    st.integers(0, 10_000), st.integers(1, 255), st.sampled_from([BSI["card access"], BSI_DH["card access"]])
)
def test_one_changed_byte_does_no_harm(at: int, change: int, good: str) -> None:
    data = bytearray(H(good))
    data[at % len(data)] ^= change
    try:
        found = parse(bytes(data))
        for key in found.chip_keys:
            key.open()
        for info in found.pace:
            found.group_of(info)
    except PassportError:
        return


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_of_a_key_does_no_harm(at: int, change: int) -> None:
    data = bytearray(tlv.encode(0x31, H(STATIC_KEY)))
    data[at % len(data)] ^= change
    try:
        for key in parse(bytes(data)).chip_keys:
            key.open()
    except PassportError:
        return
