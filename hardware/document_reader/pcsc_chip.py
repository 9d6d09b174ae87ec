"""Full-page and slot readers that give both: the printed zone on a serial line, the chip over PC/SC.

`address = pcsc:NAME` is the contactless reader, `zone = serial:///dev/ttyUSB0` where the zone comes from
(serial_mrz.py, with its options `ask`, `answer`, `ask_every_s`). `trust` is the folder of what the operator
imported; without it every chip is read and none is believed. A reader that can't carry APDUs of extended
length is noticed when it loses the first; `long_answers = no` spares that.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hardware.card_reader.pcsc_reader import Lease, borrow
from hardware.document_reader.contract import ChipRead, DocumentReader, Wanted
from hardware.document_reader.serial_mrz import SerialMrzReader
from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceGone, DeviceMissetup, Fault
from hardware.listener import Framing
from hardware.readings import Status
from hardware.transport.pcsc import check_address

if TYPE_CHECKING:  # the cryptography is loaded behind the first welcome
    from hardware.document_reader.chip_pad import ChipPad
    from hardware.passport.password import Password

OWN = frozenset({"zone", "trust", "long_answers"})
_YES_NO = {"yes": True, "no": False}


class PcscChipReader(DocumentReader):
    """One device with two wires; either of them lost, it is gone."""

    OPTIONS: ClassVar[frozenset[str]] = OWN | SerialMrzReader.OPTIONS

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        check_address(settings.name, settings.address)
        options = dict(settings.options)
        own = {key: options.pop(key) for key in OWN & options.keys()}
        if "zone" not in own:
            raise DeviceMissetup(self.name, Fault.BAD_ADDRESS, "zone: is missing; allowed: serial:///dev/…")
        if own.setdefault("long_answers", "yes") not in _YES_NO:
            raise DeviceMissetup(self.name, Fault.BAD_ADDRESS, "long_answers: allowed: yes or no")
        self._trust = Path(own["trust"]) if "trust" in own else None
        self._long_answers = _YES_NO[own["long_answers"]]
        self._zone = SerialMrzReader(replace(settings, address=own["zone"], options=options), emit)
        self._lease: Lease | None = None
        self._pad: ChipPad | None = None

    async def open(self) -> None:
        await self.close()
        lease = await borrow(self.settings.address, self.name, self.KIND)
        try:
            lease.on_loss = self._zone.ask_me = self.ask_me
            pad = await asyncio.to_thread(self._new_pad, lease)
            await self._zone.open()
        except BaseException:
            await lease.close()
            raise
        self._lease, self._pad = lease, pad

    def _new_pad(self, lease: Lease) -> ChipPad:
        from hardware.document_reader.chip_pad import ChipPad, Trusted

        return ChipPad(lease, Trusted(self._trust), self.settings.today, long_answers=self._long_answers)

    async def close(self) -> None:
        self.forget()
        lease, self._lease, self._pad = self._lease, None, None
        await self._zone.close()
        if lease is not None:
            await lease.close()

    async def status(self) -> Status:
        """As the zone's part is known to be: the chip's answers whenever it is asked, or is gone; one that answered
        nonsense and has not made good is no reader of documents."""
        lease = self._reader()
        lying = await lease.look()
        zone = await self._zone.status()
        pad = self._pad
        chip = (
            *((await asyncio.to_thread(pad.trusted.reading),) if pad else ()),
            *lease.readings(lying),
        )
        state, faults = lease.sense
        return replace(zone, state=state if faults else zone.state, faults=faults, readings=(*zone.readings, *chip))

    async def lives(self) -> bool | None:
        """By the chip's reader: only that is waited for, or read, in a call."""
        return self._lease.lives if self._lease is not None else None

    async def lies_there(self) -> bool | None:
        """True for whatever has a chip; None for an empty pad: a document without one is not felt."""
        return True if await self._reader().look() is not None else None

    @property
    def noticed(self) -> bool:
        return self._lease is not None and self._lease.lying is not None

    async def next_laid(self) -> None:
        lease = self._reader()
        await lease.next_card(lease.lying, math.inf)

    @property
    def reads_chips(self) -> bool:
        return True

    async def read_chip(
        self,
        password: Password,
        *,
        document_within_s: float,
        order: Wanted,
        on_progress: Callable[[float], None],
    ) -> ChipRead:
        if self._pad is None:
            raise self._not_open()
        return await self._pad.read(
            password, document_within_s=document_within_s, order=order, on_progress=on_progress
        )

    def forget(self) -> None:
        if self._pad is not None:
            self._pad.forget()

    @property
    def read(self) -> int:
        """Zones read since the kiosk started."""
        return self._zone.read

    @property
    def framing(self) -> Framing:
        """Of the zone that is coming in."""
        return self._zone.framing

    def _reader(self) -> Lease:
        if self._lease is None:
            raise self._not_open()
        return self._lease

    def _not_open(self) -> DeviceGone:
        return DeviceGone(self.name, Fault.DOCUMENT_READER_GONE, "not open")


DRIVER = PcscChipReader
