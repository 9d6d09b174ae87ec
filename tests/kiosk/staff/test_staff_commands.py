"""`kiosk staff …` and `kiosk journal …` as a manager types them, at a terminal that shows no PIN."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import select
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.driver import DeviceSettings
from hardware.secret_keys import create_keys
from kiosk.access import Access, Changed
from kiosk.clock import SystemClock
from kiosk.key_journal import KeyJournal
from kiosk.roles import Role, SignedIn
from kiosk.sealing import Seal
from kiosk.sections import AccessSection
from tests.hardware.transport.pcscd import READER, Pcscd
from tests.kiosk.staff.conftest import KEY, LITTLE_WORK, OTHER_PIN, PIN, WRONG_PIN, MovedClock
from tests.kiosk.staff.journal import filled, lines, rewrite

pytestmark = pytest.mark.usefixtures("quick_children")
ROOT = Path(__file__).resolve().parents[3]
WITHIN_S = 60
MANAGER = (("staff number", "1"), ("PIN", PIN))


@dataclass
class Ended:
    code: int
    out: str
    seen: str  # on the terminal: prompts and what they showed of the answers


def typed(state: Path, *words: str, answers: tuple[tuple[str, str], ...] = (), more: str = "") -> Ended:
    """Run a command at a pseudo-terminal; each answer is typed when its prompt stands there, unseen or not."""
    ini = state.parent / "kiosk.ini"
    ini.write_text(f"[kiosk]\ndemo = yes\nstate = {state}\n{more}")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "kiosk", *words, "--config", str(ini)],
        cwd=ROOT, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        seen = ""
        for prompt, answer in answers:
            mark = len(seen)
            hidden = prompt.startswith(("PIN", "Once more"))
            while (prompt not in seen[mark:] or (hidden and shown(ours))) and process.poll() is None:
                seen += heard(ours)
            os.write(ours, answer.encode() + b"\n")
        out, _ = process.communicate(timeout=WITHIN_S)
        while select.select([ours], [], [], 0)[0]:
            seen += heard(ours)
    os.close(ours)
    os.close(theirs)
    assert "Traceback" not in seen + out
    return Ended(process.returncode, out, seen)


def heard(terminal: int) -> str:
    ready, _, _ = select.select([terminal], [], [], 0.05)
    return os.read(terminal, 4096).decode() if ready else ""


def shown(terminal: int) -> bool:
    """Whether what is typed would be seen."""
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A terminal that has its key."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / "terminal-key").write_bytes(KEY)
    (state / "terminal-key").chmod(0o600)
    return state


@pytest.fixture
async def manned(state: Path) -> Path:
    """… and a manager, number 1, and one of the reception, number 2."""
    KeyJournal(state, Seal(KEY), SystemClock()).close()  # from the terminal's first start on
    store = Access(state / "staff.db", SystemClock(), Seal(KEY), AccessSection(), work=LITTLE_WORK)
    for name, role, pin in (("Morgan", Role.MANAGER, PIN), ("Casey", Role.RECEPTION, OTHER_PIN)):
        assert await store.set_pin(store.add(name, frozenset({role})).id, pin) is Changed.DONE
    store.close()
    return state


def acts(state: Path) -> list[tuple[str, str, str]]:
    told: list[dict[str, Any]] = [json.loads(raw) for raw in lines(state)]
    return [(each["act"], each["by"], each.get("about", "")) for each in told]


def test_the_first_manager_is_made_at_the_terminal_with_a_pin_that_is_not_shown(state: Path) -> None:
    first = typed(
        state, "staff", "init",
        answers=(("Name", "Morgan"), ("PIN", "123456"), ("PIN", PIN), ("Once more", WRONG_PIN), ("PIN", PIN), ("Once more", PIN)),
    )  # fmt: skip
    assert (first.code, first.out[:32]) == (0, "Morgan is manager, staff number ")
    assert "digits in a row" in first.seen
    assert "Not the same twice" in first.seen
    assert not any(pin in first.seen for pin in (PIN, WRONG_PIN, "123456"))
    assert acts(state) == [("staff-added", "kiosk", "1")]
    assert b"$argon2id$v=19$m=65536,t=3,p=1$" in b"".join(path.read_bytes() for path in state.glob("staff.db*"))
    second = typed(state, "staff", "init")
    assert (second.code, second.out) == (1, "")
    assert "There is a manager already" in second.seen


def test_a_manager_adds_and_changes_and_removes_people_and_each_stands_in_the_journal(manned: Path) -> None:
    new = (*MANAGER, ("PIN of Kim", "583920"), ("Once more", "583920"))
    added = typed(manned, "staff", "add", "Kim", "--role", "technician", answers=new)
    assert (added.code, added.out) == (0, "Kim has staff number 3\n")
    role = typed(manned, "staff", "role", "3", "--role", "technician", "--role", "reception", answers=MANAGER)
    assert (role.code, role.out) == (0, "3 is reception and technician\n")
    assert typed(manned, "staff", "remove", "2", answers=MANAGER).code == 0
    listed = typed(manned, "staff", "list", "--json", "--removed", answers=MANAGER)
    assert [(each["number"], each["roles"], each["active"]) for each in json.loads(listed.out)] == [
        ("1", ["manager"], True), ("2", ["reception"], False), ("3", ["reception", "technician"], True),
    ]  # fmt: skip
    assert acts(manned) == [("staff-added", "1", "3"), ("staff-roles", "1", "3"), ("staff-removed", "1", "2")]


def test_nobody_but_a_manager_may(manned: Path) -> None:
    other = typed(manned, "staff", "unlock", "2", answers=(("staff number", "2"), ("PIN", OTHER_PIN)))
    assert (other.code, other.out) == (1, "")
    assert "Only a manager may" in other.seen
    wrong = typed(manned, "staff", "unlock", "2", answers=(("staff number", "1"), ("PIN", WRONG_PIN)))
    assert (wrong.code, wrong.out) == (1, "")
    assert "Number or PIN is wrong" in wrong.seen
    assert acts(manned) == [("refused", "kiosk", "1")]


def test_the_last_manager_is_not_removed(manned: Path) -> None:
    ended = typed(manned, "staff", "remove", "1", answers=MANAGER)
    assert ended.code == 1
    assert "make somebody else a manager first" in ended.seen
    assert acts(manned) == []


def test_a_pin_is_taken_from_a_terminal_alone_and_never_as_an_argument(manned: Path) -> None:
    ini = manned.parent / "kiosk.ini"
    ini.write_text(f"[kiosk]\ndemo = yes\nstate = {manned}\n")
    call = [sys.executable, "-m", "kiosk", "staff"]
    piped = subprocess.run(
        [*call, "list", "--config", str(ini)], cwd=ROOT, input=f"1\n{PIN}\n", capture_output=True, text=True,
        timeout=WITHIN_S, check=False,
    )  # fmt: skip
    assert (piped.returncode, piped.stdout) == (2, "")
    assert "at a terminal" in piped.stderr
    argued = subprocess.run(
        [*call, "pin", "1", PIN, "--config", str(ini)], cwd=ROOT, capture_output=True, text=True,
        timeout=WITHIN_S, check=False,
    )  # fmt: skip
    assert argued.returncode == 2


def test_a_card_is_made_on_a_reader_only(manned: Path) -> None:
    ended = typed(manned, "staff", "card", "2", answers=MANAGER)
    assert ended.code == 2
    assert "no [card_reader]" in ended.seen
    taken = typed(manned, "staff", "card", "2", "--take", answers=MANAGER)
    assert (taken.code, taken.out) == (0, "0 of 2's cards open nothing any more\n")


async def test_a_blank_card_becomes_somebody_s_staff_card_through_the_real_pcscd(
    pcscd: Pcscd, manned: Path
) -> None:
    create_keys(StaffCardKeys, manned / StaffCardKeys.CREDENTIAL)
    card = Ntag424Card(bytes.fromhex("04A1B2C3D4E5F6"))
    pcscd.pad.place(card)
    section = f"[card_reader]\ndriver = pcsc\naddress = pcsc:{READER}\n"
    given = await asyncio.to_thread(typed, manned, "staff", "card", "2", answers=MANAGER, more=section)
    assert (given.code, given.out) == (0, "The card is 2's\n"), given.seen
    assert acts(manned) == [("staff-card", "1", "2")]

    options = {StaffCardKeys.OPTION: str(manned / StaffCardKeys.CREDENTIAL)}
    reader = PcscCardReader(DeviceSettings("reader", "pcsc", f"pcsc:{READER}", options), lambda _: None)
    await reader.open()
    lying = await reader.present()
    assert lying is not None
    proof = await reader.prove(lying, within_s=5)
    await reader.close()
    store = Access(manned / "staff.db", SystemClock(), Seal(KEY), AccessSection())
    signed = await store.sign_in(OTHER_PIN, card=proof)
    store.close()
    assert isinstance(signed, SignedIn)
    assert (signed.person.name, signed.card_uid) == ("Casey", card.uid)
    other = await asyncio.to_thread(typed, manned, "staff", "card", "1", answers=MANAGER, more=section)
    assert other.code == 1
    assert "that card is somebody else's" in other.seen


def journal(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    ini = state.parent / "kiosk.ini"
    ini.write_text(f"[kiosk]\ndemo = yes\nstate = {state}\n")
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "journal", *words, "--config", str(ini)], cwd=ROOT, capture_output=True,
        text=True, timeout=WITHIN_S, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_the_journal_is_verified_shown_exported_and_verified_elsewhere(state: Path, clock: MovedClock) -> None:
    assert journal(state, "verify").returncode == 3  # nothing there: nothing proven
    filled(state, clock)
    here = journal(state, "verify")
    assert (here.returncode, here.stderr) == (0, "")
    assert "the journal is whole" in here.stdout
    shown = json.loads(journal(state, "show", "--room", "107", "--since", "2026-11-25", "--json").stdout)
    assert {each["act"] for each in shown} == {"cut"}
    assert all(each["at"] >= "2026-11-24T23" for each in shown)  # midnight at the hotel
    assert "room 107  R0  card 00000000000000  #0  lost-key" in journal(state, "show").stdout

    out = state.parent / "export.jsonl"
    assert journal(state, "export", str(out)).returncode == 0
    assert journal(state, "export", str(out)).returncode == 1  # never over another
    key = json.loads(journal(state, "key", "--json").stdout)
    pem = state.parent / "journal.pem"
    pem.write_text(journal(state, "key").stdout)
    for name in (key["id"], key["public_key"], str(pem)):
        assert journal(state, "verify", str(out), "--key", name).returncode == 0
    told = json.loads(journal(state, "verify", str(out), "--json").stdout)
    assert (told["whole"], told["unsigned"], told["keys"]) == (True, 0, [key["id"]])
    assert journal(state, "verify", str(out)).returncode == 3  # any key signs an export of its own
    assert journal(state, "verify", str(out), "--key", "0" * 16).returncode == 1

    drawn = state.parent / "report.pdf"
    drawn.write_bytes(b"%PDF-1.7\n1 0 obj\n" * 500)
    other = journal(state, "verify", str(drawn))
    assert other.returncode == 2, "no journal at all: nothing of it was changed"
    assert other.stderr.count("\n") == 1

    table = state.parent / "export.csv"
    assert journal(state, "export", str(table), "--csv").returncode == 0
    head, first, *_ = table.read_text().splitlines()
    assert head.startswith("number,at,act,by,approved_by,reservation,room,card,sequence")
    assert first.startswith("1,2026-11-23T19:00:00+00:00,cut,guest,,R0,107,00000000000000,0")


def test_what_a_hand_did_is_told_with_the_entry_s_number_and_ends_with_1(state: Path, clock: MovedClock) -> None:
    filled(state, clock)
    content = lines(state)
    content[4] = content[4].replace(b'"room":"107"', b'"room":"412"')
    rewrite(state, [*content[:8], *content[10:]])
    done = journal(state, "verify")
    assert done.returncode == 1
    assert "number 5 was changed" in done.stderr
    assert "numbers 9 to 10 are missing" in done.stderr
    assert "NOT whole" in done.stdout
    told = json.loads(journal(state, "verify", "--json").stdout)
    assert [(each["what"], each["number"], each["last"]) for each in told["findings"]] == [("changed", 5, 5), ("missing", 9, 10)]  # fmt: skip


def test_a_part_or_an_unsigned_journal_proves_nothing_and_ends_with_3(state: Path, clock: MovedClock) -> None:
    filled(state, clock)
    part = state.parent / "part.jsonl"
    part.write_bytes(b"".join(line + b"\n" for line in lines(state)[3:]))
    assert journal(state, "verify", str(part)).returncode == 3
    part.write_bytes(lines(state)[0] + b"\n")
    assert journal(state, "verify", str(part)).returncode == 3
    part.write_bytes(b"")
    assert journal(state, "verify", str(part)).returncode == 3
    assert journal(state, "verify", str(state / "nothing")).returncode == 2
    assert journal(state, "show", "--since", "yesterday").returncode == 2


def test_no_file_that_they_write_holds_a_pin_a_name_or_a_key_in_clear(manned: Path) -> None:
    new = (*MANAGER, ("PIN of Kim", "583920"), ("Once more", "583920"))
    assert typed(manned, "staff", "add", "Kim Example", "--role", "manager", answers=(*MANAGER, ("PIN of Kim", "583920"), new[3])).code == 0  # fmt: skip
    assert typed(manned, "staff", "unlock", "3", answers=(("staff number", PIN), ("PIN", "1"))).code == 1
    written = {path: path.read_bytes() for path in manned.rglob("*") if path.is_file()}
    secrets = {path.name: content for path, content in written.items() if path.name in ("terminal-key", "journal-key")}
    assert len(secrets) == 2
    for path, content in written.items():
        for word in (PIN, OTHER_PIN, "583920", "Morgan", "Casey", "Kim"):
            assert word.encode() not in content, path
        for name, key in secrets.items():
            assert path.name == name or (key not in content and key.hex().encode() not in content)
        assert path.stat().st_mode & 0o077 == 0, path
