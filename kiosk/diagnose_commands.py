"""`kiosk diagnose`: how every part of the terminal is, and what it can be made to do, without the screen.

A running kiosk is asked over its socket, so that no device is opened twice; where none runs, the terminal is
opened here. Exit 0 well, 1 ill, 3 could not tell, 2 wrong call.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.commands import DEFAULT_INI, Exit, Ini, Json, fail, printable, settings_or_exit
from kiosk.control import LINE, socket_path
from kiosk.diagnosis.hands import NO_HANDS
from kiosk.diagnosis.talk import FarHands, Wanted, diagnose
from kiosk.settings import Settings

if TYPE_CHECKING:
    from rich.table import Table

    from hardware.readings import DeviceEvent

WATCH_EVERY_S = 2.0
PIPE_WIDTH = 160  # columns where no terminal says how wide it is
SIGNS = {
    "well": ("✓", "green"), "needs-care": ("!", "yellow"), "ill": ("✗", "red"), "gone": ("✗", "red"),
    "unknown": ("?", "yellow"), "unsure": ("?", "yellow"), "skipped": ("–", "dim"),
    "not-fitted": ("–", "dim"),
}  # fmt: skip
"""A sign and a colour beside every word, never instead of it."""
_INTERRUPTED = 130
_EXITS = {"well": Exit.DONE, "ill": Exit.FAILED, "unsure": Exit.UNKNOWN}

Message = dict[str, Any]
Answer = Callable[[Message], Awaitable[None]]
Talk = AsyncIterator[tuple[Message, Answer]]


class Unreachable(Exception):
    """A kiosk runs there, and can't be asked."""


class Wrong(Exception):
    """The call itself is wrong."""


def command(
    device: Annotated[str, typer.Argument(help="printer, scanner, network, machine, hotel …; none: all.")] = "",
    hands: Annotated[bool, typer.Option("--hands", help="You stand before the terminal: also what needs a person, or paper.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="How everything is, again and again; nothing is tried.")] = False,
    acceptance: Annotated[Path | None, typer.Option(help="Try everything, and write the signed report to this new file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="With --acceptance: the report for people.")] = None,
    ini: Ini = DEFAULT_INI,
    as_json: Json = False,
) -> None:
    """How every part of the terminal is, and what it can be made to do; the running kiosk's, or opened here.

    Ends with 0 when all that was tried is well, 1 when something is ill, 3 when it could not be told."""
    settings = settings_or_exit(ini)
    if acceptance is not None and (device or watch):
        fail("--acceptance tries everything: not with a part, nor with --watch", Exit.WRONG)
    if pdf is not None and acceptance is None:
        fail("--pdf goes with --acceptance", Exit.WRONG)
    for file in filter(None, (acceptance, pdf)):  # before anybody has laid down a card for it
        if file.exists():
            fail(f"{file}: is there already", Exit.WRONG)
        if not file.parent.is_dir():
            fail(f"{file}: there is no such directory", Exit.WRONG)
    wanted = Wanted(device, tries=not watch, hands=hands and not watch, acceptance=acceptance is not None)
    try:
        code = _code(_main(settings, wanted, _Said(as_json), watch=watch, acceptance=acceptance, pdf=pdf))
    except KeyboardInterrupt:
        code = Exit.DONE if watch else _INTERRUPTED
    raise typer.Exit(code)


def _code(work: Coroutine[Any, Any, Exit]) -> int:
    from hardware.errors import DeviceMissetup
    from kiosk.build import CredentialError, SetupError

    try:
        return asyncio.run(work)
    except (Wrong, DeviceMissetup) as wrong:
        fail(str(wrong), Exit.WRONG)
    except (Unreachable, SetupError, CredentialError) as why:
        fail(str(why), Exit.UNKNOWN)


async def _main(
    settings: Settings, wanted: Wanted, said: _Said, *, watch: bool, acceptance: Path | None, pdf: Path | None
) -> Exit:
    async with _reached(settings) as talk:
        while True:
            async for message, answer in talk(wanted):
                await said.hear(message, answer)
                if "report" in message and acceptance is not None:
                    return _written(message["report"], acceptance, pdf, said)
            last = said.last
            if last is None:
                raise Unreachable("the kiosk ended before it had answered")
            if not watch:
                return _EXITS[last["verdict"]]
            await asyncio.sleep(WATCH_EVERY_S)


def _written(text: str, file: Path, pdf: Path | None, said: _Said) -> Exit:
    """The report on the disk, for this user alone."""
    from kiosk.diagnosis import paper
    from kiosk.diagnosis.report import read
    from kiosk.journal_lines import grouped

    report = read(text.encode("ascii"))
    if report is None or not report.whole:
        raise Unreachable("the report came damaged")
    try:
        _new(file, report.raw)
        if pdf is not None:
            _new(pdf, paper.pdf(report))
    except OSError as error:
        raise Wrong(f"{error.filename or file}: {error.strerror}") from None
    said.report(report.words, file, grouped(report.key))
    return _EXITS[report.verdict]


def _new(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)


# --- reaching the terminal --------------------------------------------------------------------------


@asynccontextmanager
async def _reached(settings: Settings) -> AsyncIterator[Callable[[Wanted], Talk]]:
    """The running kiosk, or the terminal itself."""
    path = socket_path(settings.kiosk.state.resolve())
    line = await _connected(path)
    if line is not None:
        line[1].close()
        yield lambda wanted: _far(path, wanted)
        return
    async with _near(settings) as talk:
        yield talk


async def _connected(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    """None where no kiosk runs; Unreachable where one may, and this user can't ask it."""
    try:
        return await asyncio.open_unix_connection(path, limit=LINE)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror}: run it as the kiosk's own user") from None


async def _far(path: Path, wanted: Wanted) -> Talk:
    connected = await _connected(path)
    if connected is None:
        raise Unreachable("the kiosk has ended")
    reader, writer = connected

    async def answer(words: Message) -> None:
        writer.write(json.dumps(words).encode() + b"\n")
        await writer.drain()

    try:
        await answer({"diagnose": vars(wanted)})
        while line := await reader.readline():
            message: Message = json.loads(line)
            _raise_if_refused(message)
            yield message, answer
    except ConnectionError:
        raise Unreachable("the kiosk has ended") from None
    finally:
        writer.close()


def _raise_if_refused(message: Message) -> None:
    if "error" in message:
        raise Wrong(message["error"]) if message.get("wrong") else Unreachable(message["error"])


@asynccontextmanager
async def _near(settings: Settings) -> AsyncIterator[Callable[[Wanted], Talk]]:
    """No kiosk runs: its terminal is opened here, with the virtual devices where it is a demonstration."""
    from kiosk.build import open_terminal
    from kiosk.clock import SystemClock
    from kiosk.diagnosis.taps import Taps
    from kiosk.start import quiet_libraries

    quiet_libraries()
    taps = Taps()

    def on_event(event: DeviceEvent) -> None:
        taps.take(event)  # what nobody waits for is nobody's

    async with open_terminal(settings, SystemClock(), on_event) as (terminal, _):
        terminal.taps = taps
        try:
            await terminal.devices.start()
            yield lambda wanted: _here(terminal, wanted)
        finally:
            await terminal.devices.close()


async def _here(terminal: Any, wanted: Wanted) -> Talk:
    messages: asyncio.Queue[Message] = asyncio.Queue()
    heard: asyncio.Queue[Message] = asyncio.Queue()
    hands = FarHands(terminal, messages.put_nowait, heard) if wanted.hands else NO_HANDS
    work = asyncio.ensure_future(diagnose(terminal, wanted, hands, messages.put_nowait))
    try:
        while not work.done() or not messages.empty():
            waiting = asyncio.ensure_future(messages.get())
            await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                yield waiting.result(), heard.put
            else:
                waiting.cancel()
        try:
            work.result()
        except ValueError as wrong:
            raise Wrong(str(wrong)) from None
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


# --- saying it --------------------------------------------------------------------------------------


class _Said:
    """What is said of it: for people as it comes, for programs at the end. Questions go to standard error."""

    def __init__(self, as_json: bool) -> None:
        from rich.console import Console

        self._json = as_json
        self._out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPE_WIDTH)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)
        self._stdin = _Stdin()
        self.last: Message | None = None

    async def hear(self, message: Message, answer: Answer) -> None:
        if "please" in message:
            self._err.print(f"[bold]→ {_plain(message['please'])}[/bold]")
        elif "saw" in message:
            self._err.print(f"[bold]? {_plain(message['saw'])}[/bold] \\[y/n] ", end="")
            await answer({"said": await self._stdin.yes()})
        elif "typed" in message:
            self._err.print(f"[bold]? {_plain(message['typed'])}[/bold] ", end="")
            await answer({"said": await self._stdin.line()})
        elif "progress" in message and self._err.is_terminal:
            done, of = message["progress"]
            self._err.print(f"  {done} / {of}", end="\r")
        elif "tried" in message and not self._json and not message["tried"].get("nobody"):
            self._out.print(_tried_line(message["tried"]))
        elif "done" in message:
            self.last = message["done"]
            self._show(message["done"])

    def _show(self, found: Message) -> None:
        if self._json:
            typer.echo(json.dumps(found))
            return
        self._out.print(_table(found))
        if left := found.get("recording"):
            visits = "this visit or the next one is" if left == 1 else f"{left} more visits are"
            self._out.print(f"[bold yellow]! {visits} recorded as a trace[/bold yellow] (kiosk trace record off)")
        for part, hint, meanwhile in _hints(found):
            self._out.print(f"[bold]→ {_plain(part)}:[/bold] {_plain(hint)}")
            self._out.print(f"  {_plain(meanwhile)}")
        untried = sum(bool(check.get("nobody")) for part in found["parts"] for check in part.get("checks", []))
        if untried:
            need = "1 check needs a person, and was" if untried == 1 else f"{untried} checks need a person, and were"
            self._out.print(f"[dim]{need} not tried (--hands)[/dim]")

    def report(self, words: Message, file: Path, key: str) -> None:
        """What was written."""
        if self._json:
            typer.echo(json.dumps(words))
            return
        self._show(words)
        self._out.print(f"{file}: {words['verdict']}, signed by key {key}")


def _plain(text: str) -> str:
    """A device's own words are a stranger's: no markup either."""
    from rich.markup import escape

    return escape(printable(text))


def _tried_line(tried: Message) -> str:
    sign, colour = SIGNS[tried["outcome"]]
    values = "; ".join(
        f"{value['label']}: {value['value']:g} {value.get('unit', '')}".rstrip() + ("" if value["within"] else " (!)")
        for value in tried.get("measured", [])
    )
    words = _plain(" ".join(filter(None, (tried.get("words", ""), f"[{values}]" if values else ""))))
    return f"[{colour}]{sign} {tried['outcome']:8}[/{colour}] {tried['id']:28} {words}"


def _table(found: Message) -> Table:
    from rich.table import Table

    table = Table(title=f"{found['kiosk']}  {found['at']}", title_justify="left", box=None, pad_edge=False)
    for column in ("Part", "State", "Since"):
        table.add_column(column, no_wrap=True)
    table.add_column("What it says", overflow="fold", ratio=3)
    table.add_column("Device", overflow="fold", ratio=2)
    for part in found["parts"]:
        sign, colour = SIGNS[part["state"]] if part["built"] else SIGNS["skipped"]
        state = part["state"] if part["built"] else "not built"
        if part.get("fitted") is False:
            (sign, colour), state = SIGNS["not-fitted"], "not fitted"
        device = (part.get("model", ""), part.get("serial", ""), part.get("firmware", ""), part.get("address", ""))
        table.add_row(
            _plain(part["label"]),
            f"[{colour}]{sign} {state}[/{colour}]",
            part.get("since", "")[:19].replace("T", " "),
            _plain("; ".join(filter(None, (*part.get("faults", []), part.get("note", "")))) or _readings(part)),
            _plain("  ".join(filter(None, device))),
        )
    return table


def _hints(found: Message) -> Iterator[tuple[str, str, str]]:
    """What to do about each fault; how bad it is, and what guests can do meanwhile."""
    from kiosk.faults import COSTS, sentence
    from kiosk.language import language

    say = language("en").say
    for part in found["parts"]:
        for fault in part.get("faults", []):
            words = sentence(fault)
            yield part["label"], say(words.hint), f"{words.severity}: {say(COSTS[words.severity])}. {say(words.still)}"


def _readings(part: Message) -> str:
    """What a device reports; of what is no device only what is out of its limits, each check has told the rest."""
    return ", ".join(
        f"{each['label']}: {each['value']} {each.get('unit', '')}".rstrip()
        for each in part.get("readings", [])
        if part.get("address") or each["level"] != "well"
    )


class _Stdin:
    """Answers from the keyboard, without holding anything up; at its end, or where there is none, nobody answers."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._listening = False
        self._rest = b""

    async def yes(self) -> bool | None:
        self._listen()
        while True:
            line = await self._lines.get()
            if line is None:
                self._lines.put_nowait(None)
                return None
            said = line.strip().lower()[:1]
            if said in ("y", "n", "?"):
                return {"y": True, "n": False, "?": None}[said]
            typer.echo("y, n, or ? where you can't tell: ", err=True, nl=False)

    async def line(self) -> str | None:
        """What was typed; None at the end."""
        self._listen()
        line = await self._lines.get()
        if line is None:
            self._lines.put_nowait(None)
        return line

    def _listen(self) -> None:
        if self._listening:
            return
        self._listening = True
        try:
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), self._read)
        except (OSError, ValueError):  # a file, or closed
            self._lines.put_nowait(None)

    def _read(self) -> None:
        file = sys.stdin.fileno()
        more = os.read(file, 4096)
        *lines, self._rest = (self._rest + more).split(b"\n")
        for line in lines:
            self._lines.put_nowait(line.decode("utf-8", "replace"))
        if not more:
            self._lines.put_nowait(None)
            asyncio.get_running_loop().remove_reader(file)


def mount(app: typer.Typer) -> None:
    app.command("diagnose")(command)
