"""A terminal that a monitor asks how it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from hardware.checks import CheckResult, Outcome
from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.printer.virtual import VirtualPrinter
from hardware.readings import Kind, State
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import part
from kiosk.health import Health
from kiosk.health_server import HealthServer
from kiosk.reception import Reception
from tests.kiosk.conftest import Stand

WITHIN_S = 10.0


class Asked:
    """A server on a free port, and who asks it."""

    def __init__(self, stand: Stand, server: HealthServer, health: Health, printer: VirtualPrinter) -> None:
        self.stand, self.server, self.health, self.printer = stand, server, health, printer

    async def get(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        return await self.raw(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    async def raw(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(request)
        async with asyncio.timeout(WITHIN_S):
            answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), body

    def writes(self, check: str, outcome: Outcome, fault: str | None = None) -> None:
        """A check of what is no device came out so, just now."""
        terminal = self.stand.terminal
        tried = Tried(check.partition(".")[0], check, check, CheckResult(outcome, "Anna Eriksson", fault=fault), terminal.now())
        terminal.book.write(tried, terminal.clock.monotonic())
        self.forget()

    def proves_the_rest(self) -> None:
        """The hotel has answered; computer and network were found well."""
        self.stand.terminal._heard_of_hotel(True)
        for id in ("machine", "network"):
            found = part(self.stand.terminal, id)
            assert found is not None
            for check in found.checks:
                self.writes(check.id, Outcome.WELL)

    async def told(self) -> tuple[int, Any]:
        """Status and report, as they are now."""
        self.forget()
        status, _, body = await self.get("/health")
        return status, json.loads(body)

    async def measured(self) -> dict[tuple[str, ...], float]:
        self.forget()
        return metrics((await self.get("/metrics"))[2])

    def forget(self) -> None:
        """As if a second had passed."""
        self.server._kept.clear()

    async def until(self, state: State) -> None:
        async with asyncio.timeout(WITHIN_S):
            while self.stand.terminal.devices.view(Kind.PRINTER).state is not state:  # type: ignore[union-attr]
                await asyncio.sleep(0.02)


@asynccontextmanager
async def asking(stand: Stand, tmp_path: Path) -> AsyncIterator[Asked]:
    """A terminal with one printer, and a hotel that nobody has asked yet."""
    printer = VirtualPrinter(tmp_path / "slips")
    await printer.start()
    settings = DeviceSettings("printer", "escpos", printer.address)
    devices = stand.terminal.devices = Devices({Kind.PRINTER: settings}, lambda event: None)
    await devices.start()
    health = Health(stand.terminal, Reception(stand.terminal, stand.front))
    server = HealthServer(health, "127.0.0.1:0")
    await server.open()
    yield Asked(stand, server, health, printer)
    await server.close()
    await devices.close()
    await printer.stop()


def metrics(body: bytes) -> dict[tuple[str, ...], float]:
    """By name and the values of its labels, these in the order of their names."""
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }
