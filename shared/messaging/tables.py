"""The tables of outbox, inbox and catch-up: the same in every service's database."""

import sqlalchemy as sa

from shared.database import Counter, Json, UtcDateTime


def add_messaging_tables(metadata: sa.MetaData) -> None:
    """Add the messaging tables to a service's own metadata, for its migrations."""
    sa.Table(
        "outbox",
        metadata,
        sa.Column("row", Counter, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Uuid, nullable=False, unique=True),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("aggregate_id", sa.Uuid, nullable=False),
        sa.Column("aggregate_version", sa.BigInteger, nullable=False),
        sa.Column("occurred_at", UtcDateTime, nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("release_id", sa.Uuid),
        sa.Column("expires_at", UtcDateTime),
        sa.Column("blanked_at", UtcDateTime),
        sa.Column("data", Json, nullable=False),
        sa.Column("position", sa.BigInteger, unique=True),
        sa.Column("sent_at", UtcDateTime),
        sa.Column("returned", sa.Boolean, nullable=False, default=False),
        sa.Index(
            "ix_outbox_unnumbered",
            "row",
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        ),
        sa.Index(
            "ix_outbox_unsent",
            "position",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
        sa.Index("ix_outbox_type_position", "type", "position"),
        sa.Index(
            "ix_outbox_expiring",
            "expires_at",
            sqlite_where=sa.text("expires_at IS NOT NULL AND blanked_at IS NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL AND blanked_at IS NULL"),
        ),
    )
    sa.Table(
        "inbox",
        metadata,
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("handler", sa.String(80), primary_key=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("position", sa.BigInteger),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, default=0),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("next_attempt_at", UtcDateTime),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("payload", Json),
        sa.CheckConstraint("status IN ('done', 'waiting', 'parked', 'dead')", name="known_status"),
        sa.Index(
            "ix_inbox_due",
            "next_attempt_at",
            sqlite_where=sa.text("status IN ('waiting', 'parked')"),
            postgresql_where=sa.text("status IN ('waiting', 'parked')"),
        ),
        sa.Index("ix_inbox_handler_position", "handler", "position"),
    )
    sa.Table(
        "catch_up_marks",
        metadata,
        sa.Column("handler", sa.String(80), primary_key=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.Column("first_started_at", UtcDateTime, nullable=False),
    )
    sa.Table(
        "installation",
        metadata,
        sa.Column("service", sa.String(40), primary_key=True),
        sa.Column("installed_at", UtcDateTime, nullable=False),
    )


_metadata = sa.MetaData()
add_messaging_tables(_metadata)

#: The tables as the messaging code uses them, whichever service's database it is given.
OUTBOX = _metadata.tables["outbox"]
INBOX = _metadata.tables["inbox"]
MARKS = _metadata.tables["catch_up_marks"]
INSTALLATION = _metadata.tables["installation"]
