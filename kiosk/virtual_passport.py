"""`kiosk virtual passport`: a passport made by the program, laid on the reader of the real pcscd.

Any program that reads passports over PC/SC can read it. Every start makes new keys: `--trust DIR` leaves the
country's master list and revocation list there, for whoever shall believe it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import threading
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.vpcd import VpcdLink
from hardware.document_reader.contract import Sex, TravelDocument
from hardware.document_reader.virtual_card import PassportCard
from hardware.document_reader.virtual_description import Description
from hardware.document_reader.virtual_family import SAMPLES, Family
from hardware.document_reader.virtual_passport import personalise

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A passport's chip, made by the program.")
VPCD_PORT = 35963
VERBS = "lift · lay [SAMPLE] · quit"
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@app.command("list")
def list_samples(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Which documents there are, good and bad."""
    if as_json:
        typer.echo(json.dumps({name: sample.about for name, sample in SAMPLES.items()}))
        return
    for name, sample in SAMPLES.items():
        typer.echo(f"{name:22} {sample.about}")


@dataclass(frozen=True, repr=False)
class _Holder:
    """Whose passport it shall be, where it is not the specimen's."""

    surname: str | None
    given_names: str | None
    number: str | None
    nationality: str | None
    born: date | None
    expires: date | None
    sex: Sex | None

    def on(self, document: TravelDocument) -> TravelDocument:
        given = {name: value for name, value in vars(self).items() if value is not None}
        if self.born:
            given["born_text"] = self.born.strftime("%y%m%d")
        return replace(document, **given)


@app.command()
def serve(
    vpcd: Annotated[bool, typer.Option("--vpcd", help="Behind the real pcscd, by vpcd.")] = False,
    port: Annotated[int, typer.Option(help="Where vpcd listens on this machine.")] = VPCD_PORT,
    sample: Annotated[str, typer.Option(help="Which document; see `list`.")] = "everything",
    trust: Annotated[Path | None, typer.Option(help="Leave master list and revocation list here.")] = None,
    surname: Annotated[str | None, typer.Option(help="A–Z and spaces, as all names here.")] = None,
    given_names: str | None = None,
    number: str | None = None,
    nationality: Annotated[str | None, typer.Option(help="Three letters.")] = None,
    born: Day = None,
    expires: Day = None,
    sex: Sex | None = None,
) -> None:
    """Lay it on the reader until it is interrupted, or told otherwise on standard input: lift · lay [SAMPLE] · quit."""
    if not vpcd or sample not in SAMPLES:
        typer.echo("say --vpcd: it is the only way out there is" if not vpcd else f"no sample {sample!r}: see `list`", err=True)
        raise typer.Exit(2)
    family = Family(date.today())
    holder = _Holder(
        surname, given_names, number, nationality, born.date() if born else None, expires.date() if expires else None, sex
    )  # fmt: skip
    try:
        card = _card(family, sample, holder)
        _leave_trust(family, trust)
    except (ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    _tell(card.contents.description, sample)
    raise typer.Exit(asyncio.run(_Bench(family, holder, port).run(card)))


def _card(family: Family, name: str, holder: _Holder) -> PassportCard:
    """ValueError for what no zone can hold."""
    sample = SAMPLES[name]
    plain = family.plain()
    description = sample.change(replace(plain, document=holder.on(plain.document)))
    return PassportCard(personalise(description, family.signer(sample.signer), family.issued))


def _leave_trust(family: Family, folder: Path | None) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "utopia.ml").write_bytes(family.master_list())
    (folder / "utopia.crl").write_bytes(family.crl())
    typer.echo(f"trust: {folder / 'utopia.ml'}, {folder / 'utopia.crl'}")


def _tell(description: Description, sample: str) -> None:
    document = description.document
    until = document.expires.strftime("%y%m%d") if document.expires else ""
    typer.echo(f"sample: {sample}, {SAMPLES[sample].about}")
    typer.echo(f"opened by: --document {document.number} --born {document.born_text} --expires {until}")
    if description.can:
        typer.echo(f"or by: --can {description.can}")
    sys.stdout.flush()


class _Bench:
    """What lies on the reader, and what is said on standard input."""

    def __init__(self, family: Family, holder: _Holder, port: int) -> None:
        self._family = family
        self._holder = holder
        self._pad = VirtualReader("Virtual PCD")
        self._link = VpcdLink(self._pad, port)

    async def run(self, card: PassportCard) -> int:
        self._pad.place(card)
        await self._link.start()
        listening = asyncio.create_task(self._listen())
        serving = asyncio.create_task(self._serve())
        try:
            done, _ = await asyncio.wait({listening, serving}, return_when=asyncio.FIRST_COMPLETED)
            if serving in done:
                typer.echo(f"vpcd does not answer on port {self._link.port}: is pcscd running?", err=True)
                return 1
            return 0
        finally:
            serving.cancel()
            listening.cancel()
            await self._link.stop()

    async def _serve(self) -> None:
        """Until pcscd ends while a document lies there."""
        changed = asyncio.Event()
        loop = asyncio.get_running_loop()

        def tell() -> None:
            loop.call_soon_threadsafe(changed.set)

        self._pad.watchers.append(tell)
        while True:
            changed.clear()
            await self._link.stayed()
            if self._pad.card is not None and not changed.is_set():
                return
            if self._pad.card is None:
                typer.echo("lifted")
                sys.stdout.flush()
                await changed.wait()

    async def _listen(self) -> None:
        """Ends when it was told to quit; the end of standard input is none."""
        lines: asyncio.Queue[str] = asyncio.Queue()
        threading.Thread(target=_read_lines, args=(asyncio.get_running_loop(), lines), daemon=True).start()
        while self._obey(*(await lines.get()).split()):
            pass

    def _obey(self, *words: str) -> bool:
        match words:
            case ("quit",):
                return False
            case ("lift",):
                self._pad.lift()
            case ("lay",) if self._pad.lifted and self._pad.card is None:
                self._pad.place(self._pad.lifted[0])
            case ("lay", name) if name in SAMPLES:
                self._pad.lift()
                self._pad.place(_card(self._family, name, self._holder))
            case _:
                typer.echo(VERBS, err=True)
        return True


def _read_lines(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str]) -> None:
    """In a thread of its own: not everything that can be standard input can be waited for otherwise."""
    rest = b""
    with contextlib.suppress(OSError, RuntimeError):  # none at all; or the loop has ended
        while data := os.read(0, 1024):
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                loop.call_soon_threadsafe(lines.put_nowait, line.decode(errors="replace"))
