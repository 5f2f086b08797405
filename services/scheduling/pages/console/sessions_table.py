"""The table of an edition's sessions: filtered, sorted, looked at in saved views."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.releasing import hold_back
from services.scheduling.domain.saved_views import forget_view, save_view, views_of
from services.scheduling.models import Edition
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import (
    EDITORS,
    READERS,
    account_id,
    may_edit,
    own_organisations,
)
from services.scheduling.pages.words import AUDIENCE_LABELS
from services.scheduling.queries.sessions_table import (
    ORDERS,
    STATES,
    Choices,
    TableFilter,
    choices_of,
    count_sessions,
    fingerprint,
    session_ids,
    sessions_shown,
)
from shared.i18n import format_day
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.addresses import address_with
from shared.web.paging import read_page, read_words
from shared.web.sign_in import current_account, require_staff

PAGE_SIZE = 100
#: The name under which the table's views are kept.
TABLE = "sessions"

WAY_IN_LABELS = {
    "here": _l("Sur inscription ici"),
    "elsewhere": _l("Auprès de l’organisateur"),
    "none": _l("Entrée libre"),
}
KIND_LABELS = {
    "timed": _l("À heure fixe"),
    "drop_in": _l("En continu"),
    "exhibition": _l("Exposition"),
}
STATE_LABELS = {
    "waiting": _l("À publier"),
    "draft": _l("Jamais publiées"),
    "released": _l("Publiées"),
    "held_back": _l("Mises de côté"),
    "cancelled": _l("Annulées"),
    "full": _l("Complètes"),
    "overbooked": _l("Jauge dépassée"),
    "empty": _l("Sans inscription"),
}

#: The views that every edition begins with: a name and a query string.
USUAL_VIEWS = (
    (_l("Toutes"), ""),
    (_l("À publier"), "state=waiting"),
    (_l("Complètes"), "state=full"),
    (_l("Sans inscription"), "state=empty"),
    (_l("Annulées"), "state=cancelled"),
)

FILTERS = (
    "q",
    "day_from",
    "day_to",
    "commune",
    "venue",
    "organisation",
    "audience",
    "way_in",
    "kind",
    "state",
)

blueprint = Blueprint("console_sessions_table", __name__, url_prefix="/console/editions/<slug>")


@blueprint.get("/sessions")
@require_staff(*READERS)
def index(slug: str) -> ResponseReturnValue:
    """Show the sessions that match, a page at a time."""
    with current_context().database.read() as db:
        return _table(db, edition_or_404(db, slug))


@blueprint.get("/sessions/state")
@require_staff(*READERS)
def state(slug: str) -> ResponseReturnValue:
    """Tell an open table whether anything in it was changed or released since."""
    with current_context().database.read() as db:
        now = fingerprint(db, edition_or_404(db, slug).id)
    seen = request.args.get("seen", "")
    response: Response
    if seen == now:
        response = make_response("", 204)
    else:
        response = make_response(render_template("console/parts/table_changed.html"))
    response.set_etag(now)
    response.headers["Cache-Control"] = "no-store"
    return response.make_conditional(request.environ) if seen != now else response


@blueprint.post("/sessions/hold")
@require_staff(*EDITORS)
def hold(slug: str) -> ResponseReturnValue:
    """Leave the chosen sessions' changes out of releases, or take them in again."""
    query = _query(request.form.get("query", ""))
    with current_context().database.write() as db:
        edition = edition_or_404(db, slug)
        chosen = chosen_sessions(db, edition)
        hold_back(
            db,
            edition.id,
            chosen,
            held=request.form.get("do") != "take",
            own=own_organisations(),
            account_id=account_id(),
            now=current_context().clock(),
        )
    if chosen:
        flash(_("C’est noté pour les séances choisies."), "success")
    else:
        flash(_("Aucune séance n’était choisie."), "info")
    return redirect(_address(slug, query), 303)


@blueprint.post("/sessions/views")
@require_staff(*READERS)
def keep_view(slug: str) -> ResponseReturnValue:
    """Keep the filters and the order being looked at under a name."""
    context, account = current_context(), current_account()
    query = _query(request.form.get("query", ""))
    if account is None:
        abort(401)
    try:
        with context.database.write() as db:
            save_view(
                db,
                edition_or_404(db, slug).id,
                account.id,
                TABLE,
                name=request.form.get("name", ""),
                query=urlencode(list(query.items(multi=True))),
                is_shared=bool(request.form.get("is_shared")) and may_edit(),
                now=context.clock(),
            )
    except Invalid as refusal:
        flash(str(refusal.faults["name"]), "error")
    return redirect(_address(slug, query), 303)


@blueprint.post("/sessions/views/<uuid:view_id>/remove")
@require_staff(*READERS)
def remove_view(slug: str, view_id: UUID) -> ResponseReturnValue:
    """Forget one of one's own views."""
    account = current_account()
    with current_context().database.write() as db:
        if account is None or not forget_view(db, view_id, account.id):
            abort(404)
    return redirect(url_for(".index", slug=slug), 303)


def chosen_sessions(db: Any, edition: Edition) -> list[UUID]:
    """Return the sessions that the request's form chose in the table, by box or by filter."""
    if request.form.get("everything"):
        query = _query(request.form.get("query", ""))
        return list(session_ids(db, edition, read_filter(query)))
    return [found for text in request.form.getlist("id") if (found := _uuid(text))]


def read_filter(arguments: MultiDict[str, str]) -> TableFilter:
    """Return what an address asks for; what cannot be read asks for nothing."""

    def one_of(name: str, known: Any) -> str | None:
        value = arguments.get(name, "")
        return value if value in known else None

    return TableFilter(
        words=read_words(arguments.get("q")),
        first_day=_day(arguments.get("day_from", "")),
        last_day=_day(arguments.get("day_to", "")),
        commune=arguments.get("commune", "").replace("\x00", "")[:10] or None,
        venue=_uuid(arguments.get("venue", "")),
        organisation=_uuid(arguments.get("organisation", "")),
        audience=one_of("audience", AUDIENCE_LABELS),
        way_in=one_of("way_in", WAY_IN_LABELS),
        kind=one_of("kind", KIND_LABELS),
        state=one_of("state", STATES),
    )


def _table(db: Any, edition: Edition) -> str:
    wanted = read_filter(request.args)
    sort = request.args.get("sort", "when")
    sort = sort if sort.removeprefix("-") in ORDERS else "when"
    total = count_sessions(db, edition, wanted)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=total)
    choices, own = choices_of(db, edition.id), own_organisations()
    query = _query(request.query_string.decode("utf-8", "replace"))
    return render_template(
        "console/sessions.html",
        edition=edition,
        slug=edition.slug,
        wanted=wanted,
        sort=sort,
        page=page,
        sessions=sessions_shown(db, edition, wanted, sort, page.offset, page.size),
        choices=choices,
        active=_active(wanted, choices),
        views=_views(db, edition, query),
        query=urlencode(list(query.items(multi=True))),
        seen=fingerprint(db, edition.id),
        more_used=sum(
            bool(value)
            for value in (wanted.organisation, wanted.audience, wanted.kind, wanted.way_in)
        ),
        labels={
            "audience": AUDIENCE_LABELS,
            "way_in": WAY_IN_LABELS,
            "kind": KIND_LABELS,
            "state": STATE_LABELS,
        },
        can_edit=may_edit(),
        own=own,
        all_own=own is None or wanted.organisation in own,
    )


def _views(db: Any, edition: Edition, query: MultiDict[str, str]) -> list[dict[str, Any]]:
    account = current_account()
    shown = sorted(query.items(multi=True))
    views = [
        {"name": str(name), "href": _href(edition.slug, text), "current": _same(text, shown)}
        for name, text in USUAL_VIEWS
    ]
    if account is None:
        return views
    own = own_organisations()
    if own and len(own) == 1 and may_edit():
        text = urlencode({"organisation": next(iter(own))})
        href, current = _href(edition.slug, text), _same(text, shown)
        views.insert(1, {"name": _("Les vôtres"), "href": href, "current": current})
    for view in views_of(db, edition.id, account.id, TABLE):
        remove = url_for(".remove_view", slug=edition.slug, view_id=view.id)
        views.append(
            {
                "name": view.name,
                "href": _href(edition.slug, view.query),
                "current": _same(view.query, shown),
                "remove": remove if view.account_id == account.id else None,
            }
        )
    return views


def _active(wanted: TableFilter, choices: Choices) -> list[tuple[str, str]]:
    """Return the filters in use: what each says, and the address without it."""

    def named(rows: Sequence[Any], value: Any) -> str:
        return next((row.name for row in rows if row.value == value), str(value))

    found: list[tuple[str, str]] = []
    if wanted.words:
        found.append((f"« {wanted.words} »", "q"))
    if wanted.first_day:
        found.append((_("à partir du %(day)s", day=format_day(wanted.first_day)), "day_from"))
    if wanted.last_day:
        found.append((_("jusqu’au %(day)s", day=format_day(wanted.last_day)), "day_to"))
    if wanted.commune:
        found.append((named(choices.communes, wanted.commune), "commune"))
    if wanted.venue:
        found.append((named(choices.venues, wanted.venue), "venue"))
    if wanted.organisation:
        found.append((named(choices.organisations, wanted.organisation), "organisation"))
    for name, labels in (
        ("audience", AUDIENCE_LABELS),
        ("way_in", WAY_IN_LABELS),
        ("kind", KIND_LABELS),
        ("state", STATE_LABELS),
    ):
        value = getattr(wanted, name)
        if value:
            found.append((str(labels[value]), name))
    return [(words, address_with(**{name: None})) for words, name in found]


def _query(text: str) -> MultiDict[str, str]:
    """Return the filters and the order of a query string, and nothing else of it."""
    known = {*FILTERS, "sort"}
    return MultiDict([(k, v) for k, v in parse_qsl(text) if k in known])


def _same(text: str, shown: list[tuple[str, str]]) -> bool:
    return sorted(parse_qsl(text)) == shown


def _href(slug: str, query: str) -> str:
    address = url_for(".index", slug=slug)
    return f"{address}?{query}" if query else address


def _address(slug: str, query: MultiDict[str, str]) -> str:
    return _href(slug, urlencode(list(query.items(multi=True))))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 < day.year < 9000 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
