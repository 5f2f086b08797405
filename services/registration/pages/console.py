"""The console's pages of registrations: how full sessions are, who comes, and who looked."""

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.console_queries import (
    booked_parties,
    name_accesses,
    party_totals,
    session_line,
    session_lines,
)
from services.registration.domain.names import (
    LONGEST_PURPOSE,
    log_access,
    may_see_names,
    may_see_numbers,
)
from services.registration.models import SessionCopy, SessionSeats
from services.registration.name_lists import CSV, XLSX, as_csv, as_xlsx
from shared.i18n import LazyText, current_locale, format_session_time
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.text import fold
from shared.web import current_context
from shared.web.addresses import address_with
from shared.web.paging import read_page, read_words
from shared.web.sign_in import SignedInAccount, current_account, require_staff

#: Who sees numbers, of all sessions or of their own.
VIEWERS = ("coordinator", "organiser", "venue", "reader")

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
    context, account = current_context(), _account()
    words = read_words(request.args.get("q"))
    is_all = request.args.get("when") == "all"
    since = None if is_all else context.clock()
    with context.database.read() as db:
        _lines, total = session_lines(db, account, words=words, since=since, most=1)
        page = read_page(request.args.get("page"), size=PAGE_SIZE, total=total)
        lines, _total = session_lines(
            db, account, words=words, since=since, offset=page.offset, most=PAGE_SIZE
        )
    return render_template(
        "console_sessions.html",
        lines=lines,
        page=page,
        words=words,
        is_all=is_all,
        when_of=lambda line: _when(line.details, line.starts_at, line.ends_at),
    )


@blueprint.get("/registration/sessions/<uuid:session_id>")
@require_staff(*VIEWERS)
def session(session_id: UUID) -> ResponseReturnValue:
    """Show a session's numbers, and its names to those who may see them: that is logged."""
    context, account = current_context(), _account()
    with context.database.read() as db:
        copy, seats = _open_session(db, session_id)
        totals = party_totals(db, session_id)
        sees_names = may_see_names(account, copy.organisation_id, copy.venue_id)
        parties = booked_parties(db, session_id) if sees_names else []
    if parties:
        _log(copy, "page", len(parties))
    return render_template(
        "console_session.html",
        copy=copy,
        seats=seats,
        totals=totals,
        sees_names=sees_names,
        parties=parties,
        when=_when(copy.details, copy.starts_at, copy.ends_at),
        longest_purpose=LONGEST_PURPOSE,
        error=None,
    )


@blueprint.post("/registration/sessions/<uuid:session_id>/names")
@require_staff(*VIEWERS)
def export(session_id: UUID) -> ResponseReturnValue:
    """Give the names as a file, and keep who took it away, when and what for."""
    account = _account()
    kind = "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    purpose = " ".join(request.form.get("purpose", "").split())[:LONGEST_PURPOSE]
    with current_context().database.read() as db:
        copy, seats = _open_session(db, session_id)
        if not may_see_names(account, copy.organisation_id, copy.venue_id):
            abort(403)
        parties = booked_parties(db, session_id)
        totals = party_totals(db, session_id)
    if not purpose:
        page = render_template(
            "console_session.html",
            copy=copy,
            seats=seats,
            totals=totals,
            sees_names=True,
            parties=[],
            when=_when(copy.details, copy.starts_at, copy.ends_at),
            longest_purpose=LONGEST_PURPOSE,
            error=_("Dites à quoi servira la liste : c’est noté avec l’export."),
        )
        return page, 422
    zone, title = copy.details["time_zone"], copy.details["title"]["fr"]
    content = as_csv(parties, zone) if kind == "csv" else as_xlsx(parties, zone, title)
    _log(copy, kind, len(parties), purpose)
    response = Response(content, content_type=CSV if kind == "csv" else XLSX)
    kind_of_list = _("inscriptions")
    name = f"{kind_of_list}-{'-'.join(fold(title).split())[:60]}.{kind}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"inscriptions.{kind}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/names-log")
@require_staff("coordinator")
def names_log() -> ResponseReturnValue:
    """Show who was shown names, when, how many and what for."""
    account_id, cursor = _identifier("who"), _identifier("cursor")
    with current_context().database.read() as db:
        found = name_accesses(db, account_id=account_id, before=cursor, most=PAGE_SIZE + 1)
    older = found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
    return render_template(
        "names_log.html",
        accesses=found[:PAGE_SIZE],
        kinds=KIND_LABELS,
        is_narrowed=account_id is not None,
        older_href=address_with(cursor=str(older)) if older else None,
        newest_href=address_with(cursor=None) if cursor else None,
    )


def _open_session(db: Session, session_id: UUID) -> tuple[SessionCopy, SessionSeats]:
    found = session_line(db, session_id)
    if found is None:
        abort(404)
    if not may_see_numbers(_account(), found[0].organisation_id, found[0].venue_id):
        abort(403)
    return found


def _log(copy: SessionCopy, kind: str, names: int, purpose: str | None = None) -> None:
    context, account = current_context(), _account()
    with context.database.write() as db:
        log_access(
            db,
            copy,
            account_id=account.id,
            account_name=account.name,
            kind=kind,
            names=names,
            now=context.clock(),
            purpose=purpose,
        )


def _account() -> SignedInAccount:
    return current_account() or abort(403)


def _when(details: dict[str, object], starts_at: datetime, ends_at: datetime) -> str:
    return format_session_time(
        starts_at,
        ends_at,
        str(details["time_zone"]),
        str(details["kind"]),
        current_locale(),
        weekly_hours=details["weekly_hours"],  # type: ignore[arg-type]
        year=True,
    )


def _identifier(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
