"""One stop of a tour in the console: asked for, changed, taken step by step."""

from collections.abc import Collection
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.revisions import Conflict, Invalid, Unknown
from services.scheduling.domain.permissions import Owners, may
from services.scheduling.domain.touring.parties import (
    Person,
    may_request,
    parties_in,
    parties_in_tour,
)
from services.scheduling.domain.touring.states import (
    COORDINATION,
    LENDER,
    may_edit_stop,
    standing_of,
)
from services.scheduling.domain.touring.stops import (
    NotPossible,
    delete_stop,
    request_stop,
    save_stop,
    take_step,
)
from services.scheduling.models import Stop, Tour
from services.scheduling.pages.console.editors import account_id, state_of
from services.scheduling.pages.console.inputs import read_day, read_identifier
from services.scheduling.pages.console.saving import Attempt, opened, posted_revision
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.stop_form import TIMES, StopForm
from services.scheduling.pages.console.stop_shown import stop_or_404, stop_page
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    row_or_404,
    save_posted,
    tell_saved,
)
from services.scheduling.pages.console.tour_people import (
    TAKING_PART,
    WATCHERS,
    current_person,
)
from services.scheduling.pages.console.touring_words import AGREEMENTS, length_words
from services.scheduling.queries import console_partners as partners
from services.scheduling.queries import tours as queries
from services.scheduling.queries.console_session import venue_choices
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.sign_in import require_staff

#: What is said when a step was taken.
TAKEN: dict[str, LazyText] = {
    "confirm": _l("L’étape est confirmée."),
    "accept": _l("Le lieu accepte l’étape : qui prête l’exposition peut la confirmer."),
    "option": _l("L’exposition est retenue jusqu’à la fin de l’option."),
    "refuse": _l("L’étape est refusée."),
    "cancel": _l("L’étape est annulée."),
    "request": _l("L’étape est de nouveau demandée."),
}

blueprint = Blueprint("console_stops", __name__, url_prefix="/console/tours/<uuid:tour_id>/stops")


@blueprint.get("/new")
@require_staff(*TAKING_PART)
def new(tour_id: UUID) -> ResponseReturnValue:
    """Show the form of a stop to ask for."""
    with current_context().database.read() as db:
        row_or_404(db, Tour, tour_id)
        person = current_person(db)
        given = {}
        if len(person.venues) == 1:
            given["venue_id"] = str(next(iter(person.venues)))
        if len(person.organisations) == 1:
            given["organisation_id"] = str(next(iter(person.organisations)))
        shown = _form(db, tour_id, None, person).blank(**given)
    return _form_page(tour_id, Attempt(shown))


@blueprint.post("/new")
@require_staff(*TAKING_PART)
def create(tour_id: UUID) -> ResponseReturnValue:
    """Ask for a stop."""
    with current_context().database.read() as db:
        row_or_404(db, Tour, tour_id)
        person = current_person(db)
        form = _form(db, tour_id, None, person)
    wanted = _identifier(request.form.get("venue_id", ""))
    if wanted is not None and not _may_ask_for(person, wanted):
        abort(403)
    ask = partial(request_stop, public_url=current_context().settings.public_url)
    attempt = create_posted(form, Stop, ask, tour_id=tour_id)
    if attempt.saved is None:
        return _form_page(tour_id, attempt)
    flash(_("L’étape est demandée : qui prête l’exposition répond ici."), "success")
    return redirect(url_for(".show", tour_id=tour_id, stop_id=attempt.saved.id), 303)


@blueprint.get("/<uuid:stop_id>")
@require_staff(*WATCHERS)
def show(tour_id: UUID, stop_id: UUID) -> ResponseReturnValue:
    """Show a stop: where it stands, what can be done, and for its parties the papers."""
    return stop_page(tour_id, stop_id, {})


@blueprint.get("/<uuid:stop_id>/edit")
@require_staff(*WATCHERS)
def edit(tour_id: UUID, stop_id: UUID) -> ResponseReturnValue:
    """Show a stop's form to who may change it."""
    with current_context().database.read() as db:
        stop, person = _editable_or_403(db, tour_id, stop_id)
        attempt = opened(_form(db, tour_id, stop, person), stop)
    return _form_page(tour_id, attempt, stop_id)


@blueprint.post("/<uuid:stop_id>/edit")
@require_staff(*TAKING_PART)
def save(tour_id: UUID, stop_id: UUID) -> ResponseReturnValue:
    """Save a stop; its session follows."""
    with current_context().database.read() as db:
        stop, person = _editable_or_403(db, tour_id, stop_id)
        form = _form(db, tour_id, stop, person)
    attempt = save_posted(form, Stop, stop_id, save_stop)
    if attempt.saved is None:
        return _form_page(tour_id, attempt, stop_id)
    tell_saved(attempt, waits=attempt.saved.session_id is not None)
    return redirect(url_for(".show", tour_id=tour_id, stop_id=stop_id), 303)


@blueprint.get("/<uuid:stop_id>/state")
@require_staff(*WATCHERS)
def state(tour_id: UUID, stop_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the stop meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Stop, stop_id))


@blueprint.post("/<uuid:stop_id>/steps/<name>")
@require_staff(*TAKING_PART)
def step(tour_id: UUID, stop_id: UUID, name: str) -> ResponseReturnValue:
    """Take a stop a step further."""
    context = current_context()
    errors: dict[str, str] = {}
    with context.database.write() as db:
        stop = queries.stop_of_tour(db, tour_id, stop_id) or abort(404)
        parties = parties_in(stop, current_person(db))
        if not parties:
            abort(403)
        try:
            take_step(
                db,
                stop_id,
                posted_revision(request.form),
                name,
                parties,
                option_until=read_day(request.form.get("option_until", "").strip()),
                account_id=account_id(),
                now=context.clock(),
                public_url=context.settings.public_url,
            )
        except Fault as fault:
            errors = {"option_until": str(fault.sentence)}
        except Invalid as invalid:
            errors = {
                field if field == "option_until" else "steps": str(sentence)
                for field, sentence in invalid.faults.items()
            }
        except Unknown:
            abort(404)
        except (Conflict, NotPossible):
            errors = {"steps": _("Cette étape vient de changer : regardez où elle en est.")}
        if errors:
            db.rollback()
    if errors:
        return stop_page(tour_id, stop_id, errors)
    flash(str(TAKEN[name]), "success")
    return redirect(url_for(".show", tour_id=tour_id, stop_id=stop_id), 303)


@blueprint.post("/<uuid:stop_id>/delete")
@require_staff(*TAKING_PART)
def delete(tour_id: UUID, stop_id: UUID) -> ResponseReturnValue:
    """Delete a stop that was asked for by mistake."""
    with current_context().database.read() as db:
        _editable_or_403(db, tour_id, stop_id)
    if delete_posted(stop_id, delete_stop):
        return redirect(url_for("console_tours.show", tour_id=tour_id), 303)
    return redirect(url_for(".show", tour_id=tour_id, stop_id=stop_id), 303)


def _editable_or_403(db: DbSession, tour_id: UUID, stop_id: UUID) -> tuple[Stop, Person]:
    stop, person = stop_or_404(db, tour_id, stop_id), current_person(db)
    standing_now = standing_of(stop, current_context().clock())
    if not may_edit_stop(standing_now, parties_in(stop, person)):
        abort(403)
    return stop, person


def _may_ask_for(person: Person, venue_id: UUID) -> bool:
    """Tell whether somebody may ask for a stop at a venue: who only runs venues, at their own."""
    if person.roles & {"coordinator", "organiser"}:
        return True
    return may_request(person) and venue_id in person.venues


def _lends(parties: Collection[str]) -> bool:
    return COORDINATION in parties or LENDER in parties


def _parties(db: DbSession, tour_id: UUID, stop: Stop | None, person: Person) -> frozenset[str]:
    """Return what somebody is in a stop, or will be in one that is not made yet."""
    if stop is not None:
        return parties_in(stop, person)
    return parties_in_tour(db.get_one(Tour, tour_id), person)


def _form(db: DbSession, tour_id: UUID, stop: Stop | None, person: Person) -> StopForm:
    venues = venue_choices(db)
    names = {str(row.id): row.name for row in (*venues, *partners.organisations(db))}
    zones = {row.id: row.time_zone for row in venues if row.time_zone}
    return StopForm(
        {str(key): zone for key, zone in {**zones, **queries.zones_of_activities(db)}.items()},
        names,
        is_lenders=_lends(_parties(db, tour_id, stop, person)),
        activity_id=stop.activity_id if stop else None,
    )


def _form_page(tour_id: UUID, attempt: Attempt, stop_id: UUID | None = None) -> ResponseReturnValue:
    context = current_context()
    with context.database.read() as db:
        tour = row_or_404(db, Tour, tour_id)
        person = current_person(db)
        stop = stop_or_404(db, tour_id, stop_id) if stop_id else None
        venues = [row for row in venue_choices(db) if _may_ask_for(person, row.id)]
        chosen = _identifier(attempt.shown["venue_id"])
        activity_id = _identifier(attempt.shown.get("activity_id", ""))
        today = context.clock().date()
        return edit_page(
            db,
            "console/stop_form.html",
            attempt,
            stop,
            is_party=True,
            is_read_only=False,
            tour=tour,
            times=TIMES,
            is_lenders=_lends(_parties(db, tour_id, stop, person)),
            venues=[(str(row.id), row.name, row.commune or "") for row in venues],
            spaces=partners.spaces_of(db, chosen) if chosen else [],
            organisations=[(str(row.id), row.name) for row in partners.organisations(db)],
            activities=_activities(db, today, activity_id, person),
            agreements=list(AGREEMENTS.items()),
            length_words=length_words,
        )


def _activities(
    db: DbSession, today: date, chosen: UUID | None, person: Person
) -> list[tuple[str, str, str]]:
    """Return the activities that somebody may choose, and the one that is chosen."""
    return [
        (str(row.id), row.title_fr, row.name_fr)
        for row in queries.activity_choices(db, today, chosen)
        if row.id == chosen
        or may(person, "change", "activities", Owners(frozenset({row.organisation_id} - {None})))
    ]


def _identifier(text: str) -> UUID | None:
    try:
        return read_identifier(text)
    except Fault:
        return None
