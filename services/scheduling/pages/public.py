"""The programme for everybody: an edition's list, narrowed as the address asks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, Response, make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session as DbSession

from services.scheduling.overviews import install_overviews, overview_of
from services.scheduling.pages.addresses import install_addresses
from services.scheduling.pages.calendar_links import install_calendar_links
from services.scheduling.pages.code_words import install_code_words
from services.scheduling.pages.programme_address import (
    BY_DATE,
    BY_DISTANCE,
    RADII,
    ProgrammeAddress,
    read_address,
)
from services.scheduling.pages.ways_out import ways_out
from services.scheduling.pages.words import install_words, local_day
from services.scheduling.queries.programme import (
    ProgrammeFilter,
    best_page,
    chosen_edition,
    count,
    days_of,
    exhibitions,
    nearest_page,
    programme_page,
    weekend_of,
)
from services.scheduling.queries.released import PublicEdition, public_editions
from shared.web import current_context
from shared.web.cursors import read_cursor, write_cursor
from shared.web.problems import Problem

#: How many sessions one page of the programme lists.
PAGE_LENGTH = 50

#: How many exhibitions stand above the list; the others open below them.
EXHIBITIONS_SHOWN = 3

#: What a page is allowed that asks where its reader is, and asks only when that is wanted.
MAY_LOCATE = "camera=(), geolocation=(self), microphone=()"

blueprint = Blueprint("public", __name__)


@blueprint.record_once
def _give_words(state: BlueprintSetupState) -> None:
    install_words(state.app)
    install_code_words(state.app)
    install_addresses(state.app)
    install_calendar_links(state.app)
    install_overviews(state.app)


@blueprint.get("/")
def programme() -> Response:
    """Show an edition's programme, narrowed as the address asks."""
    context = current_context()
    now = context.clock()
    asked = read_address(request.args)
    with context.database.read() as db:
        known = public_editions(db)
        edition = chosen_edition(known, asked.edition, now.date())
        if edition is None:
            return make_response(render_template("programme/none.html"))
        address = replace(asked, edition=named(edition, known, now.date()))
        overview = overview_of(db, edition.id)
        today = now.astimezone(ZoneInfo(edition.time_zone)).date()
        wanted = address.filter(edition, overview, now, today)
        shown = read_list(db, edition, address, wanted, now)
        body = render_template(
            "programme/list.html",
            address=address,
            edition=edition,
            editions=known,
            exhibitions_shown=EXHIBITIONS_SHOWN,
            goes_on=edition.ends_on >= today,
            list=shown,
            narrowing=wanted.narrowing,
            now=now,
            overview=overview,
            place=overview.place(address.near) if address.near else None,
            radii=RADII,
            today=today,
            ways_out=[]
            if shown.shown or shown.exhibitions
            else ways_out(db, edition, address, overview, now, today),
            weekend=weekend_of(edition, today),
        )
    response = make_response(body)
    response.headers["Permissions-Policy"] = MAY_LOCATE
    return response


class ProgrammeList:
    """One page of a list of sessions, with what stands around it."""

    def __init__(
        self,
        rows: Sequence[sa.Row[Any]],
        *,
        order: str,
        next_href: str | None,
        is_first_page: bool,
    ) -> None:
        self.rows = rows
        self.order = order
        self.next_href = next_href
        self.is_first_page = is_first_page
        self.days: list[date] = []
        self.by_day: dict[date, int] = {}
        self.shown = 0
        self.more: dict[str, int] = {}
        self.exhibitions: list[sa.Row[Any]] = []
        self.wanted_days: tuple[date, ...] = ()

    @property
    def groups(self) -> list[tuple[date | None, list[sa.Row[Any]]]]:
        """Return the sessions by day; in one group where they are in another order."""
        if self.order == BY_DATE:
            return [*by_day(self.rows)]
        return [(None, list(self.rows))] if self.rows else []

    def on(self, days: Iterable[date]) -> int:
        """Return how many sessions these days have together."""
        return sum(self.by_day.get(day, 0) for day in days)


def read_list(
    db: DbSession,
    edition: PublicEdition,
    address: ProgrammeAddress,
    wanted: ProgrammeFilter,
    now: datetime,
    href: Callable[[str | None], str] | None = None,
) -> ProgrammeList:
    """Read a page of a list, its days and counts; `href` gives the address of another page."""
    link = href or address.from_cursor
    days = days_of(edition)
    counted = count(db, edition, wanted, days, now)
    order = address.order(wanted)
    rows: Sequence[sa.Row[Any]]
    if order == BY_DATE:
        position = _position(address.cursor)
        is_first = position is None
        rows = programme_page(db, edition, wanted, position, PAGE_LENGTH) if counted.shown else []
        more = _after(rows)
    else:
        offset = _offset(address.cursor)
        is_first = offset == 0
        read = nearest_page if order == BY_DISTANCE else best_page
        rows = read(db, edition, wanted, offset, PAGE_LENGTH) if counted.shown else []
        more = str(offset + PAGE_LENGTH) if len(rows) > PAGE_LENGTH else None
    page = ProgrammeList(
        rows[:PAGE_LENGTH],
        order=order,
        next_href=link(more) if more else None,
        is_first_page=is_first,
    )
    page.days, page.by_day = days, counted.by_day
    page.shown, page.more = counted.shown, counted.more
    page.wanted_days = wanted.days
    page.exhibitions = exhibitions(db, edition, wanted) if is_first else []
    return page


def named(edition: PublicEdition, known: Sequence[PublicEdition], today: date) -> str | None:
    """Return the slug for links, or nothing for the edition that is shown without one."""
    usual = chosen_edition(known, None, today)
    return None if usual is not None and usual.id == edition.id else edition.slug


def by_day(rows: Iterable[sa.Row[Any]]) -> list[tuple[date, list[sa.Row[Any]]]]:
    """Return sessions in order of time as their local days, each with its sessions."""
    return [(day, list(found)) for day, found in groupby(rows, key=local_day)]


def _position(cursor: str | None) -> tuple[Any, ...] | None:
    try:
        return read_cursor(cursor, datetime.fromisoformat, UUID)
    except Problem:  # an old link or a mistyped one: the list from its beginning
        return None


def _offset(cursor: str | None) -> int:
    return (
        int(cursor) if cursor and cursor.isascii() and cursor.isdigit() and len(cursor) < 7 else 0
    )


def _after(rows: Sequence[sa.Row[Any]]) -> str | None:
    if len(rows) <= PAGE_LENGTH:
        return None
    last = rows[PAGE_LENGTH - 1]
    return write_cursor(last.starts_at, last.id)
