"""Whatever changes between two files: UIDs stay, SEQUENCE rises where it must, nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Barrier

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.scheduling.domain.importing import bring_in
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    Programme,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.models import Edition, PublishedSession, Session
from shared.contracts.scheduling import RELEASE_PUBLISHED, SESSION_PUBLISHED
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW

#: An event of a file: title, hour, length in hours, room.
Event = tuple[str, int, int, int]

EVENTS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(
        st.sampled_from(["Muons", "Glaciers"]),
        st.integers(0, 3),
        st.integers(1, 2),
        st.integers(0, 1),
    ),
)

_editions = count()


def programme_of(slug: str, events: dict[str, Event]) -> Programme:
    """Return the programme of one file."""
    opening = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    return Programme(
        source=f"test:{slug}",
        edition=EditionRecord(
            slug, "fds", "Fête", "Fête", date(2026, 10, 2), date(2026, 10, 12), "Europe/Paris"
        ),
        venues=(VenueRecord("v", "Muséum"),),
        spaces=(SpaceRecord("0", "v", "Auditorium"), SpaceRecord("1", "v", "Atelier")),
        activities=tuple(ActivityRecord(name, facts[0]) for name, facts in events.items()),
        sessions=tuple(
            SessionRecord(
                name,
                activity=name,
                venue="v",
                space=str(space),
                starts_at=opening + timedelta(hours=hour),
                ends_at=opening + timedelta(hours=hour + length),
            )
            for name, (_title, hour, length, space) in events.items()
        ),
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=EVENTS, second=EVENTS)
def test_any_change_of_the_file_is_taken_once_and_uids_stay(context, first, second):
    slug = f"edition-{next(_editions)}"
    database = context.database

    bring_in(database, programme_of(slug, first), now=NOW)
    before = _sessions(context, slug)
    report = bring_in(database, programme_of(slug, second), now=NOW)
    after = _sessions(context, slug)
    again = bring_in(database, programme_of(slug, second), now=NOW)

    assert set(before) == set(first)
    assert set(after) == set(first) | set(second)
    assert {name: after[name].uid for name in before} == {n: s.uid for n, s in before.items()}
    assert {missing.source_id for missing in report.missing} == set(first) - set(second)
    for name in set(first) & set(second):
        changed = first[name] != second[name]
        moved = first[name][1:] != second[name][1:]
        assert (after[name].version, after[name].sequence) == (1 + changed, 0 + moved)
    assert again.release_id is None
    assert _sessions(context, slug).keys() == after.keys()
    assert {(s.version, s.sequence) for s in _sessions(context, slug).values()} == {
        (s.version, s.sequence) for s in after.values()
    }


def test_imports_at_the_same_moment_take_the_file_once(context):
    together = Barrier(3)
    events: dict[str, Event] = {str(number): ("Muons", number, 1, 0) for number in range(30)}

    def take_part(_number: int) -> tuple[int, int]:
        together.wait()
        report = bring_in(context.database, programme_of("one", events), now=NOW)
        counts = report.counts["sessions"]
        return counts.created, counts.unchanged

    with ThreadPoolExecutor(3) as threads:
        outcomes = list(threads.map(take_part, range(3)))

    assert sorted(outcomes) == [(0, 30), (0, 30), (30, 0)]
    with context.database.read() as db:
        recorded = db.execute(
            sa.select(OUTBOX.c.type, sa.func.count()).group_by(OUTBOX.c.type)
        ).all()
    assert {row.type: row[1] for row in recorded} == {
        SESSION_PUBLISHED.type: 30,
        RELEASE_PUBLISHED.type: 1,
    }


def test_two_different_files_at_the_same_moment_are_taken_one_after_the_other(context):
    bring_in(context.database, programme_of("one", {"a": ("Muons", 0, 1, 0)}), now=NOW)
    together = Barrier(2)

    def take_part(hour: int) -> None:
        together.wait()
        bring_in(context.database, programme_of("one", {"a": ("Muons", hour, 1, 0)}), now=NOW)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(take_part, (1, 2)))

    with context.database.read() as db:
        session = db.scalars(sa.select(PublishedSession)).one()
        versions = db.scalars(
            sa.select(OUTBOX.c.aggregate_version)
            .where(OUTBOX.c.type == SESSION_PUBLISHED.type)
            .order_by(OUTBOX.c.row)
        ).all()
    assert (session.version, session.sequence) == (3, 2)
    assert versions == [1, 2, 3]


def _sessions(context, slug: str) -> dict[str, PublishedSession]:
    with context.database.read() as db:
        found = db.execute(
            sa.select(Session.source_id, PublishedSession)
            .join(PublishedSession, PublishedSession.id == Session.id)
            .join(Edition, Edition.id == Session.edition_id)
            .where(Edition.slug == slug)
        )
        return {source_id or "": published for source_id, published in found}
