"""Cut the keys: one card after another, for who has just checked in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hardware.errors import Fault
from hardware.readings import Kind
from kiosk.facts import Facts, sure
from kiosk.faults import sentence
from kiosk.language import TN, T
from kiosk.prompts import Choice, Chosen, Option, Tone
from kiosk.steps.one_key import KeyOrder, cut_one, opens_until
from kiosk.visit import Visit


async def cut_keys(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the UIDs of the keys that were cut; the desk is told of those that were not."""
    booking = sure(facts.reservation)
    later = facts.party.later if facts.party else 0
    if await _can_be_cut(visit):
        wanted = await how_many(visit, booking.adults + booking.children, later)
        facts = await cut_each(visit, facts, wanted, partial(_order, visit, wanted=wanted))
    if not facts.key_uids:
        visit.terminal.tell_desk("KEY", "A guest is checked in and needs a key", booking.id)
    return facts


async def _can_be_cut(visit: Visit) -> bool:
    """False where no key can be made now and the guest goes to the desk for it: nobody is asked how many of none."""
    while not visit.terminal.works(Kind.KEY_ENCODER):
        if await visit.ask(no_encoder()) != Chosen("again"):
            return False
    return True


def no_encoder() -> Choice:
    words = sentence(Fault.KEY_ENCODER_GONE)
    return Choice(
        question=words.question,
        help=words.help,
        picture=words.picture,
        tone=Tone.WARN,
        options=(Option("desk", T("Get my key at the desk")), Option("again", T("Try again"), quiet=True)),
    )


async def cut_each(visit: Visit, facts: Facts, wanted: int, order: Callable[[Facts], KeyOrder]) -> Facts:
    """Returns facts with the UIDs of the keys that were cut: fewer where the guest goes on without the rest."""
    while len(facts.key_uids) < wanted and (uid := await cut_one(visit, order(facts))) is not None:
        facts = replace(facts, key_uids=(*facts.key_uids, uid))
    return facts


async def how_many(visit: Visit, guests: int, later: int = 0) -> int:
    """`later`: who of them is not there yet; a key for each who is, is suggested."""
    most = min(guests, visit.terminal.settings.keys.most)
    suggested = max(1, min(most, guests - later))
    if most < 2:
        return 1
    answer = await visit.ask(
        Choice(
            question=T("How many keys would you like?"),
            help=T("Every guest can have one. Each opens your room until you check out."),
            picture="key-card",
            options=tuple(
                Option(str(n), TN("{count} key", "{count} keys", n), quiet=n != suggested)
                for n in sorted(range(most, 0, -1), key=lambda n: n != suggested)
            ),
        )
    )
    return int(answer.id) if isinstance(answer, Chosen) else most


def _order(visit: Visit, facts: Facts, wanted: int) -> KeyOrder:
    booking = sure(facts.reservation)
    number = len(facts.key_uids) + 1
    return KeyOrder(
        booking.id,
        sure(facts.room).number,
        opens_until(visit, booking),
        further=number > 1 or facts.sharer_in_house,
        number=number,
        of=wanted,
        not_uids=facts.key_uids,
    )
