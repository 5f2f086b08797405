"""Private calendar feeds: a venue's, an organisation's or a presenter's own, behind a secret.

They have what was released, with expected numbers and contacts, and what is brought and fetched.
Drafts are left out: `docs/decisions/private-feeds-show-what-is-agreed.md`.

The address is the secret. It is in no log (requests are logged by their route), no search engine
and no `Referer`; whoever has a wrong or a revoked one is told what anybody else is: 404.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.feed_tokens import OWNERS, recognise_feed
from services.scheduling.domain.logistics.hosting import moves_for, sessions_of
from services.scheduling.domain.private_entries import move_entry, organizer, session_entry
from services.scheduling.models import FeedToken, Organisation, Presenter, Venue
from shared.calendar import CalendarEntry, render_calendar
from shared.i18n import DEFAULT_LOCALE, LOCALES, speaking, translator
from shared.i18n import gettext as _
from shared.observability import get_logger
from shared.settings import Settings
from shared.web import current_context
from shared.web.caching import Validators, conditional_response, digest_of

#: How often subscribers are asked to look again.
REFRESH = timedelta(hours=1)

CONTENT_TYPE = "text/calendar; charset=utf-8"

#: No shared cache may keep it; the subscriber's own asks each time whether it has changed.
CACHE_CONTROL = "private, no-cache"

#: Longer than any secret that was ever made.
LONGEST_TOKEN = 100

_MODELS: dict[str, Any] = {
    "venue_id": Venue,
    "organisation_id": Organisation,
    "presenter_id": Presenter,
}

blueprint = Blueprint("private_feeds", __name__)

_log = get_logger(__name__)


@blueprint.get("/feeds/private/<token>.ics")
def feed(token: str) -> Response:
    """Serve the calendar that this secret opens."""
    context = current_context()
    if len(token) > LONGEST_TOKEN or not token.isascii():
        abort(404)
    found = recognise_feed(context.database, token, now=context.clock()) or abort(404)
    asked = request.args.get("lang")
    locale = asked if asked in LOCALES else DEFAULT_LOCALE
    with speaking(translator("services.scheduling", locale)):
        body = _calendar(found, locale)
    response = conditional_response(
        body,
        content_type=CONTENT_TYPE,
        validators=Validators(digest_of(body)),
        cache_control=CACHE_CONTROL,
    )
    response.headers["Content-Disposition"] = 'inline; filename="parvis.ics"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _calendar(token: FeedToken, locale: str) -> bytes:
    """Return the calendar.

    Its tag is made of it, and it has no `Last-Modified`: seats change by themselves, and an option
    ends with no change at all.
    """
    context = current_context()
    owner = next(name for name in OWNERS if getattr(token, name) is not None)
    row_id = getattr(token, owner)
    with context.database.read() as db:
        row = db.get(_MODELS[owner], row_id) or abort(404)
        name = row.name
        entries = list(_entries(db, owner, row_id, context.settings))
    return render_calendar(
        entries,
        name=_("%(name)s : agenda interne", name=name),
        organizer=organizer(context.settings.mail_from),
        refresh=REFRESH,
        language=locale,
    )


def _entries(
    db: DbSession, owner: str, row_id: UUID, settings: Settings
) -> Iterator[CalendarEntry]:
    """Give the entries; one that no calendar can carry is left out rather than all lost."""
    told = {"public_url": settings.public_url, "mail_from": settings.mail_from}
    for staffed in sessions_of(db, owner, row_id):
        try:
            yield session_entry(staffed.session, staffed.contacts, **told)
        except ValueError:
            _log.error("session does not fit a calendar", session=str(staffed.session.id))
    for move in moves_for(db, owner, row_id, current_context().clock()):
        try:
            yield move_entry(move, **told)
        except ValueError:
            _log.error("move does not fit a calendar", uid=move.uid)
