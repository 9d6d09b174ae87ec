"""Staff help a guest who is stuck: what was refused, with the guest's consent, one step, and back to the guest."""

from __future__ import annotations

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.model import Stay
from kiosk.key_journal import Act, Why
from kiosk.prompts import (
    Choice,
    LayKeyCard,
    Prompt,
    RegistrationCard,
    Sheet,
)
from tests.journeys.companions import books_of
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.lost_key import room_of
from tests.journeys.staff import (
    DUE,
    SAY,
    comes,
    hands_back,
    helped,
    helps,
    hired,
    last,
    put_down_as,
    sheet_says,
    stuck,
)


async def test_the_guest_agrees_the_colleague_allows_it_and_the_guest_goes_on_to_the_key(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    asked = await comes(kiosk, kata)
    assert "Kata" in SAY(asked.question)
    assert kiosk.guest.scene.signed_in is None, "until the guest agrees it is their screen"
    kiosk.guest.choose("yes")
    sheet = await kiosk.guest.sees(Sheet, "pay first")
    assert "Kata" in SAY(kiosk.guest.scene.signed_in)
    assert SAMPLES["balance-due"].person.family not in sheet_says(sheet), "nothing that the decision does not need"
    await hands_back(kiosk, "later")
    await kiosk.goes_on(LayKeyCard)
    assert (await kiosk.booking("balance-due")).stay is Stay.IN_HOUSE
    await put_down_as(kiosk, kata, "balance-due", Why.BALANCE, "may pay the balance later")
    assert last(kiosk, kata).act == Act.SIGNED_OFF


async def test_what_is_said_to_be_paid_must_stand_in_the_hotels_books(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "balance-due", DUE)
    await helps(kiosk, kata)
    kiosk.guest.choose("paid")
    sheet = await kiosk.guest.sees(Sheet)
    assert "not paid yet" in sheet_says(sheet)
    assert not helped(kiosk)
    with books_of(kiosk) as books:
        books.paid((await kiosk.booking("balance-due")).id)
    await hands_back(kiosk, "paid")
    await kiosk.goes_on(LayKeyCard)
    await put_down_as(kiosk, kata, "balance-due", Why.BALANCE, "the balance was paid at the desk")


async def to_no_room(kiosk: Lobby, sample: str) -> None:
    await kiosk.to_registration(sample)
    await kiosk.signs()
    await kiosk.guest.sees(Choice, "not ready")


async def test_a_clean_room_that_nobody_inspected_is_given_when_staff_say_that_it_is_ready(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata, room = await hired(kiosk), await room_of(kiosk, "do-not-move-not-ready")
    with books_of(kiosk) as books:
        books.cleaned(room, "Clean")
    await to_no_room(kiosk, "do-not-move-not-ready")
    assert "Clean, not inspected" in sheet_says(await helps(kiosk, kata))
    await hands_back(kiosk, "seen")
    await kiosk.goes_on(LayKeyCard)
    assert await room_of(kiosk, "do-not-move-not-ready") == room
    await put_down_as(kiosk, kata, "do-not-move-not-ready", Why.ROOM_NOT_CLEAN, "the room was seen and is ready")


async def test_a_dirty_room_is_refused_by_the_hotel_whatever_staff_say(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata, room = await hired(kiosk), await room_of(kiosk, "do-not-move-not-ready")
    await to_no_room(kiosk, "do-not-move-not-ready")
    await helps(kiosk, kata)
    kiosk.guest.choose("said")
    sheet = await kiosk.guest.sees(Sheet)
    assert "Housekeeping has not released the room." in sheet_says(sheet)
    assert not helped(kiosk)
    with books_of(kiosk) as books:
        books.cleaned(room, "Clean")
    await hands_back(kiosk, "said")
    await kiosk.goes_on(LayKeyCard)


async def test_where_no_room_is_left_the_desk_assigns_one_and_the_guest_goes_on(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await to_no_room(kiosk, "sold-out")
    assert "None is assigned" in sheet_says(await helps(kiosk, kata))
    kiosk.guest.choose("given")
    sheet = await kiosk.guest.sees(Sheet)
    assert "No room is assigned." in sheet_says(sheet)
    kiosk.guest.choose("no")
    await kiosk.guest.sees(Choice, "not ready")
    assert not helped(kiosk)


async def test_after_a_waiting_number_staff_can_still_help(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata, room = await hired(kiosk), await room_of(kiosk, "do-not-move-not-ready")
    await to_no_room(kiosk, "do-not-move-not-ready")
    kiosk.guest.choose("wait")
    await kiosk.guest.sees(Choice, "Your number is")
    with books_of(kiosk) as books:
        books.cleaned(room, "Clean")
    await helps(kiosk, kata)
    await hands_back(kiosk, "seen")
    await kiosk.goes_on(LayKeyCard)


async def test_an_alert_is_told_and_the_guest_goes_on(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "alert", "The desk has something for you")
    (alert,) = (await kiosk.booking("alert")).alerts
    assert alert.description in sheet_says(await helps(kiosk, kata))
    await hands_back(kiosk, "told")
    await kiosk.goes_on(LayKeyCard)
    await put_down_as(kiosk, kata, "alert", Why.ALERT, "what the desk had for them was told")


async def test_an_alert_that_stops_the_check_in_is_not_passed_over(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "alert-stop", "The desk has something for you")
    await helps(kiosk, kata)
    await hands_back(kiosk, "told")
    await kiosk.plays("card_reader", "lift")
    while "one thing" not in SAY((prompt := await kiosk.guest.sees(Prompt)).question):
        await kiosk.acts(prompt)
    sheet = await helps(kiosk, kata)
    assert "An alert stops the check-in." in sheet_says(sheet)
    assert "later" not in [option.id for option in sheet.options]
    kiosk.guest.choose("again")
    assert "still stands there" in sheet_says(await kiosk.guest.sees(Sheet))
    assert (await kiosk.booking("alert-stop")).stay is Stay.RESERVED
    with books_of(kiosk) as books:
        books.stops_no_more((await kiosk.booking("alert-stop")).id)
    await hands_back(kiosk, "again")
    await kiosk.goes_on(LayKeyCard)
    assert [entry.why for entry in helped(kiosk)] == [Why.ALERT, Why.OBSTACLE]


async def test_a_booking_of_several_rooms_goes_on_once_it_is_split(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    kata = await hired(kiosk)
    await stuck(kiosk, "multi-room", "2 rooms")
    await helps(kiosk, kata)
    kiosk.guest.choose("split")
    assert "Rooms: 2" in sheet_says(await kiosk.guest.sees(Sheet))
    with books_of(kiosk) as books:
        books.split((await kiosk.booking("multi-room")).id)
    await hands_back(kiosk, "split")
    await kiosk.goes_on(RegistrationCard)
