"""The contexts in which registration is tested, on either database."""

from collections.abc import Iterator

import pytest

from shared.context import ServiceContext
from shared.testing.contexts import make_context
from shared.web import promptness


@pytest.fixture(autouse=True)
def _patient() -> Iterator[None]:
    """Wait for the database on however slow a machine: a test that hurries says so."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(promptness, "PATIENCE", 600.0)
        yield


@pytest.fixture
def context(database_url: str) -> Iterator[ServiceContext]:
    """Return registration's context on a new database of either kind."""
    made = make_context("registration", database_url)
    yield made
    made.database.dispose()


@pytest.fixture
def postgresql_context(postgresql_url: str) -> Iterator[ServiceContext]:
    """Return registration's context on PostgreSQL, where writers run at the same time."""
    made = make_context("registration", postgresql_url)
    yield made
    made.database.dispose()
