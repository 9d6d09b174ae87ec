"""The PC/SC bus: one wire per physical reader, blocking, used from that reader's thread alone.

`ScardWire` is a reader behind pcscd, addressed `pcsc:NAME` (exact name or a part of it; `pcsc:`
alone is the first reader). `virtual:NAME` is whatever `add_virtual` put up: behind `Wire` nothing
differs. Who watches a reader is in `hardware/card_reader/pcsc_watch.py`, who shares it in `pcsc_reader.py` there.

This is the only file that imports pyscard, and only once a reader is opened: without pcscd or
libpcsclite everything else still works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from hardware.errors import DeviceMissetup, Fault


class CardLifted(Exception):
    """The card is not there any more, or was exchanged. A person's doing, not a fault."""


class WireGone(Exception):
    """The reader itself, or pcscd, is not there; the argument is the vendor's code."""


@dataclass(frozen=True)
class Presence:
    """What a wire sees: `count` changes with every card laid or lifted; mute: lies there, says nothing."""

    card: bool = False
    atr: bytes = b""
    count: int = 0


class Wire(Protocol):
    """One physical reader. All but `wake` blocks and is called from its worker thread alone.

    Raises WireGone; `connect`, `transmit` and `reset` also CardLifted.
    """

    name: str

    def open(self) -> None: ...
    def close(self) -> None: ...
    def wait(self, known: Presence, within_s: float) -> Presence:
        """Return as soon as it differs from `known`, or after `within_s`."""

    def connect(self) -> None: ...
    def transmit(self, apdu: bytes) -> bytes: ...
    def reset(self) -> None: ...
    def disconnect(self) -> None: ...
    def wake(self) -> None:
        """End a `wait` early where that can be done without blocking; from any thread."""


_virtual: dict[str, Callable[[], Wire]] = {}


def add_virtual(name: str, wire: Callable[[], Wire]) -> None:
    """Make `virtual:NAME` an address; `wire` makes one opening of it."""
    _virtual[name] = wire


def remove_virtual(name: str) -> None:
    _virtual.pop(name, None)


def check_address(device: str, address: str) -> None:
    """DeviceMissetup for an address that can't be one, so that kiosk.ini is told of it at once."""
    if not address.startswith(("pcsc:", "virtual:")):
        raise DeviceMissetup(device, Fault.BAD_ADDRESS, "must be pcsc:NAME, or pcsc: for the first reader")


def make_wire(address: str) -> Wire | None:
    """The wire for an address, not yet opened; None if there is no such kind of address."""
    scheme, _, name = address.partition(":")
    if scheme == "pcsc":
        return ScardWire(name.removeprefix("//"))
    make = _virtual.get(name) if scheme == "virtual" else None
    return make() if make else None


# --- the real wire --------------------------------------------------------------------------


class ScardWire:
    """A reader behind pcscd, through pyscard's plain winscard calls (pcsclite API 1.9)."""

    def __init__(self, wanted: str) -> None:
        self.name = wanted
        self._scard: Any = None
        self._context: Any = None
        self._card: Any = None
        self._protocol: Any = None
        self._state = 0

    def open(self) -> None:
        try:
            from smartcard import scard
        except ImportError as absent:  # libpcsclite is not installed
            raise DeviceMissetup("pcsc", Fault.NO_DRIVER, "pyscard") from absent
        self._scard = scard
        (self._context,) = self._call(scard.SCardEstablishContext, scard.SCARD_SCOPE_USER)
        (names,) = self._call(scard.SCardListReaders, self._context, [])
        self.name = self._pick(list(names))

    def _pick(self, names: list[str]) -> str:
        fits = [name for name in names if name == self.name] or [name for name in names if self.name in name]
        if not fits:
            raise WireGone("no such reader")
        return fits[0]

    def close(self) -> None:
        if self._context is not None:
            self._scard.SCardReleaseContext(self._context)
            self._context = None

    def wait(self, known: Presence, within_s: float) -> Presence:
        """pcsclite counts cards laid and lifted in the state's upper half; so do we."""
        s = self._scard
        result, states = s.SCardGetStatusChange(
            self._context, int(within_s * 1000), [(self.name, self._state)]
        )
        if result & 0xFFFFFFFF in (_TIMEOUT, _CANCELLED):
            return known
        self._check(result)
        ((_, state, atr),) = states
        if state & (s.SCARD_STATE_UNKNOWN | s.SCARD_STATE_UNAVAILABLE):
            raise WireGone("unplugged")
        self._state = state & ~s.SCARD_STATE_CHANGED
        present = bool(state & s.SCARD_STATE_PRESENT)
        return Presence(present, bytes(atr) if present else b"", state >> 16)

    def connect(self) -> None:
        s = self._scard
        self._card, self._protocol = self._call(
            s.SCardConnect,
            self._context,
            self.name,
            s.SCARD_SHARE_SHARED,
            s.SCARD_PROTOCOL_T0 | s.SCARD_PROTOCOL_T1,
        )
        self._call(s.SCardBeginTransaction, self._card)

    def transmit(self, apdu: bytes) -> bytes:
        s = self._scard
        pci = s.SCARD_PCI_T0 if self._protocol == s.SCARD_PROTOCOL_T0 else s.SCARD_PCI_T1
        (answer,) = self._call(s.SCardTransmit, self._card, pci, list(apdu))
        if not answer:
            raise CardLifted  # some readers report a card lost half-way as an empty answer
        return bytes(answer)

    def reset(self) -> None:
        """Where this finds no card, pcscd 1.9 calls the reader empty at once, and does not see one
        that is laid back before its next look (400 ms on readers that it must poll) until it is lifted again."""
        s = self._scard
        (self._protocol,) = self._call(
            s.SCardReconnect,
            self._card,
            s.SCARD_SHARE_SHARED,
            s.SCARD_PROTOCOL_T0 | s.SCARD_PROTOCOL_T1,
            s.SCARD_RESET_CARD,
        )

    def disconnect(self) -> None:
        """Never raises: whether the card is still there, the next look will tell."""
        if self._card is not None:
            self._scard.SCardEndTransaction(self._card, self._scard.SCARD_LEAVE_CARD)
            self._scard.SCardDisconnect(self._card, self._scard.SCARD_LEAVE_CARD)
            self._card = None

    def wake(self) -> None:
        """Nothing: SCardCancel would block the caller, the loop, whenever pcscd hangs."""

    def _call(self, function: Callable[..., Any], *words: Any) -> tuple[Any, ...]:
        answer = function(*words)
        if isinstance(answer, int):
            answer = (answer,)
        self._check(answer[0])
        return tuple(answer[1:])

    def _check(self, result: int) -> None:
        code = result & 0xFFFFFFFF
        if code == 0:
            return
        if code in _CARD_CODES:
            raise CardLifted
        raise WireGone(f"{code:08x}")


# pcsclite.h; plain numbers, because they are needed where pyscard is not imported
_TIMEOUT, _CANCELLED = 0x8010000A, 0x80100002
_CARD_CODES = {
    0x8010000C,  # SCARD_E_NO_SMARTCARD
    0x8010000F,  # SCARD_E_PROTO_MISMATCH: what lies there speaks neither T=0 nor T=1
    0x80100016,  # SCARD_E_NOT_TRANSACTED: the reader lost the card while it spoke
    0x80100066,  # SCARD_W_UNRESPONSIVE_CARD
    0x80100067,  # SCARD_W_UNPOWERED_CARD
    0x80100068,  # SCARD_W_RESET_CARD
    0x80100069,  # SCARD_W_REMOVED_CARD
}
