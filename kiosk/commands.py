"""What the `kiosk` commands share: how they end, where kiosk.ini is, and words for people or for programs."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kiosk.settings import Settings, SettingsError, load

DEFAULT_INI = Path("kiosk.ini")
Ini = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", envvar="KIOSK_INI")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


class Exit(IntEnum):
    """What a command ends with."""

    DONE = 0
    FAILED = 1
    WRONG = 2
    UNKNOWN = 3
    INTERRUPTED = 130  # by Ctrl-C, as shells say it


def settings_or_exit(path: Path) -> Settings:
    """Settings, or the mistakes on standard error and exit code 2."""
    try:
        return load(path)
    except SettingsError as error:
        fail(str(error), Exit.WRONG)


def fail(why: str, code: Exit = Exit.FAILED) -> NoReturn:
    """Said on standard error, and the command has ended. A file's name may be a stranger's as well."""
    typer.echo("\n".join(map(printable, why.splitlines())), err=True)
    raise typer.Exit(code)


def printable(words: str) -> str:
    """A stranger's words, without what a terminal would obey."""
    return "".join(letter for letter in words if letter.isprintable())
