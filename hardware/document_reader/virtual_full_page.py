"""A virtual full-page reader: the printed zone on a pty, the chip on a pad, for the driver `pcsc_chip`.

A document that is presented has both. Its chip is made when it is first laid down, in a thread: keys take
time. What makes documents is loaded only then, and what they are signed with is the owner's (`Makes`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Protocol

from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import Phone, SmartCard, VirtualCard
from hardware.document_reader.contract import TravelDocument
from hardware.passport import mrz
from hardware.virtual import VirtualDevice

GOOD = "chip-auth"
ELSEWHERE = "UNO"  # the United Nations issue documents too, and nobody here imported their certificates
_KINDS = {
    "copied": "copied-chip-auth",
    "forged": "wrong-signature",
    "other-name": "changed-zone",
    "slow-chip": "slow",
    "vanish": "vanishing",
    "unknown-country": GOOD,
}
_BANK_CARD = bytes.fromhex("04B1A2C3D4E580")


class Maker(Protocol):
    """Who makes documents."""

    today: date

    def card(self, kind: str, lines: tuple[str, ...]) -> VirtualCard | None:
        """The document with this zone, as that sample of the family; None where no zone is in the lines."""


class VirtualFullPage(VirtualDevice):
    """`zone` is the swipe part, `make` gives who makes the documents, called once and in a thread."""

    def __init__(self, name: str, zone: VirtualDevice, make: Callable[[], Maker]) -> None:
        self.pad = VirtualReader(name)
        self.address = self.pad.address
        self.zone = zone
        self.verbs = {
            "present": "lay a document down: LINE1 LINE2 [LINE3] [KIND, see `kiosk virtual passport list`]",
            "copied": "lay down a copy, whose chip has not the key that was signed for it",
            "forged": "lay down a document whose signature is wrong",
            "other-name": "lay down a document whose chip has another name than its paper",
            "unknown-country": "lay down a document of a state whose certificates nobody imported",
            "no-chip": "lay down a document without a chip",
            "slow-chip": "lay down a document whose chip takes its time",
            "vanish": "lay down a document that is taken away while it is read",
            "bank-card": "lay down a bank card; beside the document if one lies there",
            "phone": "lay down a phone; beside the document if one lies there",
            "chip": "do it to the chip's part alone: chip babble on, chip slow MS, chip freeze, chip unplug, …",
        }
        self._make = make
        self._maker: asyncio.Future[Maker] | None = None

    async def start(self) -> None:
        await asyncio.gather(self.zone.start(), self.pad.start())
        own = {name: self.pad.verbs[name] for name in ("lift", "lay-back", "lift-after")}
        self.verbs = {**self.zone.verbs, **self.verbs, **own, "show": "what lies there"}

    async def stop(self) -> None:
        if self._maker is not None:
            await asyncio.gather(self._maker, return_exceptions=True)
        await asyncio.gather(self.zone.stop(), self.pad.stop())

    async def warm(self) -> Maker:
        """Load what makes documents, once."""
        if self._maker is None:
            self._maker = asyncio.ensure_future(asyncio.to_thread(self._make))
        return await asyncio.shield(self._maker)

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        match verb, words:
            case "present", (*lines, kind) if len(kind) < 30:
                await self._lay(kind, *lines)
            case "present" | "copied" | "forged" | "other-name" | "slow-chip" | "vanish", _:
                await self._lay(_KINDS.get(verb, GOOD), *words)
            case "unknown-country", _:
                await self._lay(GOOD, *await self._reissued(words))
            case "no-chip", _:
                self.pad.lift()
                await self.zone.do("present", *words)
            case "bank-card", ():
                self.pad.place(SmartCard(_BANK_CARD))
            case "phone", ():
                self.pad.place(Phone())
            case "lift" | "lay-back" | "lift-after" | "show", _:
                return await self.pad.do(verb, *words)
            case "chip", (own, *rest):
                return await self.pad.do(own, *rest)
            case "unplug" | "plug", _:
                return (await self.pad.do(verb)) | (await self.zone.do(verb))
            case _:
                return await self.zone.do(verb, *words)
        return self.pad.shown()

    async def _lay(self, kind: str, *lines: str) -> None:
        """The chip is there when the zone is: a page is laid down at once."""
        maker = await self.warm()
        card = await asyncio.to_thread(maker.card, kind, lines)
        self.pad.lift()
        if card is not None:
            self.pad.place(card)
        await self.zone.do("present", *lines)

    async def _reissued(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """The same zone, of a state that nobody trusts."""
        document = mrz.parse(lines, (await self.warm()).today)
        if not isinstance(document, TravelDocument):
            raise ValueError(self.verbs["present"])
        form = {30: mrz.Form.TD1, 36: mrz.Form.TD2}.get(len(lines[0]), mrz.Form.TD3)
        return mrz.build(replace(document, issuer=ELSEWHERE), form)
