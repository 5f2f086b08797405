"""Events that repeat: by a rule, by dates, with dates taken out and dates changed."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import Programme
from services.scheduling.importers import ics, read_calendar
from services.scheduling.importers.ics_series import dates_of
from services.scheduling.importers.malformed import Malformed
from tests.services.scheduling.calendars import PARIS, calendar, vevent
from tests.services.scheduling.told import refusal_of, sentences, told


def read(*components: str) -> Programme:
    return read_calendar(calendar(*components, lines=(PARIS,)), "edition")


def starts(programme: Programme) -> dict[str, str]:
    """Return when sessions start, in UTC, by their names in the file."""
    return {s.source_id: f"{s.starts_at:%m-%d %H:%M}" for s in programme.sessions}


def test_a_rule_gives_a_session_for_each_date_on_the_clocks_of_its_zone():
    programme = read(
        vevent("a", "RRULE:FREQ=WEEKLY;COUNT=4", dtstart="20261009T100000", dtend="20261009T110000")
    )

    assert starts(programme) == {
        "a": "10-09 08:00",
        "a/20261016T080000Z": "10-16 08:00",
        "a/20261023T080000Z": "10-23 08:00",
        "a/20261030T090000Z": "10-30 09:00",  # the clocks went back
    }
    assert len(programme.activities) == 1
    assert {s.ends_at - s.starts_at for s in programme.sessions} == {timedelta(hours=1)}


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;UNTIL=20261004", ["02", "03", "04"]),
        ("FREQ=DAILY;UNTIL=20261004T080000Z", ["02", "03", "04"]),
        ("FREQ=DAILY;UNTIL=20261004T075959Z", ["02", "03"]),
        ("FREQ=DAILY;UNTIL=20261004T095959", ["02", "03"]),
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", ["02", "04", "06"]),
        ("FREQ=WEEKLY;BYDAY=SA,SU;COUNT=3", ["02", "03", "04", "10"]),
        ("freq=daily;count=2", ["02", "03"]),
        ("FREQ=MONTHLY;BYDAY=1FR;COUNT=1", ["02"]),
        ("FREQ=YEARLY;BYMONTHDAY=2,5;BYMONTH=10;COUNT=2", ["02", "05"]),
    ],
)
def test_rules_are_followed_to_their_end_and_the_first_date_is_always_one(rule, days):
    programme = read(vevent("a", f"RRULE:{rule}"))

    assert [f"{s.starts_at:%d}" for s in programme.sessions] == days


def test_dates_are_added_and_taken_out():
    programme = read(
        vevent(
            "a",
            "RRULE:FREQ=DAILY;COUNT=4",
            "EXDATE:20261003T100000,20261004T080000Z",
            "EXDATE;VALUE=DATE:20261005",
            "RDATE;TZID=Europe/Paris:20261008T140000",
            "RDATE;VALUE=PERIOD:20261009T120000Z/PT2H,20261010T120000Z/20261010T123000Z",
        )
    )

    assert starts(programme) == {
        "a": "10-02 08:00",
        "a/20261008T120000Z": "10-08 12:00",
        "a/20261009T120000Z": "10-09 12:00",
        "a/20261010T120000Z": "10-10 12:00",
    }
    assert [(s.ends_at - s.starts_at).seconds / 60 for s in programme.sessions] == [60, 60, 120, 30]


def test_a_changed_date_keeps_its_name_wherever_it_moves():
    series = vevent("a", "RRULE:FREQ=DAILY;COUNT=3", "LOCATION:Amphi")
    moved = vevent(
        "a",
        "RECURRENCE-ID;TZID=Europe/Paris:20261003T100000",
        "LOCATION:Cour",
        dtstart="20261010T150000",
        dtend="20261010T160000",
    )
    cancelled = vevent(
        "a",
        "RECURRENCE-ID:20261004T080000Z",
        "STATUS:CANCELLED",
        "LOCATION:Amphi",
        dtstart="20261004T100000",
        dtend="20261004T110000",
    )

    programme = read(moved, series, cancelled)

    assert {
        s.source_id: (f"{s.starts_at:%m-%d %H:%M}", s.space, s.status, s.activity)
        for s in programme.sessions
    } == {
        "a": ("10-02 08:00", "Amphi", None, "a"),
        "a/20261003T080000Z": ("10-10 13:00", "Cour", None, "a"),
        "a/20261004T080000Z": ("10-04 08:00", "Amphi", "cancelled", "a"),
    }
    assert [activity.source_id for activity in programme.activities] == ["a"]


def test_a_changed_date_with_a_title_of_its_own_has_an_activity_of_its_own():
    series = vevent("a", "RRULE:FREQ=DAILY;COUNT=2")
    renamed = vevent("a", "RECURRENCE-ID:20261002T100000", summary="Deux heures avec les muons")

    programme = read(series, renamed)

    assert {a.source_id: a.title_fr for a in programme.activities} == {
        "a": "Une heure avec les muons",
        "a/20261002T080000Z": "Deux heures avec les muons",
    }
    assert {s.source_id: s.activity for s in programme.sessions} == {
        "a": "a/20261002T080000Z",
        "a/20261003T080000Z": "a",
    }


def test_a_changed_date_of_a_series_that_is_not_there_is_a_session():
    programme = read(vevent("a", "RECURRENCE-ID:20261001T100000"))

    assert starts(programme) == {"a/20261001T080000Z": "10-02 08:00"}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["RRULE:FREQ=SECONDLY;COUNT=3"], "its repetition “FREQ=SECONDLY;COUNT=3” cannot be read"),
        (["RRULE:toujours"], "its repetition “toujours” cannot be read"),
        (["RRULE:"], "its repetition “” cannot be read"),
        (["RRULE:FREQ=DAILY;X"], "its repetition “FREQ=DAILY;X” cannot be read"),
        (["RDATE:demain"], "its RDATE cannot be read"),
        (["RRULE:FREQ=DAILY;COUNT=2", "EXDATE:hier"], "its EXDATE cannot be read"),
        (["RRULE:FREQ=DAILY;COUNT=1001"], "its repetition has more than 1000 dates"),
        (["RRULE:FREQ=MINUTELY"], "its repetition has more than 1000 dates"),
        (["RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY"], "its repetition has several rules"),
        (["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"], "its repetition has no date"),
        (
            [
                "RDATE:"
                + ",".join(f"20{n:02}10{d:02}T100000" for n in range(27, 99) for d in range(1, 29))
            ],
            "its repetition has more than 1000 dates",
        ),
        (["RRULE:FREQ=DAILY;COUNT=1", "EXDATE:20261002T100000"], "its repetition has no date"),
    ],
)
def test_a_rule_that_is_none_or_too_long_rejects_its_event_alone(lines, reason):
    programme = read(vevent("good"), vevent("bad", *lines))

    assert "good" in starts(programme)
    assert [name for name in starts(programme) if name != "good"] == []
    assert [rejection.reason for rejection in told(programme.rejections)] == [reason]


def test_a_rule_without_an_end_is_followed_for_a_year_and_it_is_said():
    programme = read(vevent("a", "RRULE:FREQ=WEEKLY"))

    assert len(programme.sessions) == 53
    assert programme.sessions[-1].starts_at - programme.sessions[0].starts_at <= timedelta(days=366)
    assert sentences(programme.notes)[-1] == (
        "1 repetition has no end: its dates are taken for a year."
    )


def test_an_exhibition_repeats_by_days():
    whole = vevent("a", "RRULE:FREQ=WEEKLY;COUNT=2", dtstart=";VALUE=DATE:20261003", dtend=None)

    programme = read(whole)

    assert [(s.source_id, s.kind) for s in programme.sessions] == [
        ("a", "exhibition"),
        ("a/20261010", "exhibition"),
    ]


def test_a_file_of_rules_that_never_fit_is_given_up(monkeypatch):
    monkeypatch.setattr(ics, "MOST_BARREN", 2)
    never = [vevent(f"a{n}", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") for n in range(4)]

    with pytest.raises(ImportRefused) as refusal:
        read(*never)

    assert "too many repetitions without a date" in refusal_of(refusal.value)


def test_a_file_of_more_dates_than_any_is_refused(monkeypatch):
    monkeypatch.setattr(ics, "MOST_RECORDS", 100)

    with pytest.raises(ImportRefused) as refusal:
        read(*(vevent(f"a{n}", "RRULE:FREQ=DAILY;COUNT=60") for n in range(2)))

    assert "has more than 100 entries" in refusal_of(refusal.value)


RULES: Any = st.builds(
    lambda frequency, interval, count, more: ";".join(
        [f"FREQ={frequency}", f"INTERVAL={interval}", f"COUNT={count}", *more]
    ),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"]),
    st.integers(1, 4),
    st.integers(1, 12),
    st.lists(
        st.sampled_from(["BYDAY=MO,WE", "BYMONTH=2,10", "BYMONTHDAY=29", "BYHOUR=9,10"]),
        unique=True,
        max_size=3,
    ),
)


@settings(max_examples=60, deadline=None)
@given(
    rule=RULES,
    start=st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)
def test_a_rule_begun_in_a_far_year_gives_the_dates_of_its_own(rule, start):
    limit = start + timedelta(days=10 * 366)
    try:
        expected = list(takewhile(lambda date: date <= limit, rrulestr(rule, dtstart=start)))
    except ValueError:  # hours that such an interval never comes to
        expected = []

    try:
        found = dates_of(rule, start, None)
    except Malformed:
        found = []

    assert found == expected
