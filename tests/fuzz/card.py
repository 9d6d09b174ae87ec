"""A virtual chip whose answers an input changes, at any step: outside its protection, inside it, or in its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.document_reader.virtual_card import atr
from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_family import CAN
from hardware.document_reader.virtual_passport import Contents
from hardware.passport import dg2, lds, proof
from hardware.passport.apdu import Command, Response
from hardware.passport.errors import PassportError
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.order import Order, Reading
from hardware.passport.password import Password
from hardware.passport.reader import Reader
from tests.fuzz.chance import Take
from tests.fuzz.papers import CHIPS, NOW, PAPERS, TODAY
from tests.fuzz.target import Wrong

MOST_COMMANDS = 3000  # a portrait of a megabyte in crumbs has more; none of ours is so large
_GROUPS = (File.DG1, File.DG2, File.DG7, File.DG11, File.DG12)
_OUTSIDE, _INSIDE, _FILE = range(3)
# Which chip a first byte means. PACE costs both sides milliseconds of numbers, and has a target of its own.
_EACH = tuple(name for name in CHIPS if name not in ("pace-im", "pace-3des"))
_CHIPS = (*("bac", "open", "bac-short", "active-ec", "bac", "open") * 10, *_EACH)
_JUDGED: set[int] = set()  # readings that came to the same before
_TIMES = 3  # changes in one input, at most


@dataclass
class Change:
    """What an input does to the answer number `step`, and with `lasting` to all that follow."""

    where: int
    step: int
    how: int
    lasting: bool
    at: int
    piece: bytes

    def now(self, step: int) -> bool:
        return step == self.step or (self.lasting and step > self.step)

    def data(self, data: bytes) -> bytes:
        """Changed as data are."""
        at, piece = self.at % (len(data) + 1), self.piece
        match self.how % 6:
            case 0:
                return piece
            case 1:
                return data[:at]
            case 2:
                return data[:at] + piece + data[at + len(piece) :]
            case 3:
                return data[:at] + piece + data[at:]
            case 4:
                return data + piece
            case _:
                return data[:at] + data[at + 1 + len(piece) :]

    def answer(self, whole: bytes, last: bytes) -> bytes:
        """Changed as an answer is: also its status word, or the answer before it once more."""
        match self.how % 10:
            case 6:
                return whole[:-2] + self.piece[:2]
            case 7:
                return self.piece[:2] or b"\x90\0"
            case 8:
                return last
            case 9:
                return self.data(whole)
            case _:
                return self.data(whole[:-2]) + whole[-2:]


class Changed(Chip):
    """A chip that says something else than it would, under its own protection or beside it."""

    def __init__(self, contents: Contents, changes: list[Change]) -> None:
        self._outside = [each for each in changes if each.where == _OUTSIDE]
        self._inside = [each for each in changes if each.where == _INSIDE]
        self._said, self._last, self._done = 0, b"", 0
        super().__init__(contents)

    def transmit(self, command: bytes) -> bytes:
        self._said += 1
        if self._said > MOST_COMMANDS:
            raise Wrong(f"more than {MOST_COMMANDS} commands")
        answer = super().transmit(command)
        for change in self._outside:
            if change.now(self._said - 1):
                answer = change.answer(answer, self._last)
        self._last = answer
        return answer

    def _carried_out(self, command: Command) -> Response:
        answer = super()._carried_out(command)
        self._done += 1
        for change in self._inside:
            if change.now(self._done - 1):
                whole = change.answer(answer.data + answer.sw.to_bytes(2, "big"), b"\x90\0")
                answer = Response(whole[:-2], int.from_bytes(whole[-2:].rjust(2, b"\0"), "big"))
        return answer


def play(data: bytes) -> None:
    """A whole reading, judged, and everything that was read taken apart."""
    take = Take(data)
    contents = PAPERS.chip(_CHIPS[take.byte() % len(_CHIPS)])
    how = take.byte()
    changes = [_change(take) for _ in range(1 + how % _TIMES)]
    changed = _files(contents, [each for each in changes if each.where == _FILE])
    chip = Changed(replace(contents, files=changed), changes)
    groups = _GROUPS if how & 0x08 else (File.DG1,)
    order = Order(groups, pace=not how & 0x10, every_proof=bool(how & 0x20), long_answers=not how & 0x40)
    reader = Reader(_password(contents), order, atr(contents.description.extended))
    reading = run(reader.read(), chip.transmit)
    if all(each.where == _OUTSIDE for each in changes):
        _authentic(reading, contents)
    mapped = reading.mapping and reading.mapping.data
    files = sorted((file.fid, data) for file, data in reading.files.items())
    known = hash((*files, reading.chip, reading.active, mapped))
    if known not in _JUDGED:
        proof.judge(reading, PAPERS.trust, NOW)
        _taken_apart(reading)
        _JUDGED.add(known)


def _change(take: Take) -> Change:
    kind = take.byte()
    return Change(kind % 3, take.byte() % 80, take.byte(), kind & 0xC0 == 0xC0, take.word(), take.bytes(take.byte()))


def _files(contents: Contents, changes: list[Change]) -> dict[File, bytes]:
    """The chip's own files, spoilt before anything protects them. Their outer length is put right for half."""
    files = dict(contents.files)
    for change in changes:
        file = list(contents.files)[change.step % len(files)]
        spoilt = change.data(files[file])
        if change.how & 0x80 and file.tag and file is not File.CARD_SECURITY:
            spoilt = lds.wrap(file, change.data(lds.unwrap(file, contents.files[file])))
        files[file] = spoilt
    return files


def _password(contents: Contents) -> Password:
    return Password.can(CAN) if contents.description.can else Password.of(contents.description.document)


def _authentic(reading: Reading, contents: Contents) -> None:
    """Nobody between chip and reader changes what secure messaging protects."""
    for file, data in reading.files.items():
        if reading.opened and file.in_application and data != contents.files[file]:
            raise Wrong(f"{file.title} was changed on the way, and believed")


def _taken_apart(reading: Reading) -> None:
    parsers: dict[File, Callable[[bytes], object]] = {
        File.DG1: lambda data: lds.parse_dg1(data).document(TODAY),
        File.DG2: dg2.parse_dg2, File.DG7: lds.parse_dg7, File.DG11: lds.parse_dg11, File.DG12: lds.parse_dg12,
    }  # fmt: skip
    if File.DG1 not in reading.files:
        raise Wrong("a reading without EF.DG1")
    for file, parse in parsers.items():
        try:
            if file in reading.files:
                parse(reading.files[file])
        except PassportError:
            continue


def seeds() -> list[bytes]:
    """Each chip as it is, asked in each way, and changed once here and there."""
    found = []
    for chip in range(len(_CHIPS) - len(_EACH), len(_CHIPS)):
        for how in (0x00, 0x08, 0x18, 0x28, 0x48):
            found.append(bytes((chip, how, _OUTSIDE, 79, 4, 0, 0, 0)))
        for step in range(1, 30, 6):
            for where in (_OUTSIDE, _INSIDE, _FILE):
                found.append(bytes((chip, 2 * (step & 4), where, step, 2 + 0x80 * (step & 1), 0, 5, 2, 0x6A, 0x82)))
    return found
