"""`kiosk trace …`: record a visit without the person in it, look at it, play it again."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from kiosk.commands import DEFAULT_INI, Exit, Ini, Json, fail, printable, settings_or_exit
from kiosk.control import ask
from kiosk.prompts import Scene, Tone
from kiosk.trace.file import Damaged, Entry, Trace, folder, read

if TYPE_CHECKING:
    from kiosk.language import Text
    from kiosk.trace.player import Played

app = typer.Typer(no_args_is_help=True, help="What happened in a visit, recorded without the guest in it.")
File = Annotated[Path, typer.Argument(metavar="FILE", help="A trace, from the folder traces/ of the state directory.")]


Say = Callable[[str], None]


class OnOff(StrEnum):
    ON = "on"
    OFF = "off"


@app.command()
def record(
    switch: Annotated[OnOff, typer.Argument(help="Off again by itself after so many visits, or an hour.")],
    visits: Annotated[int, typer.Option(help="How many visits.")] = 1,
    ini: Ini = DEFAULT_INI,
    as_json: Json = False,
) -> None:
    """Let the running kiosk record the next visits: names, numbers, birth dates and all that is typed are replaced."""
    settings = settings_or_exit(ini)
    try:
        told = ask(settings.kiosk.state, "trace", switch, (str(visits),) if switch is OnOff.ON else ())
    except (ConnectionError, ValueError) as error:
        fail(str(error))
    where = folder(settings.kiosk.state)
    if as_json:
        typer.echo(json.dumps(told | {"folder": str(where)}))
    else:
        typer.echo(f"recording: {told['recording']}" + (f" visit(s), to {where}" if switch is OnOff.ON else ""))


@app.command("list")
def list_traces(ini: Ini = DEFAULT_INI, as_json: Json = False) -> None:
    """The traces that are kept here, the oldest first."""
    paths = sorted(folder(settings_or_exit(ini).kiosk.state).glob("*.trace"))
    typer.echo(json.dumps([str(path) for path in paths]) if as_json else "\n".join(map(str, paths)) or "none")


@app.command()
def show(file: File, as_json: Json = False) -> None:
    """What happened, a line each."""
    trace = _trace(file)
    if as_json:
        typer.echo(json.dumps({"head": trace.head, "entries": trace.entries}))
        return
    try:
        devices = ", ".join(f"{each['device']} {each['state']}" for each in trace.head.get("devices", ()))
    except (KeyError, TypeError):
        devices = "?"
    _say(f"{trace.head.get('time')}, {trace.head.get('language')}: {devices}")
    for entry in trace.entries:
        _say(f"{entry['at']:9.2f}  {entry['what']:8} {_words(entry)}")


def _say(words: str) -> None:
    typer.echo(printable(words))  # anybody can write a trace


@app.command("replay")
def replay_trace(
    file: File,
    step: Annotated[
        bool, typer.Option("--step", help="Wait for Enter before each thing that a person does; q ends it.")
    ] = False,
    screen: Annotated[bool, typer.Option("--screen", help="In the window, not only in words.")] = False,
    as_json: Json = False,
) -> None:
    """Play it against virtual devices, made-up staff and the recorded hotel: did the visit go the same way?

    Exit code 0: it did; 1: it departed, and where; 2: no trace; 3: it can't be played to its end; 130: Ctrl-C."""
    from kiosk.start import quiet_libraries
    from kiosk.trace.player import lacks_staff
    from kiosk.translations import compile_if_needed

    trace = _trace(file)
    if lacks_staff(trace):
        fail(f"{file}: is a visit of staff, recorded by an older version: it can be shown, not played", Exit.UNKNOWN)
    quiet_libraries()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # the screens are said
    compile_if_needed()
    said: list[str] = []
    outcome = _played(trace, said.append if as_json else _say, step=step, screen=screen)
    if as_json:
        departed = outcome.departed and {"line": outcome.departed.line, "words": str(outcome.departed)}
        told = {"scenes": outcome.scenes, "effects": outcome.effects, "departed": departed, "cannot": outcome.cannot}
        typer.echo(json.dumps(told))
    elif outcome.cannot:
        _say(f"The same way so far; {outcome.cannot}")
    elif outcome.departed is None:
        typer.echo(f"The same way: {outcome.scenes} screens, {outcome.effects} effects.")
    else:
        _say(f"It departed, {outcome.departed}")
    raise typer.Exit(Exit.UNKNOWN if outcome.cannot else Exit.DONE if outcome.departed is None else Exit.FAILED)


def _played(trace: Trace, say: Say, *, step: bool, screen: bool) -> Played:
    """What can't be played is said, and ends the command."""
    from hardware.virtual_process import VirtualProcessError
    from kiosk.build import CredentialError, SetupError
    from kiosk.trace.replay import replay
    from kiosk.trace.turns import Turns
    from kiosk.trace.window import NoWindow, in_the_window

    turn = Turns(lambda words: typer.echo(printable(words), nl=False)).wait if step else None
    try:
        return asyncio.run(in_the_window(trace, say, turn) if screen else replay(trace, _Nobody(), say, turn))
    except Damaged as error:
        fail(str(error), Exit.WRONG)
    except NoWindow as error:
        fail(str(error), Exit.UNKNOWN)
    except (VirtualProcessError, SetupError, CredentialError, OSError) as error:
        fail(f"it can’t be played here: {printable(str(error))}", Exit.UNKNOWN)
    except KeyboardInterrupt:
        fail("stopped", Exit.INTERRUPTED)


def _trace(file: Path) -> Trace:
    try:
        return read(file)
    except Damaged as error:
        fail(str(error), Exit.WRONG)


def _words(entry: Entry) -> str:
    told = {key: value for key, value in entry.items() if key not in ("at", "what", "body")}
    return " ".join(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in told.values())


class _Nobody:
    """A front that nobody looks at: the screens are said."""

    def show(self, scene: Scene) -> None:
        """Said by who plays."""

    def notice(self, words: Text, tone: Tone) -> None:
        """Not said."""

    def tone(self) -> bool:
        return False  # no loudspeaker
