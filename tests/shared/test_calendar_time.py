"""Local times come back as the same instants, whoever reads them and whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from shared.calendar import CalendarEntry, render_calendar
from shared.calendar.time_zone import describe
from shared.testing import libical
from shared.testing.calendars import assert_valid_calendar
from tests.shared.calendar_entries import MUSEUM, ZONES, read_event, workshop

HOUR = timedelta(hours=1)
# Around the end of daylight saving in Paris (25 October 2026, 01:00 UTC), around its start
# (28 March 2027, 01:00 UTC), and any time.
instants = st.one_of(
    st.datetimes(datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 4)),
    st.datetimes(datetime(2027, 3, 27, 22), datetime(2027, 3, 28, 4)),
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 12, 31)),
).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))


def render(*entries: CalendarEntry) -> bytes:
    return render_calendar(entries, name="Programme", organizer=MUSEUM)


def with_unknown_zones(body: bytes) -> bytes:
    """Rename the zones, so that readers have nothing but the VTIMEZONEs to go by."""
    for zone in ZONES:
        body = body.replace(f"TZID={zone}:".encode(), f"TZID=Own/{zone}:".encode())
        body = body.replace(f"TZID:{zone}\r\n".encode(), f"TZID:Own/{zone}\r\n".encode())
    return body


@settings(max_examples=300, deadline=None)
@given(instants, st.timedeltas(timedelta(seconds=1), timedelta(days=3)), st.sampled_from(ZONES))
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), HOUR, "Europe/Paris")
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), HOUR, "Europe/Paris")
@example(datetime(2027, 3, 28, 0, 30, tzinfo=UTC), HOUR, "Europe/Paris")
def test_every_reader_finds_the_instants_again(
    starts_at: datetime, lasts: timedelta, zone: str
) -> None:
    ends_at = (starts_at + lasts).replace(microsecond=0)
    body = render(workshop(starts_at=starts_at, ends_at=ends_at, time_zone=zone))
    assert_valid_calendar(body)

    event = read_event(body)
    ical_event: Any = IcsCalendarStream.calendar_from_ics(body.decode()).events[0]
    assert {
        "icalendar": (event.start.astimezone(UTC), event.end.astimezone(UTC)),
        "ical": (ical_event.dtstart.astimezone(UTC), ical_event.dtend.astimezone(UTC)),
        "libical": libical.spans(body)[workshop().uid],
        "libical, from the VTIMEZONE": libical.spans(with_unknown_zones(body))[workshop().uid],
    } == dict.fromkeys(
        ("icalendar", "ical", "libical", "libical, from the VTIMEZONE"),
        (starts_at, ends_at),
    )


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone != "UTC"])
@pytest.mark.parametrize(
    ("first_year", "last_year", "years"), [(1978, 1979, 2), (2006, 2007, 2), (2026, 2026, 10)]
)
def test_a_described_zone_has_the_offsets_of_the_real_one(
    zone: str, first_year: int, last_year: int, years: int
) -> None:
    """The last case is about the years after the last entry: a feed may be kept for long."""
    described = tzical(StringIO("\r\n".join(describe(zone, first_year, last_year)))).get()
    real = ZoneInfo(zone)
    first = datetime(first_year, 1, 1, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(years * 365)]
    moments = [
        moment
        for day in days
        for moment in (
            [day]
            if day.astimezone(real).utcoffset() == (day + 24 * HOUR).astimezone(real).utcoffset()
            else [day + minutes * timedelta(minutes=10) for minutes in range(24 * 6)]
        )
    ]
    different = [
        moment
        for moment in moments
        if moment.astimezone(real).utcoffset() != moment.astimezone(described).utcoffset()
    ]
    assert different == []


def test_daylight_saving_begins_at_the_hour_that_the_clocks_leave() -> None:
    """RFC 5545, section 3.6.5: the onset is in TZOFFSETFROM; icalendar says 03:00 here."""
    assert describe("Europe/Paris", 2026, 2026) == (
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251026T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


def test_each_zone_is_described_once_and_utc_never() -> None:
    body = render(
        workshop(uid="1"),
        workshop(uid="2"),
        workshop(uid="3", time_zone="Indian/Reunion"),
        workshop(uid="4", time_zone="UTC"),
        workshop(uid="5", time_zone="Asia/Kolkata", all_day=True),
    )
    assert [line for line in body.decode().split("\r\n") if line.startswith("TZID:")] == [
        "TZID:Europe/Paris",
        "TZID:Indian/Reunion",
    ]
    assert b"DTSTART:20261009T080000Z\r\n" in body


def test_a_time_that_comes_twice_is_written_in_utc() -> None:
    """libical reads 02:30 as the second one of that night, where the RFC means the first."""
    body = render(
        workshop(
            starts_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            ends_at=datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
        )
    )
    assert b"DTSTART:20261025T003000Z\r\nDTEND;TZID=Europe/Paris:20261025T030000\r\n" in body


def test_an_entry_that_lasts_no_time_has_no_end() -> None:
    moment = datetime(2026, 10, 9, 8, tzinfo=UTC)
    body = render(workshop(starts_at=moment, ends_at=moment.replace(microsecond=9)))
    assert_valid_calendar(body)
    assert b"DTEND" not in body


def test_who_closes_at_midnight_is_not_open_the_next_day() -> None:
    paris = ZoneInfo("Europe/Paris")
    body = render(
        workshop(
            starts_at=datetime(2026, 10, 2, tzinfo=paris),
            ends_at=datetime(2026, 10, 5, tzinfo=paris),
            all_day=True,
        )
    )
    assert b"DTSTART;VALUE=DATE:20261002\r\nDTEND;VALUE=DATE:20261005\r\n" in body


@settings(max_examples=100, deadline=None)
@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(0, 200),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 24 * 60),
    st.sampled_from(ZONES),
)
def test_an_exhibition_is_one_span_of_whole_local_days(
    first_day: date, days: int, opens: int, closes: int, zone: str
) -> None:
    last_day = first_day + timedelta(days=days + 1)
    midnight = datetime.min.time()
    starts = datetime.combine(first_day, midnight) + timedelta(minutes=opens)
    ends = datetime.combine(last_day, midnight) + timedelta(minutes=closes)
    tz = ZoneInfo(zone)
    body = render(
        workshop(
            starts_at=starts.replace(tzinfo=tz).astimezone(UTC),
            ends_at=ends.replace(tzinfo=tz).astimezone(UTC),
            time_zone=zone,
            all_day=True,
        )
    )
    assert_valid_calendar(body)
    event = read_event(body)
    assert (event.start, event.end, event["TRANSP"]) == (
        first_day,
        last_day + timedelta(days=1),
        "TRANSPARENT",
    )
    assert b"TZID" not in body
