"""The planner: an edition's sessions on a grid of spaces and hours, and those that wait."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, Response, json, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts import check_edition
from services.scheduling.domain.editing.edition_days import NEARBY
from services.scheduling.models import Activity, Edition, Organisation, Session
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import (
    READERS,
    may_edit,
    own_organisations,
    sees_note,
)
from services.scheduling.pages.console.planner_conflicts import conflicts_json
from services.scheduling.pages.console.planner_rows import Board, counts_json, places_json
from services.scheduling.pages.console.planner_words import STATE_CHOICES, planner_words
from services.scheduling.pages.words import AUDIENCE_LABELS
from services.scheduling.queries.console_activities import activity_names
from services.scheduling.queries.console_session import venue_choices
from services.scheduling.queries.planner import (
    Window,
    activities_shown,
    places,
    places_tag,
    planned_sessions,
    planner_tag,
    sessions_by_day,
    themes_of,
    tray,
    used_venues,
)
from services.scheduling.queries.sessions_table import choices_of
from shared.web import current_context
from shared.web.caching import Validators, conditional_response, digest_of, unchanged
from shared.web.sign_in import current_account, require_staff

WEEK = 7

blueprint = Blueprint("console_planner", __name__, url_prefix="/console/editions/<slug>/planner")


@blueprint.get("")
@require_staff(*READERS)
def index(slug: str) -> ResponseReturnValue:
    """Show the planner; its script fetches what it draws."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        return render_template(
            "console/planner.html",
            edition=edition,
            slug=slug,
            day=shown_day(edition),
            choices=choices_of(db, edition.id),
            themes=themes_of(db, edition.id),
            audiences=AUDIENCE_LABELS,
            states=STATE_CHOICES,
            activities=_own_activities(db, edition.id) if may_edit() else (),
            venues=venue_choices(db) if may_edit() else (),
            words=planner_words(),
            can_edit=may_edit(),
        )


@blueprint.get("/table")
@require_staff(*READERS)
def table(slug: str) -> ResponseReturnValue:
    """Show a day as a plain table, for whoever has no JavaScript or wants none."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        day = shown_day(edition)
        window = Window(day, 1, edition.time_zone)
        return render_template(
            "console/planner_table.html",
            edition=edition,
            slug=slug,
            day=day,
            groups=_by_place(places(db), planned_sessions(db, edition.id, window)),
            tray=tray(db, edition.id),
            activities={
                row.id: row for row in activities_shown(db, Activity.edition_id == edition.id)
            },
            counts=sessions_by_day(db, edition, day, NEARBY),
            sees_note=sees_note,
        )


@blueprint.get("/board")
@require_staff(*READERS)
def board(slug: str) -> ResponseReturnValue:
    """Give the sessions of some days and the tray; 304 while nothing of them has changed."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        window = read_window(edition)
        validators = Validators(f"{planner_tag(db, edition.id, window)}-{_viewer_word()}")
        known = unchanged(
            validators, content_type="application/json", cache_control="private, no-cache"
        )
        if known is not None:
            return known
        sessions, waiting = planned_sessions(db, edition.id, window), tray(db, edition.id)
        activities = activities_shown(db, Activity.edition_id == edition.id)
        shown = Board(window, activities, own_organisations(), sees_note)
        content = {
            "first": window.first.isoformat(),
            "days": window.days,
            "counts": counts_json(sessions_by_day(db, edition, window.first, NEARBY)),
            "places": places_tag(db),
            **shown.json(sessions, waiting),
        }
        return _answer(content, validators)


@blueprint.get("/places")
@require_staff(*READERS)
def all_places(slug: str) -> ResponseReturnValue:
    """Give every commune, venue and space; 304 while there are no others."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        content = places_json(places(db), used_venues(db, edition.id))
        return _answer({"tag": places_tag(db), "communes": content})


@blueprint.get("/conflicts")
@require_staff(*READERS)
def conflicts(slug: str) -> ResponseReturnValue:
    """Give the conflicts in which a session of these days is."""
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        window = read_window(edition)
        now = current_context().clock()
        found = check_edition(db, edition.id, now=now, viewer=current_account())
        shown = _ids(db, edition, window)
        touching = [each for each in found if shown.intersection(each.sessions)]
        return _answer({"conflicts": conflicts_json(db, touching)})


def shown_day(edition: Edition) -> date:
    """Return the day that the address asks for: today if the edition is on, else its first."""
    asked = _day(request.args.get("day", ""))
    if asked is not None:
        return asked
    today = current_context().clock().astimezone(ZoneInfo(edition.time_zone)).date()
    return today if edition.starts_on <= today <= edition.ends_on else edition.starts_on


def read_window(edition: Edition) -> Window:
    """Return the days that the address asks for: one, or a week."""
    days = WEEK if request.args.get("days") == str(WEEK) else 1
    return Window(shown_day(edition), days, edition.time_zone)


def _own_activities(db: DbSession, edition_id: UUID) -> Sequence[Any]:
    """Return the activities of which who is signed in may make sessions, to choose from."""
    own = own_organisations()
    names = activity_names(db, edition_id)
    if own is None:
        return names
    theirs = activities_shown(db, Activity.edition_id == edition_id, Organisation.id.in_(own))
    known = {row.id for row in theirs}
    return [each for each in names if UUID(str(each[0])) in known]


def _viewer_word() -> str:
    """Return a word that is another one for anybody else, and once they may do something else."""
    viewer = current_account()
    if viewer is None:
        return ""
    owned = [sorted(map(str, ids)) for ids in (viewer.organisation_ids, viewer.venue_ids)]
    return digest_of(json.dumps([str(viewer.id), sorted(viewer.roles), *owned]).encode())


def _answer(content: dict[str, Any], validators: Validators | None = None) -> Response:
    body = json.dumps(content).encode()
    return conditional_response(
        body,
        content_type="application/json",
        validators=validators or Validators(digest_of(body)),
        cache_control="private, no-cache",
    )


def _ids(db: DbSession, edition: Edition, window: Window) -> set[UUID]:
    of_window = (Session.edition_id == edition.id, *window.holds())
    return set(db.scalars(sa.select(Session.id).where(*of_window)))


def _by_place(
    rows: Sequence[Any], sessions: Sequence[Any]
) -> list[tuple[dict[str, Any], list[Any]]]:
    """Return the places where something takes place, in order, each with its sessions."""
    by_place: dict[tuple[str, str | None], list[Any]] = {}
    for session in sessions:
        space = str(session.space_id) if session.space_id else None
        by_place.setdefault((str(session.venue_id), space), []).append(session)
    found = []
    for commune in places_json(rows, set()):
        for venue in commune["venues"]:
            for space in (None, *venue["spaces"]):
                key = (venue["id"], space["id"] if space else None)
                if key in by_place:
                    place = {"commune": commune["name"], "venue": venue["name"], "space": space}
                    found.append((place, by_place[key]))
    return found


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) < day < date(2100, 1, 1) - timedelta(days=WEEK) else None
