"""A kiosk asked how its parts are: planted faults are found, what nobody has tried is unknown, hands are needed where they are."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from hardware.checks import Outcome
from hardware.errors import Fault
from hardware.readings import DeviceEvent, Kind, State
from hardware.virtual_process import VirtualProcess
from kiosk.build import open_kiosk
from kiosk.clock import SystemClock
from kiosk.control import socket_path
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import LABELS, part, parts
from kiosk.diagnosis.report import read
from kiosk.diagnosis.run import try_all, try_part
from kiosk.prompts import Choice, Welcome
from kiosk.settings import load
from kiosk.welcome import TESTED
from tests.hardware.hands import Person
from tests.journeys.conftest import ROOT, Lobby, OpenLobby
from tests.journeys.scripted_guest import ScriptedGuest

ENDS_WITHIN_S = 60


async def tried_at(kiosk: Lobby, *ids: str) -> dict[str, Tried]:
    wanted = [part for part in parts(kiosk.terminal) if part.id in (ids or LABELS)]
    return {tried.check: tried for tried in await try_all(kiosk.terminal, wanted)}


class AtTheKiosk(Person):
    """A person before this kiosk: its devices' events come to who waits for them."""

    def __init__(self, kiosk: Lobby, **words: Any) -> None:
        super().__init__(**words)
        self.taps = kiosk.terminal.taps


def code_on_paper(path: str) -> str:
    """What a reader of codes finds on the slip."""
    with Image.open(path) as paper:
        (code,) = zxingcpp.read_barcodes(paper.convert("L"))
    return str(code.text)


async def test_every_part_has_a_place_and_nothing_is_well_before_it_was_tried(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    found = {part.id: part for part in parts(kiosk.terminal)}
    assert list(found) == [id for id in LABELS if id != "mail"], "there is no [mail] in kiosk.ini"
    for id in ("screen", "sound", "keypad", "machine", "payment"):
        assert found[id].view().state is State.UNKNOWN, id
    assert not found["payment"].built
    assert found["payment"].checks == ()
    assert found["printer"].view().state is State.WELL


async def test_alone_it_tries_what_needs_nobody_and_says_that_the_rest_was_not_tried(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    found = await tried_at(kiosk)
    untried = {id for id, tried in found.items() if tried.nobody}
    assert {"printer.page", "key_encoder.test-card", "screen.touch"} <= untried
    assert all(found[id].result.outcome is Outcome.SKIPPED for id in untried)
    for id, tried in found.items():
        if id.startswith("hotel.") and id != "hotel.changing":
            assert tried.result.outcome is Outcome.WELL, (id, tried.result)
    hotel = part(kiosk.terminal, "hotel")
    assert hotel is not None
    assert hotel.view().state is State.WELL


async def test_planted_faults_are_found_and_named(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.plays("printer", "paper-out")
    await kiosk.plays("key_encoder", "unplug")
    await kiosk.plays("hotel", "off")
    found = await tried_at(kiosk)
    assert (found["printer.answers"].result.outcome, found["printer.answers"].result.fault) == (
        Outcome.ILL, Fault.PRINTER_PAPER_OUT,
    )  # fmt: skip
    assert found["key_encoder.answers"].result.fault is Fault.KEY_ENCODER_GONE
    assert {tried.result.outcome for id, tried in found.items() if id.startswith("hotel.")} == {Outcome.ILL, Outcome.SKIPPED}
    assert found["network.round-trip"].result.outcome is Outcome.ILL
    assert found["scanner.answers"].result.outcome is Outcome.WELL
    printer = part(kiosk.terminal, "printer")
    assert printer is not None
    assert printer.view().state is State.ILL
    await kiosk.plays("printer", "paper-in")
    await try_part(kiosk.terminal, printer)
    await kiosk.works("printer")
    assert printer.view().state is State.WELL, "and well again, once the same check says so"


async def test_a_device_killed_while_it_is_tried_is_ill_and_the_rest_goes_on(lobby: OpenLobby) -> None:
    """kill -9 of the printer while it prints the test page."""
    kiosk = await lobby()
    end = kiosk.bench.devices["printer"]
    assert isinstance(end, VirtualProcess)
    await kiosk.plays("printer", "slow", "0.5")
    printer = part(kiosk.terminal, "printer")
    assert printer is not None
    began_s = time.monotonic()
    found = await try_all(kiosk.terminal, [printer], AtTheKiosk(kiosk, does={"test page": end.kill}, says={"scanner": True}))
    assert time.monotonic() - began_s < ENDS_WITHIN_S
    by_id = {tried.check: tried.result for tried in found}
    assert by_id["printer.page"].outcome is Outcome.ILL
    assert by_id["printer.cover"].outcome is Outcome.ILL
    assert printer.view().state in (State.ILL, State.GONE)


async def test_a_code_that_is_a_test_begins_no_check_in(lobby: OpenLobby) -> None:
    """The page is printed by the kiosk's own printer, its code held to the kiosk's own scanner."""
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)

    async def scan() -> None:
        await kiosk.plays("scanner", "scan", code_on_paper((await kiosk.plays("printer", "last"))["path"]))

    printer = part(kiosk.terminal, "printer")
    assert printer is not None
    person = AtTheKiosk(kiosk, does={"to the scanner": scan, "Open": lambda: kiosk.plays("printer", "cover-open"),
                                     "Close": lambda: kiosk.plays("printer", "cover-close")})  # fmt: skip
    found = await try_part(kiosk.terminal, printer, person)
    assert {tried.result.outcome for tried in found} == {Outcome.WELL}, found
    assert isinstance(kiosk.guest.scene.prompt, Welcome)


async def test_a_staff_card_taken_away_is_heard_of_though_a_check_waits_for_it(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    heard: list[DeviceEvent] = []
    laid = asyncio.ensure_future(kiosk.terminal.taps.next(Kind.CARD_READER, 10))
    await asyncio.sleep(0)
    await kiosk.plays("card_reader", "lay-card")
    assert await laid is not None
    waiting = asyncio.ensure_future(kiosk.terminal.taps.next(Kind.CARD_READER, 10))
    await asyncio.sleep(0)
    reception, told = kiosk.running.reception, kiosk.running.reception.device_event
    reception.device_event = lambda event: (heard.append(event), told(event))[1]  # type: ignore[method-assign]
    await kiosk.plays("card_reader", "lift")
    assert await waiting is not None
    await kiosk.until(lambda: heard)


# --- kiosk diagnose ---------------------------------------------------------------------------------


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


async def command(ini: Path, *words: str, types: str = "") -> Ended:
    """`kiosk …` as a technician types it, in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kiosk", *words, "--config", str(ini), cwd=ROOT, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(child.communicate(types.encode()), ENDS_WITHIN_S)
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()
    assert b"Traceback" not in out + err
    return Ended(child.returncode or 0, out.decode(), err.decode())


def ini_of(state: Path, folder: Path) -> Path:
    """A kiosk.ini for the kiosk with this state."""
    lines = (ROOT / "kiosk.ini").read_text("utf-8").splitlines()
    path = folder / "kiosk.ini"
    path.write_text("\n".join(f"state = {state}" if line.startswith("state =") else line for line in lines), "utf-8")
    return path


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return ini_of(tmp_path / "kiosk-1", tmp_path)


async def test_a_running_kiosk_is_asked_and_no_device_is_opened_twice(
    lobby: OpenLobby, ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = await lobby()
    opened = kiosk.terminal.devices.view(Kind.PRINTER)
    ended = await command(ini, "diagnose", "printer", "--json")
    assert (ended.code, ended.json["verdict"]) == (0, "well")
    assert ended.json["parts"][0]["address"] == kiosk.bench.addresses["printer"], "the very device of that kiosk"
    assert kiosk.terminal.devices.view(Kind.PRINTER) is not None
    assert opened is not None
    assert opened.state is State.WELL


@pytest.mark.parametrize(
    ("device", "plays", "code", "said"),
    [
        ("printer", ("printer", "paper-out"), 1, "printer.paper-out"),
        ("key-encoder", ("key_encoder", "unplug"), 1, "key-encoder.gone"),
        ("hotel", ("hotel", "off"), 1, "there is no connection"),
        ("printer", ("printer", "silent"), 1, "printer.silent"),
        ("printer", ("printer", "cover-open"), 1, "→ Printer: Close the cover"),
        ("printer", ("printer", "cover-open"), 1, "hinders: Guests can finish, something is not offered. Guests check in"),
        ("key-encoder", ("key_encoder", "unplug"), 1, "stops: Guests can’t finish here alone. Guests check in; the desk makes"),
        ("screen", ("printer", "paper-low"), 3, "need a person"),
        ("toaster", ("printer", "paper-low"), 2, "there are: machine, network"),
    ],
)
async def test_the_exit_code_says_well_ill_or_could_not_tell(
    lobby: OpenLobby, ini: Path, device: str, plays: tuple[str, str], code: int, said: str
) -> None:
    kiosk = await lobby()
    await kiosk.plays(*plays)
    ended = await command(ini, "diagnose", device)
    assert ended.code == code, ended
    assert said in ended.out + ended.err


async def test_by_hands_over_the_socket_a_printer_is_proven_well(lobby: OpenLobby, ini: Path) -> None:
    """Looked at by who typed the command; its code held to the kiosk's own scanner; its cover opened and closed."""
    kiosk = await lobby()
    terminal = kiosk.terminal
    asking = asyncio.ensure_future(command(ini, "diagnose", "printer", "--hands", "--json", types="y\ny\ny\n"))
    await kiosk.until(lambda: Kind.SCANNER in terminal.taps.waited_for)
    await kiosk.plays("scanner", "scan", code_on_paper((await kiosk.plays("printer", "last"))["path"]))
    await kiosk.until(lambda: terminal.book.last("printer.read-back"))
    await kiosk.plays("printer", "cover-open")
    opened_s = time.monotonic()
    await kiosk.until(lambda: time.monotonic() > opened_s + 2)  # a hand is slower than the check asks
    await kiosk.plays("printer", "cover-close")
    ended = await asking
    outcomes = {each["id"]: each["outcome"] for each in ended.json["parts"][0]["checks"]}
    assert set(outcomes.values()) == {"well"}, ended
    assert ended.code == 0
    assert "Is every line" in ended.err


async def test_who_goes_away_leaves_nothing_running(lobby: OpenLobby, ini: Path) -> None:
    kiosk = await lobby()
    asking = asyncio.ensure_future(command(ini, "diagnose", "scanner", "--hands"))
    await kiosk.until(lambda: Kind.SCANNER in kiosk.terminal.taps.waited_for)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await kiosk.until(lambda: not kiosk.terminal.taps.waited_for)
    await kiosk.until(lambda: kiosk.running.reception.scene.prompt.notice is None)
    assert not kiosk.terminal.book.turn("scanner").locked()
    assert kiosk.terminal.book.last("scanner.codes") is None


async def test_while_a_guest_is_served_nothing_is_tried_by_hands(lobby: OpenLobby, ini: Path) -> None:
    kiosk = await lobby()
    await kiosk.to_registration("ready")
    ended = await command(ini, "diagnose", "printer", "--hands")
    assert ended.code == 3
    assert "guest is being served" in ended.err
    assert (await command(ini, "diagnose", "printer")).code == 0, "what needs nobody disturbs nobody"


async def test_a_guest_who_comes_while_hands_are_tried_has_the_devices(lobby: OpenLobby, ini: Path) -> None:
    """Somebody types over SSH, and waits for a document; the next one that is laid down is a guest's."""
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    asking = asyncio.ensure_future(command(ini, "diagnose", "document_reader", "--hands"))
    await kiosk.until(lambda: Kind.DOCUMENT_READER in kiosk.terminal.taps.waited_for)
    standing = kiosk.running.reception.scene.prompt
    assert isinstance(standing, Welcome)
    assert (standing.notice, standing.invitation) == (TESTED, None), "nobody is invited to lay a document down"
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice, "How shall we find your booking?")
    await kiosk.until(lambda: not kiosk.terminal.taps.waited_for)
    await kiosk.shows_document("ready")
    await kiosk.card()
    ended = await asking
    assert ended.code == 3
    assert "guest is being served" in ended.err
    assert kiosk.terminal.book.last("document_reader.sample") is None
    assert not kiosk.terminal.tested


async def test_nothing_of_a_guest_stands_in_a_diagnosis(lobby: OpenLobby, ini: Path) -> None:
    kiosk = await lobby()
    await kiosk.to_registration("ready")
    booking = await kiosk.booking("ready")
    said = (await command(ini, "diagnose", "--json")).out.lower()
    for secret in (booking.guest.family_name, booking.guest.given_name, booking.confirmation, booking.id):
        assert f'"{secret.lower()}"' not in said
        assert f" {secret.lower()} " not in said


async def test_without_a_kiosk_the_terminal_is_opened_and_closed_again(tmp_path: Path) -> None:
    ini = ini_of(tmp_path / "state", tmp_path)
    ended = await command(ini, "diagnose", "scanner", "--json")
    assert (ended.code, ended.json["parts"][0]["state"]) == (0, "well")
    assert not (tmp_path / "state" / "kiosk.sock").exists()


async def test_a_driver_that_kiosk_ini_names_wrongly_is_said(tmp_path: Path) -> None:
    ini = ini_of(tmp_path / "state", tmp_path)
    ini.write_text(ini.read_text("utf-8").replace("driver = escpos", "driver = dovecote"), "utf-8")
    ended = await command(ini, "diagnose", "printer")
    assert ended.code == 2, ended
    assert "no 'dovecote'; known: escpos" in ended.err


async def test_a_new_terminal_is_accepted_on_file_and_the_file_is_verified(lobby: OpenLobby, ini: Path) -> None:
    kiosk = await lobby()
    file, pdf = ini.parent / "new.json", ini.parent / "new.pdf"
    ended = await command(ini, "diagnose", "--acceptance", str(file), "--pdf", str(pdf))
    assert ended.code in (1, 3), ended
    report = read(file.read_bytes())
    assert report is not None
    assert report.whole
    assert report.words["complete"] is False
    assert {each["id"] for each in report.words["parts"]} == set(LABELS) - {"mail"}
    assert pdf.read_bytes().startswith(b"%PDF")
    assert file.stat().st_mode & 0o777 == 0o600
    assert (await command(ini, "diagnose", "--acceptance", str(file))).code == 2, "a report is never written over"
    nowhere = str(ini.parent / "nowhere" / "new.pdf")
    refused = await command(ini, "diagnose", "--acceptance", str(ini.parent / "newer.json"), "--pdf", nowhere)
    assert refused.code == 2
    assert "no such directory" in refused.err
    assert not refused.out, "said before anything is tried"
    key = kiosk.terminal.journal.key_id
    verified = await command(ini, "journal", "verify", str(file), "--key", key)
    assert verified.code == 0
    assert key[:4] in verified.out
    assert (await command(ini, "journal", "verify", str(file), "--key", "0" * 16)).code == 1
    file.write_bytes(file.read_bytes().replace(b'"complete":false', b'"complete":true'))
    changed = await command(ini, "journal", "verify", str(file), "--key", key)
    assert (changed.code, "NOT whole" in changed.err) == (1, True)


@pytest.mark.parametrize(
    "asked", ['{"diagnose": {"partz": 1}}', '{"diagnose": 5}', '{"diagnose": {"part": "../../etc"}}', '{"diagnose": [[]]}']
)
async def test_nonsense_on_the_socket_is_told_and_disturbs_nobody(lobby: OpenLobby, asked: str) -> None:
    kiosk = await lobby()
    path = socket_path(kiosk.terminal.settings.kiosk.state)
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(asked.encode() + b"\n")
    answer = json.loads(await asyncio.wait_for(reader.readline(), ENDS_WITHIN_S))
    writer.close()
    assert answer["wrong"] is True
    assert kiosk.terminal.works(Kind.PRINTER)


async def test_a_terminal_in_a_lobby_is_asked_too_and_has_nothing_to_play_with(tmp_path: Path) -> None:
    """No demonstration: a printer at its address, a hotel that is off, and the same command."""
    state = tmp_path / "lobby"
    state.mkdir(mode=0o700)
    words = {"client_id": "us", "client_secret": "secret", "app_key": "00000000-0000-4000-8000-000000000000"}
    for name, content in (("hotel-credentials.json", json.dumps(words)), ("archive-token", "token")):
        (state / name).write_text(content)
        (state / name).chmod(0o600)
    end = VirtualProcess("hardware.printer.virtual", "--port", "0", "--out", str(tmp_path / "slips"))
    await end.start()
    ini = tmp_path / "lobby.ini"
    ini.write_text(
        f"[kiosk]\nstate = {state}\n[hotel]\nurl = http://127.0.0.1:9\n[registration]\narchive = https://127.0.0.1:9\n"
        f"[printer]\ndriver = escpos\naddress = {end.address}\n"
    )
    try:
        async with open_kiosk(load(ini), SystemClock(), ScriptedGuest()):
            printer = await command(ini, "diagnose", "printer", "--json")
            assert (printer.code, printer.json["verdict"]) == (0, "well")
            assert (await command(ini, "diagnose", "hotel")).code == 1
            assert (await command(ini, "diagnose", "scanner")).code == 2
            assert (await command(ini, "virtual")).out == ""
            assert (await command(ini, "virtual", "printer", "paper-out")).code == 1
        alone = await command(ini, "diagnose", "printer")
        assert alone.code == 0, "and where the kiosk does not run"
    finally:
        await end.stop()


async def test_watching_goes_on_until_it_is_ended_and_tries_nothing(lobby: OpenLobby, ini: Path) -> None:
    kiosk = await lobby()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kiosk", "diagnose", "printer", "--watch", "--json", "--config", str(ini), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, limit=1 << 20,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        async with asyncio.timeout(ENDS_WITHIN_S):
            assert json.loads(await child.stdout.readline())["verdict"] == "well"
            await kiosk.plays("printer", "cover-open")
            while json.loads(await child.stdout.readline())["verdict"] != "ill":
                pass
        child.send_signal(signal.SIGINT)
        await asyncio.wait_for(child.communicate(), ENDS_WITHIN_S)
        assert child.returncode == 0
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()
    assert kiosk.terminal.book.last("printer.answers") is None
