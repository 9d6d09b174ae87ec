"""`kill -9` after the far side has acted and before its answer is read: nothing is done twice, the desk
knows, and a guest who comes back goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gateway import When
from world import World

Cut = Callable[[], None]


def at_assignment(world: World, cut: Cut) -> None:
    world.gateway.cut_at("POST", "/roomAssignments", When.AFTER, cut)


def at_check_in(world: World, cut: Cut) -> None:
    world.gateway.cut_at("POST", "/checkIns", When.AFTER, cut)


async def test_without_a_power_cut_all_is_done_once(world: World) -> None:
    kiosk = await world.switch_on()
    await world.guest_comes(kiosk)
    await world.until(kiosk, "Farewell")
    must_be_in_order(world)
    assert world.interruptions() == []


@pytest.mark.parametrize("where", [at_assignment, at_check_in])
async def test_who_comes_back_after_a_power_cut_goes_on_where_it_stopped(
    world: World, where: Callable[[World, Cut], None]
) -> None:
    kiosk = await world.switch_on()
    where(world, kiosk.cut_power)
    await world.guest_comes(kiosk)
    await kiosk.ends()
    again = await world.switch_on()
    await world.gateway.until(lambda gateway: gateway.count("POST", "/serviceRequests") >= 1)
    await world.guest_comes(again)
    await world.until(again, "Farewell")
    must_be_in_order(world)
    assert len(world.interruptions()) == 1
    assert "RegistrationCard" not in again.scenes()  # signed before the power went


def must_be_in_order(world: World) -> None:
    """One room, one check-in, one key that opens the door."""
    books = world.books()
    assert books["state"] == "InHouse"
    assert (books["check-ins"], books["assignments"]) == (1, 1)
    assert books["keys"] == [(books["room"], 1)]
    assert world.opened_by_card(books["room"]) == "opened"
