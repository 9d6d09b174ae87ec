"""The virtual passport's chip: command APDUs in, response APDUs out, as strict as a real one.

No I/O and no clock: `took_s` is how long the last answer would have taken, for whoever carries it. Its
rules: ICAO 9303-10 §3.6 (SELECT, READ BINARY), 9303-11 §4 and §9.8. What opens it and what it proves are
in `virtual_access.py` and `virtual_proofs.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from hardware.document_reader.virtual_access import BasicAccess, Pace
from hardware.document_reader.virtual_chain import CHAINED, Chain
from hardware.document_reader.virtual_channel import SECURE, ChipChannel
from hardware.document_reader.virtual_description import Manner
from hardware.document_reader.virtual_passport import MOST_ANSWER, MOST_COMMAND, Contents
from hardware.document_reader.virtual_proofs import ChipProof, internal_authenticate
from hardware.document_reader.virtual_status import Refusal, Sw
from hardware.passport import apdu, tlv
from hardware.passport.apdu import EXTENDED_NE, SHORT_NE, Command, Response
from hardware.passport.errors import Malformed
from hardware.passport.files import APPLICATION, MASTER_FILE, File

_FREE = (File.ATR_INFO, File.DIR, File.CARD_ACCESS)
_CLOSED = (File.DG3, File.DG4)  # behind extended access control
_OFFSET, _DISCRETIONARY = 0x54, 0x53
_NOTHING = 0x0C
_CONTROL = {0x00: 0x6F, 0x04: 0x62, 0x08: 0x64}  # P2 of SELECT: what about the file is to be said (ISO/IEC 7816-4 §11.2.2)
_EXTERNAL_AUTHENTICATE, _GENERAL_AUTHENTICATE, _GET_RESPONSE = 0x82, 0x86, 0xC0


class Chip:
    """One chip, from field on to field off and on again (`reset`)."""

    def __init__(self, contents: Contents, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self.contents = contents
        self.took_s = 0.0
        self.last_read: File | None = None  # of which file the last command was answered with bytes
        self._wrong = 0  # passwords in a row that were not right; kept without power
        self._bac = BasicAccess(contents, random)
        self._pace = Pace(contents, random)
        self._proof = ChipProof(contents)
        self._chain = Chain(Manner.CHAINS in contents.description.manners)
        self._handlers: dict[int, Callable[[Command], Response]] = {
            0xA4: self._select,
            0xB0: self._read_binary,
            0xB1: self._read_binary_odd,
            0x84: self._get_challenge,
            _EXTERNAL_AUTHENTICATE: self._external_authenticate,
            0x22: self._manage_security_environment,
            _GENERAL_AUTHENTICATE: self._general_authenticate,
            0x88: self._internal_authenticate,
        }
        self.reset()

    def reset(self) -> None:
        """Field off and on: nothing is selected or open any more."""
        self._channel: ChipChannel | None = None
        self._next: ChipChannel | None = None
        self._opened_by_pace = False
        self._in_application = False
        self._file: File | None = None
        self._rest = b""
        self._most = SHORT_NE
        self._bac.forget()
        self._pace.forget()
        self._proof.forget()
        self._chain.forget()

    def transmit(self, command: bytes) -> bytes:
        """One command, one answer, whatever comes."""
        self.took_s = self.contents.description.answers_in_s
        self.last_read = None
        try:
            answer = self._whole(command)
        except Refusal as refusal:
            answer = Response(b"", refusal.sw)
        return answer.data + answer.sw.to_bytes(2, "big")

    # --- length, pieces, protection

    def _whole(self, raw: bytes) -> Response:
        extended = len(raw) > 5 and raw[4] == 0
        try:
            command = apdu.decode(raw)
        except Malformed:
            raise Refusal(Sw.WRONG_LENGTH) from None
        if (extended and not self.contents.description.extended) or len(command.data) > MOST_COMMAND:
            raise Refusal(Sw.WRONG_LENGTH)
        if command.cla & ~(SECURE | CHAINED):
            raise Refusal(Sw.NO_CLASS)
        if command.cla & SECURE not in (0, SECURE):
            raise Refusal(Sw.NO_SUCH_PROTECTION)
        if command.cla & CHAINED and command.ins != _GENERAL_AUTHENTICATE and not self._chain.taken:
            raise Refusal(Sw.NO_CHAINING)
        if command.ins == _GET_RESPONSE:
            return self._piece(command.ne)
        self._rest = b""
        self._most = min(command.ne, MOST_ANSWER) if extended else SHORT_NE
        if command.cla & SECURE == SECURE:
            answer = self._protected(command)
        else:
            self._drop()  # a bare command ends secure messaging (9303-11 §9.8.5)
            answer = self._carried_out(command)
            self._restart()
        return self._in_pieces(answer, command.ne)

    def _protected(self, command: Command) -> Response:
        if self._channel is None:
            raise Refusal(Sw.PROTECTION_WRONG)
        try:
            inner = self._channel.opened(command)
        except Refusal:
            self._drop()
            raise
        answer = self._carried_out(inner)
        channel = self._channel
        if len(answer.data) > channel.room(self._most) and not self._gives_pieces:
            answer = Response(b"", Sw.WRONG_LENGTH)
        sealed = channel.sealed(answer, odd=bool(command.ins & 1))
        self._restart()
        return Response(sealed, answer.sw)

    def _restart(self) -> None:
        """The answer to chip authentication is the last under the old keys, or under none."""
        if self._next is not None:
            self._channel, self._next = self._next, None

    @property
    def _gives_pieces(self) -> bool:
        return Manner.PIECES in self.contents.description.manners

    def _in_pieces(self, answer: Response, expected: int) -> Response:
        """What is longer than was asked for waits for GET RESPONSE (ISO/IEC 7816-4 §5.3.4)."""
        if len(answer.data) <= expected or answer.sw != Sw.DONE:
            return answer
        if not self._gives_pieces:
            raise Refusal(Sw.WRONG_LENGTH)
        self._rest = answer.data
        return self._piece(expected)

    def _piece(self, expected: int) -> Response:
        if not self._rest:
            raise Refusal(Sw.CONDITIONS)
        piece, self._rest = self._rest[:expected], self._rest[expected:]
        left = len(self._rest)
        return Response(piece, Sw.MORE | (left if left < SHORT_NE else 0) if left else Sw.DONE)

    def _carried_out(self, command: Command) -> Response:
        handler = self._handlers.get(command.ins)
        try:
            if handler is None:
                raise Refusal(Sw.NO_INSTRUCTION)
            whole = self._chain.joined(command, protocol=command.ins == _GENERAL_AUTHENTICATE and not self._proof.chosen)
            if whole is None:
                return Response(b"", Sw.DONE)
            command = whole
            if command.ins != _EXTERNAL_AUTHENTICATE:
                self._bac.forget()  # a challenge is good for the next command
            if command.ins != _GENERAL_AUTHENTICATE:
                self._pace.forget()
                self._proof.forget()
            return handler(command)
        except Refusal as refusal:
            self._pace.forget()
            self._chain.forget()
            return Response(b"", refusal.sw)

    def _drop(self) -> None:
        if self._channel is not None:
            self._chain.forget()
        self._channel = None
        self._opened_by_pace = False

    # --- files

    def _select(self, command: Command) -> Response:
        if command.p2 not in (*_CONTROL, _NOTHING):
            raise Refusal(Sw.WRONG_P1_P2)
        match command.p1:
            case 0x04:
                return self._select_application(command)
            case 0x00 if command.data in (b"", MASTER_FILE.to_bytes(2, "big")):
                self._in_application, self._file = False, None
                return Response(self._control(command, tlv.encode(0x83, MASTER_FILE.to_bytes(2, "big"))), Sw.DONE)
            case 0x00 | 0x02:
                return self._select_file(command)
        raise Refusal(Sw.WRONG_P1_P2)

    def _select_application(self, command: Command) -> Response:
        if command.data != APPLICATION:
            raise Refusal(Sw.NO_FILE)
        description = self.contents.description
        if description.pace and not description.bac and self._channel is None:
            raise Refusal(Sw.SECURITY_STATUS)
        self._in_application, self._file = True, None
        return Response(self._control(command, tlv.encode(0x84, APPLICATION)), Sw.DONE)

    def _select_file(self, command: Command) -> Response:
        if len(command.data) != 2:
            raise Refusal(Sw.WRONG_LENGTH)
        file = self._found(lambda one: one.fid == int.from_bytes(command.data, "big"))
        self._file = file
        size = len(self.contents.files[file]).to_bytes(3, "big")
        return Response(self._control(command, tlv.encode(0x80, size) + tlv.encode(0x83, command.data)), Sw.DONE)

    @staticmethod
    def _control(command: Command, about: bytes) -> bytes:
        """File control information, where it was asked for."""
        return tlv.encode(_CONTROL[command.p2], about) if command.p2 in _CONTROL and command.ne else b""

    def _found(self, fits: Callable[[File], bool]) -> File:
        """The file of the selected application; 6A82 if there is none, 6982 if it is closed."""
        for file in self.contents.files:
            if file.in_application == self._in_application and fits(file):
                if not self._may_read(file):
                    raise Refusal(Sw.SECURITY_STATUS)
                return file
        raise Refusal(Sw.NO_FILE)

    def _may_read(self, file: File) -> bool:
        description = self.contents.description
        if file in _FREE:
            return True
        if file is File.CARD_SECURITY:
            return self._opened_by_pace and self._channel is not None
        if file in _CLOSED:
            return False
        return self._channel is not None or not (description.bac or description.pace)

    def _read_binary(self, command: Command) -> Response:
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            if command.p1 & 0x60:
                raise Refusal(Sw.WRONG_P1_P2)
            self._file = self._found(lambda one: one.sfi == command.p1 & 0x1F)
            offset = command.p2
        if not command.ne or command.data:
            raise Refusal(Sw.WRONG_LENGTH)
        return self._part(offset, command.ne, 0)

    def _read_binary_odd(self, command: Command) -> Response:
        """With the offset in DO'54', for files over 32 kB (9303-10 §3.6.3.2)."""
        where = command.p1 << 8 | command.p2
        if where:
            self._file = self._found(lambda one: where == (one.sfi if where < 0x20 else one.fid))
        try:
            offset = tlv.parse(command.data)
        except Malformed:
            raise Refusal(Sw.WRONG_DATA) from None
        if offset.tag != _OFFSET or not 1 <= len(offset.value) <= 4:
            raise Refusal(Sw.WRONG_DATA)
        if command.ne < 3:
            raise Refusal(Sw.WRONG_LENGTH)
        head = len(tlv.encode(_DISCRETIONARY, bytes(min(command.ne, MOST_ANSWER)))) - min(command.ne, MOST_ANSWER)
        answer = self._part(int.from_bytes(offset.value, "big"), command.ne, head)
        return Response(tlv.encode(_DISCRETIONARY, answer.data), answer.sw)

    def _part(self, offset: int, wanted: int, head: int) -> Response:
        """Bytes of the selected file, as many as an answer holds: fewer than asked for where it holds no more
        (ISO/IEC 7816-4 §5.1: at most Ne), with a warning where the file holds no more."""
        if self._file is None:
            raise Refusal(Sw.NO_FILE_SELECTED)
        if not self._may_read(self._file):
            raise Refusal(Sw.SECURITY_STATUS)
        content = self.contents.files[self._file]
        self.last_read = self._file
        if offset >= len(content):
            raise Refusal(Sw.BEYOND_THE_END)
        room = self._channel.room(self._most) if self._channel else self._most
        data = content[offset : offset + min(wanted, room) - head]
        ended = offset + len(data) == len(content) and len(data) < wanted - head
        if wanted in (SHORT_NE, EXTENDED_NE) or not ended:
            return Response(data, Sw.DONE)
        exact = Manner.EXACT in self.contents.description.manners and self._channel is None
        if exact and len(data) + head < SHORT_NE:
            raise Refusal(Sw.EXACT_LENGTH | len(data) + head)
        return Response(data, Sw.END_OF_FILE)

    # --- what opens it

    def _get_challenge(self, command: Command) -> Response:
        if not self.contents.description.bac or not self._in_application or self._channel is not None:
            raise Refusal(Sw.CONDITIONS)
        return Response(self._bac.challenge(command), Sw.DONE)

    def _external_authenticate(self, command: Command) -> Response:
        self.took_s += self._delay_s()
        try:
            answer, self._channel = self._bac.authenticate(command)
        except Refusal as refusal:
            self._count(refusal)
            raise
        self._wrong = 0
        return Response(answer, Sw.DONE)

    def _delay_s(self) -> float:
        """Each wrong password makes the next try slower: nothing, 1 s, 2 s, 4 s … 16 s."""
        return min(2.0 ** (self._wrong - 1), 16.0) if self._wrong else 0.0

    def _count(self, refusal: Refusal) -> None:
        if refusal.sw == Sw.AUTHENTICATION_FAILED:
            self._wrong += 1

    def _manage_security_environment(self, command: Command) -> Response:
        match command.p1, command.p2:
            case 0xC1, 0xA4:
                if self._channel is not None:
                    raise Refusal(Sw.CONDITIONS)
                return Response(b"", self._pace.set(command))
            case 0x41, 0xA4:
                self._must_be_open()
                self._proof.set(command)
                return Response(b"", Sw.DONE)
            case 0x41, 0xA6:
                self._must_be_open()
                self.took_s += self.contents.description.agrees_in_s
                self._next = self._proof.agree_at_once(command)
                return Response(b"", Sw.DONE)
        raise Refusal(Sw.WRONG_P1_P2)

    def _general_authenticate(self, command: Command) -> Response:
        if command.p1 or command.p2:
            raise Refusal(Sw.WRONG_P1_P2)
        if self._proof.chosen or self._pace.agrees:
            self.took_s += self.contents.description.agrees_in_s
        if self._proof.chosen:
            self._must_be_open()
            answer, self._next = self._proof.agree(command)
            return Response(answer, Sw.DONE)
        if self._pace.at_the_end:
            self.took_s += self._delay_s()
        try:
            answer, channel = self._pace.step(command, chained=bool(command.cla & CHAINED))
        except Refusal as refusal:
            self._count(refusal)
            raise
        if channel is not None:
            self._channel, self._opened_by_pace, self._wrong = channel, True, 0
        return Response(answer, Sw.DONE)

    def _must_be_open(self) -> None:
        description = self.contents.description
        if self._channel is None and (description.bac or description.pace):
            raise Refusal(Sw.SECURITY_STATUS)

    def _internal_authenticate(self, command: Command) -> Response:
        if self.contents.active_key is None:
            raise Refusal(Sw.NO_INSTRUCTION)
        if not self._in_application:
            raise Refusal(Sw.CONDITIONS)
        self._must_be_open()
        return Response(internal_authenticate(self.contents, command), Sw.DONE)
