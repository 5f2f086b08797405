"""The staff's page of one registration: its bookings, notes, what happened; cancel, print.

Only the bookings in sessions whose names the viewer may see are shown, and each such session's log
keeps the look. Opening an address changes nothing; every change is a form that posts.
"""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template
from flask import request as flask_request
from flask.typing import ResponseReturnValue

from services.registration.call_queries import calls_of
from services.registration.domain import changing
from services.registration.domain.desk import REPEATED_WITHIN
from services.registration.domain.links import send_links_of
from services.registration.domain.names import may_act, may_enter, may_see_names
from services.registration.domain.organising import cancel_bookings
from services.registration.domain.rules import rules_of
from services.registration.domain.staff_notes import (
    LONGEST_NOTE,
    add_note,
    deeds_about,
    keep_deed,
    notes_about,
    readable,
)
from services.registration.models import SessionCopy
from services.registration.pages.booking_form import FilledForm, read_address
from services.registration.pages.happenings import HAPPENINGS, happened
from services.registration.pages.staff import ACTORS, VIEWERS, log_names, viewer, when_of
from services.registration.parts import current_ticket_keys
from services.registration.registration_queries import (
    StaffBooking,
    StaffRegistration,
    staff_registration,
)
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import SignedInAccount, require_staff

blueprint = Blueprint(
    "one_registration", __name__, url_prefix="/console/registration/registrations"
)

_Right = Callable[[SignedInAccount, UUID | None, UUID | None], bool]


@blueprint.get("/<uuid:registration_id>")
@require_staff(*VIEWERS)
def show(registration_id: UUID) -> ResponseReturnValue:
    """Show what the viewer may see of the registration: that is logged for each session."""
    return _shown(registration_id, 200)


@blueprint.post("/<uuid:registration_id>/notes")
@require_staff(*ACTORS)
def note(registration_id: UUID) -> ResponseReturnValue:
    """Keep a note about the registration."""
    context, who = current_context(), viewer()
    text = readable(flask_request.form.get("text", ""))
    _found, theirs = _open(registration_id, may_act)
    if not theirs:
        abort(403)
    if not text:
        return _shown(registration_id, 422, note="", error=_("Écrivez la note."))
    if len(text) > LONGEST_NOTE:
        error = _("Une note compte au plus 1000 caractères.")
        return _shown(registration_id, 422, note=text, error=error)
    with context.database.write() as db:
        add_note(
            db,
            registration_id,
            text,
            account_id=who.id,
            account_name=who.name,
            now=context.clock(),
        )
    flash(_("La note est ajoutée."), "success")
    return _back(registration_id)


@blueprint.post("/<uuid:registration_id>/link")
@require_staff(*ACTORS)
def send_link(registration_id: UUID) -> ResponseReturnValue:
    """Mail the link of the registration again, to its own address; the team reads who did."""
    context, who = current_context(), viewer()
    found, theirs = _open(registration_id, may_act)
    if not theirs:
        abort(403)
    now = context.clock()
    with context.database.write() as db:
        is_sent = send_links_of(db, found.registration, now=now)
        if is_sent:
            keep_deed(
                db,
                [registration_id],
                "link_mailed",
                account_id=who.id,
                account_name=who.name,
                now=now,
            )
    if is_sent:
        flash(_("Le lien part à cette adresse dans un instant."), "success")
    else:
        flash(_("Sans rien à venir, il n’y a pas de lien à renvoyer."), "info")
    return _back(registration_id)


@blueprint.post("/<uuid:registration_id>/address")
@require_staff(*ACTORS)
def correct_address(registration_id: UUID) -> ResponseReturnValue:
    """Correct the address, as the person said it on the telephone; the confirmation goes there."""
    context, who = current_context(), viewer()
    found, theirs = _open(registration_id, may_act)
    if not theirs:
        abort(403)
    filled = read_address(flask_request.form)
    if filled.errors:
        return _shown(registration_id, 422, address=filled)
    now, wanted = context.clock(), changing.Wanted(email=filled.body["email"])
    if wanted.email == found.registration.email:
        flash(_("Cette adresse est déjà la sienne, rien n’a changé."), "info")
        return _back(registration_id)
    try:
        with context.database.write() as db:
            changing.change(db, found.registration.token, wanted, now=now)
            keep_deed(
                db,
                [registration_id],
                "address_corrected",
                account_id=who.id,
                account_name=who.name,
                now=now,
            )
    except changing.ChangeRefused:
        flash(_("Cette inscription est annulée : son adresse ne sert plus."), "info")
    else:
        flash(_("L’adresse est corrigée. La confirmation y repart dans un instant."), "success")
    return _back(registration_id)


@blueprint.get("/<uuid:registration_id>/bookings/<uuid:booking_id>/cancel")
@require_staff(*ACTORS)
def ask_to_cancel(registration_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Ask whether a booking is to be cancelled."""
    found, booking = _own_booking(registration_id, booking_id)
    if not booking.is_alive:
        return _back(registration_id)
    log_names(booking.session, "page", 1)
    return render_template(
        "staff_cancel.html", registration=found.registration, each=booking, when=_when(booking)
    )


@blueprint.post("/<uuid:registration_id>/bookings/<uuid:booking_id>/cancel")
@require_staff(*ACTORS)
def cancel(registration_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Cancel a booking; its contact is told."""
    context = current_context()
    _found, booking = _own_booking(registration_id, booking_id)
    with context.database.write() as db:
        ended = cancel_bookings(db, booking.session.id, [booking_id], now=context.clock())
    if ended:
        flash(_("L’inscription est annulée, ses places sont rendues."), "success")
    return _back(registration_id)


@blueprint.get("/<uuid:registration_id>/slip")
@require_staff(*ACTORS)
def slip(registration_id: UUID) -> ResponseReturnValue:
    """Show the registration's ticket, to be printed for whoever stands at the counter."""
    found, theirs = _open(registration_id, may_see_names)
    if not theirs and not _entered_now(found):
        abort(403)
    for each in theirs:
        log_names(each.session, "page", 1, _("billet imprimé"))
    alive = [each for each in theirs or found.bookings if each.is_alive]
    registration = found.registration
    return render_template(
        "desk_slip.html",
        registration=registration,
        ticket=current_ticket_keys().renewed(registration.ticket, registration.id),
        bookings=alive,
        enters=bool(alive) and _enters(alive[0].session),
        when_of=_when,
    )


def _enters(copy: SessionCopy) -> bool:
    return may_enter(viewer(), copy.organisation_id, copy.venue_id)


def _entered_now(found: StaffRegistration) -> bool:
    """Tell whether the viewer typed all this a moment ago, and so is shown nothing new."""
    since = current_context().clock() - REPEATED_WITHIN
    registration = found.registration
    return registration.entered_by == viewer().id and registration.registered_at >= since


def _shown(
    registration_id: UUID,
    status: int,
    *,
    note: str = "",
    error: str | None = None,
    address: FilledForm | None = None,
) -> Response:
    found, theirs = _open(registration_id, may_see_names)
    if not theirs:
        abort(403)
    who = viewer()
    with current_context().database.read() as db:
        notes, deeds = notes_about(db, registration_id), deeds_about(db, registration_id)
        calls = calls_of(db, who, registration_id)
        rules = rules_of(db, [each.session.id for each in theirs])
    for each in theirs:
        log_names(each.session, "page", 1)
    acts_on = {each.booking.id for each in theirs if _has(may_act, who, each)}
    shown = {each.booking.id for each in theirs}
    body = render_template(
        "console_registration.html",
        registration=found.registration,
        bookings=theirs,
        hidden=len(found.bookings) - len(theirs),
        acts_on=acts_on,
        rules=rules,
        notes=notes,
        note=note,
        error=error,
        address=address,
        happened=happened(found, shown, deeds, calls),
        to_call=sum(one.done_at is None for one in calls),
        labels=HAPPENINGS,
        is_desk=found.registration.entered_by is not None,
        when_of=_when,
    )
    return make_response(body, status)


def _open(registration_id: UUID, right: _Right) -> tuple[StaffRegistration, list[StaffBooking]]:
    """Return a registration and those of its bookings to which the viewer has a right."""
    with current_context().database.read() as db:
        found = staff_registration(db, registration_id)
    if found is None:
        abort(404)
    who = viewer()
    return found, [each for each in found.bookings if _has(right, who, each)]


def _own_booking(registration_id: UUID, booking_id: UUID) -> tuple[StaffRegistration, StaffBooking]:
    found, theirs = _open(registration_id, may_act)
    booking = next((each for each in theirs if each.booking.id == booking_id), None)
    if booking is None:
        known = any(each.booking.id == booking_id for each in found.bookings)
        abort(403 if known else 404)
    return found, booking


def _has(right: _Right, who: SignedInAccount, each: StaffBooking) -> bool:
    return right(who, each.session.organisation_id, each.session.venue_id)


def _when(each: StaffBooking) -> str:
    session = each.session
    return when_of(dict(session.details), session.starts_at, session.ends_at)


def _back(registration_id: UUID) -> Response:
    address = f"/console/registration/registrations/{registration_id}"
    return make_response(redirect(address, 303))
