"""A session's page, and the page of an activity with all its dates."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, render_template

from services.scheduling.domain.closing import takes_registrations
from services.scheduling.domain.opening import opens_later
from services.scheduling.domain.session_facts import SessionFacts, read_facts
from services.scheduling.pages.addresses import activity_path, id_in
from services.scheduling.pages.structured_data import activity_data, as_script, session_data
from services.scheduling.pages.trails import activity_trail, session_trail
from services.scheduling.queries.api import one_session
from services.scheduling.queries.session_page import (
    activity_facts,
    activity_sessions,
    earlier_times,
    neighbours,
    other_dates,
)
from shared.web import current_context

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/sessions/<uuid:session_id>")
def session(session_id: UUID) -> Response:
    """Show everything about one session, and how to get in."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        row = one_session(db, session_id)
        if row is None:
            abort(404)
        found = read_facts(row.details, row.seats_left)
        activity_id = UUID(found.activity_id)
        dates = other_dates(db, session_id, activity_id, now)
        before, after = neighbours(db, found, now)
        moved_from = earlier_times(db, [session_id]) if found.sequence else {}
    data = session_data(
        found, now=now, public_url=context.settings.public_url, moved_from=moved_from
    )
    return make_response(
        render_template(
            "session.html",
            session=found,
            activity_path=activity_path(found.activity_id, found.title_fr),
            after=after,
            before=before,
            dates=dates,
            data=as_script(data),
            now=now,
            state=state_of(found, now),
            trail=session_trail(found),
        )
    )


@blueprint.get("/activities/<name>")
def activity(name: str) -> Response:
    """Show an activity with all its dates."""
    context = current_context()
    now = context.clock()
    activity_id = id_in(name)
    if activity_id is None:
        abort(404)
    with context.database.read() as db:
        facts = activity_facts(db, activity_id)
        if facts is None:
            abort(404)
        rows = activity_sessions(db, activity_id)
        moved = [row.id for row in rows if row.sequence]
        moved_from = earlier_times(db, moved) if moved else {}
    path = activity_path(activity_id, facts.title_fr)
    if path != f"/activities/{name}":
        return redirected(path)
    data = activity_data(
        facts,
        [read_facts(row.details, row.seats_left) for row in rows],
        path=path,
        now=now,
        public_url=context.settings.public_url,
        moved_from=moved_from,
    )
    to_come = [row for row in rows if row.ends_at > now]
    return make_response(
        render_template(
            "activity.html",
            activity=facts,
            activity_id=activity_id,
            data=as_script(data),
            now=now,
            over=[row for row in rows if row.ends_at <= now],
            path=path,
            to_come=to_come,
            trail=activity_trail(facts),
        )
    )


def redirected(path: str) -> Response:
    """Lead to the address that a page goes by today, for good."""
    return Response(status=301, headers={"Location": path})


def state_of(found: SessionFacts, now: datetime) -> str:
    """Return the session's state in a word: what its page says first."""
    if found.status == "cancelled":
        return "cancelled"
    if opens_later(found, now):
        return "not_open_yet"
    if takes_registrations(found, now):
        return "full" if found.seats_left is not None and found.seats_left <= 0 else "open"
    if found.ends_at <= now:
        return "over"
    if found.registration == "none":
        return "free"
    if found.registration == "elsewhere":
        return "full_elsewhere" if found.registration_full else "elsewhere"
    return "started"
