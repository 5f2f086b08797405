"""Reminding of options: before one ends, those on both sides are told, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.touring.states import HOST, LENDER, standing_of, zone_of_stop
from services.scheduling.domain.touring.telling import stop_told
from services.scheduling.domain.touring.told import recipients_of
from services.scheduling.models import RemindedOption, Stop
from shared.contracts.scheduling import STOP_OPTION_REMINDED
from shared.database import insert_ignoring
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record

#: How many days before its last an option is told of; one that is as short is not told of again.
DAYS_BEFORE = 3

#: Nobody is written to before this hour of the venue's day.
EARLIEST_HOUR = 8

#: Days around the day in UTC, wherever on earth the venue is.
_ANYWHERE = timedelta(days=1)


def options_ending(db: DbSession, *, now: datetime) -> Sequence[Stop]:
    """Return the stops whose option ends in few days, and whose parties do not know it yet."""
    today = now.date()
    known = sa.select(RemindedOption.stop_id).where(
        RemindedOption.stop_id == Stop.id, RemindedOption.option_until == Stop.option_until
    )
    stops = db.scalars(
        sa.select(Stop)
        .where(
            Stop.state == "optioned",
            Stop.option_until >= today - _ANYWHERE,
            Stop.option_until <= today + timedelta(days=DAYS_BEFORE) + _ANYWHERE,
            ~known.exists(),
        )
        .order_by(Stop.id)
    )
    return [stop for stop in stops if _is_near(stop, now)]


def remind_of_options(db: DbSession, *, now: datetime, public_url: str) -> int:
    """Record an event for every option that ends soon; return how many."""
    facts = []
    for stop in options_ending(db, now=now):
        recipients = recipients_of(db, stop, (HOST, LENDER))
        if note_told(db, stop, now) and recipients:
            told = stop_told(db, stop, recipients, public_url)
            facts.append(Fact(STOP_OPTION_REMINDED, new_id(), 1, told))
    record(db, *facts, now=now)
    return len(facts)


def note_if_short(db: DbSession, stop: Stop, now: datetime) -> None:
    """Note of an option made for few days that its end is known: it was told with the option."""
    if stop.option_until is not None and _days_left(stop, now) <= DAYS_BEFORE:
        note_told(db, stop, now)


def note_told(db: DbSession, stop: Stop, now: datetime) -> bool:
    """Note that the end of a stop's option is told; tell whether it had not been before."""
    inserted: Any = db.execute(
        insert_ignoring(db, cast(sa.Table, RemindedOption.__table__)).values(
            stop_id=stop.id, option_until=stop.option_until, told_at=now
        )
    )
    return bool(inserted.rowcount)


def _is_near(stop: Stop, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(zone_of_stop(stop)))
    if standing_of(stop, now) != "optioned" or local.hour < EARLIEST_HOUR:
        return False
    return _days_left(stop, now) <= DAYS_BEFORE


def _days_left(stop: Stop, now: datetime) -> int:
    until = stop.option_until
    assert until is not None  # noqa: S101 - an option has a last day
    return (until - now.astimezone(ZoneInfo(zone_of_stop(stop))).date()).days
