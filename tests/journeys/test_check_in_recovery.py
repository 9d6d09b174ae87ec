"""What was left open about a booking that the hotel does not know any more holds up nothing else."""

from __future__ import annotations

from kiosk.effects.check_in import CheckIn
from kiosk.effects.doing import recover
from tests.journeys.conftest import OpenLobby


async def test_a_booking_that_is_gone_from_the_hotel_is_told_to_the_desk(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    terminal = kiosk.terminal
    gone = CheckIn(reservation_id="99999999")
    key = terminal.ledger.opaque(gone.KIND, *gone.same())
    terminal.ledger.intend(key, "a visit before", "booking", gone.KIND, gone.model_dump(mode="json"))
    assert await recover(terminal) == 1
    assert terminal.ledger.entry(key).state == "told"
