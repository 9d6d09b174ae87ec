"""The technician at the screen: which part is ill, why, and is it well again; and that no guest is seen there."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TypeVar

from hardware.checks import CheckResult, Outcome
from hardware.errors import Fault
from hardware.readings import State
from kiosk.diagnosis.book import Tried
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.key_journal import Act, Why
from kiosk.language import language
from kiosk.prompts import Choice, Chosen, Pick, Prompt, StillThere, TextEntry, Typed, Welcome
from kiosk.roles import Role
from kiosk.technician_prompts import (
    Checking,
    ColourField,
    FingersSeen,
    FingerTest,
    GaveUp,
    KeypadTest,
    Looked,
    Overview,
    PartPage,
    Results,
    Tile,
    Touched,
    TouchTest,
)
from tests.journeys.conftest import WITHIN_S, Lobby, OpenLobby
from tests.journeys.staff import SAY, Colleague, a_guest_checks_in, hired, lays_card, signs_in
from tests.journeys.test_slip_by_mail import mail
from tests.kiosk.mail_end import MailEnd

P = TypeVar("P", bound=Prompt)
SEEN_WITHIN_S = 2.0


async def comes(kiosk: Lobby, who: Colleague) -> Overview:
    """From the welcome screen straight to the overview."""
    await kiosk.guest.sees(Welcome)
    await lays_card(kiosk, who)
    await kiosk.guest.sees(TextEntry, "PIN")
    kiosk.guest.type(who.pin)
    return await kiosk.guest.sees(Overview)


async def a_technician(lobby: OpenLobby, **changes: str) -> Lobby:
    kiosk = await lobby(**changes)
    await comes(kiosk, await hired(kiosk, Role.TECHNICIAN, "Tom"))
    return kiosk


def standing(kiosk: Lobby, kind: type[P]) -> P:
    """What stands there now."""
    prompt = kiosk.guest.scene.prompt
    assert isinstance(prompt, kind), kiosk.guest.story()
    return prompt


def now_says(kiosk: Lobby, part: str) -> Tile | None:
    prompt = kiosk.guest.scene.prompt
    return next((tile for tile in prompt.tiles if tile.id == part), None) if isinstance(prompt, Overview) else None


async def becomes(kiosk: Lobby, part: str, *states: State) -> float:
    """Wait until the tile is so; how long that took."""
    began = time.monotonic()
    await kiosk.until(lambda: (tile := now_says(kiosk, part)) is not None and tile.standing.state in states)
    return time.monotonic() - began


def touches(kiosk: Lobby, id: str) -> None:
    """What stands there now, not what stood there before."""
    assert kiosk.guest.desk.answer(kiosk.guest.scene.number, Chosen(id))


async def sees(kiosk: Lobby, kind: type[P], words: str = "") -> P:
    """Wait until it stands there now."""
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, kind) and words in SAY(kiosk.guest.scene.prompt.question))
    return standing(kiosk, kind)


# --- the overview --------------------------------------------------------------------------------------


async def test_an_unplugged_printer_is_seen_with_its_hint_and_well_again_by_itself(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    await becomes(kiosk, "printer", State.WELL)
    await kiosk.plays("printer", "unplug")
    assert await becomes(kiosk, "printer", State.GONE, State.ILL) < SEEN_WITHIN_S
    overview = standing(kiosk, Overview)
    assert re.search(r"[Oo]ne (part is )?gone", SAY(overview.question)), "whatever else is ill on this machine"
    assert Fault.PRINTER_GONE in SAY(overview.remedy.title)
    assert "cable" in SAY(overview.remedy.words)
    tile = now_says(kiosk, "printer")
    assert tile is not None
    assert tile.standing.line is not None
    assert SAY(tile.standing.line).startswith("not connected since ")
    await kiosk.plays("printer", "plug")
    await becomes(kiosk, "printer", State.WELL)
    assert Fault.PRINTER_GONE not in SAY(standing(kiosk, Overview).remedy.title)


async def test_a_printer_without_paper_is_ill_and_its_page_shows_the_roll(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    await kiosk.plays("printer", "paper-out")
    assert await becomes(kiosk, "printer", State.ILL) < SEEN_WITHIN_S
    touches(kiosk, "printer")
    page = await sees(kiosk, PartPage)
    assert (page.picture, page.standing.state) == ("paper-roll", State.ILL)
    (remedy,) = page.remedies
    assert "roll" in SAY(remedy.words)
    assert remedy.severity is not None
    assert remedy.still is not None
    assert (SAY(remedy.severity), SAY(remedy.still)) == (
        "Guests can finish, something is not offered", "Guests check in and have their key; what the slip says stands on the screen.",
    )  # fmt: skip
    await kiosk.plays("printer", "paper-in")
    await kiosk.until(lambda: standing(kiosk, PartPage).standing.state is State.WELL)
    assert standing(kiosk, PartPage).remedies == ()


async def test_a_finger_on_a_tile_counts_though_the_tile_has_changed_meanwhile(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touched = kiosk.guest.scene.number
    await kiosk.plays("printer", "paper-out")
    await becomes(kiosk, "printer", State.ILL)
    assert kiosk.guest.scene.number != touched
    assert kiosk.guest.desk.answer(touched, Chosen("key_encoder"))
    await sees(kiosk, PartPage, "Key encoder")


async def test_known_faults_are_told_in_words_and_a_drawing(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "printer")
    await sees(kiosk, PartPage)
    touches(kiosk, "known")
    faults = await sees(kiosk, Pick)
    assert {row.id for row in faults.rows} >= {Fault.PRINTER_CUTTER, Fault.PRINTER_PAPER_OUT}
    assert "no paper · printer.paper-out" in [SAY(row.title) for row in faults.rows]
    touches(kiosk, Fault.PRINTER_CUTTER)
    told = await sees(kiosk, Choice)
    assert told.picture == "repair-cutter"
    assert [SAY(label) for label, _ in told.details] == ["Fault code", "How bad it is", "Meanwhile"]
    before = told.leaves_in_s
    assert before is not None
    await kiosk.clock.move(3)
    await kiosk.until(lambda: (standing(kiosk, Choice).leaves_in_s or before) < before)
    assert told.help is not None
    assert "utter" in SAY(told.help)
    kiosk.guest.desk.back(kiosk.guest.scene.number)
    await sees(kiosk, Pick)


async def test_of_several_faults_each_is_told_and_what_costs_guests_most_stands_first(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "printer")
    await sees(kiosk, PartPage)
    await kiosk.plays("printer", "paper-low")
    await kiosk.plays("printer", "cover-open")
    await kiosk.until(lambda: len(standing(kiosk, PartPage).remedies) == 2)
    first, second = (SAY(remedy.title) for remedy in standing(kiosk, PartPage).remedies)
    assert (first, second) == ("1 of 2 · Printer · printer.cover-open", "2 of 2 · Printer · printer.paper-low")
    assert standing(kiosk, PartPage).picture == "printer-lever"


async def test_what_a_hotel_that_is_away_costs_is_told_in_the_technicians_language(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    kiosk.guest.desk.change_language("de")
    await becomes(kiosk, "hotel", State.WELL)
    touches(kiosk, "hotel")
    await sees(kiosk, PartPage)
    await kiosk.plays("hotel", "off")
    await kiosk.until(lambda: standing(kiosk, PartPage).remedies, moving_s=0.1)
    remedy = standing(kiosk, PartPage).remedies[0]
    assert remedy.severity is not None
    say = language("de").say
    assert "Nein: keine Verbindung. Prüfen Sie das Netzwerkkabel" in say(remedy.words)
    assert say(remedy.severity) == "Gäste kommen hier nicht allein zum Ziel"


# --- checks ----------------------------------------------------------------------------------------------


async def test_a_check_of_the_repaired_printer_passes_and_says_what_it_measured(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "printer")
    page = await sees(kiosk, PartPage)
    check = next(option.id for option in page.options if option.id.startswith("check:"))
    touches(kiosk, check)
    while not isinstance(kiosk.guest.scene.prompt, Results):
        await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Results) or "yes" in _options(kiosk))
        if isinstance(kiosk.guest.scene.prompt, Checking):
            touches(kiosk, "yes")
    (row,) = standing(kiosk, Results).rows
    assert row.outcome is Outcome.WELL, SAY(row.words) if row.words else ""
    touches(kiosk, "go-on")
    await sees(kiosk, PartPage)


async def test_all_is_tested_without_hands_and_what_is_ill_stands_first(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    await kiosk.plays("printer", "paper-out")
    await becomes(kiosk, "printer", State.ILL)
    touches(kiosk, "test-all")
    async with asyncio.timeout(WITHIN_S * 2):
        results = await _results(kiosk)
    assert results.rows[0].outcome is Outcome.ILL
    assert Outcome.WELL in {row.outcome for row in results.rows}
    touches(kiosk, "go-on")
    await sees(kiosk, Overview)


async def test_what_test_all_found_is_over_when_the_device_is_well_again(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    await kiosk.plays("printer", "paper-out")
    await becomes(kiosk, "printer", State.ILL)
    touches(kiosk, "test-all")
    async with asyncio.timeout(WITHIN_S * 2):
        await _results(kiosk)
    touches(kiosk, "go-on")
    await sees(kiosk, Overview)
    tile = now_says(kiosk, "printer")
    assert tile is not None
    assert tile.standing.line is not None
    assert SAY(tile.standing.line).startswith("no paper since ")
    words = SAY(standing(kiosk, Overview).remedy.words)
    assert "roll" in words
    assert "Answers, and says" not in words, "what to do is not buried under what the check read"
    await kiosk.plays("printer", "paper-in")
    await becomes(kiosk, "printer", State.WELL)


async def test_a_hotel_that_goes_away_is_seen_and_well_again_by_itself(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby, access__idle_s="600")  # its calls take real time, while the clock is moved
    await becomes(kiosk, "hotel", State.WELL)
    await kiosk.plays("hotel", "off")
    await kiosk.until(lambda: _is(kiosk, "hotel", State.ILL), moving_s=0.1)
    await kiosk.plays("hotel", "on")
    await kiosk.until(lambda: _is(kiosk, "hotel", State.WELL), moving_s=0.1)


def _is(kiosk: Lobby, part: str, state: State) -> bool:
    tile = now_says(kiosk, part)
    return tile is not None and tile.standing.state is state


async def test_what_to_do_about_a_silent_device_is_told_before_a_busy_computer(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    busy = CheckResult(Outcome.ILL, "Something keeps the processor busy.")
    kiosk.terminal.book.write(Tried("machine", "machine.load", "Load", busy, kiosk.terminal.now()), kiosk.clock.monotonic())
    await kiosk.plays("printer", "silent")
    await kiosk.until(lambda: Fault.PRINTER_SILENT in SAY(standing(kiosk, Overview).remedy.title))


async def _results(kiosk: Lobby) -> Results:
    while not isinstance(kiosk.guest.scene.prompt, Results):
        kiosk.guest._new.clear()
        await kiosk.guest._new.wait()
    return standing(kiosk, Results)


def _options(kiosk: Lobby) -> set[str]:
    return {option.id for option in getattr(kiosk.guest.scene.prompt, "options", ())}


async def test_a_check_is_stopped_by_hand(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "screen")
    await sees(kiosk, PartPage)
    touches(kiosk, "check:screen.burn-in")
    field = await sees(kiosk, ColourField)
    assert field.colour == "#808080"
    kiosk.guest.desk.answer(kiosk.guest.scene.number, Looked(touched=True))
    await sees(kiosk, Checking, "grey")
    touches(kiosk, "cancel")
    page = await sees(kiosk, PartPage)
    assert page.standing.state is State.UNKNOWN, "nothing was proven"


async def test_dead_zones_of_the_glass_make_the_screen_ill_and_a_whole_one_well(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "screen")
    await sees(kiosk, PartPage)
    touches(kiosk, "check:screen.touch")
    grid = await sees(kiosk, TouchTest)
    every = frozenset((column, row) for column in range(grid.columns) for row in range(grid.rows))
    kiosk.guest.desk.answer(kiosk.guest.scene.number, Touched(every - {(0, 0), (1, 0)}))
    (row,) = (await _results(kiosk)).rows
    assert row.outcome is Outcome.ILL
    assert "top left" in SAY(row.words) if row.words else False
    assert kiosk.terminal.book.ill(["screen.touch"])
    touches(kiosk, "again")
    await sees(kiosk, TouchTest)
    kiosk.guest.desk.answer(kiosk.guest.scene.number, Touched(every))
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Results))
    (row,) = standing(kiosk, Results).rows
    assert row.outcome is Outcome.WELL
    touches(kiosk, "go-on")
    line = (await sees(kiosk, PartPage)).standing.line
    assert line is not None
    assert SAY(line) == "not all of it tried yet", "its other checks have proven nothing"


async def test_fingers_are_counted(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "screen")
    await sees(kiosk, PartPage)
    touches(kiosk, "check:screen.fingers")
    await sees(kiosk, FingerTest)
    kiosk.guest.desk.answer(kiosk.guest.scene.number, FingersSeen(1))
    (row,) = (await _results(kiosk)).rows
    assert (row.outcome, row.measured[0][2]) == (Outcome.ILL, False)


# --- what must not be forgotten, and the mail server ------------------------------------------------------


async def test_a_recording_stands_first_and_is_ended_there(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    assert now_says(kiosk, "recording") is None
    kiosk.terminal.recorder.switch_on(3)
    await kiosk.until(lambda: now_says(kiosk, "recording"), moving_s=0.1)
    tile = standing(kiosk, Overview).tiles[0]
    assert (tile.id, tile.standing.state) == ("recording", State.NEEDS_CARE)
    assert tile.standing.line is not None
    assert SAY(tile.standing.line) == "3 visits to go"
    touches(kiosk, "recording")
    await sees(kiosk, Choice, "being recorded")
    touches(kiosk, "stop")
    await sees(kiosk, Overview)
    assert (now_says(kiosk, "recording"), kiosk.terminal.recorder.visits_left) == (None, 0)


async def test_a_visit_that_is_recorded_is_told_to_its_end_though_the_hour_is_over(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    kiosk.terminal.recorder.switch_on()
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice)
    kiosk.terminal.recorder._until_s = kiosk.clock.monotonic()
    assert not kiosk.terminal.recorder.on
    assert kiosk.terminal.recorder.visits_left == 1, "it goes on being recorded"
    kiosk.guest.start_over()
    await kiosk.until(lambda: kiosk.terminal.recorder.visits_left == 0)


async def test_a_technician_types_where_a_test_message_shall_go_and_says_that_it_came(
    lobby: OpenLobby, mail_end: MailEnd
) -> None:
    kiosk = await a_technician(lobby, **mail(mail_end))
    await becomes(kiosk, "mail", State.WELL)
    touches(kiosk, "mail")
    page = await sees(kiosk, PartPage, "E-mail")
    assert {option.id for option in page.options} == {"all", "check:mail.server", "check:mail.letter", "known"}
    touches(kiosk, "check:mail.letter")
    await sees(kiosk, TextEntry, "test message to which address")
    assert kiosk.guest.desk.answer(kiosk.guest.scene.number, Typed("tobias.lindner@example.org"))
    await sees(kiosk, Checking, "arrived?")
    touches(kiosk, "yes")
    (row,) = (await _results(kiosk)).rows
    assert (row.outcome, [letter.to for letter in mail_end.letters]) == (Outcome.WELL, ["tobias.lindner@example.org"])
    touches(kiosk, "go-on")
    await sees(kiosk, PartPage)
    await mail_end.stop()
    touches(kiosk, "check:mail.server")
    (row,) = (await _results(kiosk)).rows
    assert row.outcome is Outcome.ILL
    touches(kiosk, "go-on")
    page = await sees(kiosk, PartPage)
    (remedy,) = page.remedies
    assert SAY(remedy.title) == "E-mail · mail.down"
    assert "[mail] server" in SAY(remedy.words)


async def test_a_technician_says_that_this_terminal_has_no_keypad(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "keypad")
    await sees(kiosk, PartPage)
    touches(kiosk, "all")
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, KeypadTest) and kiosk.guest.scene.prompt.absent is not None)
    touches(kiosk, "not-fitted")
    (row,) = (await _results(kiosk)).rows
    assert row.outcome is Outcome.NOT_FITTED
    touches(kiosk, "go-on")
    told = (await sees(kiosk, PartPage)).standing
    assert (SAY(told.word), told.there) == ("Not fitted", False)
    kiosk.guest.desk.back(kiosk.guest.scene.number)
    await sees(kiosk, Overview)


async def test_who_leaves_the_touch_test_has_found_nothing(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "screen")
    await sees(kiosk, PartPage)
    touches(kiosk, "check:screen.touch")
    await sees(kiosk, TouchTest)
    kiosk.guest.desk.answer(kiosk.guest.scene.number, GaveUp())
    (row,) = (await _results(kiosk)).rows
    assert row.outcome is Outcome.UNSURE


async def test_checks_of_a_part_that_are_stopped_say_what_they_had_found(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "scanner")
    await sees(kiosk, PartPage)
    touches(kiosk, "all")
    await sees(kiosk, Checking, "code 1 of 5")
    touches(kiosk, "cancel")
    (row,) = (await _results(kiosk)).rows
    assert (SAY(row.name), row.outcome) == ("Code scanner · Answers, and says how it is", Outcome.WELL)
    touches(kiosk, "go-on")
    await sees(kiosk, PartPage)


# --- who stands there ---------------------------------------------------------------------------------------


async def test_a_minute_without_a_touch_signs_the_technician_off_and_it_is_counted_down(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    assert standing(kiosk, Overview).leaves_in_s in range(50, 61)
    await kiosk.clock.move(30)
    await kiosk.until(lambda: (standing(kiosk, Overview).leaves_in_s or 99) <= 30)
    await kiosk.clock.move(11)
    await kiosk.guest.sees(StillThere)
    await kiosk.clock.move(20)
    await kiosk.guest.sees(Welcome)
    entry = list(kiosk.terminal.journal.entries())[-1]
    assert (entry.act, entry.why) == (Act.SIGNED_OFF, Why.IDLE)


async def test_a_terminal_that_is_switched_off_leaves_nothing_waiting_behind(lobby: OpenLobby) -> None:
    """Found in a replay: what waited for a device to change was told as destroyed, below what came of it."""
    kiosk = await a_technician(lobby)
    await sees(kiosk, Overview)
    await kiosk.switched_off()
    left = [task for task in asyncio.all_tasks() if getattr(task.get_coro(), "__qualname__", "") == "Event.wait"]
    assert left == []


async def test_who_repairs_a_part_has_five_minutes_and_is_signed_off_all_the_same(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "printer")
    assert (await sees(kiosk, PartPage)).leaves_in_s in range(290, 301)
    await kiosk.clock.move(200)
    assert isinstance(kiosk.guest.scene.prompt, PartPage), "nobody breaks in on a repair"
    await kiosk.clock.move(81)
    await kiosk.guest.sees(StillThere)
    await kiosk.clock.move(20)
    await kiosk.guest.sees(Welcome)
    assert list(kiosk.terminal.journal.entries())[-1].why == Why.IDLE


async def test_a_house_may_want_its_technicians_signed_off_sooner(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby, access__repair_idle_s="90")
    touches(kiosk, "printer")
    assert (await sees(kiosk, PartPage)).leaves_in_s in range(80, 91)
    kiosk.guest.desk.back(kiosk.guest.scene.number)
    assert (await sees(kiosk, Overview)).leaves_in_s in range(50, 61), "on the overview nobody repairs anything"


async def test_who_holds_codes_to_the_scanner_has_not_walked_away(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    touches(kiosk, "scanner")
    await sees(kiosk, PartPage)
    touches(kiosk, "check:scanner.codes")
    for number in range(1, 6):
        await kiosk.until(lambda number=number: f"code {number} of 5" in SAY(kiosk.guest.scene.prompt.question))  # type: ignore[misc]
        await kiosk.clock.move(30)
        assert not isinstance(kiosk.guest.scene.prompt, StillThere)
        await kiosk.plays("scanner", "scan", "ready")
    (row,) = (await _results(kiosk)).rows
    assert row.outcome is Outcome.WELL
    assert kiosk.guest.scene.signed_in is not None


async def test_a_manager_finds_the_devices_in_the_menu_and_comes_back_to_it(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    boss = await hired(kiosk, Role.MANAGER, "Boss")
    await kiosk.guest.sees(Welcome)
    await kiosk.clock.move(300)  # nobody came: that says nothing of who comes then
    menu = await signs_in(kiosk, boss)
    assert "Devices and faults" in [SAY(option.label) for option in menu.options]
    touches(kiosk, "diagnose")
    await sees(kiosk, Overview)
    kiosk.guest.desk.back(kiosk.guest.scene.number)
    await sees(kiosk, Choice, "What would you like to do?")


async def test_a_managers_longer_time_at_a_part_leads_nobody_else_to_keys_and_staff(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await signs_in(kiosk, await hired(kiosk, Role.MANAGER, "Boss"))
    touches(kiosk, "diagnose")
    await sees(kiosk, Overview)
    touches(kiosk, "printer")
    await sees(kiosk, PartPage)
    await kiosk.clock.move(200)
    kiosk.guest.desk.back(kiosk.guest.scene.number)
    await sees(kiosk, Overview)
    kiosk.guest.desk.back(kiosk.guest.scene.number)
    await kiosk.guest.sees(Welcome)
    assert list(kiosk.terminal.journal.entries())[-1].why == Why.IDLE


async def test_a_receptionist_has_no_way_to_the_devices(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    menu = await signs_in(kiosk, await hired(kiosk))
    assert "diagnose" not in [option.id for option in menu.options]
    asked = len(kiosk.guest.scenes)
    touches(kiosk, "diagnose")
    await kiosk.until(lambda: len(kiosk.guest.scenes) > asked)
    standing(kiosk, Choice)


async def test_the_technicians_card_taken_away_signs_off_at_once(lobby: OpenLobby) -> None:
    kiosk = await a_technician(lobby)
    await kiosk.plays("card_reader", "lift")
    await kiosk.guest.sees(Welcome)
    assert kiosk.guest.scene.signed_in is None


async def test_wherever_the_technician_goes_no_guest_is_seen(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    room = await a_guest_checks_in(kiosk)
    before = len(kiosk.guest.scenes)
    await comes(kiosk, await hired(kiosk, Role.TECHNICIAN, "Tom"))
    for word in ("keys", "journal", "shift", "staff"):
        asked = len(kiosk.guest.scenes)
        touches(kiosk, word)
        await kiosk.until(lambda asked=asked: len(kiosk.guest.scenes) > asked)  # type: ignore[misc]
        standing(kiosk, Overview)
    for tile in standing(kiosk, Overview).tiles:
        touches(kiosk, tile.id)
        page = await sees(kiosk, PartPage)
        if any(option.id == "known" for option in page.options):
            touches(kiosk, "known")
            await sees(kiosk, Pick)
            kiosk.guest.desk.back(kiosk.guest.scene.number)
            await sees(kiosk, PartPage)
        kiosk.guest.desk.back(kiosk.guest.scene.number)
        await sees(kiosk, Overview)
    touches(kiosk, "test-all")
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Results))
    shown = repr(kiosk.guest.scenes[before:])
    theirs = {word for sample in SAMPLES.values() for word in (sample.person.family, sample.person.given, sample.confirmation)}
    assert not {word for word in theirs if re.search(rf"\b{re.escape(word)}\b", shown)}
    assert f"'{room}'" not in shown
