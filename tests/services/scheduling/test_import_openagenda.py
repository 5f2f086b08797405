"""An agenda of OpenAgenda is read whole: an activity for each event, a session for each timing."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    OrganisationRecord,
    Programme,
    Rejection,
    SessionRecord,
    VenueRecord,
)
from services.scheduling.importers import read_openagenda
from services.scheduling.importers.openagenda_fields import ACTIVITY_STATES
from shared.testing.published import published_file
from tests.services.scheduling.agendas import LOCATION, agenda, agenda_event, timing
from tests.services.scheduling.told import facts_of, refusal_of, sentences, told

NBSP = "\u00a0"
MUSEUM = VenueRecord(
    "7001",
    "Muséum",
    address="1 rue Dolomieu",
    postcode="38000",
    commune_code="38185",
    commune_name="Grenoble",
    latitude=45.187,
    longitude=5.732,
    time_zone="Europe/Paris",
)


def read(*events: Any, **around: Any) -> Programme:
    return read_openagenda(agenda(*events, **around), "fds-2026")


def the_session(**changes: Any) -> SessionRecord:
    (session,) = read(agenda_event(**changes)).sessions
    return session


@pytest.mark.published
def test_every_event_and_timing_of_a_real_agenda_is_accounted_for():
    path = published_file("openagenda-albi.json")
    events = json.loads(path.read_text(encoding="utf-8"))

    programme = read_openagenda(path, "albi")

    assert programme.rejections == ()
    assert [(a.source_id, a.title_fr) for a in programme.activities] == [
        (str(event["uid"]), " ".join(event["title"]["fr"].split())) for event in events
    ]
    assert [(s.activity, s.venue, s.starts_at, s.ends_at) for s in programme.sessions] == [
        (
            str(event["uid"]),
            str(event["location"]["uid"]),
            datetime.fromisoformat(found["begin"]).astimezone(UTC),
            datetime.fromisoformat(found["end"]).astimezone(UTC),
        )
        for event in events
        for found in event["timings"]
    ]
    assert {venue.source_id for venue in programme.venues} == {
        str(event["location"]["uid"]) for event in events
    }
    assert {venue.commune_code for venue in programme.venues} == {"81004", "81284"}
    assert programme.edition == EditionRecord(
        slug="albi",
        festival_slug="albi",
        festival_name_fr="Albi",
        name_fr="Albi",
        starts_on=date(2023, 11, 25),
        ends_on=date(2024, 6, 5),
        time_zone="Europe/Paris",
    )


@pytest.mark.published
def test_ways_in_of_a_real_agenda_are_those_that_it_states_and_no_capacity_is_invented():
    path = published_file("openagenda-albi.json")
    events = json.loads(path.read_text(encoding="utf-8"))
    stated = {
        str(event["uid"]): tuple(
            next((way["value"] for way in event["registration"] if way["type"] == kind), None)
            for kind in ("link", "phone", "email")
        )
        for event in events
    }

    programme = read_openagenda(path, "albi")

    by_activity = {session.activity: session for session in programme.sessions}
    assert {
        uid: (s.registration_link, s.registration_telephone, s.registration_email)
        for uid, s in by_activity.items()
    } == stated
    assert Counter(session.registration for session in by_activity.values()) == {
        "elsewhere": 61,
        None: 14,
    }
    assert {session.capacity for session in programme.sessions} == {None}


def test_everything_of_an_event_is_taken_and_nothing_that_it_does_not_say():
    event = agenda_event(
        48516406,
        title={"fr": "  Voir\n un muon ", "en": "See a muon"},
        description={"fr": "Des traces.", "en": "Tracks."},
        longDescription={
            "fr": "**Une chambre**\nà brouillard\n\n- froide\n- [belle](http://x.example)"
        },
        conditions={"fr": "Gratuit", "en": "Free"},
        accessibility={"ii": False, "hi": True, "mi": True, "vi": False, "pi": False},
        age={"min": 8, "max": 12},
        timings=[timing("02T10:00", "02T11:00"), timing("02T11:00", "02T12:00")],
        registration=[
            {"type": "link", "value": "https://museum.example/muons"},
            {"type": "phone", "value": "04 76 00 00 00"},
            {"type": "email", "value": "muons@museum.example"},
        ],
        thematique=[{"id": 3, "label": {"fr": "Physique"}}],
        **{"type-d-animation": {"id": 4, "label": {"fr": "Atelier"}}},
    )
    first = SessionRecord(
        "48516406/20261002T080000Z",
        activity="48516406",
        venue="7001",
        starts_at=datetime(2026, 10, 2, 8, 0, tzinfo=UTC),
        ends_at=datetime(2026, 10, 2, 9, 0, tzinfo=UTC),
        registration="elsewhere",
        registration_link="https://museum.example/muons",
        registration_telephone="04 76 00 00 00",
        registration_email="muons@museum.example",
    )

    assert facts_of(read(event)) == Programme(
        source="openagenda:fds-2026",
        edition=EditionRecord(
            slug="fds-2026",
            festival_slug="fete-de-la-science",
            festival_name_fr="Fête de la science",
            name_fr="Fête de la science 2026",
            starts_on=date(2026, 10, 2),
            ends_on=date(2026, 10, 2),
            time_zone="Europe/Paris",
        ),
        venues=(MUSEUM,),
        activities=(
            ActivityRecord(
                "48516406",
                "Voir un muon",
                title_en="See a muon",
                description_fr=(
                    "Des traces.\n\nUne chambre\nà brouillard\n\n• froide\n\n• belle"
                ).replace("froide\n\n•", "froide\n•"),
                description_en="Tracks.",
                age_min=8,
                age_max=12,
                theme="Physique",
                format="Atelier",
                accessibility=("hi", "mi"),
                conditions_fr="Gratuit",
                conditions_en="Free",
                states=ACTIVITY_STATES,
            ),
        ),
        sessions=(
            first,
            replace(
                first,
                source_id="48516406/20261002T090000Z",
                starts_at=datetime(2026, 10, 2, 9, 0, tzinfo=UTC),
                ends_at=datetime(2026, 10, 2, 10, 0, tzinfo=UTC),
            ),
        ),
    )


def test_timings_keep_their_names_in_whatever_order_they_stand():
    timings = [
        timing("02T10:00", "02T11:00"),
        timing("03T10:00", "03T11:00"),
        timing("04T10:00", "04T11:00"),
    ]

    straight = read(agenda_event(timings=timings)).sessions
    turned = read(agenda_event(timings=timings[::-1])).sessions
    fewer = read(agenda_event(timings=timings[1:])).sessions

    assert turned == straight[::-1]
    assert fewer == straight[1:]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (1, (None, None, False)),
        (2, ("confirmed", None, False)),
        (4, ("cancelled", None, False)),
        (5, (None, "elsewhere", True)),
        (6, ("cancelled", None, False)),
        ("6", (None, None, False)),
        (..., (None, None, False)),
    ],
)
def test_a_status_is_believed_unless_it_is_what_every_event_has(status, expected):
    session = the_session(status=status)

    assert (session.status, session.registration, session.registration_full) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ([], (None, None, None, None)),
        (..., (None, None, None, None)),
        (None, (None, None, None, None)),
        ("none", (None, None, None, None)),
        (["https://a.example"], ("elsewhere", "https://a.example", None, None)),
        (["b@a.example"], ("elsewhere", None, None, "b@a.example")),
        (["04 76 00 00 00"], ("elsewhere", None, "04 76 00 00 00", None)),
        (
            [
                {"type": "link", "value": "https://a.example"},
                {"type": "link", "value": "http://b.example"},
            ],
            ("elsewhere", "https://a.example", None, None),
        ),
        ([{"type": "link", "value": "javascript:alert(1)"}], ("elsewhere", None, None, None)),
        ([{"type": "email", "value": "à la mairie"}], ("elsewhere", None, None, None)),
        ([{"type": "link", "value": ""}], (None, None, None, None)),
        ([7, None, {}], (None, None, None, None)),
    ],
)
def test_ways_in_are_those_of_the_file(stated, expected):
    session = the_session(registration=stated)

    assert (
        session.registration,
        session.registration_link,
        session.registration_telephone,
        session.registration_email,
    ) == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"uid": ...}, "it has no uid"),
        ({"uid": True}, "it has no uid"),
        ({"title": {"fr": " "}}, "it has no title"),
        ({"title": 7}, "it has no title"),
        ({"title": {"fr": "x" * 501}}, "its title has more than 500 characters"),
        (
            {"longDescription": {"fr": "x" * 100_001}},
            "its description has more than 100000 characters",
        ),
        ({"timings": []}, "it has no timing"),
        ({"timings": {"begin": 1}}, "it has no timing"),
        ({"timings": [timing("02T10:00", "02T11:00")] * 2_001}, "it has more than 2000 timings"),
        ({"location": None}, "it has no location"),
        ({"location": {**LOCATION, "uid": None}}, "its location has no uid"),
        ({"location": {**LOCATION, "name": ""}}, "its location has no name"),
        ({"attendanceMode": 2}, "it takes place online only"),
        ({"status": 3}, "it was moved online"),
        ({"state": 1}, "it is not published in its agenda"),
        ({"draft": 1}, "it is not published in its agenda"),
        ({"private": 1}, "it is not published in its agenda"),
        ({"uid": 1}, "an event before it has the same uid"),
    ],
)
def test_a_bad_event_is_rejected_alone_with_a_reason(changes, reason):
    programme = read(agenda_event(1), agenda_event(**{"uid": 2, **changes}))

    assert [activity.source_id for activity in programme.activities] == ["1"]
    assert len(programme.sessions) == 1
    assert [rejection.reason for rejection in told(programme.rejections)] == [reason]


@pytest.mark.parametrize(
    ("faulty", "name", "reason"),
    [
        ({"begin": "demain", "end": "demain"}, "1", "its date “demain” is not a date"),
        ({"end": "2026-10-03T11:00:00+02:00"}, "1", "a timing has no begin"),
        ({"begin": "2026-10-03"}, "1", "a timing has no begin"),
        ("demain", "1", "a timing has no begin"),
        (timing("03T11:00", "03T10:00"), "1/20261003T090000Z", "it does not end after it starts"),
        (timing("03T11:00", "03T11:00"), "1/20261003T090000Z", "it does not end after it starts"),
        ({"begin": "2026-10-03T10:00:00+02:00"}, "1/20261003T080000Z", "a timing has no end"),
        (
            timing("02T10:00", "02T13:00"),
            "1/20261002T080000Z",
            "another timing of the event begins at the same instant",
        ),
        (
            {"begin": "0001-01-01T00:00:00+02:00", "end": "2026-10-03T10:00:00+02:00"},
            "1",
            "its date is in the year 1",
        ),
    ],
)
def test_a_bad_timing_is_rejected_alone(faulty, name, reason):
    programme = read(agenda_event(1, timings=[timing("02T10:00", "02T11:00"), faulty]))

    assert [session.source_id for session in programme.sessions] == ["1/20261002T080000Z"]
    assert told(programme.rejections) == [Rejection(1, name, reason)]


def test_a_rejection_tells_the_line_of_its_event():
    text = '[\n {"uid": 3},\n' + json.dumps(agenda_event(1)) + ',\n\n "x"\n]'

    programme = read_openagenda(text.encode(), "fds-2026")

    assert told(programme.rejections) == [
        Rejection(2, "3", "it has no title"),
        Rejection(5, "", "it is no event"),
    ]
    assert [session.line for session in programme.sessions] == [3]


def test_an_event_that_another_agenda_lent_is_proposed_by_that_agenda():
    lent = agenda_event(
        2,
        originAgenda={"uid": 901, "title": "Casemate"},
        sourceAgendas=[{"uid": 901, "title": "Casemate"}],
    )

    programme = read(agenda_event(1), lent)

    assert programme.organisations == (OrganisationRecord("901", "Casemate"),)
    assert [activity.organisation for activity in programme.activities] == [None, "901"]
    assert programme.edition.name_fr == "Fête de la science 2026"


def test_a_place_without_an_insee_code_is_in_the_commune_of_its_neighbours():
    other = {**LOCATION, "uid": 7002, "name": "Casemate", "insee": None, "city": "GRENOBLE"}
    far = {**LOCATION, "uid": 7003, "name": "Mairie", "insee": None, "postalCode": "38100"}

    programme = read(
        agenda_event(1), agenda_event(2, location=other), agenda_event(3, location=far)
    )

    assert [venue.commune_code for venue in programme.venues] == ["38185", "38185", None]
    assert sentences(programme.notes) == [
        "1 venue has no INSEE code: that of another venue of the same city and postcode is used."
    ]


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("1 rue Dolomieu, 38000 Grenoble", "1 rue Dolomieu"),
        ("1 rue Dolomieu 38000 GRENOBLE, France", "1 rue Dolomieu"),
        ("38000 Grenoble", None),
        ("grenoble", None),
        ("", None),
        ("Rue de Grenoble", "Rue de Grenoble"),
        ("Rue de Grenoble, Grenoble", "Rue de Grenoble"),
        ("10 place de Gordes", "10 place de Gordes"),
    ],
)
def test_an_address_does_not_say_the_town_twice(stated, kept):
    (venue,) = read(agenda_event(location={**LOCATION, "address": stated})).venues

    assert venue.address == kept


def test_a_position_that_is_none_is_left_out():
    nowhere = {**LOCATION, "latitude": 0, "longitude": 0}
    beyond = {**LOCATION, "uid": 2, "latitude": 91.5, "longitude": 5}

    venues = read(agenda_event(1, location=nowhere), agenda_event(2, location=beyond)).venues

    assert [(venue.latitude, venue.longitude) for venue in venues] == [(None, None)] * 2


def test_a_title_that_is_not_in_french_stands_for_it():
    english = {"title": {"en": "Muons"}, "description": {"en": "Tiny."}}
    german = {"title": {"de": "Myonen"}, "description": {"de": "Klein."}}

    programme = read(agenda_event(1, **english), agenda_event(2, **german))

    assert [
        (a.title_fr, a.title_en, a.description_fr, a.description_en) for a in programme.activities
    ] == [("Muons", "Muons", "Tiny.", "Tiny."), ("Myonen", None, "Klein.", None)]


def test_html_in_a_description_becomes_text():
    long = "<p>Des <b>muons</b>&nbsp;!</p><script>alert(1)</script><p>Encore.</p>"

    (activity,) = read(agenda_event(description={}, longDescription={"fr": long})).activities

    assert activity.description_fr == f"Des muons{NBSP}!\n\nEncore."


def test_a_page_of_an_agenda_is_said_to_be_one():
    programme = read(agenda_event(1), total=340, after=["x"])

    assert sentences(programme.notes) == [
        "The file has only 1 of the agenda's 340 events: it is one page of it."
    ]


def test_times_without_an_offset_are_on_the_clocks_of_the_event():
    local = [{"begin": "2026-10-02T10:00:00", "end": "2026-10-02T11:00:00"}]

    programme = read(
        agenda_event(1, timings=local, timezone="Indian/Reunion"),
        agenda_event(2, timings=local),
        agenda_event(3, timings=local),
    )

    assert programme.edition.time_zone == "Europe/Paris"
    assert [session.starts_at.hour for session in programme.sessions] == [6, 8, 8]


def test_an_agenda_that_names_no_zone_is_in_that_of_the_edition_or_is_refused():
    timings = [{"begin": "2026-10-02T10:00:00", "end": "2026-10-02T11:00:00"}]
    content = agenda(agenda_event(timings=timings, timezone=...))

    known = read_openagenda(content, "fds-2026", known_zone="Europe/Paris")
    with pytest.raises(ImportRefused) as refusal:
        read_openagenda(content, "fds-2026")

    assert known.sessions[0].starts_at == datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    assert "does not say in which time zone" in refusal_of(refusal.value)


def test_an_agenda_of_which_nothing_can_be_taken_is_refused_with_the_first_reason():
    with pytest.raises(ImportRefused) as refusal:
        read(agenda_event(4, state=0), agenda_event(5, title={}))

    assert refusal_of(refusal.value) == (
        "No session of upload can be taken; the first, 4: it is not published in its agenda."
    )
