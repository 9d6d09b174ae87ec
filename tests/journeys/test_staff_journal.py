"""The journal at the screen: every day of it, a shift of any length on paper, and all of it into a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.journal_check import check
from kiosk.key_journal import GUEST, Act, Why
from kiosk.prompts import Choice, Table
from kiosk.roles import Role
from kiosk.steps.key_reports import PAGE_ROWS
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import SAY, Colleague, hired, signs_in

MENU = "What would you like to do?"


def keys_were_cut(kiosk: Lobby, count: int, sequence: int) -> None:
    for number in range(count):
        kiosk.terminal.journal.append(
            Act.CUT, by=GUEST, reservation="1", room="107", sequence=sequence + number, why=Why.CHECK_IN
        )


async def manager(kiosk: Lobby) -> Colleague:
    boss = await hired(kiosk, Role.MANAGER, "Boss")
    await signs_in(kiosk, boss)
    return boss


async def page(kiosk: Lobby, option: str, words: str) -> Table:
    """Goes there, and waits for the page that says so."""
    kiosk.guest.choose(option)
    while words not in SAY((table := await kiosk.guest.sees(Table, "Journal of keys")).help):
        kiosk.guest.passes()
    return table


async def test_all_days_can_be_seen_a_page_for_each_and_several_of_a_long_night(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    night = 2 * PAGE_ROWS + 30
    keys_were_cut(kiosk, 3, 1)
    await kiosk.clock.move(40 * 24 * 3600)
    keys_were_cut(kiosk, night, 100)
    await kiosk.clock.move(26 * 3600)
    keys_were_cut(kiosk, 1, 900)
    await manager(kiosk)
    newest = await page(kiosk, "journal", "1 entry")
    assert [option.id for option in newest.options] == ["go-on", "earlier"]
    first = await page(kiosk, "earlier", f"entries 1 to {PAGE_ROWS} of {night}")
    second = await page(kiosk, "earlier", f"entries {PAGE_ROWS + 1} to {2 * PAGE_ROWS} of {night}")
    third = await page(kiosk, "earlier", f"entries {2 * PAGE_ROWS + 1} to {night} of {night}")
    assert [len(table.rows) for table in (first, second, third)] == [PAGE_ROWS, PAGE_ROWS, 30]
    oldest = await page(kiosk, "earlier", "3 entries")
    assert [option.id for option in oldest.options] == ["go-on", "later"]
    await page(kiosk, "later", f"{2 * PAGE_ROWS + 1} to")


async def test_a_shift_of_five_hundred_keys_is_printed_whole(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    keys_were_cut(kiosk, 500, 1)
    await manager(kiosk)
    before = int((await kiosk.plays("printer", "slips"))["count"])
    kiosk.guest.choose("shift")
    table = await kiosk.guest.sees(Table, "The last 12 hours")
    assert ("Key made", "500") in [tuple(SAY(cell) for cell in row) for row in table.rows]
    kiosk.guest.choose("print")
    await kiosk.until(lambda: "The report is printed" in [words for words, _ in kiosk.guest.notices])
    assert int((await kiosk.plays("printer", "slips"))["count"]) == before + 3


async def test_a_report_that_the_printer_does_not_print_is_said(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    keys_were_cut(kiosk, 1, 1)
    await manager(kiosk)
    kiosk.guest.choose("shift")
    await kiosk.guest.sees(Table, "The last 12 hours")
    await kiosk.plays("printer", "paper-out")
    kiosk.guest.choose("print")
    await kiosk.until(lambda: "not printed" in " ".join(words for words, _ in kiosk.guest.notices))


async def to_the_question(kiosk: Lobby) -> str:
    """From the menu; where the export is to go."""
    kiosk.guest.choose("export")
    asked = await kiosk.guest.sees(Choice, "Export the journal of keys?")
    kiosk.guest.choose("export")
    return SAY(asked.details[0][1])


async def test_the_whole_journal_goes_into_a_file_that_verifies_and_only_the_kiosk_reads(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    keys_were_cut(kiosk, 20, 1)
    boss = await manager(kiosk)
    directory = Path(await to_the_question(kiosk))
    done = await kiosk.guest.sees(Choice, "The journal is exported")
    shown = {SAY(label): SAY(value) for label, value in done.details}
    assert directory == kiosk.terminal.settings.kiosk.state.resolve() / "exports"
    file = directory / shown["File"]
    lines = file.read_bytes().split(b"\n")[:-1]
    key = shown["Signed by key"].replace(" ", "")
    report = check(lines, key=key)
    assert report.whole
    assert report.signed_to == report.last == len(lines) == int(shown["Entries"])
    assert key == kiosk.terminal.journal.key_id
    assert file.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700
    (entry,) = [each for each in kiosk.terminal.journal.entries() if each.act == Act.EXPORTED]
    assert entry.by == boss.number


async def test_a_stick_that_is_not_there_is_said_and_taken_when_it_is(lobby: OpenLobby, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    kiosk = await lobby(kiosk__exports=stick)
    await manager(kiosk)
    await to_the_question(kiosk)
    said = await kiosk.guest.sees(Choice, "The journal was not exported")
    assert "is the stick plugged in?" in SAY(said.help)
    assert not stick.exists()
    assert not [each for each in kiosk.terminal.journal.entries() if each.act == Act.EXPORTED]
    stick.mkdir()
    kiosk.guest.choose("again")
    await kiosk.guest.sees(Choice, "The journal is exported")
    assert len(list(stick.iterdir())) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_directory_that_the_kiosk_may_not_write_is_said(lobby: OpenLobby, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir(mode=0o500)
    kiosk = await lobby(kiosk__exports=stick)
    await manager(kiosk)
    await to_the_question(kiosk)
    assert "may not write" in SAY((await kiosk.guest.sees(Choice, "The journal was not exported")).help)


async def test_a_full_disk_is_said_and_leaves_nothing_half_written(lobby: OpenLobby) -> None:
    """Linux's /proc stands for it: statvfs(3) says of it that no block is free."""
    kiosk = await lobby(kiosk__exports=Path("/proc"))
    await manager(kiosk)
    await to_the_question(kiosk)
    said = SAY((await kiosk.guest.sees(Choice, "The journal was not exported")).help)
    assert "no room left" in said
    kiosk.guest.choose("no")
    await kiosk.guest.sees(Choice, MENU)


async def test_a_journal_that_can_not_be_written_is_said_and_no_file_is_left(lobby: OpenLobby, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    kiosk = await lobby(kiosk__exports=stick)
    await manager(kiosk)
    journal = kiosk.terminal.settings.kiosk.state / "journal"
    journal.rename(tmp_path / "aside")
    journal.touch()  # in its place something that nothing can be written into
    await to_the_question(kiosk)
    said = await kiosk.guest.sees(Choice, "The journal was not exported")
    assert "own disk" in SAY(said.help)
    assert not list(stick.iterdir())
    journal.unlink()
    (tmp_path / "aside").rename(journal)
    kiosk.guest.choose("again")
    await kiosk.guest.sees(Choice, "The journal is exported")
    assert len(list(stick.iterdir())) == 1


async def test_reception_exports_nothing(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    menu = await signs_in(kiosk, await hired(kiosk))
    assert "export" not in [option.id for option in menu.options]
    kiosk.guest.choose("export")
    await kiosk.guest.sees(Choice, MENU)
    assert not (kiosk.terminal.settings.kiosk.state / "exports").exists()
