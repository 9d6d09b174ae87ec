"""A code is scanned that is no booking: said so, with another way, and nothing of it goes anywhere."""

from __future__ import annotations

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.prompts import Choice, PresentDocument, TextEntry, Welcome
from tests.journeys.conftest import OpenLobby

NO_BOOKINGS = (
    "https://example.org/check-in?booking=70010001",
    "HTTPS://EXAMPLE.ORG/70010001",
    "Lorem ipsum dolor sit amet, consectetur. " * 100,  # 4 kB of text
    "A" * 4096,
    "7" * 5000,  # more than a scanner's code may be: cut, and then it is none
    "7001\x000001",
    "a\x07b\x1bc\x1b[2J",
    "70010001\t70010002",
    "'; DROP TABLE reservations; --",
    "70010001' OR '1'='1",
    "7001%",
    "70010001 ; rm -rf /",
    "WIFI:T:WPA;S:guest;P:secret;;",
    "BEGIN:VCARD\nFN:Anna Eriksson\nEND:VCARD",
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "HB1.AAAA",
    "HB1." + "A" * 400,
    "７００１０００１",  # noqa: RUF001 - digits, but none of a confirmation number
    "{path}" + "%s" * 10,
    "abc",
)


async def test_what_is_no_booking_is_said_to_be_none_at_the_welcome_screen_and_at_the_question_for_one(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    for at_the_question in (False, True):
        for code in NO_BOOKINGS:
            await guest.sees(Welcome)
            if at_the_question:
                guest.choose("check-in")
                await guest.sees(Choice, "How shall we find your booking?")
                guest.passes()
            await kiosk.plays("scanner", "scan", code)
            prompt = await guest.sees(Choice, "This code is not a booking")
            assert [option.id for option in prompt.options] == ["other"]
            assert code[:20] not in "".join(map(guest.says, (prompt.question, prompt.help, prompt.notice)))
            guest.choose("other")
            await guest.sees(Choice, "How shall we find your booking?")
            guest.start_over()
    await guest.sees(Welcome)
    assert kiosk.terminal.ledger.tries_since(3600) == 0


async def test_a_forged_or_altered_code_of_this_hotel_is_no_booking(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    good = kiosk.bench.code("ready")
    head, tail = good[:-6], good[-6:]
    for code in (head, head + tail.swapcase(), good.replace(good[8], chr(ord(good[8]) ^ 1)), good + "A"):
        await kiosk.guest.sees(Welcome)
        await kiosk.plays("scanner", "scan", code)
        await kiosk.guest.sees(Choice, "This code is not a booking")
        kiosk.guest.start_over()


async def test_a_code_where_none_is_asked_for_changes_nothing(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    await guest.sees(Welcome)
    guest.choose("check-in")
    await guest.sees(Choice)
    guest.choose("number")
    await guest.sees(TextEntry)
    await kiosk.plays("scanner", "scan", "ready")
    guest.type(SAMPLES["ready"].confirmation)
    await guest.sees(PresentDocument)
    await kiosk.plays("scanner", "scan", "unassigned")
    await kiosk.shows_document("ready")
    await kiosk.card()
    await kiosk.plays("scanner", "scan", "unassigned")
    before = len(guest.scenes)
    guest.choose("rules")
    await kiosk.until(lambda: len(guest.scenes) > before)
    assert [type(scene.prompt).__name__ for scene in guest.scenes[before:]] == ["Reading"]
