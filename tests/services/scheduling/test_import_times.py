"""When an event of a schedule takes place, in which zone, and for how long."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    Programme,
)
from services.scheduling.importers import read_frab
from tests.services.scheduling.schedules import (
    CONFERENCE,
    day,
    event,
    room,
    schedule,
)
from tests.services.scheduling.told import english, sentences


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


@pytest.mark.parametrize(
    ("fields", "attributes", "starts_at"),
    [
        # the moment wins over the clock and over the day
        ({"date": "2026-10-03T01:00:00+02:00", "start": "23:00"}, {}, (2, 23, 0)),
        ({"date": "2026-10-02T08:00:00Z"}, {}, (2, 8, 0)),
        ({"date": "2026-10-02T10:00:00"}, {}, (2, 8, 0)),
        ({"date": "2026-10-02", "start": "10:30"}, {}, (2, 8, 30)),
        ({"date": None, "start": "10:30:00"}, {}, (2, 8, 30)),
        # after midnight, by the conference's day_change, and by the day's own start
        ({"date": None, "start": "00:30"}, {}, (2, 22, 30)),
        ({"date": None, "start": "08:30"}, {"start": "2026-10-02T09:00:00+02:00"}, (3, 6, 30)),
        ({"date": None, "start": "09:30"}, {"start": "2026-10-02T09:00:00+02:00"}, (2, 7, 30)),
        ({"date": None, "start": "09:30"}, {"date": None, "start": "2026-10-02"}, (2, 7, 30)),
    ],
)
def test_a_start_is_found_in_what_the_file_has(read, fields, attributes, starts_at):
    text = schedule(
        day(room(event(**fields)), **attributes),
        conference=CONFERENCE | {"day_change": "04:00"},
    )

    programme = read(text)

    assert programme.rejections == ()
    on, hour, minute = starts_at
    assert programme.sessions[0].starts_at == datetime(2026, 10, on, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("00:05", 5),
        ("1:30", 90),
        ("36:00", 36 * 60),
        ("01:30:00", 90),
        ("1:02:30", 26 * 60 + 30),  # a day, two hours and a half, as pretalx writes it
    ],
)
def test_a_duration_is_hours_and_minutes_or_days_before_them(read, text, minutes):
    programme = read(schedule(day(room(event(duration=text)))))

    session = programme.sessions[0]
    assert session.ends_at - session.starts_at == timedelta(minutes=minutes)


def test_the_time_zone_comes_from_the_offsets_where_the_file_does_not_name_it(read):
    nameless = {name: text for name, text in CONFERENCE.items() if name != "time_zone_name"}

    programme = read(schedule(day(room(event())), conference=nameless))

    assert programme.edition.time_zone == "Etc/GMT-2"
    assert sentences(programme.notes) == [
        "The file names no time zone that is known; Etc/GMT-2 is used."
    ]


def test_the_time_zone_of_an_edition_that_exists_is_used_before_any_guess(read):
    nameless = CONFERENCE | {"time_zone_name": "Europe/Atlantis"}

    programme = read(
        schedule(day(room(event(date=None))), conference=nameless), known_zone="Europe/Paris"
    )

    assert programme.sessions[0].starts_at == datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    assert sentences(programme.notes) == [
        "The file's time zone “Europe/Atlantis” is unknown.",
        "The file names no time zone that is known; Europe/Paris is used.",
    ]


def test_a_file_whose_times_are_in_no_zone_is_refused(read):
    with pytest.raises(ImportRefused, match="does not say in which time zone"):
        read(schedule(day(room(event(date=None))), conference={"title": "Rencontres"}))


def test_the_dates_of_the_edition_are_those_of_its_sessions_where_the_file_has_none(read):
    conference = {"title": "Rencontres", "time_zone_name": "Europe/Paris"}
    late = event("b", date="2026-10-04T23:30:00+02:00")

    edition = read(schedule(day(room(event("a"), late)), conference=conference)).edition

    assert (edition.starts_on, edition.ends_on) == (date(2026, 10, 2), date(2026, 10, 4))
