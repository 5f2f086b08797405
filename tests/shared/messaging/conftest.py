"""A publisher's and a consumer's databases, and a broker that keeps what it is given."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from shared.context import ServiceContext
from shared.contracts.registration import SEATS_COUNTED
from shared.messaging.handlers import Handler
from shared.messaging.outbox import Fact, record
from shared.messaging.publisher import BrokerUnavailable, Message, Outcome
from shared.testing.contexts import FrozenClock, make_context


class KeepingBroker:
    """Confirms everything, unless it is down or told to leave some messages unconfirmed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.down = False
        self.unroutable: set[str] = set()
        self.refused: set[int] = set()

    def publish(self, messages: Sequence[Message]) -> Outcome:
        if self.down:
            raise BrokerUnavailable("down")
        taken = frozenset(range(len(messages))) - self.refused
        self.messages += [message for index, message in enumerate(messages) if index in taken]
        returned = {i for i, message in enumerate(messages) if message.id in self.unroutable}
        return Outcome(taken, frozenset(returned))

    def close(self) -> None:
        pass

    def take(self) -> list[Message]:
        taken, self.messages = self.messages, []
        return taken


def seats_counted(session_id: UUID | None = None, *, seats_left: int = 3, version: int = 1) -> Fact:
    session_id = session_id or uuid4()
    data = {
        "session_id": str(session_id),
        "seats_left": seats_left,
        "capacity": 12,
        "bookings": 4,
        "seats_taken": 9,
        "waiting": 0,
        "overbooked": False,
    }
    return Fact(SEATS_COUNTED, session_id, version, data)


def record_now(context: ServiceContext, *facts: Fact) -> list[UUID]:
    with context.database.write() as db:
        return record(db, *facts, now=context.clock())


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def broker() -> KeepingBroker:
    return KeepingBroker()


@pytest.fixture
def publisher(database_url_factory, clock) -> ServiceContext:
    return make_context("registration", database_url_factory(), clock=clock)


@pytest.fixture
def consumer(database_url_factory, clock) -> ServiceContext:
    return make_context("scheduling", database_url_factory(), clock=clock)


@pytest.fixture
def copying() -> Handler:
    return Handler("scheduling", "keep_seats", SEATS_COUNTED, "copy")


@pytest.fixture
def reacting() -> Handler:
    return Handler("scheduling", "keep_seats", SEATS_COUNTED, "reaction")
