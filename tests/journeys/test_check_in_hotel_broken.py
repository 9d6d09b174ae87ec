"""The hotel answers 500, a page of HTML, half a JSON or half an answer, at each request of a check-in in turn."""

from __future__ import annotations

from kiosk.prompts import Choice, Farewell, LayKeyCard, Welcome
from tests.journeys.conftest import OpenHouse, OpenLobby
from tests.kiosk.hotel.bad_gateway import cut_in_body, says

FAULTS = {
    "500": says(500, b'{"type":"x","title":"y","o:errorCode":"INTERNAL"}'),
    "HTML": says(200, b"<html><h1>It works!</h1></html>", "content-type: text/html"),
    "half a JSON": says(200, b'{"reservations":{"reservationInfo":[{"reser'),
    "half an answer": cut_in_body,
}
REQUESTS = (
    ("GET", "/reservations"),
    ("GET", r"/reservations/\d+"),
    ("PUT", r"/profiles/\d+"),
    ("PUT", r"/reservations/\d+"),
    ("GET", "/suggestedRooms"),
    ("GET", "/rooms"),
    ("POST", "/roomAssignments"),
    ("GET", "/verifyCheckIns"),
    ("POST", "/checkIns"),
    ("POST", "/roomKeys"),
)
"""In the order of a check-in."""


async def test_whatever_the_hotel_answers_the_guest_has_a_next_step_and_nothing_is_done_twice(
    lobby: OpenLobby, house: OpenHouse
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    guest, between = kiosk.guest, hotel.between
    await guest.sees(Welcome)
    await kiosk.shows_document("unassigned")
    for request in REQUESTS:
        for name, fault in FAULTS.items():
            between.spoil(*request, fault)
            prompt = await kiosk.goes_on(Choice)
            assert "can’t reach the hotel" in guest.says(prompt.question), (request, name, guest.story())
            assert [option.id for option in prompt.options] == ["again", "person", "leave"]
            between.well()
            guest.choose("again")  # into the next fault, or on to the next request
    await kiosk.goes_on(LayKeyCard)
    between.spoil("PUT", "/roomKeys", FAULTS["500"])
    await kiosk.goes_on(Farewell)
    assert [between.count("POST", end) for end in ("/roomAssignments", "/checkIns", "/roomKeys")] == [1, 1, 1]
    signed = [line for line in guest.story() if line.startswith("RegistrationCard: Is this right")]
    assert len(signed) == 1, guest.story()
    await kiosk.terminal.run_errands_once()
    assert between.count("PUT", "/roomKeys") == 0, "the fault was none"
    between.well()
    await kiosk.terminal.run_errands_once()
    assert between.count("PUT", "/roomKeys") == 1, "the hotel never heard of the card"
    assert hotel.books.requests() == [], "what the kiosk has put right is nobody's work"


async def test_a_guest_who_leaves_a_broken_hotel_is_welcomed_anew_and_one_who_calls_is_told_whom(
    lobby: OpenLobby, house: OpenHouse
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel)
    hotel.between.spoil("GET", "/reservations", FAULTS["500"])
    hotel.between.spoil("POST", "/serviceRequests", FAULTS["HTML"])
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document("unassigned")
    await kiosk.guest.sees(Choice, "can’t reach the hotel")
    kiosk.guest.choose("person")
    prompt = await kiosk.guest.sees(Choice, "Please come to the desk")
    assert "+36 1 555 0100" in kiosk.guest.says(prompt.help)
    kiosk.guest.choose("go-on")
    await kiosk.guest.sees(Choice, "can’t reach the hotel")
    kiosk.guest.choose("leave")
    await kiosk.guest.sees(Welcome)


async def test_a_word_that_the_hotel_refuses_holds_up_no_other(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel)
    kiosk.terminal.tell_desk("ALERT", "about a booking that nobody knows", "999999999")
    kiosk.terminal.tell_desk("ALERT", "about a printer")
    await kiosk.terminal.run_errands_once()
    assert hotel.books.requests() == ["about a printer"]
