"""Terminal: all that a step may touch — devices, hotel, ledger, clock, settings. Built in `build.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar, cast

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hardware.card_reader.contract import CardReader
from hardware.devices import Devices
from hardware.document_reader.contract import DocumentReader
from hardware.driver import Driver
from hardware.errors import DeviceGone
from hardware.key_encoder.contract import KeyEncoder
from hardware.printer.contract import Printer
from hardware.readings import Kind, State
from kiosk.access import Access
from kiosk.business_day import business_date
from kiosk.clock import Clock
from kiosk.diagnosis.book import Book
from kiosk.diagnosis.taps import Taps
from kiosk.effects import doing
from kiosk.effects.check_in import CheckIn, SignCard
from kiosk.effects.effect import Effect, Owed
from kiosk.effects.keys import CutKey
from kiosk.faults import only_warns
from kiosk.hotel.archive import RegistrationArchive
from kiosk.hotel.backend import Hotel, HotelError, Trouble
from kiosk.key_journal import JournalError, KeyJournal
from kiosk.ledger import Ledger
from kiosk.mail import Mail
from kiosk.outbox import Outbox
from kiosk.settings import Settings
from kiosk.trace.recorder import Recorder

log = structlog.get_logger()
D = TypeVar("D", bound=Driver)

HOUR_S = 3600
ASK_WHETHER_TAKEN_S = 5
TAKEN_WITHIN_S = 60
"""How long a guest who called is shown that somebody is being looked for."""


HOTEL_LASTS_S = 60
"""So long a sign of life of the hotel's system counts: it is asked for one every quarter of a minute."""


@dataclass(frozen=True)
class HotelView:
    """The hotel's system as the terminal knows it now."""

    state: State
    since: datetime | None = None
    proven: datetime | None = None
    trouble: Trouble | None = None


@dataclass
class Terminal:
    """One kiosk."""

    settings: Settings
    clock: Clock
    devices: Devices
    hotel: Hotel
    ledger: Ledger
    outbox: Outbox
    archive: RegistrationArchive
    access: Access
    journal: KeyJournal
    mail: Mail | None = None  # None: nothing goes by e-mail here
    booking_code_key: Ed25519PublicKey | None = None
    hotel_url: str = ""  # where the hotel's system is, the built-in one too
    book: Book = field(default_factory=Book)  # what checks have found
    taps: Taps = field(default_factory=Taps)  # checks that wait for a device's event
    recorder: Recorder = field(default_factory=Recorder)  # of visits, when a technician wants a trace
    tested: int = 0  # so many shells have devices tried by hand: what is laid down is a check's
    current_visit: str = ""
    held: dict[str, str] = field(default_factory=dict)  # keys of effects that wait for a visit's end
    _errand: asyncio.Event = field(default_factory=asyncio.Event)
    _errands: asyncio.Lock = field(default_factory=asyncio.Lock)
    _hotel_well: bool | None = None
    _hotel_trouble: Trouble | None = None
    _hotel_asked_s: float | None = None  # when it last answered, or did not
    _hotel_since: datetime | None = None
    _hotel_proven: datetime | None = None
    _watchers: list[Callable[[], None]] = field(default_factory=list)
    _background: set[asyncio.Future[None]] = field(default_factory=set)

    # devices

    @property
    def printer(self) -> Printer:
        return cast(Printer, self._device(Kind.PRINTER))

    @property
    def key_encoder(self) -> KeyEncoder:
        return cast(KeyEncoder, self._device(Kind.KEY_ENCODER))

    @property
    def card_reader(self) -> CardReader:
        return cast(CardReader, self._device(Kind.CARD_READER))

    @property
    def staff_card_stays(self) -> bool:
        """Whether a staff card can lie on its reader while keys are cut: not where one reader is both."""
        card_reader, encoder = self.settings.card_reader, self.settings.key_encoder
        return card_reader is not None and (
            encoder is None or card_reader.virtual or card_reader.address != encoder.address
        )

    @property
    def document_reader(self) -> DocumentReader:
        return cast(DocumentReader, self._device(Kind.DOCUMENT_READER))

    @property
    def reads_chips(self) -> bool:
        """Whether its document reader can; False where it has none."""
        return self.devices.get(Kind.DOCUMENT_READER) is not None and self.document_reader.reads_chips

    def _device(self, kind: Kind) -> Driver:
        driver = self.devices.get(kind)
        if driver is None:
            raise DeviceGone(kind.value, kind.fault("gone"), "not in kiosk.ini")
        return driver

    def works(self, kind: Kind) -> bool:
        """Whether a guest may count on it: not ill or gone, and neither silent nor out of its mind when last asked."""
        view = self.devices.view(kind)
        if view is None or (view.state is State.UNKNOWN and view.faults):
            return False
        return view.state not in (State.ILL, State.GONE)

    @property
    def mails(self) -> bool:
        """Whether a guest is offered e-mail: there is a mail server, and nothing is known against it."""
        ill = self.book.ill(("mail.server", "mail.letter"))
        return self.mail is not None and all(only_warns(tried.result.fault) for tried in ill)

    def forget_guest(self) -> None:
        """The visit is over: nothing that a device has read of the guest stays in it."""
        if self.devices.get(Kind.DOCUMENT_READER) is not None:
            self.document_reader.forget()

    # time

    def now(self) -> datetime:
        """The hotel's wall clock."""
        return self.clock.now().astimezone(self.settings.hotel.zone)

    def today(self) -> date:
        """The hotel's business date: at 01:30 it is still yesterday."""
        hotel = self.settings.hotel
        return business_date(self.clock.now(), hotel.zone, hotel.business_day_ends)

    # the desk

    def tell_desk(self, code: str, text: str, reservation_id: str = "", *, token: str = "") -> None:
        """Said to the desk for certain: kept in the ledger until the hotel has it. With the same `token` it is
        the same message, however often it is said."""
        self.ledger.tell(code, text, reservation_id, token)
        self._errand.set()

    def owe(self, effect: Owed, *, by_visit: str = "") -> None:
        """Done as soon as the hotel answers, across restarts (`doing.owe`); `by_visit`: not before its guest
        has gone and `gone` says so."""
        key = doing.owe(self, effect)
        if by_visit:
            self.held[key] = by_visit
        self._errand.set()

    def owed(self, effect: Effect) -> bool:
        """Whether this is done, or will be, or is left to the desk."""
        entry = self.ledger.entry(effect.key(self.ledger))
        return entry is not None and entry.state != "failed"

    def gone(self, visit: str, *, with_nothing: bool = False) -> None:
        """The guest of this visit has gone, with what there is to pay for or `with_nothing` of it."""
        for key in [key for key, by in self.held.items() if by == visit]:
            del self.held[key]
            if with_nothing:
                self.ledger.settle(key, "failed")
        self._errand.set()

    async def call_person(self, code: str, reservation_id: str = "") -> str:
        """Call somebody now: the call's id when the desk has it. What can't be sent now is sent later."""
        text = f"{self.settings.kiosk.name}: a guest asks for help"
        try:
            call = await self.hotel.request_service(code, text, reservation_id=reservation_id)
        except HotelError as error:
            log.warning("call for a person not sent", trouble=error.trouble)
            self.tell_desk(code, text, reservation_id)
            return ""
        return call.id

    async def taken(self, call: str, reservation_id: str = "") -> bool:
        """Wait until somebody at the desk takes the call; False when nobody has within a minute."""
        until = self.clock.monotonic() + TAKEN_WITHIN_S
        while self.clock.monotonic() < until:
            await self.clock.sleep(ASK_WHETHER_TAKEN_S)
            try:
                if (await self.hotel.service_request(call, reservation_id=reservation_id)).taken:
                    return True
            except HotelError as error:
                log.warning("call for a person not followed", trouble=error.trouble)
        return False

    def key_still_owed(self, reservation_id: str) -> bool:
        """Whether this terminal checked them in and no key of theirs was cut here."""
        done = self.ledger.done_about(self.ledger.opaque(reservation_id))
        return CheckIn.KIND in done and CutKey.KIND not in done

    def checked_in_here(self, reservation_id: str) -> bool:
        """Whether this terminal checked them in, within the days that the ledger keeps."""
        return CheckIn.KIND in self.ledger.done_about(self.ledger.opaque(reservation_id))

    def unsure_of(self, effect: Effect) -> bool:
        """Whether this was asked of the far side and no answer was read."""
        entry = self.ledger.entry(effect.key(self.ledger))
        return entry is not None and entry.state == "intended"

    def signed_already(self, reservation_id: str) -> bool:
        """Whether the registration card of this booking was signed here."""
        return SignCard.KIND in self.ledger.done_about(self.ledger.opaque(reservation_id))

    @property
    def searching_allowed(self) -> bool:
        """False when too many typed searches found nothing within the hour (DESIGN rule 8)."""
        return self.ledger.tries_since(HOUR_S) < self.settings.kiosk.tries_per_hour

    # errands: what must leave the terminal, and what a crash left open

    def in_background(self, work: Coroutine[None, None, None]) -> None:
        """Work that no screen waits for; it ends before the terminal closes."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def settle(self) -> None:
        """Wait for all that is in the background."""
        await asyncio.gather(*self._background, return_exceptions=True)

    def wake_errands(self) -> None:
        self._errand.set()

    @property
    def hotel_well(self) -> bool | None:
        """None until it was asked."""
        return self._hotel_well

    @property
    def hotel_view(self) -> HotelView:
        """As its last sign of life has it; one too old to be believed leaves it unknown."""
        asked_s, well = self._hotel_asked_s, self._hotel_well
        if asked_s is None or well is None:
            return HotelView(State.UNKNOWN)
        if not well:
            return HotelView(State.ILL, self._hotel_since, self._hotel_proven, self._hotel_trouble)
        stale = self.clock.monotonic() - asked_s > HOTEL_LASTS_S
        return HotelView(State.UNKNOWN if stale else State.WELL, None if stale else self._hotel_since, self._hotel_proven)

    def watch_hotel(self, callback: Callable[[], None]) -> None:
        """Called when the hotel has gone, and when it is back; and when tests by hand begin and end."""
        self._watchers.append(callback)

    @contextmanager
    def being_tested(self) -> Iterator[None]:
        """The welcome screen says it meanwhile, and invites nobody to lay a document down."""
        self.tested += 1
        self._tell_watchers()
        try:
            yield
        finally:
            self.tested -= 1
            self._tell_watchers()

    def _tell_watchers(self) -> None:
        for watcher in self._watchers:
            watcher()

    def _heard_of_hotel(self, well: bool, trouble: Trouble | None = None) -> None:
        before, self._hotel_well = self._hotel_well, well
        self._hotel_asked_s, self._hotel_trouble = self.clock.monotonic(), trouble
        if well:
            self._hotel_proven = self.now()
        if well is not before:
            self._hotel_since = self.now()
            self._tell_watchers()

    async def run_errands(self, every_s: float = 15) -> None:
        """For ever: ask how the hotel is, settle what a crash left, deliver messages and signed cards."""
        while True:
            self._errand.clear()
            try:
                await self.run_errands_once()
            except Exception as error:  # noqa: BLE001 - nothing here may end the process that guests stand before
                log.error("errands broke off", error=type(error).__name__)
            await self._until_errand(every_s)

    async def run_errands_once(self) -> None:
        """One after another: two at once would ask for the same thing twice."""
        async with self._errands:
            await self._run_errands()

    async def _run_errands(self) -> None:
        self._sign_journal()
        try:
            await self.hotel.ping()
        except HotelError as error:
            if self._hotel_well is not False:
                log.warning("the hotel does not answer", trouble=error.trouble, code=error.code)
            self._heard_of_hotel(False, error.trouble)
            return
        self._heard_of_hotel(True)
        try:
            await doing.recover(self, self.current_visit)
        except HotelError as error:
            log.warning("errand put off", call=error.call, trouble=error.trouble)
            return
        for number, words in self.ledger.messages():
            try:
                await self.hotel.request_service(
                    words["code"], words["text"], reservation_id=words["reservation_id"], token=words.get("token", "")
                )
            except HotelError as error:
                log.warning("errand put off", call=error.call, trouble=error.trouble)
                if error.may_have_been_done or error.trouble is Trouble.DOWN:
                    return
                continue  # this one the hotel refuses: it holds up no other
            self.ledger.told(number)

    def _sign_journal(self) -> None:
        """Yesterday's keys, also where today nobody cuts one."""
        try:
            self.journal.sign_if_due()
        except JournalError as error:
            log.error("the journal of keys can't be signed", why=str(error))

    async def run_outbox(self) -> None:
        """For ever: hand signed cards to the archive until it has acknowledged each."""
        await self.outbox.run(self._to_archive)

    async def run_mail(self) -> None:
        """For ever: letters that the mail server did not take at once."""
        if self.mail is not None:
            await self.mail.run(lambda words: self.tell_desk("MAIL", f"{self.settings.kiosk.name}: {words}"))

    async def _to_archive(self, card_id: str, kind: str, pdf: bytes) -> bool:
        await self.archive.deliver(card_id, pdf)
        return True

    async def _until_errand(self, every_s: float) -> None:
        waking = asyncio.ensure_future(self._errand.wait())
        resting = asyncio.ensure_future(self.clock.sleep(every_s))
        try:
            await asyncio.wait({waking, resting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waking.cancel()
            resting.cancel()
