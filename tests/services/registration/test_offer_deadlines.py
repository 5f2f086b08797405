"""Until when an offered place is kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.deadlines import LONGEST, SHORTEST, offer_deadline

PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(
    ["Europe/Paris", "America/Guadeloupe", "Pacific/Noumea", "Australia/Lord_Howe", "UTC"]
)
#: Whole years, so that both days on which the clock changes are among them.
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=12))


def paris(day, hour, minute=0, month=10):
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


def deadline(now, starts_at, closes_at=None):
    found = offer_deadline(
        now.astimezone(UTC),
        starts_at=starts_at.astimezone(UTC),
        closes_at=(closes_at or starts_at).astimezone(UTC),
        zone="Europe/Paris",
    )
    return found.astimezone(PARIS)


@pytest.mark.parametrize(
    ("now", "starts_at", "until"),
    [
        # A week before: until the same hour of the next day.
        (paris(3, 15), paris(10, 14), paris(4, 15)),
        # Offered in the evening: what the evening lacks is given in the morning.
        (paris(7, 20), paris(10, 14), paris(8, 15, 15)),
        # The day before.
        (paris(9, 9), paris(10, 10), paris(9, 12, 30)),
        (paris(9, 18), paris(10, 10), paris(9, 19, 15)),
        (paris(9, 20, 30), paris(10, 10), paris(10, 8, 10)),
        # In the middle of the night: nobody is asked to be awake.
        (paris(10, 2), paris(10, 16), paris(10, 10)),
        # The last hours, the last minutes.
        (paris(10, 10), paris(10, 14), paris(10, 11)),
        (paris(10, 13), paris(10, 14), paris(10, 13, 30)),
        (paris(10, 13, 45), paris(10, 14), paris(10, 14)),
        # A session at night: the night comes before any morning does.
        (paris(9, 20, 50), paris(9, 22), paris(9, 22)),
        (paris(9, 22), paris(10, 6), paris(10, 6)),
        # A round time.
        (paris(3, 15, 2), paris(10, 14), paris(4, 15, 5)),
        # The night in which clocks go back, and the one in which they go forward.
        (paris(24, 20), paris(31, 14), paris(25, 20)),
        (paris(28, 20, month=3), paris(31, 14, month=3), paris(29, 15, 15, month=3)),
    ],
)
def test_a_place_is_kept_until(now, starts_at, until):
    assert deadline(now, starts_at) == until


def test_a_place_is_not_kept_beyond_the_end_of_registration():
    assert deadline(paris(8, 10), paris(10, 14), paris(8, 11)) == paris(8, 10, 30)
    assert deadline(paris(8, 10, 40), paris(10, 14), paris(8, 11)) == paris(8, 11)


def test_of_what_goes_on_for_days_a_place_is_kept_beyond_its_beginning():
    assert deadline(paris(8, 10), paris(1, 10), paris(31, 18)) == paris(9, 10)


def local_hour(instant, zone):
    return instant.astimezone(ZoneInfo(zone)).hour


@given(now=INSTANTS, until_start=SPANS, until_close=SPANS, zone=ZONES)
def test_never_too_late_and_never_at_night(now, until_start, until_close, zone):
    starts_at, closes_at = now + until_start, now + until_close
    found = offer_deadline(now, starts_at=starts_at, closes_at=closes_at, zone=zone)
    latest = min(starts_at, closes_at)
    assert now < found <= latest
    assert found == latest or 8 <= local_hour(found, zone) < 21


@given(now=INSTANTS, later=SPANS, until_start=SPANS, zone=ZONES)
def test_whoever_is_offered_a_place_later_keeps_it_no_less_long(now, later, until_start, zone):
    starts_at = now + later + until_start
    first, second = (
        offer_deadline(at, starts_at=starts_at, closes_at=starts_at, zone=zone)
        for at in (now, now + later)
    )
    assert first <= second


@given(now=INSTANTS, sooner=SPANS, until_start=SPANS, zone=ZONES)
def test_the_nearer_the_session_the_shorter(now, sooner, until_start, zone):
    near, far = (
        offer_deadline(now, starts_at=starts_at, closes_at=starts_at, zone=zone)
        for starts_at in (now + until_start, now + until_start + sooner)
    )
    assert near <= far


@given(now=INSTANTS, until_start=SPANS, zone=ZONES)
def test_there_is_time_to_answer_while_awake(now, until_start, zone):
    starts_at = now + until_start
    found = offer_deadline(now, starts_at=starts_at, closes_at=starts_at, zone=zone)
    minutes = int((found - now) / timedelta(minutes=1))
    awake = sum(
        8 <= local_hour(now + timedelta(minutes=minute), zone) < 21 for minute in range(minutes + 1)
    )
    assert found == starts_at or awake >= SHORTEST / timedelta(minutes=1)
    assert awake <= (LONGEST + timedelta(minutes=6)) / timedelta(minutes=1)
