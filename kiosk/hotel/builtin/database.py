"""The hotel's database: SQLite by default, PostgreSQL by URL. The only file that knows which it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_S = 8
"""How long a writer waits for another before it gives up."""


class Database:
    """`reading()` and `writing()` give a Session in one transaction; writers come one after the other."""

    def __init__(self, url: str) -> None:
        # Parameters are guests' data: they must not come into an exception's text.
        self.engine = create_engine(url, hide_parameters=True)
        if self.engine.dialect.name == "sqlite":
            _make_sqlite_strict(self.engine)
        self._writer = self.engine.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self._writer) as session, session.begin():
            yield session

    def migrate(self) -> None:
        """Bring the tables up to date. Most starts find them so, and do without Alembic: a quarter of a start."""
        with self._writer.begin() as connection:
            if _revisions(connection) == [newest_revision()]:
                return
            from alembic import command

            command.upgrade(alembic_config(connection), "head")

    def close(self) -> None:
        self.engine.dispose()


def newest_revision() -> str:
    """As the migrations' files are named: each begins with its own, and they count up."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _revisions(connection: Connection) -> list[str]:
    """Where Alembic says these tables are; none in a new database."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())


def alembic_config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _make_sqlite_strict(engine: Engine) -> None:
    """WAL, foreign keys, and writers that take their lock at BEGIN: no upgrade of a lock half-way."""

    def connect(dbapi: Any, record: Any) -> None:
        dbapi.isolation_level = None  # BEGIN is ours
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            f"busy_timeout={BUSY_S * 1000}",
        ):
            dbapi.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
