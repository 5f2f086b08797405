"""Schedule XML is read whole: every event and every room, at the right time."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    Programme,
    Rejection,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.importers import read_frab
from tests.services.scheduling.schedules import (
    day,
    event,
    real_schedule,
    room,
    schedule,
)
from tests.services.scheduling.told import english, sentences, told


@pytest.fixture(autouse=True)
def spoken() -> Iterator[None]:
    """Speak English, as the command line does."""
    with english():
        yield


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Return what reads the text of a schedule."""

    def read_text(text: str, **options: Any) -> Programme:
        path = tmp_path / "schedule.xml"
        path.write_text(text, encoding="utf-8")
        return read_frab(path, "rencontres-2026", **options)

    return read_text


@pytest.mark.published
@pytest.mark.parametrize(
    ("name", "event_count", "room_count"),
    [("fosdem-2025.xml", 943, 40), ("debconf23.xml", 117, 5)],
)
def test_every_event_and_room_of_a_real_schedule_is_accounted_for(name, event_count, room_count):
    path = real_schedule(name)
    tree = ElementTree.parse(path).getroot()
    events = tree.findall("day/room/event")
    rooms = {element.get("name") for element in tree.findall("day/room")}
    assert (len(events), len(rooms)) == (event_count, room_count)

    programme = read_frab(path, "edition")

    assert programme.rejections == ()
    assert {space.name for space in programme.spaces} == rooms
    assert len(programme.spaces) == len(rooms)
    assert [
        (session.source_id, session.space, session.starts_at, session.ends_at)
        for session in programme.sessions
    ] == [_facts(element) for element in events]
    assert [
        (activity.source_id, activity.title_fr, list(activity.presenters), activity.theme)
        for activity in programme.activities
    ] == [
        (
            element.get("guid"),
            " ".join((element.findtext("title") or "").split()),
            list(dict.fromkeys(" ".join((p.text or "").split()) for p in element.iter("person"))),
            element.findtext("track") or None,
        )
        for element in events
    ]


def _facts(element: ElementTree.Element) -> tuple[str | None, str | None, datetime, datetime]:
    starts_at = datetime.fromisoformat(element.findtext("date") or "").astimezone(UTC)
    hours, minutes = (element.findtext("duration") or "").split(":")
    length = timedelta(hours=int(hours), minutes=int(minutes))
    return element.get("guid"), element.findtext("room"), starts_at, starts_at + length


@pytest.mark.published
def test_a_line_number_is_that_of_the_event_in_the_file():
    path = real_schedule("fosdem-2025.xml")
    lines = path.read_text(encoding="utf-8").splitlines()

    programme = read_frab(path, "edition")

    assert all(
        session.source_id in lines[(session.line or 0) - 1] for session in programme.sessions
    )


def test_an_event_becomes_an_activity_and_a_session_and_nothing_is_invented(read):
    text = schedule(
        day(
            room(
                event(
                    "A1B2",
                    title="  Voir\n un muon ",
                    subtitle="À mains nues",
                    abstract="<p>Une chambre à&nbsp;brouillard&nbsp;;<br>des traces.</p>",
                    description="<p>Suite.</p>",
                    track="Physique",
                    type="Atelier",
                    language="fr",
                    persons="Ada Martin,Zoé Lenoir,Ada Martin",
                    url="https://rencontres.example/voir-un-muon",
                )
            ),
            room(name="Cour"),
        )
    )

    assert read(text) == Programme(
        source="frab:rencontres-2026",
        edition=EditionRecord(
            slug="rencontres-2026",
            festival_slug="rencontres",
            festival_name_fr="Rencontres",
            name_fr="Rencontres 2026",
            starts_on=date(2026, 10, 2),
            ends_on=date(2026, 10, 3),
            time_zone="Europe/Paris",
        ),
        venues=(VenueRecord("venue", "Campus", commune_name="Grenoble", time_zone="Europe/Paris"),),
        spaces=(SpaceRecord("Amphi", "venue", "Amphi"), SpaceRecord("Cour", "venue", "Cour")),
        activities=(
            ActivityRecord(
                "a1b2",
                "Voir un muon",
                description_fr=(
                    "À mains nues\n\nUne chambre à\u00a0brouillard\u00a0;\ndes traces.\n\nSuite."
                ),
                theme="Physique",
                format="Atelier",
                presenters=("Ada Martin", "Zoé Lenoir"),
                link="https://rencontres.example/voir-un-muon",
            ),
        ),
        sessions=(
            SessionRecord(
                "a1b2",
                activity="a1b2",
                venue="venue",
                space="Amphi",
                starts_at=datetime(2026, 10, 2, 8, 0, tzinfo=UTC),
                ends_at=datetime(2026, 10, 2, 9, 0, tzinfo=UTC),
                line=5,
            ),
        ),
    )


def test_an_english_event_has_its_title_in_english_too(read):
    programme = read(
        schedule(day(room(event(title="Muons", language="en", description="Tiny.")))),
    )

    activity = programme.activities[0]
    assert (activity.title_fr, activity.title_en) == ("Muons", "Muons")
    assert (activity.description_fr, activity.description_en) == ("Tiny.", "Tiny.")


@pytest.mark.parametrize(
    ("faulty", "reason"),
    [
        (event("bad", date=None, start=None), "it has no start"),
        (event("bad", date="demain"), "its date “demain” is not a date"),
        (event("bad", date="0001-01-01T00:00:00+02:00"), "its date is in the year 1"),
        (event("bad", date=None, start="25:00"), "its start “25:00” is not HH:MM"),
        (event("bad", duration=None), "it has no duration"),
        (event("bad", duration="une heure"), "its duration “une heure” is not HH:MM"),
        (event("bad", duration="00:75"), "its duration “00:75” is not HH:MM"),
        (event("bad", duration="-01:00"), "its duration “-01:00” is not HH:MM"),
        (event("bad", duration="00:00"), "its duration is zero"),
        (event("bad", title=" "), "it has no title"),
        (event("bad", title=None), "it has no title"),
        (event("bad", title="x" * 501), "its title has more than 500 characters"),
        (event("bad", abstract="x" * 100_001), "its description has more than 100000 characters"),
        (event("bad", room="Cave"), "it stands in room “Amphi” but says room “Cave”"),
        (event("good"), "an event before it has the same guid or id"),
        (event(None), "it has neither a guid nor an id"),
        (event("x" * 201), "its guid or id is too long"),
    ],
)
def test_a_bad_event_is_rejected_alone_with_its_line_and_a_reason(read, faulty, reason):
    programme = read(schedule(day(room(event("good"), faulty))))

    assert [session.source_id for session in programme.sessions] == ["good"]
    assert [activity.source_id for activity in programme.activities] == ["good"]
    assert [(rejection.line, rejection.reason) for rejection in told(programme.rejections)] == [
        (7, reason)
    ]


def test_an_event_outside_every_room_needs_a_room_that_the_file_has(read):
    text = schedule(
        day(
            room(),
            event("known", room="Amphi"),
            event("unknown", room="Cave"),
            event("none"),
            room(event("nameless"), name=""),
        )
    )

    programme = read(text)

    assert [(session.source_id, session.space) for session in programme.sessions] == [
        ("known", "Amphi")
    ]
    assert told(programme.rejections) == [
        Rejection(8, "unknown", "unknown room “Cave”"),
        Rejection(10, "none", "it has no room"),
        Rejection(13, "nameless", "its room has no name"),
    ]


def test_a_guid_names_an_event_and_without_one_its_id_does(read):
    programme = read(
        schedule(day(room(event("ABC", id="1"), event(None, id="2"), event("def", id="1"))))
    )

    assert [session.source_id for session in programme.sessions] == ["abc", "id:2", "def"]


def test_a_room_of_several_days_is_one_space_by_its_guid_or_its_name(read):
    programme = read(
        schedule(
            day(room(event("a"), guid="R1"), room(name="Cour")),
            day(
                room(event("b", room="Grand amphi"), guid="R1", name="Grand amphi"),
                room(name="Cour"),
            ),
        )
    )

    assert programme.spaces == (
        SpaceRecord("r1", "venue", "Amphi"),
        SpaceRecord("Cour", "venue", "Cour"),
    )
    assert [session.space for session in programme.sessions] == ["r1", "r1"]
    assert programme.rejections == ()


def test_a_venue_that_the_file_does_not_name_is_named_after_the_conference_and_it_is_said(read):
    conference = {"title": "Rencontres", "time_zone_name": "Europe/Paris"}

    programme = read(schedule(day(room(event())), conference=conference))

    assert programme.venues == (VenueRecord("venue", "Rencontres", time_zone="Europe/Paris"),)
    assert sentences(programme.notes) == [
        "The file names no venue: its rooms are in a venue named “Rencontres”, without an address.",
    ]


@pytest.mark.parametrize("slug", ["", "Été", "a b", "-a", "a--b", "../a"])
def test_a_slug_that_is_no_address_is_refused(tmp_path, slug):
    with pytest.raises(ImportRefused, match="small letters, figures and single hyphens"):
        read_frab(tmp_path / "any.xml", slug)


def test_progress_is_told_up_to_the_size_of_the_file(tmp_path):
    path = tmp_path / "schedule.xml"
    path.write_text(schedule(day(room(event()))), encoding="utf-8")
    told: list[tuple[int, int]] = []

    read_frab(path, "edition", progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (path.stat().st_size, path.stat().st_size)
