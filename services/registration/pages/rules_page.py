"""The page of a session's rules, put together: everything that an organiser decides about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, abort, make_response, render_template
from sqlalchemy.orm import Session

from services.registration.domain.allotments import allotments_of
from services.registration.domain.questions import MOST_QUESTIONS
from services.registration.domain.rules import rules_of
from services.registration.domain.saving_rules import (
    may_set_rules,
    sessions_beside,
    usual_forgetting,
)
from services.registration.domain.spare_seats import reasoning_of
from services.registration.models import Allotment, Attendance, SessionCopy, SessionSeats
from services.registration.pages.rules_form import RulesForm, filled_form
from services.registration.pages.staff import open_session, viewer, when_of
from services.registration.pages.words import category_labels
from services.registration.rule_words import KIND_LABELS, field_labels, reasoning_words
from shared.contracts.party_categories import asked_of
from shared.i18n import LazyText, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context

#: Who may come near the page; which sessions, `may_set_rules` says.
EDITORS = ("coordinator", "organiser")

#: The risk that is reasoned with until another one is chosen.
_USUAL_RISK = 0.05

_OVERBOOKING: dict[str, LazyText] = {
    "off": _l("Non : jamais plus d’inscrits que de places"),
    "fixed": _l("Oui, un nombre que je choisis"),
    "learned": _l("Oui, autant que les absences passées le permettent"),
}


@dataclass(frozen=True)
class SmallForm:
    """A small form of the page as it was typed: of one allotment, of a new one, of who came."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def editable_session(db: Session, session_id: UUID) -> tuple[SessionCopy, SessionSeats]:
    """Return a session whose rules the reader sets: 404 where there is none, 403 without right."""
    copy, seats = open_session(db, session_id)
    if not may_set_rules(viewer(), copy.organisation_id):
        abort(403)
    return copy, seats


def categories_of_copy(copy: SessionCopy) -> tuple[str, ...]:
    """Return the categories of people whom the form of a session asks for, in order."""
    return asked_of(copy.details["edition"], copy.details["seat_categories"])


def shown(
    session_id: UUID,
    form: RulesForm | None = None,
    *,
    small: SmallForm | None = None,
    is_conflict: bool = False,
    status: int = 200,
) -> Response:
    """Show the page, a refused form as it was typed."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        copy, seats = editable_session(db, session_id)
        rules = rules_of(db, [session_id])[session_id]
        categories = categories_of_copy(copy)
        if form is None:
            forgotten_on = usual_forgetting(db, session_id)
            form = filled_form(rules, seats.wheelchair_places, categories, forgotten_on)
        beside = sessions_beside(db, session_id, now=now)
        allotments = allotments_of(db, session_id)
        attendance = db.get(Attendance, session_id)
        found = reasoning_of(db, seats, rules.overbooking_risk or _USUAL_RISK)
    small = small or SmallForm("")
    known_people = category_labels(copy.details["edition"])
    labels = field_labels({code: known_people.get(code, code) for code in categories}, form.numbers)
    body = render_template(
        "console_rules.html",
        copy=copy,
        seats=seats,
        rules=rules,
        form=form,
        small=small,
        labels=labels,
        faults={**_in_order(form.errors, labels), **small.errors},
        limits=[
            *((f"least-{code}", f"most-{code}") for code in categories),
            ("least_party", "largest_party"),
        ],
        numbers=form.numbers,
        most_questions=MOST_QUESTIONS,
        kinds=list(KIND_LABELS.items()),
        asks_options=_hours(form.value("asks_hours"), (24, 48, 72, 96, 168)),
        answer_options=_hours(form.value("answer_hours"), (12, 24, 36, 48)),
        ways=_OVERBOOKING,
        reasons=reasoning_words(found),
        in_force=_in_force(seats),
        beside=len(beside),
        allotments=[_Kept.of(one, copy.details["time_zone"], small) for one in allotments],
        attendance=attendance,
        has_begun=copy.starts_at <= now,
        is_conflict=is_conflict,
        when=when_of(copy.details, copy.starts_at, copy.ends_at),
    )
    return make_response(body, status)


@dataclass(frozen=True)
class _Kept:
    """An allotment with the values of its form."""

    id: UUID
    name: str
    seats: int
    taken: int
    released_at: datetime | None
    values: dict[str, str]

    @classmethod
    def of(cls, row: Allotment, zone: str, small: SmallForm) -> "_Kept":
        at = row.releases_at.astimezone(ZoneInfo(zone)) if row.releases_at else None
        values = {
            "name": row.name,
            "seats": str(row.seats),
            "day": at.date().isoformat() if at else "",
            "time": f"{at:%H:%M}" if at else "",
        }
        typed = small.values if small.name == str(row.id) else {}
        return cls(row.id, row.name, row.seats, row.taken, row.released_at, values | typed)


def _in_order(errors: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong in the order of the page; the summary's script names the fields."""
    told = {name: errors[name] for name in labels if name in errors}
    return told | dict(errors)


def _hours(chosen: str, usual: tuple[int, ...]) -> list[tuple[str, str]]:
    """Return the choices of a number of hours, the chosen one among them."""
    found = set(usual) | ({int(chosen)} if chosen.isdecimal() else set())
    return [(str(hours), _span(hours)) for hours in sorted(found)]


def _span(hours: int) -> str:
    days, rest = divmod(hours, 24)
    if rest or not days:
        return ngettext("%(n)s heure", "%(n)s heures", hours)
    return ngettext("%(n)s jour", "%(n)s jours", days)


def _in_force(seats: SessionSeats) -> str:
    """Return what the session has now beyond its capacity, in a sentence."""
    if seats.capacity is None:
        return _("Les places de cette séance ne sont pas limitées.")
    if not seats.extra:
        return _("Pour l’instant, aucune place de plus que la jauge de %(n)s.", n=seats.capacity)
    return ngettext(
        "Pour l’instant, %(n)s place de plus que la jauge de %(capacity)s.",
        "Pour l’instant, %(n)s places de plus que la jauge de %(capacity)s.",
        seats.extra,
        capacity=seats.capacity,
    )
