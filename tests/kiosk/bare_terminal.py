"""A terminal with whatever devices, its hotel not asked: as quick as a function."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hardware.devices import Devices
from kiosk.access import Access
from kiosk.clock import Clock
from kiosk.hotel.archive import RegistrationArchive
from kiosk.hotel.opera import Credentials, OperaHotel
from kiosk.key_journal import KeyJournal
from kiosk.ledger import Ledger
from kiosk.outbox import Outbox
from kiosk.sealing import Seal
from kiosk.settings import Settings
from kiosk.terminal import Terminal


@asynccontextmanager
async def bare_terminal(folder: Path, settings: Settings, clock: Clock, devices: Devices) -> AsyncIterator[Terminal]:
    key, url = bytes(32), settings.hotel.url
    hotel = OperaHotel(url, "HOTEL", Credentials("us", "secret", "00000000-0000-4000-8000-000000000000"), 1)
    await hotel.open()
    ledger = Ledger(folder / "ledger.db", Seal(key), clock)
    archive = RegistrationArchive(url, lambda: "token")
    access = Access(folder / "staff.db", clock, Seal(key), settings.access)
    journal = KeyJournal(folder, Seal(key), clock)
    terminal = Terminal(
        settings=settings,
        clock=clock,
        devices=devices,
        hotel=hotel,
        ledger=ledger,
        outbox=Outbox(folder / "outbox", key, clock),
        archive=archive,
        access=access,
        journal=journal,
    )
    yield terminal
    await terminal.settle()
    await archive.close()
    await hotel.close()
    journal.close()
    access.close()
    ledger.close()
