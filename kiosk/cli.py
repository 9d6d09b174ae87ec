"""The `kiosk` command. Each prints for people, and with `--json` for programs.

Exit 0 done, 1 failed, 2 wrong call or configuration, 3 could not tell; never a traceback.
Heavy imports stand inside the commands, so that `kiosk --help` is quick.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from kiosk.commands import DEFAULT_INI, Exit, Ini, Json, settings_or_exit
from kiosk.sections import Require
from kiosk.settings import DEVICES, Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A hotel's self-service front desk.")
config_app = typer.Typer(no_args_is_help=True, help="The configuration file.")
app.add_typer(config_app, name="config")


@app.command()
def run(
    ini: Ini = DEFAULT_INI,
    tour: Annotated[Path | None, typer.Option(help="Play a guest's check-in and leave its pictures here.")] = None,
) -> None:
    """The kiosk. Without a display it plays a guest's whole check-in and leaves pictures, slip and key in out/."""
    from kiosk.start import start

    settings = settings_or_exit(ini)
    raise typer.Exit(start(settings, tour))


@config_app.command("check")
def config_check(ini: Ini = DEFAULT_INI, as_json: Json = False) -> None:
    """Read kiosk.ini and say what is wrong with it."""
    settings = settings_or_exit(ini)
    if mistakes := _device_mistakes(ini, settings):
        typer.echo("\n".join(mistakes), err=True)
        raise typer.Exit(Exit.WRONG)
    doubts = [f"{ini}: {each}" for each in (*settings.doubts, *_chip_doubts(settings))]
    if as_json:
        told = settings.model_dump(mode="json", exclude={"slip": {"wifi_password"}})
        typer.echo(json.dumps(told | {"warnings": doubts}))
    else:
        for each in doubts:
            typer.echo(f"warning: {each}", err=True)
        typer.echo(f"{ini} is right: {settings.kiosk.name}, {settings.hotel.name}")


def _chip_doubts(settings: Settings) -> list[str]:
    """Whether more than the zone is asked of a reader that reads no chips."""
    from hardware.document_reader.contract import DocumentReader
    from hardware.driver import DeviceSettings
    from hardware.known_drivers import find_driver
    from hardware.readings import Kind

    reader, wanted = settings.document_reader, settings.identity.require
    if reader is None or wanted is Require.ZONE:
        return []
    driver = find_driver(Kind.DOCUMENT_READER, DeviceSettings("", reader.driver, reader.address))
    if getattr(driver, "reads_chips", None) is not DocumentReader.reads_chips:
        return []
    said = f"[identity] require: {wanted}, but [document_reader] driver = {reader.driver} reads no chips"
    return [f"{said}: the printed zone alone lets a guest pass"]


def _device_mistakes(ini: Path, settings: Settings) -> list[str]:
    """What the drivers say of their sections, one line a mistake."""
    from hardware.driver import DeviceSettings
    from hardware.errors import DeviceMissetup
    from hardware.known_drivers import check
    from hardware.readings import Kind

    mistakes = []
    for name in DEVICES:
        device = settings.device(name)
        if device is not None:
            try:
                check(Kind(name), DeviceSettings(name, device.driver, device.address, device.options), virtual=device.virtual)
            except DeviceMissetup as wrong:
                mistakes.append(f"{ini}: [{name}] {wrong.vendor}")
    return mistakes


@app.command()
def virtual(
    device: Annotated[str, typer.Argument(help="Which device; none: list all of the running kiosk's.")] = "",
    verb: Annotated[str, typer.Argument(help="What to do to it.")] = "",
    words: Annotated[list[str] | None, typer.Argument(help="What the verb needs.")] = None,
    ini: Ini = DEFAULT_INI,
    as_json: Json = False,
) -> None:
    """Play with the virtual devices of the running kiosk: present, paper-out, lay-card, lift, unplug …

    `kiosk virtual passport` needs no kiosk: it serves a passport's chip to the real pcscd."""
    from kiosk.control import ask

    settings = settings_or_exit(ini)
    try:
        answer = ask(settings.kiosk.state, device.replace("-", "_") if verb else "", verb, tuple(words or ()))
    except (ConnectionError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.FAILED) from None
    if device and not verb:
        answer = answer.get(device.replace("-", "_"), {})
    if as_json:
        typer.echo(json.dumps(answer))
        return
    for key, value in answer.items():
        if isinstance(value, dict):
            typer.echo(key)
            for name, help_text in value.items():
                typer.echo(f"  {name:16} {help_text}")
        else:
            typer.echo(f"{key}: {value}")


def _mount(words: list[str]) -> None:
    """Groups with heavy imports – a database and a web server, a passport's cryptography – when called for."""
    if words[:1] in (["hotel"], ["--help"]):
        from kiosk.hotel.builtin.commands import app as hotel_app

        app.add_typer(hotel_app, name="hotel", help="The built-in hotel.")
    if words[:1] in (["trust"], ["--help"]):
        from kiosk.trust_commands import app as trust_app

        app.add_typer(trust_app, name="trust")
    if words[:1] in (["document"], ["--help"]):
        from kiosk.document_commands import app as document_app

        app.add_typer(document_app, name="document")
    if words[:1] in (["staff"], ["--help"]):
        from kiosk.staff_commands import app as staff_app

        app.add_typer(staff_app, name="staff")
    if words[:1] in (["diagnose"], ["--help"]):
        from kiosk.diagnose_commands import mount

        mount(app)
    if words[:1] in (["journal"], ["--help"]):
        from kiosk.journal_commands import app as journal_app

        app.add_typer(journal_app, name="journal")
    if words[:1] in (["conformance"], ["--help"]):
        from kiosk.conformance_commands import conformance

        app.command()(conformance)
    if words[:1] in (["faults"], ["--help"]):
        from kiosk.fault_commands import faults

        app.command()(faults)
    if words[:1] in (["trace"], ["--help"]):
        from kiosk.trace_commands import app as trace_app

        app.add_typer(trace_app, name="trace")


def main() -> None:
    """The entry point: mistakes of ours are said in a line too, with their place for a bug report."""
    _mount(sys.argv[1:])
    try:
        if sys.argv[1:3] == ["virtual", "passport"]:
            from kiosk.virtual_passport import app as passport_app

            passport_app(args=sys.argv[3:], prog_name="kiosk virtual passport")
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - never a traceback; the text may be personal
        from hardware.place import place

        typer.echo(f"kiosk: broke at {place(error) or '?'} ({type(error).__name__})", err=True)
        sys.exit(Exit.FAILED)
