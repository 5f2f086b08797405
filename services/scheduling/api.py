"""The JSON API of the programme: editions, sessions and venues, for anybody to read.

    GET /api/v1/sessions?edition=fete-de-la-science-2026&commune=38185&from=2026-10-03&limit=20
    → {"items": [{"id": …, "title": …, "starts_at": …, "venue": {…}, …}], "next": "WyIyMDI2…"}

`next` is the `cursor` of the page that follows. Every answer has an ETag: asked again with
`If-None-Match`, an unchanged one is a 304.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Response, json
from flask_smorest import Blueprint
from marshmallow import Schema

from services.scheduling.queries.api import (
    SessionFilter,
    editions_page,
    one_session,
    sessions_page,
    venues_page,
)
from services.scheduling.schemas import (
    EditionSchema,
    ListQuery,
    SessionQuery,
    SessionSchema,
    SessionsQuery,
    VenueSchema,
    VenuesQuery,
    page_of,
)
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.caching import Validators, conditional_response
from shared.web.cursors import read_cursor, write_cursor
from shared.web.problems import Problem

blueprint = Blueprint("programme_api", __name__, url_prefix="/api/v1", description="Programme")

EDITIONS = page_of(EditionSchema)
SESSIONS = page_of(SessionSchema)
VENUES = page_of(VenueSchema)


@blueprint.get("/editions")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, EDITIONS)
@blueprint.alt_response(304, description="Unchanged")
def list_editions(query: dict[str, Any]) -> Response:
    """List the editions, the earliest first."""
    position = read_cursor(query.get("cursor"), date.fromisoformat, UUID)
    limit = query["limit"]
    with current_context().database.read() as db:
        rows = editions_page(db, position, limit)
    return _answer_page(
        EDITIONS, rows, limit, _edition, query["lang"], lambda row: (str(row.starts_on), row.id)
    )


@blueprint.get("/sessions")
@blueprint.arguments(SessionsQuery, location="query")
@blueprint.response(200, SESSIONS)
@blueprint.alt_response(304, description="Unchanged")
def list_sessions(query: dict[str, Any]) -> Response:
    """List the sessions in order of their starts."""
    position = read_cursor(query.pop("cursor", None), _instant, UUID)
    limit, lang = query.pop("limit"), query.pop("lang")
    with current_context().database.read() as db:
        rows = sessions_page(db, SessionFilter(**query), position, limit)
    return _answer_page(SESSIONS, rows, limit, _session, lang, lambda row: (row.starts_at, row.id))


@blueprint.get("/sessions/<uuid:session_id>")
@blueprint.arguments(SessionQuery, location="query")
@blueprint.response(200, SessionSchema)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such session")
def get_session(query: dict[str, Any], session_id: UUID) -> Response:
    """Give one session."""
    with current_context().database.read() as db:
        row = one_session(db, session_id)
    if row is None:
        raise Problem(404, "unknown_session", detail=_("Cette séance n’existe pas."))
    return _answer(SessionSchema().dump(_session(row, query["lang"])))


@blueprint.get("/venues")
@blueprint.arguments(VenuesQuery, location="query")
@blueprint.response(200, VENUES)
@blueprint.alt_response(304, description="Unchanged")
def list_venues(query: dict[str, Any]) -> Response:
    """List the venues in order of their names."""
    position = read_cursor(query.get("cursor"), _printable, UUID)
    limit = query["limit"]
    with current_context().database.read() as db:
        rows = venues_page(db, query.get("commune"), query.get("q"), position, limit)
    return _answer_page(
        VENUES, rows, limit, _venue, query["lang"], lambda row: (row.venue_name, row.venue_id)
    )


def _answer_page(
    schema: Schema,
    rows: Sequence[Any],
    limit: int,
    item: Callable[[Any, str], dict[str, Any]],
    lang: str,
    place: Callable[[Any], tuple[Any, ...]],
) -> Response:
    """Answer with `limit` of the rows, of which there is one more unless this is the last page."""
    page = rows[:limit]
    following = write_cursor(*place(page[-1])) if len(rows) > limit else None
    return _answer(schema.dump({"items": [item(row, lang) for row in page], "next": following}))


def _answer(content: Any) -> Response:
    body = json.dumps(content).encode()
    return conditional_response(
        body,
        content_type="application/json",
        validators=Validators(hashlib.blake2b(body, digest_size=12).hexdigest()),
    )


def _in(lang: str, french: str, english: str | None) -> str:
    return english if english and lang == "en" else french


def _edition(row: Any, lang: str) -> dict[str, Any]:
    return {
        **row._mapping,
        "name": _in(lang, row.name_fr, row.name_en),
        "festival": _in(lang, row.festival_fr, row.festival_en),
        "calendar": _address(f"/feeds/editions/{row.slug}.ics"),
    }


def _venue(row: Any, _lang: str = "fr") -> dict[str, Any]:
    has_commune = row.commune_name is not None
    return {
        "id": row.venue_id,
        "name": row.venue_name,
        "address": row.address,
        "postcode": row.postcode,
        "commune": {"insee_code": row.insee_code, "name": row.commune_name}
        if has_commune
        else None,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "calendar": _address(f"/feeds/venues/{row.venue_id}.ics"),
    }


def _session(row: Any, lang: str) -> dict[str, Any]:
    page = _address(f"/sessions/{row.id}")
    return {
        **row._mapping,
        "title": _in(lang, row.title_fr, row.title_en),
        "description": _in(lang, row.description_fr, row.description_en),
        "venue": _venue(row),
        "space": {"id": row.space_id, "name": row.space_name} if row.space_id else None,
        "organisation": {"id": row.organisation_id, "name": row.organisation_name}
        if row.organisation_id
        else None,
        "edition": {"slug": row.edition_slug, "name": _in(lang, row.edition_fr, row.edition_en)},
        "page": page,
        "calendar": f"{page}.ics",
    }


def _address(path: str) -> str:
    return current_context().settings.public_url + path


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(text)
    return text
