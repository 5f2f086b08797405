"""The programme as subscribers choose by it: one entry for each session, kept from the events.

Beside what topics ask for, an entry knows since when there is news of it: when it was first heard
of, when and how it moved, and (in the count of its seats) when a full one had seats again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.models import ProgrammeEntry, SeatCount
from shared.contracts.registration import SEATS_COUNTED
from shared.contracts.scheduling import SESSION_PUBLISHED
from shared.database import insert_ignoring
from shared.messaging.envelope import Envelope

#: An event that is older is history, which a new service catches up with: it is no news.
FRESH_FOR = timedelta(days=1)


def keep_entry(db: Session, envelope: Envelope, *, now: datetime) -> None:
    """Keep a session's entry if the event is newer than it."""
    session = SESSION_PUBLISHED.read(envelope.data)
    noticed = _noticed(envelope, now)
    values = _values(session, envelope.data)
    table = ProgrammeEntry.metadata.tables[ProgrammeEntry.__tablename__]
    added: Any = db.execute(
        insert_ignoring(db, table).values(
            session_id=envelope.aggregate_id,
            version=envelope.aggregate_version,
            noticed_at=noticed,
            **values,
        )
    )
    if added.rowcount:
        return
    entry = db.get_one(ProgrammeEntry, envelope.aggregate_id, with_for_update=True)
    if entry.version >= envelope.aggregate_version:
        return
    moved = _how_moved(entry, values)
    if moved:
        entry.moved_at, entry.moved = noticed, moved
    for name, value in values.items():
        setattr(entry, name, value)
    entry.version = envelope.aggregate_version


def keep_seats(db: Session, envelope: Envelope, *, now: datetime) -> None:
    """Keep how many seats are left in a session, if the event is newer than what is known."""
    counted = SEATS_COUNTED.read(envelope.data)
    table = SeatCount.metadata.tables[SeatCount.__tablename__]
    added: Any = db.execute(
        insert_ignoring(db, table).values(
            session_id=counted["session_id"],
            version=envelope.aggregate_version,
            seats_left=counted["seats_left"],
        )
    )
    if added.rowcount:
        return
    count = db.get_one(SeatCount, counted["session_id"], with_for_update=True)
    if count.version >= envelope.aggregate_version:
        return
    if has_seats_again(count.seats_left, counted["seats_left"]):
        count.freed_at = _noticed(envelope, now)
    count.seats_left, count.version = counted["seats_left"], envelope.aggregate_version


def has_seats_again(before: int | None, after: int | None) -> bool:
    """Tell whether a session that was full is no longer; None is no limit."""
    return before is not None and before <= 0 and (after is None or after > 0)


def _noticed(envelope: Envelope, now: datetime) -> datetime:
    return now if now - envelope.occurred_at < FRESH_FOR else envelope.occurred_at


def _how_moved(entry: ProgrammeEntry, values: Mapping[str, Any]) -> str | None:
    """Return what of a session changed that its public cares for."""
    if entry.status != values["status"]:
        return "cancelled" if values["status"] == "cancelled" else "reinstated"
    time = (entry.starts_at, entry.ends_at) != (values["starts_at"], values["ends_at"])
    place = entry.place != values["place"]
    if time and place:
        return "time_and_place"
    return "time" if time else "place" if place else None


def _values(session: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    venue, organisation = session["venue"], session["organisation"] or {}
    commune = venue["commune"] or {}
    closes = session["starts_at"] if session["kind"] == "timed" else session["ends_at"]
    organisation_id: UUID | None = organisation.get("id")
    return {
        "activity_id": session["activity_id"],
        "edition_id": session["edition"]["id"],
        "title": data["title"],
        "theme": session["theme"],
        "audience": session["audience"],
        "commune_code": commune.get("insee_code"),
        "commune_name": commune.get("name"),
        "organisation_id": organisation_id,
        "organisation_name": organisation.get("name"),
        "status": session["status"],
        "registration": session["registration"],
        "opens_at": session["registration_opens_at"],
        "closes_at": session["registration_closes_at"] or closes,
        "starts_at": session["starts_at"],
        "ends_at": session["ends_at"],
        "kind": session["kind"],
        "time_zone": session["time_zone"],
        "weekdays": sorted({int(one["weekday"]) for one in session["weekly_hours"]}),
        "place": place_of(venue["name"], commune.get("name")),
    }


def place_of(venue: str, commune: str | None) -> str:
    """Return « Le Grand Angle, Voiron », and the town once only."""
    return venue if not commune or commune in venue else f"{venue}, {commune}"
