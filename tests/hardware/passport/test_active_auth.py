"""Active authentication: the worked example of ICAO 9303-11 appendix F, every hash, and copies that fail."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa, utils
from hypothesis import given
from hypothesis import strategies as st

from hardware.passport import active_auth
from hardware.passport.apdu import decode
from hardware.passport.errors import Refused, TooLong, Unsupported
from hardware.passport.exchange import run
from hardware.passport.security_infos import SecurityInfos
from tests.hardware.passport.test_security_infos import infos, integer, oid, sequence

H = bytes.fromhex
CHALLENGE = H("F173589974BF40C6")
# Appendix F, step 9: header, M1, hash of M1 and the challenge, trailer. It names no key.
OPENED = H(
    "6A9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C98599F40B79F"
    "377B5F3A1406B3B4D8F96784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD4E7292E2DCDA3024B47DA8"
    "C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127BC"
)
RSA_1024 = rsa.generate_private_key(65537, 1024)  # noqa: S505 — as long as the example's
RSA_2048 = rsa.generate_private_key(3, 2048)
TRAILERS = {"sha1": "33CC", "sha224": "38CC", "sha256": "34CC", "sha384": "36CC", "sha512": "35CC"}


def spki(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def signed(key: rsa.RSAPrivateKey, opened: bytes) -> bytes:
    """The power with the private exponent: what a chip sends."""
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    return pow(int.from_bytes(opened, "big"), numbers.d, modulus).to_bytes((key.key_size + 7) // 8, "big")


def recoverable(
    digest: str, trailer: bytes, size: int, challenge: bytes = CHALLENGE, header: int = 0x6A
) -> bytes:
    recovered = b"\x5c" * (size - 1 - len(trailer) - hashlib.new(digest).digest_size)
    return bytes((header,)) + recovered + hashlib.new(digest, recovered + challenge).digest() + trailer


def rsa_proves(key: rsa.RSAPrivateKey, signature: bytes, challenge: bytes = CHALLENGE) -> bool:
    return active_auth.proves(active_auth.open_key(spki(key)), SecurityInfos(), challenge, signature)


def test_the_worked_example_of_appendix_f() -> None:
    assert len(OPENED) == 128
    assert rsa_proves(RSA_1024, signed(RSA_1024, OPENED))


@pytest.mark.parametrize("digest", TRAILERS)
@pytest.mark.parametrize("key", [RSA_1024, RSA_2048], ids=["1024", "2048"])
def test_every_hash_in_an_rsa_signature(digest: str, key: rsa.RSAPrivateKey) -> None:
    assert rsa_proves(key, signed(key, recoverable(digest, H(TRAILERS[digest]), key.key_size // 8)))


def test_the_smaller_of_both_roots_is_taken_too() -> None:
    """ISO/IEC 9796-2 §B.5: a chip may send n − s."""
    modulus = RSA_1024.public_key().public_numbers().n
    other = modulus - int.from_bytes(signed(RSA_1024, OPENED), "big")
    assert rsa_proves(RSA_1024, other.to_bytes(128, "big"))


@pytest.mark.parametrize(
    "wrong",
    [
        recoverable("sha1", b"\xbc", 128, bytes(8)),  # for another challenge
        recoverable("sha1", b"\xbc", 128, header=0x4A),  # all of the message, and no challenge in it
        recoverable("sha1", b"\xbc", 128, header=0x6B),
        recoverable("sha256", H("33CC"), 128),  # the hash is not the one it says
        recoverable("sha256", H("3ACC"), 128),
        recoverable("sha1", H("CC"), 128),
        b"\x6a" + bytes(125) + H("33CC"),
        bytes(127) + b"\x0c",
    ],
)
def test_an_rsa_signature_that_proves_nothing(wrong: bytes) -> None:
    assert not rsa_proves(RSA_1024, signed(RSA_1024, wrong))


def test_a_copied_chip_has_another_key() -> None:
    signature = signed(rsa.generate_private_key(65537, 1024), OPENED)  # noqa: S505
    assert not rsa_proves(RSA_1024, signature)


def test_a_signature_has_one_form_only() -> None:
    """s + n gives the same power, and is no signature."""
    modulus = RSA_1024.public_key().public_numbers().n
    other = modulus + int.from_bytes(signed(RSA_1024, OPENED), "big")
    assert not rsa_proves(RSA_1024, other.to_bytes(129, "big"))


@given(st.binary(max_size=300), st.binary(min_size=8, max_size=8))
def test_no_nonsense_is_an_rsa_proof(signature: bytes, challenge: bytes) -> None:
    assert not rsa_proves(RSA_1024, signature, challenge)


# --- ECDSA ----------------------------------------------------------------------------------------

EC_256 = ec.generate_private_key(ec.BrainpoolP256R1())
EC_521 = ec.generate_private_key(ec.SECP521R1())
HASHES = {"sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}  # fmt: skip


def ec_signed(key: ec.EllipticCurvePrivateKey, digest: str, challenge: bytes = CHALLENGE) -> bytes:
    r, s = utils.decode_dss_signature(key.sign(challenge, ec.ECDSA(HASHES[digest]())))
    size = (key.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def named(digest: str) -> SecurityInfos:
    number = list(HASHES).index(digest) + 1
    return infos(sequence(oid("2.23.136.1.1.5"), integer(1), oid(f"0.4.0.127.0.7.1.1.4.1.{number}")))


@pytest.mark.parametrize("digest", HASHES)
@pytest.mark.parametrize("key", [EC_256, EC_521], ids=["brainpoolP256r1", "secp521r1"])
def test_every_hash_in_an_ecdsa_signature(digest: str, key: ec.EllipticCurvePrivateKey) -> None:
    opened = active_auth.open_key(spki(key))
    assert active_auth.proves(opened, named(digest), CHALLENGE, ec_signed(key, digest))
    assert active_auth.proves(opened, SecurityInfos(), CHALLENGE, ec_signed(key, digest))
    assert not active_auth.proves(opened, named(digest), bytes(8), ec_signed(key, digest))
    other = "sha256" if digest != "sha256" else "sha384"
    assert not active_auth.proves(opened, named(other), CHALLENGE, ec_signed(key, digest))


@given(st.binary(max_size=140))
def test_no_nonsense_is_an_ecdsa_proof(signature: bytes) -> None:
    assert not active_auth.proves(active_auth.open_key(spki(EC_256)), named("sha256"), CHALLENGE, signature)


@pytest.mark.parametrize("key", [EC_256, EC_521], ids=["brainpoolP256r1", "secp521r1"])
def test_a_card_that_signs_as_certificates_are_signed_is_no_copy(key: ec.EllipticCurvePrivateKey) -> None:
    """X9.62 in DER: some national identity cards, under either name of the algorithm."""
    opened = active_auth.open_key(spki(key))
    signature = key.sign(CHALLENGE, ec.ECDSA(hashes.SHA256()))
    x962 = infos(sequence(oid("2.23.136.1.1.5"), integer(1), oid("1.2.840.10045.4.3.2")))
    for found in (named("sha256"), x962, SecurityInfos()):
        assert active_auth.proves(opened, found, CHALLENGE, signature)
        assert not active_auth.proves(opened, found, bytes(8), signature)
        assert not active_auth.proves(opened, found, CHALLENGE, signature + b"\0")
    assert not active_auth.proves(opened, named("sha384"), CHALLENGE, signature)
    other = ec.generate_private_key(key.curve)
    assert not active_auth.proves(opened, x962, CHALLENGE, other.sign(CHALLENGE, ec.ECDSA(hashes.SHA256())))


def test_an_unknown_signature_algorithm_is_not_guessed() -> None:
    unknown = infos(sequence(oid("2.23.136.1.1.5"), integer(1), oid("1.2.840.10045.4.3.5")))
    with pytest.raises(Unsupported):
        active_auth.proves(
            active_auth.open_key(spki(EC_256)), unknown, CHALLENGE, ec_signed(EC_256, "sha256")
        )


def test_a_key_of_another_kind_is_not_spoken() -> None:
    with pytest.raises(Unsupported):
        active_auth.open_key(spki(dsa.generate_private_key(1024)))  # noqa: S505


# --- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "ne"), [(RSA_1024, 256), (RSA_2048, 65_536), (EC_521, 256)])
def test_a_signature_longer_than_a_short_answer_is_asked_for_in_an_extended_one(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, ne: int
) -> None:
    def chip(data: bytes) -> bytes:
        command = decode(data)
        assert (command.header, command.data, command.ne) == (H("00880000"), CHALLENGE, ne)
        return b"signature" + H("9000")

    exchange = active_auth.authenticate(
        CHALLENGE, active_auth.open_key(spki(key)), room=223, extended=True, carried=True
    )
    assert run(exchange, chip) == b"signature"


def test_a_chip_without_extended_length_is_asked_in_a_short_command() -> None:
    """It may send its signature in pieces; or say that it is too long, which through a reader that carries no
    longer one is no proof of a copy."""
    answers = iter([bytes(250) + H("6106"), b"rest, " + H("9000"), H("6700")])
    exchange = active_auth.authenticate(CHALLENGE, active_auth.open_key(spki(RSA_2048)), 223, False, False)
    assert run(exchange, lambda _: next(answers)) == bytes(250) + b"rest, "
    with pytest.raises(TooLong):
        exchange = active_auth.authenticate(CHALLENGE, active_auth.open_key(spki(RSA_2048)), 223, False, False)
        run(exchange, lambda _: next(answers))


@pytest.mark.parametrize("good", [1, 2, 3])
def test_a_length_that_is_wrong_is_asked_for_in_every_other_way(good: int) -> None:
    asked: list[int] = []

    def chip(data: bytes) -> bytes:
        asked.append(decode(data).ne)
        return b"signature" + H("9000") if len(asked) == good else H("6700")

    key = active_auth.open_key(spki(rsa.generate_private_key(65537, 3072)))
    assert run(active_auth.authenticate(CHALLENGE, key, 223, True, True), chip) == b"signature"
    assert asked == [65_536, 384, 256][:good]
    asked.clear()
    assert run(active_auth.authenticate(CHALLENGE, key, 223, False, True), chip) == b"signature"
    assert asked == [256, 65_536, 384][:good]


def test_a_chip_that_finds_every_length_wrong_refuses() -> None:
    """Found by review: a copy that said 6700 had `a signature longer than can be carried`."""
    key = active_auth.open_key(spki(RSA_2048))
    for extended in (True, False):
        with pytest.raises(Refused):
            run(active_auth.authenticate(CHALLENGE, key, 223, extended, True), lambda _: H("6700"))


def test_a_chip_that_refuses_proves_nothing() -> None:
    with pytest.raises(Refused):
        run(
            active_auth.authenticate(CHALLENGE, active_auth.open_key(spki(EC_256)), 223, False, True),
            lambda _: H("6982"),
        )


def test_a_challenge_has_eight_bytes() -> None:
    with pytest.raises(ValueError, match="8 bytes"):
        run(
            active_auth.authenticate(b"1234567", active_auth.open_key(spki(EC_256)), 223, False, True),
            lambda _: H("6982"),
        )
