"""The journal of keys, taken away at the screen: all of it, signed to its end, into a file that verifies anywhere.

Into the directory that kiosk.ini names, which may be a stick or a share that is mounted there. A directory that is
named and not there is not made: it would lie under the mount point, where nobody finds it.
"""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path

import structlog

from kiosk.journal_lines import grouped
from kiosk.key_journal import JournalError, files_of
from kiosk.language import T, Text, verbatim
from kiosk.on_disk import to_its_end, write
from kiosk.prompts import GO_ON, Choice, Chosen, Option, Tone
from kiosk.roles import Power
from kiosk.sections import Kiosk
from kiosk.steps.session import still_may
from kiosk.terminal import Terminal
from kiosk.visit import Visit

log = structlog.get_logger()

BESIDE = 64 * 1024
"""Bytes that must be free beside those of the journal: what is added while it is written."""
_NOT_NOW = Option("no", T("Not now"), quiet=True)


@dataclass(frozen=True)
class Export:
    """A file that was written."""

    file: Path
    entries: int
    key_id: str


async def export_journal(visit: Visit) -> None:
    """Asked, written, shown; where it can't be written, said why."""
    directory, own = exports(visit.terminal.settings.kiosk)
    if await visit.ask(shall_it_be_exported(directory)) != Chosen("export"):
        return
    while True:
        by = still_may(visit, Power.SEE_JOURNAL).person.id
        try:
            done = await visit.while_waiting(
                _written(visit.terminal, directory, by=by, make=own), T("Writing the journal")
            )
        except OSError as error:
            log.error("journal not exported", why=error.strerror)
            why = not_written(error)
        except JournalError as error:
            log.error("journal not exported", why=str(error))
            why = T("The terminal’s own disk is full or read-only, so that the export can’t be put down.")
        else:
            await visit.ask(exported(done), back=False)
            return
        if await visit.ask(not_exported(directory, why)) != Chosen("again"):
            return


def exports(kiosk: Kiosk) -> tuple[Path, bool]:
    """Where to, and whether it is the terminal's own directory, made where it is missing."""
    return (kiosk.exports, False) if kiosk.exports is not None else (kiosk.state.resolve() / "exports", True)


async def _written(terminal: Terminal, directory: Path, *, by: str, make: bool) -> Export:
    """An export that fails after it was put down stands in the journal all the same: it was taken out."""
    await to_its_end(_must_have_room, terminal.settings.kiosk.state.resolve(), directory, make)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", terminal.settings.kiosk.name)
    path = directory / f"journal-{name}-{terminal.now():%Y-%m-%d-%H%M%S}.jsonl"
    await to_its_end(write, path, b"")  # before anything is put down as exported
    try:
        content = terminal.journal.export(by=by)
        await to_its_end(write, path, content, False)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Export(path, content.count(b"\n"), terminal.journal.key_id)


def _must_have_room(state: Path, directory: Path, make: bool) -> None:
    if make:
        directory.mkdir(mode=0o700, exist_ok=True)
    disk = os.statvfs(directory)
    if disk.f_flag & os.ST_RDONLY:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    if disk.f_bavail * disk.f_frsize < sum(path.stat().st_size for path in files_of(state)) + BESIDE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


# --- the screens -----------------------------------------------------------------------------------


def shall_it_be_exported(directory: Path) -> Choice:
    return Choice(
        question=T("Export the journal of keys?"),
        help=T("All of it, signed to its end, into a new file. There are no names in it, only numbers."),
        details=((T("Into"), verbatim(str(directory))),),
        options=(Option("export", T("Export")), _NOT_NOW),
    )


def exported(done: Export) -> Choice:
    return Choice(
        question=T("The journal is exported"),
        help=T("Whoever has the file and the key’s number can check it: “kiosk journal verify FILE --key NUMBER”"),
        tone=Tone.OK,
        details=(
            (T("Into"), verbatim(str(done.file.parent))),
            (T("File"), verbatim(done.file.name)),
            (T("Entries"), verbatim(str(done.entries))),
            (T("Signed by key"), verbatim(grouped(done.key_id))),
        ),
        options=(GO_ON,),
    )


def not_exported(directory: Path, why: Text) -> Choice:
    return Choice(
        question=T("The journal was not exported"),
        help=why,
        tone=Tone.WARN,
        details=((T("Into"), verbatim(str(directory))),),
        options=(Option("again", T("Try again")), _NOT_NOW),
    )


def not_written(error: OSError) -> Text:
    """Why a file can't be written."""
    return _WHY.get(error.errno or 0, T("The file can’t be written: {why}.", why=error.strerror or "?"))


_WHY: dict[int, Text] = {
    errno.ENOSPC: T("There is no room left on that disk."),
    errno.EDQUOT: T("There is no room left on that disk."),
    errno.EROFS: T("That disk can only be read."),
    errno.ENOENT: T("The directory is not there: is the stick plugged in?"),
    errno.ENOTDIR: T("The directory is not there: is the stick plugged in?"),
    errno.EACCES: T("The kiosk may not write there."),
    errno.EPERM: T("The kiosk may not write there."),
}
