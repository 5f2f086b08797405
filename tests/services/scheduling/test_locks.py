"""Editing, importing and releasing at once, on PostgreSQL: nobody waits for another in a circle."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing import activities, sessions, venues
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import take
from services.scheduling.domain.importing.stored import lock_revisions
from services.scheduling.domain.releasing import ChangedMeanwhile, publishing, release
from services.scheduling.models import Edition, PublishedSession, Session, Venue
from shared.context import ServiceContext
from shared.testing.contexts import NOW, make_context
from tests.services.scheduling.stored_programme import StoredProgramme

SOURCE = "frab:fds-2026"

#: Seconds after which somebody is taken to wait for ever.
FOR_EVER = 120


@pytest.fixture
def context(postgresql_url: str) -> Iterator[ServiceContext]:
    made = make_context("scheduling", postgresql_url)
    yield made
    made.database.dispose()


@pytest.fixture
def ids(context: ServiceContext) -> dict[str, Any]:
    """Store a session that an import brought as a draft; returns the ids of it and its parts."""
    with context.database.write() as db:
        programme = StoredProgramme(db)
        session = programme.add_session(source=SOURCE, source_id="1")
        return {
            "edition": programme.edition.id,
            "venue": programme.venue.id,
            "activity": session.activity_id,
            "session": session.id,
        }


@pytest.fixture
def beside(context: ServiceContext) -> Iterator[Callable[..., Future[Any]]]:
    """Return what does something in another thread, in a transaction of its own."""
    with ThreadPoolExecutor(4) as threads:

        def run(job: Callable[..., Any], *args: Any, **options: Any) -> Future[Any]:
            def work() -> Any:
                with context.database.write() as db:
                    db.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
                    return job(db, *args, **options)

            return threads.submit(work)

        yield run


WHO = {"account_id": None, "now": NOW}


def test_a_release_does_not_wait_for_an_import_that_holds_its_rows(context, ids, beside):
    with context.database.write() as db:
        lock_revisions(db, SOURCE)
        released = beside(release, ids["edition"], now=NOW).result(FOR_EVER)
        assert released.sessions == (ids["session"],)


def test_a_release_does_not_wait_for_who_is_editing_what_it_publishes(context, ids, beside):
    with context.database.write() as db:
        take(db, Session, ids["session"], None)
        take(db, Venue, ids["venue"], None)
        released = beside(release, ids["edition"], now=NOW).result(FOR_EVER)
        assert released.sessions == (ids["session"],)


def test_a_session_can_be_moved_to_a_venue_that_somebody_is_editing(context, ids, beside):
    with context.database.write() as db:
        other_id = venues.create_venue(db, {"name": "La Casemate"}, **WHO).id
    with context.database.write() as db:
        take(db, Venue, other_id, None)
        values = {"venue_id": other_id, "space_id": None}
        saved = beside(sessions.save_session, ids["session"], 1, values, **WHO)
        assert saved.result(FOR_EVER).venue_id == other_id


def test_an_activity_can_be_made_while_its_edition_is_released(context, ids, beside):
    with context.database.write() as db:
        release(db, ids["edition"], now=NOW)
        values = {"edition_id": ids["edition"], "title_fr": "Voir un muon"}
        made = beside(activities.create_activity, values, **WHO).result(FOR_EVER)
        assert made.edition_id == ids["edition"]


def test_whoever_deletes_a_session_waits_for_its_release_and_keeps_it(context, ids, beside):
    with context.database.write() as db:
        release(db, ids["edition"], now=NOW)
        deleted = beside(sessions.delete_session, ids["session"], 1)
    with pytest.raises(InUse):
        deleted.result(FOR_EVER)


def test_a_session_that_was_deleted_in_the_middle_of_its_release_is_a_change(
    context, ids, beside, monkeypatch
):
    read = publishing.pending_changes

    def read_and_be_overtaken(db: DbSession, *args: Any) -> Any:
        found = read(db, *args)
        beside(sessions.delete_session, ids["session"], 1).result(FOR_EVER)
        return found

    monkeypatch.setattr(publishing, "pending_changes", read_and_be_overtaken)
    with pytest.raises(ChangedMeanwhile), context.database.write() as db:
        release(db, ids["edition"], now=NOW)
    with context.database.read() as db:
        assert db.get_one(Edition, ids["edition"]).published is None
        assert db.scalars(sa.select(PublishedSession)).all() == []
