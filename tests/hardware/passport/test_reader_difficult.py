"""Chips that make a reading difficult: lifted, forgetful, lying, forged, and plain nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.document_reader.virtual_passport import Contents
from hardware.passport.apdu import Command, Response
from hardware.passport.errors import Malformed, PassportError, SessionBroken
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.findings import Answer, Reason
from hardware.passport.order import Order
from tests.hardware.passport.test_reader import FAMILY, Watched, read, reader, twice

H = bytes.fromhex


class Lifted(Exception):
    """The transport's own: the card is gone."""


@pytest.mark.parametrize("name", ["bac-short", "pace-gm-3des", "chip-auth", "everything"])
def test_a_lifted_document_is_read_on_where_it_was(name: str) -> None:
    contents = FAMILY.contents(name)
    chip = Watched(contents)
    one = reader(contents)
    whole = len(read(name)[1].sent)
    for after in (whole // 4, whole // 2, whole // 3):
        left = [after]

        def transmit(command: bytes, left: list[int] = left) -> bytes:
            if not left[0]:
                raise Lifted
            left[0] -= 1
            return chip.transmit(command)

        with pytest.raises(Lifted):
            run(one.read(), transmit)
        chip.reset()
    reading = run(one.read(), chip.transmit)
    bound = {File.CARD_SECURITY, File.SOD, File.DG1} if reading.mapping else set()  # to the session that proves the chip
    assert set(twice(chip.served)) <= bound
    assert all(reading.files[file] == contents.files[file] for file in (File.SOD, File.DG1, File.DG2))
    assert reading.chip == read(name)[0].chip


class NoShortIdentifiers(Watched):
    """In its application: a bare error to them, and the session is gone."""

    def _whole(self, raw: bytes) -> Response:
        answer = super()._whole(raw)
        last = self.inner[-1]
        if self._in_application and last.ins == 0xB0 and last.p1 & 0x80:
            self._drop()
            return Response(b"", 0x6A86)
        return answer


def test_a_chip_that_drops_the_session_over_a_command_is_read_more_carefully() -> None:
    contents = FAMILY.contents("pace-gm")
    chip = NoShortIdentifiers(contents)
    reading = run(reader(contents).read(), chip.transmit)
    assert reading.files[File.DG2] == contents.files[File.DG2]
    assert sum(command.ins == 0x22 for command in chip.inner) == 2  # opened twice, by a password that fits


def test_a_chip_that_drops_its_new_session_over_a_command_is_no_copy() -> None:
    class Once(NoShortIdentifiers):
        """Only after chip authentication."""

        def _whole(self, raw: bytes) -> Response:
            proven = any(command.header == H("002241A4") for command in self.inner[-2:-1])
            return super()._whole(raw) if proven else Watched._whole(self, raw)

    contents = FAMILY.contents("chip-auth")
    chip = Once(contents)
    reading = run(reader(contents).read(), chip.transmit)
    assert reading.chip.answer is Answer.YES
    assert reading.files[File.DG2] == contents.files[File.DG2]
    assert sum(command.header == H("002241A4") for command in chip.inner) == 2


def test_a_chip_that_always_drops_the_session_is_given_up() -> None:
    class Hopeless(Watched):
        def _protected(self, command: Command) -> Response:
            self._drop()
            return Response(b"", 0x6988)

    contents = FAMILY.contents("pace-gm")
    chip = Hopeless(contents)
    with pytest.raises(SessionBroken):
        run(reader(contents).read(), chip.transmit)
    assert sum(command.ins == 0x22 for command in chip.inner) == 2


class Reluctant(Watched):
    """Gives up the session rather than prove itself."""

    def _protected(self, command: Command) -> Response:
        answer = super()._protected(command)
        if self.inner[-1].ins == 0x88 or (self.inner[-1].ins == 0x22 and self.inner[-1].p1 == 0x41):
            self._drop()
            return Response(b"", 0x6988)
        return answer


@pytest.mark.parametrize("name", ["chip-auth", "chip-auth-bac", "active-auth-ec"])
def test_a_chip_that_gives_up_rather_than_prove_itself_is_no_good_one(name: str) -> None:
    contents = FAMILY.contents(name)
    chip = Reluctant(contents)
    reading = run(reader(contents).read(), chip.transmit)
    assert Reason.COPIED in (reading.chip.reason, reading.active.reason)
    assert reading.files[File.DG2] == contents.files[File.DG2]
    assert twice(chip.served) == []


def test_a_forged_answer_is_not_tried_again() -> None:
    contents = FAMILY.contents("pace-gm")
    chip = Watched(contents)

    def forging(command: bytes) -> bytes:
        answer = chip.transmit(command)
        if len(answer) > 1000:
            return answer[:-3] + bytes((answer[-3] ^ 1,)) + answer[-2:]
        return answer

    with pytest.raises(SessionBroken):
        run(reader(contents).read(), forging)
    assert sum(command.ins == 0x22 for command in chip.inner) == 1


def test_a_missing_file_in_a_bare_answer_does_not_end_the_session() -> None:
    class Bare(Watched):
        def _protected(self, command: Command) -> Response:
            channel = self._channel
            assert channel is not None
            before = channel.counter
            answer = super()._protected(command)
            if answer.sw == 0x6A82:
                channel._counter = int.from_bytes(before, "big") + 1
                return Response(b"", 0x6A82)
            return answer

    contents = FAMILY.contents("bac")
    files = {file: data for file, data in contents.files.items() if file is not File.DG2}
    chip = Bare(Contents(contents.description, files, contents.zone, contents.information))
    reading = run(reader(contents, Order(groups=(File.DG1, File.DG2))).read(), chip.transmit)
    assert reading.failed == {File.DG2: "it is not there"}
    assert sum(command.ins == 0x82 for command in chip.inner) == 1


def test_a_chip_without_its_zone_is_no_document() -> None:
    """Found by fuzzing: the reading ended as if all were well, and whoever took the zone out of it fell."""
    contents = FAMILY.contents("bac")
    files = {file: data for file, data in contents.files.items() if file is not File.DG1}
    chip = Watched(Contents(contents.description, files, contents.zone, contents.information))
    with pytest.raises(Malformed, match="EF.DG1: it is not there"):
        run(reader(contents).read(), chip.transmit)


class Closed(Watched):
    """DG14 and DG7 are not for us; it says so outside the protection, and still knows the session or not."""

    forgets = False

    def _protected(self, command: Command) -> Response:
        channel = self._channel
        if channel is None:
            return Response(b"", 0x6982)
        before = int.from_bytes(channel.counter, "big")
        answer = super()._protected(command)
        if self._file not in (File.DG14, File.DG7):
            return answer
        self._file, channel._counter = None, before + 1
        if self.forgets:
            self._drop()
        return Response(b"", 0x6982)


@pytest.mark.parametrize("forgets", [False, True])
def test_a_group_that_is_closed_does_not_close_the_others(forgets: bool) -> None:
    contents = FAMILY.contents("everything")
    chip = Closed(contents)
    chip.forgets = forgets
    order = Order(groups=(File.DG1, File.DG7, File.DG2), pace=False, active_authentication=False)
    reading = run(reader(contents, order).read(), chip.transmit)
    assert set(reading.failed) == {File.DG14, File.DG7}
    assert reading.files[File.DG2] == contents.files[File.DG2]
    assert sum(command.ins == 0x82 for command in chip.inner) == (3 if forgets else 1)


def test_where_the_signed_object_is_nonsense_the_index_says_what_is_there() -> None:
    reading, _ = read("nested", Order(groups=(File.DG1, File.DG2, File.DG11)))
    assert File.COM in reading.files
    assert set(reading.files) >= {File.DG1, File.DG2}
    assert File.DG11 not in reading.failed


def test_lengths_that_lie_are_refused_before_they_are_read() -> None:
    contents = FAMILY.contents("lying-lengths")
    chip = Watched(contents)
    with pytest.raises(Malformed, match="EF.DG1"):
        run(reader(contents).read(), chip.transmit)
    assert sum(file is File.DG1 for file, _, _ in chip.served) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["bac-short", "chip-auth", "pace-im", "active-auth-ec", "everything", "open"]),
    st.integers(0, 60), st.one_of(st.binary(max_size=40), st.sampled_from([H("9000"), H("6282"), H("6100"), H("6C10")])),
    st.booleans(),
)  # fmt: skip
def test_whatever_a_chip_answers_only_our_own_errors_come_of_it(
    name: str, at: int, data: bytes, for_ever: bool
) -> None:
    contents = FAMILY.contents(name)
    chip = Watched(contents)
    count = 0

    def transmit(command: bytes) -> bytes:
        nonlocal count
        count += 1
        assert count < 3000
        return data if count == at or (for_ever and count > at) else chip.transmit(command)

    try:
        reading = run(reader(contents).read(), transmit)
    except PassportError:
        return
    protected = [file for file in reading.files if file.in_application and reading.opened]
    assert all(reading.files[file] == contents.files[file] for file in protected)
