"""Scanners that play a keyboard: `driver = keyboard`, `address = evdev:///dev/input/by-id/usb-…-event-kbd`
or `evdev:NAME`.

The device is grabbed, so that what a code says is never typed into the kiosk or whatever has the window;
one that can't be grabbed is not used. Options: `layout` (us, de, hu: the keyboard that the scanner was set to
play), `end = enter` (it ends each code with Enter or Tab, so that what ends otherwise is half a code;
without it a tenth of a second's quiet ends a code too).

A keyboard can't be asked whether it lives: its state is UNKNOWN until the first code. Where three codes in a row
had not a character that anybody can read, it needs care: another layout, or the scanner is ill; it goes on being
used, and is well with the next code.

Written for USB and Bluetooth scanners of any maker in their factory mode. What could be tried without one:
everything behind the device file, by events in the kernel's own form through a pipe; that the real kernel grabs a
real device could not. A serial or USB-CDC mode, where the scanner has one, is better: it carries any character.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Any, ClassVar

from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceError, DeviceMissetup, Fault
from hardware.listener import Listener
from hardware.readings import DeviceEvent, Reading, State, Status
from hardware.scanner.contract import Scanner
from hardware.scanner.keyboard_wire import LAYOUTS, LOST, KeyFraming
from hardware.transport.evdev import EvdevAddress, EvdevLine, NoInputDevice

ENDS = ("any", "enter")
MOST_UNREADABLE = 3  # one may be a guest's own, in a script that no key writes


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
        self._unreadable = 0  # codes in a row, since it was opened
        self._unreadable_s = 0.0

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

    async def open(self) -> None:
        self._unreadable = 0
        await super().open()

    def proves(self, what: Any) -> bool:
        """A code of which something can be read."""
        readable = bool(what.code.text.strip(LOST))
        self._unreadable = 0 if readable else self._unreadable + 1
        if not readable:
            self._unreadable_s = monotonic()
        return readable

    async def status(self) -> Status:
        """WELL with the time of the last code, or UNKNOWN; DeviceGone as soon as the device is."""
        status = self._so_far_read(self._alive())
        if self._unreadable >= MOST_UNREADABLE:
            odd = (Fault.SCANNER_NONSENSE,)
            return replace(status, state=State.NEEDS_CARE, faults=odd, proven_s=self._unreadable_s)
        return status

    def _so_far_read(self, line: EvdevLine) -> Status:
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
