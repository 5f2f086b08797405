"""Content, people, tours."""

import re
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.database import Json, UtcDateTime
from shared.identifiers import new_id
from shared.text import fold

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# The tables as this revision leaves them: models go on changing, a migration does not.
ACTIVITIES = sa.table(
    "activities",
    sa.column("id", sa.Uuid),
    sa.column("organisation_id", sa.Uuid),
    sa.column("presenters", Json),
)
PRESENTERS = sa.table(
    "presenters",
    sa.column("id", sa.Uuid),
    sa.column("name", sa.Text),
    sa.column("organisation_id", sa.Uuid),
    sa.column("revision", sa.Integer),
    sa.column("edited_at", UtcDateTime),
)
CREDITS = sa.table(
    "activity_presenters",
    sa.column("activity_id", sa.Uuid),
    sa.column("presenter_id", sa.Uuid),
    sa.column("position", sa.Integer),
)

#: Columns that rows had to begin with something in; from now on the models say with what.
_BEGUN = {
    "accounts": ("sees_names",),
    "activities": (
        "school_levels",
        "languages",
        "accessibility",
        "state",
        "label_state",
    ),
    "api_tokens": ("version",),
    "communes": ("school_hours",),
    "published_sessions": (
        "accessibility",
        "languages",
        "school_levels",
    ),
    "releases": ("blocking_conflicts",),
    "spaces": (
        "equipment",
        "sessions_at_once",
    ),
    "venues": (
        "opening_hours",
        "closures",
        "accessibility",
    ),
}


#: What the programme's list is ordered, filtered and counted by.
_LISTED = [
    *("edition_id", "starts_at", "id", "kind", "ends_at", "audience"),
    *("insee_code", "commune_name", "venue_id", "version", "changed_at"),
    *("activity_id", "status", "registration", "registration_full", "seats_left"),
    *("registration_closes_at", "age_min", "age_max", "theme_slug", "accessibility"),
    *("latitude", "longitude"),
]


def upgrade() -> None:
    op.create_table(
        "images",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_images_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
    )
    with op.batch_alter_table("images", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_images_account_id"), ["account_id"], unique=False)

    op.create_table(
        "merged_rows",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("new_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_merged_rows_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_merged_rows")),
    )
    with op.batch_alter_table("merged_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merged_rows_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merged_rows_new_id"), ["new_id"], unique=False)
        batch_op.create_index("ix_merged_rows_source", ["source", "source_id"], unique=False)

    op.create_table(
        "edition_rules",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("requirements", Json, nullable=False),
        sa.Column("lengths", Json, nullable=False),
        sa.Column("reminder_days", Json, nullable=False),
        sa.Column("takes_proposals", sa.Boolean(), nullable=False),
        sa.Column("proposals_due_on", sa.Date(), nullable=True),
        sa.Column("label_due_on", sa.Date(), nullable=True),
        sa.Column("publication_due_on", sa.Date(), nullable=True),
        sa.Column("travel_kmh", sa.Integer(), nullable=False),
        sa.Column("travel_margin_minutes", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("travel_kmh > 0", name=op.f("ck_edition_rules_moves")),
        sa.CheckConstraint(
            "travel_margin_minutes >= 0", name=op.f("ck_edition_rules_margin_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_edition_rules_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_edition_rules")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_history_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_history_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_account", ["account_id", "id"], unique=False)
        batch_op.create_index("ix_history_edition", ["edition_id", "id"], unique=False)
        batch_op.create_index("ix_history_row", ["noun", "row_id", "id"], unique=False)

    op.create_table(
        "image_files",
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_image_files_image_id_images")
        ),
        sa.PrimaryKeyConstraint("image_id", "width", name=op.f("pk_image_files")),
    )
    op.create_table(
        "presenters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("stated", Json, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_presenters_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presenters")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_presenters_source_source_id")),
    )
    with op.batch_alter_table("presenters", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_presenters_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "resources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("home_commune_id", sa.Uuid(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("setup_minutes", sa.Integer(), nullable=False),
        sa.Column("dismantling_minutes", sa.Integer(), nullable=False),
        sa.Column("transport_minutes", sa.Integer(), nullable=False),
        sa.Column("insurance_value", sa.Integer(), nullable=True),
        sa.Column("loan_conditions", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("contact_telephone", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("stated", Json, nullable=True),
        sa.CheckConstraint(
            "kind IN ('equipment', 'kit', 'exhibition')", name=op.f("ck_resources_known_kind")
        ),
        sa.CheckConstraint("copies > 0", name=op.f("ck_resources_some_copies")),
        sa.CheckConstraint(
            "setup_minutes >= 0 AND dismantling_minutes >= 0 AND transport_minutes >= 0",
            name=op.f("ck_resources_minutes_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["home_commune_id"], ["communes.id"], name=op.f("fk_resources_home_commune_id_communes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_resources_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_resources_source_source_id")),
    )
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_resources_home_commune_id"), ["home_commune_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_resources_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "activity_presenters",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("presenter_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_activity_presenters_activity_id_activities"),
        ),
        sa.ForeignKeyConstraint(
            ["presenter_id"],
            ["presenters.id"],
            name=op.f("fk_activity_presenters_presenter_id_presenters"),
        ),
        sa.PrimaryKeyConstraint("activity_id", "presenter_id", name=op.f("pk_activity_presenters")),
    )
    with op.batch_alter_table("activity_presenters", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_presenters_presenter_id"), ["presenter_id"], unique=False
        )

    op.create_table(
        "activity_resources",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.CheckConstraint("copies > 0", name=op.f("ck_activity_resources_some_copies")),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_activity_resources_activity_id_activities"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_activity_resources_resource_id_resources"),
        ),
        sa.PrimaryKeyConstraint("activity_id", "resource_id", name=op.f("pk_activity_resources")),
    )
    with op.batch_alter_table("activity_resources", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_resources_resource_id"), ["resource_id"], unique=False
        )

    op.create_table(
        "feed_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("presenter_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN venue_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN presenter_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_feed_tokens_of_one"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feed_tokens_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_feed_tokens_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["presenter_id"], ["presenters.id"], name=op.f("fk_feed_tokens_presenter_id_presenters")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_feed_tokens_venue_id_venues")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_tokens_token_hash")),
    )
    with op.batch_alter_table("feed_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_tokens_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_feed_tokens_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_feed_tokens_presenter_id"), ["presenter_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_feed_tokens_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN venue_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_memberships_of_one"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_memberships_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_memberships_venue_id_venues")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "account_id", "organisation_id", name=op.f("uq_memberships_account_id_organisation_id")
        ),
        sa.UniqueConstraint(
            "account_id", "venue_id", name=op.f("uq_memberships_account_id_venue_id")
        ),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_memberships_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_memberships_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "tours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_tours_resource_id_resources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tours")),
    )
    with op.batch_alter_table("tours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tours_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "unavailabilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("presenter_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("resource_id", sa.Uuid(), nullable=True),
        sa.Column("space_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN presenter_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN resource_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN space_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_unavailabilities_of_one"),
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_unavailabilities_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_unavailabilities_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["presenter_id"],
            ["presenters.id"],
            name=op.f("fk_unavailabilities_presenter_id_presenters"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_unavailabilities_resource_id_resources"),
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_unavailabilities_space_id_spaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unavailabilities")),
    )
    with op.batch_alter_table("unavailabilities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_unavailabilities_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_unavailabilities_presenter_id"), ["presenter_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_unavailabilities_resource_id"), ["resource_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_unavailabilities_space_id"), ["space_id"], unique=False
        )

    op.create_table(
        "unplaced_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.Column("space_id", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("rest", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_unplaced_sessions_lasts")),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_unplaced_sessions_activity_id_activities"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_unplaced_sessions_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("fk_unplaced_sessions_space_id_spaces")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_unplaced_sessions_venue_id_venues")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unplaced_sessions")),
    )
    with op.batch_alter_table("unplaced_sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_unplaced_sessions_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_unplaced_sessions_edition_id"), ["edition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_unplaced_sessions_space_id"), ["space_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_unplaced_sessions_venue_id"), ["venue_id"], unique=False
        )

    op.create_table(
        "session_presenters",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("presenter_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["presenter_id"],
            ["presenters.id"],
            name=op.f("fk_session_presenters_presenter_id_presenters"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_session_presenters_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("session_id", "presenter_id", name=op.f("pk_session_presenters")),
    )
    with op.batch_alter_table("session_presenters", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_presenters_presenter_id"), ["presenter_id"], unique=False
        )

    op.create_table(
        "stops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tour_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("option_until", sa.Date(), nullable=True),
        sa.Column("place_agrees", sa.Boolean(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("arrives_at", UtcDateTime(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("leaves_at", UtcDateTime(), nullable=False),
        sa.Column("transport_minutes", sa.Integer(), nullable=False),
        sa.Column("weekly_hours", Json, nullable=False),
        sa.Column("transporter", sa.Text(), nullable=True),
        sa.Column("insurance_value", sa.Integer(), nullable=True),
        sa.Column("loan_agreement", sa.Text(), nullable=False),
        sa.Column("loan_agreement_link", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("contact_telephone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "loan_agreement IN ('none', 'sent', 'signed')", name=op.f("ck_stops_known_agreement")
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'optioned', 'confirmed', 'refused', 'cancelled')",
            name=op.f("ck_stops_known_state"),
        ),
        sa.CheckConstraint(
            "arrives_at <= opens_at AND opens_at < closes_at AND closes_at <= leaves_at",
            name=op.f("ck_stops_in_order"),
        ),
        sa.CheckConstraint("copies > 0", name=op.f("ck_stops_some_copies")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_stops_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_stops_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["accounts.id"], name=op.f("fk_stops_requested_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_stops_session_id_sessions")
        ),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_stops_space_id_spaces")),
        sa.ForeignKeyConstraint(["tour_id"], ["tours.id"], name=op.f("fk_stops_tour_id_tours")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_stops_venue_id_venues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stops")),
    )
    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stops_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_stops_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_stops_requested_by_id"), ["requested_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_stops_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stops_space_id"), ["space_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stops_tour_id"), ["tour_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stops_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "options_reminded",
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("option_until", sa.Date(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stop_id"],
            ["stops.id"],
            name=op.f("fk_options_reminded_stop_id_stops"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stop_id", "option_until", name=op.f("pk_options_reminded")),
    )

    op.create_table(
        "condition_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "condition IN ('good', 'worn', 'damaged')",
            name=op.f("ck_condition_reports_known_condition"),
        ),
        sa.CheckConstraint(
            "moment IN ('arrival', 'departure')", name=op.f("ck_condition_reports_known_moment")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_condition_reports_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stops.id"], name=op.f("fk_condition_reports_stop_id_stops")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_reports")),
    )
    with op.batch_alter_table("condition_reports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_condition_reports_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_condition_reports_stop_id"), ["stop_id"], unique=False)

    op.create_table(
        "published_presenters",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("presenter_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["presenter_id"],
            ["presenters.id"],
            name=op.f("fk_published_presenters_presenter_id_presenters"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["published_sessions.id"],
            name=op.f("fk_published_presenters_session_id_published_sessions"),
        ),
        sa.PrimaryKeyConstraint("session_id", "presenter_id", name=op.f("pk_published_presenters")),
    )
    with op.batch_alter_table("published_presenters", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_published_presenters_presenter_id"), ["presenter_id"], unique=False
        )

    op.create_table(
        "condition_photos",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_condition_photos_image_id_images")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["condition_reports.id"],
            name=op.f("fk_condition_photos_report_id_condition_reports"),
        ),
        sa.PrimaryKeyConstraint("report_id", "image_id", name=op.f("pk_condition_photos")),
    )
    with op.batch_alter_table("condition_photos", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_condition_photos_image_id"), ["image_id"], unique=False
        )

    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sees_names", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("disabled_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("duration_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("school_levels", Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("languages", Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("accessibility", Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("price_note_fr", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("price_note_en", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("conditions_fr", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("conditions_en", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("image_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("image_alt_fr", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("image_alt_en", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("image_credit", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("state", sa.Text(), nullable=False, server_default="accepted")
        )
        batch_op.add_column(
            sa.Column("label_state", sa.Text(), nullable=False, server_default="none")
        )
        batch_op.add_column(sa.Column("national_link", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("wishes", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("contact_name", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("contact_email", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("contact_telephone", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_activities_image_id"), ["image_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_activities_image_id_images"), "images", ["image_id"], ["id"]
        )

    with op.batch_alter_table("communes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("school_hours", Json, nullable=False, server_default="[]"))

    with op.batch_alter_table("import_jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrections", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("corrections_en", sa.LargeBinary(), nullable=True))

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("website", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("description_fr", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("description_en", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("address", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("postcode", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("commune_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("contact_name", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("contact_telephone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("published", Json, nullable=True))
        batch_op.create_index(
            batch_op.f("ix_organisations_commune_id"), ["commune_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_organisations_commune_id_communes"), "communes", ["commune_id"], ["id"]
        )

    with op.batch_alter_table("published_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("theme_slug", sa.Text(), nullable=True))
        for column in ("accessibility", "languages", "school_levels"):
            batch_op.add_column(sa.Column(column, sa.Text(), nullable=False, server_default=""))
        batch_op.drop_index("ix_published_sessions_listed")
    with op.batch_alter_table("published_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_published_sessions_listed", _LISTED, unique=False)
    _place_what_was_released()

    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("blocking_conflicts", sa.Integer(), nullable=False, server_default="0")
        )

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch_op.create_index("ix_sessions_space_starts", ["space_id", "starts_at"], unique=False)
        batch_op.create_index("ix_sessions_ends", ["ends_at"], unique=False)

    with op.batch_alter_table("spaces", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sessions_at_once", sa.Integer(), nullable=True, server_default="1")
        )
        batch_op.add_column(sa.Column("equipment", Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("accessibility", Json, nullable=True))

    with op.batch_alter_table("venues", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opening_hours", Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("closures", Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("accessibility", Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("accessibility_note", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("directions", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("website", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("contact_name", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("contact_email", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("contact_telephone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("organisation_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_venues_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_venues_organisation_id_organisations"),
            "organisations",
            ["organisation_id"],
            ["id"],
        )

    op.create_table(
        "national_copies",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("texts", Json, nullable=False),
        sa.Column("copied", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_national_copies_activity_id_activities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_national_copies")),
    )
    op.create_table(
        "reminders_sent",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_reminders_sent_activity_id_activities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "activity_id", "stage", "due_on", "days_before", name=op.f("pk_reminders_sent")
        ),
    )

    op.create_table(
        "accepted_conflicts",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_accepted_conflicts_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_accepted_conflicts_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("edition_id", "key", name=op.f("pk_accepted_conflicts")),
    )
    with op.batch_alter_table("accepted_conflicts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_accepted_conflicts_account_id"), ["account_id"], unique=False
        )

    for table, columns in _BEGUN.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)
    _credit_presenters()


def _place_what_was_released() -> None:
    """Give released sessions the position and the theme's address that they are looked for by."""
    published = sa.table(
        "published_sessions",
        *(sa.column(name, Json) for name in ("details",)),
        *(sa.column(name) for name in ("latitude", "longitude", "theme", "theme_slug")),
    )
    venue = published.c.details["venue"]
    values = {name: venue[name].as_float() for name in ("latitude", "longitude")}
    op.execute(sa.update(published).values(values))
    communes = sa.table(
        "communes", *(sa.column(name) for name in ("insee_code", "latitude", "longitude"))
    )
    code = published.c.details["venue"]["commune"]["insee_code"].as_string()
    for name in ("latitude", "longitude"):
        theirs = sa.select(communes.c[name]).where(communes.c.insee_code == code)
        unplaced = sa.update(published).where(published.c[name].is_(None))
        op.execute(unplaced.values({name: theirs.scalar_subquery()}))
    themes = sa.select(published.c.theme).where(published.c.theme.is_not(None)).distinct()
    for theme in op.get_bind().scalars(themes).all():
        slug = "-".join(re.findall(r"[a-z0-9]+", fold(theme)))
        op.execute(sa.update(published).where(published.c.theme == theme).values(theme_slug=slug))


def _credit_presenters() -> None:
    """Make people of the names that activities credit: one for a name of one organisation."""
    connection = op.get_bind()
    people: dict[tuple[str, Any], Any] = {}
    now = datetime.now(UTC)
    for activity in connection.execute(sa.select(ACTIVITIES).order_by(ACTIVITIES.c.id)).all():
        credited = []
        for name in activity.presenters:
            key = (fold(name), activity.organisation_id)
            if key not in people:
                people[key] = new_id()
                connection.execute(
                    sa.insert(PRESENTERS).values(
                        id=people[key],
                        name=name,
                        organisation_id=activity.organisation_id,
                        revision=1,
                        edited_at=now,
                    )
                )
            if people[key] not in credited:
                credited.append(people[key])
        for position, presenter_id in enumerate(credited):
            connection.execute(
                sa.insert(CREDITS).values(
                    activity_id=activity.id, presenter_id=presenter_id, position=position
                )
            )
    _cast_what_was_released()


def _cast_what_was_released() -> None:
    """Let the sessions that are public be found by those who present them."""
    sessions = sa.table("published_sessions", sa.column("id"), sa.column("activity_id"))
    cast = sa.table("published_presenters", sa.column("session_id"), sa.column("presenter_id"))
    present = sa.select(sessions.c.id, CREDITS.c.presenter_id).join_from(
        sessions, CREDITS, CREDITS.c.activity_id == sessions.c.activity_id
    )
    op.execute(sa.insert(cast).from_select(["session_id", "presenter_id"], present))
