"""The programme that scenarios of conflicts add to, on either database."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session as DbSession

from shared.context import ServiceContext
from shared.testing.contexts import make_context
from tests.services.scheduling.conflicts.scenario import Scenario


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stored(request, tmp_path_factory) -> Iterator[ServiceContext]:
    """Return scheduling's context on a database that the scenarios of a module leave empty."""
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path_factory.mktemp('conflicts') / 'stage.sqlite'}")
    else:
        server = request.getfixturevalue("postgresql")
        url = server.create_database()
        yield from _opened(url)
        server.drop_database(url)


def _opened(url: str) -> Iterator[ServiceContext]:
    context = make_context("scheduling", url)
    yield context
    context.database.dispose()


@pytest.fixture
def stage(stored: ServiceContext) -> Iterator[Scenario]:
    """Return a programme with a museum and its auditorium, in a transaction that is taken back."""
    with DbSession(stored.database.engine, expire_on_commit=False) as db:
        yield Scenario(db)
        db.rollback()
