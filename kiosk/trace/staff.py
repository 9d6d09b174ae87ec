"""Staff in a trace: who is who, and which card is which, by the order in which they came and by nothing else.

Rules: a PIN is noted as right, wrong or locked out, whatever was typed; of a staff number, a name and a card's UID
nothing stands there, not even what would replace it. A role does: without it nobody could play the visit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from kiosk.prompts import Answer, Chosen, Pick, Prompt, TextEntry
from kiosk.trace.file import Entry

STAFF_LIST = "Who works here"
STAFF_NUMBER = "Your staff number"
"""What is asked where an answer is somebody's staff number (`kiosk/steps/people.py`, `sign_in.py`)."""
RIGHT = "right"


class Order:
    """The first is 0, the next 1, in one visit."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, int] = {}

    def of(self, what: Hashable) -> int:
        return self._seen.setdefault(what, len(self._seen))


class StaffSeen:
    """Those of one visit."""

    def __init__(self) -> None:
        self.signed_in = False  # whether anybody of the staff is, or was
        self._people = Order()
        self._cards = Order()

    def card(self, uid: bytes) -> int:
        return self._cards.of(uid)

    def picked(self, prompt: Prompt, given: Answer) -> int | None:
        """Who was picked, where staff choose one of themselves."""
        if isinstance(prompt, Pick) and prompt.question.key == STAFF_LIST and isinstance(given, Chosen) and given.id.isdecimal():
            return self._people.of(given.id)
        return None

    def signs_in(
        self, outcome: str, number: str, roles: Iterable[str], card: bytes | None, before: int, *, tried: bool
    ) -> Entry:
        """`number`: '' for nobody's card or number. `tried` False: it was said before a PIN was asked for."""
        self.signed_in = self.signed_in or outcome == RIGHT
        told: Entry = {"outcome": outcome, "tried": tried, "wrong-before": before}
        told |= {"who": self._people.of(number), "roles": sorted(map(str, roles))} if number else {"who": None}
        return told | ({"card": self.card(card)} if card else {})


def unseen(prompt: Prompt) -> bool:
    """Whether what is typed here is noted as typed, and no more."""
    return isinstance(prompt, TextEntry) and (prompt.secret or prompt.question.key == STAFF_NUMBER)
