"""The portrait of the chip: read only if the house says so, seen by who helps, in memory, gone with the visit."""

from __future__ import annotations

import base64
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware.document_reader.virtual_card import PassportCard
from hardware.passport.lds import File
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.portrait import Portrait
from kiosk.prompts import Choice, Farewell, Reading, ReadingChip, Sheet, Welcome
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import SAY, hands_back, helps, hired

STRANGE = "A colleague will look at your document"
READY = SAMPLES["ready"].document.mrz


class Watched(PassportCard):
    """A document that remembers which of its files were read."""

    def __init__(self, card: PassportCard) -> None:
        super().__init__(card.contents)
        self.read: set[File | None] = set()

    def exchange(self, apdu: bytes) -> bytes:
        answer = super().exchange(apdu)
        self.read.add(self.chip.last_read)
        return answer


async def lays_chip(kiosk: Lobby, kind: str = "chip-auth", issuer: str = "") -> Watched:
    """A document on both parts of the reader; `issuer` another state, which nobody here trusts."""
    page: Any = kiosk.bench.devices["document_reader"]
    lines = await page._reissued(READY) if issuer else READY
    card = Watched((await page.warm()).card(kind, tuple(lines)))
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "no-chip", *lines)
    await kiosk.guest.sees(ReadingChip)
    page.pad.place(card)
    return card


@pytest.mark.parametrize(("policy", "read"), [("never", False), ("staff", True)])
async def test_the_portrait_is_asked_for_only_where_the_house_says_so(lobby: OpenLobby, policy: str, read: bool) -> None:
    kiosk = await lobby(identity__portrait=policy)
    card = await lays_chip(kiosk)
    await kiosk.card()
    assert File.DG1 in card.read
    assert (File.DG2 in card.read) == read
    kiosk.guest.choose("kept")
    words = "\n".join(map(SAY, (await kiosk.guest.sees(Reading)).paragraphs))
    assert ("Your photo was read too: staff who help you at this screen can see it" in words) == read
    assert ("Not read: your photo and your fingerprints." in words) == (not read)
    assert "fingerprints" in words


async def test_as_delivered_no_portrait_is_read(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    card = await lays_chip(kiosk)
    await kiosk.card()
    assert File.DG2 not in card.read


@pytest.mark.parametrize("kind", ["chip-auth", "new-container"], ids=["jpeg", "jpeg-2000"])
async def test_who_helps_sees_the_portrait_and_the_guest_never(lobby: OpenLobby, kind: str) -> None:
    kiosk = await lobby(hotel__country="US", identity__portrait="staff")
    kata = await hired(kiosk)
    await lays_chip(kiosk, kind, issuer="other")
    await kiosk.guest.sees(Choice, STRANGE)
    sheet = await helps(kiosk, kata)
    assert sheet.portrait is not None
    image = sheet.portrait.image(400, 400)
    assert image is not None
    assert image.height == 400
    await hands_back(kiosk, "looked")
    await kiosk.card()
    shown = [scene for scene in kiosk.guest.scenes if getattr(scene.prompt, "portrait", None) is not None]
    assert {type(scene.prompt) for scene in shown} == {Sheet}
    assert all(scene.signed_in is not None for scene in shown)


def needles(card: PassportCard) -> list[bytes]:
    """Pieces of the picture, as a file or a log may hold them."""
    group = card.contents.files[File.DG2]
    found = []
    for at in (len(group) // 4, len(group) // 2, len(group) - 200):
        piece = group[at : at + 24]
        found += [piece, piece.hex().encode(), piece.hex().upper().encode()]
        found += [base64.b64encode(group[at + shift : at + shift + 24]) for shift in range(3)]
    return found


def traces(state: Path, wanted: list[bytes]) -> list[str]:
    files = [path for path in state.rglob("*") if path.is_file()]
    return [path.name for path in files if any(needle in path.read_bytes() for needle in wanted)]


def held(wanted: list[bytes]) -> list[object]:
    """All bytes in this process that have a piece of the picture in them."""
    gc.collect()
    found: dict[int, object] = {}
    for each in gc.get_objects():
        for inner in gc.get_referents(each):
            if type(inner) in (bytes, bytearray) and len(inner) >= 24 and any(needle in inner for needle in wanted[::6]):
                found[id(inner)] = inner
    return list(found.values())


async def test_after_the_visit_nothing_of_the_portrait_is_anywhere(
    lobby: OpenLobby, logged: Callable[[], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    kiosk = await lobby(hotel__country="US", identity__portrait="staff", identity__note="always")
    state = kiosk.terminal.settings.kiosk.state
    kata = await hired(kiosk)
    card = await lays_chip(kiosk, issuer="other")
    wanted = needles(card)
    before = held(wanted)
    assert before, "the document itself has it"
    await kiosk.guest.sees(Choice, STRANGE)
    sheet = await helps(kiosk, kata)
    assert len(held(wanted)) > len(before), "what is looked for would be found"
    assert not traces(state, wanted)
    await hands_back(kiosk, "looked")
    await kiosk.goes_on(Farewell)
    assert not traces(state, wanted)
    await kiosk.plays("key_encoder", "lift")
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)
    assert sheet.portrait is not None
    await kiosk.until(lambda: sheet.portrait is None or sheet.portrait.gone)
    known = {id(each) for each in before}
    assert not [each for each in held(wanted) if id(each) not in known]
    assert not traces(state, wanted)
    assert not list(state.rglob("*.jp*"))
    out, err = capfd.readouterr()
    everything = logged() + out.encode() + err.encode()
    assert b"document proven" in everything, "nothing was logged: nothing was proven"
    assert not any(needle in everything for needle in wanted)


async def test_a_guest_who_walks_away_leaves_no_portrait_either(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", identity__portrait="staff")
    await lays_chip(kiosk)
    await kiosk.card()
    (portrait,) = portraits()
    assert not portrait.gone
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    await kiosk.until(lambda: portrait.gone)


def portraits() -> list[Portrait]:
    """Those that a visit answers for."""
    lists = [each for each in gc.get_objects() if type(each) is list]
    return [each for some in lists for each in some if type(each) is Portrait and not each.gone]
