"""Families, offers, allotments: what a session asks, who waits with an offer, keys and erasures."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Whom every edition counted before it could say.
_CATEGORIES = '["adults", "children", "pupils", "accompanying"]'

#: Whatever was cancelled, and not by its organiser, its contact cancelled.
_SAY_WHY_BOOKINGS_ENDED = """
UPDATE bookings SET ended_for = CASE WHEN ended_by_organiser THEN 'organiser' ELSE 'contact' END
WHERE status = 'cancelled'
"""

#: A registration ended when the last of its bookings did.
_SAY_WHEN_REGISTRATIONS_ENDED = """
UPDATE registrations SET cancelled_at = coalesce(
    (SELECT max(changed_at) FROM bookings WHERE registration_id = registrations.id), registered_at
)
WHERE status = 'cancelled'
"""


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("registrations", sa.Integer(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=True),
        sa.Column("details", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "link_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_requests")),
    )
    op.create_table(
        "ticket_keys",
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_ticket_keys")),
        sa.UniqueConstraint("key_id", name=op.f("uq_ticket_keys_key_id")),
    )
    op.create_table(
        "allotments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("releases_at", UtcDateTime(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_allotments_seats_not_negative")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_allotments_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session_copies.id"],
            name=op.f("fk_allotments_session_id_session_copies"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allotments")),
    )
    with op.batch_alter_table("allotments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allotments_session_id"), ["session_id"], unique=False)

    op.create_table(
        "attendances",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "expected >= 0 AND came >= 0", name=op.f("ck_attendances_counts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session_copies.id"],
            name=op.f("fk_attendances_session_id_session_copies"),
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_attendances")),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_calls_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session_copies.id"], name=op.f("fk_calls_session_id_session_copies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calls_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_calls_session_id"), ["session_id"], unique=False)

    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", Json, nullable=False),
        sa.Column("purpose", Json, nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("forgotten_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('text', 'choice', 'consent')", name=op.f("ck_questions_known_kind")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session_copies.id"],
            name=op.f("fk_questions_session_id_session_copies"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_session_id"), ["session_id"], unique=False)

    op.create_table(
        "registration_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_registration_notes_registration_id_registrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_notes")),
    )
    with op.batch_alter_table("registration_notes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registration_notes_registration_id"), ["registration_id"], unique=False
        )

    op.create_table(
        "session_rules",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("party_limits", Json, nullable=False),
        sa.Column("least_party", sa.Integer(), nullable=True),
        sa.Column("largest_party", sa.Integer(), nullable=True),
        sa.Column("asks_hours", sa.Integer(), nullable=True),
        sa.Column("answer_hours", sa.Integer(), nullable=True),
        sa.Column("overbooking", sa.String(length=10), nullable=False),
        sa.Column("overbooking_seats", sa.Integer(), nullable=True),
        sa.Column("overbooking_risk", sa.Double(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "overbooking IN ('off', 'fixed', 'learned')",
            name=op.f("ck_session_rules_known_overbooking"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session_copies.id"],
            name=op.f("fk_session_rules_session_id_session_copies"),
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_rules")),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("allotment_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("wheelchairs", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("sign_language", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("answers", Json, server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("offer_expires_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("offer_note", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("answer_by", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("still_coming_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("ended_for", sa.String(length=10), nullable=True))
        batch_op.create_index(
            "ix_bookings_answer_by",
            ["answer_by"],
            unique=False,
            postgresql_where=sa.text("answer_by IS NOT NULL"),
            sqlite_where=sa.text("answer_by IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_bookings_offer_expires_at",
            ["offer_expires_at"],
            unique=False,
            postgresql_where=sa.text("offer_expires_at IS NOT NULL"),
            sqlite_where=sa.text("offer_expires_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_bookings_needs",
            ["session_id"],
            unique=False,
            postgresql_where=sa.text("wheelchairs > 0 OR sign_language"),
            sqlite_where=sa.text("wheelchairs > 0 OR sign_language"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_bookings_allotment_id_allotments"),
            "allotments",
            ["allotment_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_bookings_replaces_id_bookings"), "bookings", ["replaces_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_bookings_wheelchairs_not_negative"), "wheelchairs >= 0"
        )
        batch_op.create_check_constraint(
            op.f("ck_bookings_offer_with_deadline"),
            "(status = 'offered') = (offer_expires_at IS NOT NULL)",
        )
    op.execute(_SAY_WHY_BOOKINGS_ENDED)
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_column("ended_by_organiser")

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("telephone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("entered_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", UtcDateTime(), nullable=True))
        batch_op.alter_column("email", existing_type=sa.TEXT(), nullable=True)
        batch_op.create_index("ix_registrations_email", ["email"], unique=False)
        for name in ("cancelled_at", "erased_at"):
            batch_op.create_index(
                f"ix_registrations_{name}",
                [name, "id"],
                unique=False,
                postgresql_where=sa.text(f"{name} IS NOT NULL"),
                sqlite_where=sa.text(f"{name} IS NOT NULL"),
            )
    op.execute("UPDATE registrations SET email = lower(email)")
    op.execute(_SAY_WHEN_REGISTRATIONS_ENDED)
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_registrations_cancelled_with_time"),
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)",
        )

    with op.batch_alter_table("session_seats", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("extra", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("wheelchair_places", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("wheelchairs", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("has_rules", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("opens_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("categories", Json, server_default=_CATEGORIES, nullable=False)
        )
        batch_op.drop_constraint(op.f("ck_session_seats_not_oversold"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_session_seats_not_oversold"), "ceiling IS NULL OR taken + held <= ceiling"
        )
        batch_op.create_check_constraint(op.f("ck_session_seats_held_not_negative"), "held >= 0")
        batch_op.create_check_constraint(op.f("ck_session_seats_extra_not_negative"), "extra >= 0")
        batch_op.create_check_constraint(
            op.f("ck_session_seats_wheelchairs_not_negative"), "wheelchairs >= 0"
        )

    op.create_index("ix_outbox_aggregate_id", "outbox", ["aggregate_id"])
