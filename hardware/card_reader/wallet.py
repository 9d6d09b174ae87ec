"""The cards that people of a demonstration carry: laid on any of its readers, each is always the same card.

Named cards are NTAG 424 DNA and are kept in a file (mode 0600): the demonstration's plastic, with the keys
that are in it, so that tomorrow's staff card is still today's. What has no name lives as long as the process.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from hardware.card_reader.ntag424_wire import parse_settings
from hardware.card_reader.virtual_cards import VirtualCard
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.card_reader.virtual_ntag424_files import Key


class Wallet:
    """`file`: where named cards are kept; None: nowhere."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._named: dict[str, Ntag424Card] = {}
        self.cards: dict[bytes, VirtualCard] = {}  # every card that was ever laid down, by its UID
        self.lifted: list[VirtualCard] = []  # last, from whichever reader
        if file is not None and file.exists():
            for name, image in json.loads(file.read_text("utf-8")).items():
                self._take(name, _card(image))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._named)

    def named(self, name: str) -> Ntag424Card:
        """The card of this name; the first time a factory-new one."""
        if name not in self._named:
            self._take(name, Ntag424Card(_uid(name)))
            self._keep()
        return self._named[name]

    def blank(self, name: str = "") -> str:
        """A factory-new card, in place of one of that name if there is one; its name."""
        if not name:
            name = next(f"card-{n}" for n in range(1, len(self._named) + 2) if f"card-{n}" not in self._named)
        turn = 0
        while _uid(name, turn) in self.cards:
            turn += 1
        self._take(name, Ntag424Card(_uid(name, turn)))
        self._keep()
        return name

    def _take(self, name: str, card: Ntag424Card) -> None:
        card.changed = self._keep
        self._named[name] = self.cards[card.uid] = card

    def _keep(self) -> None:
        """All or nothing, also when the machine goes down under it."""
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(opened, "w", encoding="utf-8") as file:
            json.dump({name: _image(card) for name, card in self._named.items()}, file)
        fresh.replace(self._file)


def _uid(name: str, turn: int = 0) -> bytes:
    """NXP's first byte, then what the name says."""
    return b"\x04" + hashlib.sha256(f"{name} {turn}".encode()).digest()[:6]


def _image(card: Ntag424Card) -> dict[str, Any]:
    return {
        "uid": card.uid.hex(),
        "keys": [[key.value.hex(), key.version, key.wrong_in_a_row, key.wrong] for key in card.keys],
        "files": {
            str(number): [bytes(file.data).hex(), file.settings.encoded().hex()]
            for number, file in card.files.items()
        },
    }


def _card(image: dict[str, Any]) -> Ntag424Card:
    card = Ntag424Card(bytes.fromhex(image["uid"]))
    card.keys = [Key(bytes.fromhex(value), *counts) for value, *counts in image["keys"]]
    for number, (data, settings) in image["files"].items():
        file = card.files[int(number)]
        file.data[:] = bytes.fromhex(data)
        file.settings = parse_settings(b"\0" + bytes.fromhex(settings) + bytes(3))
    return card
