"""Kept seats, on the page of a session's rules: to make, to change, to give back to the public."""

from collections.abc import Callable
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from services.registration.domain.allotments import (
    AllotmentRefused,
    allotments_of,
    create,
    most_seats,
    release,
    revise,
)
from services.registration.models import SessionCopy
from services.registration.pages.rules import back
from services.registration.pages.rules_page import EDITORS, SmallForm, editable_session, shown
from services.registration.pages.staff import as_id
from services.registration.rule_words import fault_words
from shared.i18n import format_number, ngettext
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

#: The longest name of an allotment, and the most seats of one.
LONGEST_NAME, MOST_SEATS = 100, 100_000

_MIDNIGHT = "00:00"

blueprint = Blueprint("allotments", __name__, url_prefix="/console/registration/sessions")


@blueprint.post("/<uuid:session_id>/allotments")
@require_staff(*EDITORS)
def make(session_id: UUID) -> ResponseReturnValue:
    """Keep seats under a name."""
    form = _Form(session_id, "new")
    return form.carry_out(
        lambda db: create(
            db, session_id, name=form.name, seats=form.seats, releases_at=form.releases_at
        ),
        _("Ces places sont gardées."),
    )


@blueprint.post("/<uuid:session_id>/allotments/<uuid:allotment_id>")
@require_staff(*EDITORS)
def change(session_id: UUID, allotment_id: UUID) -> ResponseReturnValue:
    """Change what is kept, or give it back."""
    now = current_context().clock()
    form = _Form(session_id, str(allotment_id), is_release=request.form.get("do") == "release")
    with current_context().database.read() as db:
        if allotment_id not in [one.id for one in allotments_of(db, session_id)]:
            abort(404)
    if form.is_release:
        return form.carry_out(
            lambda db: release(db, allotment_id, now=now),
            _("Ces places sont rendues : qui attend est servi d’abord."),
        )
    return form.carry_out(
        lambda db: revise(
            db,
            allotment_id,
            name=form.name,
            seats=form.seats,
            releases_at=form.releases_at,
            now=now,
        ),
        _("C’est enregistré et vaut dès maintenant."),
    )


class _Form:
    """What was typed of an allotment, and what is wrong with it; its fields begin with its key."""

    def __init__(self, session_id: UUID, key: str, *, is_release: bool = False) -> None:
        self.session_id = session_id
        self.key = key
        self.is_release = is_release
        self.errors: dict[str, str] = {}
        with current_context().database.read() as db:
            copy, _seats = editable_session(db, session_id)
        names = ("name", "seats", "day", "time")
        self.values = {name: request.form.get(name, "").strip() for name in names}
        self.name, self.seats, self.releases_at = "", 0, None
        if not is_release:
            self.name = self._name()
            self.seats = self._seats()
            self.releases_at = self._releases_at(copy)

    def carry_out(self, act: Callable[[Session], object], done: str) -> ResponseReturnValue:
        """Do it and say so, or show what stands in the way at its field."""
        if self.errors:
            return self._refused(422)
        try:
            with current_context().database.write() as db:
                act(db)
        except AllotmentRefused as refused:
            self._fault("seats", _why(refused))
            return self._refused(409)
        flash(done, "success")
        return back(self.session_id)

    def _refused(self, status: int) -> ResponseReturnValue:
        small = SmallForm(self.key, self.values, self.errors)
        return shown(self.session_id, small=small, status=status)

    def _fault(self, name: str, sentence: str) -> None:
        self.errors[f"a-{self.key}-{name}"] = sentence

    def _name(self) -> str:
        name = " ".join(self.values["name"].split())
        if not name:
            self._fault("name", _("Dites pour qui ces places sont gardées."))
        elif len(name) > LONGEST_NAME:
            self._fault(
                "name", _("Ce nom est trop long : %(n)s caractères au plus.", n=LONGEST_NAME)
            )
        return name

    def _seats(self) -> int:
        typed = self.values["seats"]
        is_number = typed.isascii() and typed.isdecimal() and len(typed) < 10
        if not is_number:
            self._fault("seats", fault_words("seats", "not_count"))
            return 0
        with current_context().database.read() as db:
            left = most_seats(db, self.session_id, as_id(self.key))
        most = MOST_SEATS if left is None else left
        if int(typed) > most:
            self._fault("seats", _room_words(most))
        elif int(typed) < 1:
            words = _("Gardez au moins une place, et %(most)s au plus.", most=format_number(most))
            self._fault("seats", words if most > 1 else _room_words(most))
        return int(typed)

    def _releases_at(self, copy: SessionCopy) -> datetime | None:
        if not self.values["day"]:
            return None
        try:
            day = date.fromisoformat(self.values["day"])
            hour = time.fromisoformat(self.values["time"] or _MIDNIGHT)
        except ValueError:
            self._fault("day", fault_words("day", "not_day"))
            return None
        zone = ZoneInfo(copy.details["time_zone"])
        at = datetime.combine(day, hour.replace(tzinfo=None), zone).astimezone(ZoneInfo("UTC"))
        if at > copy.ends_at:
            self._fault("day", _("La séance sera finie : choisissez un jour avant."))
        return at


def _why(refused: AllotmentRefused) -> str:
    if refused.code == "unlimited":
        return _("Les places de cette séance ne sont pas limitées : il n’y a rien à garder.")
    if refused.code == "released":
        return _("Ces places sont déjà rendues.")
    return _room_words(refused.left or 0)


def _room_words(left: int) -> str:
    """Return how many seats may be kept at most."""
    if not left:
        return _("Il ne reste aucune place à garder.")
    return ngettext(
        "Il ne reste que %(s)s place à garder.",
        "Il ne reste que %(s)s places à garder.",
        left,
        s=format_number(left),
    )
