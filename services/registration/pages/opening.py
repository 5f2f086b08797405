"""Before registration opens: a page that counts down to it, and goes on to the form by itself."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request

from services.registration.pages.words import left_words
from services.registration.queries import SessionPage, session_page, translated
from services.registration.waiting_room import give_pass_back
from shared.calendar import CalendarEntry, render_calendar
from shared.i18n import current_locale
from shared.i18n import gettext as _
from shared.settings import Settings
from shared.web import current_context
from shared.web.caching import uncached

blueprint = Blueprint("opening", __name__)

#: How long the entry of a calendar lasts, and how long before the opening it rings.
REMINDER_LASTS, RINGS = timedelta(minutes=15), timedelta(minutes=10)

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
    return uncached(answer)


@blueprint.get("/register/<uuid:session_id>/opening.ics")
def reminder(session_id: UUID) -> Response:
    """Give an entry for one's calendar that rings shortly before the opening."""
    context = current_context()
    with context.database.read() as db:
        session = session_page(db, session_id, now=context.clock())
    if session is None or session.opens_at is None:
        abort(404)
    response = make_response(_calendar(session, session.opens_at, context.settings))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="inscriptions.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _calendar(session: SessionPage, opens_at: datetime, settings: Settings) -> bytes:
    details, locale = session.details, current_locale()
    edition = details["edition"]
    form = f"{settings.public_url}/register/{session.id}"
    entry = CalendarEntry(
        uid=f"opening-{session.id}@parvis",
        sequence=session.version,
        summary=_("Inscriptions : %(title)s", title=session.title(locale)),
        description=_("Les inscriptions ouvrent. Le formulaire : %(form)s", form=form),
        url=form,
        starts_at=opens_at,
        ends_at=opens_at + REMINDER_LASTS,
        time_zone=details["time_zone"],
        changed_at=datetime.fromisoformat(details["changed_at"]),
        transparent=True,
        organizer=(
            translated(edition["name"], locale),
            edition["contact_email"] or settings.mail_from,
        ),
        alarms=(RINGS,),
    )
    return render_calendar([entry], name=entry.summary, url=form, language=locale)


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
    return uncached(response)


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
