"""The JSON API of the programme: editions, sessions and venues, for anybody to read.

    GET /api/v1/sessions?edition=fete-de-la-science-2026&commune=38185&from=2026-10-03&limit=20
    → {"items": [{"id": …, "title": …, "starts_at": …, "venue": {…}, …}], "next": "WyIyMDI2…"}

`next` is the `cursor` of the page that follows. Every answer has an ETag: asked again with
`If-None-Match`, an unchanged one is a 304.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from dataclasses import fields as dataclass_fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import Schema
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.programme_examples import EDITION, SESSION, VENUE, page_example
from services.scheduling.api.programme_schemas import EditionSchema, SessionSchema, VenueSchema
from services.scheduling.domain.distances import read_point
from services.scheduling.domain.session_facts import SessionFacts, read_facts
from services.scheduling.domain.themes import slug_of_theme
from services.scheduling.overviews import overview_of
from services.scheduling.queries.api import (
    SessionFilter,
    editions_page,
    one_session,
    sessions_page,
    venues_page,
)
from services.scheduling.queries.narrowing import Narrowing
from services.scheduling.queries.released import PublicEdition, public_editions
from services.scheduling.schemas import (
    ListQuery,
    SessionQuery,
    SessionsQuery,
    VenuesQuery,
    page_of,
)
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import Validators, conditional_response
from shared.web.cursors import read_cursor, write_cursor
from shared.web.problems import Problem

blueprint = ApiBlueprint(
    "Programme", __name__, url_prefix="/api/v1", description="What is released, for anybody to read"
)

EDITIONS = page_of(EditionSchema)
SESSIONS = page_of(SessionSchema)
VENUES = page_of(VenueSchema)


@blueprint.get("/editions")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, EDITIONS, example=page_example(EDITION), headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_editions(query: dict[str, Any]) -> Response:
    """List the editions, the earliest first."""
    position = read_cursor(query.get("cursor"), date.fromisoformat, UUID)
    limit = query["limit"]
    with current_context().database.read() as db:
        editions = editions_page(db, position, limit)
    return _answer_page(
        EDITIONS, editions, limit, _edition, query["lang"], lambda each: (each.starts_on, each.id)
    )


@blueprint.get("/sessions")
@blueprint.arguments(SessionsQuery, location="query")
@blueprint.response(200, SESSIONS, example=page_example(SESSION), headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_sessions(query: dict[str, Any]) -> Response:
    """List the sessions in order of their starts."""
    position = read_cursor(query.pop("cursor", None), _instant, UUID)
    limit, lang = query.pop("limit"), query.pop("lang")
    with current_context().database.read() as db:
        rows = sessions_page(db, _filter(db, query), position, limit)
    sessions = [read_facts(row.details, row.seats_left) for row in rows]
    return _answer_page(
        SESSIONS, sessions, limit, _session, lang, lambda each: (each.starts_at, each.id)
    )


@blueprint.get(
    "/sessions/<uuid:session_id>",
    parameters=[{"in": "path", "name": "session_id", "description": "The session's id"}],
)
@blueprint.arguments(SessionQuery, location="query")
@blueprint.response(200, SessionSchema, example=SESSION, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such session")
def get_session(query: dict[str, Any], session_id: UUID) -> Response:
    """Give one session."""
    with current_context().database.read() as db:
        row = one_session(db, session_id)
    if row is None:
        raise Problem(404, "unknown_session", detail=_("Cette séance n’existe pas."))
    facts = read_facts(row.details, row.seats_left)
    return _answer(SessionSchema().dump(_session(facts, query["lang"])))


@blueprint.get("/venues")
@blueprint.arguments(VenuesQuery, location="query")
@blueprint.response(200, VENUES, example=page_example(VENUE), headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_venues(query: dict[str, Any]) -> Response:
    """List the venues that have sessions, in order of their names."""
    position = read_cursor(query.get("cursor"), _printable, UUID)
    limit = query["limit"]
    with current_context().database.read() as db:
        rows = venues_page(db, query.get("commune"), query.get("q"), position, limit)
    venues = [read_facts(row.details) for row in rows]
    return _answer_page(
        VENUES, venues, limit, _venue, query["lang"], lambda each: (each.venue, each.venue_id)
    )


def _filter(db: DbSession, query: dict[str, Any]) -> SessionFilter:
    """Return what a query asks for; its words are those of the editions that it may mean."""
    text = query.pop("q", None)
    edition = query.pop("edition", None)
    said = None
    if text is not None:
        known = [each for each in public_editions(db) if edition in (None, each.slug)]
        said = {each.id: overview_of(db, each.id).find(text) for each in known}
    near, within = query.pop("near", None), query.pop("within_km")
    narrowing = Narrowing(
        near=read_point(near) if near else None,
        within_km=within,
        now=current_context().clock(),
        theme=slug_of_theme(query.pop("theme", None)),
        **{name: query.pop(name) for name in _NARROWED if name in query},
    )
    return SessionFilter(narrowing, edition=edition, said=said, **query)


#: What a query asks for as it is kept.
_NARROWED = (
    *("commune", "venue", "space", "organisation", "activity", "presenter", "audience", "age"),
    *("accessibility", "language", "level", "free_entry", "has_room"),
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


def _edition(edition: PublicEdition, lang: str) -> dict[str, Any]:
    return {
        **asdict(edition),
        "name": _in(lang, edition.name_fr, edition.name_en),
        "festival": _in(lang, edition.festival_fr, edition.festival_en),
        "party_categories": [
            {"code": one["code"], "name": _in(lang, one["fr"], one["en"])}
            for one in edition.party_categories
        ],
        "calendar": _address(f"/feeds/editions/{edition.slug}.ics"),
    }


def _venue(session: SessionFacts, _lang: str = "fr") -> dict[str, Any]:
    """Return the venue of a session, as it was released with it."""
    return {
        "id": session.venue_id,
        "name": session.venue,
        "address": session.address,
        "postcode": session.postcode,
        "commune": {"insee_code": session.insee_code, "name": session.commune}
        if session.commune is not None
        else None,
        "latitude": session.latitude,
        "longitude": session.longitude,
        "calendar": _address(f"/feeds/venues/{session.venue_id}.ics"),
    }


def _session(session: SessionFacts, lang: str) -> dict[str, Any]:
    page = _address(f"/sessions/{session.id}")
    return {
        **{name: getattr(session, name) for name in _AS_THEY_ARE},
        "title": _in(lang, session.title_fr, session.title_en),
        "description": _in(lang, session.description_fr, session.description_en),
        "venue": _venue(session),
        "space": {"id": session.space_id, "name": session.space} if session.space_id else None,
        "organisation": {"id": session.organisation_id, "name": session.organisation}
        if session.organisation_id
        else None,
        "edition": {
            "slug": session.edition_slug,
            "name": _in(lang, session.edition_fr, session.edition_en),
        },
        "page": page,
        "calendar": f"{page}.ics",
    }


#: The fields of a session that are given as they are.
_AS_THEY_ARE = {
    each.name for each in dataclass_fields(SessionFacts)
} & SessionSchema._declared_fields.keys() - {"venue", "space", "organisation"}


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
