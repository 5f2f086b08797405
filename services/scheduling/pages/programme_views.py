"""Other ways to see a programme: on a map, on paper, at a glance."""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, Response, abort, make_response, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session as DbSession

from services.scheduling.overviews import overview_of
from services.scheduling.pages.programme_address import (
    RADII,
    ProgrammeAddress,
    read_address,
)
from services.scheduling.pages.public import MAY_LOCATE, by_day, named
from services.scheduling.queries.overview import Overview
from services.scheduling.queries.places import sessions_to_print, venues_on_map
from services.scheduling.queries.programme import (
    ProgrammeFilter,
    chosen_edition,
    days_of,
    weekend_of,
)
from services.scheduling.queries.released import public_editions
from shared.settings import Settings
from shared.web import current_context
from shared.web.security import CONTENT_SECURITY_POLICY

#: How many sessions are printed at most: beyond, somebody wants less.
MOST_PRINTED = 2000

blueprint = Blueprint("programme_views", __name__)


@blueprint.get("/map")
def on_map() -> Response:
    """Show where the sessions are; without JavaScript, by commune."""
    context = current_context()
    with context.database.read() as db:
        view = _read(db)
        venues = venues_on_map(db, view["edition"], view.pop("wanted"))
    groups = [
        (commune, list(found)) for commune, found in groupby(venues, key=lambda row: row.commune)
    ]
    data = {
        "venues": [_pin(row) for row in venues if row.latitude is not None],
        "communes": [
            {"name": each.name, "at": [each.position.latitude, each.position.longitude]}
            for each in sorted(view["overview"].communes, key=lambda each: -each.sessions)
            if each.position is not None
        ],
        "here": _here(view["place"]),
        "tiles": context.settings.map_tiles,
        "attribution": context.settings.map_attribution or "",
    }
    body = render_template(
        "programme/map.html",
        **view,
        data=_inert(data),
        groups=groups,
        sessions=sum(row.sessions for row in venues),
        venues=len(venues),
    )
    response = make_response(body)
    response.headers["Permissions-Policy"] = MAY_LOCATE
    response.headers["Content-Security-Policy"] = map_policy(context.settings)
    return response


@blueprint.get("/print")
def on_paper() -> Response:
    """Show the programme as it is printed: by commune and day, or by day and commune."""
    with current_context().database.read() as db:
        view = _read(db)
        rows = sessions_to_print(db, view["edition"], view.pop("wanted"), MOST_PRINTED)
    by = "day" if request.args.get("by") == "day" else "commune"
    shown = rows[:MOST_PRINTED]
    body = render_template(
        "programme/print.html",
        **view,
        by=by,
        chapters=_chapters_by_day(shown) if by == "day" else _chapters_by_commune(shown),
        exhibitions=[row for row in shown if row.kind == "exhibition"],
        is_cut=len(rows) > MOST_PRINTED,
        most=MOST_PRINTED,
        query=view["address"].query(),
    )
    return make_response(body)


@blueprint.get("/editions/<slug>")
def at_a_glance(slug: str) -> Response:
    """Show what an edition is made of: its days, communes, themes and organisations."""
    context = current_context()
    now = context.clock()
    if not slug.isprintable():
        abort(404)
    with context.database.read() as db:
        edition = next((each for each in public_editions(db) if each.slug == slug), None)
        if edition is None:
            abort(404)
        overview = overview_of(db, edition.id)
    organisations = sorted(overview.organisations.items(), key=lambda each: each[1].casefold())
    body = render_template(
        "programme/glance.html",
        address=ProgrammeAddress(edition=edition.slug),
        days=days_of(edition),
        edition=edition,
        now=now,
        organisations=organisations,
        overview=overview,
        sessions=sum(commune.sessions for commune in overview.communes),
    )
    return make_response(body)


def map_policy(settings: Settings) -> str:
    """Return the map's content security policy: its tiles alone come from elsewhere, if any do."""
    if not settings.map_tiles:
        return CONTENT_SECURITY_POLICY
    parts = urlsplit(settings.map_tiles.replace("{s}.", "*."))
    pictures = "img-src 'self' data:"
    return CONTENT_SECURITY_POLICY.replace(pictures, f"{pictures} {parts.scheme}://{parts.netloc}")


def _read(db: DbSession) -> dict[str, Any]:
    """Read what every way to see a programme begins with; 404 where nothing was released."""
    now = current_context().clock()
    asked = read_address(request.args)
    known = public_editions(db)
    edition = chosen_edition(known, asked.edition, now.date())
    if edition is None:
        abort(404)
    address = replace(asked, edition=named(edition, known, now.date()), cursor=None)
    overview: Overview = overview_of(db, edition.id)
    today = now.astimezone(ZoneInfo(edition.time_zone)).date()
    wanted: ProgrammeFilter = address.filter(edition, overview, now, today)
    return {
        "address": address,
        "edition": edition,
        "narrowing": wanted.narrowing,
        "now": now,
        "overview": overview,
        "place": overview.place(address.near) if address.near else None,
        "radii": RADII,
        "today": today,
        "wanted": wanted,
        "weekend": weekend_of(edition, today),
    }


def _pin(row: sa.Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.venue_id),
        "name": row.name,
        "commune": row.commune,
        "at": [row.latitude, row.longitude],
        "n": row.sessions,
    }


def _here(place: Any) -> list[float] | None:
    return [place[1].latitude, place[1].longitude] if place else None


def _inert(data: Any) -> Markup:
    """Return data for a script element that is never run."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704


Chapters = list[tuple[Any, list[tuple[Any, list[Any]]]]]


def _chapters_by_commune(rows: Iterable[Any]) -> Chapters:
    """Return the dated sessions by commune, then by day."""
    dated = [row for row in rows if row.kind != "exhibition"]
    return [
        (commune, list(by_day(found)))
        for commune, found in groupby(dated, key=lambda row: row.commune_name)
    ]


def _chapters_by_day(rows: Iterable[Any]) -> Chapters:
    """Return the dated sessions by day, then by commune."""
    dated = [row for row in rows if row.kind != "exhibition"]
    in_time = sorted(dated, key=lambda row: (row.starts_at, row.id))
    return [
        (
            day,
            [
                (commune, list(found))
                for commune, found in groupby(
                    sorted(sessions, key=lambda row: row.commune_name or "\uffff"),
                    key=lambda row: row.commune_name,
                )
            ],
        )
        for day, sessions in by_day(in_time)
    ]
