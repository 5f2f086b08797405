"""Schedule JSON says what schedule XML says, and is read as the same programme."""

import json
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import jsonschema
import pytest

from services.scheduling.domain.programme import Rejection, SpaceRecord
from services.scheduling.importers import read_frab, read_pretalx
from shared.testing.published import published_file
from tests.services.scheduling.told import facts_of, sentences, told

ROOM = "Amphi"


def event(guid: str = "a1", **changes: Any) -> dict[str, Any]:
    """Return an event of an hour; a change of `...` takes a field away."""
    values = {
        "id": 7,
        "guid": guid,
        "date": "2026-10-02T10:00:00+02:00",
        "start": "10:00",
        "duration": "01:00",
        "room": ROOM,
        "title": "Une heure avec les muons",
        "persons": [{"id": 1, "public_name": "Ada Martin"}, {"name": "Zoé Lenoir"}],
        **changes,
    }
    return {name: value for name, value in values.items() if value is not ...}


def schedule(*events: Any, rooms: Any = ({"name": ROOM, "guid": "R1", "capacity": 80},)) -> Any:
    """Return a schedule with its events in one room on one day."""
    return {
        "schedule": {
            "version": "1",
            "conference": {
                "title": "Rencontres 2026",
                "acronym": "rencontres",
                "start": "2026-10-02",
                "end": "2026-10-03",
                "time_zone_name": "Europe/Paris",
                "rooms": list(rooms),
                "days": [{"date": "2026-10-02", "rooms": {ROOM: list(events)}}],
            },
        }
    }


def read(value: Any) -> Any:
    return read_pretalx(json.dumps(value).encode(), "rencontres-2026")


def as_xml(value: Any) -> bytes:
    """Return a schedule of JSON as the same system writes it in XML."""
    conference = value["schedule"]["conference"]
    guids = {room["name"]: room["guid"] for room in conference["rooms"]}
    days = "".join(
        f"<day date={quoteattr(day['date'])} start={quoteattr(day['day_start'])}>"
        + "".join(
            f"<room name={quoteattr(name)} guid={quoteattr(guids[name])}>"
            + "".join(_event_as_xml(found) for found in events)
            + "</room>"
            for name, events in day["rooms"].items()
        )
        + "</day>"
        for day in conference["days"]
    )
    facts = "".join(
        f"<{name}>{escape(text)}</{name}>"
        for name, text in conference.items()
        if isinstance(text, str)
    )
    return f"<schedule><conference>{facts}</conference>{days}</schedule>".encode()


def _event_as_xml(found: dict[str, Any]) -> str:
    persons = "".join(f"<person>{escape(p['public_name'])}</person>" for p in found["persons"])
    fields = "".join(
        f"<{name}>{escape(text)}</{name}>" for name, text in found.items() if isinstance(text, str)
    )
    return f"<event guid={quoteattr(found['guid'])}>{fields}<persons>{persons}</persons></event>"


@pytest.mark.published
def test_every_event_of_a_real_schedule_is_accounted_for():
    path = published_file("pretalx-democon.json")
    value = json.loads(path.read_text(encoding="utf-8"))
    events = [
        found
        for day in value["schedule"]["conference"]["days"]
        for room in day["rooms"].values()
        for found in room
    ]

    programme = read_pretalx(path, "democon")

    assert programme.rejections == ()
    assert [(s.source_id, s.space, s.starts_at) for s in programme.sessions] == [
        (found["guid"], found["room"], datetime.fromisoformat(found["date"]).astimezone(UTC))
        for found in events
    ]
    assert [(a.title_fr, list(a.presenters)) for a in programme.activities] == [
        (found["title"], [person["public_name"] for person in found["persons"]]) for found in events
    ]


@pytest.mark.published
def test_a_real_schedule_is_the_same_programme_in_xml():
    path = published_file("pretalx-democon.json")
    value = json.loads(path.read_text(encoding="utf-8"))

    assert facts_of(read_frab(as_xml(value), "democon")) == facts_of(read_pretalx(path, "democon"))


@pytest.mark.published
def test_what_tests_read_is_schedule_json():
    schema = json.loads(published_file("schedule-json.schema.json").read_text(encoding="utf-8"))
    properties = schema["definitions"]["Event"]["properties"]

    assert set(event()) <= set(properties)
    jsonschema.Draft6Validator.check_schema(schema)


def test_a_room_has_the_capacity_that_the_file_states():
    programme = read(schedule(event()))

    assert programme.spaces == (SpaceRecord("r1", "venue", ROOM, 80),)
    assert programme.source == "frab:rencontres-2026"


@pytest.mark.parametrize("capacity", [None, 0, -4, 1.5, "80", True, 10**12])
def test_a_capacity_that_is_none_is_left_out(capacity):
    programme = read(schedule(event(), rooms=({"name": ROOM, "capacity": capacity},)))

    assert programme.spaces == (SpaceRecord(ROOM, "venue", ROOM),)


def test_rooms_that_share_a_guid_are_told_apart_by_their_names():
    rooms = ({"name": ROOM, "guid": "R1"}, {"name": "Cour", "guid": "R1"})

    programme = read(schedule(event(), rooms=rooms))

    assert programme.spaces == (
        SpaceRecord(ROOM, "venue", ROOM),
        SpaceRecord("Cour", "venue", "Cour"),
    )
    assert "Rooms of different names have the same guid" in sentences(programme.notes)[0]


def test_an_end_stands_for_a_duration():
    programme = read(schedule(event(duration=..., end="2026-10-02T11:30:00+02:00")))

    assert programme.sessions[0].ends_at == datetime(2026, 10, 2, 9, 30, tzinfo=UTC)


def test_times_that_are_not_on_the_clocks_of_the_zone_are_said():
    value = schedule(event())
    value["schedule"]["conference"]["time_zone_name"] = "UTC"

    programme = read(value)

    assert programme.sessions[0].starts_at == datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    assert sentences(programme.notes)[0] == (
        "1 start is written with another offset than that of the zone UTC: the instant is right, "
        "but the time shown is not the file's."
    )


@pytest.mark.parametrize(
    ("faulty", "reason"),
    [
        (7, "it has neither a guid nor an id"),
        (event("b", title=["x"]), "it has no title"),
        (event("b", duration={}), "it has no duration"),
        (event("b", date="demain"), "its date “demain” is not a date"),
        (event("b", room="Cave"), "it stands in room “Amphi” but says room “Cave”"),
        (event("a1"), "an event before it has the same guid or id"),
        (
            event("b", duration="", end="2026-10-02T09:00:00+02:00"),
            "it does not end after it starts",
        ),
    ],
)
def test_a_bad_event_is_rejected_alone(faulty, reason):
    programme = read(schedule(event(), faulty))

    assert [session.source_id for session in programme.sessions] == ["a1"]
    assert [rejection.reason for rejection in told(programme.rejections)] == [reason]


def test_a_rejection_tells_its_line():
    text = json.dumps(schedule(event(), event("b", title="")), indent=1)
    line = text[: text.index('"guid": "b"')].count("\n") - 1  # the brace is two lines before

    assert told(read_pretalx(text.encode(), "edition").rejections) == [
        Rejection(line, "b", "it has no title")
    ]
