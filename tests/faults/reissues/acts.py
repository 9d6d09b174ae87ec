"""What staff do in the night, and what goes wrong meanwhile: all drawn from one seed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from hardware.errors import DeviceError
from kiosk.business_day import door_time
from kiosk.hotel.backend import HotelError
from kiosk.journey import Ended
from kiosk.key_journal import Why
from kiosk.key_work import KeyAct, KeyWork, WithoutHotel
from kiosk.steps.carry_out import at_the_hotel, cut, erase
from kiosk.visit import Left, Visit, WentBack
from tests.faults.reissues.night import Hand, Night
from tests.kiosk.hotel.bad_gateway import BadGateway, Fault, says
from tests.kiosk.hotel.bad_gateway import cut as cut_line

ACTS = {KeyAct.ONE_MORE: 35, KeyAct.REPLACE: 30, KeyAct.MOVE: 8, KeyAct.LONGER: 7, KeyAct.ERASE: 20}
FAULTS = {
    "none": 30,
    "lift": 14,
    "worn": 4,
    "locked": 3,
    "wrong": 3,
    "staff": 4,
    "two": 3,
    "unplug": 8,
    "hotel down": 7,
    "hotel nonsense": 4,
    "answer lost": 8,
    "no hotel": 4,
    "restart": 2,
    "power at the card": 8,
    "power at the hotel": 6,
}
MOST_COMMANDS = 34
"""A card is written and read back in so many, whatever its kind."""
AT_THE_END = range(17, 29)
"""Where the key is whole on most cards, and nobody has read it back yet: every other fault comes there."""


@dataclass
class Done:
    """One act, for the tale of what led to a difference."""

    number: int
    act: KeyAct
    fault: str
    booking: str


class Acts:
    """Plays one act after another."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.rng = night.rng
        self.told: list[Done] = []

    async def one(self) -> Done:
        night, rng = self.night, self.rng
        (fault,) = rng.choices([*FAULTS], [*FAULTS.values()])
        (act,) = rng.choices([*ACTS], [*ACTS.values()])
        booking = rng.choice(night.bookings)
        done = Done(len(self.told) + 1, act, fault, booking)
        self.told.append(done)
        hand = night.hand(bad=fault if fault in ("worn", "locked", "wrong", "staff", "two") else "")
        visit = night.visit(hand)
        work = await self._chosen(done, hand)
        self._let_happen(fault)
        acting = asyncio.ensure_future(self._act(visit, work))
        night.acting = acting
        with suppress(asyncio.CancelledError):
            await acting
        visit.end()
        hand.visit = None
        if fault == "restart" or night.disk is not None:
            if rng.random() < 0.5:
                night.pad.lift()
            await night.off_and_on()
        await night.comes_to_rest()
        night.pad.lift()
        return done

    async def _chosen(self, done: Done, hand: Hand) -> KeyWork:
        """As the screens before would have it: the booking with its keys, and what is to be done."""
        terminal = self.night.terminal
        booking = await self.night.booking(done.booking)
        issued = await terminal.hotel.keys(booking.id)
        work = KeyWork(booking, issued, act=done.act, why=Why.OTHER)
        valid = [key for key in issued if key.active and key.card_uid]
        if done.act is KeyAct.ONE_MORE and not any(key.active for key in issued):
            done.act = KeyAct.REPLACE
        if done.act is KeyAct.ERASE:
            mine = [self.night.tray.cards[uid] for key in valid if (uid := key.card_uid.lower()) in self.night.tray.cards]
            hand.own = self.rng.choice(mine) if mine and self.rng.random() < 0.9 else None
        elif done.fault == "no hotel":
            known = [e for e in terminal.journal.entries(room=booking.room.number) if e.sequence and e.reservation]
            if known and done.act in (KeyAct.ONE_MORE, KeyAct.REPLACE, KeyAct.LONGER, KeyAct.MOVE):
                hotel = terminal.settings.hotel
                until = door_time(terminal.today() + timedelta(days=1), hotel.check_out_until, hotel.zone)
                newest = max(entry.sequence or 0 for entry in known)
                offline = WithoutHotel(booking.room.number, newest, known[-1].reservation, until)
                done.act = KeyAct.REPLACE if done.act is not KeyAct.ONE_MORE else done.act
                return replace(work, act=done.act, offline=offline, booking=None, why=Why.HOTEL_UNREACHABLE)
        elif done.act is KeyAct.MOVE:
            rooms = await terminal.hotel.free_rooms(booking, since=terminal.today())
            if rooms:
                return replace(work, room=self.rng.choice(rooms))
            done.act = KeyAct.REPLACE
        if done.act is KeyAct.LONGER:
            return replace(work, act=done.act, departure=booking.departure + timedelta(days=1))
        return replace(work, act=done.act if done.act is not KeyAct.MOVE else KeyAct.REPLACE)

    def _let_happen(self, fault: str) -> None:
        night, rng = self.night, self.rng
        between, commands = night.house.between, rng.choice([rng.randrange(MOST_COMMANDS), rng.choice(AT_THE_END)])
        method = rng.choice(["POST", "PUT", "GET"])
        match fault:
            case "lift":
                night.pad.lift_after(commands)
            case "unplug":
                night.pad.at_command(commands, night.pad.unplug)
            case "hotel down":
                between.spoil(method, ".*", cut_line)
            case "hotel nonsense":
                between.spoil(method, ".*", says(500, b"{}"))
            case "answer lost":
                between.lose(method if method != "GET" else "PUT", ".*", cut_line)
            case "no hotel":
                for each in ("GET", "POST", "PUT", "DELETE"):
                    between.spoil(each, ".*", cut_line)
            case "power at the card":
                night.pad.at_command(commands, night.power_goes)
            case "power at the hotel":
                method = method if method != "GET" else "PUT"
                if rng.random() < 0.5:
                    between.spoil(method, ".*", self._dark())
                else:
                    between.lose(method, ".*", self._dark())

    def _dark(self) -> Fault:
        async def dark(gateway: BadGateway, writer: asyncio.StreamWriter) -> None:
            self.night.power_goes()
            writer.close()

        return dark

    async def _act(self, visit: Visit, work: KeyWork) -> None:
        with suppress(Left, Ended, WentBack):
            if work.act in (KeyAct.MOVE, KeyAct.LONGER):
                work = await self._step(visit, at_the_hotel, work)
            if work.act is KeyAct.ERASE:
                await self._step(visit, erase, work)
            elif work.act is not None:
                await self._step(visit, cut, work)

    async def _step(self, visit: Visit, step: Callable[[Visit, KeyWork], Awaitable[KeyWork]], work: KeyWork) -> KeyWork:
        """As `journey.run` does: on a fault again, or the person leaves it."""
        while True:
            try:
                return await step(visit, work)
            except (HotelError, DeviceError):
                if self.night.disk is not None:
                    raise Left from None
                self.night.heal()
                if self.rng.random() < 0.2:
                    raise Left from None
