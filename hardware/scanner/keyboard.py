"""Scanners that play a keyboard: `driver = keyboard`, `address = evdev:///dev/input/by-id/usb-…-event-kbd`
or `evdev:NAME`.

The device is grabbed, so that what a code says is never typed into the kiosk or whatever has the window;
one that can't be grabbed is not used. Options: `layout` (us, de, hu: the keyboard that the scanner was set to
play), `end = enter` (it ends each code with Enter or Tab, so that what ends otherwise is half a code;
without it a tenth of a second's quiet ends a code too).

A keyboard can't be asked whether it lives: its state is UNKNOWN until the first code. Written for USB and
Bluetooth scanners of any maker in their factory mode. What could be tried without one: everything behind
the device file, by events in the kernel's own form through a pipe; that the real kernel grabs a real
device could not. A serial or USB-CDC mode, where the scanner has one, is better: it carries any character.
"""

from __future__ import annotations

from typing import Any, ClassVar

from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceError, DeviceMissetup, Fault
from hardware.listener import Listener
from hardware.readings import DeviceEvent, Reading, Status
from hardware.scanner.contract import Scanner
from hardware.scanner.keyboard_wire import LAYOUTS, KeyFraming
from hardware.transport.evdev import EvdevAddress, EvdevLine, NoInputDevice

ENDS = ("any", "enter")


class KeyboardScanner(Listener[EvdevLine], Scanner):
    """One grabbed keyboard."""

    GONE = Fault.SCANNER_GONE
    SILENT = Fault.SCANNER_SILENT
    OPTIONS: ClassVar[frozenset[str]] = frozenset({"layout", "end"})

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        try:
            self.address = EvdevAddress.parse(settings.address)
        except ValueError as wrong:
            raise DeviceMissetup(self.name, Fault.BAD_ADDRESS, str(wrong)) from wrong

    @classmethod
    def check_options(cls, settings: DeviceSettings) -> None:
        super().check_options(settings)
        for key, allowed in (("layout", tuple(LAYOUTS)), ("end", ENDS)):
            if settings.options.get(key, allowed[0]) not in allowed:
                said = f"{key} = {settings.options[key]}: allowed: {', '.join(allowed)}"
                raise DeviceMissetup(settings.name, Fault.BAD_OPTION, said)

    def new_line(self) -> EvdevLine:
        return EvdevLine(self.address)

    def new_framing(self) -> KeyFraming:
        options = self.settings.options
        return KeyFraming(LAYOUTS[options.get("layout", "us")], options.get("end") == "enter")

    def happened(self, what: Any) -> DeviceEvent:
        return DeviceEvent(self.name, self.KIND, what.began_s, what.code)

    async def status(self) -> Status:
        """WELL with the time of the last code, or UNKNOWN; DeviceGone as soon as the device is."""
        line = self._alive()
        return self._so_far(
            Reading("model", "Model", line.name),
            Reading("port", "Port", line.path),
            Reading("grabbed", "Grabbed", "yes"),
        )

    def device_error(self, trouble: OSError) -> DeviceError:
        if isinstance(trouble, NoInputDevice):
            return DeviceMissetup(self.name, Fault.BAD_ADDRESS, trouble.strerror or "")
        return super().device_error(trouble)


DRIVER = KeyboardScanner
