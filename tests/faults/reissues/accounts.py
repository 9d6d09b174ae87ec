"""Whether journal, hotel and doors agree: on every card there is, on every key in the books, on every entry."""

from __future__ import annotations

from datetime import UTC, datetime

from hardware.card_reader.virtual_cards import VirtualCard
from hardware.key_encoder.contract import RoomKey
from hardware.key_encoder.virtual import Door
from kiosk.credentials import TERMINAL_KEY, load_or_create
from kiosk.hotel.model import IssuedKey
from kiosk.journal_check import check
from kiosk.journal_head import HeadFile
from kiosk.key_journal import HEAD, Act, Entry, files_of
from kiosk.sealing import Seal
from tests.faults.reissues.night import Night

ABOUT_CARDS = (Act.CUT, Act.REPLACED, Act.ERASED, Act.UNSURE)
CUTS = (Act.CUT, Act.REPLACED)


class Accounts:
    """`differences` says each in a sentence; none: they agree."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self._lock = Door("", night.keys, lambda: datetime.now(UTC))  # reads cards, opens nothing

    async def differences(self) -> list[str]:
        entries = list(self.night.terminal.journal.entries())
        keys = [key for id in self.night.bookings for key in await self.night.terminal.hotel.keys(id)]
        theirs = [key for key in keys if key.card_uid and key.number not in self.night.seeded]
        return [
            *self._journal_whole(entries),
            *self._cards(entries),
            *self._books(entries, theirs),
            *await self._standing(entries, theirs),
            *self._ledger(),
        ]

    def on_card(self, card: VirtualCard) -> RoomKey | None:
        found = self._lock.reads(card)
        return found if isinstance(found, RoomKey) else None

    def _journal_whole(self, entries: list[Entry]) -> list[str]:
        state = self.night.state
        head = HeadFile(state / HEAD, Seal(load_or_create(state, TERMINAL_KEY, 32)))
        lines = [raw for path in files_of(state) for raw in path.read_bytes().split(b"\n")[:-1]]
        report = check(lines, key=self.night.terminal.journal.key_id, head=head.read(), here=True)
        head.close()
        effects = [entry.effect for entry in entries if entry.effect]
        found = [] if len(effects) == len(set(effects)) else ["an effect stands in the journal twice"]
        return found if report.whole else [*found, f"the journal is not whole: {report.findings}"]

    def _cards(self, entries: list[Entry]) -> list[str]:
        """What is on each card against what the journal says last of it."""
        last = {entry.card: entry for entry in entries if entry.card and entry.act in ABOUT_CARDS}
        doubts = {(entry.room, entry.sequence) for entry in entries if entry.act == Act.UNSURE and not entry.card}
        found = []
        for uid, card in self.night.tray.cards.items():
            key, entry = self.on_card(card), last.get(uid)
            if (key is not None and (key.room, key.sequence) in doubts) or (entry and entry.act == Act.UNSURE):
                continue  # known as unsure
            wanted = (entry.room, entry.sequence) if entry and entry.act in CUTS else None
            if ((key.room, key.sequence) if key else None) != wanted:
                found.append(f"card {uid} carries {key}, by the journal {wanted}")
        return found

    def _books(self, entries: list[Entry], keys: list[IssuedKey]) -> list[str]:
        """Each key that was cut stands once in the journal and once at the hotel."""
        ours = sorted((e.reservation, e.room, e.sequence or 0, e.card) for e in entries if e.act in CUTS)
        theirs = sorted((key.reservation_id, key.room, key.sequence, key.card_uid.lower()) for key in keys)
        return [
            *(f"at the hotel, not in the journal: {each}" for each in theirs if theirs.count(each) > ours.count(each)),
            *(f"in the journal, not at the hotel: {each}" for each in ours if ours.count(each) > theirs.count(each)),
        ]

    async def _standing(self, entries: list[Entry], keys: list[IssuedKey]) -> list[str]:
        """A key is valid at the hotel as long as nothing in the journal says why it should not be."""
        rooms = {id: (await self.night.booking(id)).room for id in self.night.bookings}
        found = []
        for number, key in enumerate(keys):
            uid = key.card_uid.lower()
            about = [entry for entry in entries if entry.card == uid and entry.act in ABOUT_CARDS]
            if about[-1:] and about[-1].act == Act.UNSURE:
                continue
            mine = [e for e in about if e.act in CUTS and (e.room, e.sequence) == (key.room, key.sequence)]
            room = rooms[key.reservation_id]
            cut = mine[-1] if mine else None
            moved = [e for e in entries if e.act == Act.MOVED and e.reservation == key.reservation_id]
            again = any(later.card_uid.lower() == uid for later in keys[number + 1 :])
            should = (
                cut is not None
                and about[-1] is cut
                and not again
                and room is not None
                and room.number == key.room
                and key.sequence == self.night.house.books.sequence(key.room)
                and not any(entry.number > cut.number for entry in moved)
            )
            if should != key.active:
                found.append(f"card {uid}, key {key.sequence} of {key.room}: valid {key.active} at the hotel, not {should}")
        return found

    def _ledger(self) -> list[str]:
        return [f"left open: {entry.kind}" for entry in self.night.terminal.ledger.unsettled()]

    def at_the_door(self, card: VirtualCard) -> list[str]:
        """Try it where it says, and hold the door to its word."""
        key = self.on_card(card)
        if key is None:
            return []
        door = self.night.pad.door(key.room)
        newest = door.newest
        opened, promised = door.try_card(card).opened, self.night.house.books.sequence(key.room)
        if opened != (key.sequence >= newest):
            return [f"room {key.room}, newest {newest}: key {key.sequence} {'opened' if opened else 'did not open'}"]
        return [] if door.newest <= promised else [f"room {key.room} opened for {door.newest}, {promised} were given out"]
