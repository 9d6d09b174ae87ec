"""One screen per prompt. `screen_for` is the whole list; a module is imported when first wanted."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kiosk.prompts import Prompt
from kiosk.ui.screens.screen import Screen

SCREENS: dict[str, str] = {
    "Welcome": "welcome",
    "Choice": "choice",
    "TextEntry": "text_entry",
    "DateEntry": "date_entry",
    "PresentDocument": "present_document",
    "ReadingChip": "reading_chip",
    "RegistrationCard": "registration_card",
    "Reading": "reading",
    "LayKeyCard": "lay_key_card",
    "Pick": "pick",
    "Sheet": "sheet",
    "Table": "table",
    "Busy": "busy",
    "Farewell": "farewell",
    "StillThere": "still_there",
    "OutOfService": "out_of_service",
    "Overview": "overview",
    "PartPage": "part_page",
    "Checking": "checking",
    "Results": "results",
    "TouchTest": "touch_test",
    "FingerTest": "finger_test",
    "ColourField": "colour_field",
    "KeypadTest": "keypad_test",
}
"""Prompt's class → module of its screen, whose class is called like the prompt plus `Screen`."""


def screen_for(prompt: type[Prompt]) -> type[Screen[Any]]:
    """The screen of a prompt; KeyError for a prompt that nobody drew: a programming error."""
    module = import_module(f"kiosk.ui.screens.{SCREENS[prompt.__name__]}")
    screen: type[Screen[Any]] = getattr(module, f"{prompt.__name__}Screen")
    return screen
