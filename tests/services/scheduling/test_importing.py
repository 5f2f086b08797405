"""A programme is imported whole, on both databases: created, changed, left alone, and published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.importing import (
    Counts,
    ImportRefused,
    Options,
    Report,
    StalePlan,
    apply,
    bring_in,
    plan,
)
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    OrganisationRecord,
    Programme,
    Rejection,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.domain.publishing import session_data
from services.scheduling.domain.session_parts import parts_of
from services.scheduling.importers import read_frab
from services.scheduling.models import (
    Activity,
    Base,
    Commune,
    Edition,
    Festival,
    Organisation,
    Session,
    Space,
    Venue,
)
from shared.context import ServiceContext
from shared.contracts.scheduling import RELEASE_PUBLISHED, SESSION_PUBLISHED
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.scheduling.schedules import (
    CONFERENCE,
    day,
    event,
    real_schedule,
    room,
    schedule,
)

#: Where an import is interrupted by a test.
APPLYING = "services.scheduling.domain.importing.applying"

Bring = Callable[..., Report]


@pytest.fixture
def bring(context: ServiceContext, tmp_path: Path) -> Bring:
    """Return what imports the text of a schedule into the edition `rencontres-2026`."""

    def bring_text(text: str, options: Options | None = None) -> Report:
        path = tmp_path / "schedule.xml"
        path.write_text(text, encoding="utf-8")
        programme = read_frab(path, "rencontres-2026")
        return bring_in(context.database, programme, options, now=context.clock())

    return bring_text


def counts_of(report: Report) -> dict[str, tuple[int, int, int]]:
    """Return a report's counts as (created, changed, unchanged), without nouns that have none."""
    counts = {
        noun: (count.created, count.changed, count.unchanged)
        for noun, count in report.counts.items()
    }
    return {noun: count for noun, count in counts.items() if any(count)}


def sessions_of(context: ServiceContext) -> dict[str, Session]:
    """Return the stored sessions by their name in the source."""
    with context.database.read() as db:
        return {session.source_id or "": session for session in db.scalars(sa.select(Session))}


def events_of(context: ServiceContext) -> list[Any]:
    """Return the recorded events, in order."""
    with context.database.read() as db:
        return list(db.execute(sa.select(OUTBOX).order_by(OUTBOX.c.row)))


def row_counts(context: ServiceContext) -> dict[str, int]:
    """Return how many rows each table has."""
    with context.database.read() as db:
        return {
            table.name: db.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_a_real_schedule_comes_in_whole_and_again_changes_nothing(context, clock):
    programme = read_frab(real_schedule("fosdem-2025.xml"), "fosdem-2025")

    first = bring_in(context.database, programme, now=clock())

    assert counts_of(first) == {
        "editions": (1, 0, 0),
        "venues": (1, 0, 0),
        "spaces": (40, 0, 0),
        "activities": (943, 0, 0),
        "sessions": (943, 0, 0),
    }
    assert (first.rejections, first.missing, first.notes) == ((), (), ())
    recorded = events_of(context)
    assert [row.type for row in recorded] == [SESSION_PUBLISHED.type] * 943 + [
        RELEASE_PUBLISHED.type
    ]
    assert {row.release_id for row in recorded} == {first.release_id}
    before = row_counts(context)
    clock.advance(days=1)

    second = bring_in(context.database, programme, now=clock())

    assert counts_of(second) == {
        "editions": (0, 0, 1),
        "venues": (0, 0, 1),
        "spaces": (0, 0, 40),
        "activities": (0, 0, 943),
        "sessions": (0, 0, 943),
    }
    assert second.release_id is None
    assert row_counts(context) == before


def test_everything_of_an_event_is_stored_and_nothing_that_the_file_does_not_say(context, bring):
    bring(
        schedule(
            day(
                room(
                    event(
                        "a",
                        abstract="Œuvres d’été",
                        track="Physique",
                        type="Atelier",
                        persons="Zoé Lenoir",
                    )
                )
            )
        )
    )

    with context.database.read() as db:
        session = db.scalars(sa.select(Session)).one()
        data = session_data(parts_of(session))
        festival = db.scalars(sa.select(Festival)).one()
        edition = db.scalars(sa.select(Edition)).one()
    assert data == {
        "id": str(session.id),
        "uid": f"{session.id}@parvis",
        "sequence": 0,
        "status": "confirmed",
        "kind": "timed",
        "starts_at": "2026-10-02T08:00:00+00:00",
        "ends_at": "2026-10-02T09:00:00+00:00",
        "time_zone": "Europe/Paris",
        "weekly_hours": [],
        "closures": [],
        "registration": "none",
        "registration_link": None,
        "registration_telephone": None,
        "registration_email": None,
        "registration_full": False,
        "capacity": None,
        "seat_categories": ["adults", "children"],
        "title": {"fr": "Une heure avec les muons", "en": None},
        "description": {"fr": "Œuvres d’été", "en": None},
        "audience": "everyone",
        "age_min": None,
        "age_max": None,
        "theme": "Physique",
        "format": "Atelier",
        "presenters": ["Zoé Lenoir"],
        "link": None,
        "activity_id": str(session.activity_id),
        "edition": {
            "id": str(edition.id),
            "slug": "rencontres-2026",
            "name": {"fr": "Rencontres 2026", "en": None},
            "time_zone": "Europe/Paris",
            "contact_email": None,
        },
        "organisation": None,
        "venue": {
            "id": str(session.venue_id),
            "name": "Campus",
            "address": None,
            "postcode": None,
            "commune": {"insee_code": None, "name": "Grenoble"},
            "latitude": None,
            "longitude": None,
        },
        "space": {"id": str(session.space_id), "name": "Amphi"},
        "changed_at": NOW.isoformat(),
    }
    assert events_of(context)[0].data == data
    assert (session.version, session.source, session.source_id) == (1, "frab:rencontres-2026", "a")
    assert session.searchable == (
        "une heure avec les muons oeuvres d'ete physique campus grenoble zoe lenoir"
    )
    assert (festival.slug, festival.name_fr) == ("rencontres", "Rencontres")
    assert (edition.starts_on, edition.ends_on) == (date(2026, 10, 2), date(2026, 10, 3))


def test_a_changed_file_updates_what_changed_keeps_uids_and_raises_sequence_where_it_must(
    context, bring, clock
):
    names = ("moved", "renamed", "longer", "elsewhere", "same")
    bring(schedule(day(room(*(event(name) for name in names)), room(name="Cour"))))
    before = sessions_of(context)
    clock.advance(hours=1)

    report = bring(
        schedule(
            day(
                room(
                    event("moved", date="2026-10-02T11:00:00+02:00"),
                    event("renamed", title="Deux heures avec les muons"),
                    event("longer", duration="01:30"),
                    event("same"),
                    event("new"),
                ),
                room(event("elsewhere"), name="Cour"),
            )
        )
    )

    assert report.counts["sessions"] == Counts(created=1, changed=4, unchanged=1)
    assert report.counts["activities"] == Counts(created=1, changed=1, unchanged=4)
    after = sessions_of(context)
    assert {name: after[name].uid for name in names} == {name: before[name].uid for name in names}
    assert {name: (s.sequence, s.version, s.changed_at) for name, s in after.items()} == {
        "moved": (1, 2, clock()),
        "renamed": (0, 2, clock()),
        "longer": (1, 2, clock()),
        "elsewhere": (1, 2, clock()),
        "same": (0, 1, NOW),
        "new": (0, 1, clock()),
    }
    released = [row for row in events_of(context) if row.release_id == report.release_id]
    in_order = ("moved", "renamed", "longer", "new", "elsewhere")
    assert [(row.type, row.aggregate_id, row.aggregate_version) for row in released] == [
        *((SESSION_PUBLISHED.type, after[name].id, 1 if name == "new" else 2) for name in in_order),
        (RELEASE_PUBLISHED.type, report.release_id, 1),
    ]
    assert released[-1].data == {
        "id": str(report.release_id),
        "edition_id": str(after["new"].edition_id),
        "sessions": [str(after[name].id) for name in in_order],
    }
    with context.database.read() as db:
        for row in released[:-1]:
            stored = db.get_one(Session, row.aggregate_id)
            assert row.data == session_data(parts_of(stored))
    assert "deux heures avec les muons" in after["renamed"].searchable


def test_a_renamed_venue_republishes_every_session_in_it_even_one_that_left_the_file(
    context, bring, clock
):
    bring(schedule(day(room(event("a"), event("left"), event("faulty")))))
    clock.advance(hours=1)

    report = bring(
        schedule(
            day(room(event("a"), event("faulty", duration="never"))),
            conference=CONFERENCE | {"venue": "Grand campus"},
        )
    )

    assert report.counts["sessions"] == Counts(created=0, changed=1, unchanged=0)
    assert report.carried == 2
    assert [(missing.source_id, missing.title) for missing in report.missing] == [
        ("left", "Une heure avec les muons")
    ]
    assert [rejection.source_id for rejection in report.rejections] == ["faulty"]
    after = sessions_of(context)
    assert {name: (s.sequence, s.version, s.status) for name, s in after.items()} == dict.fromkeys(
        ("a", "left", "faulty"), (1, 2, "confirmed")
    )
    assert all("grand campus" in session.searchable for session in after.values())
    released = [row.data for row in events_of(context) if row.release_id == report.release_id]
    assert [data["venue"]["name"] for data in released[:-1]] == ["Grand campus"] * 3


def test_an_edition_that_exists_keeps_its_own_dates_names_and_time_zone(context, bring):
    with context.database.write() as db:
        festival = Festival(slug="mine", name_fr="Mon festival")
        db.add(
            Edition(
                festival=festival,
                slug="rencontres-2026",
                name_fr="Mes rencontres",
                starts_on=date(2026, 9, 1),
                ends_on=date(2026, 12, 1),
                time_zone="Indian/Reunion",
            )
        )

    report = bring(schedule(day(room(event("a")))))

    assert report.counts["editions"] == Counts(unchanged=1)
    with context.database.read() as db:
        edition = db.scalars(sa.select(Edition)).one()
        venue = db.scalars(sa.select(Venue)).one()
        assert db.scalars(sa.select(Festival.slug)).all() == ["mine"]
    assert (edition.name_fr, edition.starts_on, edition.time_zone) == (
        "Mes rencontres",
        date(2026, 9, 1),
        "Indian/Reunion",
    )
    # the file's own zone is kept where it is told apart: with the venue
    assert venue.time_zone == "Europe/Paris"
    assert events_of(context)[0].data["time_zone"] == "Europe/Paris"


def test_registration_opens_by_the_operators_option_and_stays_as_it_is_without(
    context, bring, clock
):
    text = schedule(day(room(event("a"))))
    bring(text, Options("here", 30))

    opened = sessions_of(context)["a"]
    assert (opened.registration, opened.capacity, opened.version) == ("here", 30, 1)

    again = bring(text)
    assert again.counts["sessions"] == Counts(unchanged=1)

    closed = bring(text, Options("none"))
    after = sessions_of(context)["a"]
    assert closed.counts["sessions"] == Counts(changed=1)
    assert (after.registration, after.capacity, after.sequence, after.version) == (
        "none",
        None,
        0,
        2,
    )


def test_what_the_organiser_decided_is_not_undone_by_another_import(context, bring):
    text = schedule(day(room(event("a"))))
    bring(text, Options("here", 30))
    with context.database.write() as db:
        db.execute(sa.update(Session).values(capacity=12, status="cancelled", seats_left=3))

    report = bring(schedule(day(room(event("a", title="Muons")))))

    after = sessions_of(context)["a"]
    assert report.counts["sessions"] == Counts(changed=1)
    assert (after.registration, after.capacity, after.status, after.seats_left) == (
        "here",
        12,
        "cancelled",
        3,
    )


@pytest.mark.parametrize(
    ("registration", "capacity", "sentence"),
    [
        ("elsewhere", None, "not “elsewhere”"),
        (None, 10, "add --registration here"),
        ("none", 10, "add --registration here"),
        ("here", -1, "not -1"),
        ("here", 2**31, "not 2147483648"),
    ],
)
def test_options_that_do_not_go_together_are_refused(registration, capacity, sentence):
    with pytest.raises(ImportRefused, match=sentence):
        Options(registration, capacity)


def programme(**changes: Any) -> Programme:
    """Return a programme of every kind of record, as a source that states everything has it."""
    starts_at = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    session = SessionRecord(
        "s1",
        activity="a1",
        venue="v1",
        space="p1",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        registration="here",
        capacity=12,
        seat_categories=("children",),
        status="confirmed",
    )
    values: dict[str, Any] = {
        "source": "test",
        "edition": EditionRecord(
            slug="fds-2026",
            festival_slug="fds",
            festival_name_fr="Fête de la science",
            name_fr="Fête de la science 2026",
            starts_on=date(2026, 10, 2),
            ends_on=date(2026, 10, 12),
            time_zone="Europe/Paris",
        ),
        "organisations": (OrganisationRecord("o1", "Muséum", "bonjour@museum.example"),),
        "venues": (
            VenueRecord(
                "v1",
                "Muséum",
                address="1 rue Dolomieu",
                postcode="38000",
                commune_code="38185",
                commune_name="Grenoble",
                commune_latitude=45.18,
                commune_longitude=5.72,
            ),
        ),
        "spaces": (SpaceRecord("p1", "v1", "Auditorium", 80),),
        "activities": (ActivityRecord("a1", "Voir un muon", organisation="o1", age_min=8),),
        "sessions": (session,),
        **changes,
    }
    return Programme(**values)


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
        "it ends before it starts, or when it starts": {"ends_at": good.starts_at},
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

    assert report.rejections == (
        Rejection(None, "p2", "unknown venue “v9”"),
        Rejection(None, "a2", "it has no title"),
        Rejection(None, "a3", "unknown organisation “o9”"),
        *(Rejection(line, reason, reason) for line, reason in enumerate(faults)),
        Rejection(None, "s1", "another one before it has the same identifier"),
    )
    assert report.counts["sessions"] == Counts(created=1)


def test_a_plan_is_stale_when_its_sessions_changed_meanwhile(context):
    bring_in(context.database, programme(), now=NOW)
    longer = programme(activities=(ActivityRecord("a1", "Voir deux muons"),))
    with context.database.read() as db:
        drafted = plan(db, longer)
    with context.database.write() as db:
        db.execute(sa.update(Session).values(version=2))
    before = row_counts(context)

    with pytest.raises(StalePlan), context.database.write() as db:
        apply(db, drafted, NOW)

    assert row_counts(context) == before
    assert bring_in(context.database, longer, now=NOW).counts["sessions"] == Counts(changed=1)
    assert sessions_of(context)["s1"].version == 3


def test_a_first_import_that_another_overtakes_is_planned_again(context, monkeypatch):
    overtaken: list[Programme] = []

    def plan_while_another_imports(db, given, options):
        drafted = plan(db, given, options)
        if not overtaken:
            overtaken.append(given)
            bring_in(context.database, given, now=NOW)
        return drafted

    monkeypatch.setattr(f"{APPLYING}.plan", plan_while_another_imports)

    report = bring_in(context.database, programme(), now=NOW)

    assert report.counts["sessions"] == Counts(unchanged=1)
    assert len(events_of(context)) == 2


def test_an_import_that_fails_on_its_way_leaves_nothing_behind(context, monkeypatch):
    before = row_counts(context)

    def fail(*_arguments, **_options):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(f"{APPLYING}.publish_release", fail)
    with pytest.raises(RuntimeError):
        bring_in(context.database, programme(), now=NOW)

    assert row_counts(context) == before


def test_the_number_of_statements_does_not_grow_with_the_file(context, bring):
    def statements(count: int) -> int:
        executed: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            executed.append(statement)

        sa.event.listen(context.database.engine, "before_cursor_execute", note)
        bring(schedule(day(room(*(event(f"{count}-{number}") for number in range(count))))))
        sa.event.remove(context.database.engine, "before_cursor_execute", note)
        return len(executed)

    statements(1)
    assert statements(2) == statements(150)


def test_progress_is_told_up_to_the_last_event(context):
    told: list[tuple[int, int]] = []

    bring_in(
        context.database, programme(), now=NOW, progress=lambda *progress: told.append(progress)
    )

    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


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
            changed_at=NOW,
        )
        db.add(own)
    moved = replace(programme().venues[0], address="2 rue Dolomieu")

    report = bring_in(context.database, programme(venues=(moved,)), now=NOW)

    assert report.carried == 1
    published = [row for row in events_of(context) if row.release_id == report.release_id]
    own_event = next(row for row in published if row.aggregate_id == own.id)
    assert own_event.data["venue"]["address"] == "2 rue Dolomieu"
    assert own_event.aggregate_version == 2
