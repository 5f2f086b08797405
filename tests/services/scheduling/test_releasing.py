"""Releasing: what waits is compared with what is public, and becomes public together."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.revisions import Conflict, change
from services.scheduling.domain.releasing import (
    ChangedMeanwhile,
    count_candidates,
    hold_back,
    pending_changes,
    release,
    revert_session,
)
from services.scheduling.domain.releasing.reverting import NeverReleased
from services.scheduling.domain.session_parts import parts_of
from services.scheduling.domain.session_state import session_state
from services.scheduling.models import (
    Activity,
    Edition,
    PublishedSession,
    Release,
    ReleasedSession,
    Session,
    Venue,
)
from shared.contracts.scheduling import RELEASE_PUBLISHED, SESSION_PUBLISHED
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.stored_programme import OPENING, StoredProgramme

LATER = NOW + timedelta(days=1)


@pytest.fixture
def stored(context):
    """Store an edition with five released sessions of one activity; returns ids by name."""
    with context.database.write() as db:
        programme = StoredProgramme(db)
        sessions = programme.add_sessions(5)
        programme.release()
        return {
            "edition": programme.edition.id,
            "activity": sessions[0].activity_id,
            "venue": programme.venue.id,
            "sessions": [session.id for session in sessions],
        }


def edit(db: Any, model: Any, row_id: UUID, **values: Any) -> None:
    """Change a row as an editor does."""
    change(db.get_one(model, row_id), values, account_id=None, now=LATER)
    db.flush()


def events(db: Any) -> list[Any]:
    """Return the events of the latest release, in order."""
    rows = db.execute(sa.select(OUTBOX).order_by(OUTBOX.c.row)).all()
    return [row for row in rows if row.release_id == rows[-1].release_id]


def test_a_first_release_publishes_every_session_and_the_edition_and_then_closes(context, stored):
    with context.database.read() as db:
        published = db.scalars(sa.select(PublishedSession).order_by(PublishedSession.starts_at))
        rows = list(published)
        told = events(db)
        edition = db.get_one(Edition, stored["edition"])
        releases = db.scalars(sa.select(Release)).all()

        assert [row.id for row in rows] == stored["sessions"]
        assert {(row.version, row.sequence) for row in rows} == {(1, 0)}
        assert rows[0].details == {
            **session_state(parts_of(db.get_one(Session, rows[0].id))),
            "sequence": 0,
            "changed_at": NOW.isoformat(),
        }
        assert [event.type for event in told] == [SESSION_PUBLISHED.type] * 5 + [
            RELEASE_PUBLISHED.type
        ]
        assert [event.data for event in told[:5]] == [row.details for row in rows]
        assert told[5].data["sessions"] == [str(row.id) for row in rows]
        assert edition.published["slug"] == "fds-2026"
        assert [(row.number, row.counts) for row in releases] == [(1, {"new": 5})]
        assert count_candidates(db, stored["edition"]) == 0
        assert pending_changes(db, stored["edition"]).changes == ()


def test_a_draft_is_not_public_until_it_is_released(context, stored):
    first = stored["sessions"][0]
    with context.database.write() as db:
        before = dict(db.get_one(PublishedSession, first).details)
        edit(db, Session, first, starts_at=OPENING + timedelta(minutes=30))
    with context.database.write() as db:
        pending = pending_changes(db, stored["edition"])
        assert db.get_one(PublishedSession, first).details == before
        assert [(c.id, c.kind, c.fields) for c in pending.changes] == [
            (first, "moved", ("starts_at",))
        ]

        release(db, stored["edition"], now=LATER, seen=pending.digest)
        row = db.get_one(PublishedSession, first, populate_existing=True)
        assert (row.version, row.sequence, row.changed_at) == (2, 1, LATER)
        assert row.starts_at == OPENING + timedelta(minutes=30)
        assert [event.aggregate_version for event in events(db)] == [2, 1]


def test_only_time_place_and_status_raise_the_sequence(context, stored):
    first, second = stored["sessions"][:2]
    with context.database.write() as db:
        edit(db, Session, first, capacity=12)
        edit(db, Session, second, status="cancelled")
        kinds = {c.id: c.kind for c in pending_changes(db, stored["edition"]).changes}
        release(db, stored["edition"], now=LATER)
        rows = [db.get_one(PublishedSession, i, populate_existing=True) for i in (first, second)]

    assert kinds == {first: "changed", second: "cancelled"}
    assert [(row.version, row.sequence, row.status) for row in rows] == [
        (2, 0, "confirmed"),
        (2, 1, "cancelled"),
    ]


def test_what_sessions_share_changes_all_of_them(context, stored):
    with context.database.write() as db:
        edit(db, Activity, stored["activity"], title_fr="Voir deux muons")
        edit(db, Venue, stored["venue"], address="2 rue Dolomieu")
        pending = pending_changes(db, stored["edition"])
        assert [c.id for c in pending.changes] == stored["sessions"]
        assert {(c.kind, c.fields) for c in pending.changes} == {("moved", ("title", "venue"))}


def test_an_edit_that_is_taken_back_by_hand_is_no_change_and_is_not_looked_at_again(
    context, stored
):
    first, second = stored["sessions"][:2]
    with context.database.write() as db:
        edit(db, Session, first, capacity=12)
        edit(db, Session, first, capacity=None)
        edit(db, Session, second, capacity=9)
        pending = pending_changes(db, stored["edition"])
        assert [c.id for c in pending.changes] == [second]
        assert [row.id for row in pending.alike] == [first]
        assert count_candidates(db, stored["edition"]) == 2
        release(db, stored["edition"], now=LATER)
        assert count_candidates(db, stored["edition"]) == 0
        assert [event.aggregate_id for event in events(db)[:-1]] == [second]


def test_what_is_held_back_waits_until_it_is_let_go(context, stored):
    first, second = stored["sessions"][:2]
    with context.database.write() as db:
        edit(db, Session, first, capacity=12)
        edit(db, Session, second, capacity=9)
        hold_back(db, stored["edition"], [first])
    with context.database.write() as db:
        assert release(db, stored["edition"], now=LATER).sessions == (second,)
        assert release(db, stored["edition"], now=LATER) is None
        assert [c.id for c in pending_changes(db, stored["edition"]).held_back] == [first]
        hold_back(db, stored["edition"], [first], held=False)
    with context.database.write() as db:
        assert release(db, stored["edition"], now=LATER).sessions == (first,)


def test_parts_can_be_left_out_of_one_release_alone(context, stored):
    first, second, third = stored["sessions"][:3]
    with context.database.write() as db:
        for session_id in (first, second, third):
            edit(db, Session, session_id, capacity=12)
        assert release(db, stored["edition"], now=LATER, leave_out=[first]).sessions == (
            second,
            third,
        )
        assert release(db, stored["edition"], now=LATER, only=[second, third]) is None
        assert release(db, stored["edition"], now=LATER).sessions == (first,)


def test_a_change_made_since_the_page_was_looked_at_stops_the_release(context, stored):
    first, second = stored["sessions"][:2]
    with context.database.write() as db:
        edit(db, Session, first, capacity=12)
        seen = pending_changes(db, stored["edition"]).digest
    with context.database.write() as db:
        edit(db, Session, second, capacity=9)
    with pytest.raises(ChangedMeanwhile), context.database.write() as db:
        release(db, stored["edition"], now=LATER, seen=seen)

    with context.database.read() as db:
        assert [c.id for c in pending_changes(db, stored["edition"]).changes] == [first, second]
        assert db.scalar(sa.select(sa.func.count()).select_from(Release)) == 1
        assert db.get_one(PublishedSession, first).version == 1


def test_a_release_that_fails_leaves_nothing_behind(context, stored, monkeypatch):
    with context.database.write() as db:
        edit(db, Session, stored["sessions"][0], capacity=12)

    def fail(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("the power is cut")

    monkeypatch.setattr("services.scheduling.domain.releasing.publishing.record", fail)
    with pytest.raises(RuntimeError, match="power"), context.database.write() as db:
        release(db, stored["edition"], now=LATER)

    with context.database.read() as db:
        assert db.get_one(PublishedSession, stored["sessions"][0]).version == 1
        assert db.scalar(sa.select(sa.func.count()).select_from(Release)) == 1
        assert len(pending_changes(db, stored["edition"]).changes) == 1


def test_a_session_goes_back_to_what_is_public(context, stored):
    first = stored["sessions"][0]
    with context.database.write() as db:
        edit(db, Session, first, starts_at=OPENING - timedelta(hours=1), capacity=3)
        hold_back(db, stored["edition"], [first])
    with context.database.write() as db:
        session = revert_session(db, first, 2, account_id=None, now=LATER)
        assert count_candidates(db, stored["edition"]) == 0
        assert (session.starts_at, session.capacity, session.held_back) == (OPENING, None, False)
        assert session.revision == 3
    with context.database.write() as db:
        assert pending_changes(db, stored["edition"]).changes == ()
        with pytest.raises(Conflict):
            revert_session(db, first, 2, account_id=None, now=LATER)


def test_a_session_that_was_never_released_has_nothing_to_go_back_to(context, stored):
    with context.database.write() as db:
        session = Session(
            edition_id=stored["edition"],
            activity_id=stored["activity"],
            venue_id=stored["venue"],
            uid="new@parvis",
            starts_at=OPENING,
            ends_at=OPENING + timedelta(hours=1),
            edited_at=NOW,
        )
        db.add(session)
        db.flush()
        assert [c.kind for c in pending_changes(db, stored["edition"]).changes] == ["new"]
        with pytest.raises(NeverReleased):
            revert_session(db, session.id, 1, account_id=None, now=LATER)


def test_the_history_keeps_what_each_release_changed(context, stored):
    first = stored["sessions"][0]
    with context.database.write() as db:
        edit(db, Session, first, capacity=12)
        second_release = release(db, stored["edition"], now=LATER, note="Jauge réduite")
        kept = db.scalars(
            sa.select(ReleasedSession).where(ReleasedSession.release_id == second_release.id)
        ).one()
        made = db.get_one(Release, second_release.id)

    assert (kept.session_id, kept.kind) == (first, "changed")
    assert (kept.before, kept.after) == ({"capacity": None}, {"capacity": 12})
    assert (made.number, made.note, made.counts) == (2, "Jauge réduite", {"changed": 1})


def test_the_editions_own_name_becomes_public_with_a_release(context, stored):
    with context.database.write() as db:
        edit(db, Edition, stored["edition"], name_fr="Fête de la science, Isère 2026")
    with context.database.write() as db:
        edition = db.get_one(Edition, stored["edition"])
        pending = pending_changes(db, stored["edition"])
        assert edition.published["name_fr"] == "Fête de la science 2026"
        assert pending.edition_fields == ("name_fr",)
        assert {(c.kind, c.fields) for c in pending.changes} == {("changed", ("edition",))}
        release(db, stored["edition"], now=LATER)
        assert edition.published["name_fr"] == "Fête de la science, Isère 2026"


def test_registrations_word_on_seats_survives_a_release(context, stored):
    first = stored["sessions"][0]
    with context.database.write() as db:
        row = db.get_one(PublishedSession, first)
        row.seats_left, row.bookings, row.seats_version = 3, 7, 41
        edit(db, Session, first, capacity=12)
    with context.database.write() as db:
        (pending,) = pending_changes(db, stored["edition"]).changes
        assert pending.audience.bookings == 7
        release(db, stored["edition"], now=LATER)
        row = db.get_one(PublishedSession, first, populate_existing=True)
        assert (row.seats_left, row.bookings, row.seats_version) == (3, 7, 41)


def test_many_sessions_are_read_in_few_statements_and_released_in_batches(context):
    with context.database.write() as db:
        programme = StoredProgramme(db)
        programme.add_sessions(450)
        edition_id = programme.edition.id
    with context.database.read() as db, statements_of(context.database) as statements:
        pending_changes(db, edition_id)
    assert len(statements) == 6
    told: list[int] = []
    with context.database.write() as db:
        released = release(db, edition_id, now=NOW, progress=told.append)

    assert (len(released.sessions), told) == (450, [200, 200, 50])
