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

import asyncio
from time import monotonic
from typing import ClassVar

from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceSilent, Fault
from hardware.readings import DeviceEvent, Reading, State, Status
from hardware.scanner.contract import Scanner
from hardware.scanner.keyboard_wire import LAYOUTS, KeyFraming
from hardware.scanner.serial_wire import Scan
from hardware.transport.evdev import EvdevAddress, EvdevLine, NoInputDevice

ENDS = ("any", "enter")


class KeyboardScanner(Scanner):
    """One grabbed keyboard."""

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"layout", "end"})

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        try:
            self.address = EvdevAddress.parse(settings.address)
        except ValueError as wrong:
            raise DeviceMissetup(self.name, Fault.BAD_ADDRESS, str(wrong)) from wrong
        self.read = 0  # codes since the kiosk started
        self._framing = self._new_framing()
        self._line: EvdevLine | None = None
        self._listening: asyncio.Task[None] | None = None
        self._proven_s: float | None = None

    @classmethod
    def check_options(cls, settings: DeviceSettings) -> None:
        super().check_options(settings)
        for key, allowed in (("layout", tuple(LAYOUTS)), ("end", ENDS)):
            if settings.options.get(key, allowed[0]) not in allowed:
                said = f"{key} = {settings.options[key]}: allowed: {', '.join(allowed)}"
                raise DeviceMissetup(settings.name, Fault.BAD_OPTION, said)

    async def open(self) -> None:
        """Find, open and grab it."""
        await self.close()
        line = EvdevLine(self.address)
        try:
            await line.open()
        except OSError as trouble:
            raise self.device_error(trouble) from trouble
        self._line, self._framing, self._proven_s = line, self._new_framing(), None
        self._listening = asyncio.create_task(self._listen(line), name=f"listen {self.name}")

    async def close(self) -> None:
        task, line = self._listening, self._line
        self._listening = self._line = None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if line is not None:
            line.close()

    async def status(self) -> Status:
        """WELL with the time of the last code, or UNKNOWN; DeviceGone as soon as the device is."""
        line = self._line
        if line is None:
            raise DeviceGone(self.name, Fault.SCANNER_GONE, "not open")
        if line.broken is not None:
            raise self.device_error(line.broken)
        readings = (
            Reading("model", "Model", line.name),
            Reading("port", "Port", line.path),
            Reading("grabbed", "Grabbed", "yes"),
            Reading("read", "Read", str(self.read)),
            Reading("noise", "Noise", str(self._framing.noise)),
        )
        state = State.UNKNOWN if self._proven_s is None else State.WELL
        return Status(state, readings=readings, proven_s=self._proven_s)

    def _new_framing(self) -> KeyFraming:
        options = self.settings.options
        return KeyFraming(LAYOUTS[options.get("layout", "us")], options.get("end") == "enter")

    async def _listen(self, line: EvdevLine) -> None:
        """Ends with the line; `status()` then says why."""
        fed_s = 0.0
        try:
            while True:
                waits_s = self._framing.waits_s
                keys = await line.read(None if waits_s is None else max(0.0, fed_s + waits_s - monotonic()))
                if keys is None:
                    self._found(self._framing.quiet())
                else:
                    fed_s = keys.at_s
                    self._found(self._framing.feed(keys.data, keys.at_s))
        except OSError:
            return

    def _found(self, scans: list[Scan]) -> None:
        for scan in scans:
            self.read += 1
            self._proven_s = monotonic()
            self.emit(DeviceEvent(self.name, self.KIND, scan.began_s, scan.code))

    def device_error(self, trouble: OSError) -> DeviceError:
        """What the transport raised, as this device's fault."""
        why = trouble.strerror or ""
        if isinstance(trouble, (PermissionError, NoInputDevice)):
            return DeviceMissetup(self.name, Fault.BAD_ADDRESS, why)
        if isinstance(trouble, TimeoutError):
            return DeviceSilent(self.name, Fault.SCANNER_SILENT, why or "the device does not open")
        return DeviceGone(self.name, Fault.SCANNER_GONE, why)


DRIVER = KeyboardScanner
