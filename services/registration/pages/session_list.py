"""The console's page of one session: its numbers, its list of names, the file, the door list."""

from collections.abc import Sequence
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from services.registration.call_queries import registrations_to_call
from services.registration.console_queries import party_totals
from services.registration.domain.names import (
    LONGEST_PURPOSE,
    may_act,
    may_enter,
    may_see_names,
)
from services.registration.domain.rules import rules_of
from services.registration.domain.seats import is_overbooked
from services.registration.list_queries import (
    SORTS,
    STATES,
    BookedParty,
    booked_parties,
    narrowed,
    noted_registrations,
    states_counted,
)
from services.registration.name_lists import CSV, XLSX, as_csv, as_xlsx
from services.registration.pages.staff import VIEWERS, log_names, open_session, viewer, when_of
from shared.i18n import gettext as _
from shared.text import fold
from shared.web import current_context
from shared.web.caching import uncached
from shared.web.paging import read_page, read_words
from shared.web.sign_in import require_staff

PAGE_SIZE = 50

blueprint = Blueprint("session_list", __name__, url_prefix="/console/registration/sessions")


@blueprint.get("/<uuid:session_id>")
@require_staff(*VIEWERS)
def show(session_id: UUID) -> ResponseReturnValue:
    """Show a session's numbers, and its names to those who may see them: that is logged."""
    return _shown(session_id, 200)


@blueprint.post("/<uuid:session_id>/names")
@require_staff(*VIEWERS)
def export(session_id: UUID) -> ResponseReturnValue:
    """Give the names as a file, and keep who took it away, when and what for."""
    kind = "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    purpose = " ".join(request.form.get("purpose", "").split())[:LONGEST_PURPOSE]
    with current_context().database.read() as db:
        copy, _seats = open_session(db, session_id, "names")
        parties = booked_parties(db, session_id)
        questions = rules_of(db, [session_id])[session_id].questions
    if not purpose:
        error = _("Dites à quoi servira la liste : c’est noté avec l’export.")
        return _shown(session_id, 422, error)
    zone, title = copy.details["time_zone"], copy.details["title"]["fr"]
    if kind == "csv":
        content = as_csv(parties, zone, questions, copy.details["edition"])
    else:
        content = as_xlsx(parties, zone, title, questions, copy.details["edition"])
    log_names(copy, kind, len(parties), purpose)
    response = Response(content, content_type=CSV if kind == "csv" else XLSX)
    kind_of_list = _("inscriptions")
    name = f"{kind_of_list}-{'-'.join(fold(title).split())[:60]}.{kind}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"inscriptions.{kind}\"; filename*=UTF-8''{quote(name)}"
    )
    return uncached(response)


@blueprint.get("/<uuid:session_id>/door")
@require_staff(*VIEWERS)
def door(session_id: UUID) -> ResponseReturnValue:
    """Show the list for the door, to be printed: who comes in alphabetical order, who waits."""
    with current_context().database.read() as db:
        copy, seats = open_session(db, session_id, "names")
        parties = booked_parties(db, session_id)
    log_names(copy, "page", len(parties), _("liste pour l’entrée"))
    coming = [party for party in parties if party.status == "confirmed"]
    waiting = [party for party in parties if party.status != "confirmed"]
    return render_template(
        "door_list.html",
        copy=copy,
        seats=seats,
        coming=coming,
        waiting=waiting,
        when=when_of(copy.details, copy.starts_at, copy.ends_at),
        printed_at=current_context().clock(),
    )


def _shown(session_id: UUID, status: int, error: str | None = None) -> Response:
    """Show the session; a purpose that is missing is asked for again, without showing names."""
    who = viewer()
    words = read_words(request.args.get("q"))
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    sort = request.args.get("sort", "")
    sort = sort if sort.removeprefix("-") in SORTS else "standing"
    parties: Sequence[BookedParty] = []
    noted: set[UUID] = set()
    to_call: set[UUID] = set()
    with current_context().database.read() as db:
        copy, seats = open_session(db, session_id)
        of_session = copy.organisation_id, copy.venue_id
        totals = party_totals(db, session_id)
        sees_names = may_see_names(who, *of_session)
        if sees_names and error is None:
            everybody = booked_parties(db, session_id, statuses=STATES[state])
            parties = narrowed(everybody, words=words, sort=sort)
        page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(parties))
        shown = parties[page.offset : page.offset + PAGE_SIZE]
        if shown:
            noted = noted_registrations(db, {party.registration_id for party in shown})
            to_call = registrations_to_call(db, session_id, who)
        counted = states_counted(db, session_id)
    if shown:
        log_names(copy, "page", len(shown))
    is_to_open = seats.opens_at is not None and current_context().clock() < seats.opens_at
    body = render_template(
        "console_session.html",
        copy=copy,
        seats=seats,
        is_overbooked=is_overbooked(seats),
        opens_at=seats.opens_at if is_to_open else None,
        totals=totals,
        sees_names=sees_names,
        may_enter=may_enter(who, *of_session) and seats.bookable,
        may_act=may_act(who, *of_session),
        parties=shown,
        noted=noted,
        to_call=to_call,
        counted=counted,
        page=page,
        words=words,
        state=state,
        sort=sort,
        when=when_of(copy.details, copy.starts_at, copy.ends_at),
        error=error,
    )
    return make_response(body, status)
