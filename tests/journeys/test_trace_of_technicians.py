"""A technician's visit is recorded, and played on a machine that is another one."""

from __future__ import annotations

from kiosk.access import Role
from kiosk.prompts import Choice, Chosen, Pick, Prompt, TextEntry, Welcome
from kiosk.technician_prompts import Checking, Overview, PartPage, Results
from tests.journeys import staff
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import (
    Colleague,
    hired,
    lays_card,
)
from tests.journeys.test_trace_of_staff import NAME, signed_off, staff_in
from tests.journeys.trace import played, records, went_the_same_way


async def test_a_technician_who_looks_and_tests_is_played_on_another_machine(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    tom = await comes(kiosk)
    await kiosk.plays("printer", "paper-out")
    await kiosk.until(lambda: not kiosk.terminal.works("printer"))  # type: ignore[arg-type]
    await touches(kiosk, Overview, "printer")
    await touches(kiosk, PartPage, "check:printer.answers")
    await touches(kiosk, Results, "again")
    await touches(kiosk, Results, "go-on")
    await touches(kiosk, PartPage, "known")
    await touches(kiosk, Pick, "printer.paper-out")
    await kiosk.guest.sees(Choice)
    kiosk.guest.desk.back(kiosk.guest.scene.number)
    await standing(kiosk, Pick)
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    assert not staff_in(path, kiosk, tom)
    _, front, said = await went_the_same_way(path)
    assert "technician: right" in "".join(said)
    assert any(isinstance(scene.prompt, Results) for scene in front.scenes)


async def test_codes_that_a_check_waits_for_are_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await comes(kiosk)
    await touches(kiosk, Overview, "scanner")
    await touches(kiosk, PartPage, "check:scanner.codes")
    for number in range(5):
        await kiosk.until(lambda: kiosk.terminal.taps.waited_for)
        await standing(kiosk, Checking, f"{number + 1} of 5")
        await kiosk.plays("scanner", "scan", f"of-the-house-{number}")
    await standing(kiosk, Results)
    kiosk.guest.passes()
    path = await signed_off(kiosk)
    assert "of-the-house" not in path.read_text("utf-8")
    _, front, _ = await went_the_same_way(path)
    (results,) = [scene.prompt for scene in front.scenes if isinstance(scene.prompt, Results)]
    assert "5 codes read" in staff.SAY(results.rows[0].words)


async def test_a_test_card_is_written_ten_times_where_it_is_played(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await comes(kiosk)
    await touches(kiosk, Overview, "key_encoder")
    await touches(kiosk, PartPage, "check:key_encoder.test-card")
    await standing(kiosk, Checking, "Lay a blank key card")
    await kiosk.plays("key_encoder", "lay-card")
    await standing(kiosk, Results)
    kiosk.guest.passes()
    _, front, _ = await went_the_same_way(await signed_off(kiosk))
    (results,) = [scene.prompt for scene in front.scenes if isinstance(scene.prompt, Results)]
    assert "10 times" in staff.SAY(results.rows[0].words)


async def test_what_wants_a_hand_that_lifts_a_card_inch_by_inch_is_said(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await comes(kiosk)
    await touches(kiosk, Overview, "key_encoder")
    await touches(kiosk, PartPage, "check:key_encoder.reach")
    await standing(kiosk, Checking)
    kiosk.guest.passes()
    outcome, _, _ = await played(await signed_off(kiosk))
    assert outcome.departed is None
    assert "lifted inch by inch" in outcome.cannot


async def comes(kiosk: Lobby) -> Colleague:
    """A technician, from the welcome screen to the overview; it is recorded."""
    tom = await hired(kiosk, Role.TECHNICIAN, NAME)
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    await lays_card(kiosk, tom)
    await kiosk.guest.sees(TextEntry, "PIN")
    kiosk.guest.type(tom.pin)
    await kiosk.guest.sees(Overview)
    return tom


async def standing(kiosk: Lobby, kind: type[Prompt], words: str = "") -> None:
    """Wait until it stands there now."""

    def there() -> bool:
        prompt = kiosk.guest.scene.prompt
        return isinstance(prompt, kind) and words in staff.SAY(prompt.question)

    await kiosk.until(there)


async def touches(kiosk: Lobby, kind: type[Prompt], option: str) -> None:
    """What stands there now, unless it was touched before."""
    await standing(kiosk, kind)
    await kiosk.until(lambda: isinstance(kiosk.guest.scene.prompt, kind) and kiosk.guest.desk.answer(kiosk.guest.scene.number, Chosen(option)))
