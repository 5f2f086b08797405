"""Calendar feeds of the programme, one for whatever sessions have in common.

That is their edition, venue, space, commune, organisation, theme or presenter.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request

from services.scheduling.domain.calendar_entries import calendar_entry
from services.scheduling.domain.session_facts import SessionFacts, credited_name, read_facts
from services.scheduling.pages.words import in_our_words, kind_of_activity
from services.scheduling.queries.feeds import (
    COMMUNE_FEED,
    EDITION_FEED,
    ORGANISATION_FEED,
    PRESENTER_FEED,
    SESSION_FEED,
    SPACE_FEED,
    THEME_FEED,
    VENUE_FEED,
    Feed,
    FeedState,
)
from services.scheduling.queries.subjects import merged_into
from shared.calendar import CalendarWriter
from shared.context import ServiceContext
from shared.i18n import DEFAULT_LOCALE, LOCALES, LazyText, speaking, translator
from shared.i18n import lazy_gettext as _l
from shared.observability import get_logger
from shared.settings import Settings
from shared.web import current_context
from shared.web.caching import Validators, Version, conditional_response, unchanged
from shared.web.revalidation import FindVersion

#: Raise it whenever what a feed says changes while the programme does not: subscribers that hold
#: the old words are then sent the new ones.
RENDERING = 3

#: How often subscribers are asked to look again.
REFRESH = timedelta(hours=1)

CONTENT_TYPE = "text/calendar; charset=utf-8"

#: Shared caches may keep a feed for a minute; after that they ask whether it has changed.
CACHE_CONTROL = "public, max-age=60, must-revalidate"

blueprint = Blueprint("feeds", __name__)

_log = get_logger(__name__)


@dataclass(frozen=True)
class _Kind:
    """One kind of feed: what it reads, and how it is called.

    `name` takes the name from the session that was released last, and the key, but for an edition,
    whose feed's state has it; while there is none, the feed has the neutral name `unnamed`.
    """

    feed: Feed
    name: Callable[[SessionFacts, str], str | None]
    unnamed: LazyText
    refresh: timedelta | None = REFRESH


_VENUE = _Kind(VENUE_FEED, lambda session, _key: session.venue, _l("Programme du lieu"))
_SPACE = _Kind(
    SPACE_FEED,
    lambda session, _key: f"{session.venue}, {session.space}",
    _l("Programme de la salle"),
)
_COMMUNE = _Kind(COMMUNE_FEED, lambda session, _key: session.commune, _l("Programme de la commune"))
_ORGANISATION = _Kind(
    ORGANISATION_FEED, lambda session, _key: session.organisation, _l("Programme de la structure")
)
_THEME = _Kind(
    THEME_FEED,
    lambda session, _key: kind_of_activity(session.theme),
    _l("Programme de la thématique"),
)
_PRESENTER = _Kind(PRESENTER_FEED, credited_name, _l("Programme d’une personne"))
_EDITION = _Kind(EDITION_FEED, lambda _session, _key: None, _l("Programme"))
_SESSION = _Kind(
    SESSION_FEED,
    lambda session, _key: in_our_words(session.title_fr, session.title_en),
    _l("Programme"),
    refresh=None,
)


@blueprint.get("/feeds/venues/<uuid:venue_id>.ics")
def venue(venue_id: UUID) -> Response:
    """Serve the sessions of one venue."""
    return _answer(_VENUE, venue_id, f"venue-{venue_id}", f"/venues/{venue_id}")


@blueprint.get("/feeds/spaces/<uuid:space_id>.ics")
def space(space_id: UUID) -> Response:
    """Serve the sessions of one room or yard."""
    return _answer(_SPACE, space_id, f"space-{space_id}", f"/spaces/{space_id}")


@blueprint.get("/feeds/communes/<insee_code>.ics")
def commune(insee_code: str) -> Response:
    """Serve the sessions of one commune, known by its INSEE code."""
    return _answer(_COMMUNE, insee_code, f"commune-{insee_code}", f"/communes/{insee_code}")


@blueprint.get("/feeds/organisations/<uuid:organisation_id>.ics")
def organisation(organisation_id: UUID) -> Response:
    """Serve the sessions that one organisation proposes."""
    file_name = f"organisation-{organisation_id}"
    return _answer(_ORGANISATION, organisation_id, file_name, f"/organisations/{organisation_id}")


@blueprint.get("/feeds/presenters/<uuid:presenter_id>.ics")
def presenter(presenter_id: UUID) -> Response:
    """Serve the sessions that somebody presents."""
    file_name = f"presenter-{presenter_id}"
    return _answer(_PRESENTER, presenter_id, file_name, f"/presenters/{presenter_id}")


@blueprint.get("/feeds/themes/<slug>.ics")
def theme(slug: str) -> Response:
    """Serve the sessions on one theme, known by the slug of its name."""
    return _answer(_THEME, slug, f"theme-{slug}", f"/themes/{slug}")


@blueprint.get("/feeds/editions/<slug>.ics")
def edition(slug: str) -> Response:
    """Serve the whole programme of one edition."""
    return _answer(_EDITION, slug, f"edition-{slug}", f"/?edition={slug}")


@blueprint.get("/sessions/<uuid:session_id>.ics")
def session(session_id: UUID) -> Response:
    """Serve one session, to be added to a calendar once."""
    return _answer(_SESSION, session_id, f"session-{session_id}", f"/sessions/{session_id}")


def _answer(kind: _Kind, key: UUID | str, file_name: str, page: str) -> Response:
    """Answer 304 after one statement when the reader has this version, else the whole feed."""
    locale = _locale(request.args.get("lang"))
    context = current_context()
    found = _find(kind.feed, key, locale, context)
    if found is None:
        return _answer_merged(kind, key, file_name, page)
    state, validators = found
    not_modified = unchanged(validators, content_type=CONTENT_TYPE, cache_control=CACHE_CONTROL)
    if not_modified is not None:
        return not_modified
    # Read after the state: a change in between gives a newer body an older tag, never the reverse.
    with speaking(translator("services.scheduling", locale)):
        writer = CalendarWriter(language=locale)
        latest = _write_sessions(writer, kind.feed, key)
        body = writer.render(
            name=_name(kind, key, state, latest),
            url=context.settings.public_url + page,
            refresh=kind.refresh,
        )
    response = conditional_response(
        body, content_type=CONTENT_TYPE, validators=validators, cache_control=CACHE_CONTROL
    )
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}.ics"'
    return response


#: Each endpoint with its kind of feed and the argument that is the feed's key.
_ENDPOINTS = {
    "feeds.venue": (_VENUE, "venue_id"),
    "feeds.space": (_SPACE, "space_id"),
    "feeds.commune": (_COMMUNE, "insee_code"),
    "feeds.organisation": (_ORGANISATION, "organisation_id"),
    "feeds.presenter": (_PRESENTER, "presenter_id"),
    "feeds.theme": (_THEME, "slug"),
    "feeds.edition": (_EDITION, "slug"),
    "feeds.session": (_SESSION, "session_id"),
}


def versions(context: ServiceContext) -> dict[str, FindVersion]:
    """Return what finds the version of each feed, so that the unchanged are answered at once."""

    def finder(feed: Feed, argument: str) -> FindVersion:
        def find(arguments: Mapping[str, Any], asked: str | None) -> Version | None:
            found = _find(feed, arguments[argument], _locale(asked), context)
            return None if found is None else Version(found[1], CACHE_CONTROL)

        return find

    return {name: finder(kind.feed, argument) for name, (kind, argument) in _ENDPOINTS.items()}


def _locale(asked: str | None) -> str:
    return asked if asked in LOCALES else DEFAULT_LOCALE


def _find(
    feed: Feed, key: UUID | str, locale: str, context: ServiceContext
) -> tuple[FeedState, Validators] | None:
    """Return a feed's state and the version that this makes, or `None` when there is no feed."""
    if isinstance(key, str) and not key.isprintable():
        return None
    state = feed.read_state(context.database, key)
    return None if state is None else (state, _validators(state, locale, context.settings))


def _answer_merged(kind: _Kind, key: UUID | str, file_name: str, page: str) -> Response:
    """Serve under its old address the feed of what a merged row became: subscribers keep it."""
    with current_context().database.read() as db:
        became = merged_into(db, key) if isinstance(key, UUID) else None
    if became is None:
        abort(404)
    old, new = str(key), str(became)
    return _answer(kind, became, file_name.replace(old, new), page.replace(old, new))


def _write_sessions(writer: CalendarWriter, feed: Feed, key: UUID | str) -> SessionFacts | None:
    """Write the sessions as they are read; return the one that was released last, if any.

    A session that no calendar can carry is left out rather than all lost.
    """
    context = current_context()
    told = {"public_url": context.settings.public_url, "mail_from": context.settings.mail_from}
    latest: SessionFacts | None = None
    with context.database.read() as db:
        for details in feed.read_sessions(db, key):
            session = read_facts(details)
            if latest is None or _released(session) > _released(latest):
                latest = session
            try:
                entry = calendar_entry(session, **told)
            except ValueError:
                _log.error("session does not fit a calendar", session=session.id)
                continue
            writer.add(entry)
    return latest


def _released(session: SessionFacts) -> tuple[datetime, str]:
    return session.changed_at, session.id


def _name(kind: _Kind, key: UUID | str, state: FeedState, latest: SessionFacts | None) -> str:
    """Return what the calendar is called; an edition's own name says nothing of its sessions."""
    if state.name is not None:
        return in_our_words(state.name, state.name_en)
    return (kind.name(latest, str(key)) if latest else None) or str(kind.unnamed)


def _validators(state: FeedState, locale: str, settings: Settings) -> Validators:
    content = (
        RENDERING,
        locale,
        settings.public_url,
        settings.mail_from,
        state.name,
        state.name_en,
        state.sessions,
        state.versions,
        state.changed_at,
    )
    tag = hashlib.blake2b(repr(content).encode(), digest_size=12).hexdigest()
    return Validators(tag, state.changed_at)
