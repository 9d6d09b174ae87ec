"""Reading a document's chip, from the first command to the last (ICAO 9303-11 §4.2, §5, §6).

`Reader.read` is an exchange: whoever drives it brings the chip (`meter.play` over any `transmit`). It opens
the chip – PACE where the chip offers it and we can, else basic access control, else as it lies – reads the
signed object, which says what else is there, proves the chip and reads the groups that were asked for, the
portrait last. What it learned and read stays: called again after a lifted card, it goes on.

A wrong password ends it at once (AccessDenied): nothing is tried twice that a chip may count. What was
read is judged by `proof.judge`, against what the operator trusts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hardware.passport import (
    active_auth,
    bac,
    chip_auth,
    cms,
    lds,
    pace,
    passive_auth,
    reading,
    security_infos,
)
from hardware.passport.apdu import SHORT_NE
from hardware.passport.errors import (
    AccessDenied,
    Malformed,
    PassportError,
    Refused,
    SessionBroken,
    Unsupported,
)
from hardware.passport.exchange import Exchange, T
from hardware.passport.files import File, by_group
from hardware.passport.findings import YES, Finding, Reason
from hardware.passport.groups import Draw, Group, draw
from hardware.passport.password import Kind, Password
from hardware.passport.progress import Course, Step, parts
from hardware.passport.reading import Files
from hardware.passport.secure_messaging import Session
from hardware.passport.security_infos import PaceInfo, SecurityInfos

NOT_ASKED = Finding(Reason.NO_CHIP_KEY)
_CLOSED, _WRONG_LENGTH = 0x6982, 0x6700


@dataclass(frozen=True)
class Order:
    """What is wanted. `every_proof`: active authentication also where the chip is proven without it."""

    groups: tuple[File, ...] = (File.DG1, File.DG2)
    pace: bool = True
    chip_authentication: bool = True
    active_authentication: bool = True
    every_proof: bool = False
    long_answers: bool = True  # False for a reader that can't carry extended APDUs


@dataclass(frozen=True)
class Reading:
    """What a chip gave. `chip` and `active` hold only if the keys in DG14 and DG15 are the signed ones."""

    files: Mapping[File, bytes] = field(repr=False)
    failed: Mapping[File, str]  # what was asked for and not got, and why
    opened: str  # 'PACE-ECDH-GM, AES-128', 'BAC', '' for a chip that lies open
    chip: Finding
    active: Finding
    mapping: pace.ChipProof | None = field(repr=False)
    pace_failed: str = ""  # why PACE was offered but not used


class Reader:
    """One document. Not for two threads."""

    def __init__(
        self,
        password: Password,
        order: Order = Order(),  # noqa: B008 - frozen
        atr: bytes = b"",
        *,
        draw: Draw = draw,
        random: Callable[[int], bytes] = secrets.token_bytes,
        on_step: Callable[[Step], None] = lambda step: None,
    ) -> None:
        self._course = Course(parts(file.title for file in order.groups), lambda step: self.on_step(step))
        self.files = Files(on_progress=self._course.file)
        self._password, self._order, self._atr = password, order, atr
        self._draw, self._random, self.on_step = draw, random, on_step
        self._session: Session | None = None
        self._lengths_known = not order.long_answers
        self.files.medium.chains = not order.long_answers
        self._opened = self._pace_failed = ""
        self._failed: dict[File, str] = {}
        self._suspect: File | None = None  # refused outside the protection: perhaps with the session
        self._avoided: set[File] = set()
        self._named: frozenset[File] | None = None  # groups that are there; None: the chip does not say
        self._unconfirmed: Session | None = None  # chip authentication's, until the chip answers in it
        self._chip = self._active = NOT_ASKED
        self._mapping: pace.ChipProof | None = None
        self._careful = False
        self._proving = ""  # what the chip was asked to prove when it stopped answering

    @property
    def part(self) -> float:
        """How far it came, of the whole; a document that was lifted is read on from there."""
        return self._course.part

    @property
    def pace_failed(self) -> str:
        """Why PACE was offered but not used; also where the reading failed."""
        return self._pace_failed

    def read(self) -> Exchange[Reading]:
        """All that was asked for. Again, and more carefully, if the chip drops a session over something that
        it does not know; and if it turns out a copy, whose data are read all the same."""
        return (yield from self._course.watch(self._until_it_is_read()))

    def _until_it_is_read(self) -> Exchange[Reading]:
        while True:
            try:
                return (yield from self._once())
            except (SessionBroken, Refused):
                if not self._may_go_on():
                    raise

    def _may_go_on(self) -> bool:
        """True a few times at most: each turns off what led here, at last the groups that are refused."""
        session = self._session
        if session is None:
            return False
        copied = self._unconfirmed is session and not session.confirmed
        if copied and self._careful:
            self._chip, self._unconfirmed = Finding(Reason.COPIED, "no answer under the new keys"), None
            return True
        if copied or (session.doubtful and (self._suspect or not self._careful)):
            if self._suspect:
                self._avoided.add(self._suspect)
            self._careful, self._suspect = True, None
            self.files.medium.careful()
            return True
        proving, self._proving = self._proving, ""
        if proving == "chip":
            self._chip = Finding(Reason.COPIED, "it gave up the session")
        if proving == "active":
            self._active = Finding(Reason.COPIED, "it gave up the session")
        return bool(proving)

    def _once(self) -> Exchange[Reading]:
        self._session = None
        yield from self._open()
        yield from self._signed_object()
        infos = yield from self._chip_infos()
        yield from self._prove_chip(infos)
        # DG1 every document has: one that its signed object leaves out is read, and found unsigned.
        there = None if self._named is None else self._named | {File.DG1}
        wanted = [file for file in self._order.groups if there is None or file in there]
        for file in sorted(set(wanted) - {File.DG2}, key=lambda each: each.fid):
            yield from self._group(file)
        if self._order.every_proof or (self._chip.reason is not None and not self._mapped(infos)):
            yield from self._prove_active(infos)
        if File.DG2 in wanted:
            yield from self._group(File.DG2)
        if self._suspect and self._session and self._session.doubtful:
            raise Refused(_CLOSED, "the chip may have dropped the session")
        self._course.arrive()
        return Reading(
            dict(self.files.done), dict(self._failed), self._opened, self._chip, self._active, self._mapping,
            self._pace_failed,
        )  # fmt: skip

    # --- opening --------------------------------------------------------------------------------

    def _open(self) -> Exchange[None]:
        self._course.enter("door", "EF.CardAccess")
        self._mapping = None
        self.files.forget(File.CARD_SECURITY)
        yield from reading.select_master_file()
        infos = yield from self._card_access()
        if not self._lengths_known:
            self._course.enter("pace", "EF.ATR/INFO", file=False)
            yield from self.files.learn_lengths(self._atr)
            self._lengths_known = True
        if self._order.pace:
            yield from self._by_pace(infos)
        self._course.enter("application", "SELECT", file=False)
        yield from self._protected(reading.select_application())
        if self._session is None and self._password.kind is Kind.MRZ:
            yield from self._by_bac()

    def _card_access(self) -> Exchange[SecurityInfos]:
        """Whatever goes wrong here means that it is not there: the chip then has no PACE."""
        try:
            data = yield from self.files.read(File.CARD_ACCESS, None)
            return security_infos.parse(data) if data else SecurityInfos()
        except (Refused, Malformed):
            return SecurityInfos()

    def _by_pace(self, infos: SecurityInfos) -> Exchange[None]:
        chosen = pace.choose(infos)
        if chosen is None:
            return
        info, group = chosen
        self._course.enter("pace", "PACE", file=False)
        try:
            opened = yield from self._established(info, group, pace.ambiguous(infos))
        except AccessDenied:
            raise
        except PassportError as error:
            if self._password.kind is Kind.CAN:
                raise
            self._pace_failed = str(error)
            return
        self._session, self._opened, self._mapping = opened.session, info.title, opened.proof
        if opened.proof is not None:
            # It proves the chip at the other end of this session: what says whose chip it is, comes in it.
            self.files.forget(File.SOD, File.DG1)
            self._course.enter("EF.CardSecurity", "EF.CardSecurity")
            yield from self._tried(File.CARD_SECURITY)

    def _established(self, info: PaceInfo, group: Group, ambiguous: bool) -> Exchange[pace.Opened]:
        """Once more in pieces, if a long key was refused in one: no password has been judged by then."""
        medium = self.files.medium
        while True:
            try:
                way = pace.establish(
                    self._password, info, group, name_parameters=ambiguous, draw=self._draw, random=self._random
                )
                return (yield from self._protected(way))
            except Refused as refused:
                if refused.sw != _WRONG_LENGTH or medium.chains:
                    raise
                medium.chains = True

    def _by_bac(self) -> Exchange[None]:
        """A chip that has no such thing refuses the challenge; what it then lets us read lies open."""
        self._course.called("BAC")
        try:
            self._session = yield from bac.establish(self._password, self._random)
            self._opened = "BAC"
        except Refused:
            self._opened = ""

    # --- what is there --------------------------------------------------------------------------

    def _signed_object(self) -> Exchange[None]:
        self._course.enter("EF.SOD", "EF.SOD")
        try:
            sod = yield from self._tried(File.SOD)
        except Refused as refused:
            if self._session is None and refused.sw == _CLOSED and self._password.kind is Kind.CAN:
                raise AccessDenied("this chip is not opened by a card access number") from None
            raise
        try:
            named = passive_auth.security_object(cms.parse(passive_auth.unwrapped(sod or b"")).content)
            groups = {by_group(number) for number in named.hashes}
            self._named = frozenset(file for file in groups if file is not None)
        except PassportError:
            self._named = yield from self._listed()

    def _listed(self) -> Exchange[frozenset[File] | None]:
        """EF.COM's list, where there is no signed object to be read."""
        self._course.called("EF.COM")
        try:
            data = yield from self._tried(File.COM)
            return frozenset(lds.parse_com(data).files) if data else None
        except Malformed:
            return None

    def _tried(self, file: File) -> Exchange[bytes | None]:
        """A file that may be missing or nonsense: that is then what is known of it."""
        try:
            return (yield from self._protected(self.files.read(file, self._session)))
        except Malformed as error:
            self._failed[file] = str(error)
        except Refused as refused:
            if refused.sw == _CLOSED or (self._session and self._session.doubtful):
                raise
            self._failed[file] = str(refused)
        return None

    def _group(self, file: File) -> Exchange[bytes | None]:
        """A data group; only without DG1 there is nothing to go on with."""
        if file in self._avoided:
            return None
        self._course.enter(file.title, file.title)
        try:
            lds.refuse_biometrics(file)
            data = yield from self._protected(self.files.read(file, self._session))
        except Unsupported as error:
            self._failed[file] = str(error)
            return None
        except (Refused, Malformed) as error:
            if file is File.DG1:
                raise
            self._failed[file] = str(error)
            if isinstance(error, Refused) and self._session and self._session.doubtful:
                self._suspect = self._suspect or file
            return None
        self._failed.pop(file, None)
        self._suspect = None
        if data is None:
            if file is File.DG1:
                raise Malformed(f"{file.title}: it is not there")
            self._failed[file] = "it is not there"
        self._confirm()
        return data

    # --- the chip itself ------------------------------------------------------------------------

    def _chip_infos(self) -> Exchange[SecurityInfos]:
        wanted = self._order.chip_authentication or self._order.active_authentication
        if not wanted or (self._named is not None and File.DG14 not in self._named):
            return SecurityInfos()
        data = yield from self._group(File.DG14)
        try:
            return security_infos.parse(lds.unwrap(File.DG14, data)) if data else SecurityInfos()
        except PassportError as error:
            self._failed[File.DG14] = str(error)
            return SecurityInfos()

    def _prove_chip(self, infos: SecurityInfos) -> Exchange[None]:
        done = self._chip is not NOT_ASKED or (self._mapped(infos) and not self._order.every_proof)
        if done or self._session is None or not self._order.chip_authentication:
            return
        self._course.enter("chip", "chip authentication", file=False)
        try:
            way = chip_auth.choose(infos)
            if way is not None:
                self._proving = "chip"
                self._session = yield from self._protected(chip_auth.authenticate(way, self._draw))
                self._unconfirmed, self._proving = self._session, ""
        except Refused as refused:
            if self._session.doubtful:
                raise
            self._chip, self._proving = Finding(Reason.COPIED, str(refused)), ""
        except Unsupported as error:
            self._chip = Finding(Reason.UNSUPPORTED, str(error))
        except Malformed as error:
            self._chip = Finding(Reason.MALFORMED, str(error))

    def _mapped(self, infos: SecurityInfos) -> bool:
        """Whether PACE has proven the chip, as far as EF.CardSecurity and DG14 are genuine: with a key of DG14's, or
        where that has none."""
        data = self.files.done.get(File.CARD_SECURITY)
        if self._mapping is None or data is None or not infos.maps_chip:
            return False
        try:
            keys = security_infos.parse(cms.parse(data).content).chip_keys
        except PassportError:
            return False
        return not infos.chip_keys or bool(chip_auth.shared(keys, infos.chip_keys))

    def _confirm(self) -> None:
        """The first answer under the new keys is the proof."""
        if self._unconfirmed is not None and self._unconfirmed is self._session and self._session.confirmed:
            self._chip, self._unconfirmed = YES, None

    def _prove_active(self, infos: SecurityInfos) -> Exchange[None]:
        absent = self._named is not None and File.DG15 not in self._named
        if not self._order.active_authentication or absent or self._active is not NOT_ASKED:
            return
        data = yield from self._group(File.DG15)
        if data is None:
            return
        self._course.enter("active", "active authentication", file=False)
        challenge = self._random(active_auth.CHALLENGE)
        try:
            key = active_auth.open_key(lds.unwrap(File.DG15, data))
            room = self._session.room(SHORT_NE) if self._session else SHORT_NE
            extended = self.files.medium.answer > SHORT_NE
            self._proving = "active"
            signature = yield from self._protected(active_auth.authenticate(challenge, key, room, extended))
            self._proving = ""
            proven = active_auth.proves(key, infos, challenge, signature)
            self._active = YES if proven else Finding(Reason.COPIED)
        except Refused as refused:
            self._active, self._proving = Finding(Reason.COPIED, str(refused)), ""
        except Unsupported as error:
            self._active = Finding(Reason.UNSUPPORTED, str(error))
        except Malformed as error:
            self._active = Finding(Reason.MALFORMED, str(error))

    # --- shared ---------------------------------------------------------------------------------

    def _protected(self, exchange: Exchange[T]) -> Exchange[T]:
        return self.files.medium.carried(exchange, self._session)
