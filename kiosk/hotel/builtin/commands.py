"""`kiosk hotel …`: serve, seed, codes."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from kiosk.hotel.booking_code import sign
from kiosk.hotel.builtin.clock import HotelClock
from kiosk.hotel.builtin.credentials import StateDirectory
from kiosk.hotel.builtin.database import Database
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.builtin.seed import is_empty, make_empty, seed_all, seeded_on

app = typer.Typer(
    help="The built-in hotel: a small property system that speaks the OPERA Cloud API.", no_args_is_help=True
)

Database_ = Annotated[
    str,
    typer.Option(
        "--database", metavar="URL", help="SQLAlchemy URL; by default SQLite in the state directory."
    ),
]
State = Annotated[
    Path, typer.Option("--state", metavar="DIR", help="Credentials, keys and, by default, the database.")
]
Today = Annotated[
    datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="The business date to begin with.")
]
HotelId = Annotated[str, typer.Option("--hotel-id", help="The property's code.")]
Zone = Annotated[str, typer.Option("--time-zone", help="IANA name.")]
Currency = Annotated[str, typer.Option("--currency", help="ISO 4217 code.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]

STATE = Path("hotel-state")


def _open(database: str, state: Path) -> Database:
    """The books, brought up to date; exit code 2 with a sentence if the URL is of no use."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        books = Database(database or f"sqlite:///{(state / 'hotel.sqlite').absolute()}")
        books.migrate()
    except (ArgumentError, SQLAlchemyError, ImportError) as error:
        typer.echo(f"The database can't be used ({type(error).__name__}): look at --database.", err=True)
        raise typer.Exit(2) from None
    return books


def _clock(zone: str, today: datetime | None) -> HotelClock:
    return HotelClock.for_day(ZoneInfo(zone), today.date() if today else None)


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", help="0 takes a free one.")] = 8100,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    database: Database_ = "",
    state: State = STATE,
    today: Today = None,
    hotel_id: HotelId = "HOTEL",
    time_zone: Zone = "Europe/Budapest",
    currency: Currency = "HUF",
    fresh_each_day: Annotated[
        bool, typer.Option(help="Seed anew when the books are of another day.")
    ] = False,
    with_parent: Annotated[bool, typer.Option("--with-parent", help="End when standard input ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve until interrupted; an empty database is seeded first."""
    from kiosk.hotel.builtin.app import PropertySystem
    from kiosk.hotel.builtin.server import base_url, listen
    from kiosk.hotel.builtin.server import serve as run

    books, clock = _open(database, state), _clock(time_zone, today)
    directory = StateDirectory(state, hotel_id)
    if directory.client.hotel_id != hotel_id:
        typer.echo(
            f"{directory.credentials_path} is of hotel {directory.client.hotel_id}, not {hotel_id}.", err=True
        )
        raise typer.Exit(2)
    _seed_if_wanted(books, clock.business_date(), hotel_id, currency, fresh_each_day)
    try:
        listener = listen(host, port)
    except OSError as error:
        typer.echo(f"Port {port} on {host}: {error.strerror}.", err=True)
        raise typer.Exit(1) from None
    told = {
        "base_url": base_url(listener),
        "credentials": str(directory.credentials_path.absolute()),
        "state": str(state.absolute()),
    }
    line = json.dumps(told) if as_json else f"{told['base_url']} · credentials in {told['credentials']}"
    run(
        PropertySystem(books, directory, clock, currency),
        listener,
        lambda: print(line, flush=True),
        with_parent=with_parent,
    )
    books.close()


def _seed_if_wanted(books: Database, today: date, hotel_id: str, currency: str, fresh_each_day: bool) -> None:
    with books.writing() as session:
        if fresh_each_day and not is_empty(session) and seeded_on(session) != today:
            make_empty(session)
        if is_empty(session):
            seed_all(session, today, hotel_id, currency)


@app.command()
def seed(
    database: Database_ = "",
    state: State = STATE,
    today: Today = None,
    hotel_id: HotelId = "HOTEL",
    time_zone: Zone = "Europe/Budapest",
    currency: Currency = "HUF",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Empty the books first: everything in them is lost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fill the books with 120 rooms and about 300 reservations around today."""
    books, day = _open(database, state), _clock(time_zone, today).business_date()
    with books.writing() as session:
        if fresh:
            make_empty(session)
        if not is_empty(session):
            typer.echo("The books are not empty; --fresh empties them first.", err=True)
            raise typer.Exit(1)
        counts = seed_all(session, day, hotel_id, currency)
    books.close()
    told = {"today": day.isoformat(), **counts}
    typer.echo(json.dumps(told) if as_json else " · ".join(f"{name} {value}" for name, value in told.items()))


@app.command()
def codes(
    state: State = STATE,
    png: Annotated[Path | None, typer.Option("--png", metavar="DIR", help="Also as QR codes.")] = None,
    hotel_id: HotelId = "HOTEL",
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="Good for so many days.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Booking codes that this hotel signed, one for each named sample."""
    directory = StateDirectory(state, hotel_id)
    until = HotelClock(ZoneInfo("UTC")).now() + timedelta(days=days)
    signed = {
        key: sign(directory.booking_key, hotel_id, sample.confirmation, until)
        for key, sample in SAMPLES.items()
    }
    if png is not None:
        import qrcode

        png.mkdir(parents=True, exist_ok=True)
        for key, text in signed.items():
            qrcode.make(text).save(str(png / f"{key}.png"))
    typer.echo(
        json.dumps(signed, indent=2) if as_json else "\n".join(f"{k:24} {v}" for k, v in signed.items())
    )
