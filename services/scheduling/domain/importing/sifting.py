"""Which records of a programme can be taken, and why the others cannot."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    Programme,
    Rejection,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from shared.contracts.scheduling import KINDS, STATUSES, WAYS_IN

Named = TypeVar(
    "Named", OrganisationRecord, VenueRecord, SpaceRecord, ActivityRecord, SessionRecord
)


def sifted(programme: Programme) -> Programme:
    """Return the programme without the records that cannot be taken; each one is a rejection.

    A record is rejected alone, with what refers to it; the others are taken.
    """
    rejections = list(programme.rejections)
    organisations = _taken(programme.organisations, lambda _: None, rejections)
    venues = _taken(programme.venues, lambda _: None, rejections)
    spaces = _taken(programme.spaces, lambda space: _fault_of_space(space, venues), rejections)
    activities = _taken(
        programme.activities,
        lambda activity: _fault_of_activity(activity, organisations),
        rejections,
    )
    sessions = _taken(
        programme.sessions,
        lambda session: (
            _fault_of_references(session, activities, venues, spaces) or _fault_of_session(session)
        ),
        rejections,
    )
    return replace(
        programme,
        organisations=tuple(organisations.values()),
        venues=tuple(venues.values()),
        spaces=tuple(spaces.values()),
        activities=tuple(activities.values()),
        sessions=tuple(sessions.values()),
        rejections=tuple(rejections),
    )


def _taken(
    records: Iterable[Named],
    fault_of: Callable[[Named], str | None],
    rejections: list[Rejection],
) -> dict[str, Named]:
    taken: dict[str, Named] = {}
    for record in records:
        if record.source_id in taken:
            fault: str | None = "another one before it has the same identifier"
        else:
            fault = fault_of(record)
        if fault:
            rejections.append(Rejection(getattr(record, "line", None), record.source_id, fault))
        else:
            taken[record.source_id] = record
    return taken


def _fault_of_space(space: SpaceRecord, venues: dict[str, VenueRecord]) -> str | None:
    return None if space.venue in venues else f"unknown venue “{space.venue}”"


def _fault_of_activity(
    activity: ActivityRecord, organisations: dict[str, OrganisationRecord]
) -> str | None:
    if not activity.title_fr.strip():
        return "it has no title"
    if activity.organisation is not None and activity.organisation not in organisations:
        return f"unknown organisation “{activity.organisation}”"
    return None


def _fault_of_references(
    session: SessionRecord,
    activities: dict[str, ActivityRecord],
    venues: dict[str, VenueRecord],
    spaces: dict[str, SpaceRecord],
) -> str | None:
    if session.activity not in activities:
        return f"unknown activity “{session.activity}”"
    if session.venue not in venues:
        return f"unknown venue “{session.venue}”"
    if session.space is None:
        return None
    if session.space not in spaces:
        return f"unknown space “{session.space}”"
    if spaces[session.space].venue != session.venue:
        return f"space “{session.space}” is not in venue “{session.venue}”"
    return None


def _fault_of_session(session: SessionRecord) -> str | None:
    if session.kind not in KINDS:
        return f"unknown kind “{session.kind}”"
    if session.registration not in (None, *WAYS_IN):
        return f"unknown way in “{session.registration}”"
    if session.status not in (None, *STATUSES):
        return f"unknown status “{session.status}”"
    if session.starts_at.tzinfo is None or session.ends_at.tzinfo is None:
        return "its times have no time zone"
    if session.ends_at <= session.starts_at:
        return "it ends before it starts, or when it starts"
    if session.capacity is not None and session.capacity < 0:
        return f"its capacity is negative: {session.capacity}"
    return None
