"""The tables of registration."""

import sqlalchemy as sa
from alembic import op

from shared.database import Counter, Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catch_up_marks",
        sa.Column("handler", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("first_started_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("handler", name=op.f("pk_catch_up_marks")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("handler", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("correlation_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("payload", Json, nullable=True),
        sa.CheckConstraint(
            "status IN ('done', 'waiting', 'parked', 'dead')", name=op.f("ck_inbox_known_status")
        ),
        sa.PrimaryKeyConstraint("event_id", "handler", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_due",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('waiting', 'parked')"),
            postgresql_where=sa.text("status IN ('waiting', 'parked')"),
        )
        batch_op.create_index("ix_inbox_handler_position", ["handler", "position"], unique=False)

    op.create_table(
        "installation",
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("installed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_installation")),
    )
    op.create_table(
        "outbox",
        sa.Column("row", Counter, autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("correlation_id", sa.String(length=64), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("blanked_at", UtcDateTime(), nullable=True),
        sa.Column("data", Json, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
        sa.UniqueConstraint("position", name=op.f("uq_outbox_position")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_expiring",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("expires_at IS NOT NULL AND blanked_at IS NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL AND blanked_at IS NULL"),
        )
        batch_op.create_index("ix_outbox_type_position", ["type", "position"], unique=False)
        batch_op.create_index(
            "ix_outbox_unnumbered",
            ["row"],
            unique=False,
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )
        batch_op.create_index(
            "ix_outbox_unsent",
            ["position"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("code", name=op.f("uq_registrations_code")),
        sa.UniqueConstraint("token", name=op.f("uq_registrations_token")),
    )
    op.create_table(
        "revoked_sign_ins",
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sign_in_id", name=op.f("pk_revoked_sign_ins")),
    )
    op.create_table(
        "session_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("registration", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_copies")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("party", Json, nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('confirmed', 'waitlisted', 'offered', 'cancelled')",
            name=op.f("ck_bookings_known_status"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_bookings_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session_copies.id"],
            name=op.f("fk_bookings_session_id_session_copies"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bookings_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(
            "ix_bookings_session_status", ["session_id", "status", "id"], unique=False
        )

    op.create_table(
        "session_seats",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("ceiling", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("bookable", sa.Boolean(), nullable=False),
        sa.Column("seat_categories", Json, nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("counted_version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(capacity IS NULL) = (ceiling IS NULL)",
            name=op.f("ck_session_seats_ceiling_with_capacity"),
        ),
        sa.CheckConstraint(
            "ceiling IS NULL OR taken <= ceiling", name=op.f("ck_session_seats_not_oversold")
        ),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_session_seats_taken_not_negative")),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_session_seats_waiting_not_negative")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session_copies.id"],
            name=op.f("fk_session_seats_session_id_session_copies"),
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_seats")),
        postgresql_with={"fillfactor": 50},
    )
