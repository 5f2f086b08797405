"""Blanking what is kept of somebody beside their registration: answers to requests, and events.

An event stays where it is, with its position and its ids, so that whoever catches up misses none;
what it told of the person is gone. Registration takes no events about people: its inbox has none.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.requests import KEY_REUSED
from services.registration.models import IDEMPOTENCY_KEYS
from shared.messaging.tables import OUTBOX

#: What an event may say of somebody; whoever is written to nowhere is told nothing (`email`).
_PERSONAL: dict[str, Any] = {
    "email": None,
    "name": "",
    "token": "",
    "ticket": "",
    "code": "",
    "subject": "",
    "text": "",
}


def keys_of(db: Session, registrations: Collection[UUID]) -> Sequence[str]:
    """Return the idempotency keys with which these registrations were made."""
    made = IDEMPOTENCY_KEYS.c.answer["id"].as_string()
    return db.scalars(
        sa.select(IDEMPOTENCY_KEYS.c.key).where(made.in_([str(one) for one in registrations]))
    ).all()


def blank_keys(db: Session, keys: Collection[str]) -> None:
    """Blank the answers that these keys got, and the hash of what was asked.

    They stay used: a request that is sent again registers nobody again.
    """
    db.execute(
        sa.update(IDEMPOTENCY_KEYS)
        .where(IDEMPOTENCY_KEYS.c.key.in_(keys))
        .values(body_hash="", status=KEY_REUSED, answer={"code": "key_reused"})
    )


def blank_events(db: Session, registrations: Collection[UUID], *, now: datetime) -> None:
    """Blank what every recorded event tells of these registrations' people."""
    names = [str(one) for one in registrations]
    of_message = OUTBOX.c.data["registration_id"].as_string()
    told = OUTBOX.c.aggregate_id.in_(registrations)
    written = sa.and_(OUTBOX.c.type == "registration.message_written", of_message.in_(names))
    listed = OUTBOX.c.type == "registration.links_requested"
    # What may be of others comes first, so that two erasures wait for each other in one order.
    for these in (listed, told, written):
        rows = db.execute(
            sa.select(OUTBOX.c.row, OUTBOX.c.data)
            .where(these, OUTBOX.c.blanked_at.is_(None))
            .order_by(OUTBOX.c.row)
            .with_for_update()
        ).all()
        if these is listed:
            rows = [row for row in rows if _lists(row.data, names)]
        _rewrite(db, [(row.row, blank(row.data)) for row in rows], blanked_at=now)


def forget_needs_in_events(db: Session, bookings: Mapping[UUID, Collection[UUID]]) -> None:
    """Let no recorded event tell of the access needs of these bookings, by registration."""
    rows = db.execute(
        sa.select(OUTBOX.c.row, OUTBOX.c.aggregate_id, OUTBOX.c.data)
        .where(OUTBOX.c.aggregate_id.in_(bookings))
        .order_by(OUTBOX.c.row)
        .with_for_update()
    ).all()
    _rewrite(
        db,
        [
            (row.row, without_needs(row.data, {str(one) for one in bookings[row.aggregate_id]}))
            for row in rows
        ],
    )


def blank(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's data with nothing left of the person; ids, times and counts stay.

    One that lists somebody's registrations is as it is once it has expired.
    """
    if "registrations" in data:
        return {**data, "email": None, "registrations": None}
    kept = {name: _PERSONAL.get(name, value) for name, value in data.items()}
    if "message_id" in data:
        kept["email"] = ""  # a message always went somewhere: its contract knows no null
    return without_needs(kept, {one["id"] for one in data.get("bookings", ())})


def _lists(data: Mapping[str, Any], registrations: Collection[str]) -> bool:
    return any(one["registration_id"] in registrations for one in data["registrations"] or ())


def without_needs(data: dict[str, Any], bookings: Collection[str]) -> dict[str, Any]:
    """Return an event's data without the access needs of these bookings."""
    if "bookings" not in data:
        return data
    kept = [
        one | {"wheelchairs": 0} if one["id"] in bookings and "wheelchairs" in one else one
        for one in data["bookings"]
    ]
    return data | {"bookings": kept}


def _rewrite(db: Session, rows: Sequence[tuple[int, dict[str, Any]]], **values: Any) -> None:
    if not rows:
        return
    db.connection().execute(
        sa.update(OUTBOX)
        .where(OUTBOX.c.row == sa.bindparam("of_row", type_=sa.BigInteger))
        .values(data=sa.bindparam("blanked", type_=OUTBOX.c.data.type), **values),
        [{"of_row": row, "blanked": data} for row, data in rows],
    )
