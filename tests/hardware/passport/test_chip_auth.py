"""Chip authentication: a chip with the signed key starts secure messaging again, a copy can't."""

from __future__ import annotations

import pytest

from hardware.passport import chip_auth, pace, tlv
from hardware.passport.apdu import Command, decode
from hardware.passport.crypto import Cipher, Suite
from hardware.passport.errors import Malformed, Refused, Unsupported
from hardware.passport.exchange import run
from hardware.passport.groups import Group
from hardware.passport.pace_groups import STANDARD, standard
from hardware.passport.security_infos import Agreement, ChipKey, SecurityInfos, chip_authentication, parse
from tests.hardware.passport.examples import BSI, BSI_DH, EXAMPLES
from tests.hardware.passport.test_security_infos import STATIC_KEY, bit_string, infos, integer, oid, sequence
from tests.hardware.passport.wire import Script

H = bytes.fromhex


def key_info(number: int, public: bytes, key: int | None = None) -> bytes:
    """A ChipAuthenticationPublicKeyInfo with a standard group."""
    group = standard(number)
    kind, content = (2, public) if group.key_tag == 0x86 else (1, integer(int.from_bytes(public, "big")))
    spki = sequence(sequence(oid("0.4.0.127.0.7.1.2"), integer(number)), bit_string(content))
    return sequence(oid(f"0.4.0.127.0.7.2.2.1.{kind}"), spki, *([] if key is None else [integer(key)]))


def ca_info(kind: int, cipher: int, key: int | None = None, version: int = 1) -> bytes:
    return sequence(
        oid(f"0.4.0.127.0.7.2.2.3.{kind}.{cipher}"),
        integer(version),
        *([] if key is None else [integer(key)]),
    )


class Chip:
    """A chip with a private key, by 9303-11 §6.2."""

    def __init__(self, group: Group, private: int, cipher: Cipher) -> None:
        self.group, self.private, self.cipher = group, private, cipher
        self.sent: list[Command] = []
        self.suite: Suite | None = None

    def __call__(self, data: bytes) -> bytes:
        command = decode(data)
        self.sent.append(command)
        objects = {each.tag: each.value for each in tlv.parse_all(command.data)}
        theirs = objects.get(0x91) or (tlv.parse(objects[0x7C]).value if 0x7C in objects else None)
        if theirs is None:
            return H("9000")
        self.suite = Suite.derive(self.cipher, self.group.agree(self.private, theirs))
        return H("9000") if 0x91 in objects else H("7C009000")


@pytest.mark.parametrize("number", STANDARD)
@pytest.mark.parametrize("cipher", Cipher)
def test_chip_and_terminal_agree_on_new_keys(number: int, cipher: Cipher) -> None:
    group = standard(number)
    private, public = group.pair(group.generator)
    kind = 2 if group.key_tag == 0x86 else 1
    found = infos(key_info(number, public, 3), ca_info(kind, list(Cipher).index(cipher) + 1, 3))
    way = chip_auth.choose(found)
    assert way is not None
    chip = Chip(group, private, cipher)
    session = run(chip_auth.authenticate(way), chip)
    assert session.suite == chip.suite
    assert session.counter == bytes(cipher.block)
    first = chip.sent[0]
    assert first.header == H("002241A6" if cipher is Cipher.TDES else "002241A4")
    assert first.data.endswith(H("840103"))
    assert len(chip.sent) == (1 if cipher is Cipher.TDES else 2)


@pytest.mark.parametrize(("example", "number"), [(BSI, 13), (BSI_DH, 0)])
def test_the_key_agreement_of_bsis_worked_example(example: dict[str, str], number: int) -> None:
    """Version 2 there mixes a nonce into the keys; the agreement is the same."""
    found = infos(key_info(number, H(example["chip's CA public"])), ca_info(2 if number else 1, 2))
    way = chip_auth.choose(found)
    assert way is not None
    public = H(example["CA public"])
    asked = tlv.encode(0x7C, tlv.encode(0x80, public)).hex()
    prefix = f"0086000000{len(asked) // 2:04X}" if len(asked) > 510 else f"00860000{len(asked) // 2:02X}"
    script = Script(
        ("002241A4" + "0C" + "800A" + way.info.oid.hex(), "9000"),
        (prefix + asked + "00", "7C009000"),
    )
    session = script.play(chip_auth.authenticate(way, lambda order: int(example["CA private"], 16)))
    assert session.suite == Suite.derive(Cipher.AES128, H(example["CA secret"]))


def test_the_best_way_is_taken_and_unusable_keys_are_passed_over() -> None:
    group = standard(13)
    public = group.pair(group.generator)[1]
    unknown = key_info(13, public, 1).replace(H("02010D"), H("02011F"))
    found = infos(
        unknown, key_info(13, public, 2), ca_info(2, 1, 1), ca_info(2, 4, 1), ca_info(2, 3, 2), ca_info(2, 2)
    )
    way = chip_auth.choose(found)
    assert way is not None
    assert (way.info.cipher, way.info.key) == (Cipher.AES192, 2)


def test_of_several_keys_the_chip_is_told_which_also_where_the_protocol_names_none() -> None:
    one, other = (standard(number).pair(standard(number).generator)[1] for number in (12, 13))
    way = chip_auth.choose(infos(key_info(12, one, 5), key_info(13, other, 9), ca_info(2, 2)))
    assert way is not None
    assert (way.group, way.public, way.info.key) == (standard(12), one, 5)
    way = chip_auth.choose(infos(key_info(12, one, 5), ca_info(2, 2)))
    assert way is not None
    assert way.info.key is None, "a single key needs no number"


def test_a_single_key_without_a_number_serves_a_protocol_that_names_one() -> None:
    one, other = (standard(number).pair(standard(number).generator)[1] for number in (12, 13))
    way = chip_auth.choose(infos(key_info(12, one), ca_info(2, 2, 5)))
    assert way is not None
    assert (way.public, way.info.key) == (one, 5)
    assert chip_auth.choose(infos(key_info(12, one), key_info(13, other), ca_info(2, 2, 5))) is None
    assert chip_auth.choose(infos(key_info(12, one, 4), ca_info(2, 2, 5))) is None


def test_a_chip_that_only_shows_its_key_is_spoken_to_in_3des() -> None:
    """As the first ones did, before they had to say so."""
    group = standard(12)
    way = chip_auth.choose(infos(key_info(12, group.pair(group.generator)[1])))
    assert way is not None
    assert way.info == chip_authentication(Agreement.ECDH, Cipher.TDES, None)
    assert way.info.oid == H("04007F00070202030201")


def test_without_a_key_there_is_no_way() -> None:
    assert chip_auth.choose(SecurityInfos()) is None
    assert chip_auth.choose(parse(H(BSI["card access"]))) is None  # version 2, and no key
    with pytest.raises(Unsupported):
        chip_auth.choose(infos(key_info(13, b"\4").replace(H("02010D"), H("02011F")), ca_info(2, 2)))


def test_a_chip_with_3des_may_have_only_the_way_of_two_commands() -> None:
    """Met in passports: MSE:Set KAT is refused, MSE:Set AT and GENERAL AUTHENTICATE are not."""
    group = standard(13)
    private, public = group.pair(group.generator)
    way = chip_auth.choose(infos(key_info(13, public), ca_info(2, 1)))
    assert way is not None
    chip = Chip(group, private, Cipher.TDES)
    session = run(chip_auth.authenticate(way), lambda data: H("6A86") if data[3] == 0xA6 else chip(data))
    assert session.suite == chip.suite
    assert [command.header for command in chip.sent] == [H("002241A4"), H("00860000")]


@pytest.mark.parametrize("sw", ["6A80", "6300", "6988"])
def test_a_chip_that_refuses_is_not_proven(sw: str) -> None:
    group = standard(12)
    way = chip_auth.choose(infos(key_info(12, group.pair(group.generator)[1])))
    assert way is not None
    with pytest.raises(Refused):
        run(chip_auth.authenticate(way), lambda _: H(sw))


# --- chip authentication mapping ------------------------------------------------------------------


def proof() -> pace.ChipProof:
    example = EXAMPLES["I"]
    chosen = pace.choose(parse(H(f"31143012060A{example.oid}02010202010D")))
    assert chosen is not None
    left = iter(int(key, 16) for key in example.keys)
    opened = Script(*example.pairs).play(
        pace.establish(example.password, *chosen, draw=lambda order: next(left))
    )
    assert opened.proof is not None
    return opened.proof


def other_key(number: int) -> ChipKey:
    group = standard(number)
    return infos(key_info(number, group.pair(group.generator)[1])).chip_keys[0]


def test_the_chip_of_appendix_i_is_proven_by_its_static_key() -> None:
    static = infos(H(STATIC_KEY)).chip_keys
    assert chip_auth.verify_mapping(proof(), static)
    assert chip_auth.verify_mapping(proof(), (other_key(12), other_key(13), *static))


def test_another_chips_key_does_not_prove_it() -> None:
    assert not chip_auth.verify_mapping(proof(), [other_key(13)])
    with pytest.raises(Unsupported):
        chip_auth.verify_mapping(proof(), [other_key(12)])
    with pytest.raises(Unsupported):
        chip_auth.verify_mapping(proof(), [])


def test_a_proof_of_nothing_is_none() -> None:
    empty = pace.ChipProof(standard(13), proof().mapping_key, b"")
    assert not chip_auth.verify_mapping(empty, infos(H(STATIC_KEY)).chip_keys)


def test_a_static_key_that_is_no_point_is_refused() -> None:
    wrong = infos(H(STATIC_KEY).replace(H("E16F02010D"), H("E17002010D"))).chip_keys
    with pytest.raises(Malformed):
        chip_auth.verify_mapping(proof(), wrong)
