"""A new terminal is gone through by a technician with two hands: every part, one report, signed."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware.checks import Outcome
from kiosk.diagnosis.report import read
from kiosk.prompts import Choice, Chosen, Prompt, TextEntry, Welcome
from kiosk.roles import Role
from kiosk.technician_prompts import (
    Checking,
    ColourField,
    FingersSeen,
    FingerTest,
    KeypadTest,
    Looked,
    Overview,
    Results,
    Touched,
    TouchTest,
)
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import SAY, Colleague, hired, lays_card
from tests.journeys.test_diagnostics import comes, sees, standing, touches

ALL_WITHIN_S = 120
LAST_CODE = "code on the test page"


class Technician:
    """Does what each screen asks for, once."""

    def __init__(self, kiosk: Lobby, who: Colleague) -> None:
        self.kiosk, self.who = kiosk, who
        self.seen: list[str] = []
        self._done = ""
        self._lies_on = "card_reader"  # their own

    async def goes_through(self) -> Results:
        """Until there is something to read."""
        guest = self.kiosk.guest
        async with asyncio.timeout(ALL_WITHIN_S):
            while True:
                prompt = guest.scene.prompt
                if isinstance(prompt, Results):
                    return prompt
                await self._acts(prompt, guest.scene.number)
                if guest.scene.prompt is prompt:
                    guest._new.clear()
                    await guest._new.wait()

    async def _acts(self, prompt: Prompt, scene: int) -> None:
        answer = self.kiosk.guest.desk.answer
        match prompt:
            case TouchTest():
                every = frozenset((column, row) for column in range(prompt.columns) for row in range(prompt.rows))
                answer(scene, Touched(every))
            case FingerTest():
                answer(scene, FingersSeen(prompt.wanted))
            case ColourField():
                answer(scene, Looked(touched=True))
            case KeypadTest() if prompt.absent is not None:
                answer(scene, Chosen(prompt.absent.id))
            case Checking() if "No sound card" in SAY(prompt.question):
                answer(scene, Chosen("not-fitted"))
            case Checking() if any(option.id == "yes" for option in prompt.options):
                answer(scene, Chosen("yes"))
            case Checking():
                await self._helps(SAY(prompt.question) if prompt.help else "")  # else nothing is asked
            case Choice() if "own card" in SAY(prompt.question):
                await self._helps("their own card")

    async def _helps(self, words: str) -> None:
        """Once for each thing that is asked."""
        if not words or words == self._done:
            return
        self._done = words
        self.seen.append(words)
        plays = self.kiosk.plays
        if "their own card" in words:
            await lays_card(self.kiosk, self.who)
        elif "sample document" in words:
            await plays("document_reader", "present", "ready")
        elif "Raise the card" in words:
            await plays(self._lies_on, "lift")
        elif "on the encoder" in words:
            self._lies_on = "key_encoder"
            await plays("key_encoder", "lay-card")
        elif LAST_CODE in words:
            await plays("scanner", "scan", self._printed())
        elif "Hold code" in words:
            await plays("scanner", "scan", "ready")
        elif "Open the printer" in words:
            await plays("printer", "cover-open")
        elif "Close the cover" in words:
            await plays("printer", "cover-close")

    def _printed(self) -> str:
        """The code on the newest paper, as a scanner would read it."""
        newest = max(Path(self.kiosk.bench.slips).glob("*.png"), key=lambda path: path.stat().st_mtime_ns)
        with Image.open(newest) as paper:
            return str(zxingcpp.read_barcodes(paper)[0].text)


@pytest.mark.timeout(ALL_WITHIN_S + 60)
async def test_a_new_terminal_is_gone_through_and_its_report_is_kept_copied_and_printed(lobby: OpenLobby, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    kiosk = await lobby(kiosk__exports=str(stick))
    tom = await hired(kiosk, Role.TECHNICIAN, "Tom")
    await comes(kiosk, tom)
    touches(kiosk, "new-terminal")
    technician = Technician(kiosk, tom)
    results = await technician.goes_through()
    found = {SAY(row.name): (row.outcome, SAY(row.words) if row.words else "") for row in results.rows}
    ill = {name for name, (outcome, _) in found.items() if outcome is Outcome.ILL}
    ill = {name for name in ill if not name.startswith(("Computer", "Network"))}  # busy with other tests
    assert ill == {"Card reader · Reads at a distance", "Key encoder · Reads at a distance"}, "cards were snatched away"
    assert SAY(results.question) == "Not accepted: something is ill"
    absent = {name for name, (outcome, _) in found.items() if outcome is Outcome.NOT_FITTED}
    assert "Keypad · Every key is felt" in absent
    well = {name for name, (outcome, _) in found.items() if outcome is Outcome.WELL}
    assert well >= {
        "Printer · Prints a page and cuts it", "Printer · Its code is read by our scanner", "Printer · Feels its cover",
        "Document reader · Reads a sample document", "Key encoder · Writes, reads and erases a test card",
        "Code scanner · Reads five codes", "Screen · Feels a finger everywhere", "Screen · No shadow is burnt in",
        "Hotel’s system · Reads a booking",
    }, found  # fmt: skip

    assert results.notice is not None
    told_at_once = SAY(results.notice)
    folder = kiosk.terminal.settings.kiosk.state.resolve() / "reports"
    paths = sorted(folder.iterdir())
    assert [path.suffix for path in paths] == [".json", ".pdf"], "kept before anybody has touched anything"
    assert paths[0].name in told_at_once
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    report = read(paths[0].read_bytes())
    assert report is not None
    assert report.whole
    assert report.words["by"] == tom.number
    assert "Tom" not in json.dumps(report.words)
    (keypad,) = (part for part in report.words["parts"] if part["id"] == "keypad")
    assert (keypad["fitted"], keypad["checks"][0]["outcome"]) == (False, "not-fitted")
    assert paths[1].read_bytes().startswith(b"%PDF")
    touches(kiosk, "report")
    told = await sees(kiosk, Choice, "is kept on this terminal")
    folder, *names = SAY(told.details[0][1]).split("\n")
    assert [Path(folder) / name for name in names] == list(paths)
    touches(kiosk, "copy")
    await kiosk.until(lambda: any("not there" in words for words, _ in kiosk.guest.notices))
    stick.mkdir()
    touches(kiosk, "copy")
    await kiosk.until(lambda: any(words.startswith("Copied") for words, _ in kiosk.guest.notices))
    assert (stick / paths[0].name).read_bytes() == report.raw
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Choice))
    before = int((await kiosk.plays("printer", "slips"))["count"])
    touches(kiosk, "print")
    await kiosk.until(lambda: ("The report is printed",) in [notice[:1] for notice in kiosk.guest.notices])
    assert int((await kiosk.plays("printer", "slips"))["count"]) == before + 1
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Choice))
    touches(kiosk, "go-on")
    await sees(kiosk, Results)
    touches(kiosk, "go-on")
    await sees(kiosk, Overview)
    standing(kiosk, Overview)


async def _in_the_middle(kiosk: Lobby) -> Colleague:
    """An acceptance that waits for a document to be laid down."""
    tom = await hired(kiosk, Role.TECHNICIAN, "Tom")
    await comes(kiosk, tom)
    touches(kiosk, "new-terminal")
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, (TouchTest, Checking)) and _asks_for_hands(kiosk.guest.scene.prompt))
    return tom


def _asks_for_hands(prompt: Prompt) -> bool:
    return prompt.help is not None


def _reports(kiosk: Lobby) -> list[Path]:
    return sorted((kiosk.terminal.settings.kiosk.state.resolve() / "reports").glob("*.json"))


@pytest.mark.timeout(ALL_WITHIN_S + 60)
async def test_who_signs_off_in_the_middle_leaves_a_report_of_what_was_tried(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await _in_the_middle(kiosk)
    assert kiosk.guest.desk.start_over(kiosk.guest.scene.number)
    await kiosk.guest.sees(Welcome)
    await kiosk.until(lambda: _reports(kiosk))
    report = read(_reports(kiosk)[0].read_bytes())
    assert report is not None
    assert report.whole
    assert report.words["complete"] is False
    assert report.verdict is not Outcome.WELL
    outcomes = {each["outcome"] for part in report.words["parts"] for each in part["checks"]}
    assert {"well", "skipped"} <= outcomes


@pytest.mark.timeout(ALL_WITHIN_S + 60)
async def test_after_a_power_cut_in_the_middle_the_next_technician_may_begin_again(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    state = kiosk.terminal.settings.kiosk.state.resolve()
    (state / "reports").mkdir()
    (state / "reports" / "begun").write_text(kiosk.terminal.now().isoformat(), "ascii")  # as the cut leaves it
    await kiosk.guest.sees(Welcome)
    tom = await hired(kiosk, Role.TECHNICIAN, "Tom")
    await lays_card(kiosk, tom)
    await kiosk.guest.sees(TextEntry, "PIN")
    kiosk.guest.type(tom.pin)
    told = await sees(kiosk, Choice, "did not come to its end")
    assert told.help is not None
    assert "Nothing of it is kept" in SAY(told.help)
    touches(kiosk, "again")
    await sees(kiosk, Checking, "Testing the terminal")
    touches(kiosk, "cancel")
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, (Results, Overview)))
    assert not (state / "reports" / "begun").exists(), "who stops it is not asked again"


@pytest.mark.timeout(ALL_WITHIN_S + 60)
async def test_who_stops_it_in_the_middle_leaves_a_report_of_what_was_tried(lobby: OpenLobby) -> None:
    """Found by a technician: stopped by hand, nothing of it was kept."""
    kiosk = await lobby()
    await _in_the_middle(kiosk)
    touches(kiosk, "cancel")
    page = await sees(kiosk, Results, "Stopped before its end")
    (file,) = _reports(kiosk)
    assert page.notice is not None
    assert file.name in SAY(page.notice)
    report = read(file.read_bytes())
    assert report is not None
    assert report.whole
    assert report.words["complete"] is False


@pytest.mark.timeout(ALL_WITHIN_S + 60)
async def test_where_no_mark_can_be_made_nor_taken_away_the_results_are_shown_all_the_same(lobby: OpenLobby) -> None:
    """A disk that went read-only refuses both; here something else has the folder's name."""
    kiosk = await lobby()
    reports = kiosk.terminal.settings.kiosk.state.resolve() / "reports"
    reports.write_text("in the way")
    await comes(kiosk, await hired(kiosk, Role.TECHNICIAN, "Tom"))
    touches(kiosk, "new-terminal")
    await sees(kiosk, Checking, "Testing the terminal")
    await kiosk.until(lambda: isinstance(prompt := kiosk.guest.scene.prompt, Checking) and prompt.done)
    touches(kiosk, "cancel")
    assert (await sees(kiosk, Results)).rows
    assert kiosk.guest.scene.signed_in is not None
    assert reports.read_text() == "in the way"
