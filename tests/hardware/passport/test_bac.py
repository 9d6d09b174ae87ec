"""Basic access control and 3DES secure messaging: ICAO 9303-11 appendix D byte for byte, and chips that cheat."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.passport import bac
from hardware.passport.apdu import Command, Response
from hardware.passport.crypto import Cipher, Suite, kdf, pad, retail_mac, unpad, with_parity
from hardware.passport.errors import AccessDenied, Malformed, PassportError, Refused, SessionBroken
from hardware.passport.exchange import Exchange, run
from hardware.passport.password import Password, mrz_information
from tests.hardware.passport.wire import Script, drawn

H = bytes.fromhex
SEED = H("239AB9CB282DAF66231DC5A4DF6BFBAE")
PASSWORD = Password.mrz("L898902C", "690806", "940623")

# Appendix D.3.
CHALLENGE, NONCE, OURS = "4608F91988702212", H("781723860C06C226"), H("0B795240CB7049B01C19B33E32804F0B")
ASKED = "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7"
ANSWERED = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"


# --- appendix D.1, D.2: keys --------------------------------------------------------------------


def test_the_keys_of_appendix_d1() -> None:
    assert kdf(SEED, 1, Cipher.TDES) == H("AB94FDECF2674FDFB9B391F85D7F76F2")
    assert kdf(SEED, 2, Cipher.TDES) == H("7962D9ECE03D1ACD4C76089DCE131543")


@pytest.mark.parametrize(
    ("number", "born", "expires", "information", "seed"),
    [
        # TD2 and TD1, number of more than nine characters (its seed is recomputed) and of eight.
        (
            "D23145890734",
            "340712",
            "950712",
            "D23145890734934071279507122",
            "B366AD857DDCA2B08C0E299811714730",
        ),
        ("L898902C", "690806", "940623", "L898902C<369080619406236", "239AB9CB282DAF66231DC5A4DF6BFBAE"),
        # Appendix G's zone has the same form; K there is the whole hash.
        ("T22000129", "640812", "101031", "T22000129364081251010318", "7E2D2A41C74EA0B38CD36F863939BFA8"),
    ],
)
def test_the_key_seeds_of_appendix_d2(
    number: str, born: str, expires: str, information: str, seed: str
) -> None:
    assert mrz_information(number, born, expires) == information
    assert Password.mrz(number, born, expires).seed == H(seed)


def test_a_zone_with_fillers_has_the_same_key_as_one_without() -> None:
    assert Password.mrz("L898902C<", "690806", "940623") == PASSWORD


@pytest.mark.parametrize(
    "wrong", [("", "690806"), ("l898902c", "690806"), ("L898902C", "6908066"), ("L8 8902C", "690806")]
)
def test_what_no_zone_holds_makes_no_key(wrong: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="zone"):
        Password.mrz("Ä" if not wrong[0] else wrong[0], wrong[1], "940623")


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_a_card_access_number_has_six_digits(wrong: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        Password.can(wrong)


def test_a_password_is_never_shown() -> None:
    assert "239a" not in repr(PASSWORD).lower()
    assert repr(Suite(Cipher.TDES, SEED, SEED)) == "Suite(cipher=<Cipher.TDES: ('3DES', 16, 8, 'sha1')>)"


@given(st.binary(max_size=70), st.sampled_from([8, 16]))
def test_padding_is_taken_off_again(data: bytes, block: int) -> None:
    assert len(pad(data, block)) % block == 0
    assert len(pad(data, block)) > len(data)
    assert unpad(pad(data, block)) == data


@given(st.binary(min_size=16, max_size=16))
def test_parity_is_odd_and_touches_nothing_else(key: bytes) -> None:
    assert all(byte.bit_count() % 2 == 1 for byte in with_parity(key))
    assert all(a ^ b in (0, 1) for a, b in zip(key, with_parity(key), strict=True))


@given(
    st.binary(min_size=16, max_size=16),
    st.integers(1, 8).flatmap(lambda n: st.binary(min_size=8 * n, max_size=8 * n)),
)
def test_keys_serve_with_or_without_parity(key: bytes, data: bytes) -> None:
    assert retail_mac(key, data) == retail_mac(with_parity(key), data)
    assert Cipher.TDES.encrypt(key, data) == Cipher.TDES.encrypt(with_parity(key), data)


def test_the_longer_aes_keys_come_of_sha_256() -> None:
    """9303-11 §9.7.1.3: 128 bits of SHA-1; 192 and 256 bits of SHA-256."""
    for cipher, size in ((Cipher.AES192, 24), (Cipher.AES256, 32)):
        assert kdf(SEED, 3, cipher) == hashlib.sha256(SEED + H("00000003")).digest()[:size]
    assert kdf(SEED, 3, Cipher.AES128) == hashlib.sha1(SEED + H("00000003")).digest()[:16]  # noqa: S324


# --- appendix D.3: authentication and session keys ----------------------------------------------


def opened(answer: str = ANSWERED + "9000") -> Exchange[None]:
    session = yield from bac.establish(PASSWORD, drawn([NONCE, OURS]))
    assert session.suite.for_encryption == H("979EC13B1CBFE9DCD01AB0FED307EAE5")
    assert session.suite.for_mac == H("F1CB1F1FB5ADF208806B89DC579DC1F8")
    assert session.counter == H("887022120C06C226")


def script(answer: str, challenge: str = CHALLENGE + "9000") -> Script:
    return Script(("0084000008", challenge), ("0082000028" + ASKED + "28", answer))


def test_the_mutual_authentication_of_appendix_d3() -> None:
    script(ANSWERED + "9000").play(opened())


@pytest.mark.parametrize("sw", ["6300", "63C2", "6982", "6985", "6988"])
def test_another_documents_zone_opens_nothing(sw: str) -> None:
    with pytest.raises(AccessDenied):
        script(sw).play(opened())


def test_a_chip_that_does_not_know_the_key_is_not_believed() -> None:
    changed = ANSWERED[:-2] + "4A"
    with pytest.raises(SessionBroken, match="checksum"):
        script(changed + "9000").play(opened())


@pytest.mark.parametrize(("first", "second"), [(bytes(8), NONCE), (H(CHALLENGE), bytes(8))])
def test_a_chip_that_answers_another_challenge_is_not_believed(first: bytes, second: bytes) -> None:
    keys = Suite.derive(Cipher.TDES, SEED)
    replayed = bac.sealed(keys, first + second + OURS).hex()
    with pytest.raises(SessionBroken, match="another challenge"):
        script(replayed + "9000").play(opened())


@pytest.mark.parametrize("length", [0, 8, 39, 41])
def test_an_answer_of_the_wrong_size_is_refused(length: int) -> None:
    with pytest.raises(Malformed):
        script("00" * length + "9000").play(opened())


def test_a_challenge_that_is_refused_or_of_the_wrong_size() -> None:
    with pytest.raises(Refused) as refused:
        run(opened(), Script(("0084000008", "6D00")))
    assert refused.value.sw == 0x6D00
    with pytest.raises(Malformed):
        run(opened(), Script(("0084000008", "00" * 7 + "9000")))


@given(st.lists(st.binary(min_size=2, max_size=60), min_size=2, max_size=2))
def test_whatever_a_chip_answers_only_our_own_errors_come_of_it(answers: list[bytes]) -> None:
    left = iter(answers * 3)
    with pytest.raises(PassportError):
        run(bac.establish(PASSWORD), lambda _: next(left, b"\x6f\x00"))


# --- appendix D.4: secure messaging -------------------------------------------------------------


def test_the_secure_messaging_of_appendix_d4() -> None:
    session = bac.Session(*bac.session_keys(OURS, H("0B4F80323EB3191CB04970CB4052790B"), H(CHALLENGE), NONCE))

    def read() -> Exchange[bytes]:
        yield Command(0x00, 0xA4, 0x02, 0x0C, H("011E"))
        head: Response = yield Command(0x00, 0xB0, 0x00, 0x00, ne=4)
        rest: Response = yield Command(0x00, 0xB0, 0x00, 0x04, ne=18)
        return head.data + rest.data

    com = Script(
        ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"),
        ("0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
        (
            "0CB000040D9701128E082EA28A70F3C7B53500",
            "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
        ),
    ).play(session.protect_all(read()))
    assert com == H("60145F0104303130365F36063034303030305C026175")
    assert session.counter == H("887022120C06C22C")
