"""The letter: subscriptions with their consent, what is told of the programme, campaigns."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from shared.database import Json, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("texts", Json, nullable=False),
        sa.Column("frequencies", Json, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=True),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status = 'draft' OR planned_at IS NOT NULL",
            name=op.f("ck_campaigns_planned_with_time"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'planned', 'sending', 'sent')",
            name=op.f("ck_campaigns_known_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index("ix_campaigns_status", ["status", "planned_at"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_version", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_email"), ["email"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_consents_withdrawn_at"), ["withdrawn_at"], unique=False
        )

    op.create_table(
        "programme_entries",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("commune_code", sa.String(length=10), nullable=True),
        sa.Column("commune_name", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("registration", sa.String(length=20), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("weekdays", Json, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("noticed_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=True),
        sa.Column("moved", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_programme_entries")),
    )
    with op.batch_alter_table("programme_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_programme_entries_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_programme_entries_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "refused_addresses",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("refused_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_refused_addresses")),
    )
    op.create_table(
        "seat_counts",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("seats_left", sa.Integer(), nullable=True),
        sa.Column("freed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_seat_counts")),
    )
    op.create_table(
        "subscription_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("wanted", Json, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_version", sa.String(length=20), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("vanishes_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_requests")),
        sa.UniqueConstraint("token", name=op.f("uq_subscription_requests_token")),
    )
    with op.batch_alter_table("subscription_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_requests_email"), ["email"], unique=False)
        batch_op.create_index(
            "ix_subscription_requests_unanswered",
            ["id"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_subscription_requests_vanishes_at"), ["vanishes_at"], unique=False
        )

    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=True),
        sa.Column("topics", Json, nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("activity_title", Json, nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("due_from", UtcDateTime(), nullable=False),
        sa.Column("told_until", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_for", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "(kind = 'digest') = (frequency IS NOT NULL)",
            name=op.f("ck_subscriptions_digest_with_frequency"),
        ),
        sa.CheckConstraint(
            "(kind = 'follow') = (activity_id IS NOT NULL)",
            name=op.f("ck_subscriptions_follow_with_activity"),
        ),
        sa.CheckConstraint(
            "kind IN ('digest', 'follow')", name=op.f("ck_subscriptions_known_kind")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_for IS NULL)",
            name=op.f("ck_subscriptions_ended_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consents.id"], name=op.f("fk_subscriptions_consent_id_consents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_subscriptions_token")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriptions_email"), ["email"], unique=False)
        batch_op.create_index(
            "ix_subscriptions_one_digest",
            ["email"],
            unique=True,
            sqlite_where=sa.text("kind = 'digest' AND ended_at IS NULL"),
            postgresql_where=sa.text("kind = 'digest' AND ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_subscriptions_one_follow",
            ["activity_id", "email"],
            unique=True,
            sqlite_where=sa.text("kind = 'follow' AND ended_at IS NULL"),
            postgresql_where=sa.text("kind = 'follow' AND ended_at IS NULL"),
        )

    op.create_table(
        "subscription_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=60), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("is_empty", sa.Boolean(), nullable=False),
        sa.Column("served_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_subscription_mails_campaign_id_campaigns"),
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consents.id"], name=op.f("fk_subscription_mails_consent_id_consents")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_subscription_mails_subscription_id_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_mails")),
        sa.UniqueConstraint(
            "subscription_id", "period", name=op.f("uq_subscription_mails_subscription_id_period")
        ),
    )
    with op.batch_alter_table("subscription_mails", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subscription_mails_campaign_id"), ["campaign_id"], unique=False
        )
        batch_op.create_index("ix_subscription_mails_served_at", ["served_at"], unique=False)

    with op.batch_alter_table("outgoing_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consent_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_outgoing_mails_consent_id"), ["consent_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_outgoing_mails_consent_id_consents"), "consents", ["consent_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_outgoing_mails_sent_with_consent"),
            "template NOT IN ('newsletter', 'activity_followed') OR consent_id IS NOT NULL "
            "OR erased_at IS NOT NULL",
        )
    _enter_the_programme()


def _enter_the_programme() -> None:
    """Enter the sessions that are known already: none of them is news."""
    connection = op.get_bind()
    copies = sa.table(
        "session_copies",
        sa.column("id", sa.Uuid()),
        sa.column("version", sa.BigInteger()),
        sa.column("details", Json),
    )
    instants = ("opens_at", "closes_at", "starts_at", "ends_at", "noticed_at")
    typed = {"session_id": sa.Uuid(), "activity_id": sa.Uuid(), "edition_id": sa.Uuid()}
    typed |= {"organisation_id": sa.Uuid(), "title": Json, "weekdays": Json}
    names = ("version", "theme", "audience", "commune_code", "commune_name", "organisation_name")
    plain = ("status", "registration", "place", "kind", "time_zone")
    entries = sa.table(
        "programme_entries",
        *(sa.column(name, kind) for name, kind in typed.items()),
        *(sa.column(name) for name in (*names, *plain)),
        *(sa.column(name, UtcDateTime()) for name in instants),
    )
    known = connection.execute(sa.select(copies.c.id, copies.c.version, copies.c.details)).all()
    for start in range(0, len(known), 500):
        rows = [_entry(*row) for row in known[start : start + 500]]
        connection.execute(sa.insert(entries), rows)


def _entry(session_id: Any, version: int, details: dict[str, Any]) -> dict[str, Any]:
    commune = details["venue"]["commune"] or {}
    organisation = details["organisation"] or {}
    closes = "starts_at" if details["kind"] == "timed" else "ends_at"
    opens = details.get("registration_opens_at")
    town = commune.get("name")
    name = details["venue"]["name"]
    parts = [name, None if town and town in name else town]
    return {
        "session_id": session_id,
        "version": version,
        "activity_id": UUID(details["activity_id"]),
        "edition_id": UUID(details["edition"]["id"]),
        "title": details["title"],
        "theme": details["theme"],
        "audience": details["audience"],
        "commune_code": commune.get("insee_code"),
        "commune_name": town,
        "organisation_id": UUID(organisation["id"]) if organisation else None,
        "organisation_name": organisation.get("name"),
        "status": details["status"],
        "registration": details["registration"],
        "opens_at": datetime.fromisoformat(opens) if opens else None,
        "closes_at": datetime.fromisoformat(details["registration_closes_at"] or details[closes]),
        "starts_at": datetime.fromisoformat(details["starts_at"]),
        "ends_at": datetime.fromisoformat(details["ends_at"]),
        "place": ", ".join(part for part in parts if part),
        "kind": details["kind"],
        "time_zone": details["time_zone"],
        "weekdays": sorted({int(one["weekday"]) for one in details["weekly_hours"]}),
        "noticed_at": datetime.fromisoformat(details["changed_at"]),
    }
