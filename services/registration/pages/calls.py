"""The call list: those without an address to be called since something changed for them."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template
from flask import request as flask_request
from flask.typing import ResponseReturnValue

from services.registration.call_queries import ToCall, calls
from services.registration.domain.calls import make_call
from services.registration.domain.names import may_act
from services.registration.models import SessionCopy
from services.registration.pages.staff import ACTORS, VIEWERS, log_names, viewer, when_of
from shared.i18n import format_day, format_session_time, format_time, unbroken
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.paging import read_page
from shared.web.sign_in import require_staff

blueprint = Blueprint("calls", __name__, url_prefix="/console/registration/calls")

PAGE_SIZE = 50


@blueprint.get("")
@require_staff(*VIEWERS)
def show() -> ResponseReturnValue:
    """List the calls to make, or those that were made: each session's log keeps the look."""
    who, is_done = viewer(), flask_request.args.get("state") == "done"
    with current_context().database.read() as db:
        _found, total = calls(db, who, is_done=is_done, most=1)
        page = read_page(flask_request.args.get("page"), size=PAGE_SIZE, total=total)
        found, _total = calls(db, who, is_done=is_done, offset=page.offset, most=PAGE_SIZE)
        _others, other_total = calls(db, who, is_done=not is_done, most=1)
    by_session: dict[UUID, tuple[SessionCopy, int]] = {}
    for one in found:
        copy, names = by_session.get(one.session.id, (one.session, 0))
        by_session[one.session.id] = (copy, names + 1)
    for copy, names in by_session.values():
        log_names(copy, "page", names)
    return render_template(
        "calls.html",
        calls=found,
        page=page,
        is_done=is_done,
        counts={"": other_total if is_done else total, "done": total if is_done else other_total},
        what_changed=what_changed,
        when_of=lambda one: when_of(
            dict(one.session.details), one.session.starts_at, one.session.ends_at
        ),
        may_act=lambda one: may_act(who, one.session.organisation_id, one.session.venue_id),
        sees_names=who.sees_names or bool(set(who.roles) & {"organiser", "venue"}),
    )


@blueprint.post("/<uuid:call_id>")
@require_staff(*ACTORS)
def mark(call_id: UUID) -> ResponseReturnValue:
    """Keep that somebody was called, or that they were not after all."""
    context, who = current_context(), viewer()
    is_done = flask_request.form.get("done") == "1"
    with context.database.read() as db:
        found, _total = calls(db, who, call_id=call_id)
    if not found:
        abort(404)
    [one] = found
    if not may_act(who, one.session.organisation_id, one.session.venue_id):
        abort(403)
    with context.database.write() as db:
        make_call(db, call_id, by=who.name, is_done=is_done, now=context.clock())
    words = _("%(name)s : appelé·e.", name=one.name) if is_done else _("L’appel est à refaire.")
    flash(words, "success")
    address = "/console/registration/calls" + ("" if is_done else "?state=done")
    return _to(address)


def what_changed(one: ToCall) -> str:
    """Return what somebody is to be told on the telephone."""
    details, zone = one.details, str(one.session.details["time_zone"])
    if one.reason == "offer":
        expires = details.get("offer_expires_at")
        if expires:
            return _(
                "Son tour est venu sur la liste d’attente : lui proposer d’accepter d’ici au "
                "%(when)s.",
                when=_moment(str(expires), zone),
            )
        return _("Son tour est venu sur la liste d’attente : lui proposer d’accepter.")
    if one.reason == "move":
        return _move(details, zone)
    if one.reason == "session_changed":
        return _changed(details)
    if one.reason == "address":
        return _unreached(details)
    if one.reason == "message":
        return _("Lui dire : %(text)s", text=details.get("text", ""))
    sentences = {
        "offer_expired": _("Faute de réponse à temps, la proposition est passée à d’autres."),
        "session_cancelled": _("La séance est annulée."),
        "still_coming": _("Lui demander s’il ou elle vient toujours."),
        "unanswered": _("Faute de réponse, ses places sont rendues."),
        "cancelled_by_organiser": _("L’organisation a annulé son inscription."),
    }
    return sentences.get(one.reason, _("Quelque chose a changé pour cette séance."))


def _unreached(details: Any) -> str:
    """Return what the mail said that did not arrive, and what to ask for."""
    said = {
        "registration_confirmed": _("son inscription est enregistrée"),
        "registration_changed": _("son inscription a changé"),
        "registration_cancelled": _("son inscription est annulée"),
        "registration_asked": _("vient-il ou vient-elle toujours ?"),
        "registration_released": _("ses places sont rendues, faute de réponse"),
        "registration_offered": _("des places lui sont proposées, à accepter à temps"),
        "registration_expired": _("la proposition de places a expiré"),
        "registration_move_proposed": _("une autre séance lui est proposée"),
        "registration_moved": _("sa séance a changé, comme convenu"),
        "registration_kept": _("sa séance reste la même"),
        "programme_changed": _("une séance a changé ou est annulée"),
        "organiser_message": _("l’organisation lui a écrit un message"),
    }.get(str(details.get("template")))
    ask = (
        _("Son adresse ne reçoit pas : lui demander la bonne, et la corriger.")
        if details.get("is_hard")
        else _("Un courriel ne lui est pas parvenu : vérifier l’adresse.")
    )
    if said is None:
        return ask
    return ask + " " + _("Le courriel disait : %(what)s", what=said)


def _move(details: Any, zone: str) -> str:
    said = _(
        "Lui proposer cette séance à la place de la sienne (%(before)s). "
        "Réponse d’ici au %(when)s.",
        before=_when(details["from"]),
        when=_moment(str(details["offer_expires_at"]), zone),
    )
    return f"{said} {_('Lui dire : %(text)s', text=details['note'])}" if details["note"] else said


def _changed(details: Any) -> str:
    before, after = details.get("before"), details.get("after")
    if not before or not after:
        return _("La séance a changé.")
    said = []
    if before["starts_at"] != after["starts_at"] or before["ends_at"] != after["ends_at"]:
        said.append(_("Nouvel horaire : %(after)s (avant : %(before)s).", **_both(_when, details)))
    if _where(before) != _where(after):
        said.append(_("Nouveau lieu : %(after)s (avant : %(before)s).", **_both(_where, details)))
    return " ".join(said) or _("La séance a changé.")


def _both(say: Any, details: Any) -> dict[str, str]:
    return {"before": say(details["before"]), "after": say(details["after"])}


def _when(state: Any) -> str:
    return unbroken(
        format_session_time(
            datetime.fromisoformat(state["starts_at"]),
            datetime.fromisoformat(state["ends_at"]),
            state["time_zone"],
            state["kind"],
            weekly_hours=state["weekly_hours"],
        )
    )


def _where(state: Any) -> str:
    space = state["space"]
    return ", ".join(filter(None, (state["venue"]["name"], space["name"] if space else None)))


def _moment(text: str, zone: str) -> str:
    local = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    return _("%(day)s à %(time)s", day=format_day(local), time=format_time(local, zone))


def _to(address: str) -> Response:
    return make_response(redirect(address, 303))
