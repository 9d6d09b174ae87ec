"""Machine time from the staff card to the key in hand: from each answer to the next screen's flip, added up.

The real kiosk with its window, the built-in hotel in a process of its own, virtual readers and cards. Sign-in with
its challenge and argon2id, search, the hotel's calls, the card written and read back, all count; a person's time does
not: every screen is answered as soon as it is on the glass. Virtual cards answer at once, so that what a real reader
needs for its commands is added. With a lock server the time of its own work is left out.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from hardware.card_reader.contract import Issued
from kiosk.access import Changed
from kiosk.prompts import Answer, Choice, Chosen, LayKeyCard, Pick, Prompt, Sheet, TextEntry, Typed, Welcome
from kiosk.roles import Role
from tests.benchmarks.lobby import Lobby, open_lobby
from tests.benchmarks.measured import Measured, load_now, spread

EACH = 8
REST_S = 4.0
PIN = "739264"
COMMAND_S = 0.010
"""A storage card's command on an ACR1252 (`hardware/key_encoder/pcsc.py`)."""
AES_COMMAND_S = 0.020
"""An NTAG 424 DNA's: longer frames, and the card's own cipher."""


class Staff:
    """Somebody who needs no time."""

    def __init__(self, lobby: Lobby, kind: str) -> None:
        self._lobby, self._kind = lobby, kind
        self._bench, self._terminal = lobby.running.bench, lobby.running.terminal
        self.steps: list[tuple[str, float]] = []

    async def hired(self) -> None:
        access = self._terminal.access
        number = access.add("Kinga", frozenset({Role.RECEPTION})).id
        if await access.set_pin(number, PIN) is not Changed.DONE:
            raise RuntimeError("no PIN")
        self._uid = (await self._bench.do("card_reader", "lay-card", "ntag424"))["uid"]
        if (await self._terminal.card_reader.issue(card_within_s=5)).outcome is not Issued.DONE:
            raise RuntimeError("no card")
        access.give_card(number, bytes.fromhex(self._uid))
        await self._bench.do("card_reader", "lift")

    async def replaces_a_key(self) -> float:
        """Machine time; commands of cards and a lock server's time as the module says."""
        self._lobby.watch.forget()
        self.steps = []
        before = self._commands()
        scene = self._lobby.window.scene
        assert scene is not None
        at = await self._step("card", scene.number, TextEntry, ("card_reader", "lay-card", "ntag424", self._uid))
        at = await self._step("PIN", at, Choice, Typed(PIN))
        at = await self._step("keys", at, Pick, Chosen("keys"))
        row = self._prompt(Pick).rows[0].id
        at = await self._step("guest", at, Sheet, Chosen(row))
        at = await self._step("replace", at, Choice, Chosen("replace"))
        at = await self._step("why", at, LayKeyCard, Chosen("lost-key"))
        cards = () if self._kind == "fias" else (self._kind,)
        at = await self._step("key card", at, Choice, ("key_encoder", "lay-card", *cards))
        machine = sum(seconds for _, seconds in self.steps)
        reader, encoder = (now - then for now, then in zip(self._commands(), before, strict=True))
        machine += reader * AES_COMMAND_S + encoder * (AES_COMMAND_S if self._kind == "ntag424" else COMMAND_S)
        self.steps.append((f"{reader} + {encoder} card commands", machine))
        if self._kind == "fias":
            machine -= self._of_the_lock_server()
        for device in ("key_encoder", "card_reader"):
            await self._bench.do(device, "lift")
        self._lobby.running.reception.start_over(at)
        await self._lobby.front.sees(at, Welcome)
        return machine

    def _of_the_lock_server(self) -> float:
        """From the card on its encoder to its answer; what it waited for the card before that is a person's."""
        cut = next(call for call in reversed(self._lobby.watch.devices) if call.name == "cut")
        return max(0.0, cut.ended - max(cut.began, self._laid_s))

    def _commands(self) -> tuple[int, int]:
        devices = (self._bench.devices[name] for name in ("card_reader", "key_encoder"))
        reader, encoder = (int(getattr(device, "apdus", 0)) for device in devices)
        return reader, encoder

    def _prompt(self, kind: type[Any]) -> Any:
        scene = self._lobby.window.scene
        assert scene is not None
        assert isinstance(scene.prompt, kind)
        return scene.prompt

    async def _step(self, name: str, at: int, kind: type[Prompt], does: Answer | tuple[str, ...]) -> int:
        began = self._laid_s = monotonic()
        if isinstance(does, tuple):
            await self._bench.do(*does)
        elif not self._lobby.running.reception.answer(at, does):
            raise RuntimeError(f"{name}: not taken")
        sight = await self._lobby.front.sees(at, kind)
        self.steps.append((name, sight.seen - began))
        return sight.scene.number


async def _measured(kind: str, **changes: str) -> tuple[list[float], list[tuple[str, float]]]:
    with tempfile.TemporaryDirectory() as directory:
        async with open_lobby(Path(directory), **changes) as lobby:
            await lobby.window.ready.wait()
            await asyncio.sleep(REST_S)
            staff = Staff(lobby, kind)
            await staff.hired()
            taken = [await staff.replaces_a_key() for _ in range(EACH)]
            return taken, staff.steps


def _one(name: str, what: str, limit: float, run: Callable[[], Any]) -> Measured:
    taken, steps = asyncio.run(run())
    details = {"s": spread(taken), "last": [[step, round(s, 3)] for step, s in steps], "load": load_now()}
    return Measured(name, what, statistics.median(taken), limit, "s", details)


def measure() -> list[Measured]:
    """The three ways to a key."""
    words = "machine time, staff card to key in hand"
    return [
        _one("staff-key", f"{words}: Ultralight", 1.5, lambda: _measured("mifare-ultralight")),
        _one("staff-key-aes", f"{words}: NTAG 424 DNA", 1.5, lambda: _measured("ntag424")),
        _one("staff-key-fias", f"{words}: FIAS, without the lock server's own", 1.0,
             lambda: _measured("fias", key_encoder__driver="fias")),
    ]  # fmt: skip
