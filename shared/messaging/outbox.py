"""The outbox: an event is recorded in the transaction of the change that caused it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared.bulk import insert_rows
from shared.contracts.event import Event
from shared.identifiers import new_id
from shared.messaging.tables import OUTBOX
from shared.observability import correlation_id


@dataclass(frozen=True)
class Fact:
    """An event about to be recorded: what happened, to which aggregate, at which version.

    `correlation_id` is that of the request behind it; left out, that of what is being done now.
    """

    event: Event
    aggregate_id: UUID
    aggregate_version: int
    data: Mapping[str, Any]
    release_id: UUID | None = None
    expires_at: datetime | None = None
    correlation_id: str | None = None


def record(db: Session, *facts: Fact, now: datetime) -> list[UUID]:
    """Insert the events into the outbox, in this order, and return their ids.

    `data` must hold JSON values (strings for ids and times). Raises `ContractError` when one does
    not keep its contract; nothing is inserted then.
    """
    return record_all(db, facts, now=now)


def record_all(db: Session, facts: Iterable[Fact], *, now: datetime) -> list[UUID]:
    """Do what `record` does for any number of facts, in one statement."""
    rows = outbox_rows(facts, now=now)
    insert_rows(db, OUTBOX, rows)
    return [row["id"] for row in rows]


def outbox_rows(facts: Iterable[Fact], *, now: datetime) -> list[dict[str, Any]]:
    """Return the rows of `OUTBOX` for a caller that inserts them together with its own.

    Raises `ContractError` when a fact does not keep its contract.
    """
    return [_row(fact, now) for fact in facts]


def _row(fact: Fact, now: datetime) -> dict[str, Any]:
    fact.event.check(fact.data)
    return {
        "id": new_id(),
        "type": fact.event.type,
        "version": fact.event.version,
        "aggregate_id": fact.aggregate_id,
        "aggregate_version": fact.aggregate_version,
        "occurred_at": now,
        "correlation_id": fact.correlation_id or correlation_id(),
        "release_id": fact.release_id,
        "expires_at": fact.expires_at,
        "data": dict(fact.data),
        "returned": False,
    }
