"""The database: migrations, what it forbids by itself, and that a restart keeps everything."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from kiosk.hotel.builtin.database import Database, alembic_config, newest_revision
from kiosk.hotel.builtin.tables import Base


def test_migrations_make_what_the_tables_say(tmp_path):
    books = Database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    books.migrate()
    books.migrate()
    with books.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    books.close()


def test_books_of_an_older_kiosk_are_brought_up_to_date(books):
    """What stands in them stays."""
    with books.engine.begin() as connection:
        config = alembic_config(connection)
        command.downgrade(config, "0001")
        assert "key_options" not in {column["name"] for column in inspect(connection).get_columns("rooms")}
        before = connection.execute(text("SELECT count(*) FROM reservations")).scalar()
    books.migrate()
    with books.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert connection.execute(text("SELECT count(*) FROM reservations")).scalar() == before
        assert set(connection.execute(text("SELECT DISTINCT key_options FROM rooms")).scalars()) == {""}


def test_books_of_a_newer_kiosk_are_left_alone(books):
    with books.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CommandError, match="9999"):
        books.migrate()


def test_the_newest_migration_is_known_by_its_files_name(books):
    with books.engine.connect() as connection:
        versions = ScriptDirectory.from_config(alembic_config(connection))
    assert versions.get_current_head() == newest_revision()
    for each in versions.walk_revisions():
        assert Path(each.path).name.startswith(f"{each.revision}_")


def test_books_that_are_up_to_date_are_opened_without_alembic(books, tmp_path):
    asks = (
        "import sys; from kiosk.hotel.builtin.commands import _open; from pathlib import Path; "
        "_open('', Path(sys.argv[1])); print('alembic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", asks, tmp_path], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


def test_the_tables_can_be_made_on_postgresql():
    """Compiles for PostgreSQL; running on one is up to who has one."""
    dialect = postgresql.dialect()
    for table in Base.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO room_nights VALUES ('107', '2026-03-10', 'somebody else')",
        "UPDATE reservations SET status = 'Elsewhere'",
        "UPDATE reservations SET departure = '2020-01-01'",
        "UPDATE reservations SET room_number = NULL WHERE status = 'InHouse'",
        "UPDATE reservations SET room_number = '999'",
        "UPDATE rooms SET state = 'Spotless'",
        "UPDATE reservations SET confirmation = '70010001'",
        "UPDATE key_cards SET card_uid = '04A1B2C3'",
        "UPDATE key_cards SET sequence = 77",
        "DELETE FROM rooms",
    ],
)
def test_the_database_itself_forbids(books, sql):
    def forbidden():
        with books.writing() as session:
            session.execute(text(sql))

    with pytest.raises(IntegrityError) as caught:
        forbidden()
    assert "70010001" not in str(caught.value).replace(sql, "")


def test_a_restart_keeps_what_was_done(opera, books, tmp_path):
    key = opera.sample("ready")
    opera.check_in(key)
    opera.call("POST", opera.fof(key, "roomKeys"), opera.key_body("107"))
    again = Database(f"sqlite:///{tmp_path / 'hotel.sqlite'}")
    again.migrate()
    with again.reading() as session:
        row = session.execute(
            text("SELECT status, checked_in_on FROM reservations WHERE id = :id"), {"id": key}
        ).one()
        assert tuple(row) == ("InHouse", "2026-03-10")
        assert session.execute(text("SELECT key_sequence FROM rooms WHERE number = '107'")).scalar() == 1
    again.close()


def test_times_come_back_aware(books):
    from kiosk.hotel.builtin.tables import KeyCard

    with books.reading() as session:
        card = session.query(KeyCard).first()
        assert isinstance(card.valid_from, datetime)
        assert card.valid_from.tzinfo is not None
        assert card.valid_from.date() < date(2026, 3, 11)
