"""The hands of who is played: what lies on a device, what is done to it, by the words of a trace.

Each word of a driver – a fault, an outcome – has the thing that brings it about on the virtual device. What none of
them can bring about is said (`NotPlayable`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hardware.errors import Fault
from hardware.readings import Kind
from kiosk.bench import Bench
from kiosk.trace.file import Entry

CAUSES: dict[Fault, tuple[str, str]] = {
    Fault.PRINTER_GONE: ("unplug", "plug"),
    Fault.PRINTER_SILENT: ("silent", "well"),
    Fault.PRINTER_NONSENSE: ("garbage", "well"),
    Fault.PRINTER_PAPER_OUT: ("paper-out", "paper-in"),
    Fault.PRINTER_PAPER_LOW: ("paper-low", "paper-in"),
    Fault.PRINTER_COVER_OPEN: ("cover-open", "cover-close"),
    Fault.PRINTER_CUTTER: ("cutter-jam", "cutter-free"),
    Fault.PRINTER_OVERHEATED: ("overheat", "cool"),
    Fault.PRINTER_OFFLINE: ("offline", "online"),
    Fault.DOCUMENT_READER_GONE: ("unplug", "plug"),
    Fault.DOCUMENT_READER_SILENT: ("mute", "speak"),
    Fault.SCANNER_GONE: ("unplug", "plug"),
    Fault.SCANNER_SILENT: ("mute", "speak"),
    Fault.KEY_ENCODER_GONE: ("unplug", "plug"),
    Fault.KEY_ENCODER_SILENT: ("hang", "unplug plug"),
    Fault.CARD_READER_GONE: ("unplug", "plug"),
    Fault.CARD_READER_SILENT: ("hang", "unplug plug"),
}
"""Fault → what is done to the device, and what undoes it."""

_CHIPS = {
    "copied": ("copied", ()),
    "withheld": ("present", ("withheld-dg14",)),
    "signature": ("forged", ()),
    "hash": ("other-name", ()),
    "not-signed": ("present", ("unsigned-zone",)),
    "revoked": ("present", ("revoked-signer",)),
    "no-chip-key": ("present", ("pace-gm",)),
    "unknown-country": ("unknown-country", ()),
    "malformed": ("present", ("lying-lengths",)),
}
"""What a chip did not prove → how a document is laid down that does not prove it either."""
_UNREAD = {
    "no-chip": ("no-chip",),
    "lifted": ("vanish",),
    "not-a-document": ("no-chip", "bank-card"),
    "two-cards": ("present", "phone"),
}
_SWIPES = {"check-digit": "swipe-bad", "partial": "partial"}
_LIFTED_AFTER = "6"


class NotPlayable(Exception):
    """No virtual device can be made to do this; `str()` says what."""


class Hands:
    """Of one trace."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._done: dict[str, list[Fault]] = {}
        self._lifted = False  # a key card, before it was done
        self._keys: dict[int, str] = {}  # of this visit, as the trace numbers them
        self._lies: int | None = None  # on the encoder

    async def make(self, view: Entry) -> None:
        """Let a device be as it was."""
        device = view["device"]
        if device not in self._bench.devices:
            return
        if strange := [code for code in view["faults"] if _fault(code) not in CAUSES]:
            raise NotPlayable(f"{device} with {strange[0]}")
        wanted = [Fault(code) for code in view["faults"]]
        before = self._done.get(device, [])
        for fault in before:
            if fault not in wanted:
                for verb in CAUSES[fault][1].split():
                    await self._bench.do(device, verb)
        for fault in wanted:
            if fault not in before:
                await self._bench.do(device, CAUSES[fault][0])
        self._done[device] = wanted

    async def give(self, given: Entry, after: Sequence[Entry], code: Any) -> None:
        """To a device. `after`: what happened then; `code` makes a booking's code of a confirmation number."""
        if "document" in given:
            await self._lay(tuple(given["document"]), after)
        elif "not-read" in given:
            if given["not-read"] not in _SWIPES:
                raise NotPlayable(f"a document that was not read: {given['not-read']}")
            await self._bench.do(Kind.DOCUMENT_READER, _SWIPES[given["not-read"]])
        else:
            words = given["code"] if given["code"] is not None else code(given["confirmation"])
            await self._bench.do(Kind.SCANNER, "scan", words)

    async def _lay(self, lines: tuple[str, ...], after: Sequence[Entry]) -> None:
        """With a chip that comes to what it came to."""
        if not lines:
            raise NotPlayable("a document whose zone has no form")
        upto = next((at for at, entry in enumerate(after) if entry["what"] == "given"), len(after))
        read = next((each for each in after[:upto] if each["what"] == "call" and each["call"] == "read_chip"), None)
        if read is None or self._bench.full_page is None:
            await self._bench.do(Kind.DOCUMENT_READER, "present", *lines)
            return
        if read.get("outcome") == "read":
            against = [read[name] for name in ("not-copied", "genuine") if read.get(name) not in (None, "yes")]
            verb, kind = _CHIPS.get(against[0], ("", ())) if against else ("present", ())
            if not verb:
                raise NotPlayable(f"a chip that is {against[0]}")
            await self._bench.do(Kind.DOCUMENT_READER, verb, *lines, *kind)
            return
        first, *others = _UNREAD.get(read.get("outcome", ""), ("no-chip",))
        await self._bench.do(Kind.DOCUMENT_READER, first, *lines)
        for verb in others:
            await self._bench.do(Kind.DOCUMENT_READER, verb)

    async def lay_key(self, cut: Entry) -> None:
        """A key card, as it is to be cut."""
        outcome, card = cut.get("outcome", ""), cut.get("card", "")
        if outcome in ("done", "lifted") and self._lifted:
            await self._bench.do(Kind.KEY_ENCODER, "lay-back")
            self._lifted, self._lies = False, cut.get("which")
            return
        self._lifted = outcome == "lifted"
        if outcome == "lifted":
            await self._bench.do(Kind.KEY_ENCODER, "lift-after", _LIFTED_AFTER)
        if outcome in ("done", "lifted", "wrong-type"):
            await self._lay_key(card, cut.get("which"))
        elif outcome != "no-card" and "fault" not in cut:
            raise NotPlayable(f"a key card that is {outcome}")

    async def _lay_key(self, card: str, which: int | None) -> None:
        """The one of this visit, or one from the tray."""
        known = [self._keys[which]] if which in self._keys else []
        kind = [card] if card and (card != "other" or known) else []
        try:
            laid = await self._bench.do(Kind.KEY_ENCODER, "lay-card", *kind, *known)
        except ValueError:
            raise NotPlayable(f"a card of type {card}") from None
        self._lies = which
        if which is not None:
            self._keys[which] = laid.get("uid", "")

    async def lay_to_read(self, read: Entry) -> None:
        """A card that staff want to know, or to have empty: one from the tray, or a key of this visit."""
        which = read.get("which")
        if which is None or which == self._lies:
            return
        if which not in self._keys and read.get("outcome") != "not-a-key":
            raise NotPlayable(f"a card from before this visit on the encoder: {read.get('outcome')}")
        await self._lay_key(read.get("card", ""), which)

    async def lift_key(self) -> None:
        self._lies = None
        await self._bench.do(Kind.KEY_ENCODER, "lift")

    async def take_document(self) -> None:
        await self._bench.take_document()


def _fault(code: str) -> Fault | None:
    return Fault(code) if code in tuple(Fault) else None
