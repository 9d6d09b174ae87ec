"""Farewell: where to go now. It does not let go of a guest whose card still lies there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import structlog

from hardware.errors import DeviceError
from kiosk.effects import doing
from kiosk.effects.cards import LOOK_S, KeyNotCut
from kiosk.effects.erase import EraseCard
from kiosk.facts import Facts, sure
from kiosk.key_journal import KIOSK, Why
from kiosk.language import T, Text
from kiosk.prompts import Answer, Farewell, Prompt, Tone
from kiosk.slips import stay_facts, wifi_code
from kiosk.steps.ask_for_document import TAKE_IT
from kiosk.steps.one_key import KEY_READY
from kiosk.terminal import Terminal
from kiosk.visit import Visit
from kiosk.way import on_floor, way_to

log = structlog.get_logger()

_MOST_REMINDERS = 3
LOOK_EVERY_S = 1.0
"""How often is looked whether the card has been taken."""
LEFT_FOR_S = 20.0
"""Who went away in a hurry may still turn round for the key."""


async def farewell(visit: Visit, facts: Facts) -> Facts:
    """Ends when nothing of the guest's lies on the terminal any more."""
    await until_all_taken(visit, partial(_prompt, visit, facts))
    return facts


async def until_all_taken(visit: Visit, prompt: Callable[[Text | None], Prompt]) -> None:
    """The last screen; `prompt` is given what still lies there. Who does not hear is let go in the end."""
    for _ in range(_MOST_REMINDERS):
        await _until_done(visit, prompt)
        if await _left_behind(visit) is None:
            return


async def _until_done(visit: Visit, prompt: Callable[[Text | None], Prompt]) -> None:
    """Asked until the guest is done; a reminder goes as soon as nothing lies there any more."""
    notice = await _left_behind(visit)
    if notice is not None and isinstance(await visit.ask_while(prompt(notice), _until_taken(visit)), Answer):
        return
    await visit.ask(prompt(None))


async def _until_taken(visit: Visit) -> None:
    while await _left_behind(visit) is not None:
        await visit.terminal.clock.sleep(LOOK_EVERY_S)


def _prompt(visit: Visit, facts: Facts, notice: Text | None) -> Farewell:
    settings = visit.terminal.settings
    booking, room = sure(facts.reservation), sure(facts.room)
    way = way_to(settings.slip, room)
    if facts.printed and settings.slip.room_number:
        help_text = T("{way}. Your room number is on the slip.", way=way.words)
    else:
        help_text = T("Your room is {number}. {way}.", number=room.number, way=way.words)
    if notice is None:
        help_text = T("{help} Have a lovely stay!", help=help_text)
    if not (facts.key_uids or facts.has_key):
        notice = notice or T("Please get your key at the desk")
    slip, printer = settings.slip, settings.printer
    return Farewell(
        question=on_floor(room.floor),
        help=help_text,
        facts=stay_facts(settings, booking),
        wifi=wifi_code(slip.wifi_name, slip.wifi_password) if slip.wifi_name else "",
        wifi_name=slip.wifi_name,
        wifi_password=slip.wifi_password if slip.wifi_name else "",
        slip=printer.position.value if printer and facts.printed else "",
        way=(way.side, way.doors, way.doors_on_floor) if way.side else None,
        notice=notice,
        notice_tone=Tone.WARN,
        instead_of=(KEY_READY,),
    )


async def see_off(terminal: Terminal, visit: str, keys: Mapping[str, str]) -> None:
    """What is still to be seen to when the guest has gone: a key that was left, and what is to be paid."""
    left = await _taken_back(terminal, keys, visit) if keys else ""
    terminal.gone(visit, with_nothing=set(keys) == {left})


async def _taken_back(terminal: Terminal, keys: Mapping[str, str], visit: str) -> str:
    """A key that is still there when its guest has gone opens nothing any more, and the desk knows. Its UID."""
    await terminal.clock.sleep(LEFT_FOR_S)
    try:
        if await terminal.key_encoder.lies_there() is None:
            return ""  # a lock maker's encoder can't be looked at without waiting, and erases a guest's keys as one
        left = await terminal.key_encoder.read(card_within_s=LOOK_S)
        if left.uid.hex() not in keys:
            return ""
        erase = await EraseCard.of(
            terminal, left, visit=f"after {visit}", number=0, by=KIOSK, why=Why.LEFT_BEHIND
        )
        try:
            await doing.once(terminal, erase.visit, erase)
            words, erased = "was erased", left.uid.hex()
        except KeyNotCut:
            words, erased = "may still be there", ""
    except DeviceError as error:
        log.warning("not looked for a key left behind", fault=error.fault)
        return ""
    text = f"{terminal.settings.kiosk.name}: a key was left on the encoder and {words}; its guest needs a new one"
    terminal.tell_desk("KEY", text, keys[left.uid.hex()])
    return erased


async def _left_behind(visit: Visit) -> Text | None:
    """What still lies on a device that can tell."""
    terminal = visit.terminal
    try:
        if terminal.settings.key_encoder and await terminal.key_encoder.lies_there():
            return T("Please take your key card")
        if terminal.settings.document_reader and await terminal.document_reader.lies_there():
            return TAKE_IT
    except DeviceError:
        return None
    return None
