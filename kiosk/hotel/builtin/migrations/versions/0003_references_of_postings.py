"""References of postings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "postings", sa.Column("reference", sa.String(length=2000), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("postings", "reference")
