"""A monitor asks all through a guest's check-in how the terminal is: it learns of no guest, no room and no booking."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator

from kiosk.faults import TABLE
from kiosk.hotel.builtin.samples import COMPANIONS, SAMPLES
from kiosk.prompts import Choice, Farewell, LayKeyCard, Welcome
from kiosk.rounds import FIRST_AFTER_S, MAIL_EVERY_S
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.lost_key import room_of
from tests.journeys.test_slip_by_mail import mail
from tests.kiosk.mail_end import MailEnd

PAGES = ("/health", "/metrics")


def personal() -> set[str]:
    """Names, numbers, bookings and zones of all samples, in small letters."""
    told: list[str] = []
    for sample in SAMPLES.values():
        person, document = sample.person, sample.document
        told += [person.given, person.family, person.email, *person.address, sample.confirmation, document.number]
        told += [*document.mrz, person.born.isoformat(), f"{person.born:%y%m%d}", document.family_name, document.given_names]
    for companion in COMPANIONS.values():
        told += [companion.person.given, companion.person.family, companion.document.number, *companion.document.mrz]
    return {word.lower() for word in told if len(word) > 3}


async def asked(kiosk: Lobby, path: str) -> tuple[int, str]:
    kiosk.running.health._kept.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", kiosk.running.health.port)
    writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), body


def words_in(body: str) -> Iterator[str]:
    """Everything but numbers: rooms are three digits, and so are counters."""
    if body.startswith("{"):
        told = json.loads(body)
        yield from re.findall(r'"([^"]*)"', json.dumps({**told, "at": "", "parts": list(told["parts"])}))
        for part in told["parts"].values():
            yield from (part["state"], *(fault["code"] for fault in part["faults"]))
    else:
        yield from re.findall(r'="([^"]*)"', body)


async def test_a_monitor_learns_nothing_of_who_checks_in(lobby: OpenLobby) -> None:
    kiosk = await lobby(health__listen="127.0.0.1:0", hotel__country="US")
    guest, told = kiosk.guest, personal()
    rooms = {room.number for room in [(await kiosk.booking("ready")).room] if room}

    async def looks() -> dict[str, str]:
        found = {path: (await asked(kiosk, path))[1] for path in PAGES}
        for path, body in found.items():
            assert not [word for word in told if word in body.lower()], path
            words = set(words_in(body))
            assert words
            assert not words & rooms
        return found

    assert kiosk.running.rounds is not None
    await kiosk.running.rounds.once()
    await looks()
    await kiosk.to_registration("ready")
    await looks()
    await kiosk.plays("printer", "paper-out")
    await kiosk.goes_on(LayKeyCard)
    rooms.add(await room_of(kiosk, "ready"))
    await looks()
    await kiosk.plays("key_encoder", "lay-card")
    await guest.sees(Choice, "out of paper")
    body = (await looks())["/health"]
    assert json.loads(body)["parts"]["printer"]["faults"] == [{"code": "printer.paper-out", "severity": "hinders"}]
    guest.choose("skip")
    await guest.sees(Farewell)
    body = (await looks())["/metrics"]
    assert "kiosk_visits_total 1.0" in body
    assert rooms


async def test_what_is_no_device_is_told_of_as_the_rounds_have_found_it(lobby: OpenLobby, mail_end: MailEnd) -> None:
    """The real computer, line, hotel and mail server, tried by nobody's hands; a monitor is told of each."""
    kiosk = await lobby(health__listen="127.0.0.1:0", **mail(mail_end))
    await kiosk.guest.sees(Welcome)
    await kiosk.until(lambda: kiosk.terminal.hotel_well)
    before = json.loads((await asked(kiosk, "/health"))[1])["parts"]
    assert {name for name, each in before.items() if each["state"] == "unknown"} >= {"machine", "network", "mail", "screen"}
    await kiosk.clock.move(FIRST_AFTER_S)
    await kiosk.until(lambda: kiosk.terminal.book.last("network.round-trip") and kiosk.terminal.book.last("mail.server"))
    told = json.loads((await asked(kiosk, "/health"))[1])["parts"]
    assert told["mail"]["state"] == "well"
    assert told["machine"]["proven"]
    assert told["network"]["proven"]
    assert told["hotel"]["state"] == "well"
    assert told["screen"]["state"] == "unknown"
    assert all(fault["code"] in TABLE for part in told.values() for fault in part["faults"])
    await mail_end.stop()
    await kiosk.plays("hotel", "off")
    await kiosk.clock.move(MAIL_EVERY_S)
    await kiosk.until(lambda: not kiosk.terminal.mails and kiosk.terminal.hotel_well is False)
    status, body = await asked(kiosk, "/health")
    told = json.loads(body)
    assert (status, told["state"]) == (503, "ill")
    assert [fault["code"] for fault in told["parts"]["mail"]["faults"]] == ["mail.down"]
    assert [fault["code"] for fault in told["parts"]["hotel"]["faults"]] == ["hotel.down"]
    assert not mail_end.letters
