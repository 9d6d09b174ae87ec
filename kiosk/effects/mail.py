"""Effect: a letter is handed to the mail server, or kept for it, once for an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kiosk.effects.effect import Effect, NotDone, Result, UnsureError
from kiosk.facts import sure
from kiosk.mail import Outcome

if TYPE_CHECKING:
    from kiosk.terminal import Terminal


class NotMailed(NotDone):
    """`outcome` says why. Nothing was kept."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome)


class SendMail(Effect):
    """The letter and the address are only in memory; `to` is what only this terminal can make of the address."""

    KIND: ClassVar[str] = "send-mail"
    visit: str
    what: str
    to: str
    reservation_id: str = ""

    ASKS_FIRST: ClassVar[bool] = False

    _address: str = ""
    _letter: bytes | None = None

    def of(self, address: str, letter: bytes) -> SendMail:
        self._address, self._letter = address, letter
        return self

    def same(self) -> tuple[str, ...]:
        return (self.visit, self.what, self.to)

    async def do(self, terminal: Terminal) -> Result:
        outcome = await sure(terminal.mail).send(self.key(terminal.ledger), self._address, sure(self._letter))
        if outcome in (Outcome.WRONG_ADDRESS, Outcome.REFUSED):
            raise NotMailed(outcome)
        return {"later": outcome is Outcome.LATER}

    async def find(self, terminal: Terminal) -> Result | None:
        raise UnsureError

    def tale(self, done: bool | None) -> str:
        return f"the slip ({self.what}) may not have been sent by e-mail"
