"""The fee for a lost key while answers get lost, the hotel is away, or the power goes: once on the bill, or with the desk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.prompts import Choice
from tests.journeys.between import House
from tests.journeys.conftest import Lobby, OpenHouse, OpenLobby
from tests.journeys.lost_key import GUEST, READY, agrees, errands, is_charged, says_lost, takes_it, told
from tests.journeys.staff import lays_blank
from tests.kiosk.hotel.bad_gateway import Fault, cut, says

FEE = {"hotel__country": "US", "hotel__deadline_s": 2, "hotel__cashier": 7, "access__lost_key_fee": "2500"}
CHARGES = "/charges"


async def to_the_key(kiosk: Lobby) -> str:
    """The new key is cut and lies there; its UID."""
    await says_lost(kiosk)
    await agrees(kiosk)
    new = await lays_blank(kiosk)
    await kiosk.guest.sees(Choice, READY)
    return new


def on_the_bill(house: House) -> int:
    """Lines of the guest's bill that cost 2500, in the hotel's own books."""
    booking = next(each for each in house.books.reservations() if each.confirmation == SAMPLES[GUEST].confirmation)
    return [amount for _, amount in house.books.postings(booking.id)].count(2500)


async def test_an_answer_that_was_lost_charges_once(house: OpenHouse, lobby: OpenLobby) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, **FEE)
    hotel.between.lose("POST", CHARGES)
    await to_the_key(kiosk)
    await takes_it(kiosk)  # nobody waits for it
    await is_charged(kiosk)
    assert on_the_bill(hotel) == 1
    assert hotel.between.count("POST", CHARGES) == 1  # it was found by its reference
    assert kiosk.terminal.ledger.unsettled() == ()


async def test_a_hotel_that_is_away_then_is_charged_when_it_is_back(house: OpenHouse, lobby: OpenLobby) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, **FEE)
    await to_the_key(kiosk)
    await hotel.between.stop()
    await takes_it(kiosk)
    for _ in range(6):
        await kiosk.clock.move(10)
        await kiosk.terminal.run_errands_once()
    assert on_the_bill(hotel) == 0
    await hotel.between.start()
    await is_charged(kiosk)
    assert on_the_bill(hotel) == 1


REFUSED = says(400, b'{"type":"x","title":"y","o:errorCode":"TRANSACTION_CODE_UNKNOWN"}')


async def test_a_charge_that_the_hotel_refuses_is_the_desks(house: OpenHouse, lobby: OpenLobby) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, **FEE)
    hotel.between.spoil("POST", CHARGES, REFUSED)
    await to_the_key(kiosk)
    await takes_it(kiosk)
    await errands(kiosk, told(hotel, "2500 HUF for a lost key could not be put on the bill: please do it"))
    assert kiosk.terminal.ledger.unsettled() == ()
    assert on_the_bill(hotel) == 0


async def test_a_charge_that_the_hotel_can_not_do_now_holds_up_no_word_to_the_desk(
    house: OpenHouse, lobby: OpenLobby
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, **FEE)
    hotel.between.spoil("POST", CHARGES, says(500, b"{}"))
    await to_the_key(kiosk)
    await takes_it(kiosk)
    await errands(kiosk, told(hotel, "had a lost key of room"))
    assert on_the_bill(hotel) == 0
    hotel.between.well()
    await is_charged(kiosk)
    assert on_the_bill(hotel) == 1


@pytest.mark.parametrize("fault", [None, cut], ids=["before the charge", "charged, answer unread"])
async def test_after_a_power_cut_it_is_charged_once(
    fault: Fault | None, house: OpenHouse, lobby: OpenLobby, tmp_path: Path
) -> None:
    """The next start finds the disk as it was in that moment."""
    hotel = await house()
    kiosk = await lobby(house=hotel, **FEE)
    if fault is not None:
        hotel.between.lose("POST", CHARGES, fault, times=1_000)
    await to_the_key(kiosk)
    if fault is not None:
        await takes_it(kiosk)

        async def posted() -> bool:
            return on_the_bill(hotel) == 1

        await errands(kiosk, posted)
    shutil.copytree(kiosk.terminal.settings.kiosk.state, tmp_path / "kiosk-2", ignore=shutil.ignore_patterns("*.sock"))
    hotel.between.well()
    again = await lobby(house=hotel, **FEE)
    assert again.terminal.settings.kiosk.state == tmp_path / "kiosk-2"
    await is_charged(again)
    assert on_the_bill(hotel) == 1
    assert again.terminal.ledger.unsettled() == ()


async def test_a_power_cut_while_the_card_is_written_charges_only_for_a_key_that_is_found(
    house: OpenHouse, lobby: OpenLobby, tmp_path: Path
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, **FEE)
    await says_lost(kiosk)
    await agrees(kiosk)
    await kiosk.plays("key_encoder", "lift-after", "6")
    await lays_blank(kiosk)
    await kiosk.until(lambda: any(entry.kind == "cut-key" for entry in kiosk.terminal.ledger.unsettled()))
    shutil.copytree(kiosk.terminal.settings.kiosk.state, tmp_path / "kiosk-2", ignore=shutil.ignore_patterns("*.sock"))
    again = await lobby(house=hotel, **FEE)  # no card lies there: nobody knows
    await errands(again, told(hotel, "may have been cut: please cut a new one"))
    assert again.terminal.ledger.unsettled() == ()
    assert on_the_bill(hotel) == 0
