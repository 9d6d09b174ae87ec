"""Whose session it is: who signed in may still do what they began, and their own card lies there, not another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog

from hardware.card_reader.contract import Card, Proven
from hardware.errors import DeviceError
from kiosk.facts import sure
from kiosk.hotel.backend import HotelError
from kiosk.key_journal import JournalError, Why
from kiosk.language import T
from kiosk.prompts import Choice, Laid, Option, Takes
from kiosk.roles import Power, SignedIn
from kiosk.steps.sign_in import PROVE_WITHIN_S, said
from kiosk.visit import Visit, WentBack

log = structlog.get_logger()


def still_here(visit: Visit) -> SignedIn:
    """Who is signed in, with their role and powers as they stand now. Left where they, or their card, were taken away."""
    who = visit.terminal.access.as_now(sure(visit.staff))
    if who is None:
        _no_longer(visit)
    visit.staff, visit.signed_in = who, said(who)
    return who


def still_may(visit: Visit, power: Power) -> SignedIn:
    """… and who may still do this: asked again at each act, since another manager may have changed it meanwhile."""
    who = still_here(visit)
    if not who.may(power):
        _no_longer(visit)
    return who


def _no_longer(visit: Visit) -> NoReturn:
    visit.notice(T("You may not do this any more: you were signed off"))
    visit.left(Why.NOT_ANY_MORE)


@asynccontextmanager
async def cards_exchanged(visit: Visit, *, ends: bool = False) -> AsyncIterator[None]:
    """Another card has the reader now. Whatever comes of it, the session's own card must prove itself anew before
    anything else is asked, or its holder is signed off; unless the session `ends` with it.

    Who signed in without a card has none to lay back.
    """
    uid, visit.staff_card = visit.staff_card, None
    if uid is None:
        yield
        return
    try:
        yield
    except (WentBack, DeviceError, HotelError, JournalError):
        await _theirs_again(visit, uid)
        raise
    except BaseException:
        visit.left_by = visit.left_by or Why.CARD_REMOVED
        raise
    if not ends:
        await _theirs_again(visit, uid)


async def _theirs_again(visit: Visit, uid: bytes) -> None:
    """Asked for, unless it lies there already. Left where it does not come."""
    reader = visit.terminal.settings.card_reader
    try:
        while not await _proves(visit, uid):
            answer = await visit.ask(their_card(reader.position.value if reader else ""), back=False)
            if not isinstance(answer, Laid):
                visit.left(Why.BY_HAND)
    except DeviceError as error:
        log.warning("staff card not proven again", fault=error.fault)
        visit.left(Why.CARD_REMOVED)


async def _proves(visit: Visit, uid: bytes) -> bool:
    reader = visit.terminal.card_reader
    card = await reader.present()
    if card is None or card.uid != uid:
        return False
    proof = await visit.while_waiting(reader.prove(card, within_s=PROVE_WITHIN_S), T("Reading the card"))
    bare = proof.outcome is Proven.CANT and visit.terminal.settings.access.bare_uid
    if proof.outcome is not Proven.PROVEN and not bare:
        return False
    return await _lies(visit, card)


async def _lies(visit: Visit, card: Card) -> bool:
    """Nothing is awaited between this look and the binding: a card that is lifted after it is heard of."""
    if await visit.terminal.card_reader.present() != card:
        return False
    visit.staff_card = card.uid
    return True


def their_card(where: str) -> Choice:
    """After another card had the reader."""
    return Choice(
        question=T("Your own card again, please"),
        help=T("Lay the card that you signed in with back on the reader. Without it nobody goes on here in your name."),
        picture="key-card",
        takes=frozenset({Takes.CARD}),
        where=where,
        options=(Option("sign-off", T("Sign off"), quiet=True),),
    )
