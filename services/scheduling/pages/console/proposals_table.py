"""The coordination's table of proposals: its filters, its views with their counts, its rows."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session as DbSession
from werkzeug.datastructures import MultiDict

from services.scheduling.domain.proposals.steps import LABEL_STATES, STATES
from services.scheduling.domain.saved_views import views_of
from services.scheduling.models import Edition, SavedView
from services.scheduling.pages.console.proposal_viewers import Viewer
from services.scheduling.pages.console.proposal_words import LABEL_LABELS, STATE_LABELS
from services.scheduling.pages.console.proposals_listed import SORTS, Filters, Listed, in_order
from shared.i18n import lazy_gettext as _l
from shared.web.addresses import address_with
from shared.web.paging import read_page, read_words

PAGE_SIZE = 100
#: The name under which the table's views are kept.
TABLE = "proposals"
FILTERS = ("q", "state", "label", "organisation", "lacks")

#: The views that every edition begins with: a name and a query string.
USUAL_VIEWS = (
    (_l("Tous"), ""),
    (_l("À l’étude"), "state=submitted"),
    (_l("À compléter"), "state=changes_asked"),
    (_l("Ébauches"), "state=idea"),
    (_l("Validés, incomplets"), "state=accepted&lacks=some"),
    (_l("Label demandé"), "label=requested"),
)
LACKS_LABELS = {"some": _l("Il manque quelque chose"), "none": _l("Rien ne manque")}


def read_filter(arguments: MultiDict[str, str]) -> Filters:
    """Return what an address asks for; what cannot be read asks for nothing."""
    state, label = arguments.get("state", ""), arguments.get("label", "")
    lacks = arguments.get("lacks", "")
    return Filters(
        words=read_words(arguments.get("q")),
        state=state if state in STATES else "",
        label=label if label in LABEL_STATES else "",
        organisation_id=read_uuid(arguments.get("organisation", "")),
        lacks=lacks if lacks in LACKS_LABELS else "",
    )


def table_of(
    db: DbSession, edition: Edition, viewer: Viewer, rows: Sequence[Listed]
) -> dict[str, Any]:
    """Return what the table's page shows of an edition's proposals, as the address asks."""
    wanted = read_filter(request.args)
    sort = request.args.get("sort", "state")
    sort = sort if sort.removeprefix("-") in SORTS else "state"
    found = in_order([row for row in rows if wanted.take(row)], sort)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
    query = read_query(request.query_string.decode("utf-8", "replace"))
    organisations = {
        str(row.activity.organisation_id): row.organisation for row in rows if row.organisation
    }
    return {
        "proposals": found[page.offset : page.offset + page.size],
        "page": page,
        "wanted": wanted,
        "sort": sort,
        "query": urlencode(list(query.items(multi=True))),
        "organisations": sorted(organisations.items(), key=lambda pair: pair[1].casefold()),
        "lacks_labels": LACKS_LABELS,
        "active": _active(wanted, organisations),
        "views": _views(db, edition, viewer, query, rows),
    }


def _views(
    db: DbSession,
    edition: Edition,
    viewer: Viewer,
    query: MultiDict[str, str],
    rows: Sequence[Listed],
) -> list[dict[str, Any]]:
    kept: list[tuple[Any, str, Any]] = [(name, text, None) for name, text in USUAL_VIEWS]
    for view in views_of(db, edition.id, viewer.account_id, TABLE):
        kept.append((view.name, view.query, view if view.account_id == viewer.account_id else None))
    views = []
    for name, text, own in kept:
        wanted = read_filter(MultiDict(parse_qsl(text)))
        views.append(
            {
                "name": str(name),
                "href": href_of(edition.slug, text),
                "current": sorted(parse_qsl(text)) == sorted(query.items(multi=True)),
                "count": sum(map(wanted.take, rows)),
                "remove": url_for(
                    "console_proposals.remove_view", slug=edition.slug, view_id=own.id
                )
                if own
                else None,
            }
        )
    return views


def _removing(edition: Edition, view: SavedView) -> str:
    return url_for("console_proposals.remove_view", slug=edition.slug, view_id=view.id)


def _active(wanted: Filters, organisations: dict[str, str]) -> list[tuple[str, str]]:
    """Return the filters in use: what each says, and the address without it."""
    found = [
        (f"«\u00a0{wanted.words}\u00a0»" if wanted.words else "", "q"),
        (str(STATE_LABELS.get(wanted.state, "")), "state"),
        (str(LABEL_LABELS.get(wanted.label, "")), "label"),
        (organisations.get(str(wanted.organisation_id), ""), "organisation"),
        (str(LACKS_LABELS.get(wanted.lacks, "")), "lacks"),
    ]
    return [(words, address_with(**{name: None})) for words, name in found if words]


def read_query(text: str) -> MultiDict[str, str]:
    """Return the filters and the order of a query string, and nothing else of it."""
    known = {*FILTERS, "sort"}
    return MultiDict([(k, v) for k, v in parse_qsl(text) if k in known])


def href_of(slug: str, query: str) -> str:
    """Return the address of the table as a query string asks for it."""
    address = url_for("console_proposals.index", slug=slug)
    return f"{address}?{query}" if query else address


def address_of(slug: str, query: MultiDict[str, str]) -> str:
    """Return the address of the table with these filters and this order."""
    return href_of(slug, urlencode(list(query.items(multi=True))))


def read_uuid(text: str) -> UUID | None:
    """Return an id; what is none, None."""
    try:
        return UUID(text)
    except ValueError:
        return None
