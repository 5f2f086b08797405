"""Records of any source are stored and found again; those that refer to nothing are rejected."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.scheduling.domain.importing import (
    Counts,
    bring_in,
)
from services.scheduling.domain.programme import (
    ActivityRecord,
    Rejection,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.domain.releasing import release
from services.scheduling.models import (
    Activity,
    Commune,
    Organisation,
    Session,
    Space,
    Venue,
)
from shared.testing.contexts import NOW
from tests.services.scheduling.imported import counts_of, events_of, programme
from tests.services.scheduling.told import told


def test_a_source_that_states_everything_is_applied_whole_and_again_changes_nothing(context):
    report = bring_in(context.database, programme(), now=NOW)

    assert counts_of(report) == dict.fromkeys(
        ("editions", "organisations", "venues", "spaces", "activities", "sessions"), (1, 0, 0)
    )
    with context.database.read() as db:
        session = db.scalars(sa.select(Session)).one()
        assert (session.registration, session.capacity, session.seat_categories) == (
            "here",
            12,
            ["children"],
        )
        assert session.venue.commune is not None
        assert session.venue.commune.insee_code == "38185"
        assert session.activity.organisation is not None
        assert session.activity.organisation.email == "bonjour@museum.example"
        assert session.space is not None
        assert session.space.capacity == 80

    again = bring_in(context.database, programme(), now=NOW)

    assert again.counts["sessions"] == Counts(unchanged=1)
    assert len(events_of(context)) == 2


def test_a_commune_that_is_known_is_used_as_it_is(context):
    with context.database.write() as db:
        db.add(Commune(insee_code="38185", name="Grenoble-Alpes", latitude=1.0, longitude=2.0))

    bring_in(context.database, programme(), now=NOW)

    with context.database.read() as db:
        assert db.scalars(sa.select(Commune.name)).all() == ["Grenoble-Alpes"]


def test_a_space_that_only_changes_its_capacity_publishes_nothing(context):
    bring_in(context.database, programme(), now=NOW)

    report = bring_in(
        context.database, programme(spaces=(SpaceRecord("p1", "v1", "Auditorium", 90),)), now=NOW
    )

    assert report.counts["spaces"] == Counts(changed=1)
    assert report.counts["sessions"] == Counts(unchanged=1)
    assert len(events_of(context)) == 2


def test_records_that_refer_to_nothing_are_rejected_and_the_others_taken(context):
    good = programme().sessions[0]
    naive = datetime(2026, 10, 2, 8, 0)
    faults: dict[str, dict[str, Any]] = {
        "unknown activity “a9”": {"activity": "a9"},
        "unknown venue “v9”": {"venue": "v9"},
        "unknown space “p9”": {"space": "p9"},
        "space “p1” is not in venue “v2”": {"venue": "v2"},
        "unknown kind “party”": {"kind": "party"},
        "unknown way in “window”": {"registration": "window"},
        "unknown status “maybe”": {"status": "maybe"},
        "its times have no time zone": {"starts_at": naive},
        "it does not end after it starts": {"ends_at": good.starts_at},
        "its capacity is negative: -1": {"capacity": -1},
    }
    sessions = [
        replace(good, source_id=reason, line=line, **changes)
        for line, (reason, changes) in enumerate(faults.items())
    ]
    base = programme()

    report = bring_in(
        context.database,
        programme(
            sessions=(good, *sessions, good),
            venues=(*base.venues, VenueRecord("v2", "Mairie")),
            spaces=(*base.spaces, SpaceRecord("p2", "v9", "Grenier")),
            activities=(
                *base.activities,
                ActivityRecord("a2", " "),
                ActivityRecord("a3", "Lire", organisation="o9"),
            ),
        ),
        now=NOW,
    )

    assert told(report.rejections) == [
        Rejection(None, "p2", "unknown venue “v9”"),
        Rejection(None, "a2", "it has no title"),
        Rejection(None, "a3", "unknown organisation “o9”"),
        *(Rejection(line, reason, reason) for line, reason in enumerate(faults)),
        Rejection(None, "s1", "another one before it has the same identifier"),
    ]
    assert report.counts["sessions"] == Counts(created=1)


def test_the_rows_of_a_programme_are_found_again_by_their_source(context):
    bring_in(context.database, programme(), now=NOW)

    with context.database.read() as db:
        named = {
            model.__name__: db.execute(sa.select(model.source, model.source_id)).one()
            for model in (Organisation, Venue, Space, Activity, Session)
        }
    assert named == {
        "Organisation": ("test", "o1"),
        "Venue": ("test", "v1"),
        "Space": ("test", "p1"),
        "Activity": ("test", "a1"),
        "Session": ("test", "s1"),
    }


def test_one_source_does_not_touch_the_sessions_of_another(context):
    bring_in(context.database, programme(), now=NOW)
    other = programme(source="other", activities=(ActivityRecord("a1", "Autre chose"),))

    report = bring_in(context.database, other, now=NOW)

    assert report.counts["sessions"] == Counts(created=1)
    assert (report.missing, report.carried) == ((), 0)
    with context.database.read() as db:
        uids = db.scalars(sa.select(Session.uid)).all()
    assert len(set(uids)) == 2


def test_a_session_of_another_origin_in_a_venue_that_changes_is_published_too(context):
    first = bring_in(context.database, programme(), now=NOW)
    assert first.release_id is not None
    with context.database.write() as db:
        imported = db.scalars(sa.select(Session)).one()
        own = Session(
            edition_id=imported.edition_id,
            activity=Activity(edition_id=imported.edition_id, title_fr="À nous"),
            venue_id=imported.venue_id,
            uid="own@parvis",
            starts_at=imported.starts_at,
            ends_at=imported.ends_at,
            edited_at=NOW,
        )
        own.activity.edited_at = NOW
        db.add(own)
        db.flush()
        release(db, imported.edition_id, now=NOW)
    moved = replace(programme().venues[0], address="2 rue Dolomieu")

    report = bring_in(context.database, programme(venues=(moved,)), now=NOW)

    assert report.carried == 2
    published = [row for row in events_of(context) if row.release_id == report.release_id]
    own_event = next(row for row in published if row.aggregate_id == own.id)
    assert own_event.data["venue"]["address"] == "2 rue Dolomieu"
    assert own_event.aggregate_version == 2
