"""Who of the staff may do what at this terminal: people, their roles, cards and PINs, and signing in.

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

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hardware.card_reader.contract import CardProof
from kiosk.clock import Clock
from kiosk.pins import Weak
from kiosk.sealing import Seal
from kiosk.settings import AccessSection, TwoPerson


class Role(StrEnum):
    """What a person is in the house."""

    RECEPTION = "reception"
    MANAGER = "manager"
    TECHNICIAN = "technician"


class Power(StrEnum):
    """What a person may do at the terminal."""

    REISSUE = "reissue"  # one more key, replace, move, longer stay, erase
    HELP_GUEST = "help-guest"  # take over a guest's visit, with their consent
    MASTER_KEY = "master-key"
    SEE_JOURNAL = "see-journal"
    MANAGE_STAFF = "manage-staff"
    APPROVE = "approve"  # be the second person
    DIAGNOSE = "diagnose"  # devices; no guest's data


POWERS: dict[Role, frozenset[Power]] = {
    Role.RECEPTION: frozenset({Power.REISSUE, Power.HELP_GUEST}),
    Role.MANAGER: frozenset(Power),
    Role.TECHNICIAN: frozenset({Power.DIAGNOSE}),
}

NEEDS: dict[TwoPerson, Power] = {TwoPerson.MASTER_KEY: Power.APPROVE, TwoPerson.OTHER_ROOM: Power.APPROVE}
"""The power that the second person must have."""

MOST_CARDS = 2
"""One in use and one spare: every card is one more that may be found in the street."""


def powers_of(roles: frozenset[Role]) -> frozenset[Power]:
    return frozenset().union(*(POWERS[role] for role in roles))


@dataclass(frozen=True)
class Person:
    """One of the staff. `id` is the staff number: digits, never given twice. `cards` counts."""

    id: str
    name: str
    roles: frozenset[Role]
    active: bool
    cards: int
    has_pin: bool


@dataclass(frozen=True)
class SignedIn:
    """Somebody who has just proven who they are. `card_uid` is None without a card."""

    person: Person
    powers: frozenset[Power]
    card_uid: bytes | None
    wrong_before: int = 0  # wrong tries since their last time: said to them, it may have been a thief

    def may(self, power: Power) -> bool:
        return power in self.powers


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
    """`wait_s` until the next try is looked at; None with LOCKED: a manager must unlock."""

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

    def __init__(self, path: Path, clock: Clock, seal: Seal, settings: AccessSection) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    # people

    def people(self, *, removed: bool = False) -> tuple[Person, ...]:
        """By number; with `removed` also those who are no longer here."""
        raise NotImplementedError

    def person(self, number: str) -> Person | None:
        """Also one who is no longer here."""
        raise NotImplementedError

    @property
    def has_manager(self) -> bool:
        raise NotImplementedError

    def add(self, name: str, roles: frozenset[Role]) -> Person:
        """A new person with the next number; signs in when they have a PIN."""
        raise NotImplementedError

    def change_roles(self, number: str, roles: frozenset[Role]) -> Changed:
        raise NotImplementedError

    async def set_pin(self, number: str, pin: str) -> Changed | Weak:
        """A new PIN, unless it is too easy to guess. Their wrong tries are forgotten."""
        raise NotImplementedError

    def deactivate(self, number: str) -> Changed:
        """They no longer sign in; cards, PIN and name are forgotten, the number stays."""
        raise NotImplementedError

    # cards

    def give_card(self, number: str, uid: bytes) -> Changed:
        raise NotImplementedError

    def take_card(self, uid: bytes) -> Person | None:
        """The card is nobody's again; whose it was."""
        raise NotImplementedError

    def take_cards(self, number: str) -> int:
        """All of a person's cards, lost ones too; how many."""
        raise NotImplementedError

    def by_card(self, uid: bytes) -> Person | None:
        """Whose card this is. A UID proves nothing: for a greeting, not for a power."""
        raise NotImplementedError

    def unlock(self, number: str) -> Changed:
        """This person's cards, and their number without card, may be tried again."""
        raise NotImplementedError

    # signing in

    async def sign_in(
        self, pin: str, *, card: CardProof | None = None, number: str = "", shell: bool = False
    ) -> SignedIn | Refused:
        """Card and PIN, or number and PIN. `shell`: by command, where who asks owns the file anyway."""
        raise NotImplementedError

    def wait_s(self, *, card: CardProof | None = None, number: str = "") -> float | None:
        """How long no try would be looked at now; None: until a manager unlocks. For the screen, before a PIN."""
        raise NotImplementedError

    # approval

    def needs_approval(self, act: TwoPerson) -> Power | None:
        """The power that a second person must have for this, or None where one person is enough."""
        raise NotImplementedError

    def approves(self, second: SignedIn, first: SignedIn, act: TwoPerson) -> bool:
        """Whether `second` may approve what `first` is about to do: another person, with the power."""
        raise NotImplementedError
