"""A virtual passport in a process of its own, and the wire to it: what the chip works is not counted to the reader."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection
from typing import Any

from hardware.transport.pcsc import Presence, add_virtual, remove_virtual

NAME = "chip process"
RATE = 40_000
"""Bytes a second between chip and reader: 424 kbit/s, less what frames and pauses cost."""


@dataclass
class ChipProcess:
    """The other end of the pipe."""

    pipe: Connection
    trust: bytes
    atrs: dict[str, bytes]
    """By sample, the ATR it shows."""
    zones: dict[str, tuple[str, str, str]]
    """By sample, what opens it: number, birth, expiry."""
    lying: str = ""
    laid: int = 0

    def lay(self, sample: str) -> None:
        """Instead of what lies there."""
        self.lying = sample
        self.laid += 2
        self.ask(("lay", sample))

    def ask(self, what: Any) -> Any:
        self.pipe.send(what)
        return self.pipe.recv()


@dataclass
class PipeWire:
    """A reader's wire (`hardware.transport.pcsc.Wire`)."""

    process: ChipProcess
    name: str = NAME
    _woken: multiprocessing.synchronize.Event = field(default_factory=lambda: multiprocessing.get_context("spawn").Event())

    def open(self) -> None: ...
    def close(self) -> None: ...
    def connect(self) -> None: ...
    def disconnect(self) -> None: ...

    def wait(self, known: Presence, within_s: float) -> Presence:
        process = self.process
        now = Presence(bool(process.lying), process.atrs.get(process.lying, b""), process.laid)
        if now == known:
            self._woken.wait(within_s)
        self._woken.clear()
        return now

    def transmit(self, apdu: bytes) -> bytes:
        answer: bytes = self.process.ask(apdu)
        return answer

    def reset(self) -> None:
        self.process.ask("reset")

    def wake(self) -> None:
        self._woken.set()


@contextmanager
def chip_process(samples: tuple[str, ...], today: date) -> Iterator[ChipProcess]:
    """With these samples of the family, behind `virtual:` and NAME."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_serve, args=(theirs, samples, today), daemon=True)
    child.start()
    process = ChipProcess(ours, *ours.recv())
    add_virtual(NAME, lambda: PipeWire(process))
    try:
        yield process
    finally:
        remove_virtual(NAME)
        ours.send("end")
        child.join()


def _serve(pipe: Connection, samples: tuple[str, ...], today: date) -> None:
    from hardware.card_reader.pcsc_wire import GET_UID
    from hardware.document_reader.virtual_card import PassportCard
    from hardware.document_reader.virtual_family import Family

    family = Family(today)
    cards = {name: PassportCard(family.contents(name)) for name in samples}
    documents = {name: card.contents.description.document for name, card in cards.items()}
    zones = {
        name: (each.number, each.born_text, each.expires.strftime("%y%m%d") if each.expires else "")
        for name, each in documents.items()
    }
    pipe.send((family.master_list(), {name: card.atr for name, card in cards.items()}, zones))
    card = cards[samples[0]]
    while (asked := pipe.recv()) != "end":
        if asked == "reset":
            card.activate()
            pipe.send(None)
        elif isinstance(asked, tuple):
            card = cards[asked[1]]
            pipe.send(None)
        else:
            pipe.send(card.uid + b"\x90\x00" if asked == GET_UID else card.exchange(asked))
