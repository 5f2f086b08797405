"""Before registration opens: a page that counts down to it, and goes on to the form by itself."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request

from services.registration.pages.words import left_words
from services.registration.queries import SessionPage, session_page
from services.registration.waiting_room import give_pass_back
from shared.i18n import gettext as _
from shared.web import current_context

blueprint = Blueprint("opening", __name__)

#: How long before the opening somebody who does not see the digits is told of it, in seconds.
TOLD = (3600, 600, 300, 60, 10)

#: Over how many seconds after the opening pages that waited for it ask for the form.
SPREAD = 3

#: Without JavaScript the page asks for itself when the opening is no further than this, in seconds.
ASKED_AGAIN = 3600


@blueprint.get("/register/<uuid:session_id>/opening")
def time_left(session_id: UUID) -> Response:
    """Tell a page that slept how many milliseconds are left by our clock: `{"left": 90000}`."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        session = session_page(db, session_id, now=now)
    if session is None:
        abort(404)
    answer = jsonify(left=_milliseconds(session, now))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def countdown(session: SessionPage, status: int) -> Response:
    """Show when registration opens; with 409, that a form sent too early was not taken."""
    now = current_context().clock()
    left = _milliseconds(session, now)
    seconds = -(-left // 1000)
    body = render_template(
        "not_open_yet.html",
        session=session,
        opens_at=session.opens_at,
        came_early=status == 409,
        left=left,
        left_words=left_words(timedelta(seconds=seconds)),
        digits=_digits(seconds),
        idle=_idle(seconds),
        again=seconds + 1 + seconds % SPREAD if seconds <= ASKED_AGAIN else None,
        spread=SPREAD * 1000,
        told={str(at): told_words(at) for at in TOLD},
    )
    give_pass_back(request.environ)
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def told_words(seconds: int) -> str:
    """Return what is read aloud this long before the opening."""
    return _("Ouverture dans %(left)s.", left=left_words(timedelta(seconds=seconds)))


def _digits(seconds: int) -> list[tuple[str, int, str]]:
    """Return days, hours, minutes and seconds, each with its name and its unit in short."""
    minutes, hours = seconds // 60, seconds // 3600
    return [
        ("days", hours // 24, _("j")),
        ("hours", hours % 24, _("h")),
        ("minutes", minutes % 60, _("min")),
        ("seconds", seconds % 60, _("s")),
    ]


def _idle(seconds: int) -> tuple[str, ...]:
    """Return the digits that are not shown: days and hours that are over."""
    if seconds >= 86400:
        return ()
    return ("days",) if seconds >= 3600 else ("days", "hours")


def _milliseconds(session: SessionPage, now: datetime) -> int:
    if session.opens_at is None:
        return 0
    return max(0, round((session.opens_at - now) / timedelta(milliseconds=1)))
