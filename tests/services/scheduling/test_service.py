"""Scheduling's worker: the seats that registration counted, taken through the inbox."""

import json
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

import shared.contracts
from services.scheduling.models import PublishedSession
from services.scheduling.service import SchedulingService
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.inbox import Inbox, Outcome
from shared.messaging.nameko_adapter import handlers_of
from shared.testing.contexts import FrozenClock
from tests.services.scheduling.stored_programme import released_programme

EXAMPLES = Path(shared.contracts.__file__).parent / "examples"
COUNTED = json.loads((EXAMPLES / "registration.seats_counted.v1.json").read_text())
SESSION_ID = UUID(COUNTED["data"]["session_id"])
HANDLER, METHOD = handlers_of(SchedulingService)["keep_seats"]
EFFECT = partial(METHOD, SchedulingService())


@pytest.fixture
def inbox(context: ServiceContext) -> Inbox:
    return Inbox(context.database, context.clock)


def _take(inbox: Inbox, **changes: Any) -> Outcome:
    message = {**COUNTED, "id": str(new_id()), "position": None, **changes}
    return inbox.receive(HANDLER, message, EFFECT)


def _store_session(context: ServiceContext) -> None:
    with released_programme(context) as programme:
        programme.add_session(id=SESSION_ID, capacity=20)


def _seats(context: ServiceContext) -> tuple[int | None, int, int]:
    with context.database.read() as db:
        row = PublishedSession
        columns = (row.seats_left, row.seats_version, row.version)
        left, seats_version, version = db.execute(sa.select(*columns)).one()
    return left, seats_version, version


def test_the_queue_keeps_its_name() -> None:
    assert HANDLER.queue == "evt-registration-seats_counted--scheduling.keep_seats"
    assert HANDLER.kind == "copy"


def test_seats_left_are_kept(context: ServiceContext, inbox: Inbox) -> None:
    _store_session(context)
    assert _take(inbox) == "done"
    assert _seats(context) == (9, 1, 1)


def test_an_older_count_changes_nothing(context: ServiceContext, inbox: Inbox) -> None:
    _store_session(context)
    newer = {"session_id": str(SESSION_ID), "seats_left": 3}
    assert _take(inbox, aggregate_version=5, data=newer) == "done"
    assert _take(inbox, aggregate_version=4) == "done"
    assert _seats(context) == (3, 5, 1)


def test_seats_that_are_no_longer_limited(context: ServiceContext, inbox: Inbox) -> None:
    _store_session(context)
    _take(inbox)
    unlimited = {"session_id": str(SESSION_ID), "seats_left": None}
    assert _take(inbox, aggregate_version=2, data=unlimited) == "done"
    assert _seats(context) == (None, 2, 1)


def test_a_count_waits_for_its_session(
    context: ServiceContext, inbox: Inbox, clock: FrozenClock
) -> None:
    assert _take(inbox) == "parked"
    _store_session(context)
    clock.advance(minutes=10)
    assert inbox.retry_due({"keep_seats": (HANDLER, EFFECT)}) == ["done"]
    assert _seats(context) == (9, 1, 1)
