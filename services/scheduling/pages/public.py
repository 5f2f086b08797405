"""The programme for everybody: the list, and one session."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.blueprints import BlueprintSetupState

from services.scheduling.domain.closing import takes_registrations
from services.scheduling.domain.session_facts import SessionFacts, read_facts
from services.scheduling.pages.programme_address import ProgrammeAddress, read_address
from services.scheduling.pages.words import install_words
from services.scheduling.queries.api import one_session
from services.scheduling.queries.programme import (
    chosen_edition,
    communes_of,
    count_by_day,
    days_of,
    exhibitions,
    programme_page,
    venue_name,
)
from services.scheduling.queries.released import PublicEdition, public_editions
from services.scheduling.queries.session_page import other_dates
from shared.web import current_context
from shared.web.cursors import read_cursor, write_cursor
from shared.web.problems import Problem

#: How many sessions one page of the programme lists.
PAGE_LENGTH = 50

#: How many exhibitions stand above the list; the others open below them.
EXHIBITIONS_SHOWN = 3

blueprint = Blueprint("public", __name__)


@blueprint.record_once
def _give_words(state: BlueprintSetupState) -> None:
    install_words(state.app)


@blueprint.get("/")
def programme() -> Response:
    """Show an edition's programme, narrowed as the address asks."""
    context = current_context()
    now = context.clock()
    address = read_address(request.args)
    with context.database.read() as db:
        known = public_editions(db)
        edition = chosen_edition(known, address.edition, now.date())
        if edition is None:
            return make_response(render_template("programme/none.html"))
        address = replace(address, edition=_named(edition, known, now.date()))
        today = now.astimezone(ZoneInfo(edition.time_zone)).date()
        wanted = address.filter(now if edition.ends_on >= today else None)
        days = days_of(edition)
        shown, by_day = count_by_day(db, edition, wanted, days)
        position = _position(address)
        rows = list(programme_page(db, edition, wanted, position, PAGE_LENGTH)) if shown else []
        first_page = position is None
        body = render_template(
            "programme/list.html",
            address=address,
            communes=communes_of(db, edition.id),
            days=days,
            by_day=by_day,
            edition=edition,
            editions=known,
            exhibitions_shown=EXHIBITIONS_SHOWN,
            exhibitions=exhibitions(db, edition, wanted) if first_page else [],
            groups=_by_day(rows[:PAGE_LENGTH]),
            is_first_page=first_page,
            next_href=_next(address, rows),
            now=now,
            shown=shown,
            today=today,
            venue=venue_name(db, address.venue) if address.venue else None,
        )
    return make_response(body)


@blueprint.get("/sessions/<uuid:session_id>")
def session(session_id: UUID) -> Response:
    """Show everything about one session, and how to get in."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        row = one_session(db, session_id)
        if row is None:
            abort(404)
        found = read_facts(row.details, row.seats_left)
        dates = other_dates(db, session_id, UUID(found.activity_id), now)
    body = render_template(
        "session.html", session=found, dates=dates, now=now, state=_state(found, now)
    )
    return make_response(body)


def _named(edition: PublicEdition, known: Sequence[PublicEdition], today: date) -> str | None:
    """Return the slug for links, or nothing for the edition that is shown without one."""
    usual = chosen_edition(known, None, today)
    return None if usual is not None and usual.id == edition.id else edition.slug


def _position(address: ProgrammeAddress) -> tuple[Any, ...] | None:
    try:
        return read_cursor(address.cursor, datetime.fromisoformat, UUID)
    except Problem:  # an old link or a mistyped one: the list from its beginning
        return None


def _next(address: ProgrammeAddress, rows: list[sa.Row[Any]]) -> str | None:
    if len(rows) <= PAGE_LENGTH:
        return None
    last = rows[PAGE_LENGTH - 1]
    return address.from_cursor(write_cursor(last.starts_at, last.id))


def _by_day(rows: Iterable[sa.Row[Any]]) -> list[tuple[date, list[sa.Row[Any]]]]:
    def local_day(row: sa.Row[Any]) -> date:
        start: datetime = row.starts_at
        return start.astimezone(ZoneInfo(row.time_zone)).date()

    return [(day, list(found)) for day, found in groupby(rows, key=local_day)]


def _state(found: SessionFacts, now: datetime) -> str:
    """Return the session's state in a word: what its page says first."""
    if found.status == "cancelled":
        return "cancelled"
    if takes_registrations(found, now):
        return "full" if found.seats_left is not None and found.seats_left <= 0 else "open"
    if found.ends_at <= now:
        return "over"
    if found.registration == "none":
        return "free"
    if found.registration == "elsewhere":
        return "full_elsewhere" if found.registration_full else "elsewhere"
    return "started"
