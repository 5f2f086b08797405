"""What schedules and agendas are made of: days, rooms, openings, ways in, and what is left out."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from lxml import etree

from services.scheduling.domain.editing.presenters import narrow_session
from services.scheduling.domain.exhibition_days import OpenDay, open_days
from services.scheduling.exporters import NoSuchEdition
from services.scheduling.importers import read_programme
from services.scheduling.models import Activity, Presenter
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.exported import export, extracted, take
from tests.services.scheduling.imported import programme
from tests.services.scheduling.stored_programme import OPENING, edit, released_programme

SLUG = "fds-2026"
HOUR = timedelta(hours=1)


def exported_xml(context, **options):
    """Return the edition's schedule XML, parsed."""
    return etree.fromstring(export(context, SLUG, "frab", **options))


def events_of(root):
    """Return the day, the room, the start and the title of each event."""
    return [
        (
            event.xpath("string(ancestor::day/@date)"),
            *map(event.findtext, ("room", "start", "duration", "title")),
        )
        for event in root.iter("event")
    ]


def test_a_schedule_has_days_and_in_them_rooms_and_in_them_events(context):
    with released_programme(context) as stored:
        stored.add_session()
        late = datetime(2026, 10, 3, 22, 30, tzinfo=UTC)  # half past midnight on the 4th in Paris
        stored.add_session(stored.add_activity("Une comète"), space_id=None, starts_at=late)

    root = exported_xml(context)

    assert events_of(root) == [
        ("2026-10-02", "Auditorium", "10:00", "01:00", "Voir un muon"),
        ("2026-10-03", "Muséum", "00:30", "01:00", "Une comète"),
    ]
    assert [(day.get("index"), day.get("start"), day.get("end")) for day in root.iter("day")] == [
        ("1", "2026-10-02T04:00:00+02:00", "2026-10-03T03:59:00+02:00"),
        ("2", "2026-10-03T04:00:00+02:00", "2026-10-04T03:59:00+02:00"),
    ]
    assert root.find("generator").attrib == {
        "name": "Parvis",
        "system": "https://fete.example",
        "version": "1",
    }
    assert root.xpath("string(conference/time_zone_name)") == "Europe/Paris"
    assert root.xpath("string(conference/acronym)") == "fds_2026"


def test_rooms_of_several_venues_say_which_and_no_two_have_one_name(context):
    with released_programme(context) as stored:
        first, second = stored.add_venue("Planétarium"), stored.add_venue("Planétarium")
        stored.add_session()
        stored.add_session(venue_id=first.id, space_id=None)
        stored.add_session(venue_id=second.id, space_id=None)

    rooms = {event[1] for event in events_of(exported_xml(context))}

    assert rooms == {"Auditorium, Muséum", "Planétarium", "Planétarium (2)"}


def test_an_exhibition_is_an_event_on_each_day_of_the_edition_on_which_it_is_open(context):
    hours = [{"weekday": day, "opens": "10:00", "closes": "12:00"} for day in (1, 6, 7)]
    with released_programme(context) as stored:
        stored.add_session(
            kind="exhibition",
            starts_at=datetime(2026, 9, 1, tzinfo=UTC),
            ends_at=datetime(2026, 11, 1, tzinfo=UTC),
            weekly_hours=hours,
            closures=["2026-10-04"],
        )

    schedule = events_of(exported_xml(context))
    (event,) = json.loads(export(context, SLUG, "openagenda"))["events"]

    assert [found[0] for found in schedule] == [
        "2026-10-03",
        "2026-10-05",
        "2026-10-10",
        "2026-10-11",
        "2026-10-12",
    ]
    assert {found[2:4] for found in schedule} == {("10:00", "02:00")}
    assert len(event["timings"]) == 24
    assert event["lastTiming"] == {
        "begin": "2026-10-31T10:00:00+01:00",
        "end": "2026-10-31T12:00:00+01:00",
    }


def test_openings_are_local_also_where_clocks_change_and_are_cut_to_the_exhibition():
    hours = [{"weekday": 7, "opens": "01:30", "closes": "18:00"}]
    starts_at = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # two o'clock, which comes again

    found = list(open_days(starts_at, starts_at + 8 * 24 * HOUR, hours, (), "Europe/Paris"))

    assert found == [
        OpenDay(date(2026, 10, 25), starts_at, datetime(2026, 10, 25, 17, tzinfo=UTC)),
        OpenDay(
            date(2026, 11, 1),
            datetime(2026, 11, 1, 0, 30, tzinfo=UTC),
            datetime(2026, 11, 1, 17, tzinfo=UTC),
        ),
    ]


def test_what_is_cancelled_is_in_no_schedule_and_said_to_be_in_agendas_and_calendars(context):
    with released_programme(context) as stored:
        stored.add_session(status="cancelled")

    assert events_of(exported_xml(context)) == []
    (event,) = json.loads(export(context, SLUG, "openagenda"))["events"]
    assert event["status"] == 6
    assert b"STATUS:CANCELLED" in export(context, SLUG, "ics")


@pytest.mark.parametrize(
    ("way_in", "registration", "status"),
    [
        ({"registration": "none"}, [], 1),
        (
            {"registration": "here"},
            [("link", None)],
            1,
        ),
        (
            {
                "registration": "elsewhere",
                "registration_link": "https://museum.example/",
                "registration_telephone": "04 76 00 00 00",
                "registration_full": True,
            },
            [
                ("link", "https://museum.example/"),
                ("phone", "04 76 00 00 00"),
            ],
            5,
        ),
    ],
)
def test_an_agenda_says_how_to_get_in(context, way_in, registration, status):
    with released_programme(context) as stored:
        session = stored.add_session(**way_in)
    page = f"https://fete.example/sessions/{session.id}"
    expected = [{"type": kind, "value": value or page} for kind, value in registration]

    (event,) = json.loads(export(context, SLUG, "openagenda"))["events"]

    assert (event["registration"], event["status"]) == (expected, status)


def test_an_activity_at_two_venues_is_two_events_of_an_agenda(context):
    with released_programme(context) as stored:
        other = stored.add_venue("Planétarium")
        activity = stored.add_activity(age_min=8, accessibility=["mi", "hi"])
        stored.add_session(activity)
        stored.add_session(activity, starts_at=OPENING + HOUR)
        stored.add_session(activity, venue_id=other.id, space_id=None)

    events = json.loads(export(context, SLUG, "openagenda"))["events"]

    assert sorted((event["location"]["name"], len(event["timings"])) for event in events) == [
        ("Muséum", 2),
        ("Planétarium", 1),
    ]
    assert {json.dumps(event["age"]) for event in events} == {'{"min": 8, "max": null}'}
    assert events[0]["accessibility"] == {
        "hi": True,
        "vi": False,
        "pi": False,
        "mi": True,
        "ii": False,
    }
    assert len({event["uid"] for event in events}) == 2


def test_drafts_have_what_is_not_published_and_only_they_do(context):
    with released_programme(context) as stored:
        stored.add_session()
    with context.database.write() as db:
        edit(db.scalars(sa.select(Activity)).one(), title_fr="Un secret")

    assert [event[4] for event in events_of(exported_xml(context))] == ["Voir un muon"]
    assert [event[4] for event in events_of(exported_xml(context, drafts=True))] == ["Un secret"]


def test_each_presenter_has_their_own_id_though_sessions_name_them_in_another_order(context):
    with context.database.write() as db:
        drafted = DraftedProgramme(db)
        activity = drafted.add_activity(presenters=["Ada Martin", "Emmy Noether"])
        drafted.add_activity("Une comète", presenters=["Emmy Noether"])  # no session yet
        people = {row.name: row.id for row in db.scalars(sa.select(Presenter))}
        for days, name in enumerate(("Emmy Noether", "Ada Martin")):
            session = drafted.add_session(activity, starts_at=OPENING + timedelta(days=days))
            narrow_session(db, session.id, {people[name]}, **drafted.by)
        slug = drafted.edition.slug

    ids = {name: str(identifier) for name, identifier in people.items()}
    found = extracted(context, slug, drafts=True).programme.activities
    assert [
        (one.title_fr, dict(zip(one.presenters, one.presenter_ids, strict=True))) for one in found
    ] == [("Une comète", {"Emmy Noether": ids["Emmy Noether"]}), ("Voir un muon", ids)]


def test_an_edition_that_is_not_there_or_not_published_is_not_extracted(context):
    with pytest.raises(NoSuchEdition):
        extracted(context, "nowhere", drafts=True)
    with pytest.raises(NoSuchEdition):
        extracted(context, "nowhere")


def test_an_empty_edition_is_still_a_schedule(context):
    take(context, programme(sessions=(), activities=()))

    root = etree.fromstring(export(context, SLUG, "frab", drafts=True))

    assert [day.get("date") for day in root.iter("day")] == ["2026-10-02"]
    assert read_programme(etree.tostring(root), SLUG).sessions == ()
