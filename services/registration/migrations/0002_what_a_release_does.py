"""What a release does: sessions as people were told of them, whom to tell, and counted bookings."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Every session is counted and told of again: whoever shows seats learns of the bookings, too.
_COUNT_AGAIN = """
UPDATE session_seats SET
    version = version + 1,
    session_version = (
        SELECT session_copies.version FROM session_copies
        WHERE session_copies.id = session_seats.session_id
    ),
    bookings = (
        SELECT count(*) FROM bookings
        WHERE bookings.session_id = session_seats.session_id
        AND bookings.status IN ('confirmed', 'offered')
    )
"""


def upgrade() -> None:
    with op.batch_alter_table("session_seats", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bookings", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("session_version", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.create_check_constraint(
            op.f("ck_session_seats_bookings_not_negative"), "bookings >= 0"
        )
    op.execute(_COUNT_AGAIN)
    with op.batch_alter_table("session_copies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("ended_by_organiser", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    op.create_table(
        "release_arrivals",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "session_id", name=op.f("pk_release_arrivals")),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_table(
        "told_sessions",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session_copies.id"],
            name=op.f("fk_told_sessions_session_id_session_copies"),
        ),
        sa.PrimaryKeyConstraint("session_id", "version", name=op.f("pk_told_sessions")),
    )
    op.create_table(
        "untold_changes",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("told_version", sa.BigInteger(), nullable=True),
        sa.Column("gained", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_untold_changes_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session_copies.id"],
            name=op.f("fk_untold_changes_session_id_session_copies"),
        ),
        sa.PrimaryKeyConstraint("registration_id", "session_id", name=op.f("pk_untold_changes")),
    )
    with op.batch_alter_table("untold_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_untold_changes_release", ["release_id", "registration_id"], unique=False
        )
    op.create_table(
        "api_token_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token_copies")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_copies_token_hash")),
    )
    op.create_table(
        "site_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_copies")),
    )
