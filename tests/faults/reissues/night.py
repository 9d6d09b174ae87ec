"""A night at the desk: one kiosk after another at the same terminal, real cards, doors and a hotel; no screens.

The steps that staff go through are the kiosk's own (`kiosk/steps/carry_out.py`); who stands there is `Hand`. All
that outlives a power cut outlives it here: the pad, the cards, the doors, the hotel, and of the terminal what was
on its disk at that moment.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import StorageCard, UltralightCard, VirtualCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.key_encoder.credential import PropertyKeys, staff_mark
from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.virtual import VirtualEncoder
from hardware.readings import Kind
from kiosk.build import Running, open_kiosk
from kiosk.clock import SystemClock
from kiosk.hotel.model import Reservation
from kiosk.language import Text, language
from kiosk.prompts import Answer, Choice, Chosen, LayKeyCard, Scene, StillThere, Tone
from kiosk.roles import Power, Role, SignedIn
from kiosk.settings import Settings
from kiosk.visit import Visit
from tests.journeys.between import House, open_house
from tests.kiosk.hotel.bad_gateway import cut

FIRST_PAGE, LAST_PAGE = 4, 15


class Pad(VirtualEncoder):
    """An encoder's pad on which something can happen at a chosen command."""

    _happens: tuple[int, Callable[[], None]] | None = None

    def at_command(self, number: int, happens: Callable[[], None]) -> None:
        self._happens = (number, happens)

    def calm(self) -> None:
        self._happens = None

    def answer(self, apdu: bytes) -> bytes:
        answer = super().answer(apdu)
        if self._happens is not None:
            left, happens = self._happens
            self._happens = (left - 1, happens) if left else None
            if not left:
                happens()
        return answer


class Tray:
    """Cards: new ones, and those that came back."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.cards: dict[str, VirtualCard] = {}  # all that there are, by UID
        self.back: list[VirtualCard] = []  # erased, or replaced and handed in

    def take(self) -> VirtualCard:
        if self.back and self._rng.random() < 0.2:
            return self.back.pop(self._rng.randrange(len(self.back)))
        return self._new(CardType.NTAG424 if self._rng.random() < 0.3 else CardType.ULTRALIGHT)

    def bad(self, how: str) -> VirtualCard:
        if how == "wrong":
            return self._new(CardType.SMARTCARD)
        card = self._new(CardType.ULTRALIGHT)
        assert isinstance(card, UltralightCard)
        if how == "worn":
            card.worn.add(self._rng.randint(FIRST_PAGE, LAST_PAGE))
        elif how == "locked":
            card.lock(*range(FIRST_PAGE, LAST_PAGE + 1))
        else:
            mark = staff_mark()
            for page in range(FIRST_PAGE, LAST_PAGE + 1):
                card.write(page, mark[(page - FIRST_PAGE) * 4 : (page - FIRST_PAGE + 1) * 4])
        return card

    def _new(self, kind: CardType) -> VirtualCard:
        number = len(self.cards) + 1
        uid = b"\x08" + number.to_bytes(3, "big") if kind is CardType.SMARTCARD else b"\x04" + number.to_bytes(6, "big")
        card = make_card(kind, uid)
        self.cards[uid.hex()] = card
        return card


@dataclass
class Hand:
    """Who stands there, as the kiosk's front: lays cards down as told, sometimes the wrong one, and tries again."""

    rng: random.Random
    pad: Pad
    tray: Tray
    heal: Callable[[], None]
    bad: str = ""  # the first card that is laid: worn, locked, wrong, staff, two
    visit: Visit | None = None
    gives_up: float = 0.15
    laid: list[VirtualCard] = field(default_factory=list)
    own: VirtualCard | None = None  # laid first, instead of one from the tray

    def show(self, scene: Scene) -> None:
        asyncio.get_running_loop().call_soon(self._act, scene)

    def notice(self, words: Text, tone: Tone) -> None:
        pass

    def tone(self) -> bool:
        return False  # no loudspeaker

    def _act(self, scene: Scene) -> None:
        prompt, visit = scene.prompt, self.visit
        if visit is None or visit.scene is not scene:
            return
        if isinstance(prompt, StillThere):
            visit.touched()
        elif isinstance(prompt, LayKeyCard):
            self._lay(prompt, scene.number)
        elif isinstance(prompt, Choice):
            self.heal()
            ids = [option.id for option in prompt.options]
            again = "again" in ids and self.rng.random() >= self.gives_up
            self._say(scene.number, Chosen("again" if again else ids[-1] if "again" in ids else ids[0]))

    def _say(self, scene: int, answer: Answer) -> None:
        if self.visit is not None:
            self.visit.touch(scene, answer)

    def _lay(self, prompt: LayKeyCard, scene: int) -> None:
        state = language("en").say(prompt.state)
        self.pad.lift()
        if prompt.lifting:
            return
        begun = self.laid[-1] if self.laid else None
        if begun is not None and ("same card" in state or "there before" in state):
            if self.rng.random() < 2 * self.gives_up:
                self._say(scene, Chosen(prompt.other[-1].id))
                return
            other = "same card" in state and self.rng.random() < 0.15
            self.pad.place(self.tray.take() if other else begun)
            return
        how, self.bad = self.bad, ""
        if how == "two":
            self.pad.place(self.tray.take())
        card, self.own = self.own or (self.tray.bad(how) if how not in ("", "two") else self.tray.take()), None
        self.laid.append(card)
        self.pad.place(card)


class Night:
    """The terminal's world; `terminal` is the kiosk that runs now."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a night that can be played again
        self.folder = folder
        self.state = folder / "state"
        self.disk: Path | None = None  # as it was when the power went
        self.acting: asyncio.Task[Any] | None = None
        self.house: House
        self.keys: PropertyKeys
        self.pad: Pad
        self.tray = Tray(self.rng)
        self.running: Running
        self.staff = ""
        self.bookings: list[str] = []
        self.seeded: set[str] = set()  # cards that the hotel knew before
        self._kiosk = AsyncExitStack()

    @property
    def terminal(self) -> Any:
        return self.running.terminal

    async def open(self, house: House) -> None:
        self.house = house
        house.lets_in(self.state)
        self.keys = create_property_keys(self.state / "property-key")
        self.pad = Pad(f"{self.folder.name}-pad", self.keys)
        await self.pad.start()
        await self.switch_on()
        self.staff = self.terminal.access.add("Night", frozenset({Role.RECEPTION})).id
        here = [one for one in await self.terminal.hotel.in_house() if one.room and one.departure > house.books.today]
        self.bookings = [one.id for one in here if not one.shares_with and not one.do_not_move][:10]
        for booking in self.bookings:
            self.seeded |= {key.number for key in await self.terminal.hotel.keys(booking)}

    async def close(self) -> None:
        await self._kiosk.aclose()
        await self.pad.stop()

    # the terminal

    async def switch_on(self) -> None:
        settings = Settings.model_validate(
            {
                "kiosk": {"state": self.state, "name": "night", "demo": True},
                "hotel": {"url": self.house.between.url, "hotel_id": "DUNA", "deadline_s": 2},
                "registration": {"archive": "builtin"},
                "keys": {"card_within_s": 5},
                "key_encoder": {"driver": "pcsc", "address": self.pad.address},
            }
        )
        self.running = await self._kiosk.enter_async_context(open_kiosk(settings, SystemClock(), self.hand()))
        await self._encoder_works()

    async def _encoder_works(self) -> None:
        async with asyncio.timeout(10):
            while not self.terminal.works(Kind.KEY_ENCODER):
                await asyncio.sleep(0.01)

    def hand(self, **words: Any) -> Hand:
        return Hand(self.rng, self.pad, self.tray, self.heal, **words)

    def power_goes(self) -> None:
        """In any thread: the disk is as it is now, and nothing that the kiosk does from here on counts."""
        if self.disk is None:
            self.disk = self.folder / "disk"
            shutil.copytree(self.state, self.disk, ignore=shutil.ignore_patterns("*.sock"))
            self.pad.unplug()
            for method in ("GET", "POST", "PUT", "DELETE"):
                self.house.between.spoil(method, ".*", cut)
            acting = self.acting
            if acting is not None:
                acting.get_loop().call_soon_threadsafe(acting.cancel)

    async def off_and_on(self) -> None:
        await self._kiosk.aclose()
        if self.disk is not None:
            shutil.rmtree(self.state)
            self.disk.rename(self.state)
            self.disk = None
        self.heal()
        await self.switch_on()

    def heal(self) -> None:
        """Whatever was unplugged is plugged in again; the hotel is there. Without power nobody does that."""
        if self.disk is not None:
            return
        self.pad.calm()
        self.pad.plug()
        self.house.between.well()

    async def comes_to_rest(self) -> None:
        """All that the kiosk owes the hotel and the journal is done."""
        self.heal()
        await self._encoder_works()
        self.terminal.current_visit = ""
        for _ in range(5):
            await self.terminal.run_errands_once()
            if not self.terminal.ledger.unsettled():
                return
        raise AssertionError(f"still open: {[one.kind for one in self.terminal.ledger.unsettled()]}")

    def visit(self, hand: Hand) -> Visit:
        visit = Visit(self.terminal, hand, "en")
        hand.visit = visit
        person = self.terminal.access.person(self.staff)
        visit.staff = SignedIn(person, frozenset({Power.REISSUE}), None)
        self.terminal.current_visit = visit.id
        return visit

    async def booking(self, id: str) -> Reservation:
        found: Reservation = await self.terminal.hotel.reservation(id)
        return found


@asynccontextmanager
async def open_night(folder: Path, seed: int) -> AsyncIterator[Night]:
    folder.mkdir(parents=True, exist_ok=True)
    async with open_house(folder / "house") as house:
        night = Night(folder, seed)
        await night.open(house)
        try:
            yield night
        finally:
            with suppress(asyncio.CancelledError):
                await night.close()


__all__ = ["Hand", "Night", "StorageCard", "open_night"]
