"""Telling what becomes of a stop: an event in the same transaction, from which mails are made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.touring.parties import parties_in, person_acting
from services.scheduling.domain.touring.states import zone_of_stop
from services.scheduling.domain.touring.told import (
    Recipient,
    contacts_of,
    recipients_of,
    sides_of,
)
from services.scheduling.models import Account, Stop
from shared.contracts.scheduling import STOP_MOVED
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record


def tell_step(
    db: DbSession,
    stop: Stop,
    step: str,
    *,
    account_id: UUID | None,
    now: datetime,
    public_url: str | None,
) -> None:
    """Record that a stop was asked for or taken a step further, for those who are to know.

    Without a `public_url`, to which mails lead, nobody is written to: so the demo is filled.
    """
    if public_url is None:
        return
    mover = parties_in(stop, person_acting(db, account_id))
    sides = sides_of(step, mover, place_agrees=stop.place_agrees)
    account = db.get(Account, account_id) if account_id else None
    own = account.email if account else None
    recipients = [one for one in recipients_of(db, stop, sides) if one.email != own]
    if not recipients:
        return
    told = {**stop_told(db, stop, recipients, public_url), "step": step}
    data = {**told, "who": account.name if account else None}
    record(db, Fact(STOP_MOVED, new_id(), 1, data), now=now)


def stop_told(
    db: DbSession, stop: Stop, recipients: list[Recipient], public_url: str
) -> dict[str, Any]:
    """Return a stop as events tell it."""
    resource, venue = stop.tour.resource, stop.venue
    page = f"/console/tours/{stop.tour_id}/stops/{stop.id}"
    return {
        "stop_id": str(stop.id),
        "exhibition": resource.name,
        "tour": stop.tour.name,
        "lender": resource.organisation.name if resource.organisation else None,
        "host": stop.organisation.name if stop.organisation else None,
        "venue": venue.name,
        "commune": venue.commune.name if venue.commune else None,
        "copies": stop.copies,
        "arrives_at": stop.arrives_at.isoformat(),
        "opens_at": stop.opens_at.isoformat(),
        "closes_at": stop.closes_at.isoformat(),
        "leaves_at": stop.leaves_at.isoformat(),
        "time_zone": zone_of_stop(stop),
        "state": stop.state,
        "option_until": stop.option_until.isoformat() if stop.option_until else None,
        "place_agrees": stop.place_agrees,
        "contacts": contacts_of(db, stop),
        "link": public_url.rstrip("/") + page,
        "recipients": [one.as_json() for one in recipients],
    }
