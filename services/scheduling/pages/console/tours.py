"""Tours in the console: listed, made, and shown with their stops on a timeline and a map."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.touring.legs import legs_of, position_of
from services.scheduling.domain.touring.parties import (
    may_request,
    parties_in_tour,
    parties_of_resource,
)
from services.scheduling.domain.touring.states import holds, standing_of, zone_of_stop
from services.scheduling.domain.touring.tours import create_tour, delete_tour, save_tour
from services.scheduling.models import Resource, Stop, Tour
from services.scheduling.pages.console.editors import EDITORS, state_of
from services.scheduling.pages.console.forms import Form
from services.scheduling.pages.console.inputs import Input, read_identifier
from services.scheduling.pages.console.saving import Attempt, opened
from services.scheduling.pages.console.showing import STAFF_ZONE, edit_page
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    posted_identifier,
    row_or_404,
    save_posted,
    tell_saved,
)
from services.scheduling.pages.console.timelines import Bar, Drawing, Lane, draw
from services.scheduling.pages.console.tour_map import Place, TourMap, draw_map
from services.scheduling.pages.console.tour_people import WATCHERS, current_person
from services.scheduling.pages.console.touring_words import (
    PHASES,
    STANDING_TONES,
    STANDINGS,
    length_words,
)
from services.scheduling.queries import tours as queries
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.paging import read_words
from shared.web.sign_in import require_staff

NEW_FORM = Form(
    Input("resource_id", _l("Exposition"), read_identifier),
    Input("name", _l("Nom")),
    Input("note", _l("Remarques")),
)
FORM = Form(Input("name", _l("Nom")), Input("note", _l("Remarques")))

blueprint = Blueprint("console_tours", __name__, url_prefix="/console/tours")


@blueprint.get("")
@require_staff(*WATCHERS)
def index() -> ResponseReturnValue:
    """List the tours, with the next stop of each and what waits for an answer."""
    words = read_words(request.args.get("q"))
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        found = queries.tours(db, words)
        rows = [
            {
                "tour": tour,
                "next": _next_stop(tour.stops, now),
                "promised": sum(holds(standing_of(stop, now)) for stop in tour.stops),
                "waiting": sum(
                    standing_of(stop, now) in ("requested", "expired") for stop in tour.stops
                ),
            }
            for tour in found
        ]
        return render_template(
            "console/tours.html", rows=rows, words=words, zone_of_stop=zone_of_stop
        )


@blueprint.get("/new")
@require_staff(*EDITORS)
def new() -> ResponseReturnValue:
    """Show the form of a new tour."""
    return _form_page(Attempt(NEW_FORM.blank(resource_id=request.args.get("resource", ""))))


@blueprint.post("/new")
@require_staff(*EDITORS)
def create() -> ResponseReturnValue:
    """Make a tour."""
    with current_context().database.read() as db:
        resource_id = posted_identifier("resource_id")
        resource = db.get(Resource, resource_id) if resource_id else None
        if resource is not None and not parties_of_resource(resource, current_person(db)):
            abort(403)
    attempt = create_posted(NEW_FORM, Tour, create_tour)
    if attempt.saved is None:
        return _form_page(attempt)
    tell_saved(attempt, waits=False)
    return redirect(url_for(".show", tour_id=attempt.saved.id), 303)


@blueprint.get("/<uuid:tour_id>")
@require_staff(*WATCHERS)
def show(tour_id: UUID) -> ResponseReturnValue:
    """Show a tour: its timeline, its map, its stops in their order."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        tour = queries.tour_with_stops(db, tour_id) or abort(404)
        person = current_person(db)
        standings = {stop.id: standing_of(stop, now) for stop in tour.stops}
        under_way = [s for s in tour.stops if standings[s.id] not in ("refused", "cancelled")]
        # Of several copies nobody knows which goes where.
        ways = legs_of(under_way) if tour.resource.copies == 1 else []
        legs = {leg.end.id: leg for leg in ways}
        numbers = {stop.id: number for number, stop in enumerate(under_way, 1)}
        return render_template(
            "console/tour.html",
            tour=tour,
            now=now,
            under_way=under_way,
            off=[stop for stop in tour.stops if stop not in under_way],
            standings=standings,
            numbers=numbers,
            legs=legs,
            drawing=_drawing(under_way, standings, numbers, now),
            map=_map(under_way, standings, numbers),
            phases=PHASES,
            labels=STANDINGS,
            tones=STANDING_TONES,
            zone_of_stop=zone_of_stop,
            length_words=length_words,
            may_request=may_request(person),
            may_edit=bool(parties_in_tour(tour, person)),
        )


@blueprint.get("/<uuid:tour_id>/edit")
@require_staff(*EDITORS)
def edit(tour_id: UUID) -> ResponseReturnValue:
    """Show a tour's form."""
    with current_context().database.read() as db:
        attempt = opened(FORM, row_or_404(db, Tour, tour_id))
    return _form_page(attempt, tour_id)


@blueprint.post("/<uuid:tour_id>/edit")
@require_staff(*EDITORS)
def save(tour_id: UUID) -> ResponseReturnValue:
    """Save a tour."""
    _need_party(tour_id)
    attempt = save_posted(FORM, Tour, tour_id, save_tour)
    if attempt.saved is None:
        return _form_page(attempt, tour_id)
    tell_saved(attempt, waits=False)
    return redirect(url_for(".show", tour_id=tour_id), 303)


@blueprint.get("/<uuid:tour_id>/state")
@require_staff(*EDITORS)
def state(tour_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the tour meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(Tour, tour_id))


@blueprint.post("/<uuid:tour_id>/delete")
@require_staff(*EDITORS)
def delete(tour_id: UUID) -> ResponseReturnValue:
    """Delete a tour without stops."""
    _need_party(tour_id)
    if delete_posted(tour_id, delete_tour):
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".edit", tour_id=tour_id), 303)


def _need_party(tour_id: UUID) -> None:
    with current_context().database.read() as db:
        tour = row_or_404(db, Tour, tour_id)
        if not parties_in_tour(tour, current_person(db)):
            abort(403)


def _form_page(attempt: Attempt, tour_id: UUID | None = None) -> ResponseReturnValue:
    with current_context().database.read() as db:
        tour = row_or_404(db, Tour, tour_id) if tour_id else None
        person = current_person(db)
        shown: dict[str, bool] = {}
        if tour is not None:
            is_party = bool(parties_in_tour(tour, person))
            shown = {"is_party": is_party, "is_read_only": not is_party}
        exhibitions = [
            (str(row.id), row.name, row.organisation.name if row.organisation else "")
            for row in queries.exhibitions(db)
            if parties_of_resource(row, person)
        ]
        return edit_page(
            db, "console/tour_form.html", attempt, tour, exhibitions=exhibitions, **shown
        )


def _next_stop(stops: Sequence[Stop], now: datetime) -> Stop | None:
    """Return the stop that is promised and not over yet, the earliest of them."""
    found = (stop for stop in stops if stop.leaves_at > now and holds(standing_of(stop, now)))
    return next(found, None)


def _drawing(
    stops: Sequence[Stop], standings: dict[UUID, str], numbers: dict[UUID, int], now: datetime
) -> Drawing | None:
    lanes = []
    for stop in stops:
        on_the_road = stop.leaves_at + timedelta(minutes=stop.transport_minutes)
        phases = (
            ("setup", stop.arrives_at, stop.opens_at),
            ("open", stop.opens_at, stop.closes_at),
            ("dismantling", stop.closes_at, stop.leaves_at),
            ("road", stop.leaves_at, on_the_road),
        )
        if holds(standings[stop.id]):
            bars = [Bar(kind, start, end) for kind, start, end in phases if end > start]
        else:
            bars = [Bar("waiting", stop.arrives_at, on_the_road)]
        lanes.append(Lane(f"{numbers[stop.id]}. {stop.venue.name}", bars))
    return draw(lanes, now, STAFF_ZONE)


def _map(
    stops: Sequence[Stop], standings: dict[UUID, str], numbers: dict[UUID, int]
) -> TourMap | None:
    places = []
    for stop in stops:
        position = position_of(stop.venue)
        if position is not None:
            commune = stop.venue.commune
            name = commune.name if commune else stop.venue.name
            is_open = not holds(standings[stop.id])
            places.append(Place(numbers[stop.id], name, position, is_open))
    return draw_map(places)
