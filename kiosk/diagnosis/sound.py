"""Checks of what is heard: the loudspeaker by a tone and a pair of ears, the headset's socket by its switch.

A socket's state is a switch of an input device (SW_HEADPHONE_INSERT, linux/input-event-codes.h); where this
machine has none that can be read, nobody can tell.
"""

from __future__ import annotations

import array
import asyncio
import fcntl
import os
import time
from pathlib import Path

from hardware.checks import Check, CheckResult, Hands, Outcome
from kiosk.diagnosis.hands import NONE_HERE, NOT_HERE, terminal_hands

CARDS = Path("/proc/asound/cards")
INPUTS = Path("/proc/bus/input/devices")
EVENTS = Path("/dev/input")
PLUG_WITHIN_S = 25.0
LOOK_EVERY_S = 0.2
_HEADPHONE = 2
_EVIOCGSW = 0x8008451B  # _IOR('E', 0x1b, 8 bytes): the state of all switches (linux/input.h)


def checks() -> tuple[Check, ...]:
    """In the order in which they are tried."""
    return (
        Check("sound.card", "Has a sound card", _card),
        Check("sound.speaker", "The loudspeaker is heard", _speaker, hands=True, optional=True, within_s=60),
        Check(
            "sound.socket", "The headset’s socket feels a plug", _socket,
            hands=True, optional=True, within_s=2 * PLUG_WITHIN_S + 10,
        ),
    )


async def _card(hands: Hands) -> CheckResult:
    return card(CARDS)


def card(cards: Path) -> CheckResult:
    """What ALSA has found."""
    try:
        lines = cards.read_text("utf-8", "replace").splitlines()
    except OSError:
        return CheckResult(Outcome.UNSURE, "This machine has no sound (ALSA is not there): the kiosk stays silent.")
    found = [line.split("]: ", 1)[1].split(" - ")[-1].strip() for line in lines if "]: " in line]
    if not found:
        return CheckResult(Outcome.UNSURE, "No sound card is there: the kiosk stays silent.")
    names = ", ".join(found)
    return CheckResult(Outcome.WELL, f"{names}.")


async def _speaker(hands: Hands) -> CheckResult:
    at_terminal = terminal_hands(hands)
    if at_terminal is None:
        return NOT_HERE
    if (silent := card(CARDS)).outcome is not Outcome.WELL:
        return await _by_eye(hands, "No sound card is found. Has this terminal a loudspeaker?", silent)
    await hands.please("Listen: two rising tones.", "sound")
    if not await at_terminal.tone():
        return CheckResult(Outcome.UNSURE, "This machine plays no sound: no loudspeaker, or none that is set up.")
    heard = await hands.saw("Did you hear two rising tones?")
    if heard is None:
        return CheckResult(Outcome.UNSURE, "Nobody has said whether it was heard.")
    if not heard:
        return CheckResult(Outcome.ILL, "Nothing was heard: check cable, volume and amplifier.")
    return CheckResult(Outcome.WELL, "It was heard.")


async def _by_eye(hands: Hands, question: str, silent: CheckResult) -> CheckResult:
    """Without a sound card nothing is heard; whether there should be is seen. Whoever says that they heard something
    heard something else."""
    match await hands.saw(question):
        case True:
            return CheckResult(Outcome.ILL, "It is there, and no sound card is found: check its plug; then start the computer anew.")
        case False:
            return NONE_HERE
        case _:
            return silent


async def _socket(hands: Hands) -> CheckResult:
    switch = next(iter(switches(INPUTS, EVENTS)), None)
    if switch is None or plugged(switch) is None:
        return await _by_ear(hands)
    for words, wanted in (("Plug a headset in.", True), ("Pull the headset out.", False)):
        await hands.please(words, "headset")
        if not await _until(switch, wanted):
            return CheckResult(Outcome.ILL, f"Nothing was felt after: {words}")
    return CheckResult(Outcome.WELL, "It felt the plug go in and out.")


async def _by_ear(hands: Hands) -> CheckResult:
    """No switch can be read: then a headset is listened to."""
    at_terminal = terminal_hands(hands)
    said = "This machine has no socket whose switch can be read"
    if at_terminal is not None and (silent := card(CARDS)).outcome is not Outcome.WELL:
        return await _by_eye(hands, "No sound card is found. Has this terminal a socket for a headset?", silent)
    if at_terminal is not None:
        await hands.please("Plug a headset in.", "headset")
        plugged_in = await hands.saw("Is a headset plugged in now? Put it on: two rising tones follow.")
        if plugged_in and await at_terminal.tone() and (heard := await hands.saw("Did you hear two rising tones in the headset?")) is not None:
            if heard:
                return CheckResult(Outcome.WELL, "It was heard in the headset.")
            return CheckResult(Outcome.ILL, "Nothing was heard in the headset.")
    return CheckResult(Outcome.UNSURE, f"{said}, and nobody has listened.")


def switches(inputs: Path, events: Path) -> list[Path]:
    """Event devices with a headphone switch, from the kernel's table of inputs."""
    try:
        blocks = inputs.read_text("utf-8", "replace").split("\n\n")
    except OSError:
        return []
    found = []
    for block in blocks:
        words = dict(line[3:].split("=", 1) for line in block.splitlines() if line[:1] in "HB" and "=" in line)
        if int(words.get("SW", "0").split()[-1], 16) >> _HEADPHONE & 1:
            found += [events / name for name in words.get("Handlers", "").split() if name.startswith("event")]
    return found


def plugged(switch: Path) -> bool | None:
    """Whether a plug is in; None where it can't be read."""
    state = array.array("Q", [0])
    try:
        handle = os.open(switch, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.ioctl(handle, _EVIOCGSW, state)
        finally:
            os.close(handle)
    except OSError:
        return None
    return bool(state[0] >> _HEADPHONE & 1)


async def _until(switch: Path, wanted: bool) -> bool:
    until_s = time.monotonic() + PLUG_WITHIN_S
    while time.monotonic() < until_s:
        if plugged(switch) is wanted:
            return True
        await asyncio.sleep(LOOK_EVERY_S)
    return False
