"""A state in a word, with a sign and a colour: nobody has to see the colour to know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.checks import Outcome
from hardware.readings import State
from kiosk.prompts import Tone
from kiosk.ui.geometry import Box
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.area import INKS, SIGNS, SOFT
from kiosk.ui.widgets.picture import draw_icon
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.technician_prompts import Standing

SIDES, SIGN, BEFORE_WORD, EDGES = 20.0, 32.0, 12.0, 8.0
AROUND = 2 * SIDES + SIGN + BEFORE_WORD
"""What a state's word has around it."""


@dataclass(frozen=True)
class ChipLook:
    """The colours of word and ground, and the icon before the word; '' for a dot."""

    ink: str
    soft: str
    sign: str


TONES: dict[Tone, ChipLook] = {
    tone: ChipLook(INKS[tone], SOFT[tone], "" if tone is Tone.PLAIN else SIGNS[tone]) for tone in Tone
}
STATES: dict[State, ChipLook] = {
    State.WELL: ChipLook("ok", "ok_soft", "check"),
    State.NEEDS_CARE: ChipLook("accent", "accent_soft", "bell"),
    State.ILL: ChipLook("warn", "warn_soft", "warn"),
    State.GONE: ChipLook("warn", "warn_soft", "close"),
    State.UNKNOWN: ChipLook("ink", "touched", "question"),
}
WORST = (State.ILL, State.GONE, State.NEEDS_CARE, State.UNKNOWN, State.WELL)
"""What a technician looks at first."""
ABSENT = ChipLook("ink", "touched", "minus")
OUTCOMES: dict[Outcome, ChipLook] = {
    Outcome.WELL: STATES[State.WELL],
    Outcome.ILL: STATES[State.ILL],
    Outcome.UNSURE: STATES[State.UNKNOWN],
    Outcome.SKIPPED: ABSENT,
    Outcome.NOT_FITTED: ABSENT,
}


def look_of(standing: Standing) -> ChipLook:
    """Of a part: as its state, or as what is not there."""
    return STATES[standing.state] if standing.there else ABSENT


def draw_chip(piece: Piece, room: Box, words: str, look: ChipLook, style: Style, *, end: bool = False) -> Box:
    """On a soft ground as wide as its word, at the start of `room` or with `end` at its end; where it stands."""
    style = style.coloured(look.ink)
    setting = piece.sheet.type.fit(words, style, room.w - AROUND + 1, room.h)
    width = min(room.w, setting.width + AROUND)
    chip = Box(room.right - width if end else room.x, room.y, width, room.h)
    chip = chip.centred(width, min(room.h, setting.height + EDGES))
    paint.fill(piece.canvas, piece.window(chip), piece.rgba(look.soft), piece.px(min(chip.h / 2, 30)))
    sign = Box(chip.x + SIDES, chip.y + (chip.h - SIGN) / 2, SIGN, SIGN)
    if look.sign:
        draw_icon(piece, sign, look.sign, look.ink)
    else:
        x, y, w, h = piece.window(sign)
        paint.dot(piece.canvas, x + w / 2, y + h / 2, piece.px(7), piece.rgba(look.ink))
    place = Box(sign.right + BEFORE_WORD, chip.y, setting.width + 1, chip.h)
    piece.letter(place, words, style, setting=setting)
    return chip
