"""Drafts and releases."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.database import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The tables as this revision finds them: models go on changing, a migration does not.
SESSIONS = sa.table(
    "sessions",
    sa.column("id", sa.Uuid),
    sa.column("edition_id", sa.Uuid),
    sa.column("activity_id", sa.Uuid),
    sa.column("venue_id", sa.Uuid),
    sa.column("space_id", sa.Uuid),
    sa.column("uid", sa.Text),
    sa.column("version", sa.Integer),
    sa.column("sequence", sa.Integer),
    sa.column("status", sa.Text),
    sa.column("kind", sa.Text),
    sa.column("starts_at", UtcDateTime),
    sa.column("ends_at", UtcDateTime),
    sa.column("weekly_hours", Json),
    sa.column("closures", Json),
    sa.column("registration", sa.Text),
    sa.column("registration_link", sa.Text),
    sa.column("registration_telephone", sa.Text),
    sa.column("registration_email", sa.Text),
    sa.column("registration_full", sa.Boolean),
    sa.column("registration_closes_at", UtcDateTime),
    sa.column("capacity", sa.Integer),
    sa.column("searchable", sa.Text),
    sa.column("changed_at", UtcDateTime),
    sa.column("seats_left", sa.Integer),
    sa.column("seats_version", sa.BigInteger),
)
PUBLISHED = sa.table(
    "published_sessions",
    sa.column("id", sa.Uuid),
    sa.column("edition_id", sa.Uuid),
    sa.column("activity_id", sa.Uuid),
    sa.column("venue_id", sa.Uuid),
    sa.column("space_id", sa.Uuid),
    sa.column("uid", sa.Text),
    sa.column("version", sa.Integer),
    sa.column("sequence", sa.Integer),
    sa.column("status", sa.Text),
    sa.column("kind", sa.Text),
    sa.column("starts_at", UtcDateTime),
    sa.column("ends_at", UtcDateTime),
    sa.column("weekly_hours", Json),
    sa.column("closures", Json),
    sa.column("registration", sa.Text),
    sa.column("registration_link", sa.Text),
    sa.column("registration_telephone", sa.Text),
    sa.column("registration_email", sa.Text),
    sa.column("registration_full", sa.Boolean),
    sa.column("registration_closes_at", UtcDateTime),
    sa.column("capacity", sa.Integer),
    sa.column("searchable", sa.Text),
    sa.column("changed_at", UtcDateTime),
    sa.column("seats_left", sa.Integer),
    sa.column("seats_version", sa.BigInteger),
    sa.column("organisation_id", sa.Uuid),
    sa.column("insee_code", sa.Text),
    sa.column("time_zone", sa.Text),
    sa.column("title_fr", sa.Text),
    sa.column("title_en", sa.Text),
    sa.column("audience", sa.Text),
    sa.column("age_min", sa.Integer),
    sa.column("age_max", sa.Integer),
    sa.column("theme", sa.Text),
    sa.column("format", sa.Text),
    sa.column("organisation_name", sa.Text),
    sa.column("venue_name", sa.Text),
    sa.column("space_name", sa.Text),
    sa.column("commune_name", sa.Text),
    sa.column("details", Json),
    sa.column("session_revision", sa.Integer),
    sa.column("activity_revision", sa.Integer),
    sa.column("organisation_revision", sa.Integer),
    sa.column("venue_revision", sa.Integer),
    sa.column("space_revision", sa.Integer),
    sa.column("edition_revision", sa.Integer),
    sa.column("seats_taken", sa.Integer),
    sa.column("bookings", sa.Integer),
    sa.column("waiting", sa.Integer),
)
ACTIVITIES = sa.table(
    "activities",
    sa.column("id", sa.Uuid),
    sa.column("organisation_id", sa.Uuid),
)
OUTBOX = sa.table(
    "outbox",
    sa.column("type", sa.Text),
    sa.column("aggregate_id", sa.Uuid),
    sa.column("aggregate_version", sa.BigInteger),
    sa.column("data", Json),
)
EDITIONS = sa.table(
    "editions",
    sa.column("id", sa.Uuid),
    sa.column("festival_id", sa.Uuid),
    sa.column("slug", sa.Text),
    sa.column("name_fr", sa.Text),
    sa.column("name_en", sa.Text),
    sa.column("starts_on", sa.Date),
    sa.column("ends_on", sa.Date),
    sa.column("time_zone", sa.Text),
    sa.column("contact_email", sa.Text),
    sa.column("published", Json),
)
FESTIVALS = sa.table(
    "festivals",
    sa.column("id", sa.Uuid),
    sa.column("name_fr", sa.Text),
    sa.column("name_en", sa.Text),
)


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", Json, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", "holder", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_keys_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "site_texts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=True),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_site_texts")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_api_tokens_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_account_id"), ["account_id"], unique=False)

    op.create_table(
        "import_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=True),
        sa.Column("edition_slug", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("options", Json, nullable=False),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("problem", Json, nullable=True),
        sa.Column("plan", Json, nullable=True),
        sa.Column("report", Json, nullable=True),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_import_jobs_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_import_jobs_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_jobs")),
    )
    with op.batch_alter_table("import_jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_jobs_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_jobs_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index("ix_import_jobs_state_created", ["state", "created_at"], unique=False)

    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("counts", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_releases_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_releases_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_releases_edition_id_number")),
    )
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_releases_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_releases_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_saved_views_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_saved_views_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint(
            "edition_id",
            "account_id",
            "page",
            "name",
            name=op.f("uq_saved_views_edition_id_account_id_page_name"),
        ),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_views_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_views_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "published_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("insee_code", sa.Text(), nullable=True),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("weekly_hours", Json, nullable=False),
        sa.Column("closures", Json, nullable=False),
        sa.Column("registration", sa.Text(), nullable=False),
        sa.Column("registration_link", sa.Text(), nullable=True),
        sa.Column("registration_telephone", sa.Text(), nullable=True),
        sa.Column("registration_email", sa.Text(), nullable=True),
        sa.Column("registration_full", sa.Boolean(), nullable=False),
        sa.Column("registration_closes_at", UtcDateTime(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("age_min", sa.Integer(), nullable=True),
        sa.Column("age_max", sa.Integer(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        sa.Column("venue_name", sa.Text(), nullable=False),
        sa.Column("space_name", sa.Text(), nullable=True),
        sa.Column("commune_name", sa.Text(), nullable=True),
        sa.Column("searchable", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.Column("session_revision", sa.Integer(), nullable=False),
        sa.Column("activity_revision", sa.Integer(), nullable=False),
        sa.Column("organisation_revision", sa.Integer(), nullable=True),
        sa.Column("venue_revision", sa.Integer(), nullable=False),
        sa.Column("space_revision", sa.Integer(), nullable=True),
        sa.Column("edition_revision", sa.Integer(), nullable=False),
        sa.Column("seats_left", sa.Integer(), nullable=True),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("seats_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_published_sessions_activity_id_activities"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_published_sessions_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["sessions.id"], name=op.f("fk_published_sessions_id_sessions")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_published_sessions_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_published_sessions_space_id_spaces")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_published_sessions_venue_id_venues")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_sessions")),
        sa.UniqueConstraint("uid", name=op.f("uq_published_sessions_uid")),
    )
    with op.batch_alter_table("published_sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_published_sessions_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_published_sessions_insee_code"), ["insee_code"], unique=False
        )
        batch_op.create_index(
            "ix_published_sessions_listed",
            [
                "edition_id",
                "starts_at",
                "id",
                "kind",
                "ends_at",
                "audience",
                "insee_code",
                "commune_name",
                "venue_id",
                "version",
                "changed_at",
            ],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_published_sessions_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_published_sessions_space_id"), ["space_id"], unique=False
        )
        batch_op.create_index(
            "ix_published_sessions_venue",
            ["venue_id", "changed_at", "id", "version"],
            unique=False,
        )

    op.create_table(
        "released_sessions",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_released_sessions_release_id_releases")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_released_sessions_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("release_id", "session_id", name=op.f("pk_released_sessions")),
    )
    with op.batch_alter_table("released_sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_released_sessions_session_id"), ["session_id"], unique=False
        )

    for table in ("festivals", "editions", "organisations", "venues", "spaces", "activities"):
        _make_editable(table)
    _make_editable("sessions")
    with op.batch_alter_table("editions") as batch_op:
        batch_op.add_column(sa.Column("published", Json, nullable=True))
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(
            sa.Column("held_back", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.alter_column("held_back", server_default=None)
    _publish_what_is_there()
    with op.batch_alter_table("sessions") as batch_op:
        for column in ("version", "sequence", "changed_at", "seats_left", "seats_version"):
            batch_op.drop_column(column)


def _make_editable(table: str) -> None:
    """Add what counts the edits of a row; those that are there are at their first revision."""
    with op.batch_alter_table(table) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("edited_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("edited_by_id", sa.Uuid(), nullable=True))
        if table in ("organisations", "venues", "spaces", "activities", "sessions"):
            batch_op.add_column(sa.Column("stated", Json, nullable=True))
    op.execute(
        sa.text(f"UPDATE {table} SET edited_at = :now").bindparams(  # noqa: S608 - our own names
            sa.bindparam("now", datetime.now(UTC), UtcDateTime())
        )
    )
    with op.batch_alter_table(table) as batch_op:
        batch_op.alter_column("revision", server_default=None)
        batch_op.alter_column("edited_at", nullable=False)


def _publish_what_is_there() -> None:
    """Make of every session a released one: until now, whatever was stored was public.

    What the public is shown of it is the data of its last event, which the outbox has.
    """
    connection = op.get_bind()
    latest = (
        sa.select(OUTBOX.c.aggregate_id, sa.func.max(OUTBOX.c.aggregate_version).label("version"))
        .where(OUTBOX.c.type == "scheduling.session_published")
        .group_by(OUTBOX.c.aggregate_id)
        .subquery()
    )
    rows = connection.execute(
        sa.select(SESSIONS, ACTIVITIES.c.organisation_id, OUTBOX.c.data)
        .join(ACTIVITIES, ACTIVITIES.c.id == SESSIONS.c.activity_id)
        .join(latest, latest.c.aggregate_id == SESSIONS.c.id)
        .join(
            OUTBOX,
            sa.and_(
                OUTBOX.c.aggregate_id == latest.c.aggregate_id,
                OUTBOX.c.aggregate_version == latest.c.version,
                OUTBOX.c.type == "scheduling.session_published",
            ),
        )
    ).mappings()
    while batch := rows.fetchmany(500):
        connection.execute(sa.insert(PUBLISHED), [_published(row) for row in batch])
    _publish_editions(connection)


def _published(row: Any) -> dict[str, Any]:
    data = row["data"]
    commune = data["venue"]["commune"]
    named = {column.name for column in PUBLISHED.columns}
    return {
        **{name: value for name, value in row.items() if name in named},
        "insee_code": commune["insee_code"] if commune else None,
        "time_zone": data["time_zone"],
        "title_fr": data["title"]["fr"],
        "title_en": data["title"]["en"],
        **{name: data[name] for name in ("audience", "age_min", "age_max", "theme", "format")},
        "organisation_name": data["organisation"]["name"] if data["organisation"] else None,
        "venue_name": data["venue"]["name"],
        "space_name": data["space"]["name"] if data["space"] else None,
        "commune_name": commune["name"] if commune else None,
        "details": data,
        "session_revision": 1,
        "activity_revision": 1,
        "organisation_revision": 1 if row["organisation_id"] else None,
        "venue_revision": 1,
        "space_revision": 1 if row["space_id"] else None,
        "edition_revision": 1,
        "seats_taken": 0,
        "bookings": 0,
        "waiting": 0,
    }


def _publish_editions(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.select(
            EDITIONS,
            FESTIVALS.c.name_fr.label("festival_fr"),
            FESTIVALS.c.name_en.label("festival_en"),
        ).join(FESTIVALS, FESTIVALS.c.id == EDITIONS.c.festival_id)
    ).mappings()
    for row in rows.all():
        shown = {
            "slug": row["slug"],
            "name_fr": row["name_fr"],
            "name_en": row["name_en"],
            "starts_on": row["starts_on"].isoformat(),
            "ends_on": row["ends_on"].isoformat(),
            "time_zone": row["time_zone"],
            "contact_email": row["contact_email"],
            "festival_fr": row["festival_fr"],
            "festival_en": row["festival_en"],
        }
        connection.execute(
            sa.update(EDITIONS).where(EDITIONS.c.id == row["id"]).values(published=shown)
        )
