"""The tones: made of notes, without clicks, and told apart."""

from __future__ import annotations

import pytest

from kiosk.language import T
from kiosk.prompts import Choice, Farewell, StillThere, Tone
from kiosk.ui.sounds import LOUD, NOTES, RATE_HZ, Sound, of_notice, of_prompt, samples


@pytest.mark.parametrize("sound", Sound)
def test_a_tone_is_as_long_as_its_notes_and_never_clicks(sound: Sound) -> None:
    made = samples(sound)
    assert len(made) == pytest.approx(sum(seconds for _, seconds in NOTES[sound]) * RATE_HZ, abs=len(NOTES[sound]))
    assert max(map(abs, made)) == pytest.approx(32_767 * LOUD, rel=0.02)
    assert made[0] == 0
    assert abs(made[-1]) < 300
    most = max(hertz for hertz, _ in NOTES[sound])
    steepest = 32_767 * LOUD * 2 * 3.1416 * most / RATE_HZ
    assert max(abs(after - before) for before, after in zip(made, made[1:], strict=False)) <= steepest * 1.05


def test_what_must_not_be_missed_is_heard() -> None:
    assert of_prompt(StillThere(question=T("Are you still there?"), seconds=20)) is Sound.LOOK
    left = Farewell(question=T("First floor"), facts=(), notice=T("Please take your key card"))
    assert of_prompt(left) is Sound.LOOK
    assert of_notice(Tone.OK) is Sound.DONE
    assert of_notice(Tone.WARN) is Sound.LOOK


def test_an_ordinary_screen_comes_in_silence() -> None:
    assert of_prompt(Choice(question=T("Welcome"), options=())) is None
    assert of_prompt(Farewell(question=T("First floor"), facts=())) is None
    assert of_notice(Tone.PLAIN) is None
