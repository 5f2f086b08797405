"""How full an edition is, at a glance: communes by days, most wanted and emptiest sessions.

Numbers only. The parts that move ask for themselves again every few seconds, with an ETag that one
cheap question answers while nothing changed.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.occupancy_queries import (
    Edition,
    Fill,
    Occupancy,
    SessionFacts,
    SessionFill,
    editions_with_registration,
    fills,
    fills_version,
    occupancy,
)
from services.registration.pages.staff import VIEWERS, as_id, viewer
from shared.i18n import LazyText, current_locale, format_session_time
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.addresses import address_with
from shared.web.console_navigation import current_edition_slug
from shared.web.sign_in import require_staff

blueprint = Blueprint("occupancy", __name__, url_prefix="/console/registration/occupancy")

#: How many sessions each of the two lists names.
MOST = 8

#: The parts of the page that ask for themselves again.
PARTS = ("figures", "map", "lists")

#: What each step of the scale means, from empty to full.
STEPS: dict[str, LazyText] = {
    "empty": _l("vide"),
    "low": _l("moins de 40 %"),
    "half": _l("de 40 à 74 %"),
    "high": _l("de 75 à 99 %"),
    "full": _l("complet"),
    "over": _l("jauge dépassée"),
}


@dataclass(frozen=True)
class _View:
    """What the address asks for, and what there is to choose from."""

    edition: Edition
    editions: list[Edition]
    organisations: list[tuple[UUID, str]]
    themes: list[str]
    organisation: UUID | None
    theme: str
    found: Occupancy


@blueprint.get("")
@require_staff(*VIEWERS)
def show() -> ResponseReturnValue:
    """Show the page."""
    with current_context().database.read() as db:
        tag = _tag(fills_version(db, viewer()))
    view = _view()
    if view is None:
        return render_template("occupancy.html", view=None)
    return render_template(
        "occupancy.html",
        view=view,
        tag=tag,
        live_href=lambda part: address_with(part=part).replace(
            request.path, f"{request.path}/state"
        ),
        **_words(),
    )


@blueprint.get("/state")
@require_staff(*VIEWERS)
def state() -> ResponseReturnValue:
    """Give one part of the page anew: 304 while nothing changed."""
    with current_context().database.read() as db:
        tag = _tag(fills_version(db, viewer()))
    if tag in request.if_none_match:
        response = Response(status=304)
    else:
        view = _view()
        if view is None:
            return Response(status=204)
        part = request.args.get("part", "")
        if part not in PARTS:
            abort(404)
        body = render_template(f"parts/occupancy_{part}.html", view=view, **_words())
        response = make_response(body)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache, private"
    return response


def _tag(version: str) -> str:
    return f"{version}-{current_locale()}"


def _view() -> _View | None:
    who, context = viewer(), current_context()
    organisation, theme = as_id(request.args.get("organisation", "")), request.args.get("theme", "")
    with context.database.read() as db:
        editions = list(editions_with_registration(db, who))
        if not editions:
            return None
        edition = _chosen(editions)
        sessions = fills(db, who, edition.id, _facts())
    organisations = {
        one.organisation_id: one.organisation or "" for one in sessions if one.organisation_id
    }
    found = [
        one
        for one in sessions
        if (organisation is None or one.organisation_id == organisation)
        and (not theme or one.theme == theme)
    ]
    return _View(
        edition=edition,
        editions=editions,
        organisations=sorted(organisations.items(), key=lambda pair: pair[1].casefold()),
        themes=sorted({one.theme for one in sessions if one.theme}, key=str.casefold),
        organisation=organisation,
        theme=theme,
        found=occupancy(found, now=context.clock(), most=MOST),
    )


def _facts() -> SessionFacts:
    """Return what this application keeps of the sessions in memory."""
    facts: SessionFacts = current_app.extensions.setdefault("parvis.session_facts", SessionFacts())
    return facts


def _chosen(editions: list[Edition]) -> Edition:
    wanted = request.args.get("edition") or current_edition_slug()
    return next((one for one in editions if one.slug == wanted), editions[0])


def _words() -> dict[str, object]:
    return {"steps": STEPS, "cell_words": _cell_words, "title_of": _title, "start_of": _start}


def _cell_words(fill: Fill) -> str:
    """Return what a cell says to who does not see its colour."""
    if fill.percent is None:
        return _("%(people)s places prises, sans limite", people=fill.people)
    return _("%(taken)s places prises sur %(capacity)s", taken=fill.taken, capacity=fill.capacity)


def _title(one: SessionFill) -> str:
    return one.title_en if current_locale() == "en" and one.title_en else one.title_fr


def _start(one: SessionFill) -> str:
    return format_session_time(one.starts_at, one.starts_at, one.time_zone, "timed")
