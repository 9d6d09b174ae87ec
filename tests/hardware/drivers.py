"""PC/SC readers, and drivers as several tests want them before one, with a secret of their own kept in the test's folder."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.driver import DeviceSettings, Emit
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.property_keys import create_property_keys
from hardware.secret_keys import create_keys

_numbers = itertools.count()


@asynccontextmanager
async def new_pad(make: str = "ACS ACR1252 PICC", **how: Any) -> AsyncIterator[VirtualReader]:
    """A virtual PC/SC reader with nothing on it; no two have one name."""
    reader = VirtualReader(f"{make} {next(_numbers)}", **how)
    await reader.start()
    try:
        yield reader
    finally:
        await reader.stop()


def property_key(folder: Path) -> Path:
    """The file of a new property key."""
    create_property_keys(folder / "property-key")
    return folder / "property-key"


def encoder_for(address: str, key_file: Path, **options: str) -> PcscKeyEncoder:
    settings = DeviceSettings("encoder", "pcsc", address, {"property_key_file": str(key_file), **options})
    return PcscKeyEncoder(settings, lambda _: None)


@asynccontextmanager
async def encoder_at(address: str, key_file: Path) -> AsyncIterator[PcscKeyEncoder]:
    """Open, and closed afterwards."""
    driver = encoder_for(address, key_file)
    await driver.open()
    try:
        yield driver
    finally:
        await driver.close()


@asynccontextmanager
async def staff_reader_at(address: str, folder: Path, emit: Emit = lambda _: None) -> AsyncIterator[PcscCardReader]:
    """Open, with a new staff card key, and closed afterwards."""
    create_keys(StaffCardKeys, folder / "staff-card-key")
    options = {"staff_key_file": str(folder / "staff-card-key")}
    driver = PcscCardReader(DeviceSettings("reader", "pcsc", address, options), emit)
    await driver.open()
    try:
        yield driver
    finally:
        await driver.close()
