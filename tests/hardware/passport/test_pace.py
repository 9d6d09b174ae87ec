"""PACE: the worked examples of ICAO 9303-11 byte for byte, and chips that do not play by the rules.

Appendix G.1 (ECDH, generic mapping), G.2 (DH, generic mapping), H.1 and H.2 (integrated mapping), I
(chip authentication mapping). Appendix H names no zone that its K_π comes of, so the key is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

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
from hardware.passport.password import Kind, Password
from hardware.passport.security_infos import Agreement, Mapping, PaceInfo, SecurityInfos, parse
from tests.hardware.passport.wire import Script, drawn

H = bytes.fromhex
ZONE_G = Password.mrz("T22000129", "640812", "101031")
ZONE_I = Password.mrz("C11T002JM", "960812", "231031")


@dataclass(frozen=True)
class Given(Password):
    """A password of which only K_π is known."""

    key_pi: bytes = field(default=b"", repr=False)

    def key(self, cipher: Cipher) -> bytes:
        return self.key_pi


KEY_H = Given(Kind.MRZ, b"", H("591468CDA83D65219CCCB8560233600F"))


def privates(*keys: str) -> Callable[[int], int]:
    left = iter(int(key, 16) for key in keys)
    return lambda order: next(left)


def card_access(oid: str, parameter: int) -> SecurityInfos:
    return parse(H(f"31143012060A{oid}0201020201{parameter:02X}"))


@dataclass(frozen=True)
class Example:
    """One appendix: what goes over the wire, and what both sides then know."""

    oid: str
    parameter: int
    password: Password
    keys: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    for_encryption: str
    for_mac: str
    chance: str = ""


EXAMPLES = {
    "G.1": Example(
        oid="04007F00070202040202",
        parameter=13,
        password=ZONE_G,
        keys=(
            "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
            "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
        ),
        pairs=(
            ("0022C1A40F800A04007F00070202040202830101", "9000"),
            ("10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000"),
            (
                "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB67252"
                "18799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
                "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4"
                "D52EB87A0A0C709A49DC63719363CCD13C549000",
            ),
            (
                "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF"
                "10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
                "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F"
                "9CB852E111B768B326904B59A0193776F0949000",
            ),
            ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000"),
        ),
        for_encryption="F5F0E35C0D7161EE6724EE513A0D9A7F",
        for_mac="FE251C7858B356B24514B3BD5F4297D1",
    ),
    "G.2": Example(
        oid="04007F00070202040102",
        parameter=0,
        password=ZONE_G,
        keys=("5265030F751F4AD18B08AC565FC7AC952E41618D", "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA"),
        pairs=(
            ("0022C1A40F800A04007F00070202040102830101", "9000"),
            ("10860000027C0000", "7C128010854D8DF5827FA6852D1A4FA701CDDDCA9000"),
            (
                "10860000867C818381818023FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3EB71C343DB13D1DEB"
                "CE9A3666DBCFC920B49174A602CB47965CAA73DC702489A44D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B"
                "03AD54022DCB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C00",
                "7C818382818078879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B26381E4DA19E00470"
                "6FACE7B235C2DBF2F38748312F3C98C2DD4882A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F24"
                "49400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE69000",
            ),
            (
                "10860000867C8183838180907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B9AE4D04369F29A"
                "02626C86FBC6747CC7BC352645B6161A2A42D44EDA80A08FA8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F4"
                "3173172236B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D400",
                "7C8183848180075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F53820C42ADC79AB5D"
                "0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064"
                "386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA19000",
            ),
            (
                "008600000C7C0A8508B46DD9BD4D98381F00",
                # The chip also names the key that it would verify terminals with: not ours to use.
                "7C1B8608917F37B5C0E6D8D1870F4445544553544356434130303030339000",
            ),
        ),
        for_encryption="2F7F46ADCC9E7E521B45D192FAFA9126",
        for_mac="805A1D27D45A5116F73C54469462B7D8",
    ),
    "H.1": Example(
        oid="04007F00070202040402",
        parameter=13,
        password=KEY_H,
        keys=("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",),
        chance="5DD4CBFC96F5453B130D890A1CDBAE32",
        pairs=(
            ("0022C1A40F800A04007F00070202040402830101", "9000"),
            ("10860000027C0000", "7C128010143DC40C08C8E891FBED7DEDB92B64AD9000"),
            ("10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200", "7C0282009000"),
            (
                "10860000457C4383410489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D46755DE9B7B7782"
                "80B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C3700",
                "7C4384410467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8932B69A962B52A0985AD2C0A271EE6"
                "A13A8ADDDCD1A3A994B9DED257F4D227539000",
            ),
            ("008600000C7C0A8508450F02B86F6A090900", "7C0A860875D4D96E8D5B03089000"),
        ),
        for_encryption="0D3FEB33251A6370893D62AE8DAAF51B",
        for_mac="B01E89E3D9E8719E586B50B4A7506E0B",
    ),
    "H.2": Example(
        oid="04007F00070202040302",
        parameter=0,
        password=KEY_H,
        keys=(
            "4BD0E54740F9A028E6A515BFDAF967848C4F5F5FFF65AA0915947FFD1A0DF2FA6981271BC905F3551457B7E03AC3B8066DE4AA40"
            "6C1171FB43DD939C4BA16175103BA3DEE16419AA248118F90CC36A3D6F4C373652E0C3CCE7F0F1D0C5425B3600F0F0D6A67F004C"
            "8BBA33F2B4733C7252445C1DFC4F1107203F71D2EFB28161",
        ),
        chance="B3A6DB3C870C3E99245E0D1C06B747DE",
        pairs=(
            ("0022C1A40F800A04007F00070202040302830101", "9000"),
            ("10860000027C0000", "7C1280109ABB8864CA0FF1551E620D1EF4E135109000"),
            ("10860000147C128110B3A6DB3C870C3E99245E0D1C06B747DE00", "7C0282009000"),
            (
                "10860000867C81838381800F0CC62945A8029251FB7EF3C094E12EC68E4EF07F27CB9D9CD04C5C4250FAE0E4F8A951557E929AEB"
                "48E5C6DD47F2F5CD7C351A9BD2CD722C07EDE166770F08FFCB370262CF308DD7B07F2E0DA9CAAA1492344C852906919538C98A4B"
                "A4187E76CE9D87832386D319CE2E043C3343AEAE6EDBA1A9894DC5094D22F7FE1351D500",
                "7C8183848180928D9A0F9DBA450F13FC859C6F290D1D36E42431138A4378500BEB4E0401854CFF111F71CB6DC1D0335807A11388"
                "CC8EAA87B07907AAD9FBA6B169AF6D8C26AF8DDDC39ADC3AD2E3FF882B84D23E9768E95A80E4746FB07A9767679FE92133B4D379"
                "935C771BD7FBED6C7BB4B1708B275EA75679524CDC9C6A91370CC662A2F39000",
            ),
            ("008600000C7C0A850855D61977CBF5307E00", "7C0A8608C2F04230187E15259000"),
        ),
        for_encryption="01AFC10CF87BE36D8179E87370171F07",
        for_mac="23F0FBD05FD6C7B8B88F4C8309669061",
    ),
    "I": Example(
        oid="04007F00070202040602",
        parameter=13,
        password=ZONE_I,
        keys=(
            "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC",
            "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120",
        ),
        pairs=(
            ("0022C1A40F800A04007F00070202040602830101", "9000"),
            ("10860000027C0000", "7C128010CB60E8E0D85B76A9BD304747C2AD42E29000"),
            (
                "10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE1AB889104A27DB"
                "6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100",
                "7C43824104A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B304F365713A356E65A451E165ECC9AC"
                "0AC46E3771342C8FE5AEDD092685338E239000",
            ),
            (
                "10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F955483400BFF60BF"
                "0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00",
                "7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA993333111C3B9B4C2287789BD137E7F8AA882"
                "E2A3C633CCD6ECC2C63C57AD401A09C2E19000",
            ),
            (
                "008600000C7C0A8508E86BD06018A1CD3B00",
                "7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD10CBA372B42B"
                "E0B9B5F28AA8DE2F4F929000",
            ),
        ),
        for_encryption="0A9DA4DB03BDDE39FC5202BC44B2E89E",
        for_mac="4B1C06491ED5140CA2B537D344C6C0B1",
    ),
}


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
        self.step += 1
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
    assert pace.ambiguous(infos.pace[0], infos)
    chip = Chip(infos.pace[1], Password.can("123456"))
    run(pace.establish(Password.can("123456"), infos.pace[1], chip.group, name_parameters=True), chip)
    assert chip.sent[0] == H("0022C1A412800A04007F0007020204020283010284010D")


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
