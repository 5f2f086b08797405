"""Reminding: before a deadline, each person is written to once about all that they lack."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.proposals.reading import subjects_of
from services.scheduling.domain.proposals.recipients import Recipient, proposers
from services.scheduling.domain.proposals.requirements import (
    STAGES,
    Lack,
    Rules,
    Stage,
    Subject,
    concerned,
    missing,
    rules_of,
)
from services.scheduling.domain.proposals.telling import (
    edition_told,
    lacks_told,
    page_of,
    title_told,
)
from services.scheduling.models import (
    Activity,
    Edition,
    EditionRules,
    HistoryEntry,
    SentReminder,
)
from shared.contracts.scheduling import PROPOSALS_REMINDED
from shared.database import insert_ignoring
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record

#: Nobody is written to before this hour of the edition's day: it is a reminder's moment.
EARLIEST_HOUR = 8

#: A proposal that is whole, and that its makers have not sent yet, lacks this.
UNSENT = Lack("submit", _("Tout y est : il reste à l’envoyer à la coordination."), "proposal-state")


@dataclass(frozen=True)
class Due:
    """A reminder that is to be sent: of one activity, for one stage."""

    activity: Activity
    stage: Stage
    due_on: date
    days_before: int
    lacks: tuple[Lack, ...]


def reminder_due(due_on: date | None, today: date, reminder_days: Iterable[int]) -> int | None:
    """Return which of the reminders before a deadline is the one for today, if any is.

    A day on which nothing ran is made up for by the next: the nearest that has come counts.
    """
    if due_on is None or today > due_on:
        return None
    left = (due_on - today).days
    return min((days for days in reminder_days if left <= days), default=None)


def reminder_moment(due_on: date, days_before: int, time_zone: str) -> datetime:
    """Return the instant (UTC) of a reminder: in the morning, so many days before a local day."""
    local = datetime.combine(due_on - timedelta(days=days_before), time(EARLIEST_HOUR))
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def lacking(subject: Subject, rules: Rules, stage: Stage) -> tuple[Lack, ...]:
    """Return what is told in a reminder: a proposal that lacks nothing is still to be sent."""
    lacks = missing(subject, rules, stage)
    if not lacks and stage == "proposal" and subject.activity.state in ("idea", "changes_asked"):
        return (UNSENT,)
    return lacks


def is_a_deadline_near(db: DbSession, *, now: datetime) -> bool:
    """Tell whether anybody could have to be reminded now; it spares a writing transaction."""
    return any(_near(edition, rules, now) for edition, rules in _editions(db))


def send_reminders(db: DbSession, *, now: datetime, public_url: str) -> int:
    """Record an event for everybody who is to be reminded now; return how many.

    What was told is kept in the same transaction, so that it is told once.
    """
    return sum(
        _remind(db, edition, rules, stages, now, public_url)
        for edition, rules in _editions(db)
        if (stages := _near(edition, rules, now))
    )


def _editions(db: DbSession) -> list[tuple[Edition, Rules]]:
    rows = db.execute(
        sa.select(Edition, EditionRules).join(EditionRules, EditionRules.edition_id == Edition.id)
    )
    return [(edition, rules_of(row)) for edition, row in rows]


def _near(edition: Edition, rules: Rules, now: datetime) -> dict[Stage, int]:
    """Return the stages whose deadline is near, each with the number of days of its reminder."""
    local = now.astimezone(ZoneInfo(edition.time_zone))
    if local.hour < EARLIEST_HOUR:
        return {}
    due = {
        stage: reminder_due(rules.due.get(stage), local.date(), rules.reminder_days)
        for stage in STAGES
    }
    return {stage: days for stage, days in due.items() if days is not None}


def _remind(
    db: DbSession,
    edition: Edition,
    rules: Rules,
    stages: dict[Stage, int],
    now: datetime,
    public_url: str,
) -> int:
    due = [one for one in _due(db, edition, rules, stages) if _is_first(db, one, now)]
    by_address: dict[str, tuple[Recipient, list[Due]]] = {}
    recipients = proposers(db, [one.activity for one in due])
    for one in due:
        for recipient in recipients[one.activity.id]:
            by_address.setdefault(recipient.email, (recipient, []))[1].append(one)
    facts = [
        Fact(PROPOSALS_REMINDED, new_id(), 1, _told(edition, recipient, theirs, public_url))
        for recipient, theirs in by_address.values()
    ]
    record(db, *facts, now=now)
    return len(facts)


def _due(db: DbSession, edition: Edition, rules: Rules, stages: dict[Stage, int]) -> Iterable[Due]:
    activities = db.scalars(
        sa.select(Activity)
        .where(Activity.edition_id == edition.id)
        .options(joinedload(Activity.organisation))
        .order_by(Activity.title_fr, Activity.id)
    ).all()
    subjects = subjects_of(db, activities)
    begun = _begun(db, edition)
    for activity in activities:
        for stage in concerned(activity):
            due_on = rules.due.get(stage)
            if stage not in stages or due_on is None:
                continue
            moment = reminder_moment(due_on, stages[stage], edition.time_zone)
            if begun.get(activity.id, moment) > moment:
                continue  # its makers began after that: the next one is theirs
            lacks = lacking(subjects[activity.id], rules, stage)
            if lacks:
                yield Due(activity, stage, due_on, stages[stage], lacks)


def _begun(db: DbSession, edition: Edition) -> dict[UUID, datetime]:
    """Return when each activity was made, but for those that are older than the history."""
    rows = db.execute(
        sa.select(HistoryEntry.row_id, HistoryEntry.at).where(
            HistoryEntry.edition_id == edition.id,
            HistoryEntry.noun == Activity.__tablename__,
            HistoryEntry.action == "created",
        )
    )
    return {row.row_id: row.at for row in rows}


def _is_first(db: DbSession, due: Due, now: datetime) -> bool:
    """Note that the reminder is sent; tell whether it had not been before."""
    inserted: Any = db.execute(
        insert_ignoring(db, cast(sa.Table, SentReminder.__table__)).values(
            activity_id=due.activity.id,
            stage=due.stage,
            due_on=due.due_on,
            days_before=due.days_before,
            sent_at=now,
        )
    )
    return bool(inserted.rowcount)


def _told(
    edition: Edition, recipient: Recipient, due: Iterable[Due], public_url: str
) -> dict[str, Any]:
    return {
        "edition": edition_told(edition),
        "recipient": recipient.as_json(),
        "proposals": [
            {
                "activity_id": str(one.activity.id),
                "title": title_told(one.activity),
                "organisation": one.activity.organisation.name
                if one.activity.organisation
                else None,
                "stage": one.stage,
                "due_on": one.due_on.isoformat(),
                "lacks": lacks_told(one.lacks),
                "link": page_of(public_url, edition, one.activity),
            }
            for one in due
        ],
    }
