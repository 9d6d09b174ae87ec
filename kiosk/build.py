"""Builds the kiosk: the one place where settings become devices, hotel, ledger and reception."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hardware.card_reader.contract import CardRemoved
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.errors import DeviceMissetup
from hardware.known_drivers import find_driver
from hardware.printer.contract import PaperUsed
from hardware.readings import DeviceEvent, Kind
from hardware.secret_keys import create_keys, is_given
from kiosk.access import STAFF, Access, AccessError
from kiosk.bench import PROPERTY_KEY, STAFF_CARD_KEY, TRUST, Bench
from kiosk.business_day import business_date
from kiosk.clock import Clock
from kiosk.control import ControlSocket, Reached, socket_path
from kiosk.credentials import TERMINAL_KEY, CredentialError, given, load, load_or_create
from kiosk.diagnosis import mail as mail_check
from kiosk.diagnosis.desk import DiagnosisDesk
from kiosk.diagnosis.taps import Taps
from kiosk.health import Health
from kiosk.health_server import HealthServer
from kiosk.hotel.archive import RegistrationArchive
from kiosk.hotel.backend import LOST_KEY
from kiosk.hotel.booking_code import read_public_key
from kiosk.hotel.opera import Charging, Credentials, OperaHotel
from kiosk.hotel.opera_http import Exchange
from kiosk.key_journal import JournalError, KeyJournal
from kiosk.ledger import Ledger
from kiosk.mail import CREDENTIALS, DIRECTORY, Login, Mail
from kiosk.night_watch import NightWatch
from kiosk.outbox import Outbox
from kiosk.paper_count import PAPER, PaperCount
from kiosk.pins import WORK, Work
from kiosk.prompts import Front
from kiosk.reception import Reception
from kiosk.registration import pdf
from kiosk.rounds import Rounds
from kiosk.sealing import Seal
from kiosk.sections import BUILTIN, Device, MailSecurity
from kiosk.settings import DEVICES, Settings
from kiosk.terminal import Terminal
from kiosk.trace.recorder import HeardFront, Recorder
from kiosk.trace.switch import Switch

log = structlog.get_logger()

HOTEL_CREDENTIALS = "hotel-credentials.json"
ARCHIVE_TOKEN = "archive-token"  # noqa: S105 - the name of a credential
BOOKING_CODE_KEY = "booking-code.pub"
READY_AFTER_S = 1.5
"""So long after the start, when devices and hotel have answered, what the first guest would wait for is loaded."""


class SetupError(Exception):
    """This machine lacks something that the kiosk can't do without; says what."""


@dataclass
class Running:
    """A kiosk that is ready to serve."""

    terminal: Terminal
    reception: Reception
    bench: Bench
    health: HealthServer
    night_watch: NightWatch
    rounds: Rounds | None  # None: nobody is asked anything unless somebody looks

    async def serve(self) -> None:
        """Guests and errands side by side, until cancelled; what the first guest would wait for is got ready."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._get_ready())
            tasks.create_task(self.reception.serve())
            tasks.create_task(self.terminal.run_errands())
            tasks.create_task(self.terminal.run_outbox())
            tasks.create_task(self.terminal.run_mail())
            tasks.create_task(self.night_watch.run())
            tasks.create_task(self.health.run(self.terminal.clock.sleep))
            if self.rounds is not None:
                tasks.create_task(self.rounds.run())

    async def _get_ready(self) -> None:
        await self.terminal.clock.sleep(READY_AFTER_S)
        await asyncio.to_thread(pdf.warm)
        await self.bench.warm()


@asynccontextmanager
async def open_kiosk(
    settings: Settings, clock: Clock, front: Front, scenes: int = 0, *, pin_work: Work = WORK
) -> AsyncIterator[Running]:
    """Everything opened in order and closed in reverse. SetupError or CredentialError before any guest."""
    relay = _Relay()
    opening = open_terminal(settings, clock, relay.event, pin_work=pin_work)
    async with opening as (terminal, bench), AsyncExitStack() as stack:
        devices, state = terminal.devices, settings.kiosk.state.resolve()
        reception = Reception(terminal, HeardFront(front, terminal.recorder), scenes)
        relay.reception, relay.taps = reception, terminal.taps
        relay.paper = paper = _paper_count(settings, state)
        devices.watch(lambda view: paper.seen(view) if view.kind is Kind.PRINTER else None)
        devices.watch(lambda view: reception.devices_changed())
        devices.watch(terminal.recorder.seen)
        terminal.watch_hotel(reception.devices_changed)
        terminal.book.watch(lambda tried: reception.devices_changed() if tried.part == mail_check.PART else None)
        stack.push_async_callback(devices.close)
        await devices.start()
        health = HealthServer(Health(terminal, reception), settings.health.listen)
        stack.push_async_callback(health.close)
        await health.open()
        reached = Reached({"trace": Switch(terminal.recorder)}, bench if settings.kiosk.demo else None)
        control = ControlSocket(socket_path(state), reached, DiagnosisDesk(terminal, lambda: reception.free))
        await control.open()
        stack.push_async_callback(control.close)
        night_watch = NightWatch(terminal, paper, lambda: reception.free_s)
        yield Running(terminal, reception, bench, health, night_watch, Rounds(terminal))


@asynccontextmanager
async def open_terminal(
    settings: Settings, clock: Clock, on_event: Callable[[DeviceEvent], None], *, pin_work: Work = WORK
) -> AsyncIterator[tuple[Terminal, Bench]]:
    """The terminal without anybody at it: for the kiosk, and for commands where none runs. Its devices are not
    started; who starts them closes them."""
    state = settings.kiosk.state.resolve()
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        state.chmod(0o700)  # also where it was made by somebody less careful
    except PermissionError:
        raise SetupError(f"{state}: belongs to another user") from None
    key = load_or_create(state, TERMINAL_KEY, 32)
    today = business_date(clock.now(), settings.hotel.zone, settings.hotel.business_day_ends)
    async with AsyncExitStack() as stack:
        seal = Seal(key)
        ledger = Ledger(state / "ledger.db", seal, clock)
        stack.callback(ledger.close)
        access, journal = _staff_and_keys(settings, state, seal, clock, pin_work)
        stack.callback(access.close)
        stack.callback(journal.close)
        bench = Bench(settings, clock, today)
        stack.push_async_callback(bench.stop)
        await bench.start()
        hotel, base_url = _hotel(settings, state, bench)
        await hotel.open()
        stack.push_async_callback(hotel.close)
        archive = _archive(settings, state, base_url, hotel)
        stack.push_async_callback(archive.close)
        recorder = Recorder()
        devices = Devices(
            _device_settings(settings, state, bench, clock), on_event, sleep=clock.sleep, on_called=recorder.called
        )
        terminal = Terminal(
            settings=settings,
            clock=clock,
            devices=devices,
            hotel=hotel,
            ledger=ledger,
            outbox=Outbox(state / "outbox", key, clock),
            archive=archive,
            access=access,
            journal=journal,
            mail=_mail(settings, state, key, clock),
            booking_code_key=_booking_code_key(state, bench),
            hotel_url=base_url,
            recorder=recorder,
        )
        recorder.terminal = terminal
        if terminal.mail is not None:
            terminal.mail.on_heard = partial(mail_check.noted, terminal)
        hotel.listen(_in_the_loop(recorder.exchanged))
        stack.push_async_callback(terminal.settle)
        yield terminal, bench


def _paper_count(settings: Settings, state: Path) -> PaperCount:
    printer = settings.printer or Device(driver="", address="")
    return PaperCount(state / PAPER, printer.roll_m)


def _in_the_loop(told: Callable[[Exchange, int], None]) -> Callable[[Exchange, int], None]:
    """From a worker thread into the loop's, before the answer itself gets there."""
    loop = asyncio.get_running_loop()

    def tell(exchange: Exchange, size: int) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody is left to tell
            loop.call_soon_threadsafe(told, exchange, size)

    return tell


def _staff_card_keys(state: Path) -> Path:
    """The terminal's own, made at its first start: staff cards then count here only."""
    path = state / STAFF_CARD_KEY
    if not path.exists():
        create_keys(StaffCardKeys, path)
    return path


def _staff_and_keys(
    settings: Settings, state: Path, seal: Seal, clock: Clock, work: Work
) -> tuple[Access, KeyJournal]:
    try:
        access = Access(state / STAFF, clock, seal, settings.access, work=work)
        try:
            return access, KeyJournal(state, seal, clock)
        except BaseException:
            access.close()
            raise
    except (AccessError, JournalError) as error:
        raise SetupError(str(error)) from None


class _Relay:
    """Devices are opened before there is a reception to hear of them. What a check waits for is the check's;
    only of a staff card that was taken away the reception hears always."""

    reception: Reception | None = None
    taps: Taps | None = None
    paper: PaperCount | None = None

    def event(self, event: DeviceEvent) -> None:
        if self.paper is not None and isinstance(event.what, PaperUsed):
            self.paper.used(event.what.mm)
            return
        if self.taps is not None and self.taps.take(event) and not isinstance(event.what, CardRemoved):
            if self.reception is not None:
                self.reception.terminal.recorder.tapped(event)
            return
        if self.reception is not None:
            self.reception.device_event(event)


def _hotel(settings: Settings, state: Path, bench: Bench) -> tuple[OperaHotel, str]:
    if bench.hotel is not None:
        base_url = bench.hotel.address
        words = json.loads(bench.hotel.process.credentials_path.read_text("utf-8"))
    else:
        base_url = settings.hotel.url
        words = _json_credential(state, HOTEL_CREDENTIALS)
    known = {name: str(words[name]) for name in Credentials.__dataclass_fields__ if name in words}
    try:
        credentials = Credentials(**known)
    except TypeError:
        raise SetupError(f"{HOTEL_CREDENTIALS}: needs client_id, client_secret and app_key") from None
    house = settings.hotel
    charging = Charging({LOST_KEY: house.lost_key_code}, house.cashier)
    return OperaHotel(base_url, house.hotel_id, credentials, house.deadline_s, charging=charging), base_url


def _json_credential(state: Path, name: str) -> dict[str, object]:
    try:
        words = json.loads(load(state, name))
    except ValueError:
        raise SetupError(f"{name}: is not JSON") from None
    if not isinstance(words, dict):
        raise SetupError(f"{name}: must be a JSON object")
    return words


def _archive(settings: Settings, state: Path, base_url: str, hotel: OperaHotel) -> RegistrationArchive:
    if settings.registration.archive == BUILTIN:
        return RegistrationArchive(f"{base_url}/archive/v1", hotel.token, deadline_s=settings.hotel.deadline_s)
    token = load(state, ARCHIVE_TOKEN).decode("ascii", "strict").strip()
    return RegistrationArchive(settings.registration.archive, lambda: token, deadline_s=settings.hotel.deadline_s)


def _mail(settings: Settings, state: Path, key: bytes, clock: Clock) -> Mail | None:
    if settings.mail is None:
        return None
    login = None
    if settings.mail.security is not MailSecurity.NONE and given(state, CREDENTIALS):
        words = _json_credential(state, CREDENTIALS)
        if {*words} != {"username", "password"}:
            raise SetupError(f"{CREDENTIALS}: needs username and password")
        login = Login(str(words["username"]), str(words["password"]))
    try:
        return Mail(settings.mail, login, Outbox(state / DIRECTORY, key, clock), clock)
    except OSError as error:
        raise SetupError(f"[mail] ca: {settings.mail.ca}: {error.strerror or 'no certificates are in it'}") from None


def _booking_code_key(state: Path, bench: Bench) -> Ed25519PublicKey | None:
    """None: no signed codes are taken."""
    path = state / "hotel" / BOOKING_CODE_KEY if bench.hotel is not None else state / BOOKING_CODE_KEY
    if not path.exists():
        return None
    try:
        return read_public_key(path)
    except ValueError as error:
        raise SetupError(f"{BOOKING_CODE_KEY}: {error}") from None


def _device_settings(settings: Settings, state: Path, bench: Bench, clock: Clock) -> dict[Kind, DeviceSettings]:
    zone, ends = settings.hotel.zone, settings.hotel.business_day_ends
    found = {}
    for name in DEVICES:
        device = settings.device(name)
        if device is None:
            continue
        options = bench.options.get(name, {}) | device.options
        if name == Kind.KEY_ENCODER and device.driver == "fias":
            options.setdefault("time_zone", settings.hotel.time_zone)
        elif name == Kind.KEY_ENCODER and (state / PROPERTY_KEY).exists():
            options.setdefault("property_key_file", str(state / PROPERTY_KEY))
        if name == Kind.CARD_READER and not is_given(StaffCardKeys, options.get(StaffCardKeys.OPTION, "")):
            options[StaffCardKeys.OPTION] = str(_staff_card_keys(state))
        made = DeviceSettings(
            name=name,
            driver=device.driver,
            address=bench.addresses.get(name, device.address),
            options=options,
            today=lambda: business_date(clock.now(), zone, ends),
        )
        if "trust" in _options(Kind(name), made):
            options.setdefault("trust", str(state / TRUST))
        found[Kind(name)] = made
    return found


def _options(kind: Kind, settings: DeviceSettings) -> frozenset[str]:
    """What the driver takes: one that judges documents is told whom to believe, whatever it is called."""
    try:
        return find_driver(kind, settings).OPTIONS
    except DeviceMissetup:
        return frozenset()  # `Devices` says why


__all__ = ["CredentialError", "Running", "SetupError", "open_kiosk", "open_terminal"]
