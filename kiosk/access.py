"""The staff of this terminal: their cards and PINs, and signing in. What each may do is in `roles.py`.

Rules:
1. A card that has proven itself, and the PIN. A number and the PIN without a card only where
   `[access] pin_alone = yes`; a bare UID only where `bare_uid = yes`, with a warning at each start.
2. A try is counted, on the disk, before the PIN is looked at (`kiosk/wrong_tries.py` has the limits).
3. A number or card that nobody has costs the same time and gets the same answer as a wrong PIN.
4. PINs stand here as argon2id of an HMAC with the terminal's key, cards as an HMAC, names sealed:
   who takes this file alone has nothing to try PINs on. Who has been removed stays as a number, since
   the journal of keys names numbers.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import structlog

from hardware.card_reader.contract import CardProof, Proven
from kiosk.clock import Clock
from kiosk.pins import WORK, Pins, Weak, Work, weakness
from kiosk.roles import NEEDS, Person, Power, Role, SignedIn, powers_of
from kiosk.sealing import Seal
from kiosk.sections import AccessSection, TwoPerson
from kiosk.wrong_tries import Held, Key, Kind, WrongTries, this_boot, together

log = structlog.get_logger()

_SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name BLOB NOT NULL, roles TEXT NOT NULL,
    active INTEGER NOT NULL, pin TEXT
);
CREATE TABLE IF NOT EXISTS cards (card TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people (number));
CREATE TABLE IF NOT EXISTS made_with (one INTEGER PRIMARY KEY CHECK (one = 1), word BLOB NOT NULL);
"""


class AccessError(Exception):
    """The file of the staff can't be used; says why."""


STAFF = "staff.db"
"""In the state directory."""

MOST_CARDS = 2
"""One in use and one spare: every card is one more that may be found in the street."""


class Refusal(StrEnum):
    """Why somebody was not let in."""

    WRONG = "wrong"  # the PIN, or the number: which of them is not said
    WAIT = "wait"  # after wrong tries; nothing was looked at
    LOCKED = "locked"  # this card, or signing in without card; nothing was looked at
    CARD_NEEDED = "card-needed"  # a number and a PIN alone are not taken here
    CARD_UNKNOWN = "card-unknown"  # a staff card, but nobody's (it was taken back)
    CARD_NOT_PROVEN = "card-not-proven"  # not ours, lifted, or a bare UID where that is not taken


@dataclass(frozen=True)
class Refused:
    """`wait_s` until the next try is looked at; None: not before a manager unlocks."""

    why: Refusal
    wait_s: float | None = 0


class Changed(StrEnum):
    """How a change of people ended."""

    DONE = "done"
    UNKNOWN = "unknown"  # no such active person
    LAST_MANAGER = "last-manager"  # would leave nobody who can manage staff: nothing changed
    CARD_TAKEN = "card-taken"  # the card is somebody's already
    MOST_CARDS = "most-cards"  # take one back first


class Access:
    """SQLite (WAL, every commit on disk, 0600). All but `sign_in` and `set_pin` take milliseconds, on the loop."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        seal: Seal,
        settings: AccessSection,
        *,
        boot: str | None = None,
        work: Work = WORK,
    ) -> None:
        self._seal = seal
        self._settings = settings
        self._pins = Pins(work)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))  # before SQLite makes it, wider
        path.chmod(0o600)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._made_with_our_key(path)
        self._tries = WrongTries(self._db, clock, this_boot() if boot is None else boot)
        if settings.bare_uid:
            log.warning("staff cards are believed by their bare UID, which anybody can copy ([access] bare_uid)")

    def close(self) -> None:
        self._db.close()

    # people

    def people(self, *, removed: bool = False) -> tuple[Person, ...]:
        """By number; with `removed` also those who are no longer here."""
        everyone = self._persons("1")
        return tuple(person for person in everyone if person.active or removed)

    def person(self, number: str) -> Person | None:
        """Also one who is no longer here."""
        return next(iter(self._persons("number = ?", _number(number))), None)

    @property
    def has_manager(self) -> bool:
        """Whether anybody can sign in to manage the staff."""
        return any(self._can_manage(person) for person in self.people())

    def add(self, name: str, roles: frozenset[Role]) -> Person:
        """A new person with the next number; signs in when they have a PIN."""
        with together(self._db):
            row = self._db.execute("INSERT INTO people (name, roles, active) VALUES (x'', '', 1)")
            number = str(row.lastrowid)
            self._write(number, "name", self._seal.close(name.encode(), f"staff {number}"))
            self._write(number, "roles", _spelled(roles))
        added = self.person(number)
        assert added is not None  # noqa: S101
        return added

    def change_roles(self, number: str, roles: frozenset[Role]) -> Changed:
        with together(self._db):
            person = self.person(number)
            if person is None or not person.active:
                return Changed.UNKNOWN
            if Role.MANAGER not in roles and self._is_last_manager(person):
                return Changed.LAST_MANAGER
            self._write(number, "roles", _spelled(roles))
        return Changed.DONE

    async def set_pin(self, number: str, pin: str) -> Changed | Weak:
        """A new PIN, unless it is too easy to guess. Their wrong tries are forgotten."""
        if weak := weakness(pin, self._settings.pin_length):
            return weak
        kept = await self._pins.keep(self._peppered(number, pin))
        with together(self._db):
            person = self.person(number)
            if person is None or not person.active:
                return Changed.UNKNOWN
            self._write(number, "pin", kept)
            self._tries.forget(self._keys_of(number))
        return Changed.DONE

    def deactivate(self, number: str) -> Changed:
        """They no longer sign in: cards and PIN are forgotten; number and name stay, for the journal's readers."""
        with together(self._db):
            person = self.person(number)
            if person is None or not person.active:
                return Changed.UNKNOWN
            if self._is_last_manager(person):
                return Changed.LAST_MANAGER
            self._tries.forget(self._keys_of(number))
            self._db.execute("DELETE FROM cards WHERE person = ?", (_number(number),))
            self._db.execute("UPDATE people SET active = 0, pin = NULL WHERE number = ?", (_number(number),))
        return Changed.DONE

    # cards

    def give_card(self, number: str, uid: bytes) -> Changed:
        with together(self._db):
            person, owner = self.person(number), self.by_card(uid)
            if person is None or not person.active:
                return Changed.UNKNOWN
            if owner is not None:
                return Changed.DONE if owner.id == person.id else Changed.CARD_TAKEN
            if person.cards >= MOST_CARDS:
                return Changed.MOST_CARDS
            self._db.execute("INSERT INTO cards VALUES (?, ?)", (self._opaque("card", uid), _number(number)))
            self._tries.forget((self._card_key(uid),))
        return Changed.DONE

    def take_cards(self, number: str) -> int:
        """All of a person's cards, lost ones too; how many."""
        return self._db.execute("DELETE FROM cards WHERE person = ?", (_number(number),)).rowcount

    def by_card(self, uid: bytes) -> Person | None:
        """Whose card this is. A UID proves nothing: for a greeting, not for a power."""
        found = self._persons("number = (SELECT person FROM cards WHERE card = ?)", self._opaque("card", uid))
        return next(iter(found), None)

    def unlock(self, number: str) -> Changed:
        """This person's cards, and their number without card, may be tried again."""
        with together(self._db):
            person = self.person(number)
            if person is None or not person.active:
                return Changed.UNKNOWN
            self._tries.forget(self._keys_of(number))
        return Changed.DONE

    # signing in

    async def sign_in(
        self, pin: str, *, card: CardProof | None = None, number: str = "", by_command: bool = False
    ) -> SignedIn | Refused:
        """Card and PIN, or number and PIN. `by_command`: typed in a shell, where who asks owns the file anyway.

        Cancelled, or cut off from its power, at any moment: the try counts as a wrong one.
        """
        asked = self._asked(card, number, by_command)
        if isinstance(asked, Refused):
            return asked
        counted = self._tries.begin(asked.keys)
        if isinstance(counted, Held):
            return _not_now(counted)
        row = self._db.execute("SELECT pin FROM people WHERE number = ?", (_number(asked.number),)).fetchone()
        kept: str | None = row[0] if row else None
        peppered = self._peppered(asked.number, pin)
        right = await self._pins.right(kept, peppered)
        person = self.person(asked.number)
        if not right or kept is None or person is None or not person.active:
            held = self._tries.held(asked.keys)
            return Refused(Refusal.WRONG, held.wait_s if held else 0)
        self._tries.was_right(counted)
        if self._pins.outdated(kept):
            self._write(person.id, "pin", await self._pins.keep(peppered))
        return SignedIn(person, powers_of(person.roles), card.uid if card else None, counted.before)

    def held(self, *, card: CardProof | None = None, number: str = "") -> Refused | None:
        """Why no try would be looked at now, or None: for the screen, before it asks for a PIN."""
        asked = self._asked(card, number, by_command=False)
        if isinstance(asked, Refused):
            return asked
        held = self._tries.held(asked.keys)
        return None if held is None else _not_now(held)

    def wrong_in_a_row(self, *, card: CardProof | None = None, number: str = "") -> int:
        """Wrong tries since the last right one; 0 for a card or number that is not asked for a PIN."""
        asked = self._asked(card, number, by_command=False)
        return 0 if isinstance(asked, Refused) else self._tries.in_a_row(asked.keys)

    def as_now(self, who: SignedIn) -> SignedIn | None:
        """With the role and powers of this moment; None where they, or the card they came with, have been taken away."""
        person = self.person(who.person.id)
        if person is None or not person.active:
            return None
        if who.card_uid is not None:
            owner = self.by_card(who.card_uid)
            if owner is None or owner.id != person.id:
                return None
        return replace(who, person=person, powers=powers_of(person.roles))

    def known(self, *, card: CardProof | None = None, number: str = "") -> str:
        """The staff number that a try was about, for the journal; '' for a stranger's card or number."""
        person = self.person(number) if card is None else self.by_card(card.uid)
        return person.id if person is not None else ""

    # approval

    def needs_approval(self, act: TwoPerson) -> Power | None:
        """The power that a second person must have for this, or None where one person is enough."""
        return NEEDS[act] if act in self._settings.two_person else None

    def approves(self, second: SignedIn, first: SignedIn, act: TwoPerson) -> bool:
        """Whether `second` may approve what `first` is about to do: another person, with the power."""
        return second.person.id != first.person.id and second.may(NEEDS[act])

    # inside

    def _asked(self, card: CardProof | None, number: str, by_command: bool) -> _Asked | Refused:
        """Whose PIN is asked for, and which limits count; nothing here tells a number that exists."""
        if card is None:
            if not by_command and not self._settings.pin_alone:
                return Refused(Refusal.CARD_NEEDED)
            if by_command:
                return _Asked(number, (self._number_key(Kind.SHELL, number),))
            return _Asked(number, (self._number_key(Kind.NUMBER, number), Key(Kind.TERMINAL)))
        owner = self.by_card(card.uid)
        match card.outcome:
            case Proven.PROVEN:
                return _Asked(owner.id, (self._card_key(card.uid),)) if owner else Refused(Refusal.CARD_UNKNOWN)
            case Proven.CANT if self._settings.bare_uid and card.uid:
                # It proves nothing: limited like a number, whether anybody has such a card or not.
                return _Asked(owner.id if owner else "", (self._card_key(card.uid), Key(Kind.TERMINAL)))
        return Refused(Refusal.CARD_NOT_PROVEN)

    def _persons(self, where: str, *values: int | str) -> list[Person]:
        rows = self._db.execute(
            "SELECT number, name, roles, active, (SELECT count(*) FROM cards WHERE person = number), pin IS NOT NULL"  # noqa: S608
            f" FROM people WHERE {where} ORDER BY number",
            values,
        ).fetchall()
        return [
            Person(
                id=str(number),
                name=(self._seal.open(name, f"staff {number}") or b"").decode(),
                roles=frozenset(Role(role) for role in roles.split()),
                active=bool(active), cards=cards, has_pin=bool(has_pin),
            )
            for number, name, roles, active, cards, has_pin in rows
        ]  # fmt: skip

    def _write(self, number: str, column: str, value: str | bytes) -> None:
        self._db.execute(f"UPDATE people SET {column} = ? WHERE number = ?", (value, _number(number)))  # noqa: S608

    def _can_manage(self, person: Person) -> bool:
        return person.active and person.has_pin and Power.MANAGE_STAFF in powers_of(person.roles)

    def _is_last_manager(self, person: Person) -> bool:
        others = (other for other in self.people() if other.id != person.id)
        return self._can_manage(person) and not any(self._can_manage(other) for other in others)

    def _keys_of(self, number: str) -> tuple[Key, ...]:
        cards = self._db.execute("SELECT card FROM cards WHERE person = ?", (_number(number),)).fetchall()
        numbers = (self._number_key(kind, number) for kind in (Kind.NUMBER, Kind.SHELL))
        return (*(Key(Kind.CARD, card) for (card,) in cards), *numbers)

    def _card_key(self, uid: bytes) -> Key:
        return Key(Kind.CARD, self._opaque("card", uid))

    def _number_key(self, kind: Kind, number: str) -> Key:
        """Opaque: people type their PIN where the number is asked for."""
        return Key(kind, self._opaque("number", number.encode()))

    def _peppered(self, number: str, pin: str) -> str:
        """The PIN as it is hashed: bound to this terminal and this person."""
        return self._opaque("pin", number.encode() + b"\0" + pin.encode())

    def _opaque(self, what: str, words: bytes) -> str:
        return hmac.digest(self._seal.key, b"staff-" + what.encode() + b"\0" + words, "sha256").hex()

    def _made_with_our_key(self, path: Path) -> None:
        """With another terminal's key no card and no PIN would ever be right: that is said, not suffered."""
        sealed = self._seal.close(b"staff", "staff")
        with together(self._db):
            self._db.execute("INSERT OR IGNORE INTO made_with VALUES (1, ?)", (sealed,))
            (word,) = self._db.execute("SELECT word FROM made_with").fetchone()
        if self._seal.open(word, "staff") is None:
            self._db.close()
            raise AccessError(f"{path}: was made with another terminal key; move it away, then kiosk staff init")


@dataclass(frozen=True)
class _Asked:
    """Whose PIN would be right ("" for nobody's), and the limits that count."""

    number: str
    keys: tuple[Key, ...]


def _not_now(held: Held) -> Refused:
    return Refused(Refusal.LOCKED if held.locked else Refusal.WAIT, held.wait_s)


def _number(text: str) -> int:
    """A staff number as the store counts; 0, which nobody has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 and not text.startswith("0") else 0


def _spelled(roles: Iterable[Role]) -> str:
    return " ".join(sorted(roles))
