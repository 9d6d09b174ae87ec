"""The staff: what each is in the house, and what that lets them do at the terminal.

Who they are is proven in `access.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.sections import TwoPerson


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
