"""The demo bench: the virtual devices and the built-in hotel of this kiosk, to be played with.

`kiosk virtual …`, the drawer on the screen and the tests all play through `Bench.do`. Words that a
person would use stand for what the wire needs: `document_reader present ready` lays down the document
of the sample guest *ready*, `scanner scan ready` the code of their booking.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.wallet import Wallet
from hardware.document_reader.virtual_full_page import Maker, VirtualFullPage
from hardware.key_encoder.credential import PropertyKeys
from hardware.key_encoder.property_keys import create_property_keys, load_property_keys
from hardware.key_encoder.virtual import VirtualEncoder
from hardware.known_drivers import virtual_module
from hardware.readings import Kind
from hardware.secret_keys import create_keys, load_keys
from hardware.virtual import VirtualDevice
from hardware.virtual_process import VirtualProcess
from kiosk.clock import Clock
from kiosk.hotel.booking_code import sign
from kiosk.hotel.builtin.credentials import StateDirectory
from kiosk.hotel.builtin.process import BuiltinHotel
from kiosk.hotel.builtin.samples import COMPANIONS, DEFAULT, SAMPLES, Sample, document_of
from kiosk.hotel.builtin.specimen import Document
from kiosk.sections import BUILTIN, Device
from kiosk.settings import DEVICES, Settings

PROPERTY_KEY = "property-key"
STAFF_CARD_KEY = "staff-card-key"
WALLET = "wallet.json"  # the demonstration's cards, as plastic keeps them
TRUST = "trust"
_WITH_CHIP = "pcsc_chip"
_TYPES = "keyboard"
_LOCK_SERVER = "fias"
_LAID = ("present", "copied", "forged", "other-name", "unknown-country", "no-chip", "slow-chip", "vanish")
_SHORTEST_LINE = 30  # of a zone; a sample's name is shorter
_CODE_LASTS = timedelta(days=2)


class HotelSwitch(VirtualDevice):
    """The built-in hotel as a thing that can be switched off and on."""

    address = ""
    verbs = {"off": "switch the hotel off, as a power cut would", "on": "switch it on again"}

    def __init__(self, make: Callable[[int], BuiltinHotel]) -> None:
        self._make = make
        self.process = make(0)

    async def start(self) -> None:
        await self.process.start()
        self.address = self.process.base_url

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb == "off":
            self.process.kill()
            await self.process.stop()
        elif verb == "on":
            await self.process.stop()
            self.process = self._make(int(self.address.rsplit(":", 1)[1]))
            await self.process.start()
        else:
            raise ValueError(f"unknown verb {verb!r}; known: off, on")
        return {"hotel": verb}

    async def stop(self) -> None:
        await self.process.stop()


class Bench:
    """Everything virtual of one kiosk. `addresses` are for the drivers, after `start()`."""

    def __init__(self, settings: Settings, clock: Clock, today: date) -> None:
        self._settings = settings
        self._clock = clock
        self._today = today
        self._hotel_state = settings.kiosk.state / "hotel"
        self.devices: dict[str, VirtualDevice] = {}
        self.addresses: dict[str, str] = {}
        self.options: dict[str, dict[str, str]] = {}  # of a device, beside its address
        self._wallet = Wallet(settings.kiosk.state / WALLET)
        self.full_page: VirtualFullPage | None = None
        self.issuers: frozenset[str] = frozenset()  # states beside the samples' whose documents are trusted
        self.hotel: HotelSwitch | None = None
        if settings.hotel.url == BUILTIN:
            self.hotel = HotelSwitch(lambda port: self._hotel(port, today))
            self.devices["hotel"] = self.hotel
        for kind in DEVICES:
            device = settings.device(kind)
            if device is not None and device.virtual:
                self.devices[kind] = self._virtual(Kind(kind), device)

    async def start(self) -> None:
        """All at once; each is ready when this returns."""
        await asyncio.gather(*(device.start() for device in self.devices.values()))
        self.addresses = {name: device.address for name, device in self.devices.items()}
        if self.full_page is not None:
            self.options[Kind.DOCUMENT_READER] = {"zone": self.full_page.zone.address}

    async def warm(self) -> None:
        """What the first passport would wait for."""
        if self.full_page is not None:
            await self.full_page.warm()

    async def stop(self) -> None:
        await asyncio.gather(*(device.stop() for device in self.devices.values()), return_exceptions=True)

    async def take_document(self) -> None:
        """What a guest does when it has been read; where only zones are swiped, it is in their hand."""
        if self.full_page is not None:
            await self.full_page.do("lift")

    def verbs(self) -> dict[str, dict[str, str]]:
        """What can be played, for help texts and the drawer."""
        return {name: dict(device.verbs) for name, device in self.devices.items()}

    async def do(self, device: str, verb: str, *words: str) -> dict[str, str]:
        """Play. ValueError for what does not exist."""
        if device not in self.devices:
            raise ValueError(f"no virtual device {device!r}; there are: {', '.join(self.devices)}")
        return await self.devices[device].do(verb, *self._spelled(device, verb, words))

    def _spelled(self, device: str, verb: str, words: tuple[str, ...]) -> tuple[str, ...]:
        """A sample's name becomes its document's lines or its booking's code."""
        name = words[0] if words else DEFAULT
        if device == Kind.DOCUMENT_READER and verb in _LAID and len(name) < _SHORTEST_LINE:
            return (*_document(name).mrz, *words[1:])
        if (device, verb) == ("scanner", "scan") and name in SAMPLES:
            return (self.code(name),)
        return words

    def code(self, sample: str) -> str:
        """The code that this hotel signed for the sample's booking."""
        state = StateDirectory(self._hotel_state, self._settings.hotel.hotel_id)
        until = self._clock.now() + _CODE_LASTS
        return sign(state.booking_key, self._settings.hotel.hotel_id, _sample(sample).confirmation, until)

    def _hotel(self, port: int, today: date) -> BuiltinHotel:
        hotel = self._settings.hotel
        return BuiltinHotel(
            self._hotel_state,
            today=today,
            port=port,
            hotel_id=hotel.hotel_id,
            time_zone=hotel.time_zone,
            currency=hotel.currency,
            fresh_each_day=True,
        )

    def _virtual(self, kind: Kind, device: Device) -> VirtualDevice:
        name = f"{self._settings.kiosk.name}-{kind.value}"
        if kind is Kind.PRINTER:
            return VirtualProcess(virtual_module(kind, device.driver), "--port", "0", "--out", str(self.slips))
        if kind is Kind.SCANNER and device.driver == _TYPES:
            return VirtualProcess(virtual_module(kind, device.driver), "--layout", device.options.get("layout", "us"))
        if kind is Kind.DOCUMENT_READER:
            zone = VirtualProcess(virtual_module(kind, device.driver))
            if device.driver != _WITH_CHIP:
                return zone
            self.full_page = VirtualFullPage(name, zone, self._states)
            return self.full_page
        if kind is Kind.KEY_ENCODER and device.driver == _LOCK_SERVER:
            zone_name = self._settings.hotel.time_zone
            return VirtualProcess("hardware.key_encoder.virtual_lock_server", "--time-zone", zone_name)
        if kind is Kind.KEY_ENCODER:
            keys = demo_property_keys(self._settings.kiosk.state)
            return VirtualEncoder(name, keys, self._clock.now, wallet=self._wallet)
        if kind is Kind.CARD_READER:
            demo_staff_card_keys(self._settings.kiosk.state)
            return VirtualReader(name, wallet=self._wallet)
        return VirtualProcess(virtual_module(kind, device.driver))

    def _states(self) -> Maker:
        """In a thread, and late: what makes documents is much to load, and keys take time."""
        from kiosk.demo_states import demo_states

        states = demo_states(self._today, self.issuers)
        states.leave_trust(self._settings.kiosk.state.resolve() / TRUST)
        return states

    @property
    def slips(self) -> Path:
        """Where the virtual printer lays its pictures of the paper."""
        return self._settings.kiosk.state / "slips"


def demo_property_keys(state: Path) -> PropertyKeys:
    """The demonstration's own property key, made at its first start."""
    path = state / PROPERTY_KEY
    return load_property_keys(path) if path.exists() else create_property_keys(path)


def _document(name: str) -> Document:
    """Of a sample guest, or of who comes along with one."""
    document = document_of(name)
    if document is None:
        raise ValueError(f"no sample {name!r}; there are: {', '.join((*SAMPLES, *COMPANIONS))}")
    return document


def demo_staff_card_keys(state: Path) -> StaffCardKeys:
    """The demonstration's own staff card key, likewise."""
    path = state / STAFF_CARD_KEY
    return load_keys(StaffCardKeys, path) if path.exists() else create_keys(StaffCardKeys, path)


def _sample(name: str) -> Sample:
    if name not in SAMPLES:
        raise ValueError(f"no sample {name!r}; there are: {', '.join(SAMPLES)}")
    return SAMPLES[name]
