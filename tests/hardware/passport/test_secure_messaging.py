"""Secure messaging: what a chip protects is read, what it does not protect is not believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.passport import apdu, tlv
from hardware.passport.apdu import Command, Response
from hardware.passport.crypto import Cipher, Suite, pad
from hardware.passport.errors import PassportError, SessionBroken
from hardware.passport.exchange import Exchange, run
from hardware.passport.secure_messaging import Channel, Session
from tests.hardware.passport.wire import Script

H = bytes.fromhex
CIPHERS = st.sampled_from(Cipher)
SELECT = Command(0x00, 0xA4, 0x02, 0x0C, H("011E"))
READ = Command(0x00, 0xB0, 0x00, 0x00, ne=4)


def suite(cipher: Cipher) -> Suite:
    return Suite.derive(cipher, b"a secret")


class Chip(Channel):
    """The chip's side, as 9303-11 §9.8 says."""

    def opened(self, command: Command) -> Command:
        self.step()
        objects = {each.tag: each.value for each in tlv.parse_all(command.data)}
        mac = objects.pop(0x8E)
        assert mac == self.mac(pad(command.header, self.block) + command.data[:-10])
        secret = objects.get(0x85) or objects.get(0x87, b"")[1:]
        length = objects.get(0x97, b"")
        ne = (int.from_bytes(length, "big") or 256 ** len(length)) if length else 0
        return Command(
            command.cla & 0xF3, *command.header[1:], data=self.decrypt(secret) if secret else b"", ne=ne
        )

    def sealed(self, response: Response, tag: int = 0x87) -> Response:
        self.step()
        objects = b""
        if response.data:
            objects += tlv.encode(tag, (b"\1" if tag == 0x87 else b"") + self.encrypt(response.data))
        objects += tlv.encode(0x99, response.sw.to_bytes(2, "big"))
        return Response(objects + tlv.encode(0x8E, self.mac(objects)), response.sw)


def test_aes_256_as_a_document_answered_it() -> None:
    """Recorded with a document and published in the tests of gmrtd (iso7816/nfc_session_test.go)."""
    keys = Suite(
        Cipher.AES256,
        H("74B94F408BBB2CD92571FD5B6370A94CCE7A2FA42AE3EB4DA47B97CE6EAA24C6"),
        H("9E28D5D9FF1D979BE752E8926BF0E1D35A440FC0AEFC4AA3BC5610055AC8B113"),
    )
    session = Session(keys, 0x20)

    def read() -> Exchange[bytes]:
        yield SELECT
        head: Response = yield READ
        rest: Response = yield Command(0x00, 0xB0, 0x00, 0x04, ne=22)
        return head.data + rest.data

    com = Script(
        (
            "0CA4020C1D8711011D35E7EB510E21A0DD12380D9AD2B92D8E0828CB68B81D3FAFC000",
            "990290008E08E083EAA61ADABFCE9000",
        ),
        (
            "0CB000000D9701048E084AFC933E0CDBE5F000",
            "871101D8059A9CF835105082CA2B1837E4AEC0990290008E08B36DB56761D706BB9000",
        ),
        (
            "0CB000040D9701168E0811F7EFC907D1F27400",
            "87210142E919C115FAF69350B01813D77A9E8D91912A7F717AFD073F199070E61B79C6990290008E083382E3D983F441369000",
        ),
    ).play(session.protect_all(read()))
    assert com == H("60185F0104303130385F36063034303030305C06617563766D6E")
    assert session.counter == bytes(15) + b"\x26"


@given(
    CIPHERS, st.binary(min_size=4, max_size=4), st.binary(max_size=600), st.integers(0, 65_536),
    st.binary(max_size=600), st.sampled_from([0x9000, 0x6282, 0x6A82, 0x6C10]), st.integers(0, 2**70),
)  # fmt: skip
def test_both_sides_understand_each_other(
    cipher: Cipher, head: bytes, data: bytes, ne: int, said: bytes, sw: int, counter: int
) -> None:
    limit = 1 << 8 * cipher.block
    session, chip = Session(suite(cipher), counter % limit), Chip(suite(cipher), counter % limit)
    command = Command(head[0] & 0x93, *head[1:], data=data, ne=ne)
    for _ in range(2):
        protected = session.protect(command)
        assert apdu.decode(bytes(protected)) == protected
        assert chip.opened(protected) == command
        tag = 0x85 if command.ins & 1 else 0x87
        assert session.unprotect(chip.sealed(Response(said, sw), tag)) == Response(said, sw)


@given(CIPHERS, st.integers(0, 400))
def test_a_file_fits_into_as_much_as_a_session_says(cipher: Cipher, more: int) -> None:
    session, chip = Session(suite(cipher)), Chip(suite(cipher))
    for answer in (256, 256 + more, 65_536):
        room = session.room(answer)
        assert len(chip.sealed(Response(bytes(room), 0x9000)).data) <= answer
        chip.step()
        assert len(chip.sealed(Response(bytes(room + cipher.block), 0x9000)).data) > answer - 2 * cipher.block


@given(CIPHERS, st.integers(0, 10_000), st.binary(max_size=40))
def test_one_changed_bit_ends_the_session(cipher: Cipher, bit: int, said: bytes) -> None:
    session, chip = Session(suite(cipher)), Chip(suite(cipher))
    chip.opened(session.protect(READ))
    answer = bytearray(chip.sealed(Response(said, 0x9000)).data)
    answer[bit // 8 % len(answer)] ^= 1 << bit % 8
    with pytest.raises(SessionBroken):
        session.unprotect(Response(bytes(answer), 0x9000))
    assert not session.alive
    with pytest.raises(SessionBroken):
        session.protect(READ)
    with pytest.raises(SessionBroken):
        session.unprotect(Response(b"", 0x6A82))


def broken(change: str) -> Response:
    """An answer with a right checksum that still is not as it must be."""
    chip = Chip(suite(Cipher.AES128))
    chip.step()
    chip.step()
    data, status = tlv.encode(0x87, b"\1" + chip.encrypt(b"data")), tlv.encode(0x99, H("9000"))
    objects = {
        "no status": data,
        "status of three bytes": data + tlv.encode(0x99, H("009000")),
        "two status words": status + status,
        "status first": status + data,
        "an object more": data + tlv.encode(0x81, b"plain") + status,
        "data in plain": tlv.encode(0x81, b"plain") + status,
        "no padding indicator": tlv.encode(0x87, chip.encrypt(b"data")) + status,
        "half a block": tlv.encode(0x87, b"\1" + bytes(15)) + status,
        "85 to an even instruction": tlv.encode(0x85, chip.encrypt(b"data")) + status,
        "no padding": tlv.encode(0x87, b"\1" + chip.suite.encrypt(b"\1" * 16)) + status,
    }[change]
    return Response(objects + tlv.encode(0x8E, chip.mac(objects)), 0x9000)


@pytest.mark.parametrize(
    "change",
    [
        "no status", "status of three bytes", "two status words", "status first", "an object more", "data in plain",
        "no padding indicator", "half a block", "85 to an even instruction", "no padding",
    ],
)  # fmt: skip
def test_an_answer_that_is_not_as_it_must_be_ends_the_session(change: str) -> None:
    session = Session(suite(Cipher.AES128))
    session.protect(READ)
    with pytest.raises(SessionBroken):
        session.unprotect(broken(change))
    assert not session.alive


@pytest.mark.parametrize(
    "bare", [Response(b"", 0x9000), Response(b"file", 0x9000), Response(b"file", 0x6282)]
)
def test_nothing_unprotected_is_believed(bare: Response) -> None:
    session = Session(suite(Cipher.TDES))
    session.protect(READ)
    with pytest.raises(SessionBroken):
        session.unprotect(bare)


@pytest.mark.parametrize("sw", [0x6987, 0x6988])
def test_a_chip_that_says_so_has_ended_the_session(sw: int) -> None:
    session = Session(suite(Cipher.TDES))
    session.protect(READ)
    with pytest.raises(SessionBroken):
        session.unprotect(Response(b"", sw))
    assert not session.alive


def test_a_bare_error_does_not_end_the_session() -> None:
    """Chips answer a missing file so; they have counted the command and no answer."""
    session, chip = Session(suite(Cipher.AES192)), Chip(suite(Cipher.AES192))
    chip.opened(session.protect(SELECT))
    assert session.unprotect(Response(b"", 0x6A82)) == Response(b"", 0x6A82)
    assert chip.opened(session.protect(READ)) == READ
    assert session.unprotect(chip.sealed(Response(b"data", 0x9000))).data == b"data"


def test_a_chip_that_counts_its_bare_answers_is_met_where_it_is() -> None:
    """As a card of Java makes them: the protected error is lost on its way, and so is the next."""
    session, chip = Session(suite(Cipher.TDES)), Chip(suite(Cipher.TDES))
    sent: list[Command] = []

    def card(data: bytes) -> bytes:
        command = apdu.decode(data)
        sent.append(command)
        try:
            asked = chip.opened(command)
        except AssertionError:
            asked = None
        good = asked is not None and asked.ins == 0xB0
        answer = chip.sealed(
            Response(b"data" if good else b"", 0x9000 if good else 0x6A82 if asked else 0x6985)
        )
        return bytes(answer.data) + H("9000") if good else answer.sw.to_bytes(2, "big")

    def read() -> Exchange[tuple[int, bytes, bytes]]:
        missing: Response = yield SELECT
        first: Response = yield READ
        second: Response = yield READ
        return missing.sw, first.data, second.data

    assert run(session.protect_all(read()), card) == (0x6A82, b"data", b"data")
    assert len(sent) == 4


def test_an_error_that_comes_first_is_not_taken_for_a_chip_out_of_step() -> None:
    session = Session(suite(Cipher.TDES))
    answers = iter([H("6985")])

    def read() -> Exchange[int]:
        response: Response = yield READ
        return response.sw

    assert run(session.protect_all(read()), lambda _: next(answers)) == 0x6985


def test_a_chip_that_is_out_of_step_is_tried_once() -> None:
    session = Session(suite(Cipher.TDES))
    answers = iter([H("6A82"), H("6985"), H("6988"), H("9000")])

    def read() -> Exchange[None]:
        yield SELECT
        yield READ

    with pytest.raises(SessionBroken):
        run(session.protect_all(read()), lambda _: next(answers))
    assert next(answers) == H("9000")


def test_an_older_answer_is_not_taken_again() -> None:
    session, chip = Session(suite(Cipher.AES128)), Chip(suite(Cipher.AES128))
    chip.opened(session.protect(READ))
    answer = chip.sealed(Response(b"data", 0x9000))
    assert session.unprotect(answer).data == b"data"
    session.protect(READ)
    with pytest.raises(SessionBroken):
        session.unprotect(answer)


def test_answers_in_pieces_are_put_together_outside_the_protection() -> None:
    session, chip = Session(suite(Cipher.TDES)), Chip(suite(Cipher.TDES))
    waiting: list[bytes] = []
    sent: list[Command] = []

    def card(data: bytes) -> bytes:
        command = apdu.decode(data)
        sent.append(command)
        if command.ins == 0xC0:
            piece, waiting[0] = waiting[0][: command.ne], waiting[0][command.ne :]
            return piece + (H("61") + bytes((min(len(waiting[0]), 255),)) if waiting[0] else H("9000"))
        if command.ne == 256:
            return H("6C30")
        waiting.append(chip.sealed(Response(chip.opened(command).header * 8, 0x9000)).data)
        return H("6110")

    def read() -> Exchange[bytes]:
        response: Response = yield READ
        return response.data

    assert run(session.protect_all(read()), card) == H("00B00000") * 8
    assert sent[0].data == sent[1].data
    assert [command.ne for command in sent[:3]] == [256, 0x30, 0x10]


def test_an_answer_that_never_ends_is_given_up() -> None:
    def read() -> Exchange[bytes]:
        response: Response = yield READ
        return response.data

    with pytest.raises(PassportError):
        run(read(), lambda _: H("6110"))
    with pytest.raises(PassportError):
        run(read(), lambda _: b"data" + H("6110"))


@given(CIPHERS, st.binary(max_size=300), st.integers(0, 65_535))
def test_whatever_is_answered_only_our_own_error_comes_of_it(cipher: Cipher, data: bytes, sw: int) -> None:
    session = Session(suite(cipher))
    session.protect(READ)
    try:
        assert session.unprotect(Response(data, sw)) == Response(b"", sw)
    except SessionBroken:
        assert not session.alive


def test_keys_are_never_shown() -> None:
    keys = suite(Cipher.AES256)
    assert keys.for_mac.hex() not in repr(Session(keys)) + repr(keys)
