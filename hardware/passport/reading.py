"""Reading files from a chip: as few commands as it lets us, no byte twice (ICAO 9303-10 §3.6.4 f.).

Of each file first the header, then exactly as much as it says, in the largest pieces that chip and reader
can take. What the chip can is learned and kept in `Medium`: short file identifiers (which spare the
SELECT) once one has worked, extended length from ATR or EF.ATR/INFO, smaller pieces from 6Cxx and 6700.
A file that was begun goes on where it stopped, also in another session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.passport import tlv
from hardware.passport.apdu import EXTENDED_NE, SHORT_NC, SHORT_NE, Command, Response
from hardware.passport.errors import Malformed, NoApplication
from hardware.passport.exchange import Exchange, T, chained, expect
from hardware.passport.files import APPLICATION, MASTER_FILE, File
from hardware.passport.secure_messaging import Session

HEADER = 4
_LAST_SHORT_OFFSET = 0x7FFF
_END_OF_FILE, _WRONG_LENGTH, _NOT_FOUND = 0x6282, 0x6700, 0x6A82
_CHAIN_OPEN = 0x6883  # the last command of a chain was expected
_ERRORS = range(0x6400, 0x7000)
_OTHER_ERRORS = (0x6982, 0x6986, _NOT_FOUND, 0x6B00, 0x6D00)  # closed, none selected, not there, beyond its end, unknown
_OFFSET, _DISCRETIONARY = 0x54, 0x53
_AROUND = 4  # tag and length of DO'53', at most
_FEW = 16
_SMALLEST = 0x20  # bytes of a piece; a chip that refuses this refuses to be read
_LENGTHS = 0x7F66  # of EF.ATR/INFO (ISO/IEC 7816-4 §12.7.1)
_EXTENDED = 0x40  # of the third byte of the card's capabilities (ISO/IEC 7816-4 §12.1.1.9)
_CAPABILITIES = 0x47  # the same in EF.ATR/INFO

Progress = Callable[[int, int, int], None]
"""Of a file: bytes read so far, bytes that are asked for next, bytes in all."""


@dataclass
class Medium:
    """What chip and reader between them can. `answer`: the longest answer in bytes, status word apart;
    `piece`: the most bytes of a file that were not refused, `given` the most that were given at once;
    `short_identifiers`: None before one was tried, `short_in`: whether one has worked in the master file (False)
    and in the application (True); `chains`: a command of more than 255 bytes goes in pieces. A chip with keys so long should take them in one,
    of extended length, if it does not say that it takes pieces (9303-10 §3.6.4, §3.6.5); what it can't take in
    one, or the reader can't carry, goes in pieces all the same: there is no other way left. `carries`: False
    where reader or chip did not survive an APDU of extended length."""

    answer: int = SHORT_NE
    piece: int = EXTENDED_NE
    given: int = HEADER
    short_identifiers: bool | None = None
    short_in: set[bool] = field(default_factory=set)
    chains: bool = False
    carries: bool = True

    def careful(self) -> None:
        """The least that every chip can, after a chip has dropped a session over something."""
        self.lost()
        self.short_identifiers = False

    def lost(self) -> None:
        """Extended length is not tried again, whatever the chip says of itself."""
        self.short_only()
        self.carries = False

    def short_only(self) -> None:
        """Nothing of extended length any more, neither way."""
        self.answer, self.chains = SHORT_NE, True

    def carried(self, exchange: Exchange[T], session: Session | None) -> Exchange[T]:
        """An exchange as chip and reader can carry it, under the protection of `session`."""
        if self.chains:
            exchange = chained(exchange, session.most_data if session else SHORT_NC)
        return session.protect_all(exchange) if session else exchange

    def room(self, session: Session | None) -> int:
        """Bytes of a file that fit into one answer."""
        return min(self.piece, session.room(self.answer) if session else self.answer)

    def too_much(self, sw: int, asked: int) -> bool:
        """Whether so many were refused as too many. 6700 says it; other chips have other words for it, until
        as many have been given once."""
        words = sw in _ERRORS and sw >> 8 != 0x6C and sw not in _OTHER_ERRORS
        return sw == _WRONG_LENGTH or (words and asked > self.given)

    def refused(self, asked: int) -> bool:
        """After so many were too many: whether there is a smaller piece to be tried."""
        if self.answer > SHORT_NE:
            self.answer = SHORT_NE
        elif asked > _SMALLEST:
            self.piece = asked // 2
        else:
            return False
        return True


@dataclass
class Files:
    """The files of one chip. `done` is complete files, `absent` what the chip said it does not have."""

    medium: Medium = field(default_factory=Medium)
    done: dict[File, bytes] = field(default_factory=dict)
    absent: set[File] = field(default_factory=set)
    begun: dict[File, bytes] = field(default_factory=dict, repr=False)
    on_progress: Progress = lambda done, asked, of: None

    def read(self, file: File, session: Session | None) -> Exchange[bytes | None]:
        """The whole file; None if there is none. Refused if the chip does not let us."""
        if file in self.done or file in self.absent:
            return self.done.get(file)
        if not (yield from self._open(file)):
            self.absent.add(file)
            return None
        total = yield from self._size(file)
        pieces = 0
        while (read := len(self.begun[file])) < total:
            pieces += 1
            if pieces > _FEW + 2 * total // _SMALLEST:
                raise Malformed(f"{file.title}: it comes in crumbs")
            self.on_progress(read, _fits(read, total - read, self.medium.room(session)), total)
            yield from self._piece(file, total, session)
        self.on_progress(total, 0, total)
        self.done[file] = self.begun.pop(file)
        return self.done[file]

    def forget(self, *files: File) -> None:
        """What another session, and perhaps another chip, gave of them."""
        for file in files:
            self.done.pop(file, None)
            self.begun.pop(file, None)
            self.absent.discard(file)

    def learn_lengths(self, atr: bytes) -> Exchange[None]:
        """Whether chip and reader can long commands and answers, by ATR and EF.ATR/INFO. That file says nowhere
        how long it is: one piece of it is read, and the numbers stand near its beginning."""
        said = extended_by_atr(atr)
        if said is False:
            self.medium.short_only()
            return
        file = File.ATR_INFO
        response = yield Command(0x00, 0xB0, 0x80 | file.sfi, 0x00, ne=SHORT_NE)
        if _readable(response) and longest_answer(response.data):
            self.medium.short_identifiers = True
        elif not _readable(response) and said:
            if not (yield from select_file(file)):
                return
            response = yield Command(0x00, 0xB0, 0x00, 0x00, ne=SHORT_NE)
        info = response.data if _readable(response) else b""
        if said is None and extended_by_info(info) is False:
            self.medium.short_only()
            return
        self.medium.answer = longest_answer(info) or SHORT_NE

    # --- one file -------------------------------------------------------------------------------

    def _open(self, file: File) -> Exchange[bool]:
        """Makes the file the current one, and takes its first bytes if that goes in one command."""
        begun = self.begun.get(file, b"")
        by_short = self.medium.short_identifiers or (
            self.medium.short_identifiers is None and not file.in_application
        )
        if by_short and not begun:
            response = yield Command(0x00, 0xB0, 0x80 | file.sfi, 0x00, ne=HEADER)
            if _readable(response) and _begins(file, response.data):
                self.medium.short_identifiers = True
                self.medium.short_in.add(file.in_application)
                self.begun[file] = response.data
                return True
            if response.sw == _NOT_FOUND and file.in_application in self.medium.short_in:
                return False
        found = yield from select_file(file)
        if found and by_short and not begun:
            self.medium.short_identifiers = False
        return found

    def _size(self, file: File) -> Exchange[int]:
        """How long the file is in all, by its header (ISO/IEC 7816-4 §5.2.2)."""
        begun = self.begun.get(file, b"")
        while True:
            if begun and not _begins(file, begun):
                raise Malformed(f"{file.title}: it begins with {begun[:1].hex()}")
            try:
                _, length, size = tlv.header(begun)
            except Malformed:
                if len(begun) >= 2 * HEADER:
                    raise Malformed(f"{file.title}: no header") from None
            else:
                break
            response = yield Command(0x00, 0xB0, 0x00, len(begun), ne=HEADER)
            more = response.data if _readable(response) else expect(response, f"{file.title}, header")
            if not more:
                raise Malformed(f"{file.title}: it ends in its header")
            begun += more
            self.begun[file] = begun
        if size + length > file.most:
            raise Malformed(f"{file.title}: {size + length} bytes")
        self.begun[file] = begun[: size + length]
        return size + length

    def _piece(self, file: File, total: int, session: Session | None) -> Exchange[None]:
        at = len(self.begun[file])
        while True:
            room = self.medium.room(session)
            asked = min(total - at, room)
            response = yield from _read(at, asked, room)
            if not (self.medium.too_much(response.sw, asked) and self.medium.refused(asked)):
                break
        if response.sw >> 8 == 0x6C and 0 < response.sw & 0xFF < room:
            response = yield from _read(at, response.sw & 0xFF, room)
        if response.sw != _END_OF_FILE:
            expect(response, f"{file.title}, byte {at}")
        data = response.data[: total - at]
        if not data:
            raise Malformed(f"{file.title}: it ends at {at} of {total} bytes")
        self.begun[file] += data
        self.medium.given = max(self.medium.given, len(data))


def _read(at: int, piece: int, room: int) -> Exchange[Response]:
    """READ BINARY; beyond 32 kB in its odd form, with data objects both ways (ISO/IEC 7816-4 §11.3.3).
    There the length asked for counts, or does not count, what stands around the data: there is room for both."""
    if at <= _LAST_SHORT_OFFSET:
        response = yield Command(0x00, 0xB0, at >> 8, at & 0xFF, ne=piece)
        return response
    piece = _fits(at, piece, room)
    offset = tlv.encode(_OFFSET, at.to_bytes((at.bit_length() + 7) // 8, "big"))
    around = len(tlv.encode_length(piece)) + 1
    response = yield Command(0x00, 0xB1, 0x00, 0x00, offset, ne=piece + around)
    return Response(_discretionary(response.data), response.sw) if response.data else response


def _fits(at: int, wanted: int, room: int) -> int:
    """How many of so many bytes one answer holds."""
    return min(wanted, room if at <= _LAST_SHORT_OFFSET else room - _AROUND)


def _discretionary(data: bytes) -> bytes:
    """The content of DO'53'; a chip that cuts it off at the length asked for is understood too."""
    tag, length, size = tlv.header(data)
    if tag != _DISCRETIONARY:
        raise Malformed(f"READ BINARY: {tag:X} instead of 53")
    return data[size : size + length]


def _readable(response: Response) -> bool:
    return bool(response.data) and response.sw in (0x9000, _END_OF_FILE)


def _begins(file: File, data: bytes) -> bool:
    return not file.tag or data[:1] == bytes((file.tag,))


# --- selection --------------------------------------------------------------------------------


def select_master_file() -> Exchange[None]:
    """By its identifier; else without one, which is all that some chips take (ISO/IEC 7816-4 §11.2.2, P1 00). Chips
    that have none say an error; what they then have not is found out by asking for it."""
    response = yield Command(0x00, 0xA4, 0x00, 0x0C, MASTER_FILE.to_bytes(2, "big"))
    if not _selected(response):
        yield Command(0x00, 0xA4, 0x00, 0x0C)


def select_application() -> Exchange[None]:
    """Once more to a chip that still waited for the rest of a chain that broke off: PACE is one."""
    for _ in range(2):
        response = yield Command(0x00, 0xA4, 0x04, 0x0C, APPLICATION)
        if response.sw != _CHAIN_OPEN:
            break
    if not _selected(response):
        raise NoApplication(response.sw, "SELECT the eMRTD application")


def select_file(file: File) -> Exchange[bool]:
    """Whether it is there."""
    response = yield Command(0x00, 0xA4, 0x02, 0x0C, file.fid.to_bytes(2, "big"))
    if response.sw == _NOT_FOUND:
        return False
    if not _selected(response):
        expect(response, f"SELECT {file.title}")
    return True


def _selected(response: Response) -> bool:
    """62xx: selected, and something to say about it (ISO/IEC 7816-4 §5.6)."""
    return response.good or response.sw >> 8 == 0x62


# --- what the chip says of itself -------------------------------------------------------------


def extended_by_atr(atr: bytes) -> bool | None:
    """Whether the historical bytes say that extended length is understood; None if they say nothing
    (ISO/IEC 7816-3 §8.2, 7816-4 §12.1.1). A contactless reader takes them from the ATS (PC/SC part 3)."""
    history = _historical(atr)
    if history[:1] not in (b"\x80", b"\x00"):
        return None
    objects = history[1:] if history[0] == 0x80 else history[1:-3]
    at = 0
    while at < len(objects):
        tag, length = objects[at] >> 4, objects[at] & 0x0F
        value = objects[at + 1 : at + 1 + length]
        if tag == 7 and length == 3 and len(value) == 3:
            return bool(value[2] & _EXTENDED)
        at += 1 + length
    return None


def extended_by_info(info: bytes) -> bool | None:
    """The same by EF.ATR/INFO. A chip that says it chains, and not that it takes extended length, doesn't."""
    value = next((each.value for each in _objects(info) if each.tag == _CAPABILITIES), b"")
    return bool(value[2] & _EXTENDED) if len(value) == 3 else None


def _objects(info: bytes) -> tuple[tlv.Tlv, ...]:
    try:
        return tuple(tlv.parse_all(info))
    except Malformed:
        return ()


def _historical(atr: bytes) -> bytes:
    if len(atr) < 2:
        return b""
    at, more, count = 2, atr[1] >> 4, atr[1] & 0x0F
    while more and at < len(atr):
        at += more.bit_count()  # TA, TB, TC and TD of this round, as far as they are there
        more = atr[at - 1] >> 4 if more & 8 and at <= len(atr) else 0
    return atr[at : at + count]


def longest_answer(info: bytes) -> int | None:
    """By EF.ATR/INFO: the longest answer, status word apart; None if it does not say."""
    try:
        lengths = next((each for each in tlv.parse_all(info) if each.tag == _LENGTHS), None)
        numbers = [each.value for each in lengths.children() if each.tag == 0x02] if lengths else []
    except Malformed:
        return None
    if len(numbers) != 2 or not 0 < len(numbers[1]) <= 4:
        return None
    longest = min(int.from_bytes(numbers[1], "big") - 2, EXTENDED_NE)
    return longest if longest > SHORT_NE else None
