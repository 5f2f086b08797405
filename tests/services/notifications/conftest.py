"""Notifications on a real database of either kind."""

from collections.abc import Iterator

import pytest

from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock, make_context


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def context(database_url: str, clock: FrozenClock) -> Iterator[ServiceContext]:
    context = make_context("notifications", database_url, clock=clock)
    yield context
    context.database.dispose()


@pytest.fixture
def sqlite_context(sqlite_url: str, clock: FrozenClock) -> Iterator[ServiceContext]:
    """One kind is enough where the database is not the point."""
    context = make_context("notifications", sqlite_url, clock=clock)
    yield context
    context.database.dispose()
