"""A conversation with one NTAG 424 DNA over a channel: strict about MACs, counters and lengths.

Whatever the card answers but what was asked for is an error with its name: `CardRefused` carries the
card's own status, `WrongMac` and `Nonsense` are what no card of this kind says. After any of them
the session is over, as it is for the card (data sheet §9.1.2): who goes on authenticates anew.
"""

from __future__ import annotations

import secrets
from typing import Protocol

from hardware.card_reader.ntag424_wire import (
    SELECT_APPLICATION,
    UID_LENGTH,
    Challenge,
    FileSettings,
    Ins,
    Mode,
    Session,
    Status,
    Version,
    area,
    key_data,
    native,
    parse_settings,
    parse_version,
)
from hardware.card_reader.pcsc_wire import Answer, Nonsense, Refused, historical_bytes

_ISO_4_WITHOUT_NAME = b"\x80"  # the historical bytes of an NTAG 424 DNA's and of a DESFire's ATS


class ApduChannel(Protocol):
    """What a card is spoken to through: the kiosk's reader, or a lock's."""

    def transmit(self, apdu: bytes) -> Answer: ...
    def reset(self) -> None: ...


class CardRefused(Refused):
    """The card says no. `status` is its word; None for one that the data sheet does not have."""

    def __init__(self, status: int) -> None:
        self.status = Status(status) if status in set(Status) else None
        super().__init__(self.status.name if self.status else f"{status:04X}")


class WrongKey(CardRefused):
    """One side does not know the key that the other one has."""

    def __init__(self) -> None:
        super().__init__(Status.AUTHENTICATION_ERROR)


def is_ntag424(channel: ApduChannel, atr: bytes) -> bool:
    """Ask a card for its version, where its ATR says that it may be one. Any other says no, or another type."""
    if historical_bytes(atr) != _ISO_4_WITHOUT_NAME:
        return False
    try:
        return Ntag424(channel).version().is_ntag424
    except (Refused, Nonsense):
        return False


class Ntag424:
    """One card, from its activation on. Raises CardRefused, Nonsense, or what the channel raises."""

    def __init__(self, channel: ApduChannel) -> None:
        self._channel = channel
        self._session: Session | None = None

    # --- free for everybody

    def select(self) -> None:
        """Select the one application of the card, which ends a session."""
        self._session = None
        self._ask(SELECT_APPLICATION, Status.ISO_OK)

    def version(self) -> Version:
        """Three frames; without a session."""
        frames = [self._ask(native(Ins.GET_VERSION), Status.MORE)]
        frames.append(self._ask(native(Ins.MORE), Status.MORE))
        frames.append(self._ask(native(Ins.MORE), Status.OK))
        return parse_version(*frames)

    def key_version(self, number: int) -> int:
        """What was given with the key when it was changed; 0 as delivered."""
        data = self._command(Ins.GET_KEY_VERSION, bytes((number,)), b"", Mode.MAC)
        return _sized(data, 1)[0]

    def settings(self, file: int) -> FileSettings:
        return parse_settings(self._command(Ins.GET_FILE_SETTINGS, bytes((file,)), b"", Mode.MAC))

    # --- authentication

    def authenticate(self, number: int, key: bytes) -> None:
        """Begin a transaction with key `number` (AuthenticateEV2First). WrongKey if it isn't the card's."""
        self._session = None
        self._session = self._authenticated(Ins.AUTHENTICATE_FIRST, number, key, None)

    def authenticate_again(self, number: int, key: bytes) -> None:
        """Another key within the transaction (AuthenticateEV2NonFirst): the counter runs on."""
        before, self._session = self._session, None
        if before is None:
            raise ValueError("a transaction begins with authenticate()")
        self._session = self._authenticated(Ins.AUTHENTICATE_NON_FIRST, number, key, before)

    def _authenticated(self, ins: Ins, number: int, key: bytes, before: Session | None) -> Session:
        header = bytes((number,)) if before else bytes((number, 0))  # no capabilities of ours
        encrypted = self._ask(native(ins, header), Status.MORE)
        challenge = Challenge.from_card(key, encrypted, secrets.token_bytes(16))
        answer = self._channel.transmit(native(Ins.MORE, challenge.response()))
        if answer.status == Status.AUTHENTICATION_ERROR:
            raise WrongKey
        session = challenge.session(self._good(answer, Status.OK), before)
        if session is None:
            raise WrongKey
        return session

    # --- in a session

    def uid(self) -> bytes:
        """The card's own word for its UID, encrypted on the way."""
        return _sized(self._command(Ins.GET_CARD_UID, b"", b"", Mode.FULL), UID_LENGTH)

    def change_key(self, number: int, new: bytes, version: int, old: bytes = b"") -> None:
        """In a session of key 0. Changing key 0 itself ends the session."""
        body = key_data(number, new, version, old)
        mode = Mode.PLAIN if number == 0 else Mode.FULL
        self._command(Ins.CHANGE_KEY, bytes((number,)), body, Mode.FULL, answered=mode)
        if number == 0:
            self._session = None

    def change_settings(self, file: int, settings: FileSettings) -> None:
        """In a session of the key that may change them."""
        self._command(Ins.CHANGE_FILE_SETTINGS, bytes((file,)), settings.encoded(), Mode.FULL)

    def read(self, file: int, length: int, mode: Mode, offset: int = 0) -> bytes:
        """`mode` as the file's settings say, PLAIN where everybody may read."""
        data = self._command(Ins.READ_DATA, area(file, offset, length), b"", mode)
        return _sized(data, length)

    def write(self, file: int, data: bytes, mode: Mode, offset: int = 0) -> None:
        """In one frame, which the card writes whole or not at all (data sheet §8.2.3.1): 128 bytes at most."""
        if len(data) > 128:
            raise ValueError("128 bytes are written whole or not at all, more are not")
        self._command(Ins.WRITE_DATA, area(file, offset, len(data)), data, mode)

    # --- the wire

    def _command(
        self, ins: Ins, header: bytes, data: bytes, mode: Mode, answered: Mode | None = None
    ) -> bytes:
        """Protected as `mode` says where there is a session; its counter runs with every command."""
        session = self._session
        if session is None:
            if mode is Mode.FULL:
                raise ValueError(f"{ins.name} needs a session")
            return self._ask(native(ins, header + data), Status.OK)
        self._session = None  # until the answer has proven that both sides are where they should be
        answer = self._ask(native(ins, session.protected(ins, header, data, mode)), Status.OK)
        session = session.following()
        opened = session.opened(Status.OK & 0xFF, answer, answered or mode)
        self._session = session
        return opened

    def _ask(self, apdu: bytes, wanted: Status) -> bytes:
        return self._good(self._channel.transmit(apdu), wanted)

    def _good(self, answer: Answer, wanted: Status) -> bytes:
        if answer.status == wanted:
            return answer.data
        if answer.status == 0x6300:  # how some readers say that the card has gone: then this raises
            self._channel.reset()
        raise CardRefused(answer.status)


def _sized(data: bytes, length: int) -> bytes:
    if len(data) != length:
        raise Nonsense(data)
    return data
