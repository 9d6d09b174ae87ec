"""The kiosk's window. The only package that imports Kivy.

Importing it fixes Kivy's environment, before Kivy itself is imported: a terminal behaves the same
whatever ~/.kivy, the command line or the environment of the user say, and Kivy logs through
Python's logging, not to the console.
"""

import os

os.environ.update(
    KIVY_NO_CONFIG="1",
    KIVY_NO_ENV_CONFIG="1",
    KIVY_NO_ARGS="1",
    KIVY_NO_CONSOLELOG="1",
    KIVY_NO_FILELOG="1",
    KIVY_LOG_MODE="PYTHON",
    KIVY_WINDOW="sdl2",
    KIVY_TEXT="sdl2",
)
os.environ.setdefault("KIVY_HOME", "/nonexistent")  # with NO_CONFIG never read, never made
