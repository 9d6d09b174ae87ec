"""The check of the keypad: every key is pressed once. Keys are named as Kivy names them."""

from __future__ import annotations

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome
from kiosk.diagnosis.hands import NOT_HERE, KeysPressed, PressKeys, terminal_hands

KEYS = ("up", "down", "left", "right", "enter", "escape")


def checks() -> tuple[Check, ...]:
    return (Check("keypad.keys", "Every key is felt", _keys, hands=True, optional=True, within_s=60),)


async def _keys(hands: Hands) -> CheckResult:
    at_terminal = terminal_hands(hands)
    if at_terminal is None:
        return NOT_HERE
    seen = await at_terminal.on_screen(PressKeys(KEYS))
    if not isinstance(seen, KeysPressed):
        return CheckResult(Outcome.UNSURE, "It was given up before the end.")
    missing = [key for key in KEYS if key not in seen.keys]
    measured = (Measured("keys", "Keys felt", len(KEYS) - len(missing), least=len(KEYS)),)
    if len(missing) == len(KEYS):
        return CheckResult(Outcome.UNSURE, "No key was felt: has this terminal a keypad?", measured)
    if missing:
        return CheckResult(Outcome.ILL, f"Not felt: {', '.join(missing)}.", measured)
    return CheckResult(Outcome.WELL, "Every key is felt.", measured)
