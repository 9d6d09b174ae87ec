"""A virtual PC/SC reader: a pad that cards are laid on and lifted from, plugged in or not.

The drivers reach it as `virtual:NAME` through the same wire as a reader behind pcscd. Its name
decides which make it plays, as with real ones (`profile_of`): a reader named "OMNIKEY 5022"
wants its keys loaded as an OMNIKEY does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf

from hardware.card_reader.contract import CardType
from hardware.card_reader.pcsc_wire import GET_UID, profile_of
from hardware.card_reader.virtual_cards import (
    ClassicCard,
    MuteCard,
    StorageCard,
    UltralightCard,
    VirtualCard,
)
from hardware.card_reader.virtual_firmware import FAILED, Firmware
from hardware.card_reader.virtual_new_cards import make_card
from hardware.card_reader.wallet import Wallet
from hardware.transport.pcsc import CardLifted, Presence, WireGone, add_virtual, remove_virtual

AES = "aes"
STAFF_UID = bytes.fromhex("045A7F0FCE5F01")
KEY_PAGES = range(4, 16)


class VirtualReader:
    """One virtual reader. `place`, `lift`, `plug`, `unplug` from any thread; verbs for people.

    `loses_with_status`: a card lost half-way shows as 63 00 at first, as on ACS readers, not as
    an error of the wire. `carries_long`: APDUs of extended length; many small readers don't.
    """

    verbs = {
        "lay-card": "lay a card down: [type, by default mifare-ultralight; aes: ntag424] [UID]; same UID, same card",
        "present": "lay down a card of the wallet: NAME; the same name is always the same card",
        "blank-card": "lay down a factory-new NTAG 424 DNA and keep it in the wallet: [NAME]",
        "wallet": "which named cards there are",
        "lay-back": "lay down the card that was lifted last here",
        "lay-key": "lay down the card that was lifted last from whichever reader",
        "lay-staff-card": "lay down a staff badge: [UID in hex]",
        "lift": "take all cards away",
        "lift-after": "take the card, or the next one, away after so many more commands: N",
        "wear": "wear out a page or block of the card: NUMBER",
        "lock": "make the card's key area read-only",
        "garble": "lose a byte of every answer that carries data, or no more: on|off",
        "babble": "answer every command, or the next few, by one byte without a status word, or no more: on|off|N",
        "tell-uid": "answer the question who lies there by these bytes, or rightly again: [HEX]",
        "slow": "let every command take so long: MS; 0 ends it",
        "hang": "answer nothing any more until it is unplugged",
        "freeze": "hang, and don't even say whether a card lies there",
        "unplug": "pull the reader's plug: [N: after so many more commands]",
        "plug": "plug the reader in again",
        "show": "what lies there",
    }

    carries_long = True

    def __init__(self, name: str, *, loses_with_status: bool = True, wallet: Wallet | None = None) -> None:
        self.name = name
        self.address = f"virtual:{name}"
        self.loses_with_status = loses_with_status
        self.apdus = 0  # answered so far, for those who count
        self._firmware = Firmware(profile_of(name))
        self.watchers: list[Callable[[], None]] = []  # called from any thread when a card came or went
        self._changed = threading.Condition()  # re-entrant
        self._pad: list[VirtualCard] = []
        self.lifted: list[VirtualCard] = []
        self.wallet = wallet or Wallet()
        self._count = 0  # cards laid and lifted
        self._plugged = 1  # odd: plugged in; grows with every plugging and unplugging
        self._lift_after: int | None = None
        self._unplug_after: int | None = None
        self._garbles = self._hangs = self._frozen = False
        self._babbles = 0.0  # so many more answers
        self._told_uid = b""
        self._slow_s = 0.0

    # --- for people and tests

    def place(self, card: VirtualCard) -> None:
        """Lay a card down; a second one beside the first if one lies there."""
        with self._changed:
            card.activate()
            self.wallet.cards[card.uid] = card
            self._pad.append(card)
            if card.stays_for is not None:
                self._lift_after = card.stays_for
            if len(self._pad) == 1:
                self._count += 1
            self._notify()

    def lift(self) -> None:
        with self._changed:
            if self._pad:
                self.lifted, self._pad = self._pad, []
                self.wallet.lifted = self.lifted
                self._count += 1
            self._lift_after = None
            self._notify()

    def _notify(self) -> None:
        self._changed.notify_all()
        for tell in tuple(self.watchers):
            tell()

    def lift_after(self, commands: int) -> None:
        """The card goes after `commands` more commands were answered."""
        with self._changed:
            self._lift_after = commands

    def unplug(self) -> None:
        self._plug(False)

    def plug(self) -> None:
        self._plug(True)

    def _plug(self, plugged: bool) -> None:
        with self._changed:
            if (self._plugged % 2 == 1) != plugged:
                self._plugged += 1
                self._hangs = self._frozen = False
            self._changed.notify_all()

    @property
    def card(self) -> VirtualCard | None:
        """The card that answers now."""
        with self._changed:
            return self._pad[0] if self._pad else None

    # --- VirtualDevice

    async def start(self) -> None:
        add_virtual(self.name, lambda: _VirtualWire(self))

    async def stop(self) -> None:
        remove_virtual(self.name)
        self.unplug()

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        """Play. ValueError for an unknown verb or words that don't fit."""
        match verb, words:
            case "lay-card", (*_,) if len(words) <= 2:
                self._lay(*words)
            case "lay-staff-card", () | (_,):
                self._lay_staff_card(bytes.fromhex(words[0]) if words else STAFF_UID)
            case "present", (name,):
                self._exchange(self.wallet.named(name))
            case "blank-card", () | (_,):
                name = self.wallet.blank(*words)
                self._exchange(self.wallet.named(name))
                return self.shown() | {"name": name}
            case "wallet", ():
                return {name: self.wallet.named(name).uid.hex() for name in self.wallet.names}
            case "lay-back", ():
                self._lay_back(self.lifted)
            case "lay-key", ():
                self._lay_back(self.wallet.lifted)
            case "lift", ():
                self.lift()
            case "lift-after", (count,):
                self.lift_after(int(count))
            case "wear", (unit,):
                self._storage_card().worn.add(int(unit))
            case "lock", ():
                self._lock()
            case "garble", ("on" | "off" as how,):
                self._garbles = how == "on"
            case "babble", ("on" | "off" as how,):
                self._babbles = inf if how == "on" else 0.0
            case "babble", (answers,):
                self._babbles = int(answers)
            case "tell-uid", () | (_,):
                self._told_uid = bytes.fromhex("".join(words))
            case "slow", (milliseconds,):
                self._slow_s = float(milliseconds) / 1000
            case ("hang" | "freeze"), ():
                self._hangs, self._frozen = True, verb == "freeze"
            case "unplug", ():
                self.unplug()
            case "unplug", (count,):
                self._unplug_after = int(count)
            case "plug", ():
                self.plug()
            case "show", ():
                pass
            case _:
                raise ValueError(self.verbs.get(verb) or f"unknown verb {verb!r}")
        return self.shown()

    def shown(self) -> dict[str, str]:
        card = self.card
        return {
            "reader": "plugged in" if self._plugged % 2 else "unplugged",
            "card": card.type.value if card else "none",
            "uid": card.uid.hex() if card else "",
            "content": card.content().hex() if card else "",
        }

    def _lay(self, kind: str = CardType.ULTRALIGHT, uid: str = "") -> None:
        chosen = CardType.NTAG424 if kind == AES else CardType(kind)
        serial = bytes.fromhex(uid) if uid else self._next_uid(chosen)
        self._exchange(self.wallet.cards.get(serial) or make_card(chosen, serial))

    def _exchange(self, card: VirtualCard) -> None:
        """In place of whatever lies there."""
        count_down = self._lift_after  # "lift the next card": it holds for the one that is laid now
        self.lift()
        self._lift_after = count_down
        self.place(card)

    def _next_uid(self, kind: CardType) -> bytes:
        number = len(self.wallet.cards) + 1
        classic = kind in (CardType.CLASSIC_1K, CardType.CLASSIC_4K)
        return number.to_bytes(4, "big") if classic else b"\x04" + number.to_bytes(6, "big")

    def _lay_staff_card(self, uid: bytes) -> None:
        from hardware.key_encoder.credential import staff_mark  # a key encoder needs no virtual reader

        card = self.wallet.cards.get(uid)
        if card is None:
            card = make_card(CardType.ULTRALIGHT, uid)
            assert isinstance(card, UltralightCard)  # noqa: S101
            mark = staff_mark()
            for page in KEY_PAGES:
                card.write(page, mark[(page - 4) * 4 : (page - 3) * 4])
        self.lift()
        self.place(card)

    def _lay_back(self, cards: list[VirtualCard]) -> None:
        if not cards:
            raise ValueError("no card was lifted before")
        for card in cards:
            self.place(card)

    def _lock(self) -> None:
        card = self._storage_card()
        if isinstance(card, UltralightCard):
            card.lock(*KEY_PAGES)
        elif isinstance(card, ClassicCard):
            card.set_sector(4, read_only=True)

    def _storage_card(self) -> StorageCard:
        if not isinstance(self.card, StorageCard):
            raise ValueError("no storage card lies there")
        return self.card

    # --- for the wire, and for vpcd

    def transmit(self, apdu: bytes) -> bytes:
        """What the reader answers, when the card is done; CardLifted if nothing lies there, or any more."""
        with self._changed:
            answer, count = self.answer(apdu), self._count
            if self.took_s and self._changed.wait_for(lambda: self._count != count, self.took_s):
                raise CardLifted
            return answer

    @property
    def took_s(self) -> float:
        """How long the card needs for its last answer: for who carries it and has its own way of waiting."""
        card = self.card
        return self._slow_s + (card.took_s if card else 0.0)

    def answer(self, apdu: bytes) -> bytes:
        """As `transmit`, at once."""
        with self._changed:
            if self._lift_after == 0:
                storage = bool(self._pad) and isinstance(self._pad[0], StorageCard)
                self.lift()
                if self.loses_with_status and storage:
                    return FAILED
            if self._unplug_after == 0:
                self._unplug_after = None
                self.unplug()
                raise WireGone("unplugged")
            self._changed.wait_for(lambda: not self._hangs)
            card = self._answering()
            if not self.carries_long and len(apdu) >= 7 and apdu[4] == 0:
                raise CardLifted
            if self._lift_after is not None:
                self._lift_after -= 1
            if self._unplug_after is not None:
                self._unplug_after -= 1
            self.apdus += 1
            answer = self._firmware.answer(apdu, card)
            if card.taken:
                card.taken = False
                self.lift()
                raise CardLifted
            if self._babbles:
                self._babbles -= 1
                return answer[:1]
            if self._told_uid and apdu == GET_UID:
                return self._told_uid
            return answer[1:] if self._garbles and len(answer) > 2 else answer

    def reset(self) -> None:
        """The field goes off and on: another of several cards may answer now."""
        with self._changed:
            self._answering()
            self._pad.append(self._pad.pop(0))
            self._pad[0].activate()

    def _answering(self) -> VirtualCard:
        if not self._pad or isinstance(self._pad[0], MuteCard):
            raise CardLifted
        return self._pad[0]

    def presence(self) -> Presence:
        with self._changed:
            return Presence(bool(self._pad), self._pad[0].atr if self._pad else b"", self._count)


class _VirtualWire:
    """One opening of a virtual reader, from plugged in to unplugged."""

    def __init__(self, reader: VirtualReader) -> None:
        self.name = reader.name
        self._reader = reader
        self._plugged = reader._plugged
        self._woken = False

    def open(self) -> None:
        self._plugged = self._reader._plugged
        self._check()

    def close(self) -> None:
        pass

    def wait(self, known: Presence, within_s: float) -> Presence:
        def news() -> bool:
            unplugged = self._reader._plugged != self._plugged
            return self._woken or unplugged or self._reader.presence().count != known.count

        with self._reader._changed:
            self._reader._changed.wait_for(lambda: not self._reader._frozen)
            self._reader._changed.wait_for(news, within_s)
            self._woken = False
            self._check()
            return self._reader.presence() if self._reader.presence().count != known.count else known

    def connect(self) -> None:
        self._check()
        with self._reader._changed:
            self._reader._answering()

    def transmit(self, apdu: bytes) -> bytes:
        self._check()
        return self._reader.transmit(apdu)

    def reset(self) -> None:
        self._check()
        self._reader.reset()

    def disconnect(self) -> None:
        pass

    def wake(self) -> None:
        with self._reader._changed:
            self._woken = True
            self._reader._changed.notify_all()

    def _check(self) -> None:
        if self._reader._plugged != self._plugged or self._plugged % 2 == 0:
            raise WireGone("unplugged")
