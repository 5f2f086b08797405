"""The history of everything, for the coordination: who did what, when, and to what."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain import permissions
from services.scheduling.domain.contacts import contacts_in
from services.scheduling.domain.owners import owners_of
from services.scheduling.models import (
    Activity,
    Edition,
    Festival,
    Organisation,
    Presenter,
    Resource,
    Session,
    Space,
    Venue,
)
from services.scheduling.pages.console.editors import PLACE_READERS
from services.scheduling.pages.console.history_labels import NOUNS
from services.scheduling.pages.console.history_panel import Line, lines_of
from services.scheduling.pages.console.history_words import ZONE
from services.scheduling.queries.history import (
    HistoryFilter,
    edition_slugs,
    editions_by_name,
    entries,
    people_in_history,
)
from shared.web import current_context
from shared.web.addresses import address_with
from shared.web.sign_in import current_account, require_staff

#: How many entries one page shows.
PAGE_SIZE = 50

#: What has a page of its own, whose owners see its history too.
_MODELS = {
    model.__tablename__: model
    for model in (
        Activity,
        Edition,
        Festival,
        Organisation,
        Presenter,
        Resource,
        Session,
        Space,
        Venue,
    )
}

#: The pages of things, and what their addresses call an id.
_PAGES = {
    "accounts": ("console_accounts.edit", "account_id"),
    "activities": ("console_activities.edit", "activity_id"),
    "communes": ("console_communes.edit", "commune_id"),
    "editions": ("console_editions.edit", ""),
    "festivals": ("console_festivals.edit", "festival_id"),
    "organisations": ("console_organisations.edit", "organisation_id"),
    "sessions": ("console_session.edit", "session_id"),
    "venues": ("console_venues.edit", "venue_id"),
}

blueprint = Blueprint("console_history", __name__, url_prefix="/console/history")


@blueprint.get("")
@require_staff(*PLACE_READERS)
def index() -> ResponseReturnValue:
    """Show the entries that match, the latest first; others than coordinators: of one object."""
    wanted = _filter()
    before = _identifier(request.args.get("cursor", ""))
    with current_context().database.read() as db:
        hidden = _check(db, wanted)
        found = entries(db, wanted, before=before, limit=PAGE_SIZE + 1)
        older = found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
        shown = [told.without(hidden) for told in found[:PAGE_SIZE]]
        account = current_account()
        sees_all = account is not None and account.has_role("coordinator")
        return render_template(
            "console/history.html",
            lines=lines_of(db, shown),
            title=found[0].title if found and wanted.row_id else "",
            wanted=wanted,
            day_from=request.args.get("day_from", ""),
            day_to=request.args.get("day_to", ""),
            older_href=address_with(cursor=str(older)) if older else None,
            newest_href=address_with(cursor=None) if before else None,
            nouns=list(NOUNS.items()),
            people=people_in_history(db) if sees_all else [],
            editions=editions_by_name(db),
            sees_all=sees_all,
            page_of=partial(page_of, edition_slugs(db)),
        )


def page_of(slugs: Mapping[UUID, str], line: Line) -> str | None:
    """Return the address of what an entry is about, where it has a page; `slugs` are editions'."""
    told = line.told
    endpoint, name = _PAGES.get(told.noun, ("", ""))
    slug = slugs.get(told.edition_id) if told.edition_id else None
    if not endpoint or told.action in ("deleted", "unplaced"):
        return None
    if told.noun in ("accounts", "communes", "festivals", "organisations", "venues"):
        place: dict[str, Any] = {name: told.row_id}
        return url_for(endpoint, **place)
    if slug is None:
        return None
    if told.action == "released":
        return url_for("console_releases.one", slug=slug, number=told.after["number"])
    given: dict[str, Any] = {"slug": slug} | ({name: told.row_id} if name else {})
    return url_for(endpoint, **given)


def _check(db: DbSession, wanted: HistoryFilter) -> frozenset[str]:
    """Let others than coordinators see one object that they may read; returns what to hide."""
    account = current_account()
    if account is None:
        abort(403)
    if account.has_role("coordinator"):
        return frozenset()
    model = _MODELS.get(wanted.noun or "")
    row = db.get(model, wanted.row_id) if model is not None and wanted.row_id else None
    if row is None or wanted.noun is None:
        abort(403)
    owners = owners_of(db, row)
    if not permissions.may(account, "read", wanted.noun, owners):
        abort(403)
    sees = permissions.may(account, "contacts", wanted.noun, owners)
    return frozenset() if sees else contacts_in(row)


def _filter() -> HistoryFilter:
    arguments = request.args
    noun = arguments.get("noun", "")
    last = _day(arguments.get("day_to", ""))
    return HistoryFilter(
        noun=noun if noun in NOUNS else None,
        row_id=_identifier(arguments.get("row", "")),
        account_id=_identifier(arguments.get("who", "")),
        edition_id=_identifier(arguments.get("edition", "")),
        since=_midnight(_day(arguments.get("day_from", ""))),
        until=_midnight(last + timedelta(days=1) if last else None),
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, ZoneInfo(ZONE)) if day else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 < day.year < 9000 else None


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
