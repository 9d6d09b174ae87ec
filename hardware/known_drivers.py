"""Which drivers there are, and the class behind a name in kiosk.ini."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from typing import Any, cast

from hardware.driver import DeviceSettings, Driver
from hardware.errors import DeviceMissetup, Fault
from hardware.readings import Kind


def known_drivers(kind: Kind) -> tuple[str, ...]:
    """The drivers in `hardware/<kind>/`, without loading their libraries."""
    package = importlib.import_module(f"hardware.{kind}")
    names = []
    for module in pkgutil.iter_modules(package.__path__):
        spec = importlib.util.find_spec(f"hardware.{kind}.{module.name}")
        source = cast(Any, spec.loader).get_source(spec.name) if spec else ""
        if "\nDRIVER = " in (source or ""):
            names.append(module.name)
    return tuple(names)


def find_driver(kind: Kind, settings: DeviceSettings) -> type[Driver]:
    """The class behind the name in kiosk.ini; DeviceMissetup names what there is."""
    known = known_drivers(kind)
    if settings.driver not in known:
        raise DeviceMissetup(
            settings.name, Fault.NO_DRIVER, f"no {settings.driver!r}; known: {', '.join(known) or 'none'}"
        )
    try:
        module = importlib.import_module(f"hardware.{kind}.{settings.driver}")
    except ImportError as missing:
        raise DeviceMissetup(settings.name, Fault.NO_DRIVER, f"{missing.name} is not installed") from missing
    return cast("type[Driver]", module.DRIVER)


def virtual_module(kind: Kind, driver: str) -> str:
    """What plays the far end of this driver as a process: `virtual_<driver>`, or the kind's `virtual` where it has none."""
    own = f"hardware.{kind}.virtual_{driver}"
    return own if importlib.util.find_spec(own) else f"hardware.{kind}.virtual"


def check(kind: Kind, settings: DeviceSettings, *, virtual: bool) -> None:
    """DeviceMissetup for what `Devices` would refuse, without opening anything. The address of a
    `virtual` device is not known before its other end has started."""
    driver = find_driver(kind, settings)
    if virtual:
        driver.check_options(settings)
    else:
        driver(settings, lambda event: None)
