"""The console's first page: what waits, what is one's own, the editions, the messages."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.releasing import count_candidates
from services.scheduling.domain.site_texts import KEYS, site_texts
from services.scheduling.pages.console.editions_shown import to_current_edition
from services.scheduling.pages.console.editors import READERS, own_organisations
from services.scheduling.pages.legal import HEADINGS
from services.scheduling.queries.console import editions_at_a_glance
from services.scheduling.queries.console_waiting import (
    MOST_PLACES,
    Places,
    own_places,
    projects_waiting,
    stops_to_answer,
)
from shared.messaging.state import message_counts
from shared.web import current_context
from shared.web.sign_in import SignedInAccount, current_account, require_staff

blueprint = Blueprint("console", __name__, url_prefix="/console")


@blueprint.get("")
@require_staff()
def home() -> ResponseReturnValue:
    """Show what waits for who is signed in, and the ways to the rest of the console."""
    context, account = current_context(), current_account()
    with context.database.read() as db:
        editions = editions_at_a_glance(db)
        counts = message_counts(db)
        texts = site_texts(db)
        projects = _projects(db, account)
        stops = _stops(db, account, context.clock())
        places = _places(db, account, context.clock())
        changes = {edition.id: count_candidates(db, edition.id) for edition in editions}
    return render_template(
        "console_home.html",
        editions=editions,
        counts=counts,
        projects=projects,
        stops=stops,
        places=places,
        changes=changes,
        to_complete={key: HEADINGS[key] for key in KEYS if texts.missing(key)},
    )


@blueprint.get("/sessions")
@require_staff(*READERS)
def sessions() -> ResponseReturnValue:
    """Lead to the sessions of the edition looked at last."""
    return to_current_edition("console_sessions_table.index")


@blueprint.get("/changes")
@require_staff(*READERS)
def changes() -> ResponseReturnValue:
    """Lead to what waits to be released in the edition looked at last."""
    return to_current_edition("console_releases.changes")


def _projects(db: DbSession, account: SignedInAccount | None) -> Mapping[UUID, Mapping[str, int]]:
    """Return by edition the projects that wait: all for the coordination, else one's own."""
    if account is None or not account.has_role("coordinator", "organiser"):
        return {}
    return projects_waiting(db, own_organisations())


def _stops(db: DbSession, account: SignedInAccount | None, now: datetime) -> int:
    """Return how many stops who is signed in has to answer."""
    if account is None or not account.has_role("coordinator", "organiser", "venue"):
        return 0
    venues = account.venue_ids if account.has_role("venue") else ()
    return stops_to_answer(db, own_organisations(), venues, now)


def _places(db: DbSession, account: SignedInAccount | None, now: datetime) -> Places:
    """Return the organisations and venues that who is signed in acts for."""
    if account is None:
        return Places()
    organisations = account.organisation_ids if account.has_role("organiser") else ()
    venues = account.venue_ids if account.has_role("venue") else ()
    return own_places(db, organisations, venues, MOST_PLACES, now=now)
