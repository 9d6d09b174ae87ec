"""What a chip may send only to cost time: refused before anything is computed, each within a second of machine time."""

from __future__ import annotations

import random

import pytest

from hardware.passport import active_auth, chip_auth, cms, curves, pace, security_infos, signatures, tlv
from hardware.passport.apdu import Command
from hardware.passport.errors import Malformed, Unsupported
from hardware.passport.exchange import run
from hardware.passport.signatures import Algorithm, EcKey, Scheme
from tests.fuzz.limits import a_second
from tests.hardware.passport import pki
from tests.hardware.passport.test_security_infos import bit_string, integer, oid, sequence
from tests.hardware.passport.trusted import DS

CHANCE = random.Random(9303)  # noqa: S311 - not for secrets
RSA = sequence(oid("1.2.840.113549.1.1.1"), b"\x05\0")
X942 = "1.2.840.10046.2.1"
KEYS, CHIP, PACE = "0.4.0.127.0.7.2.2.1.1", "0.4.0.127.0.7.2.2.3.1.2", "0.4.0.127.0.7.2.2.4.1"


def odd(bits: int) -> int:
    return CHANCE.getrandbits(bits) | 1 << (bits - 1) | 1


def rsa_key(modulus: int, exponent: int) -> bytes:
    return sequence(RSA, bit_string(sequence(integer(modulus), integer(exponent))))


def numbers(bits: int) -> bytes:
    """Diffie-Hellman in a group of nobody's, whose order may be one and is as long as its prime."""
    prime = odd(bits)
    return sequence(oid(X942), sequence(*(integer(each) for each in (prime, odd(bits - 8), (prime - 1) // 2))))


@pytest.mark.parametrize("bits", [6, 65, 512, 4160, 16_384])
def test_a_chips_rsa_key_that_none_has_is_not_computed_with(bits: int) -> None:
    with pytest.raises(Unsupported):
        active_auth.open_key(rsa_key(odd(bits), 3))


def test_a_chips_rsa_key_with_an_exponent_as_long_as_its_modulus_is_not_computed_with() -> None:
    with pytest.raises(Unsupported):
        active_auth.open_key(rsa_key(odd(4096), odd(4000)))


def test_numbers_longer_than_anybodys_are_no_group() -> None:
    with a_second(), pytest.raises(Malformed):
        security_infos.public_key(sequence(numbers(8192), bit_string(integer(4))))


def test_of_many_keys_in_groups_of_the_chips_own_few_are_looked_at() -> None:
    keys = [
        sequence(oid(KEYS), sequence(numbers(3000), bit_string(integer(4))), integer(number)) for number in range(30)
    ]
    ways = [sequence(oid(CHIP), integer(1), integer(number)) for number in range(30)]
    infos = security_infos.parse(tlv.encode(0x31, b"".join(keys + ways)))
    with a_second(), pytest.raises(Malformed):
        chip_auth.choose(infos)


def test_domain_parameters_of_nobodys_are_compared_and_not_computed_with() -> None:
    ways = [sequence(oid(f"{PACE}.2"), integer(2), integer(32 + number)) for number in range(30)]
    groups = [sequence(oid(PACE), numbers(3000), integer(32 + number)) for number in range(30)]
    infos = security_infos.parse(tlv.encode(0x31, b"".join(ways + groups)))
    with a_second():
        assert pace.choose(infos) is None


def test_a_signed_object_with_more_certificates_or_signers_than_any_has_is_refused() -> None:
    info = tlv.parse(pki.signed(pki.LDS, b"\x30\0", DS))
    kind, content = info.children()
    data = list(content.children()[0].children())
    for at in (3, 4):
        many = list(data)
        many[at] = tlv.Tlv(data[at].tag, data[at].value * 101)
        whole = tlv.encode(0x30, bytes(kind) + tlv.encode(0xA0, tlv.encode(0x30, b"".join(map(bytes, many)))))
        with pytest.raises(Malformed, match="101"):
            cms.parse(whole)


def test_more_objects_side_by_side_than_any_file_has_are_refused() -> None:
    assert len(tlv.parse_all(b"\x04\0" * 0x1_0000)) == 0x1_0000
    with pytest.raises(Malformed):
        tlv.parse_all(b"\x04\0" * 0x1_0001)


def test_an_answer_in_pieces_is_no_longer_than_an_answer() -> None:
    asked = 0

    def piece(command: bytes) -> bytes:
        nonlocal asked
        asked += 1
        return bytes(20_000) + b"\x61\0"

    def one() -> object:
        return (yield Command(0x00, 0xB0, 0x00, 0x00, ne=256))

    with pytest.raises(Malformed):
        run(one(), piece)  # type: ignore[arg-type]
    assert asked == 4


def test_a_signature_on_a_curve_that_must_be_computed_here_takes_milliseconds() -> None:
    """Each of two signed objects may have four signers, each tried with two hashes and in two orders of its attributes."""
    curve = curves.CURVES["brainpoolP512t1"]
    signature = sequence(integer(curve.n - 3), integer(curve.n - 5))
    with a_second():
        for _ in range(2 * 4 * 2 * 2):
            assert not signatures.verify(
                EcKey(curve, curve.x, curve.y), Algorithm(Scheme.ECDSA, "sha512"), signature, b"anything"
            )
