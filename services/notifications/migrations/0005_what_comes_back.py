"""Mails that come back, what happened to each on its way, addresses that are not written to."""

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suppressed_addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("suppressed_at", UtcDateTime(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('hard_bounce', 'complaint')",
            name=op.f("ck_suppressed_addresses_known_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressed_addresses")),
    )
    with op.batch_alter_table("suppressed_addresses", schema=None) as batch_op:
        batch_op.create_index(
            "uq_suppressed_addresses_standing",
            ["fingerprint", "reason"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "delivery_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_steps")),
    )
    with op.batch_alter_table("delivery_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_steps_mail_id"), ["mail_id"], unique=False)

    with op.batch_alter_table("outgoing_mails", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_outgoing_mails_known_status"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_outgoing_mails_known_status"),
            "status IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'unknown', 'withdrawn', "
            "'bounced')",
        )
