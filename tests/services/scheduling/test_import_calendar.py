"""A calendar is read whole: an activity for each VEVENT, and a session for each of its dates."""

import re
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
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.importers import read_calendar
from shared.testing.published import published_file
from tests.services.scheduling.calendars import PARIS, calendar, vevent
from tests.services.scheduling.told import facts_of, refusal_of, sentences, told

NAMED = ("X-WR-CALNAME:Rencontres 2026", PARIS)
ROOMS = (
    "The calendar's locations are taken as the rooms of a venue named “Rencontres 2026”, without "
    "an address."
)


def read(*components: str, **options: Any) -> Programme:
    return read_calendar(calendar(*components, lines=NAMED), "rencontres-2026", **options)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.published
def test_every_event_of_a_real_calendar_is_accounted_for():
    path = published_file("linux_conf_au_2020.ics")
    lines = re.sub(r"\r?\n[ \t]", "", path.read_text(encoding="utf-8")).splitlines()
    stated = {
        name: [line.partition(":")[2] for line in lines if line.startswith(name)]
        for name in ("UID", "DTSTART", "DTEND", "LOCATION")
    }

    programme = read_calendar(path, "lca-2020")

    assert programme.rejections == ()
    assert [session.source_id for session in programme.sessions] == stated["UID"]
    assert [activity.source_id for activity in programme.activities] == stated["UID"]
    # Brisbane is ten hours ahead of UTC all the year round
    assert [
        f"{moment.replace(hour=moment.hour):%Y%m%dT%H%M%S}"
        for session in programme.sessions
        for moment in [session.starts_at]
    ] == [
        f"{datetime.fromisoformat(text + '+10:00').astimezone(UTC):%Y%m%dT%H%M%S}"
        for text in stated["DTSTART"]
    ]
    assert [session.ends_at for session in programme.sessions] == [
        datetime.fromisoformat(text + "+10:00").astimezone(UTC) for text in stated["DTEND"]
    ]
    assert {space.name for space in programme.spaces} == {
        text.replace("\\,", ",") for text in stated["LOCATION"]
    }
    assert sum(session.space is None for session in programme.sessions) == 262 - 245
    assert programme.edition == EditionRecord(
        slug="lca-2020",
        festival_slug="linux-conf-au",
        festival_name_fr="linux.conf.au",
        name_fr="linux.conf.au 2020",
        starts_on=date(2020, 1, 12),
        ends_on=date(2020, 1, 17),
        time_zone="Australia/Brisbane",
    )


def test_everything_of_an_event_is_taken_and_nothing_that_it_does_not_say():
    event = vevent(
        "A1@example",
        "LOCATION:Amphi",
        "DESCRIPTION:<p>Une chambre à brouillard\\;</p><p>des traces\\, belle",
        " s.</p>",
        "CATEGORIES:Physique,Atelier",
        'ORGANIZER;CN="Muséum, le":mailto:bonjour@museum.example',
        "ATTENDEE;CN=Ada Martin:mailto:ada@example.org",
        "URL:https://rencontres.example/muons",
        "BEGIN:VALARM",
        "DESCRIPTION:Bientôt",
        "END:VALARM",
        summary=";LANGUAGE=fr:Voir\\, un muon",
    )

    assert facts_of(read(event)) == Programme(
        source="ics:rencontres-2026",
        edition=EditionRecord(
            slug="rencontres-2026",
            festival_slug="rencontres",
            festival_name_fr="Rencontres",
            name_fr="Rencontres 2026",
            starts_on=date(2026, 10, 2),
            ends_on=date(2026, 10, 2),
            time_zone="Europe/Paris",
        ),
        organisations=(
            OrganisationRecord("bonjour@museum.example", "Muséum, le", "bonjour@museum.example"),
        ),
        venues=(VenueRecord("venue", "Rencontres 2026", time_zone="Europe/Paris"),),
        spaces=(SpaceRecord("Amphi", "venue", "Amphi"),),
        activities=(
            ActivityRecord(
                "A1@example",
                "Voir, un muon",
                description_fr="Une chambre à brouillard;\n\ndes traces, belles.",
                organisation="bonjour@museum.example",
                theme="Physique",
                link="https://rencontres.example/muons",
            ),
        ),
        sessions=(
            SessionRecord(
                "A1@example",
                activity="A1@example",
                venue="venue",
                space="Amphi",
                starts_at=utc(2026, 10, 2, 8),
                ends_at=utc(2026, 10, 2, 9),
            ),
        ),
        notes=(ROOMS,),
    )


@pytest.mark.parametrize(
    ("fields", "starts_at", "ends_at"),
    [
        ({}, utc(2026, 10, 2, 8), utc(2026, 10, 2, 9)),
        ({"dtstart": "20261002T080000Z"}, utc(2026, 10, 2, 8), utc(2026, 10, 2, 9)),
        (
            {"dtstart": ";TZID=America/New_York:20261002T040000"},
            utc(2026, 10, 2, 8),
            utc(2026, 10, 2, 9),
        ),
        (
            {"dtstart": ";TZID=Romance Standard Time:20261002T100000"},
            utc(2026, 10, 2, 8),
            utc(2026, 10, 2, 9),
        ),
        (
            {"dtstart": ";TZID=/mozilla.org/20050126_1/Europe/Paris:20261002T100000"},
            utc(2026, 10, 2, 8),
            utc(2026, 10, 2, 9),
        ),
        ({"dtend": None, "duration": "PT1H30M"}, utc(2026, 10, 2, 8), utc(2026, 10, 2, 9, 30)),
        # over the night in which clocks go back, a day is a day and an hour an hour
        (
            {"dtstart": "20261024T100000", "dtend": None, "duration": "P1DT1H"},
            utc(2026, 10, 24, 8),
            utc(2026, 10, 25, 10),
        ),
        (
            {"dtstart": "20261025T013000", "dtend": "20261025T033000"},
            utc(2026, 10, 24, 23, 30),
            utc(2026, 10, 25, 2, 30),
        ),
    ],
)
def test_times_are_found_in_whatever_zone_they_are_written(fields, starts_at, ends_at):
    (session,) = read(vevent("a", **fields)).sessions

    assert (session.starts_at, session.ends_at, session.kind) == (starts_at, ends_at, "timed")


CUSTOM = """BEGIN:VTIMEZONE\r
TZID:Chez nous\r
BEGIN:STANDARD\r
DTSTART:19701025T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:19700329T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
"""


def test_a_zone_that_the_calendar_defines_is_followed():
    summer = vevent("a", dtstart=";TZID=Chez nous:20261002T100000")
    winter = vevent("b", dtstart=";TZID=Chez nous:20261202T100000", dtend="20261202T110000")

    programme = read(CUSTOM, summer, winter)

    assert [session.starts_at for session in programme.sessions] == [
        utc(2026, 10, 2, 8),
        utc(2026, 12, 2, 9),
    ]


@pytest.mark.parametrize(
    "definition",
    [
        "",
        CUSTOM.replace("YEARLY", "SECONDLY"),
        CUSTOM.replace("BYMONTH=10", "BYMONTH=10;BYSECOND=1,2,3"),
        CUSTOM.replace("+0200", "demain"),
        CUSTOM.replace("DTSTART:19", "DTSTART:xx"),
        CUSTOM.replace("BEGIN:DAYLIGHT", "BEGIN:X").replace("END:DAYLIGHT", "END:X"),
    ],
)
def test_an_event_in_a_zone_that_nothing_defines_is_rejected(definition):
    programme = read(
        definition, vevent("a"), vevent("b", dtstart=";TZID=Chez nous:20261002T100000")
    )

    assert [rejection.reason for rejection in told(programme.rejections)] == [
        "unknown time zone “Chez nous”"
    ]


def test_days_without_hours_are_an_exhibition_up_to_the_last_one():
    one = vevent("a", dtstart=";VALUE=DATE:20261002", dtend=None)
    three = vevent("b", dtstart=";VALUE=DATE:20261002", dtend=";VALUE=DATE:20261005")
    lasting = vevent("c", dtstart=";VALUE=DATE:20261002", dtend=None, duration="P2D")

    programme = read(one, three, lasting)

    assert [
        (session.kind, session.starts_at, session.ends_at) for session in programme.sessions
    ] == [
        ("exhibition", utc(2026, 10, 1, 22), utc(2026, 10, 2, 21, 59)),
        ("exhibition", utc(2026, 10, 1, 22), utc(2026, 10, 4, 21, 59)),
        ("exhibition", utc(2026, 10, 1, 22), utc(2026, 10, 3, 21, 59)),
    ]
    assert sentences(programme.notes)[-1] == (
        "3 events have days without hours: they are taken as exhibitions, whose hours are still to "
        "be said."
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [("CANCELLED", "cancelled"), ("CONFIRMED", "confirmed"), ("TENTATIVE", None), (None, None)],
)
def test_a_status_is_that_of_the_file(status, expected):
    (session,) = read(vevent("a", status=status)).sessions

    assert session.status == expected


def test_a_calendar_that_cancels_cancels_all_that_is_in_it():
    content = calendar(vevent("a"), lines=("METHOD:CANCEL", PARIS))

    assert read_calendar(content, "edition").sessions[0].status == "cancelled"


@pytest.mark.parametrize(
    ("faulty", "reason"),
    [
        (vevent(None), "it has no UID"),
        (vevent("x" * 201), "its UID is too long"),
        (vevent("good"), "an event before it has the same UID"),
        (vevent("b", summary=None), "it has no title"),
        (vevent("b", summary="x" * 501), "its title has more than 500 characters"),
        (
            vevent("b", "DESCRIPTION:" + "x" * 100_001),
            "its description has more than 100000 characters",
        ),
        (vevent("b", "CLASS:PRIVATE"), "it is private"),
        (vevent("b", "LOCATION:" + "x" * 201), "its location is too long"),
        (vevent("b", dtstart=None), "it has no start"),
        (vevent("b", dtstart="demain"), "its DTSTART cannot be read"),
        (vevent("b", dtstart="20261302T100000"), "its DTSTART cannot be read"),
        (vevent("b", dtstart="00010101T100000"), "its date is in the year 1"),
        (vevent("b", dtstart=";VALUE=DATE:00010101"), "its date is in the year 1"),
        (vevent("b", dtend=None), "it has no end"),
        (vevent("b", dtend="20261002T100000"), "it does not end after it starts"),
        (vevent("b", dtend=None, duration="-PT1H"), "it does not end after it starts"),
        (vevent("b", dtend=None, duration="une heure"), "its DURATION cannot be read"),
        (vevent("b", dtend=";VALUE=DATE:20261003"), "its start and its end are not of one kind"),
        (
            vevent("b", dtstart=";TZID=Europe/Atlantis:20261002T100000"),
            "unknown time zone “Europe/Atlantis”",
        ),
    ],
)
def test_a_bad_event_is_rejected_alone_with_its_line_and_a_reason(faulty, reason):
    programme = read(vevent("good"), faulty, vevent("other"))

    assert [session.source_id for session in programme.sessions] == ["good", "other"]
    assert [activity.source_id for activity in programme.activities] == ["good", "other"]
    assert [(r.line, r.reason) for r in told(programme.rejections)] == [(12, reason)]


def test_a_line_that_is_none_does_not_lose_its_event():
    programme = read(vevent("a", "voilà", "X-COLOUR;=;:x", "GEO:north", "LOCATION:Amphi"))

    assert [session.space for session in programme.sessions] == ["Amphi"]
    assert programme.rejections == ()


def test_what_is_no_event_is_passed_over():
    todo = "BEGIN:VTODO\r\nUID:t\r\nSUMMARY:Ranger\r\nEND:VTODO\r\n"

    programme = read(todo, vevent("a"))

    assert [session.source_id for session in programme.sessions] == ["a"]


def test_locations_with_addresses_are_venues():
    programme = read(
        vevent("a", "LOCATION:Muséum\\, 1 rue Dolomieu\\, 38000 Grenoble\\, France"),
        vevent("b", "LOCATION:Mairie\\n2 place de Gordes", "GEO:45.19;5.73"),
        vevent("c", "LOCATION:Muséum\\, 1 rue Dolomieu\\, 38000 Grenoble\\, France"),
        vevent("d"),
    )

    assert programme.venues == (
        VenueRecord(
            "Muséum, 1 rue Dolomieu, 38000 Grenoble, France",
            "Muséum",
            address="1 rue Dolomieu",
            postcode="38000",
            commune_name="Grenoble",
        ),
        VenueRecord(
            "Mairie, 2 place de Gordes",
            "Mairie",
            address="2 place de Gordes",
            latitude=45.19,
            longitude=5.73,
        ),
    )
    assert programme.spaces == ()
    assert [rejection.reason for rejection in told(programme.rejections)] == ["it has no location"]
    assert sentences(programme.notes) == [
        "The calendar's locations have addresses: they are taken as venues."
    ]


def test_the_zone_of_the_edition_is_the_calendars_else_its_events_else_the_known_one():
    local = vevent("a")
    new_york = vevent("b", dtstart=";TZID=America/New_York:20261002T040000")

    def zone(*components: str, lines: tuple[str, ...] = (), known: str | None = None) -> str:
        content = calendar(*components, lines=lines)
        return read_calendar(content, "edition", known_zone=known).edition.time_zone

    assert zone(new_york, local, lines=(PARIS,), known="Europe/Rome") == "Europe/Paris"
    assert zone(new_york, local, known="Europe/Rome") == "America/New_York"
    assert zone(local, known="Europe/Rome") == "Europe/Rome"
    assert zone(vevent("c", dtstart="20261002T080000Z", dtend="20261002T090000Z")) == "UTC"
    with pytest.raises(ImportRefused) as refusal:
        zone(local)
    assert "does not say in which time zone" in refusal_of(refusal.value)


def test_an_english_summary_is_the_title_in_english_too():
    (activity,) = read(vevent("a", "DESCRIPTION:Tiny.", summary=";LANGUAGE=en-GB:Muons")).activities

    assert (activity.title_en, activity.description_en) == ("Muons", "Tiny.")


def test_a_description_that_a_program_wrote_is_none():
    (activity,) = read(vevent("a", "DESCRIPTION:No description")).activities

    assert activity.description_fr == ""


def test_a_rejection_names_its_event_and_line():
    programme = read(vevent("a"), vevent("b", summary=None))

    assert told(programme.rejections) == [Rejection(12, "b", "it has no title")]
