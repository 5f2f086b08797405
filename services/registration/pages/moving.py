"""Proposing another session of the activity to the ticked rows of a session's list.

The first page asks which session and what to say, the second shows who fits there; only that page's
form does it. Sent twice, it proposes nothing twice: whoever was asked is left alone.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.domain.moving import (
    LONGEST_NOTE,
    MoveRefused,
    Obstacle,
    fit,
    propose,
)
from services.registration.domain.seats import seats_of
from services.registration.domain.staff_notes import Deed, keep_deed, readable
from services.registration.list_queries import BookedParty
from services.registration.models import Registration, SessionCopy
from services.registration.move_queries import MoveTarget, move_targets
from services.registration.pages.staff import ACTORS, as_id, log_names, viewer, when_of
from services.registration.pages.ticked import back_to_list, called_words, ticked, ticked_page
from shared.i18n import LazyText, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.text import WORD_JOINER
from shared.web import current_context
from shared.web.sign_in import require_staff

blueprint = Blueprint(
    "moving", __name__, url_prefix="/console/registration/sessions/<uuid:session_id>"
)

#: Why somebody is left where they are.
OBSTACLES: dict[Obstacle, LazyText] = {
    "full": _l("il ne reste pas assez de places"),
    "never": _l("ce groupe ne peut pas y prendre place"),
    "there": _l("y est déjà"),
    "asked": _l("une séance lui est déjà proposée"),
    "gone": _l("n’a plus rien ici"),
}

#: How many names a sentence tells.
_NAMED = 5


@blueprint.post("/move")
@require_staff(*ACTORS)
def move(session_id: UUID) -> ResponseReturnValue:
    """Show who fits into the session that was picked, then propose it to them."""
    copy, chosen = ticked(session_id)
    if not chosen:
        return back_to_list(session_id)
    targets = _targets(copy)
    wanted = as_id(request.form.get("target", ""))
    target = next((one.session for one in targets if one.session.id == wanted), None)
    note = readable(request.form.get("note", ""))
    errors = {}
    if target is None:
        errors["target"] = _("Choisissez la séance à proposer.")
    if len(note) > LONGEST_NOTE:
        errors["note"] = _("Le mot compte au plus %(n)s caractères.", n=LONGEST_NOTE)
    if target is None or errors or request.form.get("step") == "edit":
        status = 422 if errors else 200
        return move_form(copy, chosen, target=wanted, note=note, errors=errors, status=status)
    if request.form.get("step") != "send":
        return _preview(copy, chosen, target, note)
    return _propose(copy, chosen, target, note)


def move_form(
    copy: SessionCopy,
    chosen: Sequence[BookedParty],
    *,
    target: UUID | None = None,
    note: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Ask which session is to be proposed to the ticked rows, and what to say."""
    log_names(copy, "page", len(chosen))
    targets = _targets(copy)
    return ticked_page(
        "bulk_move.html",
        copy,
        chosen,
        status=status,
        options=[(str(one.session.id), _when(one.session), _room(one)) for one in targets],
        target=str(target or (targets[0].session.id if len(targets) == 1 else "")),
        note=note,
        errors=errors or {},
        longest_note=LONGEST_NOTE,
    )


def _preview(
    copy: SessionCopy, chosen: Sequence[BookedParty], target: SessionCopy, note: str
) -> Response:
    context = current_context()
    wanted = [one.booking_id for one in chosen]
    with context.database.read() as db:
        seats = seats_of(db, target.id) or abort(404)
        registrations = _registrations(db, [one.registration_id for one in chosen])
        try:
            found = fit(db, copy, seats, registrations, wanted, now=context.clock())
        except MoveRefused:
            return _refused(copy, chosen, note)
        fitting = {booking.id for booking, _seats in found.fitting}
        obstacles = {booking.id: OBSTACLES[why] for booking, why in found.left_alone}
    log_names(copy, "page", len(chosen))
    ordered = sorted(chosen, key=lambda one: one.booking_id)
    return ticked_page(
        "bulk_move_preview.html",
        copy,
        chosen,
        target=target,
        target_when=_when(target),
        note=note,
        fitting=[one for one in ordered if one.booking_id in fitting],
        left_alone=[
            (one, obstacles[one.booking_id]) for one in ordered if one.booking_id in obstacles
        ],
        until=found.offer_expires_at,
    )


def _propose(
    copy: SessionCopy, chosen: Sequence[BookedParty], target: SessionCopy, note: str
) -> Response:
    context, who = current_context(), viewer()
    wanted = [one.booking_id for one in chosen]
    when = _when(target).replace(WORD_JOINER, "")  # what is kept is exported as plain text
    said = f"{when}\n\n{note}" if note else when
    try:
        with context.database.write() as db:
            now = context.clock()
            found = propose(db, copy.id, target.id, wanted, note=note, now=now)
            asked = {booking.id for booking, _seats in found.fitting}
            theirs = [booking.registration for booking, _seats in found.fitting]
            deeds: tuple[tuple[Deed, list[UUID]], ...] = (
                ("move_mailed", [one.id for one in theirs if one.email]),
                ("move_to_call", [one.id for one in theirs if not one.email]),
            )
            for deed, ids in deeds:
                keep_deed(db, ids, deed, said, account_id=who.id, account_name=who.name, now=now)
            before = {booking.id for booking, why in found.left_alone if why == "asked"}
    except MoveRefused:
        return _refused(copy, chosen, note)
    log_names(copy, "page", len(asked), _("autre séance proposée"))
    _say(chosen, asked, before)
    return back_to_list(copy.id)


def _say(chosen: Sequence[BookedParty], asked: set[UUID], before: set[UUID]) -> None:
    """Say to how many it is proposed now, to how many something was `before`, and who stays."""
    to_call = sum(one.booking_id in asked and not one.email for one in chosen)
    if asked:
        words = ngettext(
            "La séance est proposée à %(n)s inscription.",
            "La séance est proposée à %(n)s inscriptions.",
            len(asked),
        )
        flash(f"{words} {called_words(to_call)}".strip(), "success")
    if before:
        words = ngettext(
            "Une séance était déjà proposée à %(n)s inscription.",
            "Une séance était déjà proposée à %(n)s inscriptions.",
            len(before),
        )
        flash(words, "info")
    left = [one.name for one in chosen if one.booking_id not in asked | before]
    if left:
        names = ", ".join(left[:_NAMED]) + ("…" if len(left) > _NAMED else "")
        flash(
            ngettext(
                "%(n)s inscription reste où elle est : %(names)s.",
                "%(n)s inscriptions restent où elles sont : %(names)s.",
                len(left),
                names=names,
            ),
            "info",
        )


def _refused(copy: SessionCopy, chosen: Sequence[BookedParty], note: str) -> Response:
    errors = {"target": _("Les inscriptions à cette séance sont closes : choisissez-en une autre.")}
    return move_form(copy, chosen, note=note, errors=errors, status=409)


def _targets(copy: SessionCopy) -> list[MoveTarget]:
    context = current_context()
    with context.database.read() as db:
        return move_targets(db, copy, viewer(), now=context.clock())


def _registrations(db: Session, ids: Sequence[UUID]) -> Sequence[Registration]:
    return db.scalars(
        sa.select(Registration)
        .where(Registration.id.in_(ids))
        .options(sa.orm.selectinload(Registration.bookings))
    ).all()


def _when(copy: SessionCopy) -> str:
    place = copy.details["venue"]["name"]
    return f"{when_of(dict(copy.details), copy.starts_at, copy.ends_at)}, {place}"


def _room(one: MoveTarget) -> str:
    if one.left is None:
        return _("Places sans limite")
    left = ngettext("%(n)s place libre", "%(n)s places libres", one.left)
    if not one.waiting:
        return left
    waiting = ngettext("%(n)s groupe en attente", "%(n)s groupes en attente", one.waiting)
    return f"{left}, {waiting}"
