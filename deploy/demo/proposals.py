"""Projects for the demo edition: some that were not accepted yet, and what the edition asks."""

import tomllib
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from deploy.demo.days import TIME_ZONE
from deploy.demo.files import HERE, unwrap
from services.scheduling.domain import history
from services.scheduling.domain.editing.activities import save_activity
from services.scheduling.domain.proposals.beginning import begin
from services.scheduling.domain.proposals.ruling import rules_row, save_rules
from services.scheduling.domain.proposals.steps import Standing, take_step
from services.scheduling.models import Activity, Edition, Organisation

#: Who the coordination is, in the projects' conversations.
COORDINATION = "La coordination"


def add_proposals(db: DbSession, slug: str, *, now: datetime) -> int:
    """Add the demo's projects to its edition, unless they are there; return how many are new.

    Nobody is written to about what happened before the demo began.
    """
    edition = db.scalars(sa.select(Edition).where(Edition.slug == slug)).one()
    document = tomllib.loads((HERE / "proposals.toml").read_text(encoding="utf-8"))
    return sum(_add(db, edition, stored, now) for stored in document["proposal"])


def set_rules(db: DbSession, slug: str, *, now: datetime) -> bool:
    """Let the demo edition take projects, with deadlines ahead; one that has rules keeps them."""
    edition = db.scalars(sa.select(Edition).where(Edition.slug == slug)).one()
    row = rules_row(db, edition.id)
    if row.revision:
        return False
    today = now.astimezone(ZoneInfo(TIME_ZONE)).date()
    values = {
        "requirements": {
            "proposal": ["organisation", "contact", "description", "wishes"],
            "label": ["description", "theme", "format", "age", "image", "image_credit"],
            "publication": ["description"],
        },
        "lengths": {},
        "reminder_days": [7, 1],
        "takes_proposals": True,
        "proposals_due_on": today + timedelta(days=12),
        "label_due_on": today + timedelta(days=15),
        "publication_due_on": today + timedelta(days=20),
        "travel_kmh": row.travel_kmh,
        "travel_margin_minutes": row.travel_margin_minutes,
    }
    save_rules(db, edition.id, 0, values, account_id=None, now=now)
    return True


def _add(db: DbSession, edition: Edition, stored: dict[str, Any], now: datetime) -> bool:
    identifier = uuid5(NAMESPACE_URL, f"parvis:demo:proposal:{stored['id']}")
    if db.get(Activity, identifier) is not None:
        return False
    organisation = db.scalars(
        sa.select(Organisation).where(
            Organisation.source == "demo", Organisation.source_id == stored["organisation"]
        )
    ).one()
    at = now - timedelta(days=stored["days"])
    values = {
        "edition_id": edition.id,
        "organisation_id": organisation.id,
        "title_fr": stored["title"],
    }
    activity = begin(db, values, account_id=None, now=at, row_id=identifier)
    said = {
        "title_en": stored.get("title_en"),
        "description_fr": unwrap(stored.get("text", "")),
        "theme": stored.get("theme"),
        "format": stored.get("format"),
        "age_min": (stored.get("ages") or [None])[0],
        "wishes": stored.get("wishes"),
        "contact_name": organisation.name,
        "contact_email": organisation.email,
    }
    save_activity(db, activity.id, None, said, account_id=None, now=at)
    for number, (side, name, comment) in enumerate(stored.get("steps", ()), start=1):
        _take(db, activity, organisation, side, name, comment, at + timedelta(days=2 * number))
    return True


def _take(
    db: DbSession,
    activity: Activity,
    organisation: Organisation,
    side: Any,
    name: str,
    comment: str,
    at: datetime,
) -> None:
    after = take_step(name, Standing(activity.state, activity.label_state), side)
    activity.state, activity.label_state = after.state, after.label_state
    db.flush()
    history.note(
        db,
        "activities",
        activity.id,
        name,
        activity.title_fr,
        account_id=None,
        now=at,
        comment=comment or None,
        edition_id=activity.edition_id,
        origin=COORDINATION if side == "coordination" else organisation.name,
    )
