"""Key options of rooms, reservations and profiles"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("rooms", "reservations", "profiles")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table, sa.Column("key_options", sa.String(length=200), nullable=False, server_default="")
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "key_options")
