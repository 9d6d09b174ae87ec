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
from collections.abc import Callable

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
from hardware.passport.order import NO_KEY, NOT_ASKED, Order, Reading
from hardware.passport.password import Kind, Password
from hardware.passport.progress import Course, Step, parts
from hardware.passport.reading import Files
from hardware.passport.recovery import Proving, Recovery, Turn
from hardware.passport.secure_messaging import Session
from hardware.passport.security_infos import PaceInfo, SecurityInfos

_CLOSED, _WRONG_LENGTH, _NO_REFERENCE = 0x6982, 0x6700, 0x6A88
_NOT_THERE = "it is not there"


class Reader:
    """One document. Not for two threads.

    `password`: what opens it, by the printed zone or by the card access number. `atr`: the card's answer to its
    activation, which says whether it speaks extended length; b"" where nobody knows: it is then asked. `draw` makes
    private keys and `random` nonces and challenges, both from the system's CSPRNG; only tests of worked examples
    give others. `on_step` is told each step as it begins, with how far that is.
    """

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
        if not order.long_answers:
            self.files.medium.lost()
        self._opened = self._pace_failed = ""
        self._failed: dict[File, str] = {}
        self._named: frozenset[File] | None = None  # groups that are there; None: the chip does not say
        self._recovery = Recovery()
        self._chip = self._active = NOT_ASKED
        self._mapping: pace.ChipProof | None = None

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
        it does not know; and if it turns out a copy, whose data are read all the same.

        Raises AccessDenied for a wrong password, Guarded where one more could block the card, Refused where it is
        no travel document or gives no DG1, Malformed for nonsense, SessionBroken for answers that somebody changed.
        What the transport raises goes through: `read` again goes on where it was."""
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
        match self._recovery.after(self._session):
            case None:
                return False
            case Turn.CAREFULLY:
                self.files.medium.careful()
                for file in self._recovery.avoided:
                    self._failed.setdefault(file, "the chip drops the session over it")
            case Turn.COPIED:
                self._chip = Finding(Reason.COPIED, "no answer under the new keys")
            case Turn.NO_CHIP_AUTHENTICATION:
                self._chip = Finding(Reason.COPIED, "it gave up the session")
            case Turn.NO_ACTIVE_AUTHENTICATION:
                self._active = Finding(Reason.COPIED, "it gave up the session")
        return True

    def _once(self) -> Exchange[Reading]:
        self._session = None
        yield from self._open()
        yield from self._signed_object()
        infos = yield from self._chip_infos()
        mapped = self._mapped(infos)
        yield from self._prove_chip(infos, mapped)
        # DG1 every document has: one that its signed object leaves out is read, and found unsigned.
        there = None if self._named is None else self._named | {File.DG1}
        wanted = [file for file in self._order.groups if there is None or file in there]
        for file in sorted(set(wanted) - {File.DG2}, key=lambda each: each.fid):
            yield from self._group(file)
        if self._order.every_proof or (self._chip.reason is not None and not mapped):
            yield from self._prove_active(infos)
        if File.DG2 in wanted:
            yield from self._group(File.DG2)
        if self._recovery.in_doubt(self._session):
            raise Refused(_CLOSED, "the chip may have dropped the session")
        self._course.arrive()
        return Reading(
            dict(self.files.done), dict(self._failed), self._opened, self._chip, self._active, self._mapping,
            self._pace_failed,
        )  # fmt: skip

    # --- opening --------------------------------------------------------------------------------

    def _open(self) -> Exchange[None]:
        self._course.enter("door", "EF.CardAccess")
        self._mapping, self._pace_failed = None, ""
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
        opened = yield from self._first_taken(infos)
        if opened is None:
            return
        self._session, self._opened, self._mapping = opened.session, opened.info.title, opened.proof
        if opened.proof is not None:
            # It proves the chip at the other end of this session: what says whose chip it is, comes in it.
            self.files.forget(File.SOD, File.DG1)
            self._course.enter("EF.CardSecurity", "EF.CardSecurity")
            yield from self._tried(File.CARD_SECURITY)

    def _first_taken(self, infos: SecurityInfos) -> Exchange[pace.Opened | None]:
        """By the best way that the chip takes; None where it offers none, or the zone may open it without."""
        refused: PassportError | None = None
        for info, group in pace.ways(infos):
            self._course.enter("pace", "PACE", file=False)
            try:
                return (yield from self._established(info, group, pace.ambiguous(infos)))
            except AccessDenied:
                raise
            except PassportError as error:
                refused = refused or error
                if not isinstance(error, pace.NotTaken):
                    break
            finally:
                self._pace_failed = str(refused or "")
        if refused is not None and self._password.kind is Kind.CAN:
            raise _no_number() if isinstance(refused, Refused) and refused.sw == _NO_REFERENCE else refused
        return None

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
                raise _no_number() from None
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
            return frozenset(lds.parse_com(data)) if data else None
        except Malformed:
            return None

    def _tried(self, file: File) -> Exchange[bytes | None]:
        """A file that may be missing or nonsense: that is then what is known of it."""
        try:
            data = yield from self._protected(self.files.read(file, self._session))
            if data is None:
                self._failed[file] = _NOT_THERE
            return data
        except Malformed as error:
            self._failed[file] = str(error)
        except Refused as refused:
            if refused.sw == _CLOSED or (self._session and self._session.doubtful):
                raise
            self._failed[file] = str(refused)
        return None

    def _group(self, file: File) -> Exchange[bytes | None]:
        """A data group; only without DG1 there is nothing to go on with."""
        if file in self._recovery.avoided:
            return None
        self._course.enter(file.title, file.title)
        try:
            lds.refuse_biometrics(file)
            data = yield from self._protected(self.files.read(file, self._session))
        except Unsupported as error:
            self._failed[file] = str(error)
            return None
        except SessionBroken:
            if file is not File.DG1:
                self._recovery.dropped(file)
            raise
        except (Refused, Malformed) as error:
            if file is File.DG1:
                raise
            self._failed[file] = str(error)
            if isinstance(error, Refused):
                self._recovery.refused(file, self._session)
            return None
        self._failed.pop(file, None)
        self._recovery.suspect = None
        if data is None:
            if file is File.DG1:
                raise Malformed(f"{file.title}: {_NOT_THERE}")
            self._failed[file] = _NOT_THERE
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

    def _prove_chip(self, infos: SecurityInfos, mapped: bool) -> Exchange[None]:
        """Also on a chip that lies open: what opens a document is not signed, and a copy that just leaves it
        away has still not the key."""
        done = self._chip not in (NOT_ASKED, NO_KEY) or (mapped and not self._order.every_proof)
        if done or not self._order.chip_authentication:
            return
        self._course.enter("chip", "chip authentication", file=False)
        try:
            way = chip_auth.choose(infos)
            self._chip = NO_KEY if way is None else NOT_ASKED
            if way is not None:
                self._recovery.proving = Proving.CHIP
                self._session = yield from self._protected(chip_auth.authenticate(way, self._draw))
                self._recovery.unconfirmed, self._recovery.proving = self._session, None
        except Refused as refused:
            if self._session and self._session.doubtful:
                raise
            self._chip, self._recovery.proving = Finding(Reason.COPIED, str(refused)), None
        except (Unsupported, Malformed) as error:
            self._chip = Finding.of(error)

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
        if self._recovery.confirmed(self._session):
            self._chip = YES

    def _prove_active(self, infos: SecurityInfos) -> Exchange[None]:
        if not self._order.active_authentication or self._active not in (NOT_ASKED, NO_KEY):
            return
        absent = self._named is not None and File.DG15 not in self._named
        data = None if absent else (yield from self._group(File.DG15))
        self._active = NO_KEY if data is None else NOT_ASKED
        if data is None:
            return
        self._course.enter("active", "active authentication", file=False)
        challenge = self._random(active_auth.CHALLENGE)
        try:
            key = active_auth.open_key(lds.unwrap(File.DG15, data))
            room = self._session.room(SHORT_NE) if self._session else SHORT_NE
            medium = self.files.medium
            self._recovery.proving = Proving.ACTIVE
            signature = yield from self._protected(
                active_auth.authenticate(challenge, key, room, medium.answer > SHORT_NE, medium.carries)
            )
            self._recovery.proving = None
            proven = active_auth.proves(key, infos, challenge, signature)
            self._active = YES if proven else Finding(Reason.COPIED)
        except Refused as refused:
            self._active, self._recovery.proving = Finding(Reason.COPIED, str(refused)), None
        except (Unsupported, Malformed) as error:
            self._active, self._recovery.proving = Finding.of(error), None

    # --- shared ---------------------------------------------------------------------------------

    def _protected(self, exchange: Exchange[T]) -> Exchange[T]:
        return self.files.medium.carried(exchange, self._session)


def _no_number() -> AccessDenied:
    return AccessDenied("this chip is not opened by a card access number")
