"""A file comes again while one of its sessions waits in the planner's tray."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.importing import Counts, bring_in
from services.scheduling.domain.importing.options import Options
from services.scheduling.domain.importing.planning import plan
from services.scheduling.domain.planning.placing import place, unplace
from services.scheduling.domain.programme import ActivityRecord, Programme
from services.scheduling.models import Session, UnplacedSession
from shared.context import ServiceContext
from shared.i18n import speaking, translator
from shared.testing.contexts import NOW
from tests.services.scheduling.imported import programme, sessions_of

BY: dict[str, Any] = {"account_id": None, "now": NOW}
DRAFTS = Options(as_drafts=True)
HOUR = timedelta(hours=1)


def in_file(hours: int = 0) -> Programme:
    """Return a file of two sessions, the first so many hours later than it was."""
    (first,) = programme().sessions
    moved = replace(
        first, starts_at=first.starts_at + hours * HOUR, ends_at=first.ends_at + hours * HOUR
    )
    other = replace(first, source_id="s2", activity="a2", space=None)
    activities = (*programme().activities, ActivityRecord("a2", "Peser un atome"))
    return programme(sessions=(moved, other), activities=activities)


@pytest.fixture
def waiting(context: ServiceContext) -> Session:
    """Bring the file in as drafts, and put its first session into the tray."""
    bring_in(context.database, in_file(), DRAFTS, now=NOW)
    session = sessions_of(context)["s1"]
    with context.database.write() as db:
        unplace(db, session.id, session.revision, **BY)
    return session


def test_a_session_in_the_tray_comes_no_second_time(
    context: ServiceContext, waiting: Session
) -> None:
    with context.database.read() as db:
        planned = plan(db, in_file(hours=1), DRAFTS, now=NOW)
    report = bring_in(context.database, in_file(hours=1), DRAFTS, now=NOW)

    assert (planned.size, planned.report) == (0, report)
    assert (report.counts["sessions"], report.missing) == (Counts(unchanged=2), ())
    with speaking(translator("services.scheduling", "en")):
        assert [str(note) for note in report.notes] == [
            "1 session of the file waits here among the sessions to be placed (Voir un muon): it "
            "stays there as it is. Place it, then import again to have it compared."
        ]
    assert list(sessions_of(context)) == ["s2"]
    with context.database.read() as db:
        kept = db.scalars(sa.select(UnplacedSession)).one()
    assert (kept.id, kept.minutes, kept.revision) == (waiting.id, 120, waiting.revision + 1)


def test_placed_again_it_is_compared_with_the_file(
    context: ServiceContext, waiting: Session
) -> None:
    bring_in(context.database, in_file(hours=1), DRAFTS, now=NOW)
    where = {"venue_id": waiting.venue_id, "space_id": waiting.space_id}
    times = {"starts_at": waiting.starts_at, "ends_at": waiting.ends_at}
    with context.database.write() as db:
        place(db, waiting.id, None, {**where, **times}, **BY)

    report = bring_in(context.database, in_file(hours=1), DRAFTS, now=NOW)

    found = sessions_of(context)
    assert report.counts["sessions"] == Counts(changed=1, unchanged=1)
    assert (found["s1"].id, found["s1"].starts_at) == (waiting.id, waiting.starts_at + HOUR)


def test_another_source_s_session_of_that_name_is_none_of_it(
    context: ServiceContext, waiting: Session
) -> None:
    with context.database.read() as db:
        planned = plan(db, replace(in_file(), source="elsewhere"), DRAFTS, now=NOW)

    assert planned.report.counts["sessions"] == Counts(created=2)
    assert planned.report.notes == ()
