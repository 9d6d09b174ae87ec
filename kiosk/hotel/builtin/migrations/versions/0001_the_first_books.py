"""The first books"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archived_documents",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "done_requests",
        sa.Column("operation", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("request_id", sa.String(length=80), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=400), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("operation", "scope", "request_id"),
    )
    op.create_table(
        "house",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hotel_id", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("seeded_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "profiles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.String(length=400), nullable=False),
        sa.Column("middle_name", sa.String(length=400), nullable=False),
        sa.Column("family_name", sa.String(length=400), nullable=False),
        sa.Column("family_key", sa.String(length=800), nullable=False),
        sa.Column("family_key_cut", sa.String(length=160), nullable=False),
        sa.Column("given_key", sa.String(length=800), nullable=False),
        sa.Column("given_other", sa.String(length=400), nullable=False),
        sa.Column("family_other", sa.String(length=400), nullable=False),
        sa.Column("family_other_key", sa.String(length=800), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("nationality", sa.String(length=20), nullable=False),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=20), nullable=False),
        sa.Column("address_lines", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.String(length=15), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=2000), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("profiles", schema=None) as batch_op:
        batch_op.create_index("ix_profiles_family_key", ["family_key"], unique=False)
        batch_op.create_index("ix_profiles_family_key_cut", ["family_key_cut"], unique=False)
        batch_op.create_index("ix_profiles_family_other_key", ["family_other_key"], unique=False)

    op.create_table(
        "room_types",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("most_guests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "identifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("issued_in", sa.String(length=20), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profiles.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("identifications", schema=None) as batch_op:
        batch_op.create_index("ix_identifications_profile_id", ["profile_id"], unique=False)

    op.create_table(
        "rooms",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("floor", sa.String(length=20), nullable=False),
        sa.Column("type_code", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("key_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('Clean', 'Dirty', 'Pickup', 'Inspected', 'OutOfOrder', 'OutOfService')",
            name="room_state",
        ),
        sa.ForeignKeyConstraint(
            ["type_code"],
            ["room_types.code"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "key_generations",
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["room"],
            ["rooms.number"],
        ),
        sa.PrimaryKeyConstraint("room", "sequence"),
    )
    op.create_table(
        "reservations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("confirmation", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("arrival", sa.Date(), nullable=False),
        sa.Column("departure", sa.Date(), nullable=False),
        sa.Column("arrival_time", sa.Time(), nullable=True),
        sa.Column("departure_time", sa.Time(), nullable=True),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("type_code", sa.String(length=20), nullable=False),
        sa.Column("room_number", sa.String(length=20), nullable=True),
        sa.Column("do_not_move", sa.Boolean(), nullable=False),
        sa.Column("share_group", sa.String(length=40), nullable=True),
        sa.Column("party", sa.String(length=50), nullable=True),
        sa.Column("night_cents", sa.BigInteger(), nullable=False),
        sa.Column("checked_in_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "status <> 'InHouse' OR room_number IS NOT NULL", name="reservation_in_house_room"
        ),
        sa.CheckConstraint(
            "status IN ('Reserved', 'InHouse', 'CheckedOut', 'Cancelled', 'NoShow', 'Waitlisted')",
            name="reservation_status",
        ),
        sa.CheckConstraint("departure >= arrival", name="reservation_dates"),
        sa.CheckConstraint("rooms >= 1", name="reservation_rooms"),
        sa.ForeignKeyConstraint(
            ["room_number"],
            ["rooms.number"],
        ),
        sa.ForeignKeyConstraint(
            ["type_code"],
            ["room_types.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("confirmation"),
    )
    with op.batch_alter_table("reservations", schema=None) as batch_op:
        batch_op.create_index("ix_reservations_arrival", ["arrival"], unique=False)
        batch_op.create_index("ix_reservations_departure", ["departure"], unique=False)
        batch_op.create_index("ix_reservations_party", ["party"], unique=False)
        batch_op.create_index("ix_reservations_room_number", ["room_number"], unique=False)
        batch_op.create_index("ix_reservations_share_group", ["share_group"], unique=False)
        batch_op.create_index("ix_reservations_status", ["status"], unique=False)

    op.create_table(
        "room_features",
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("feature", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["room"],
            ["rooms.number"],
        ),
        sa.PrimaryKeyConstraint("room", "feature"),
    )
    op.create_table(
        "room_nights",
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["room"],
            ["rooms.number"],
        ),
        sa.PrimaryKeyConstraint("room", "night"),
    )
    with op.batch_alter_table("room_nights", schema=None) as batch_op:
        batch_op.create_index("ix_room_nights_holder", ["holder"], unique=False)

    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_reservation_id", ["reservation_id"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index("ix_comments_reservation_id", ["reservation_id"], unique=False)

    op.create_table(
        "key_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=False),
        sa.Column("valid_until", sa.DateTime(), nullable=False),
        sa.Column("card_uid", sa.String(length=40), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("valid_until > valid_from", name="key_validity"),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["room", "sequence"],
            ["key_generations.room", "key_generations.sequence"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("key_cards", schema=None) as batch_op:
        batch_op.create_index("ix_key_cards_reservation_id", ["reservation_id"], unique=False)
        batch_op.create_index(
            "one_active_key_per_card",
            ["card_uid"],
            unique=True,
            sqlite_where=sa.text("active AND card_uid IS NOT NULL"),
            postgresql_where=sa.text("active AND card_uid IS NOT NULL"),
        )

    op.create_table(
        "postings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("postings", schema=None) as batch_op:
        batch_op.create_index("ix_postings_reservation_id", ["reservation_id"], unique=False)

    op.create_table(
        "reservation_guests",
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profiles.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
        ),
        sa.PrimaryKeyConstraint("reservation_id", "position"),
    )
    with op.batch_alter_table("reservation_guests", schema=None) as batch_op:
        batch_op.create_index("ix_reservation_guests_profile_id", ["profile_id"], unique=False)

    op.create_table(
        "reservation_wants",
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("feature", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
        ),
        sa.PrimaryKeyConstraint("reservation_id", "feature"),
    )
    op.create_table(
        "service_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("reservation_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("guaranteed_by", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=200), nullable=False),
        sa.Column("close_description", sa.String(length=2000), nullable=False),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("status IN ('Open', 'PendingFollowUp', 'Closed')", name="service_request_status"),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("service_requests", schema=None) as batch_op:
        batch_op.create_index("ix_service_requests_reservation_id", ["reservation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("service_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_service_requests_reservation_id")

    op.drop_table("service_requests")
    op.drop_table("reservation_wants")
    with op.batch_alter_table("reservation_guests", schema=None) as batch_op:
        batch_op.drop_index("ix_reservation_guests_profile_id")

    op.drop_table("reservation_guests")
    with op.batch_alter_table("postings", schema=None) as batch_op:
        batch_op.drop_index("ix_postings_reservation_id")

    op.drop_table("postings")
    with op.batch_alter_table("key_cards", schema=None) as batch_op:
        batch_op.drop_index(
            "one_active_key_per_card",
            sqlite_where=sa.text("active AND card_uid IS NOT NULL"),
            postgresql_where=sa.text("active AND card_uid IS NOT NULL"),
        )
        batch_op.drop_index("ix_key_cards_reservation_id")

    op.drop_table("key_cards")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index("ix_comments_reservation_id")

    op.drop_table("comments")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_alerts_reservation_id")

    op.drop_table("alerts")
    with op.batch_alter_table("room_nights", schema=None) as batch_op:
        batch_op.drop_index("ix_room_nights_holder")

    op.drop_table("room_nights")
    op.drop_table("room_features")
    with op.batch_alter_table("reservations", schema=None) as batch_op:
        batch_op.drop_index("ix_reservations_status")
        batch_op.drop_index("ix_reservations_share_group")
        batch_op.drop_index("ix_reservations_room_number")
        batch_op.drop_index("ix_reservations_party")
        batch_op.drop_index("ix_reservations_departure")
        batch_op.drop_index("ix_reservations_arrival")

    op.drop_table("reservations")
    op.drop_table("key_generations")
    op.drop_table("rooms")
    with op.batch_alter_table("identifications", schema=None) as batch_op:
        batch_op.drop_index("ix_identifications_profile_id")

    op.drop_table("identifications")
    op.drop_table("room_types")
    with op.batch_alter_table("profiles", schema=None) as batch_op:
        batch_op.drop_index("ix_profiles_family_other_key")
        batch_op.drop_index("ix_profiles_family_key_cut")
        batch_op.drop_index("ix_profiles_family_key")

    op.drop_table("profiles")
    op.drop_table("house")
    op.drop_table("done_requests")
    op.drop_table("archived_documents")
