"""Which new sessions a release leaves out: those of an activity that is not ready to be public.

What is public already stays so, and its changes are released, cancellations first of all: that its
activity is no longer accepted is a warning for whoever releases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.proposals.reading import rules_for, subjects_of
from services.scheduling.domain.proposals.requirements import Lack, missing
from services.scheduling.domain.releasing.changes import SessionChange
from services.scheduling.models import Activity, PublishedSession
from shared.i18n import lazy_gettext as _

#: What an activity lacks that the coordination has not accepted.
NOT_ACCEPTED = Lack("accepted", _("Ce projet n’est pas validé."), "proposal-state")


@dataclass(frozen=True)
class LeftOut:
    """An activity of which nothing new is released, with the number of its new sessions, and why.

    Of one that is public already, `sessions` counts those that stay public all the same.
    """

    activity: Activity
    sessions: int
    lacks: tuple[Lack, ...]


def ready(
    db: DbSession, edition_id: UUID, changes: Sequence[SessionChange]
) -> tuple[list[SessionChange], tuple[LeftOut, ...]]:
    """Return the changes that can be released, and the activities whose new sessions cannot."""
    new = [change for change in changes if change.before is None]
    lacks = _lacks(db, edition_id, {change.parts.activity for change in new}) if new else {}
    left = [change for change in new if change.parts.activity.id in lacks]
    counted: dict[UUID, int] = {}
    activities: dict[UUID, Activity] = {}
    for change in left:
        activity = change.parts.activity
        activities[activity.id] = activity
        counted[activity.id] = counted.get(activity.id, 0) + 1
    out = {change.id for change in left}
    return (
        [change for change in changes if change.id not in out],
        tuple(LeftOut(activities[one], counted[one], lacks[one]) for one in activities),
    )


def public_but_not_accepted(db: DbSession, edition_id: UUID) -> tuple[LeftOut, ...]:
    """Return the activities that are public and no longer accepted, with their public sessions."""
    rows = db.execute(
        sa.select(Activity, sa.func.count(PublishedSession.id))
        .join(PublishedSession, PublishedSession.activity_id == Activity.id)
        .where(
            PublishedSession.edition_id == edition_id,
            PublishedSession.status == "confirmed",
            Activity.state != "accepted",
        )
        .group_by(Activity.id)
        .order_by(Activity.title_fr, Activity.id)
    )
    return tuple(LeftOut(activity, number, (NOT_ACCEPTED,)) for activity, number in rows)


def _lacks(
    db: DbSession, edition_id: UUID, activities: Iterable[Activity]
) -> dict[UUID, tuple[Lack, ...]]:
    """Return what those activities lack that cannot be public yet, by id."""
    found: dict[UUID, tuple[Lack, ...]] = {}
    accepted = []
    for activity in activities:
        if activity.state == "accepted":
            accepted.append(activity)
        else:
            found[activity.id] = (NOT_ACCEPTED,)
    rules = rules_for(db, edition_id)
    if rules.asked.get("publication"):
        for subject in subjects_of(db, accepted).values():
            lacks = missing(subject, rules, "publication")
            if lacks:
                found[subject.activity.id] = lacks
    return found
