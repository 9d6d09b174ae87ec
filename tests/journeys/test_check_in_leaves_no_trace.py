"""Nothing of a guest stays on the terminal: not in any log, however talkative, nor in any file in clear."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.prompts import (
    Answer,
    Choice,
    Chosen,
    DateEntry,
    Farewell,
    LayKeyCard,
    Picked,
    PresentDocument,
    Prompt,
    RegistrationCard,
    Signed,
    TextEntry,
    Typed,
    Welcome,
)
from tests.journeys.companions import HANIA, PAWEL, begins, shows, tells_child, wanted, whole
from tests.journeys.conftest import OpenHouse, OpenLobby
from tests.kiosk.hotel.bad_gateway import says

SAMPLE = "two-rooms"
"""A guest of whom the hotel knows no address: all is asked."""
TYPED = {
    "born?": "Kazimierz Dolny",
    "mother": "Wiśniewska-Kępińska",
    "at birth": "Wiśniewska-Kępińska",
    "street": "Zielonogórska 17",
    "postcode": "6725",
    "town": "Zielona Góra",
}
"""Word of a question → what the guest types."""
SIGNATURE = Signed(strokes=(((0.12345, 0.23451), (0.34512, 0.45123), (0.98765, 0.51234)),), aspect=3.0)
SHORTEST = 4
"""Shorter words (a sex, a room's number) stand in any bytes by chance: those are looked for in the logs only."""


def personal() -> list[str]:
    """Every value of the guest that the kiosk gets to know."""
    person, document = SAMPLES[SAMPLE].person, SAMPLES[SAMPLE].document
    born, expires = person.born, document.expires
    names = [person.given, person.family, *re.split(r"[ -]", person.family), document.family_name, document.given_names]
    dates = [f"{day:{form}}" for day in (born, expires) for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d", "%y%m%d")]
    lines = [part for line in document.mrz for part in (line, line[:20], line.rstrip("<"))]
    strokes = [str(number) for stroke in SIGNATURE.strokes for point in stroke for number in point]
    address = [part for part in person.address if part]
    own = [*names, *dates, *lines, *strokes, *address, *TYPED.values(), document.number, SAMPLES[SAMPLE].confirmation]
    return [*own, *of_the_family()]


def of_the_family() -> list[str]:
    """Of a mother, and of those who come along: shown, or told by her."""
    family, told = SAMPLES["family"], []
    for person, document in ((family.person, family.document), *((each.person, each.document) for each in (PAWEL, HANIA))):
        told += [person.given, person.family, document.number, *document.mrz, person.born.isoformat(), f"{person.born:%y%m%d}"]
    return [*told, family.confirmation]


def spellings(value: str) -> Iterator[bytes]:
    """In clear, upper, lower and folded to ASCII; as hex and as base64, wherever in a text it begins."""
    folded = unicodedata.normalize("NFKD", value.translate(str.maketrans("łŁ", "lL"))).encode("ascii", "ignore").decode()
    for word in {value, value.upper(), value.lower(), folded, folded.upper(), folded.lower()}:
        if len(word) < SHORTEST:
            continue
        for plain in {word.encode(), word.encode("utf-16-le"), word.encode("unicode_escape")}:
            yield plain
            yield plain.hex().encode()
            yield plain.hex().upper().encode()
            if len(plain) >= 2 * SHORTEST:
                for shift in range(3):
                    whole = base64.b64encode(b"\0" * shift + plain)
                    yield whole[4 if shift else 0 : len(whole) // 4 * 4 - 4]


NEEDLES = {spelling: value for value in personal() for spelling in spellings(value)}
HEX_BY_CHANCE = {
    spelling: re.compile(rb"(?<![0-9a-f])" + spelling + rb"(?![0-9a-f])", re.I)
    for spelling in NEEDLES
    if re.fullmatch(rb"[0-9A-Fa-f]{1,6}", spelling)
}
"""A postcode of four digits is part of one hash in a hundred: it is looked for where it is not part of a longer one."""


def found_in(content: bytes) -> set[str]:
    found = {spelling for spelling in NEEDLES if spelling in content}
    return {NEEDLES[each] for each in found if each not in HEX_BY_CHANCE or HEX_BY_CHANCE[each].search(content)}


def traces(state: Path) -> dict[str, set[str]]:
    """File → what of the guest stands in it, or in its name. The printer's paper has left the terminal."""
    files = [path for path in state.rglob("*") if path.is_file() and state / "slips" not in path.parents]
    told = {str(path): found_in(path.read_bytes()) | found_in(str(path.relative_to(state)).encode()) for path in files}
    return {name: values for name, values in told.items() if values}


PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"BM", b"%PDF")


def pictures(state: Path) -> list[str]:
    """Pictures, and cards in clear."""
    files = [path for path in state.rglob("*") if path.is_file() and state / "slips" not in path.parents]
    return [path.name for path in files if path.read_bytes()[:5].startswith(PICTURES)]


async def test_what_is_looked_for_would_be_found(tmp_path: Path) -> None:
    person = SAMPLES[SAMPLE].person
    told = (
        f"born {person.born.isoformat()}",
        f"born {person.born:%d.%m.%Y}",
        person.family.upper(),
        "GABOR",
        f"{SIGNATURE.strokes[0][1]}",
        repr({"confirmation": SAMPLES[SAMPLE].confirmation}),
        TYPED["town"].encode().hex(),
        f"{TYPED['postcode']}{TYPED['town']}",
        *(base64.b64encode(f"{before}{TYPED['mother']} lives".encode()).decode() for before in ("", "a", "of", "xyz")),
    )
    for number, words in enumerate(told):
        (tmp_path / f"{number}.log").write_text(words)
        assert str(tmp_path / f"{number}.log") in traces(tmp_path), words
    (tmp_path / person.given).touch()
    assert str(tmp_path / person.given) in traces(tmp_path)


async def test_a_whole_check_in_leaves_nothing_in_logs_and_files(
    lobby: OpenLobby, house: OpenHouse, logged: Callable[[], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="HU")
    state, guest = kiosk.terminal.settings.kiosk.state, kiosk.guest
    hotel.between.spoil("PUT", "/registration-cards/.*", says(503, b"{}"))  # the signed card has to wait here
    await begins_with_name(kiosk)
    guest.passes()
    await kiosk.shows_document(SAMPLE)
    while not isinstance(prompt := await guest.sees(Prompt), LayKeyCard):
        missing = isinstance(prompt, RegistrationCard) and any(row.missing for row in prompt.rows)
        if isinstance(prompt, TextEntry) and "country" not in prompt.question.key:
            guest.type(next(words for asked, words in TYPED.items() if asked in prompt.question.key))
        elif isinstance(prompt, RegistrationCard) and not missing:
            guest.answer(SIGNATURE)
        else:
            await kiosk.acts(prompt)
        assert not traces(state), prompt
    assert sum(isinstance(scene.prompt, TextEntry) for scene in guest.scenes) >= 3, "hardly anything was asked"
    assert len(kiosk.terminal.outbox.pending()) == 1
    await kiosk.goes_on(Farewell)
    assert not traces(state), "at the farewell"
    hotel.between.well()
    await kiosk.until(lambda: not kiosk.terminal.outbox.pending(), moving_s=60)
    await kiosk.plays("key_encoder", "lift")
    await kiosk.until(lambda: guest.desk.answer(guest.scene.number, Chosen("done")))  # "are you still there?" may stand
    await guest.sees(Welcome)
    must_be_without_trace(kiosk, logged(), capfd, (await kiosk.booking(SAMPLE)).room.number)


async def test_faults_on_the_way_leave_nothing_either(
    lobby: OpenLobby, house: OpenHouse, logged: Callable[[], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    """The hotel answers nonsense, the printer fails, a visit breaks, a typed document waits for the desk."""
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US", kiosk__typed_document="yes")
    state, guest = kiosk.terminal.settings.kiosk.state, kiosk.guest
    await begins_with_name(kiosk)
    guest.choose("type")
    hotel.between.spoil("POST", "/serviceRequests", says(500, b"{}"))  # what the desk is told has to wait here
    document = SAMPLES[SAMPLE].document
    for words in (document.family_name, document.given_names, document.number):
        await guest.sees(TextEntry)
        guest.type(words)
    await guest.sees(DateEntry)
    guest.pick(SAMPLES[SAMPLE].person.born)
    await guest.sees(Choice, "A colleague will look at your document")
    await kiosk.until(lambda: list(kiosk.terminal.ledger.messages()))
    guest.choose("done")

    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document(SAMPLE)
    hotel.between.spoil("PUT", r"/profiles/\d+", says(500, SAMPLES[SAMPLE].person.family.encode()))
    await kiosk.goes_on(Choice)
    hotel.between.spoil("GET", "/verifyCheckIns", says(200, SAMPLES[SAMPLE].person.family.encode()))
    await kiosk.plays("printer", "paper-out")
    await kiosk.plays("document_reader", "garbage", document.mrz[1].encode().hex())
    guest.choose("again")
    await kiosk.goes_on(Choice)
    hotel.between.well()
    hotel.between.spoil("POST", "/serviceRequests", says(500, b"{}"))
    hotel.between.lose("PUT", "/roomKeys", times=9)
    guest.choose("again")
    await kiosk.goes_on(LayKeyCard)
    await kiosk.goes_on(Choice)  # out of paper
    assert not traces(state)
    guest.choose("skip")
    await guest.sees(Farewell)
    guest.start_over()
    await begins_with_name(kiosk, Typed(SAMPLES[SAMPLE].person.family))  # no day: as by a mistake of ours
    await guest.sees(Choice, "A colleague will help you with this")
    guest.choose("done")
    await guest.sees(Welcome)
    assert list(kiosk.terminal.ledger.messages())
    must_be_without_trace(kiosk, logged(), capfd, (await kiosk.booking(SAMPLE)).room.number)


async def test_a_family_leaves_nothing_in_logs_and_files(
    lobby: OpenLobby, house: OpenHouse, logged: Callable[[], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="HU", identity__note="always")
    state = kiosk.terminal.settings.kiosk.state
    hotel.between.spoil("PUT", "/registration-cards/.*", says(503, b"{}"))  # the signed cards have to wait here
    await begins(kiosk, "family")
    await shows(kiosk, "family-partner")
    await whole(kiosk, "Paweł")
    await wanted(kiosk)
    assert not traces(state)
    await tells_child(kiosk, HANIA.person.given, HANIA.person.born)
    await whole(kiosk, "Hania")
    hotel.between.lose("PUT", "/reservations/[0-9]+")  # the hotel adds somebody, and its answer is lost
    await whole(kiosk, "Joanna")
    await kiosk.goes_on(LayKeyCard)
    assert len(kiosk.terminal.outbox.pending()) == 3
    assert not traces(state)
    await kiosk.goes_on(Farewell)
    must_be_without_trace(kiosk, logged(), capfd, (await kiosk.booking("family")).room.number)


async def begins_with_name(kiosk: Any, day: Answer | None = None) -> None:
    """… until the document is asked for, or what `day` brings about."""
    guest, person = kiosk.guest, SAMPLES[SAMPLE].person
    await guest.sees(Welcome)
    guest.choose("check-in")
    await guest.sees(Choice)
    guest.choose("name")
    await guest.sees(TextEntry)
    guest.type(person.family)
    await guest.sees(DateEntry)
    guest.answer(day or Picked(kiosk.terminal.today()))
    if day is None:
        await guest.sees(PresentDocument)


def must_be_without_trace(kiosk: Any, logs: bytes, capfd: pytest.CaptureFixture[str], room: str) -> None:
    state = kiosk.terminal.settings.kiosk.state
    assert not traces(state)
    assert not pictures(state)
    out, err = capfd.readouterr()
    everything = logs + out.encode() + err.encode()
    assert b"outbox" in everything or b"fault" in everything, "nothing was logged: nothing was proven"
    assert not found_in(everything)
    assert not re.search(rf"\b{room}\b".encode(), everything), "which room"
