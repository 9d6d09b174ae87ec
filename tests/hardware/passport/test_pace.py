"""PACE: the worked examples of ICAO 9303-11 and BSI byte for byte, and chips that do not play by the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.passport import pace, tlv
from hardware.passport.apdu import decode
from hardware.passport.crypto import Cipher, Suite
from hardware.passport.errors import AccessDenied, Malformed, PassportError, Refused, SessionBroken
from hardware.passport.exchange import run
from hardware.passport.groups import EcGroup
from hardware.passport.pace_groups import STANDARD, standard
from hardware.passport.password import Password
from hardware.passport.security_infos import Agreement, Mapping, PaceInfo, SecurityInfos, parse
from tests.hardware.passport.examples import BSI, EXAMPLES, ZONE_G, Example
from tests.hardware.passport.wire import Script, drawn

H = bytes.fromhex


def privates(*keys: str) -> Callable[[int], int]:
    left = iter(int(key, 16) for key in keys)
    return lambda order: next(left)


def card_access(oid: str, parameter: int) -> SecurityInfos:
    return parse(H(f"31143012060A{oid}0201020201{parameter:02X}"))


def opening(example: Example, **changes: object) -> pace.Exchange[pace.Opened]:
    infos = card_access(example.oid, example.parameter)
    chosen = pace.choose(infos)
    assert chosen is not None
    return pace.establish(
        example.password,
        *chosen,
        draw=privates(*example.keys),
        random=drawn([H(example.chance)]),
        **changes,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_worked_examples(name: str) -> None:
    example = EXAMPLES[name]
    opened = Script(*example.pairs).play(opening(example))
    assert opened.session.suite.for_encryption == H(example.for_encryption)
    assert opened.session.suite.for_mac == H(example.for_mac)
    assert opened.session.counter == bytes(16)
    assert (opened.proof is not None) == (name == "I")


def test_what_chip_authentication_mapping_leaves_to_be_verified() -> None:
    proof = Script(*EXAMPLES["I"].pairs).play(opening(EXAMPLES["I"])).proof
    assert proof is not None
    assert proof.data == H("85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3")
    assert proof.mapping_key == H(
        "04A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3"
        "04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23"
    )


# --- the steps by themselves ----------------------------------------------------------------------


def test_the_password_key_and_the_nonce_of_appendix_g() -> None:
    key = ZONE_G.key(Cipher.AES128)
    assert key == H("89DED1B26624EC1E634C1989302849DD")
    assert Cipher.AES128.decrypt(key, H("95A3A016522EE98D01E76CB6B98B42C3")) == H(
        "3F00C4D39D153F2B2A214A078D899B22"
    )
    assert Cipher.AES128.decrypt(key, H("854D8DF5827FA6852D1A4FA701CDDDCA")) == H(
        "FA5B7E3E49753A0DB9178B7B9BD898C8"
    )


def test_the_password_key_of_appendix_i() -> None:
    zone = EXAMPLES["I"].password
    assert zone.secret == H("894D03F148C6265E89845B218856EA34D00EF8E8")
    assert zone.key(Cipher.AES128) == H("4E6F6FBF7BE748B932C7B74161BBA9DF")


@pytest.mark.parametrize(
    ("name", "nonce", "mapping", "agreement"),
    [
        (
            "G.1", "3F00C4D39D153F2B2A214A078D899B22",
            "498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560",
            "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A",
        ),
        (
            "I", "658B860BC94DF6F044FCE6D5C82CF8E5",
            "9E56A6B59C95D06ECE5CD10F983BB2F4F1943528E577F23881D89D8C3BBEE0AA",
            "CD626EF3C256E235FE8912CAC28279E626008EDA6B3A05C4CF862A3BDAB79E78",
        ),
    ],
)  # fmt: skip
def test_the_chips_side_of_the_worked_examples(name: str, nonce: str, mapping: str, agreement: str) -> None:
    example, group = EXAMPLES[name], standard(EXAMPLES[name].parameter)
    asked = [tlv.parse(decode(H(command)).data).children() for command, _ in example.pairs[1:]]
    said = [tlv.parse(H(answer)[:-2]).children() for _, answer in example.pairs[1:]]
    chip = int(mapping, 16)
    assert group.multiply(chip, group.generator) == said[1][0].value
    generator = pace.map_generic(group, H(nonce), chip, asked[1][0].value)
    chip = int(agreement, 16)
    assert group.multiply(chip, generator) == said[2][0].value
    suite = Suite.derive(Cipher.AES128, group.agree(chip, asked[2][0].value))
    assert suite == Suite(Cipher.AES128, H(example.for_encryption), H(example.for_mac))
    assert pace.token(suite, H(example.oid), group, said[2][0].value) == asked[3][0].value
    assert pace.token(suite, H(example.oid), group, asked[2][0].value) == said[3][0].value


def test_the_generator_of_appendix_g1() -> None:
    group = standard(13)
    generator = pace.map_generic(
        group,
        H("3F00C4D39D153F2B2A214A078D899B22"),
        int(EXAMPLES["G.1"].keys[0], 16),
        H(EXAMPLES["G.1"].pairs[2][1])[4:-2],
    )
    assert generator == H(
        "048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2"
        "8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522"
    )


def test_the_generator_of_appendix_h1() -> None:
    nonce, chance = H("2923BE84E16CD6AE529049F1F1BBE9EB"), H("5DD4CBFC96F5453B130D890A1CDBAE32")
    group = standard(13)
    assert pace.pseudo_random(Cipher.AES128, nonce, chance, group.field) == int(
        "A2F8FF2DF50E52C6599F386ADCB595D229F6A167ADE2BE5F2C3296ADD5B7430E", 16
    )
    assert pace.map_integrated(group, Cipher.AES128, nonce, chance) == H(
        "048E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427"
        "4C1AE14BD0C3DBAC0C871B7F3608169364437CA30AC243A089D3F266C1E60FAD"
    )


def test_the_generator_of_appendix_h2() -> None:
    nonce, chance = H("FA5B7E3E49753A0DB9178B7B9BD898C8"), H("B3A6DB3C870C3E99245E0D1C06B747DE")
    assert pace.map_integrated(standard(0), Cipher.AES128, nonce, chance) == H(
        "1D7D767F11E333BCD6DBAEF40E799E7A926B96973550656FF3C830726D118D61C276CDCC61D475CF03A98E0C0E79CAEB"
        "A5BE25578BD4551D0B10903236F0B0F976852FA78EEA14EA0ACA87D1E91F688FE0DFF897BBE35A472621D343564B262F"
        "34223AE8FC59B664BFEDFA2BFE7516CA5510A6BBB633D517EC25D4E0BBAA16C2"
    )


def test_the_worked_example_of_bsi() -> None:
    """Its password is a PIN, which no hotel asks for; all but MSE:Set AT is the same."""
    numbers = {name: H(value) for name, value in BSI.items()}
    group, password = standard(13), Password.can("123456")
    nonce = Cipher.AES128.decrypt(password.key(Cipher.AES128), numbers["encrypted nonce"])
    assert nonce == numbers["nonce"]
    private = int(BSI["mapping private"], 16)
    assert group.multiply(private, group.generator) == numbers["mapping public"]
    generator = pace.map_generic(group, nonce, private, numbers["chip's mapping public"])
    assert generator == numbers["generator"]
    private = int(BSI["private"], 16)
    assert group.multiply(private, generator) == numbers["public"]
    secret = group.agree(private, numbers["chip's public"])
    assert secret == numbers["secret"]
    suite = Suite.derive(Cipher.AES128, secret)
    assert (suite.for_encryption, suite.for_mac) == (numbers["for encryption"], numbers["for mac"])
    oid = parse(numbers["card access"]).pace[0].oid
    assert pace.token(suite, oid, group, numbers["chip's public"]) == numbers["token"]
    assert pace.token(suite, oid, group, numbers["public"]) == numbers["chip's token"]


# --- every way to run it, against the chip's side of the same arithmetic ----------------------------


class Chip:
    """A chip that knows a password, by 9303-11 §4.4; `spoil` changes one of its answers."""

    def __init__(
        self, info: PaceInfo, password: Password, spoil: Callable[[int, bytes], bytes] | None = None
    ) -> None:
        self.info, self.password = info, password
        self.group = standard(info.parameter or 0)
        self.spoil = spoil or (lambda step, answer: answer)
        self.nonce = bytes(range(1, 17)) * (1 if info.cipher.key_size == 16 else 2)
        self.step = 0
        self.key, self.last = 0, 0x9000
        self.sent: list[bytes] = []

    def __call__(self, data: bytes) -> bytes:
        command = decode(data)
        self.sent.append(data)
        self.step = 1 if command.ins == 0x22 else self.step + 1
        if self.step == 1:
            return self.spoil(1, H("9000"))
        objects = tlv.parse(command.data).children()
        asked = objects[0].value if objects else b""
        answer = (self._nonce, self._map, self._agree, self._prove)[self.step - 2](asked)
        return self.spoil(
            self.step,
            (tlv.encode(0x7C, answer) if answer is not None else b"") + self.last.to_bytes(2, "big"),
        )

    def _nonce(self, asked: bytes) -> bytes:
        return tlv.encode(0x80, self.info.cipher.encrypt(self.password.key(self.info.cipher), self.nonce))

    def _map(self, asked: bytes) -> bytes:
        if self.info.mapping is Mapping.INTEGRATED:
            self.generator = pace.map_integrated(self.group, self.info.cipher, self.nonce, asked)
            return tlv.encode(0x82, b"")
        self.key, public = self.group.pair(self.group.generator)
        self.generator = pace.map_generic(self.group, self.nonce, self.key, asked)
        return tlv.encode(0x82, public)

    def _agree(self, asked: bytes) -> bytes:
        self.asked = asked
        private, self.public = self.group.pair(self.generator)
        self.suite = Suite.derive(self.info.cipher, self.group.agree(private, asked))
        return tlv.encode(0x84, self.public)

    def _prove(self, asked: bytes) -> bytes | None:
        if asked != pace.token(self.suite, self.info.oid, self.group, self.public):
            self.last = 0x6300
            return None
        answer = tlv.encode(0x86, pace.token(self.suite, self.info.oid, self.group, self.asked))
        if self.info.mapping is Mapping.CHIP_AUTHENTICATION:
            answer += tlv.encode(
                0x8A, self.suite.encrypt(b"proof" + b"\x80" + bytes(10), self.suite.encrypt(b"\xff" * 16))
            )
        return answer


def ways(numbers: Iterable[int]) -> list[PaceInfo]:
    """Every protocol with every domain parameters that it can have."""
    return [
        info
        for kind in (1, 2, 3, 4, 6)
        for cipher in (1, 2, 3, 4)
        for number in numbers
        for info in parse(H(f"31143012060A04007F00070202040{kind}0{cipher}0201020201{number:02X}")).pace
        if pace.fits(info, standard(number))
    ]


@pytest.mark.parametrize(
    "info", ways(STANDARD), ids=lambda info: f"{info.title}, {standard(info.parameter).name}"
)
def test_every_way_opens_a_chip(info: PaceInfo) -> None:
    chip = Chip(info, ZONE_G)
    opened = run(pace.establish(ZONE_G, info, chip.group), chip)
    assert opened.session.suite == chip.suite
    assert (opened.proof is not None) == (info.mapping is Mapping.CHIP_AUTHENTICATION)


def test_there_are_as_many_ways_as_the_standard_has() -> None:
    """Three DH groups with two mappings; eleven curves with generic, ten with integrated, eleven with chip
    authentication mapping, which has no 3DES."""
    assert len(ways(STANDARD)) == 4 * (3 * 2 + 11 + 10) + 3 * 11


SOME = ways([0, 12])


@pytest.mark.parametrize("info", SOME, ids=lambda info: f"{info.title}, {standard(info.parameter).name}")
def test_a_wrong_card_access_number_shows_at_the_fourth_command_and_is_not_tried_again(
    info: PaceInfo,
) -> None:
    chip = Chip(info, Password.can("123456"))
    with pytest.raises(AccessDenied, match="6300"):
        run(pace.establish(Password.can("654321"), info, chip.group), chip)
    assert chip.step == 5


def test_the_terminal_says_which_password_and_only_where_needed_which_parameters() -> None:
    infos = parse(
        H("3128" + "3012060A04007F0007020204020202010202010C" + "3012060A04007F0007020204020202010202010D")
    )
    assert pace.ambiguous(infos)
    assert not pace.ambiguous(card_access("04007F00070202040202", 13))
    chip = Chip(infos.pace[1], Password.can("123456"))
    run(pace.establish(Password.can("123456"), infos.pace[1], chip.group, name_parameters=True), chip)
    assert chip.sent[0] == H("0022C1A412800A04007F0007020204020283010284010D")


@pytest.mark.parametrize("sw", ["6A80", "6A87", "6A88", "6700"])
def test_a_chip_that_always_wants_to_hear_the_parameters_is_told(sw: str) -> None:
    """Ukraine's passports of before July 2022 do (6A87), though only one set of them leaves no doubt."""
    infos = card_access("04007F00070202040202", 13)
    password = Password.can("123456")
    chip = Chip(infos.pace[0], password)
    asked: list[str] = []

    def wants(command: bytes) -> bytes:
        if command[1] != 0x22:
            return chip(command)
        asked.append(command.hex().upper())
        return chip(command) if command.endswith(H("84010D")) else H(sw)

    run(pace.establish(password, infos.pace[0], chip.group), wants)
    plain = "800A04007F00070202040202830102"
    assert asked == ["0022C1A40F" + plain, "0022C1A412" + plain + "84010D"]


@pytest.mark.parametrize("sw", ["9000", "63C2"])
def test_a_chip_that_is_content_is_not_told_more(sw: str) -> None:
    infos = card_access("04007F00070202040202", 13)
    chip = Chip(infos.pace[0], Password.can("123456"))
    answers: list[bytes] = []

    def content(command: bytes) -> bytes:
        answers.append(command)
        return H(sw) if command[1] == 0x22 and chip(command) else chip(command)

    run(pace.establish(Password.can("123456"), infos.pace[0], chip.group), content)
    assert sum(command[1] == 0x22 for command in answers) == 1


def test_a_chip_that_takes_no_parameters_either_is_asked_twice() -> None:
    asked: list[bytes] = []

    def refusing(command: bytes) -> bytes:
        asked.append(command)
        return H("6A80")

    infos = card_access("04007F00070202040202", 13)
    with pytest.raises(pace.NotTaken, match="6A80"):
        run(pace.establish(Password.can("123456"), infos.pace[0], infos.group_of(infos.pace[0])), refusing)
    assert len(asked) == 2


def test_a_wrong_token_of_the_chip_is_not_believed() -> None:
    def spoil(step: int, answer: bytes) -> bytes:
        return answer if step != 5 else answer[:-3] + bytes((answer[-3] ^ 1,)) + answer[-2:]

    chip = Chip(SOME[0], ZONE_G, spoil)
    with pytest.raises(SessionBroken, match="token"):
        run(pace.establish(ZONE_G, SOME[0], chip.group), chip)


@pytest.mark.parametrize("step", [3, 4])
def test_a_chip_that_sends_our_own_key_back_is_not_believed(step: int) -> None:
    info = next(info for info in SOME if info.title == "PACE-ECDH-GM, AES-128")

    def echo(at: int, answer: bytes) -> bytes:
        if at != step:
            return answer
        ours = tlv.parse(decode(chip.sent[-1]).data).children()
        return tlv.encode(0x7C, tlv.encode(2 * step + 0x7C, ours[0].value)) + H("9000")

    chip = Chip(info, ZONE_G, echo)
    with pytest.raises(SessionBroken, match="our own key"):
        run(pace.establish(ZONE_G, info, chip.group), chip)


def not_of_the_group(group: object) -> list[bytes]:
    if isinstance(group, EcGroup):
        size = group.curve.size
        flipped = bytearray(group.generator)
        flipped[-1] ^= 1
        return [
            b"", b"\0", bytes(2 * size + 1), b"\x04" + bytes(2 * size), bytes(flipped), group.generator[:-1],
            b"\x02" + group.generator[1 : 1 + size], group.generator + b"\0", b"\x04" + b"\xff" * (2 * size),
        ]  # fmt: skip
    assert hasattr(group, "field")
    prime = group.field
    size = (prime.bit_length() + 7) // 8
    return [number.to_bytes(size, "big") for number in (0, 1, prime - 1, prime, 2)] + [
        b"",
        bytes(size) + b"\2",
    ]


@pytest.mark.parametrize("step", [3, 4])
@pytest.mark.parametrize("number", [0, 1, 2, 8, 12, 13, 18])
def test_a_key_that_is_not_of_the_group_is_refused(number: int, step: int) -> None:
    info = ways([number])[1]
    for wrong in not_of_the_group(standard(number)):
        bad = tlv.encode(0x7C, tlv.encode(2 * step + 0x7C, wrong)) + H("9000")
        chip = Chip(info, ZONE_G, lambda at, answer, bad=bad: bad if at == step else answer)  # type: ignore[misc]
        with pytest.raises(Malformed):
            run(pace.establish(ZONE_G, info, chip.group), chip)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_chip_that_refuses_a_step_is_not_a_wrong_password(step: int) -> None:
    chip = Chip(SOME[0], ZONE_G, lambda at, answer: H("6A80") if at == step else answer)
    with pytest.raises(Refused):
        run(pace.establish(ZONE_G, SOME[0], chip.group), chip)
    assert chip.step == step


@given(
    st.sampled_from(SOME),
    st.integers(1, 5),
    st.binary(max_size=80),
    st.sampled_from(["9000", "6300", "6A80"]),
)
def test_whatever_a_chip_answers_only_our_own_errors_come_of_it(
    info: PaceInfo, step: int, data: bytes, sw: str
) -> None:
    chip = Chip(info, ZONE_G, lambda at, answer: data + H(sw) if at == step else answer)
    try:
        run(pace.establish(ZONE_G, info, chip.group), chip)
    except PassportError:
        return
    assert step == 1 or (step == 3 and info.mapping is Mapping.INTEGRATED)


# --- which way to take ----------------------------------------------------------------------------


def offered(*entries: str) -> SecurityInfos:
    return parse(tlv.encode(0x31, b"".join(H(entry) for entry in entries)))


GM_128, GM_256 = "3012060A04007F0007020204020202010202010D", "3012060A04007F0007020204020402010202010D"
CAM_128, DH_256 = "3012060A04007F0007020204060202010202010D", "3012060A04007F00070202040104020102020102"


def test_the_best_way_is_taken() -> None:
    assert_way(offered(GM_128, DH_256, GM_256), Agreement.ECDH, Mapping.GENERIC, Cipher.AES256)
    assert_way(offered(GM_256, CAM_128, DH_256), Agreement.ECDH, Mapping.CHIP_AUTHENTICATION, Cipher.AES128)


def test_a_way_that_we_can_not_go_is_passed_over() -> None:
    unknown, old = GM_256[:-2] + "07", GM_256.replace("020102", "020101", 1)
    assert_way(offered(unknown, old, DH_256), Agreement.DH, Mapping.GENERIC, Cipher.AES256)
    assert pace.choose(offered(unknown, old)) is None
    assert pace.choose(SecurityInfos()) is None


def assert_way(infos: SecurityInfos, agreement: Agreement, mapping: Mapping, cipher: Cipher) -> None:
    chosen = pace.choose(infos)
    assert chosen is not None
    assert (chosen[0].agreement, chosen[0].mapping, chosen[0].cipher) == (agreement, mapping, cipher)
