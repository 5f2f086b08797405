"""Which timings each event of an agenda has: sessions, and the openings of exhibitions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.scheduling.domain.exhibition_days import open_days, opening_id
from services.scheduling.domain.programme import Programme, SessionRecord
from services.scheduling.exporters.cleaning import own_ways_of
from services.scheduling.exporters.extract import Extract


@dataclass(frozen=True)
class Timing:
    """One timing of an event: a session, or an opening of one."""

    session: SessionRecord
    name: str
    starts_at: datetime
    ends_at: datetime


def not_in_agendas(source: Extract) -> int:
    """Return how many sessions have no timing: exhibitions whose hours are not known."""
    programme = source.programme
    return sum(not any(_timings(session, programme)) for session in programme.sessions)


def events_of(programme: Programme) -> dict[tuple[Any, ...], list[Timing]]:
    """Return the timings of each event: those of one activity that share all but the time.

    Of sessions that begin together each is in an event of its own: a timing is known by its begin.
    """
    events: dict[tuple[Any, ...], list[Timing]] = {}
    for session in programme.sessions:
        ways = own_ways_of(session)
        shared = (
            session.activity,
            session.venue,
            session.status,
            session.registration,
            ways.link or ways.telephone or ways.email,
            session.registration_full,
        )
        for timing in _timings(session, programme):
            rank = 0
            while any(
                known.starts_at == timing.starts_at for known in events.get((*shared, rank), ())
            ):
                rank += 1
            events.setdefault((*shared, rank), []).append(timing)
    return events


def _timings(session: SessionRecord, programme: Programme) -> Iterator[Timing]:
    if session.kind != "exhibition":
        if session.starts_at < session.ends_at:
            yield Timing(session, session.source_id, session.starts_at, session.ends_at)
        return
    zone = zone_of(programme, session.venue)
    hours = [vars(opening) for opening in session.weekly_hours]
    closures = [day.isoformat() for day in session.closures]
    for opening in open_days(session.starts_at, session.ends_at, hours, closures, zone):
        name = str(opening_id(UUID(session.source_id), opening))
        yield Timing(session, name, opening.starts_at, opening.ends_at)


def zone_of(programme: Programme, venue: str) -> str:
    """Return the time zone of a venue: its own, else the edition's."""
    zones = {record.source_id: record.time_zone for record in programme.venues}
    return zones.get(venue) or programme.edition.time_zone
