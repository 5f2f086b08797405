"""The programme, as its public sees it: the list, and one session."""

from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request

from services.scheduling.pages.labels import AUDIENCE_LABELS, ages, way_in
from services.scheduling.pages.wishes import Wishes, wishes
from services.scheduling.queries import programme as read
from services.scheduling.queries.api import one_session
from shared.i18n import current_locale, format_day, format_weekdays
from shared.web import current_context
from shared.web.cursors import read_cursor, write_cursor

#: Sessions on one page of the list, and exhibitions above it.
PAGE = 60
MOST_EXHIBITIONS = 40

#: Other dates of the same activity that a session's page lists.
MOST_OTHER_DATES = 12

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def programme() -> str:
    """Show the programme of the current edition, or of the one asked for."""
    context = current_context()
    now, wanted = context.clock(), wishes()
    with context.database.read() as db:
        editions = read.editions(db)
        edition = _chosen(editions, wanted, now)
        if edition is None:
            if wanted.edition:
                abort(404)
            return render_template("no_edition.html")
        sought = read.ProgrammeFilter(
            edition.id,
            edition.time_zone,
            wanted.commune,
            wanted.day,
            wanted.audience,
            wanted.venue,
            wanted.q,
        )
        if not _is_over(edition, now):
            sought = read.without_past(sought, now)
        cursor = read_cursor(request.args.get("cursor"), datetime.fromisoformat, UUID)
        days = read.days(db, sought)
        rows = read.dated_sessions(db, sought, cursor, PAGE)
        long = [] if cursor else read.exhibitions(db, sought, MOST_EXHIBITIONS)
        communes = read.communes(db, edition.id)
    page = rows[:PAGE]
    return render_template(
        "programme.html",
        edition=edition,
        editions=editions,
        wanted=wanted,
        days=days,
        found=days.counts.get(wanted.day, 0) if wanted.day else days.total,
        groups=_by_day(page, edition.time_zone),
        exhibitions=long,
        communes=communes,
        next_cursor=write_cursor(page[-1].starts_at, page[-1].id) if len(rows) > PAGE else None,
        is_first_page=cursor is None,
        now=now,
        **_words(),
    )


@blueprint.get("/sessions/<uuid:session_id>")
def session(session_id: UUID) -> str:
    """Show everything about one session."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        found = one_session(db, session_id)
        if found is None:
            abort(404)
        others = read.other_dates(
            db, found.activity_id, session_id, since=now, limit=MOST_OTHER_DATES
        )
    return render_template(
        "session.html", session=found, others=others, now=now, entry=way_in(found, now), **_words()
    )


def _chosen(editions: Any, wanted: Wishes, now: datetime) -> Any:
    """Return the edition asked for, else the one that is on or comes next, else the last."""
    if wanted.edition:
        return next((found for found in editions if found.slug == wanted.edition), None)
    coming = (found for found in editions if not _is_over(found, now))
    return next(coming, editions[-1] if editions else None)


def _is_over(edition: Any, now: datetime) -> bool:
    over: bool = edition.ends_on < now.astimezone(ZoneInfo(edition.time_zone)).date()
    return over


def _by_day(rows: Any, time_zone: str) -> list[tuple[Any, list[Any]]]:
    zone = ZoneInfo(time_zone)
    grouped = groupby(rows, key=lambda row: row.starts_at.astimezone(zone).date())
    return [(day, list(sessions)) for day, sessions in grouped]


def _words() -> dict[str, Any]:
    return {
        "audience_labels": AUDIENCE_LABELS,
        "ages": ages,
        "way_in": way_in,
        "named": _named,
        "local_day": lambda text: format_day(date.fromisoformat(text)),
        "weekdays": lambda openings: format_weekdays(opening["weekday"] for opening in openings),
    }


def _named(row: Any, field: str) -> str:
    """Return a field in the reader's language where there is one, else in French."""
    english: str | None = getattr(row, f"{field}_en")
    french: str = getattr(row, f"{field}_fr")
    return english if current_locale() == "en" and english else french
