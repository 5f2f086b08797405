"""A file is imported whole, on both databases: created, changed, left alone, and published."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.scheduling.domain.importing import (
    Counts,
    Options,
    Report,
    bring_in,
)
from services.scheduling.domain.session_parts import Cast, parts_of
from services.scheduling.domain.session_state import session_state
from services.scheduling.importers import read_frab, read_openagenda, read_programme
from services.scheduling.models import (
    Activity,
    Edition,
    Festival,
    Presenter,
    Session,
    Venue,
)
from shared.context import ServiceContext
from shared.contracts.party_categories import usual_categories
from shared.contracts.scheduling import RELEASE_PUBLISHED, SESSION_PUBLISHED
from shared.testing.contexts import NOW
from tests.services.scheduling.agendas import agenda, agenda_event, timing
from tests.services.scheduling.imported import (
    counts_of,
    events_of,
    published_of,
    row_counts,
)
from tests.services.scheduling.schedules import (
    CONFERENCE,
    day,
    event,
    real_schedule,
    room,
    schedule,
)
from tests.services.scheduling.told import english

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


@pytest.mark.published
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
    with english():
        assert (first.rejections, first.missing, *map(str, first.notes)) == (
            (),
            (),
            "2 e-mail addresses stand as presenters’ names: they are not published as addresses.",
        )
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
        presenter = db.scalars(sa.select(Presenter)).one()
        state = session_state(parts_of(session, Cast((presenter.id,))))
        festival = db.scalars(sa.select(Festival)).one()
        edition = db.scalars(sa.select(Edition)).one()
    assert state == {
        "id": str(session.id),
        "uid": f"{session.id}@parvis",
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
        "registration_opens_at": None,
        "registration_closes_at": None,
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
            "party_categories": usual_categories(),
            "former_categories": [],
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
        "presenter_ids": [str(presenter.id)],
        "duration_minutes": None,
        "school_levels": [],
        "languages": [],
        "accessibility": [],
        "access": None,
        "price_note": None,
        "conditions": None,
        "image": None,
        "is_labelled": False,
    }
    assert (presenter.name, presenter.organisation_id) == ("Zoé Lenoir", None)
    told = events_of(context)[0].data
    assert told == state | {"sequence": 0, "changed_at": NOW.isoformat()}
    assert (session.source, session.source_id) == ("frab:rencontres-2026", "a")
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
    before = published_of(context)
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

    assert report.counts["sessions"] == Counts(created=1, changed=3, unchanged=2)
    assert report.counts["activities"] == Counts(created=1, changed=1, unchanged=4)
    assert report.carried == 1
    after = published_of(context)
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
    names = ("moved", "renamed", "longer", "new", "elsewhere")
    in_order = sorted(names, key=lambda name: (after[name].starts_at, after[name].id))
    assert [(row.type, row.aggregate_id, row.aggregate_version) for row in released] == [
        *((SESSION_PUBLISHED.type, after[name].id, 1 if name == "new" else 2) for name in in_order),
        (RELEASE_PUBLISHED.type, report.release_id, 1),
    ]
    assert released[-1].data == {
        "id": str(report.release_id),
        "edition_id": str(after["new"].edition_id),
        "sessions": [str(after[name].id) for name in in_order],
    }
    told = {row.id: row.details for row in after.values()}
    assert all(row.data == told[row.aggregate_id] for row in released[:-1])
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

    assert report.counts["sessions"] == Counts(created=0, changed=0, unchanged=1)
    assert report.carried == 3
    assert [(missing.source_id, missing.title) for missing in report.missing] == [
        ("left", "Une heure avec les muons")
    ]
    assert [rejection.source_id for rejection in report.rejections] == ["faulty"]
    after = published_of(context)
    assert {name: (s.sequence, s.version, s.status) for name, s in after.items()} == dict.fromkeys(
        ("a", "left", "faulty"), (1, 2, "confirmed")
    )
    assert all("grand campus" in session.searchable for session in after.values())
    released = [row.data for row in events_of(context) if row.release_id == report.release_id]
    assert [data["venue"]["name"] for data in released[:-1]] == ["Grand campus"] * 3


def test_an_edition_that_exists_keeps_its_own_dates_names_and_time_zone(context, bring):
    with context.database.write() as db:
        festival = Festival(slug="mine", name_fr="Mon festival", edited_at=NOW)
        db.add(
            Edition(
                festival=festival,
                slug="rencontres-2026",
                name_fr="Mes rencontres",
                starts_on=date(2026, 9, 1),
                ends_on=date(2026, 12, 1),
                time_zone="Indian/Reunion",
                edited_at=NOW,
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


def test_sessions_of_an_activity_that_is_rejected_now_are_not_said_to_be_gone(context, clock):
    timings = [timing("02T10:00", "02T11:00"), timing("03T10:00", "03T11:00")]
    first = agenda(agenda_event(1), agenda_event(2, timings=timings))
    bring_in(context.database, read_openagenda(first, "fds-2026"), now=clock())
    second = agenda(agenda_event(1), agenda_event(2, timings=timings, state=0))

    report = bring_in(context.database, read_openagenda(second, "fds-2026"), now=clock())

    assert report.missing == ()
    assert [rejection.source_id for rejection in report.rejections] == ["2"]


@pytest.mark.published
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openagenda-albi.json", {"venues": 9, "activities": 75, "sessions": 97}),
        ("linux_conf_au_2020.ics", {"venues": 1, "spaces": 7, "activities": 262, "sessions": 262}),
        ("pretalx-democon.json", {"venues": 1, "spaces": 2, "activities": 36, "sessions": 36}),
    ],
)
def test_every_format_comes_in_whole_and_again_changes_nothing(context, clock, name, expected):
    programme = read_programme(real_schedule(name), "edition")

    first = bring_in(context.database, programme, now=clock())
    second = bring_in(context.database, programme, now=clock())

    assert counts_of(first) == {noun: (n, 0, 0) for noun, n in {"editions": 1, **expected}.items()}
    assert counts_of(second) == {noun: (0, 0, n) for noun, n in {"editions": 1, **expected}.items()}


def test_placeholders_are_nobody_and_addresses_become_names_and_are_told(context, bring):
    report = bring(
        schedule(
            day(
                room(
                    event("a", persons="Ada Lovelace,-,--,johan@museum.example"),
                    event("b", title="Rien", persons="Ada Lovelace,Li <li@museum.example>,?"),
                )
            )
        )
    )

    with context.database.read() as db:
        credited = db.execute(sa.select(Activity.title_fr, Activity.presenters))
        assert {row.title_fr: row.presenters for row in credited} == {
            "Une heure avec les muons": ["Ada Lovelace", "johan (museum.example)"],
            "Rien": ["Ada Lovelace", "Li"],
        }
        names = sorted(db.scalars(sa.select(Presenter.name)))
        assert names == ["Ada Lovelace", "Li", "johan (museum.example)"]
    with english():
        assert str(report.notes[-1]) == (
            "2 e-mail addresses stand as presenters’ names: they are not published as addresses."
        )
