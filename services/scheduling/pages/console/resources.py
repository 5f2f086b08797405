"""Resources in the console: listed, made, changed; when they are free, and where they are when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.resources import (
    create_resource,
    delete_resource,
    save_resource,
)
from services.scheduling.domain.editing.unavailabilities import (
    unavailabilities_of,
)
from services.scheduling.domain.touring.holds import Hold, holds_of
from services.scheduling.models import Resource
from services.scheduling.pages.console.editors import (
    EDITORS,
    READERS,
    may_do,
    own_organisations,
)
from services.scheduling.pages.console.forms import Form, Shown
from services.scheduling.pages.console.inputs import (
    Input,
    read_identifier,
    read_whole,
)
from services.scheduling.pages.console.lengths import read_hours, show_hours
from services.scheduling.pages.console.noun_pages import NounPages, add_noun_pages
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.pages.console.showing import STAFF_ZONE, edit_page
from services.scheduling.pages.console.storing import (
    row_or_404,
)
from services.scheduling.pages.console.timelines import Bar, Drawing, Lane, draw
from services.scheduling.pages.console.touring_words import RESOURCE_KINDS
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries import resources as queries
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.paging import read_page, read_words
from shared.web.sign_in import require_staff

PAGE_SIZE = 100

FORM = Form(
    Input("kind", _l("Sorte")),
    Input("name", _l("Nom")),
    Input("description", _l("Description")),
    Input("organisation_id", _l("Structure qui prête"), read_identifier),
    Input("home_commune_id", _l("Commune où il est gardé"), read_identifier),
    Input("copies", _l("Exemplaires"), read_whole),
    Input("setup_minutes", _l("Montage"), read_hours, show_hours),
    Input("dismantling_minutes", _l("Démontage"), read_hours, show_hours),
    Input("transport_minutes", _l("Transport"), read_hours, show_hours),
    Input("insurance_value", _l("Valeur d’assurance"), read_whole),
    Input("loan_conditions", _l("Conditions de prêt")),
    Input("contact_name", _l("Contact")),
    Input("contact_email", _l("Courriel du contact")),
    Input("contact_telephone", _l("Téléphone du contact")),
)

blueprint = Blueprint("console_resources", __name__, url_prefix="/console/resources")


@blueprint.get("")
@require_staff(*READERS)
def index() -> ResponseReturnValue:
    """List the resources."""
    words = read_words(request.args.get("q"))
    kind = request.args.get("kind", "")
    kind = kind if kind in RESOURCE_KINDS else ""
    with current_context().database.read() as db:
        found = queries.resources(db, words, kind)
    page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(found))
    return render_template(
        "console/resources.html",
        resources=found[page.offset : page.offset + page.size],
        page=page,
        words=words,
        kind=kind,
        kinds=RESOURCE_KINDS,
    )


def _page(attempt: Attempt, row_id: UUID | None = None) -> ResponseReturnValue:
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        resource = row_or_404(db, Resource, row_id) if row_id else None
        holds = holds_of(db, resource, now) if resource else ()
        if resource and not may_do(db, "contacts", resource):
            holds = [_without_reason(hold) for hold in holds]
        return edit_page(
            db,
            "console/resource.html",
            attempt,
            resource,
            kinds=list(RESOURCE_KINDS.items()),
            organisations=_lenders(db, resource),
            communes=[(str(row.id), row.name) for row in partners.communes(db)],
            holds=[hold for hold in holds if hold.ends_at > now],
            past=[hold for hold in holds if hold.ends_at <= now],
            drawing=_drawing(holds, now),
            absences=unavailabilities_of(db, "resource_id", resource.id) if resource else (),
            **_used(db, resource),
        )


def _without_reason(hold: Hold) -> Hold:
    """Return what others see of an absence: when it is, not why."""
    return replace(hold, title="") if hold.kind == "unavailability" else hold


def _lenders(db: DbSession, resource: Resource | None) -> list[tuple[str, str]]:
    """Return the organisations that somebody may name: their own, and the one that it is."""
    own = own_organisations()
    now_its = resource.organisation_id if resource else None
    return [
        (str(row.id), row.name)
        for row in partners.organisations(db)
        if own is None or row.id in own or row.id == now_its
    ]


def _used(db: DbSession, resource: Resource | None) -> dict[str, Any]:
    if resource is None:
        return {"activities": (), "tours": ()}
    return {
        "activities": queries.activities_needing(db, resource.id),
        "tours": queries.tours_of(db, resource.id),
    }


def _drawing(holds: Sequence[Hold], now: datetime) -> Drawing | None:
    """Return where it is when: a lane for each stop, one for all sessions, one for absences."""

    def bars(kind: str, bar: str) -> list[Bar]:
        return [
            Bar(bar if hold.is_firm else "waiting", hold.starts_at, hold.ends_at, hold.title)
            for hold in holds
            if hold.kind == kind
        ]

    lanes = [
        Lane(hold.place, [Bar("open" if hold.is_firm else "waiting", hold.starts_at, hold.ends_at)])
        for hold in holds
        if hold.kind == "stop"
    ]
    for label, found in (
        (_("Séances"), bars("session", "session")),
        (_("Indisponible"), bars("unavailability", "absent")),
    ):
        if found:
            lanes.append(Lane(label, found))
    return draw(lanes, now, STAFF_ZONE)


def _blank() -> Shown:
    kind = request.args.get("kind", "")
    return FORM.blank(kind=kind if kind in RESOURCE_KINDS else "equipment", copies="1")


add_noun_pages(
    blueprint,
    NounPages(
        Resource,
        "resource_id",
        FORM,
        create_resource,
        save_resource,
        delete_resource,
        _page,
        readers=READERS,
        editors=EDITORS,
        makers=EDITORS,
        blank=_blank,
    ),
)
