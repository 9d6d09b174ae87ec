"""`kill -9` at each effect, before the far side has heard of it, or after it has acted and before its
answer is read: nothing is done twice, the desk knows, and who comes back goes on where it stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.power_cut.gateway import When
from tests.faults.power_cut.world import ROOT, Kiosk, World, lobby

Books = dict[str, Any]
At = Callable[[World, When, Callable[[], None]], None]


def hotel_asked(method: str, end: str) -> At:
    return lambda world, when, cut: world.gateway.cut_at(method, end, when, cut)


assignment = hotel_asked("POST", "/roomAssignments")
check_in = hotel_asked("POST", "/checkIns")
key_allocated = hotel_asked("POST", "/roomKeys")
key_told = hotel_asked("PUT", "/roomKeys")


def key_written(world: World, when: When, cut: Callable[[], None]) -> None:
    world.pad.cut_at_key(when, cut)


def slip(world: World, when: When, cut: Callable[[], None]) -> None:
    world.paper.cut_at_slip(when, cut)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, loopback_only: Path, seeded: Path) -> Books:
    """The hotel's books, and how often they were told, after a check-in during which nothing happened."""

    async def check_in_once() -> Books:
        async with lobby(tmp_path_factory.mktemp("undisturbed"), loopback_only, seeded) as world:
            await world.guest_comes(await world.switch_on())
            assert world.interruptions() == []
            return {**world.books(), "slips": await world.slips(), **what_the_guest_has(world)}

    return asyncio.run(check_in_once())


def test_without_a_power_cut_all_is_done_once(undisturbed: Books) -> None:
    room = undisturbed["room"]
    assert undisturbed["state"] == "InHouse"
    assert (undisturbed["assignments"], undisturbed["check-ins"]) == (1, 1)
    assert undisturbed["active keys"] == [(room, 1)]
    assert (undisturbed["door"], undisturbed["slips"]) == ("opened", 1)
    assert "floor" in undisturbed["way"]


@pytest.mark.parametrize(
    ("at", "when", "told"),
    [
        pytest.param(assignment, When.BEFORE, "is not assigned", id="before the room is assigned"),
        pytest.param(assignment, When.AFTER, "is assigned", id="room assigned, answer unread"),
        pytest.param(check_in, When.BEFORE, "is not checked in", id="before the check-in"),
        pytest.param(check_in, When.AFTER, "is checked in", id="checked in, answer unread"),
    ],
)
async def test_who_comes_back_goes_on_where_it_stopped(
    world: World, undisturbed: Books, at: At, when: When, told: str
) -> None:
    again = await power_cut(world, at, when)
    await world.guest_comes(again)
    await ended_as(world, undisturbed, told)
    assert "RegistrationCard" not in again.scenes()  # signed before the power went
    assert await world.slips() == 1


async def test_an_update_while_the_power_was_away_changes_nothing(world: World, undisturbed: Books) -> None:
    await power_goes(world, check_in, When.AFTER)
    version = world.updated()
    again = await power_comes_back(world, version)
    assert again.said[0]["runs"] == str(version / "kiosk")
    await world.guest_comes(again)
    await ended_as(world, undisturbed, "is checked in")


@pytest.mark.parametrize("at", [key_written, key_told], ids=["card written", "hotel told"])
async def test_a_key_found_on_the_encoder_or_in_the_books_is_the_guests(
    world: World, undisturbed: Books, at: At
) -> None:
    again = await power_cut(world, at, When.AFTER)
    await world.guest_comes(again)
    await ended_as(world, undisturbed, "was cut")
    assert "LayKeyCard" not in again.scenes()
    assert await world.slips() == 1


async def test_a_key_that_went_away_dies_at_the_door_once_its_guest_has_another(
    world: World, undisturbed: Books
) -> None:
    await power_goes(world, key_written, When.AFTER)
    old = world.pad.lying
    await world.lifts_card()
    assert world.door_says(old) == "opened"
    again = await power_comes_back(world)
    await world.guest_comes(again)
    await ended_as(world, undisturbed, "may have been cut: please cut a new one")
    assert world.door_says(old) == "superseded"


async def test_a_card_that_was_not_written_is_no_key(world: World, undisturbed: Books) -> None:
    again = await power_cut(world, key_written, When.BEFORE)
    await world.guest_comes(again)
    await ended_as(world, undisturbed, "may have been cut: please cut a new one")


async def test_a_key_that_was_allocated_and_never_cut_is_void(world: World, undisturbed: Books) -> None:
    first = await power_goes(world, key_allocated, When.AFTER)
    assert "LayKeyCard" not in first.scenes()
    again = await world.switch_on()
    await world.guest_comes(again)
    await ended_as(world, undisturbed)  # no card was asked for: nothing that the desk must see to


@pytest.mark.parametrize(("when", "lie"), [(When.BEFORE, 0), (When.AFTER, 1)], ids=["not begun", "in the tray"])
async def test_a_slip_that_nobody_knows_of_is_told_and_printed_again_if_the_guest_wants(
    world: World, undisturbed: Books, when: When, lie: int
) -> None:
    again = await power_cut(world, slip, when)
    assert await world.slips() == lie
    await world.guest_comes(again)
    await ended_as(world, undisturbed, "may not have been printed")
    assert await world.slips() == lie + 1
    assert "LayKeyCard" not in again.scenes()


def what_the_guest_has(world: World) -> dict[str, str]:
    return {"door": world.door_says(world.pad.lying), "way": world.kiosks[-1].questions()[-1]}


async def power_goes(world: World, at: At, when: When) -> Kiosk:
    first = await world.switch_on()
    at(world, when, first.cut_power)
    await world.guest_comes_and_power_goes(first)
    return first


async def power_comes_back(world: World, version: Path = ROOT) -> Kiosk:
    """Switched on again, the desk told of what was interrupted."""
    again = await world.switch_on(version)
    await world.gateway.until(lambda gateway: gateway.count("POST", "/serviceRequests") >= 1)
    return again


async def power_cut(world: World, at: At, when: When) -> Kiosk:
    """Gone and come back; the kiosk that runs now."""
    await power_goes(world, at, when)
    return await power_comes_back(world)


async def ended_as(world: World, undisturbed: Books, *told: str) -> None:
    """The same books, a key that opens, the way to the room; and the desk knows this and no more."""
    assert {**world.books(), **what_the_guest_has(world)}.items() <= undisturbed.items()
    interruptions = world.interruptions()
    assert len(interruptions) == len(told)
    for said, expected in zip(interruptions, told, strict=True):
        assert expected in said
