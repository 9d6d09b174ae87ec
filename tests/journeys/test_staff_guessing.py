"""A robot at the PIN screen: a day long, with a staff card that it found and with numbers; 20 guesses at most."""

from __future__ import annotations

from kiosk.prompts import Choice, Prompt, StillThere, TextEntry, Welcome
from tests.journeys.conftest import Lobby, OpenLobby
from tests.journeys.staff import SAY, Colleague, hired, lays_card, signs_in

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
MOST_A_DAY = 20


class Robot:
    """Never right, never tired; a guess is what the kiosk says was wrong."""

    def __init__(self) -> None:
        self.guesses = 0
        self.passed_s = 0.0

    async def moves(self, kiosk: Lobby, seconds: float) -> None:
        await kiosk.clock.move(seconds)
        self.passed_s += seconds

    async def tries(self, kiosk: Lobby, found: Colleague | None, number: str) -> None:
        """From the welcome screen until it is sent back there."""
        await kiosk.guest.sees(Welcome)
        if found is not None:
            await kiosk.plays("card_reader", "lift")
            kiosk.guest.passes()
            await lays_card(kiosk, found)
        else:
            kiosk.guest.choose("staff")
        while True:
            prompt = await kiosk.guest.sees(Prompt)
            if isinstance(prompt, Welcome):
                return
            if isinstance(prompt, StillThere):
                kiosk.guest.passes()
            elif isinstance(prompt, TextEntry) and prompt.secret:
                await self._guesses(kiosk, prompt)
            elif isinstance(prompt, TextEntry):
                kiosk.guest.type(number)
            elif isinstance(prompt, Choice):
                assert "What would you like to do?" not in SAY(prompt.question), "it got in"
                number_way = any(option.id == "number" for option in prompt.options)
                kiosk.guest.choose("number" if number_way else "go-on")
            else:
                kiosk.guest.passes()

    async def _guesses(self, kiosk: Lobby, prompt: TextEntry) -> None:
        wrong = prompt.error is not None and "Wrong PIN" in SAY(prompt.error)
        self.guesses += wrong
        if prompt.wait_s:
            await self.moves(kiosk, prompt.wait_s + 0.1)
        kiosk.guest.type(f"{700_000 + 37 * self.guesses}")


def looked_at(kiosk: Lobby) -> int:
    """PINs that were compared; the last one of a series ends on another screen than `wrong`."""
    rows = kiosk.terminal.access._db.execute("SELECT count(*) FROM (SELECT DISTINCT at FROM tries)").fetchone()
    return int(rows[0])


async def test_a_robot_with_a_found_card_and_with_numbers_has_20_guesses_a_day_and_restarts_give_it_none(
    lobby: OpenLobby,
) -> None:
    kiosk = await lobby(access__pin_alone="yes")
    state = kiosk.terminal.settings.kiosk.state
    kata, other = await hired(kiosk), await hired(kiosk, name="Bea", pin="582913")
    robot, visits = Robot(), 0
    while robot.passed_s < DAY_S - 2 * HOUR_S:
        await robot.tries(kiosk, kata if visits % 2 == 0 else None, str(1 + visits // 2 % 4))
        await kiosk.plays("card_reader", "lift")
        visits += 1
        await robot.moves(kiosk, HOUR_S / 4)
        if visits in (3, 20):
            now = kiosk.clock.now()
            cards = kiosk.bench.devices["card_reader"].wallet.cards  # type: ignore[attr-defined]
            await kiosk.switched_off()
            kiosk = await lobby(start=now, access__pin_alone="yes", kiosk__state=state)
            kiosk.bench.devices["card_reader"].wallet.cards.update(cards)  # type: ignore[attr-defined]
    assert robot.guesses <= MOST_A_DAY
    assert 4 <= looked_at(kiosk) <= MOST_A_DAY
    await kiosk.guest.sees(Welcome)
    await signs_in(kiosk, other)  # whose number the robot tried too: a card of one's own lets in at any time
