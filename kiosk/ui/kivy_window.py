"""Kivy's window, as a kiosk wants it: fixed size, no keys that leave it, no marks of touches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.sections import Screen

MAX_FPS = 60
"""The most frames a second; a screen on which nothing changes draws none."""


def configure(screen: Screen) -> None:
    """Before `kivy.core.window` is imported, which opens the window."""
    from kivy.config import Config

    values: dict[str, dict[str, int | str]] = {
        "kivy": {"exit_on_escape": 0, "keyboard_mode": "", "pause_on_minimize": 0, "desktop": 1},
        "graphics": {
            "width": screen.width,
            "height": screen.height,
            "fullscreen": "auto" if screen.fullscreen else 0,
            "borderless": int(screen.fullscreen),
            "resizable": 0,
            "allow_screensaver": 0,
            "maxfps": MAX_FPS,
            "multisamples": 0,  # shapes have smooth edges of their own
            "verify_gl_main_thread": 0,
        },
        "postproc": {"double_tap_time": 0, "triple_tap_time": 0, "jitter_distance": 0, "retain_time": 0},
    }
    for section, pairs in values.items():
        for key, value in pairs.items():
            Config.set(section, key, str(value))
    # The window system gives us touches; Kivy's own search through /dev/input would give them twice.
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.remove_section("modules")
    Config.add_section("modules")


def lock_down(window: Any, screen: Screen, title: str) -> None:
    """No pointer, no closing from outside, where the screen belongs to guests."""
    window.set_title(title)
    window.show_cursor = not screen.fullscreen
    if screen.fullscreen:
        window.bind(on_request_close=lambda *_args, **_more: True)
    # Kivy scrolls the window for a keyboard that we don't have, and answers F1, F11 and Escape.
    window.unbind(on_keyboard=window.on_keyboard)
    window.bind(on_keyboard=lambda *_args: True)


def save_picture(window: Any, path: Path) -> None:
    """What is drawn now, as a PNG."""
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    window.canvas.ask_update()
    window.dispatch("on_draw")
    width, height = window.system_size
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    window.dispatch("on_flip")
    image = Image.frombytes("RGB", (width, height), bytes(pixels))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path)
