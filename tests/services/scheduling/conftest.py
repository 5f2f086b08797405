"""Scheduling as its tests meet it: a context on either database, a programme, a client."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock, make_context


@pytest.fixture
def clock() -> FrozenClock:
    """Return the clock that the context reads."""
    return FrozenClock()


@pytest.fixture
def context(database_url: str, clock: FrozenClock) -> Iterator[ServiceContext]:
    """Return scheduling's context on an empty database."""
    made = make_context("scheduling", database_url, clock=clock)
    yield made
    made.database.dispose()


@pytest.fixture
def client(context: ServiceContext) -> FlaskClient:
    """Return a client of scheduling's whole application."""
    return create_app(context).test_client()
