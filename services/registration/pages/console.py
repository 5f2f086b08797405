"""The console's pages of registrations: how full sessions are, and who looked at names."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.call_queries import calls_to_make
from services.registration.console_queries import SessionLine, name_accesses, session_lines
from services.registration.pages.staff import VIEWERS, identifier, viewer, when_of
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.addresses import address_with
from shared.web.paging import read_page, read_words
from shared.web.sign_in import require_staff

PAGE_SIZE = 50

KIND_LABELS: dict[str, LazyText] = {
    "page": _l("à l’écran"),
    "csv": _l("fichier CSV"),
    "xlsx": _l("fichier Excel"),
    "api": _l("par l’API"),
}

blueprint = Blueprint("console_registrations", __name__, url_prefix="/console")


@blueprint.get("/registration")
@require_staff(*VIEWERS)
def index() -> ResponseReturnValue:
    """List the sessions that take registrations, with how full they are."""
    context, who = current_context(), viewer()
    words, place = read_words(request.args.get("q")), read_words(request.args.get("commune"))
    day = _day(request.args.get("day", ""))
    organisation_id, venue_id = identifier("organisation"), identifier("venue")
    is_all = request.args.get("when") == "all"
    since = None if is_all or day else context.clock()
    with context.database.read() as db:
        find = partial(
            session_lines,
            db,
            who,
            words=words,
            since=since,
            commune=place,
            day=day,
            organisation_id=organisation_id,
            venue_id=venue_id,
        )
        _lines, total = find(most=1)
        page = read_page(request.args.get("page"), size=PAGE_SIZE, total=total)
        lines, _total = find(offset=page.offset, most=PAGE_SIZE)
        to_call = calls_to_make(db, who)
    return render_template(
        "console_sessions.html",
        lines=lines,
        page=page,
        words=words,
        place=place,
        day=day,
        is_all=is_all,
        whose=[
            (name, row_id, _name_of(name, lines, fallback))
            for name, row_id, fallback in (
                ("organisation", organisation_id, _l("Une structure")),
                ("venue", venue_id, _l("Un lieu")),
            )
            if row_id is not None
        ],
        to_call=to_call,
        when_of=lambda line: when_of(line.details, line.starts_at, line.ends_at),
    )


@blueprint.get("/names-log")
@require_staff("coordinator")
def names_log() -> ResponseReturnValue:
    """Show who was shown names, when, how many and what for."""
    account_id, cursor = identifier("who"), identifier("cursor")
    with current_context().database.read() as db:
        found = name_accesses(db, account_id=account_id, before=cursor, most=PAGE_SIZE + 1)
    older: UUID | None = found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
    return render_template(
        "names_log.html",
        accesses=found[:PAGE_SIZE],
        kinds=KIND_LABELS,
        is_narrowed=account_id is not None,
        older_href=address_with(cursor=str(older)) if older else None,
        newest_href=address_with(cursor=None) if cursor else None,
    )


def _name_of(part: str, lines: Sequence[SessionLine], fallback: LazyText) -> str:
    """Return what the organisation or venue is called whose sessions these are."""
    return str(lines[0].details[part]["name"] if lines else fallback)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
