"""Who sees names: whose a session is, what programs may see, and the log of who looked."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from shared.database import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: How many sessions are read and written by one statement.
_BATCH = 500


def upgrade() -> None:
    with op.batch_alter_table("api_token_copies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rights", Json, nullable=True))

    with op.batch_alter_table("session_copies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("venue_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_session_copies_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_session_copies_venue_id"), ["venue_id"], unique=False)
    _say_whose_sessions_are()

    op.create_table(
        "name_accesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("token_name", sa.Text(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("names", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('page', 'csv', 'xlsx', 'api')", name=op.f("ck_name_accesses_known_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_accesses")),
    )
    with op.batch_alter_table("name_accesses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_name_accesses_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_name_accesses_session_id"), ["session_id"], unique=False
        )


def _say_whose_sessions_are() -> None:
    copies = sa.table(
        "session_copies",
        sa.column("id", sa.Uuid),
        sa.column("details", Json),
        sa.column("organisation_id", sa.Uuid),
        sa.column("venue_id", sa.Uuid),
    )
    connection = op.get_bind()
    last: UUID | None = None
    while True:
        following = sa.select(copies.c.id, copies.c.details).order_by(copies.c.id).limit(_BATCH)
        if last is not None:
            following = following.where(copies.c.id > last)
        rows = connection.execute(following).all()
        if not rows:
            return
        connection.execute(
            sa.update(copies)
            .where(copies.c.id == sa.bindparam("of"))
            .values(organisation_id=sa.bindparam("organisation"), venue_id=sa.bindparam("venue")),
            [{"of": row.id, **_owners(row.details)} for row in rows],
        )
        last = rows[-1].id


def _owners(details: dict[str, Any]) -> dict[str, UUID | None]:
    organisation, venue = details.get("organisation"), details.get("venue")
    return {
        "organisation": UUID(organisation["id"]) if organisation else None,
        "venue": UUID(venue["id"]) if venue else None,
    }
