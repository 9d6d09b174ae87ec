"""Card reader on any PC/SC contactless reader: which card lies there, told when it comes and goes."""

from __future__ import annotations

import time

from hardware.card_reader.contract import Card, CardPresented, CardReader, CardRemoved
from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceGone, Fault
from hardware.readings import DeviceEvent, Reading, State, Status
from hardware.transport.pcsc import check_address
from hardware.transport.pcsc_reader import Lease, Lying, borrow


class PcscCardReader(CardReader):
    """Tells of cards laid down while it is open, not of one that lay there before."""

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        check_address(settings.name, settings.address)
        self._lease: Lease | None = None
        self._told = False

    async def open(self) -> None:
        await self.close()
        self._lease = await borrow(self.settings.address, self.name, self.KIND, self._changed)

    async def close(self) -> None:
        lease, self._lease, self._told = self._lease, None, False
        if lease is not None:
            await lease.close()

    async def status(self) -> Status:
        lease = self._reader()
        lying = await lease.look()
        return Status(
            State.WELL,
            readings=(
                Reading("reader", "Reader", lease.reader_name),
                Reading("card", "Card on the reader", lying.card.type.value if lying else "none"),
            ),
        )

    async def present(self) -> Card | None:
        lying = await self._reader().look()
        return lying.card if lying else None

    def _changed(self, lying: Lying | None) -> None:
        if self._told:
            self._told = False
            self.emit(DeviceEvent(self.name, self.KIND, time.monotonic(), CardRemoved()))
        if lying is not None:
            self._told = True
            self.emit(DeviceEvent(self.name, self.KIND, lying.since_s, CardPresented(lying.card)))

    def _reader(self) -> Lease:
        if self._lease is None:
            raise DeviceGone(self.name, Fault.CARD_READER_GONE, "not open")
        return self._lease


DRIVER = PcscCardReader
