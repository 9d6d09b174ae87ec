"""`kiosk faults [CODE]`: what can fail here, how bad it is, what to do. `hardware/FAULTS.md` is made by it too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Annotated

import typer

from kiosk.commands import Exit, Json, fail
from kiosk.faults import COSTS, TABLE, Words
from kiosk.language import Text, language

Code = Annotated[str, typer.Argument(help="One fault (`printer.paper-out`) or all of a device (`printer`); none: all.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="As the page hardware/FAULTS.md.")]
In = Annotated[str, typer.Option("--language", help="en, de, hu …")]

_HEAD = """\
# Faults

What can fail at a terminal, made from the table in `kiosk/faults.py` by `kiosk faults --markdown`: change that, not this.
`kiosk faults CODE` says the same at a shell.
"""
_COLUMNS = ("code", "severity", "the guest reads", "what to do", "what still works")


def faults(code: Code = "", as_json: Json = False, markdown: Markdown = False, said_in: In = "en") -> None:
    """What can fail, how bad that is, what the guest reads, what to do, and what still works."""
    found = chosen(code)
    if not found:
        fail(f"no fault {code!r}; `kiosk faults` lists them", Exit.WRONG)
    if as_json:
        typer.echo(json.dumps({each: as_words(words, said_in) for each, words in found.items()}, ensure_ascii=False))
    elif markdown:
        typer.echo(page(found, said_in), nl=False)
    else:
        typer.echo("\n\n".join(_told(each, words, said_in) for each, words in found.items()))


def chosen(code: str) -> Mapping[str, Words]:
    """All, one, or all of one device."""
    return {each: words for each, words in TABLE.items() if not code or each == code or each.startswith(f"{code}.")}


def as_words(words: Words, said_in: str = "en") -> dict[str, str]:
    """One row in one language, for programs."""

    def say(text: Text) -> str:
        return language(said_in).say(text)

    return {
        "severity": words.severity.value,
        "guest": say(words.question),
        "help": say(words.help),
        "hint": say(words.hint),
        "still": say(words.still),
        "picture": words.picture,
        "drawing": words.shows,
    }


def page(rows: Mapping[str, Words] = TABLE, said_in: str = "en") -> str:
    """The table as Markdown, a section a device."""
    say = language(said_in).say
    parts = [_HEAD, "".join(f"- *{severity}*: {say(meaning)}\n" for severity, meaning in COSTS.items())]
    for device, of_it in groupby(rows.items(), key=lambda row: row[0].partition(".")[0]):
        parts.append(f"## {device}\n\n{_table(of_it, said_in)}")
    return "\n".join(parts)


def _table(rows: Iterable[tuple[str, Words]], said_in: str) -> str:
    lines = [_row(_COLUMNS), _row("---" for _ in _COLUMNS)]
    for code, words in rows:
        said = as_words(words, said_in)
        guest = f"**{said['guest']}.** {said['help']}"
        lines.append(_row((f"`{code}`", said["severity"], guest, said["hint"], said["still"])))
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _told(code: str, words: Words, said_in: str) -> str:
    said = as_words(words, said_in)
    return (
        f"{code} ({said['severity']}: {language(said_in).say(COSTS[words.severity])})\n"
        f"  guest   {said['guest']}. {said['help']}\n"
        f"  do      {said['hint']}\n"
        f"  still   {said['still']}"
    )
