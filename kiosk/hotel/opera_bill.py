"""The bill, for OPERA Cloud: read, and charged."""

from __future__ import annotations

from kiosk.hotel import opera_bodies as bodies
from kiosk.hotel import opera_wire as wire
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Folio
from kiosk.hotel.opera_base import OperaCalls, must_tell, read
from kiosk.hotel.opera_deadline import Deadline
from kiosk.hotel.opera_http import segment
from kiosk.language import Money


class OperaBill(OperaCalls):
    """The part of `Hotel` that is about money."""

    async def folio(self, reservation_id: str) -> Folio:
        return await self._folio("folio", reservation_id, self._http.deadline())

    async def charge(self, reservation_id: str, what: str, amount: Money, reference: str) -> None:
        """getFolio, postBillingCharges.

        The bill is looked at first: what stands there with this reference is not posted again. No
        public text promises that a gateway heeds x-request-id, so that a posting whose answer was
        lost is not repeated within this call either: TIMEOUT and BROKEN leave it to be asked again.
        """
        call, deadline = "charge", self._http.deadline()
        code = self._charging.codes.get(what, "")
        if not code:
            raise HotelError(call, Trouble.REFUSED, "no-code")
        if reference in {line.reference for line in (await self._folio(call, reservation_id, deadline)).lines}:
            return
        body = bodies.charge(self._hotel_id, code, amount, reference, self._charging.cashier)
        path = f"{self._bill(reservation_id)}/charges"
        await self._http.ask(call, "POST", path, body=body, token=reference, again=False, deadline=deadline)

    async def _folio(self, call: str, reservation_id: str, deadline: Deadline) -> Folio:
        query = [("fetchInstructions", each) for each in ("Postings", "Windowbalances")]
        path = f"{self._bill(reservation_id)}/folios"
        answer = await self._http.ask(call, "GET", path, query=query, deadline=deadline)
        must_tell(call, answer)
        return read(call, answer, lambda body: wire.folio(body, reservation_id))

    def _bill(self, reservation_id: str) -> str:
        return f"{self._csh}/reservations/{segment(reservation_id)}"
