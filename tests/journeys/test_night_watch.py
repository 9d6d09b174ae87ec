"""At night the terminal looks after itself, and the desk knows in the morning what is amiss."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from hardware.checks import Outcome
from kiosk.night_watch import FREE_S, LOOK_EVERY_S, NightReport, last_report
from kiosk.paper_count import PAPER
from kiosk.prompts import Choice, Welcome
from kiosk.settings import DEVICES
from tests.journeys.test_slip_by_mail import mail
from tests.kiosk.mail_end import MailEnd

Open = Callable[..., Awaitable[Any]]
TODAY = date(2026, 11, 27)
EVENING = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)  # 23:00 in Budapest
HOUR_S = 3600
OF_THIS_MACHINE = ("Computer: ", "Network: This clock is")
"""What is rightly ill here: the tests have moved the terminal's clock and not the hotel's, and keep the processor busy."""


async def open_at(lobby: Open, start: datetime, **changes: Any) -> Any:
    """A kiosk whose time stands still, with all devices seen."""
    kiosk = await lobby(start=start, still=True, kiosk__night_watch=time(3, 30), **changes)
    await kiosk.guest.sees(Welcome)
    return kiosk


async def passes(kiosk: Any, hours: float) -> None:
    """Time goes by in steps in which nobody's deadline is missed."""
    for _ in range(int(hours * 4)):
        await kiosk.clock.move(HOUR_S / 4)
        await kiosk.running.night_watch.look()


def of_the_terminal(sentences: Iterable[str]) -> list[str]:
    return [each for each in sentences if not each.startswith(OF_THIS_MACHINE)]


def told(kiosk: Any) -> list[str]:
    """What the desk was told of the coming day, without what is this machine's."""
    messages = [words["text"] for _, words in kiosk.terminal.ledger.messages() if words["code"] == "NIGHT-WATCH"]
    assert all(each.startswith("kiosk-1, before the guests of 2026-11-27: ") for each in messages)
    return ["; ".join(of_the_terminal(each.partition(": ")[2].split("; "))) for each in messages]


async def test_a_quiet_night_with_all_well_tells_nobody(lobby: Open) -> None:
    kiosk = await open_at(lobby, EVENING)
    await passes(kiosk, 4)
    watch = kiosk.running.night_watch
    assert not watch.report  # 03:00
    await passes(kiosk, 1)
    report = watch.report
    assert report.day == TODAY
    assert report.at.astimezone(kiosk.terminal.settings.hotel.zone).time() == time(3, 30)
    assert report.arrivals == await kiosk.terminal.hotel.arrivals(TODAY) > 0
    assert report.slips > report.arrivals
    found = {each.id: each.outcome for each in report.found}
    for device in DEVICES:
        assert found[device] is Outcome.WELL
    assert {"machine", "network", "hotel", "printer"} <= {id.partition(".")[0] for id in found if "." in id}
    ill = {id for id, outcome in found.items() if outcome is Outcome.ILL}
    assert all(id == "network.clock" or id.startswith("machine.") for id in ill)
    assert report.cards is None
    assert "by hand" in report.notes[0]
    assert of_the_terminal(report.amiss) == []


async def test_a_clock_that_was_years_ahead_once_ends_no_watch_for_years(lobby: Open) -> None:
    """A computer whose battery is empty starts in 2099, until the network tells it the time."""
    kiosk = await open_at(lobby, EVENING)
    watch = kiosk.running.night_watch
    watch.report = NightReport(date(2099, 1, 1), datetime(2099, 1, 1, 3, 30, tzinfo=UTC), ())
    await passes(kiosk, 5)
    assert watch.report.day == TODAY


async def test_paper_for_some_of_the_arrivals_is_told_once(lobby: Open) -> None:
    kiosk = await open_at(lobby, EVENING, printer__roll_m=5)
    for _ in range(18):
        kiosk.running.night_watch._paper.used(250)
    await passes(kiosk, 12)
    arrivals = kiosk.running.night_watch.report.arrivals
    assert told(kiosk) == [f"paper for 2 of {arrivals} arrivals"]


async def test_what_is_printed_is_counted(lobby: Open) -> None:
    kiosk = await lobby()
    await kiosk.to_farewell("ready")
    assert '"used_mm": 0' not in (kiosk.terminal.settings.kiosk.state / PAPER).read_text()
    assert kiosk.running.night_watch._paper.left_mm < 80_000


async def test_an_ill_device_is_told_with_its_fault(lobby: Open) -> None:
    kiosk = await open_at(lobby, EVENING)
    await kiosk.plays("printer", "cutter-jam")
    await kiosk.until(lambda: not kiosk.terminal.works("printer"), moving_s=1)
    await passes(kiosk, 5)
    assert told(kiosk) == ["Printer: printer.cutter"]


async def test_a_mail_server_that_does_not_let_us_in_is_told_and_one_that_does_is_sent_nothing(
    lobby: Open, mail_end: MailEnd
) -> None:
    kiosk = await open_at(lobby, EVENING, **{name: value for name, value in mail(mail_end).items() if "country" not in name})
    await passes(kiosk, 5)
    found = {each.id: each.outcome for each in kiosk.running.night_watch.report.found}
    assert found["mail.server"] is Outcome.WELL
    assert not mail_end.letters
    await mail_end.stop()
    await passes(kiosk, 24)
    assert "E-mail: The mail server can’t be reached." in kiosk.running.night_watch.report.amiss


async def test_somebody_at_the_screen_is_waited_for(lobby: Open) -> None:
    kiosk = await open_at(lobby, EVENING.replace(hour=1, day=27), kiosk__idle_s=600)
    watch = kiosk.running.night_watch
    await kiosk.clock.move(1.4 * HOUR_S)
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice)
    await kiosk.clock.move(0.2 * HOUR_S)  # 03:36
    assert await watch.look() is None
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Welcome), moving_s=60)
    assert await watch.look() is None
    await kiosk.clock.move(FREE_S - LOOK_EVERY_S)
    assert await watch.look() is None
    kiosk.running.reception.touched()  # the night porter wipes the screen
    await kiosk.clock.move(FREE_S - LOOK_EVERY_S)
    assert await watch.look() is None
    await kiosk.clock.move(2 * LOOK_EVERY_S)
    assert (await watch.look()).day == TODAY


@pytest.mark.parametrize(("start", "free_s"), [(time(3, 45), FREE_S), (time(8, 0), 60.0)], ids=["by night", "by day"])
async def test_a_night_that_was_missed_is_made_up_for(lobby: Open, start: time, free_s: float) -> None:
    kiosk = await open_at(lobby, datetime.combine(TODAY, start, UTC).replace(hour=start.hour - 1))
    await kiosk.clock.move(free_s - 1)
    assert await kiosk.running.night_watch.look() is None
    await kiosk.clock.move(2)
    assert (await kiosk.running.night_watch.look()).day == TODAY


async def test_a_night_is_kept_over_a_restart(lobby: Open) -> None:
    kiosk = await open_at(lobby, EVENING)
    await passes(kiosk, 5)
    before = kiosk.running.night_watch.report
    state = kiosk.terminal.settings.kiosk.state
    assert last_report(state) == before
    again = await open_at(lobby, kiosk.clock.now(), kiosk__state=state)
    await passes(again, 3)
    assert again.running.night_watch.report == before
    (state / "night-watch.json").write_text("{")
    assert last_report(state) is None


async def test_without_an_hour_no_watch_is_kept(lobby: Open) -> None:
    kiosk = await lobby(start=EVENING)
    await kiosk.guest.sees(Welcome)
    await kiosk.until(lambda: kiosk.clock.monotonic() > 12 * HOUR_S, moving_s=HOUR_S)
    assert kiosk.running.night_watch.report is None


async def test_a_hotel_that_does_not_answer_is_amiss(lobby: Open) -> None:
    kiosk = await open_at(lobby, EVENING)
    await kiosk.plays("hotel", "off")
    await passes(kiosk, 5)
    report = kiosk.running.night_watch.report
    assert report.arrivals is None
    assert "the hotel did not tell the arrivals" in report.notes
    assert [words.partition(":")[0] for words in of_the_terminal(report.amiss)] == ["Network", "Hotel’s system"]
    (message,) = told(kiosk)
    assert message.startswith("Network: The hotel’s system does not answer")


async def test_who_comes_in_the_middle_is_not_waited_upon(lobby: Open) -> None:
    kiosk = await open_at(lobby, EVENING)
    await kiosk.clock.move(5 * HOUR_S)
    watching = asyncio.ensure_future(kiosk.running.night_watch.look())
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice)
    assert await watching is None
    assert kiosk.running.night_watch.report is None
