"""Saving what an organiser asks of those who register for a session: at once, without a release."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.names import Viewer
from services.registration.domain.questions import AskedQuestion
from services.registration.domain.rule_faults import Span, rule_faults
from services.registration.domain.rules import Rules, rules_of
from services.registration.domain.seats import lock_seats
from services.registration.domain.spare_seats import renew_extra
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import (
    SESSION_SEATS,
    Booking,
    Question,
    SessionCopy,
    SessionRules,
)
from shared.contracts.party_categories import labels_of
from shared.identifiers import new_id

#: How long after the end of the edition answers are kept, unless the organiser says otherwise.
ANSWERS_KEPT = timedelta(days=30)

#: The latest day by which answers are forgotten, counted from the last day of the session.
ANSWERS_KEPT_AT_MOST = timedelta(days=365)


class RulesChanged(Exception):
    """Somebody else saved the rules since they were read; nothing was changed."""


class InvalidRules(Exception):
    """The rules cannot be kept; `faults` has a code by the field's path (`rule_faults`)."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(str(dict(faults)))
        self.faults = dict(faults)


def may_set_rules(viewer: Viewer, organisation_id: UUID | None) -> bool:
    """Tell whether somebody decides how a session is registered for: its organiser does, and the
    coordination.
    """
    is_theirs = "organiser" in viewer.roles and organisation_id in viewer.organisation_ids
    return "coordinator" in viewer.roles or is_theirs


def save_rules(
    db: Session,
    session_id: UUID,
    rules: Rules,
    wheelchair_places: int | None,
    *,
    now: datetime,
    also: Collection[UUID] = (),
) -> Rules:
    """Keep the rules of a session, and the same of others of its activity; return them as kept.

    `rules.revision` is what the editor read. Answers to questions that are no longer asked are
    forgotten; more seats, or places for wheelchairs, serve the waitlist. Call it inside
    `database.write()`. Raises `RulesChanged` and `InvalidRules`.
    """
    ids = [session_id, *(other for other in also if other != session_id)]
    lock_seats(db, ids)
    known = rules_of(db, ids)
    if known[session_id].revision != rules.revision:
        raise RulesChanged
    copies = {copy.id: copy for copy in _copies(db, ids)}
    found = faults_of(copies[session_id], rules, wheelchair_places)
    if found:
        raise InvalidRules(found)
    for each in ids:
        wanted = rules if each == session_id else _fitted(rules, known[each], copies[each])
        _store(db, each, replace(wanted, revision=known[each].revision + 1))
        _store_questions(db, each, wanted.questions)
    db.execute(
        sa.update(SESSION_SEATS)
        .where(SESSION_SEATS.c.session_id.in_(ids))
        .values(wheelchair_places=wheelchair_places, has_rules=True)
    )
    renew_extra(db, ids, now=now)
    serve_waitlist(db, lock_seats(db, ids), now=now)
    return rules_of(db, [session_id])[session_id]


def faults_of(copy: SessionCopy, rules: Rules, wheelchair_places: int | None) -> dict[str, str]:
    """Return what is wrong with rules for a session, all of it: a code by field (`rule_faults`).

    `unknown_category`: there are no such people in its edition.
    """
    found = rule_faults(rules, wheelchair_places, span_of(copy))
    known_people = labels_of(copy.details["edition"])
    for category in rules.party_limits.keys() - known_people.keys():
        found[f"party_limits/{category}"] = "unknown_category"
    return found


def sessions_beside(db: Session, session_id: UUID, *, now: datetime) -> list[UUID]:
    """Return the other sessions to come of the same activity that are registered for here."""
    activity = SessionCopy.details["activity_id"].as_string()
    this = sa.select(activity).where(SessionCopy.id == session_id).scalar_subquery()
    return list(
        db.scalars(
            sa.select(SessionCopy.id)
            .where(
                activity == this,
                SessionCopy.id != session_id,
                SessionCopy.registration == "here",
                SessionCopy.ends_at > now,
            )
            .order_by(SessionCopy.id)
        )
    )


def usual_forgetting(db: Session, session_id: UUID) -> date:
    """Return the day by which answers are forgotten unless the organiser says otherwise."""
    copy = db.get_one(SessionCopy, session_id)
    last = db.scalar(
        sa.select(sa.func.max(SessionCopy.ends_at)).where(SessionCopy.edition_id == copy.edition_id)
    )
    zone = ZoneInfo(copy.details["time_zone"])
    usual = ((last or copy.ends_at) + ANSWERS_KEPT).astimezone(zone).date()
    return min(usual, span_of(copy).latest)


def span_of(copy: SessionCopy) -> Span:
    """Return on which days the answers to a session's questions may be forgotten."""
    last_day = copy.ends_at.astimezone(ZoneInfo(copy.details["time_zone"])).date()
    return Span(last_day, last_day + ANSWERS_KEPT_AT_MOST)


def _copies(db: Session, ids: Iterable[UUID]) -> Iterable[SessionCopy]:
    return db.scalars(sa.select(SessionCopy).where(SessionCopy.id.in_(list(ids))))


def _fitted(rules: Rules, known: Rules, copy: SessionCopy) -> Rules:
    """Return the rules for another session: a question that it asks already stays the same one."""
    asked = {(one.kind, one.label["fr"]): one.id for one in known.questions}
    span = span_of(copy)
    return replace(
        rules,
        questions=tuple(
            replace(
                one,
                id=asked.get((one.kind, one.label["fr"])) or new_id(),
                forgotten_on=min(max(one.forgotten_on, span.earliest), span.latest),
            )
            for one in rules.questions
        ),
    )


def _store(db: Session, session_id: UUID, rules: Rules) -> None:
    row = db.get(SessionRules, session_id)
    if row is None:
        row = SessionRules(session_id=session_id)
        db.add(row)
    row.party_limits = {
        name: [limit.least, limit.most]
        for name, limit in rules.party_limits.items()
        if (limit.least, limit.most) != (None, None)
    }
    row.least_party, row.largest_party = rules.least_party, rules.largest_party
    row.asks_hours, row.answer_hours = rules.asks_hours, rules.answer_hours
    row.overbooking = rules.overbooking
    row.overbooking_seats = rules.overbooking_seats if rules.overbooking == "fixed" else None
    row.overbooking_risk = rules.overbooking_risk if rules.overbooking == "learned" else None
    row.revision = rules.revision
    db.flush()


def _store_questions(db: Session, session_id: UUID, wanted: Collection[AskedQuestion]) -> None:
    stored = {
        row.id: row
        for row in db.scalars(sa.select(Question).where(Question.session_id == session_id))
    }
    gone = set(stored) - {one.id for one in wanted}
    for question_id in gone:
        db.delete(stored[question_id])
    for position, one in enumerate(wanted):
        row = stored.get(one.id)
        if row is None:
            row = Question(id=new_id(), session_id=session_id)
            db.add(row)
        row.position, row.kind, row.is_required = position, one.kind, one.is_required
        row.label, row.purpose = dict(one.label), dict(one.purpose)
        row.choices = [dict(choice) for choice in one.choices]
        row.forgotten_on = one.forgotten_on
    db.flush()
    if gone:
        drop_answers(db, session_id, {str(question_id) for question_id in gone})


def drop_answers(db: Session, session_id: UUID, questions: Collection[str]) -> int:
    """Forget the answers to these questions of a session; return how many bookings had one."""
    bookings = db.scalars(
        sa.select(Booking).where(Booking.session_id == session_id).order_by(Booking.id)
    )
    dropped = 0
    for booking in bookings:
        if not questions & booking.answers.keys():
            continue
        booking.answers = {k: v for k, v in booking.answers.items() if k not in questions}
        dropped += 1
    db.flush()
    return dropped
