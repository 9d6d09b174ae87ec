"""A visit is recorded without the person in it, and played again on virtual devices to the same end."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from hardware.known_drivers import known_drivers
from hardware.readings import Kind
from kiosk.control import ask
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.model import Reservation
from kiosk.hotel.opera_http import Exchange
from kiosk.language import Text
from kiosk.names import is_no_name
from kiosk.prompts import (
    Choice,
    Chosen,
    Farewell,
    LayKeyCard,
    PresentDocument,
    Prompt,
    RegistrationCard,
    Scene,
    StillThere,
    TextEntry,
    Tone,
    Welcome,
)
from kiosk.trace import bodies
from kiosk.trace.file import Damaged, Entry, folder, read, write
from kiosk.trace.player import Played
from kiosk.trace.pseudonyms import Pseudonyms
from kiosk.trace.replay import replay
from tests.journeys import lost_key
from tests.journeys.companions import HANIA, begins, shows, tells_child, wanted, whole
from tests.journeys.conftest import Lobby, OpenHouse, OpenLobby
from tests.journeys.test_check_in_leaves_no_trace import SAMPLE, SIGNATURE, TYPED, begins_with_name, found_in
from tests.journeys.test_slip_by_mail import TO, mail, to_typing
from tests.kiosk.hotel.bad_gateway import cut, says, silent
from tests.kiosk.mail_end import MailEnd


class Nobody:
    """A front that nobody stands before."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []

    def show(self, scene: Scene) -> None:
        self.scenes.append(scene)

    def notice(self, words: Text, tone: Tone) -> None:
        """Not looked at."""

    def tone(self) -> bool:
        return False  # no loudspeaker


def records(kiosk: Lobby) -> None:
    """The next visit. Always with the same key: what is looked for in a trace stands in none by chance."""
    kiosk.terminal.recorder.key = lambda: b"of a test" * 3
    kiosk.terminal.recorder.switch_on()


def personal_in(path: Path) -> set[str]:
    """What of the guest stands in a trace, but for its last line, which is a hash."""
    return found_in(path.read_bytes().rstrip(b"\n").rpartition(b"\n")[0] + path.name.encode())


async def recorded(kiosk: Lobby) -> Path:
    """The trace of the visit that ends now."""
    await kiosk.guest.sees(Welcome)
    await kiosk.until(lambda: kiosk.terminal.recorder.last)
    path = kiosk.terminal.recorder.last
    assert path is not None
    await kiosk.switched_off()
    return path


async def leaves(kiosk: Lobby) -> Path:
    """Takes the key, and goes; the trace of it."""
    await kiosk.plays("key_encoder", "lift")
    await kiosk.until(lambda: kiosk.guest.desk.answer(kiosk.guest.scene.number, Chosen("done")))
    return await recorded(kiosk)


async def played(path: Path) -> tuple[Played, Nobody, list[str]]:
    front, said = Nobody(), list[str]()
    return await replay(read(path), front, said.append), front, said


async def went_the_same_way(path: Path) -> tuple[Played, Nobody, list[str]]:
    """Played to its end, as it was recorded."""
    outcome, front, said = await played(path)
    assert (outcome.departed, outcome.cannot) == (None, "")
    return outcome, front, said


async def test_a_check_in_is_recorded_and_played_to_the_same_farewell(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_farewell("ready", keys=2)
    path = await leaves(kiosk)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not personal_in(path)
    outcome, front, said = await went_the_same_way(path)
    assert outcome.scenes > 10
    assert outcome.effects == 5
    assert any(isinstance(scene.prompt, Farewell) for scene in front.scenes)
    assert "check-in: done" in "".join(said)


async def test_a_printer_without_paper_is_played_as_such(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", "paper-out")
    await kiosk.goes_on(Choice)
    await kiosk.plays("printer", "paper-in")
    await kiosk.works("printer")
    kiosk.guest.choose("again")
    await kiosk.goes_on(Farewell)
    _, front, said = await went_the_same_way(await leaves(kiosk))
    assert "print-slip: printer.paper-out" in "".join(said)
    assert any(isinstance(scene.prompt, Farewell) for scene in front.scenes)


async def test_a_hotel_that_goes_down_and_comes_back_is_played_as_such(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_registration("ready")
    await kiosk.plays("hotel", "off")
    await kiosk.goes_on(Choice)
    await kiosk.plays("hotel", "on")
    kiosk.guest.choose("again")
    await kiosk.goes_on(Farewell)
    path = await leaves(kiosk)
    assert any(entry.get("trouble") == "down" for entry in read(path).entries)
    _, front, _ = await went_the_same_way(path)
    assert any(isinstance(scene.prompt, Farewell) for scene in front.scenes)


async def typed_in(kiosk: Lobby) -> None:
    """A guest of whom the hotel knows little finds the booking by name, and fills in all that is missing."""
    await begins_with_name(kiosk)
    kiosk.guest.passes()
    await kiosk.shows_document(SAMPLE)
    while not isinstance(prompt := await kiosk.guest.sees(Prompt), LayKeyCard):
        if isinstance(prompt, TextEntry) and "country" not in prompt.question.key:
            kiosk.guest.type(next(words for asked, words in TYPED.items() if asked in prompt.question.key))
        elif isinstance(prompt, RegistrationCard) and not any(row.missing for row in prompt.rows):
            kiosk.guest.answer(SIGNATURE)
        else:
            await kiosk.acts(prompt)


async def test_what_is_typed_stands_in_no_trace_and_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="HU")
    records(kiosk)
    await typed_in(kiosk)
    await kiosk.goes_on(Farewell)
    room = await lost_key.room_of(kiosk, SAMPLE)
    path = await leaves(kiosk)
    assert not personal_in(path)
    assert f'"{room}"' not in path.read_text()
    await went_the_same_way(path)


async def test_a_family_and_its_child_are_in_no_trace(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="HU")
    records(kiosk)
    await begins(kiosk, "family")
    await shows(kiosk, "family-partner")
    await whole(kiosk, "Paweł")
    await wanted(kiosk)
    await tells_child(kiosk, HANIA.person.given, HANIA.person.born)
    await whole(kiosk, "Hania")
    await whole(kiosk, "Joanna")
    await kiosk.goes_on(Farewell)
    path = await leaves(kiosk)
    assert not personal_in(path)
    await went_the_same_way(path)


async def test_a_booking_code_is_signed_anew(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.passes()
    await kiosk.shows_document("ready")
    await kiosk.goes_on(Farewell)
    path = await leaves(kiosk)
    assert "HB1." not in path.read_text()
    assert not personal_in(path)
    await went_the_same_way(path)


@pytest.mark.parametrize("driver", known_drivers(Kind.SCANNER))
async def test_a_code_is_played_whatever_scanner_had_read_it(lobby: OpenLobby, driver: str) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.start_over()
    path = await recorded(kiosk)
    trace = read(path)
    trace.head["settings"]["scanner"]["driver"] = driver
    await went_the_same_way(write(path.parent.parent, driver, trace.head, trace.entries))


async def test_who_walks_away_is_played_without_the_waiting(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice)
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, StillThere), moving_s=10)
    path = await _gone(kiosk)
    _, front, _ = await went_the_same_way(path)
    assert any(isinstance(scene.prompt, StillThere) for scene in front.scenes)


async def _gone(kiosk: Lobby) -> Path:
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, Welcome), moving_s=10)
    return await recorded(kiosk)


async def test_a_copy_and_a_card_of_another_kind_are_played_as_such(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "copied", "ready")
    await kiosk.guest.sees(Choice, "A colleague will look at your document")
    kiosk.guest.choose("done")
    _, _, said = await went_the_same_way(await recorded(kiosk))
    assert "A colleague will look at your document" in "".join(said)


async def test_where_it_goes_another_way_is_told(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_farewell("ready")
    path = await leaves(kiosk)
    trace = read(path)
    entries = [dict(entry) for entry in trace.entries]
    at = next(at for at, entry in enumerate(entries) if entry.get("call") == "check_in")
    entries[at] |= {"status": 409, "body": {"o:errorCode": "ROOM_TAKEN"}}
    changed = write(path.parent.parent, "changed", trace.head, entries)
    outcome, _, _ = await played(changed)
    assert outcome.departed is not None
    assert outcome.departed.expected == "effect check-in: done"
    assert "conflict" in outcome.departed.got
    line = changed.read_text("utf-8").splitlines()[outcome.departed.line - 1]
    assert json.loads(line)["kind"] == "check-in"


async def test_it_is_off_until_asked_for_and_off_again_by_itself(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    recorder = kiosk.terminal.recorder

    async def visit() -> None:
        await kiosk.guest.sees(Welcome)
        kiosk.guest.choose("check-in")
        await kiosk.guest.sees(Choice)
        kiosk.guest.start_over()
        await kiosk.guest.sees(Welcome)
        await kiosk.terminal.settle()

    def written() -> int:
        return len(list(folder(kiosk.terminal.settings.kiosk.state).glob("*")))

    await visit()
    assert written() == 0
    recorder.switch_on(2)
    for count in (1, 2):
        assert recorder.on
        await visit()
        assert written() == count
    assert not recorder.on
    await visit()
    recorder.switch_on(50)
    await kiosk.clock.move(3601)
    assert not recorder.on
    await visit()
    assert written() == 2
    for visits in (0, -1, 51):
        with pytest.raises(ValueError, match="1 to 50"):
            recorder.switch_on(visits)


async def test_it_is_switched_on_through_the_socket(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    state = kiosk.terminal.settings.kiosk.state
    told = await asyncio.to_thread(ask, state, "trace", "on", ("3",))
    assert told == {"recording": "the next 3"}
    assert kiosk.terminal.recorder.visits_left == 3
    assert (await asyncio.to_thread(ask, state, "trace", "off"))["recording"] == "no"
    assert not kiosk.terminal.recorder.on
    for verb, words in (("on", ("many",)), ("on", ("0",)), ("go", ())):
        with pytest.raises(ValueError, match="visits|on, off or show"):
            await asyncio.to_thread(ask, state, "trace", verb, words)
    assert "trace" not in await asyncio.to_thread(ask, state, "")


async def test_the_command_plays_it_in_a_process_of_its_own(lobby: OpenLobby, tmp_path: Path) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_farewell("ready")
    path = await leaves(kiosk)
    code, out = await command("replay", str(path))
    assert code == 0, out
    assert out.splitlines()[-1].startswith("The same way: ")
    code, out = await command("show", str(path))
    assert (code, "check-in done" in out) == (0, True)
    code, out = await command("replay", "--step", str(path), typed="\n" * 40)
    assert (code, out.count("⏎")) == (0, sum(entry["what"] in ("touch", "given") for entry in read(path).entries) + 1)
    path.write_text(path.read_text("utf-8").replace("check-in", "check-out"))
    code, out = await command("replay", str(path))
    assert (code, out) == (2, f"{path}: was changed after it was written\n")


async def command(*words: str, typed: str = "", environ: dict[str, str] | None = None) -> tuple[int, str]:
    pipe, merged = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    whole = (sys.executable, "-m", "kiosk", "trace", *words)
    process = await asyncio.create_subprocess_exec(*whole, stdin=pipe, stdout=pipe, stderr=merged, env=environ)
    out, _ = await process.communicate(typed.encode())
    return process.returncode or 0, out.decode()


async def test_a_visit_of_staff_is_shown_and_not_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("staff")
    await kiosk.guest.sees(Prompt)
    kiosk.guest.desk.start_over(kiosk.guest.scene.number)
    path = await recorded(kiosk)
    code, out = await command("replay", str(path))
    assert (code, "nobody’s PIN is in a trace" in out) == (3, True)


async def test_a_lost_key_with_its_fee_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", hotel__cashier=7, access__lost_key_fee="2500")
    records(kiosk)
    room = await lost_key.room_of(kiosk)
    await lost_key.has_a_new_key(kiosk)
    path = await recorded(kiosk)
    assert not personal_in(path)
    assert f'"{room}"' not in path.read_text()
    await went_the_same_way(path)


async def test_a_key_card_that_is_lifted_too_early_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_keys("ready")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lift-after", "6")
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.guest.sees(LayKeyCard)
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-back")
    await kiosk.goes_on(Farewell)
    path = await leaves(kiosk)
    assert any(entry.get("outcome") == "lifted" for entry in read(path).entries)
    await went_the_same_way(path)


async def test_an_encoder_that_is_unplugged_in_use_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_keys("ready")
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "unplug")
    await kiosk.guest.sees(Choice)
    await kiosk.plays("key_encoder", "plug")
    await kiosk.works("key_encoder")
    kiosk.guest.choose("again")
    await kiosk.goes_on(Farewell)
    _, _, said = await went_the_same_way(await leaves(kiosk))
    assert "key-encoder.gone" in "".join(said)


async def test_a_hotel_that_answers_nonsense_or_nothing_is_played(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__deadline_s=2)
    records(kiosk)
    await kiosk.to_registration("ready")
    for fault in (says(500, b"<html>"), cut, silent, None):
        hotel.between.well()
        if fault is not None:
            hotel.between.spoil("PUT", r"/profiles/[0-9]+", fault)
        if isinstance(kiosk.guest.scene.prompt, Choice):
            kiosk.guest.choose("again")
        await kiosk.goes_on(Choice if fault is not None else Farewell)
    path = await leaves(kiosk)
    troubles = [entry.get("trouble") or entry.get("status") for entry in read(path).entries if entry.get("call") == "save_guest"]
    assert {500, "broken", "timeout", 200} <= set(troubles)
    await went_the_same_way(path)


async def test_nobody_of_the_whole_house_is_in_what_is_written_of_its_answers(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel)
    exchanges: list[Exchange] = []
    kiosk.terminal.hotel.listen(lambda exchange, size: exchanges.append(exchange))  # type: ignore[attr-defined]
    asked = hotel.books.reservations()[::8] + [hotel.books.reservation(hotel.id_of(sample)) for sample in SAMPLES]
    await kiosk.terminal.hotel.in_house()
    for booking in asked:
        await kiosk.terminal.hotel.reservation(booking.id)
        await kiosk.terminal.hotel.guest(booking.guest.profile_id)
        await kiosk.terminal.hotel.folio(booking.id)
        await kiosk.terminal.hotel.keys(booking.id)
    by = Pseudonyms(kiosk.terminal.today(), kiosk.terminal.settings.slip)
    for exchange in exchanges:
        bodies.learn(exchange.read(), by)
    own = names_of(hotel.books.reservations())
    pairs = [pair for exchange in exchanges for pair in changed(exchange.read(), bodies.replaced(exchange.read(), by))]
    assert len(pairs) > 5000
    kept = {(key, old) for key, old, new in pairs if words_of(old) & words_of(new)}
    assert {old for _, old in kept if words_of(old) & own} == set()
    assert {key for key, _ in kept} <= bodies.HOUSES | {"birthDate", "expirationDate"}, kept  # of these a year may be alike
    assert all(old != new for key, old, new in pairs if key in ("birthDate", "expirationDate"))


WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> set[str]:
    """Without what is nobody's: a particle, a letter, a digit or two."""
    return {word.casefold() for word in WORD.findall(text) if len(word) > 2 and not is_no_name(word)}


def names_of(bookings: list[Reservation]) -> set[str]:
    guests = [guest for booking in bookings for guest in booking.guests]
    told = [(guest.given_name, guest.family_name, guest.middle_name, *guest.name_other) for guest in guests]
    return {word for names in told for name in names for word in words_of(name)}


def changed(old: Any, new: Any, key: str = "") -> list[tuple[str, str, str]]:
    """Key, and what stood and stands there, of every string."""
    if isinstance(old, dict):
        return [each for name in old for each in changed(old[name], new[name], name)]
    if isinstance(old, list):
        return [each for a, b in zip(old, new, strict=True) for each in changed(a, b, key)]
    return [(key, old, new)] if isinstance(old, str) else []


async def test_it_is_switched_on_by_the_command(lobby: OpenLobby, tmp_path: Path) -> None:
    kiosk = await lobby()
    state = kiosk.terminal.settings.kiosk.state
    ini = tmp_path / "kiosk.ini"
    ini.write_text(f"[kiosk]\ndemo = yes\nstate = {state}\n")
    code, out = await command("record", "on", "--visits", "2", "-c", str(ini))
    assert (code, out) == (0, f"recording: the next 2 visit(s), to {folder(state)}\n")
    assert kiosk.terminal.recorder.visits_left == 2
    assert await command("list", "-c", str(ini)) == (0, "none\n")
    assert await command("record", "off", "-c", str(ini)) == (0, "recording: no\n")
    assert not kiosk.terminal.recorder.on
    await kiosk.switched_off()
    code, out = await command("record", "on", "-c", str(ini))
    assert (code, "no kiosk is running" in out) == (1, True)


@pytest.mark.parametrize(
    "entry",
    [
        {"what": "scene"},
        {"what": "touch", "chosen": ["check-in", {}]},
        {"what": "view", "device": ["printer"], "faults": 3},
        {"what": "given", "document": [1, 2]},
    ],
)
async def test_a_line_that_no_recorder_writes_is_damage_and_no_departure(tmp_path: Path, entry: Entry) -> None:
    with pytest.raises(Damaged, match="line 2|a document"):
        await played(written(tmp_path, entry))


@pytest.mark.parametrize("device", ["document_reader", "card_reader", "printer"])
async def test_a_driver_that_is_not_here_is_another_versions_and_no_departure(tmp_path: Path, device: str) -> None:
    settings = {device: {"driver": "of-tomorrow", "address": "virtual"}}
    with pytest.raises(Damaged, match="recorded by another version"):
        await played(written(tmp_path, {"what": "touch", "chosen": "check-in"}, settings))


async def test_where_there_is_no_screen_that_is_said_and_no_departure(tmp_path: Path) -> None:
    path = written(tmp_path, {"what": "touch", "chosen": "check-in"})
    nothing = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    code, out = await command("replay", "--screen", str(path), environ=nothing)
    assert (code, out) == (3, "no DISPLAY and no Xvfb: apt-get install xvfb\n")


def written(state: Path, entry: Entry, more: Entry | None = None) -> Path:
    """A trace of one entry that no recorder has written; `more` of its settings."""
    settings = {"kiosk": {"exports": "/etc"}, "hotel": {"deadline_s": 10}, "keys": {}, "health": {"listen": "127.0.0.1:1"}}
    head = {"trace": 1, "time": "2026-11-26T17:00:00+01:00", "language": "en", "hotel-well": True, "devices": []}
    return write(state, "visit", head | {"settings": settings | (more or {})}, [{"at": 1.0} | entry])


async def test_a_trace_commands_no_terminal(tmp_path: Path) -> None:
    """Whoever made the file: `show` writes letters, and no sequence that a terminal obeys."""
    head = {"trace": 1, "time": "2026", "language": "\x1b]0;x\x07", "devices": 5}
    path = write(tmp_path, "visit", head, [{"at": 1.0, "what": "touch\x1b[2J", "chosen": "\x9b31m"}])
    code, out = await command("show", str(path))
    assert code == 0
    assert out.replace("\n", "").isprintable(), out


async def test_who_plays_a_letter_sends_none(lobby: OpenLobby, mail_end: MailEnd) -> None:
    """The visit is played where the hotel's mail server may well be reached."""
    kiosk = await lobby(**mail(mail_end))
    records(kiosk)
    await to_typing(kiosk)
    kiosk.guest.type(TO)
    await kiosk.guest.sees(Farewell)
    path = await leaves(kiosk)
    assert len(mail_end.letters) == 1
    assert TO.partition("@")[0] not in path.read_text()
    await went_the_same_way(path)
    assert len(mail_end.letters) == 1


async def test_where_no_mail_was_offered_none_is_offered_when_it_is_played(lobby: OpenLobby, mail_end: MailEnd) -> None:
    """The mail server was known to be away; rounds that were made meanwhile are no part of the visit."""
    kiosk = await lobby(**mail(mail_end), health__listen="127.0.0.1:0")
    rounds = kiosk.running.rounds
    assert rounds is not None
    await mail_end.stop()
    await rounds.once()
    records(kiosk)
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", "paper-out")
    await rounds.once()
    kiosk.guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    asked = await kiosk.goes_on_to_choice("out of paper")
    assert "mail" not in {option.id for option in asked.options}
    kiosk.guest.choose("skip")
    await kiosk.goes_on(Farewell)
    await went_the_same_way(await leaves(kiosk))


async def test_what_no_virtual_device_can_do_is_said(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice)
    kiosk.guest.start_over()
    path = await recorded(kiosk)
    trace = read(path)
    strange = {"at": 0.1, "what": "view", "device": "printer", "state": "ill", "faults": ["printer.broken"]}
    changed = write(path.parent.parent, "changed", trace.head, [*trace.entries, strange])
    outcome, _, _ = await played(changed)
    assert outcome.departed is None
    assert outcome.cannot == f"line {len(trace.entries) + 2}: no virtual device can do this: printer with printer.broken"
    code, out = await command("replay", str(changed))
    assert (code, out.splitlines()[-1]) == (3, f"The same way so far; {outcome.cannot}")
