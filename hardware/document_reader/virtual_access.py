"""What opens the virtual chip: basic access control and PACE, from the chip's side (ICAO 9303-11 §4.3, §4.4)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.document_reader.virtual_channel import ChipChannel
from hardware.document_reader.virtual_description import Pace as Way
from hardware.document_reader.virtual_passport import Contents
from hardware.document_reader.virtual_status import Refusal, Sw
from hardware.passport import tlv
from hardware.passport.apdu import SHORT_NE, Command
from hardware.passport.crypto import FOR_PASSWORD, MAC_SIZE, Cipher, Suite, kdf, pad
from hardware.passport.errors import Malformed, Unsupported
from hardware.passport.groups import Group
from hardware.passport.pace import map_generic, map_integrated, token
from hardware.passport.pace_groups import standard
from hardware.passport.security_infos import Mapping

_CHALLENGE, _SECRET = 8, 16
_ANSWER = 2 * _CHALLENGE + _SECRET + MAC_SIZE
_MRZ, _CAN = b"\x01", b"\x02"
_TEMPLATE = 0x7C


class BasicAccess:
    """GET CHALLENGE, then EXTERNAL AUTHENTICATE at once (9303-11 §4.3.1)."""

    def __init__(self, contents: Contents, random: Callable[[int], bytes]) -> None:
        seed = hashlib.sha1(contents.information, usedforsecurity=False).digest()[:16]
        self._keys = Suite.derive(Cipher.TDES, seed)
        self._random = random
        self.forget()

    def forget(self) -> None:
        self._challenge = b""

    def challenge(self, command: Command) -> bytes:
        if (command.p1, command.p2) != (0, 0):
            raise Refusal(Sw.WRONG_P1_P2)
        if command.data or command.ne not in (_CHALLENGE, SHORT_NE):
            raise Refusal(Sw.WRONG_LENGTH)
        self._challenge = self._random(_CHALLENGE)
        return self._challenge

    def authenticate(self, command: Command) -> tuple[bytes, ChipChannel]:
        """6985 without a challenge, 6300 for a terminal that does not know the zone."""
        challenge, self._challenge = self._challenge, b""
        if not challenge:
            raise Refusal(Sw.CONDITIONS)
        if (command.p1, command.p2) != (0, 0):
            raise Refusal(Sw.WRONG_P1_P2)
        if len(command.data) != _ANSWER or command.ne not in (_ANSWER, SHORT_NE):
            raise Refusal(Sw.WRONG_LENGTH)
        secret, mac = command.data[:-MAC_SIZE], command.data[-MAC_SIZE:]
        if not hmac.compare_digest(mac, self._keys.mac(pad(secret, 8))):
            raise Refusal(Sw.AUTHENTICATION_FAILED)
        plain = self._keys.decrypt(secret)
        theirs, echoed, terminal = plain[:8], plain[8:16], plain[16:]
        if echoed != challenge:
            raise Refusal(Sw.AUTHENTICATION_FAILED)
        ours = self._random(_SECRET)
        sealed = self._keys.encrypt(challenge + theirs + ours)
        seed = bytes(a ^ b for a, b in zip(terminal, ours, strict=True))
        counter = int.from_bytes(challenge[4:] + theirs[4:], "big")
        channel = ChipChannel(Suite.derive(Cipher.TDES, seed), counter)
        return sealed + self._keys.mac(pad(sealed, 8)), channel


@dataclass(repr=False)
class _Run:
    """One run of PACE, from MSE:Set AT to the terminal's token."""

    way: Way
    oid: bytes
    group: Group
    password: bytes
    by_can: bool
    at: int = 0  # steps done
    nonce: bytes = b""
    generator: bytes = b""
    mapping_private: int = 0
    ours: bytes = b""
    theirs: bytes = b""
    suite: Suite | None = field(default=None)


class Pace:
    """MSE:Set AT, then GENERAL AUTHENTICATE four times, chained but for the last (9303-11 §4.4.4)."""

    def __init__(self, contents: Contents, random: Callable[[int], bytes]) -> None:
        self._contents = contents
        self._random = random
        self._tries = contents.description.can_tries
        self.forget()

    def forget(self) -> None:
        self._run: _Run | None = None

    @property
    def at_the_end(self) -> bool:
        """Whether the terminal's token comes next, which shows whether it knew the password."""
        return self._run is not None and self._run.at == 3

    @property
    def agrees(self) -> bool:
        """Whether the next step is a key agreement: the mapping, or that of the session."""
        return self._run is not None and self._run.at in (1, 2)

    def set(self, command: Command) -> int:
        """Protocol 80, password 83, domain parameters 84; how many tries are left, if not all."""
        try:
            asked = {each.tag: each.value for each in tlv.parse_all(command.data)}
        except Malformed:
            raise Refusal(Sw.WRONG_DATA) from None
        if not {0x80, 0x83} <= asked.keys():
            raise Refusal(Sw.WRONG_DATA)
        way = self._way(asked[0x80], asked.get(0x84))
        password = self._password(asked[0x83])
        by_can = asked[0x83] == _CAN
        self._run = _Run(way, asked[0x80], standard(way.group), password, by_can)
        full = self._contents.description.can_tries
        if by_can and full is not None and self._tries is not None and self._tries < full:
            return Sw.TRIES_LEFT | self._tries
        return Sw.DONE

    def _way(self, oid: bytes, parameter: bytes | None) -> Way:
        ways = self._contents.pace.get(oid, ())
        if not ways:
            raise Refusal(Sw.WRONG_DATA)
        if parameter is None and len(ways) > 1:
            raise Refusal(Sw.WRONG_DATA)
        fitting = [way for way in ways if parameter is None or int.from_bytes(parameter, "big") == way.group]
        if not fitting:
            raise Refusal(Sw.NO_REFERENCE)
        return fitting[0]

    def _password(self, reference: bytes) -> bytes:
        """K of 9303-11 §9.7.3: the hash of the zone's information, or the digits."""
        if reference == _MRZ and not self._contents.description.can_only:
            return hashlib.sha1(self._contents.information, usedforsecurity=False).digest()
        if reference == _CAN and self._contents.description.can:
            return self._contents.description.can.encode("ascii")
        raise Refusal(Sw.NO_REFERENCE)

    def step(self, command: Command, *, chained: bool) -> tuple[bytes, ChipChannel | None]:
        """The next of the four."""
        run = self._run
        if run is None:
            raise Refusal(Sw.CONDITIONS)
        if run.by_can and self._tries == 0:
            raise Refusal(Sw.BLOCKED)
        if chained is (run.at == 3):
            raise Refusal(Sw.LAST_OF_CHAIN_EXPECTED if chained else Sw.CONDITIONS)
        asked = _dynamic_data(command)
        steps = (self._nonce, self._map, self._agree)
        try:
            if run.at < 3:
                answer = steps[run.at](run, asked)
                run.at += 1
                return tlv.encode(_TEMPLATE, answer), None
            self._run = None
            return self._authenticated(run, asked)
        except (Malformed, Unsupported):
            raise Refusal(Sw.WRONG_DATA) from None

    def _nonce(self, run: _Run, asked: dict[int, bytes]) -> bytes:
        if asked:
            raise Refusal(Sw.WRONG_DATA)
        long = run.way.mapping is Mapping.INTEGRATED and run.way.cipher.key_size > 16
        run.nonce = self._random(32 if long else 16)
        key = kdf(run.password, FOR_PASSWORD, run.way.cipher)
        return tlv.encode(0x80, run.way.cipher.encrypt(key, run.nonce))

    def _map(self, run: _Run, asked: dict[int, bytes]) -> bytes:
        theirs = _only(asked, 0x81)
        if run.way.mapping is Mapping.INTEGRATED:
            run.generator = map_integrated(run.group, run.way.cipher, run.nonce, theirs)
            return tlv.encode(0x82, b"")
        run.mapping_private, ours = run.group.pair(run.group.generator)
        run.generator = map_generic(run.group, run.nonce, run.mapping_private, run.group.element(theirs))
        return tlv.encode(0x82, ours)

    def _agree(self, run: _Run, asked: dict[int, bytes]) -> bytes:
        run.theirs = _only(asked, 0x83)
        private, run.ours = run.group.pair(run.generator)
        if run.group.element(run.theirs) == run.ours:
            raise Refusal(Sw.WRONG_DATA)
        run.suite = Suite.derive(run.way.cipher, run.group.agree(private, run.theirs))
        return tlv.encode(0x84, run.ours)

    def _authenticated(self, run: _Run, asked: dict[int, bytes]) -> tuple[bytes, ChipChannel]:
        assert run.suite is not None  # noqa: S101 - the third step has made it
        wanted = token(run.suite, run.oid, run.group, run.ours)
        if not hmac.compare_digest(_only(asked, 0x85), wanted):
            if run.by_can and self._tries:
                self._tries -= 1
            raise Refusal(Sw.AUTHENTICATION_FAILED)
        if run.by_can:
            self._tries = self._contents.description.can_tries
        answer = tlv.encode(0x86, token(run.suite, run.oid, run.group, run.theirs))
        if run.way.mapping is Mapping.CHIP_AUTHENTICATION:
            answer += tlv.encode(0x8A, self._chip_authentication_data(run, run.suite))
        return tlv.encode(_TEMPLATE, answer), ChipChannel(run.suite)

    def _chip_authentication_data(self, run: _Run, suite: Suite) -> bytes:
        """The mapping key divided by the static key, encrypted (9303-11 §4.4.3.5)."""
        static = self._contents.mapping_key
        if static is None:
            raise Refusal(Sw.CONDITIONS)
        data = pow(static.private, -1, run.group.order) * run.mapping_private % run.group.order
        plain = data.to_bytes((run.group.order.bit_length() + 7) // 8, "big")
        block = suite.cipher.block
        return suite.encrypt(pad(plain, block), suite.encrypt(b"\xff" * block))


def _dynamic_data(command: Command) -> dict[int, bytes]:
    """What is inside 7C."""
    try:
        template = tlv.parse(command.data)
        asked = {each.tag: each.value for each in template.children()}
    except Malformed:
        raise Refusal(Sw.WRONG_DATA) from None
    if template.tag != _TEMPLATE:
        raise Refusal(Sw.WRONG_DATA)
    return asked


def _only(asked: dict[int, bytes], tag: int) -> bytes:
    if set(asked) != {tag}:
        raise Refusal(Sw.WRONG_DATA)
    return asked[tag]
