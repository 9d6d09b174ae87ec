"""PostCharge: what a guest has agreed to pay, put on the bill once, when there is something to pay for.

It is owed in the moment in which a key is known to be cut (`keys.CutKey`), and posted when the guest
has gone with it: nobody waits for it, and a key that was left lying and erased costs nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from kiosk.effects.effect import Owed, Result
from kiosk.hotel.backend import LOST_KEY
from kiosk.language import Money

if TYPE_CHECKING:
    from kiosk.terminal import Terminal


class PostCharge(Owed):
    """A charge on the guest's bill, at most one of its use and day: a guest who comes again after a power cut
    does not pay again."""

    KIND: ClassVar[str] = "post-charge"
    reservation_id: str
    day: date  # the hotel's
    amount: str
    currency: str
    what: str = LOST_KEY

    @classmethod
    def of(cls, reservation_id: str, day: date, amount: Money) -> PostCharge:
        return cls(reservation_id=reservation_id, day=day, amount=str(amount.amount), currency=amount.currency)

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id, self.day.isoformat(), self.what)

    async def do(self, terminal: Terminal) -> Result:
        amount = Money(Decimal(self.amount), self.currency)
        await terminal.hotel.charge(self.reservation_id, self.what, amount, self._reference(terminal))
        return {}

    def untold(self) -> str:
        return f"{self.amount} {self.currency} for a {self.what.replace('-', ' ')} could not be put on the bill: please do it"

    def _reference(self, terminal: Terminal) -> str:
        """Stands on the posting, so that it is found again; opaque."""
        return self.key(terminal.ledger)[:16]
