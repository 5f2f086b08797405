"""The calendar of one registration: `/feeds/registrations/{token}.ics`, a private address.

And of each of its bookings, to be kept once: `/registrations/{token}/bookings/{id}.ics`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, abort

from services.registration.domain.calendar_entries import booking_entry
from services.registration.manage_queries import (
    BookingPage,
    RegistrationPage,
    registration_page,
)
from services.registration.queries import translated
from shared.calendar import Person, render_calendar
from shared.i18n import gettext as _
from shared.i18n import speaking, translator
from shared.identifiers import grouped_code
from shared.settings import Settings
from shared.web import current_context
from shared.web.caching import Validators, conditional_response

blueprint = Blueprint("registration_feeds", __name__)

#: How often subscribers should look again.
REFRESH = timedelta(hours=1)

#: Raised when entries are written in another way, so that nobody keeps the old ones.
_FORMAT = 2


@blueprint.get("/feeds/registrations/<token>.ics")
def registration_feed(token: str) -> Response:
    """Answer with the sessions of one registration, cancelled ones included."""
    context = current_context()
    with context.database.read() as db:
        page = registration_page(db, token, now=context.clock())
    if page is None:
        abort(404)
    return _answer(page, "parvis.ics")


@blueprint.get("/registrations/<token>/bookings/<uuid:booking_id>.ics")
def booking_calendar(token: str, booking_id: UUID) -> Response:
    """Answer with the session of one booking, to be added to a calendar."""
    context = current_context()
    with context.database.read() as db:
        page = registration_page(db, token, now=context.clock())
    bookings = page.bookings if page is not None else ()
    found = tuple(booking for booking in bookings if booking.id == booking_id)
    if page is None or not found:
        abort(404)
    return _answer(replace(page, bookings=found), f"parvis-{page.code}.ics")


def _answer(page: RegistrationPage, name: str) -> Response:
    settings = current_context().settings
    response = conditional_response(
        lambda: _calendar(page, settings),
        content_type="text/calendar; charset=utf-8",
        validators=_validators(page),
        cache_control="private, no-cache",
    )
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _calendar(page: RegistrationPage, settings: Settings) -> bytes:
    entries = [
        booking_entry(
            booking.session.details,
            status=booking.status,
            revision=booking.revision,
            changed_at=booking.changed_at,
            locale=page.locale,
            session_url=f"{settings.public_url}/sessions/{booking.session.id}",
            organizer=_organizer(page, settings),
        )
        for booking in _one_for_each_session(page.bookings)
    ]
    with speaking(translator("services.registration", page.locale)):
        return render_calendar(
            entries,
            name=_("Mon inscription %(code)s", code=grouped_code(page.code)),
            url=f"{settings.public_url}/registrations/{page.token}",
            refresh=REFRESH,
            language=page.locale,
        )


def _one_for_each_session(bookings: Iterable[BookingPage]) -> list[BookingPage]:
    """Return the newest booking of each session: an entry is known by its session."""
    newest = {booking.session.id: booking for booking in sorted(bookings, key=lambda one: one.id)}
    return [one for one in bookings if newest[one.session.id] is one]


def _organizer(page: RegistrationPage, settings: Settings) -> Person:
    edition = page.bookings[0].session.details["edition"]
    return (
        translated(edition["name"], page.locale),
        edition["contact_email"] or settings.mail_from,
    )


def _validators(page: RegistrationPage) -> Validators:
    parts = [
        (str(booking.session.id), booking.session.version, booking.status, booking.revision)
        for booking in page.bookings
    ]
    state = repr((_FORMAT, str(page.id), page.version, parts))
    changes = [booking.changed_at for booking in page.bookings]
    changes += [
        datetime.fromisoformat(booking.session.details["changed_at"]) for booking in page.bookings
    ]
    return Validators(
        hashlib.blake2b(state.encode(), digest_size=16).hexdigest(), last_modified=max(changes)
    )
