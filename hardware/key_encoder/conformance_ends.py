"""The virtual ends that key encoders' drivers are tried before: pads of several makes, a lock server on each wire."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from hardware.behaviour import Ends, VirtualEnd
from hardware.card_reader.conformance_ends import PadEnd
from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import VirtualCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.file_ends import FilesEnd
from hardware.key_encoder.behaviour import EncoderEnd
from hardware.key_encoder.behaviour_doors import DURING, GUEST, Can
from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.virtual import VirtualEncoder
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.key_encoder.virtual_lock_session import Listed
from hardware.key_encoder.virtual_locks import LockCard

_numbers = count()


class PadDesk:
    """Our own pad, with doors whose clock is moved."""

    can = Can()

    def __init__(self, end: EncoderPadEnd) -> None:
        self._end = end
        self._cards: dict[int, VirtualCard] = {}

    def _card(self, number: int) -> VirtualCard:
        if number not in self._cards:
            self._cards[number] = make_card(CardType.ULTRALIGHT, bytes((4, 1, 1, 1, 1, 1, number)))
        return self._cards[number]

    def lay(self, card: int) -> bytes:
        self.lift()
        self._end.device.place(self._card(card))
        return self._card(card).uid

    def lift(self) -> None:
        self._end.device.lift()

    def opens(self, card: int, room: str, at: datetime) -> bool:
        self._end.at = at
        return self._end.device.door(room).try_card(self._card(card)).opened


class EncoderPadEnd(FilesEnd, PadEnd, EncoderEnd):
    """A PC/SC reader in this process that keys are cut on."""

    MAKE = "ACS ACR1252"
    device: VirtualEncoder

    def make(self) -> VirtualReader:
        self.at = DURING
        encoder = VirtualEncoder(f"{self.MAKE} {next(_numbers)}", self._keys, lambda: self.at)
        encoder.loses_with_status = self.LOSES_WITH_STATUS
        self.pad, self.desk = encoder, PadDesk(self)
        return encoder

    def files(self, folder: Path) -> Mapping[str, str]:
        self._keys = create_property_keys(folder / "key")
        return {"property_key_file": str(folder / "key")}


class LosingEncoderEnd(EncoderPadEnd):
    """A card that is lost half-way is an error of the wire there, not 63 00."""

    CANNOT = {**EncoderPadEnd.CANNOT, "hang": "it hangs like the first one"}
    LOSES_WITH_STATUS = False


class OmnikeyEnd(EncoderPadEnd):
    """Wants its keys loaded in its own way."""

    CANNOT = LosingEncoderEnd.CANNOT
    MAKE = "HID OMNIKEY 5022"


class IdentivEnd(EncoderPadEnd):
    """And so does this."""

    CANNOT = LosingEncoderEnd.CANNOT
    MAKE = "Identiv uTrust 3720"


class LockDesk:
    """A person at the lock system's encoder."""

    def __init__(self, end: LockServerEnd, can: Can) -> None:
        self._end, self.can = end, can

    def lay(self, card: int) -> bytes:
        self.lift()
        return self._end.device.system.lay(self._card(card).uid).uid

    def lift(self) -> None:
        self._end.device.system.first.lay(None)

    def opens(self, card: int, room: str, at: datetime) -> bool:
        return self._end.device.system.house.door(room).try_card(self._card(card), at).opened

    def _card(self, number: int) -> LockCard:
        return self._end.device.system.card(bytes((4, 1, 1, 1, 1, 1, number)))


class LockServerEnd(VirtualEnd, EncoderEnd):
    """A lock server that the driver dials."""

    VERBS = {"hang": ("silent",), "recover": ("speak",)}
    CANNOT = {"garble": "a lock server's noise is tests/hardware/key_encoder/test_fias_link.py's"}
    OPTIONS: ClassVar[Mapping[str, str]] = {"time_zone": "UTC", "coder": "1", "workstation": "KIOSK1"}
    CAN: ClassVar[Can] = Can(sees_cards=False, tells_sequence=False, issues=True)
    MADE: ClassVar[Mapping[str, Any]] = {}
    options = OPTIONS
    secrets = (GUEST,)
    device: VirtualLockServer

    def make(self) -> VirtualLockServer:
        self.desk = LockDesk(self, self.CAN)
        return VirtualLockServer(now=lambda: datetime.now(UTC), **self.MADE)

    def complaints(self) -> list[str]:
        return self.device.complaints


class SparseLockServerEnd(LockServerEnd):
    """One that takes and tells as little as some real ones."""

    CAN = Can(tells_uids=False, sees_cards=False, reads=False, tells_sequence=False, issues=True)
    MADE = {"listed": Listed.sparse(), "uids": False}


class DialingLockServerEnd(LockServerEnd):
    """One that dials the kiosk, as the specification has it."""

    CANNOT = {**LockServerEnd.CANNOT, "stranger": "nobody else dials in here"}
    options = {**LockServerEnd.OPTIONS, "listen": "yes"}

    def make(self) -> VirtualLockServer:
        self.desk = LockDesk(self, self.CAN)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        return VirtualLockServer(now=lambda: datetime.now(UTC), dial=f"127.0.0.1:{self._port}")

    async def start(self) -> None:
        await super().start()
        self.address = f"tcp://127.0.0.1:{self._port}"


class SerialLockServerEnd(LockServerEnd):
    """One on a line of its own."""

    MADE = {"serial": True}


ENDS: Ends = {
    "pcsc": {
        "ACS ACR1252": EncoderPadEnd,
        "wire error": LosingEncoderEnd,
        "HID OMNIKEY 5022": OmnikeyEnd,
        "Identiv uTrust 3720": IdentivEnd,
    },
    "fias": {
        "dialled": LockServerEnd,
        "dialling": DialingLockServerEnd,
        "serial": SerialLockServerEnd,
        "sparse": SparseLockServerEnd,
    },
}
