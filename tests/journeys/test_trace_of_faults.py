"""What failed in a visit fails again where it is played; what no virtual device can do is said."""

from __future__ import annotations

from kiosk.prompts import (
    Choice,
    Farewell,
    LayKeyCard,
    Welcome,
)
from kiosk.trace.file import read, write
from tests.journeys.conftest import OpenHouse, OpenLobby
from tests.journeys.trace import (
    command,
    leaves,
    played,
    recorded,
    records,
    went_the_same_way,
)
from tests.kiosk.hotel.bad_gateway import cut, says, silent


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
