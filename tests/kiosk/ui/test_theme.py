"""Colours are measured, not believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.ui.theme import ASSETS, Colours, Look, ThemeError, contrast, load

TEXT_ON_GROUND = (
    ("ink", "paper"), ("ink", "card"), ("ink", "touched"), ("muted", "paper"), ("muted", "card"),
    ("accent", "paper"), ("accent", "card"), ("accent", "accent_soft"), ("on_accent", "accent"),
    ("on_accent", "pressed"), ("warn", "warn_soft"), ("warn", "card"), ("ok", "ok_soft"), ("ok", "card"),
    ("ok", "paper"), ("ink", "accent_soft"), ("warn", "paper"), ("muted", "warn_soft"), ("muted", "touched"),
)  # fmt: skip


@pytest.mark.parametrize("colours", Colours)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_seven_to_one(colours: Colours, text: str, ground: str) -> None:
    palette = load().palettes[colours]
    found = contrast(getattr(palette, text), getattr(palette, ground))
    assert found >= 7.0, f"{text} on {ground}: {found:.2f}"


def test_contrast_is_as_wcag_has_it() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_body_text_is_at_least_36_pixels() -> None:
    for name, style in load().styles.items():
        if name != "tool":  # five words in one row: 30, as the design has it
            assert style.size >= 36, name


def test_text_on_the_screens_of_staff_is_at_least_30_pixels() -> None:
    theme = load()
    for name in theme.styles:
        style = theme.style(name, Look(), dense=True)
        assert style.size >= 30, name
        assert style.least >= min(30, theme.styles[name].least), name


def test_large_text_is_half_as_large_again() -> None:
    theme = load()
    for name in ("help", "body", "value", "label", "action"):
        assert theme.style(name, Look(large=True)).size == pytest.approx(theme.style(name, Look()).size * 1.5)


def test_a_mistake_in_the_theme_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "theme.toml"
    broken.write_text((ASSETS / "theme.toml").read_text().replace('accent_soft = "#E2EEEB"', ""))
    with pytest.raises(ThemeError, match=r"\[day\]: missing accent_soft"):
        load(broken)
