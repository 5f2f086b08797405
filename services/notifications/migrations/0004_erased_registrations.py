"""Erased registrations: what is never stored again, and files of mails that are still to go."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_registrations")),
    )
    op.create_table(
        "erased_letters",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_erased_letters")),
    )
    with op.batch_alter_table("outgoing_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", UtcDateTime(), nullable=True))
        batch_op.create_index(
            "ix_outgoing_mails_of_people",
            ["id"],
            unique=False,
            sqlite_where=sa.text("template IN ('organiser_message', 'registration_links')"),
            postgresql_where=sa.text("template IN ('organiser_message', 'registration_links')"),
        )
