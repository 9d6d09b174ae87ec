"""Short tones beside what the screen says, so that nobody must look at it to know that it speaks.

They are made here from notes, not recorded. A terminal without a loudspeaker stays silent: the
screen says the same.
"""

from __future__ import annotations

import math
import tempfile
import wave
from array import array
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from kiosk.prompts import Farewell, Prompt, StillThere, Tone

log = structlog.get_logger()

RATE_HZ = 22_050
FADE_S = 0.012
"""Each note swells and fades so long: without it a loudspeaker clicks."""
LOUD = 0.5


class Sound(StrEnum):
    """What a tone means."""

    DONE = "done"
    LOOK = "look"


# (frequency in Hz, seconds): DONE rises a fifth; LOOK calls twice, in the range that old ears hear best.
NOTES: dict[Sound, tuple[tuple[float, float], ...]] = {
    Sound.DONE: ((659.3, 0.12), (987.8, 0.22)),
    Sound.LOOK: ((880.0, 0.18), (0.0, 0.08), (880.0, 0.18), (0.0, 0.08), (1174.7, 0.3)),
}


def of_prompt(prompt: Prompt) -> Sound | None:
    """The tone with which a scene comes."""
    if isinstance(prompt, StillThere) or (isinstance(prompt, Farewell) and prompt.notice):
        return Sound.LOOK
    return None


def of_notice(tone: Tone) -> Sound | None:
    return {Tone.OK: Sound.DONE, Tone.WARN: Sound.LOOK}.get(tone)


def play(sound: Sound | None) -> bool:
    """Begin it; never waits, never raises for a machine without sound: False."""
    if sound is None or (found := _loaded(sound)) is None:
        return False
    found.play()
    return True


def get_ready() -> None:
    """Opens the sound device and makes the tones, so that the first one is not late."""
    for sound in Sound:
        _loaded(sound)


@lru_cache(maxsize=len(Sound))
def _loaded(sound: Sound) -> Any:
    from kivy.core.audio import SoundLoader

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{sound}.wav")
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            file.writeframes(samples(sound).tobytes())
        found = SoundLoader.load(str(path))
    if found is None or not found.length:
        log.warning("this terminal makes no sound")
        return None
    return found


def samples(sound: Sound) -> array[int]:
    """16-bit mono samples."""
    made = array("h")
    for hertz, seconds in NOTES[sound]:
        count, fade = round(seconds * RATE_HZ), FADE_S * RATE_HZ
        for at in range(count):
            swell = min(1.0, at / fade, (count - at) / fade)
            made.append(round(32_767 * LOUD * swell * math.sin(2 * math.pi * hertz * at / RATE_HZ)))
    return made
