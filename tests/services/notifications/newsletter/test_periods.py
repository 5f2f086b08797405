"""When letters go out: right through clock changes, once for each period."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.newsletter.periods import (
    FREQUENCIES,
    day_of,
    is_decent,
    next_period,
    period_at,
)

PARIS = ZoneInfo("Europe/Paris")

INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))


def paris(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("frequency", "now", "key"),
    [
        ("weekly", paris(2026, 10, 8, 8, 59), "weekly:2026-10-01"),
        ("weekly", paris(2026, 10, 8, 9, 0), "weekly:2026-10-08"),
        ("weekly", paris(2026, 10, 14, 23, 59), "weekly:2026-10-08"),
        ("weekly", paris(2026, 1, 1, 8, 0), "weekly:2025-12-25"),
        ("monthly", paris(2026, 10, 1, 8, 59), "monthly:2026-09-01"),
        ("monthly", paris(2026, 10, 1, 9, 0), "monthly:2026-10-01"),
        ("monthly", paris(2026, 1, 1, 0, 0), "monthly:2025-12-01"),
        ("monthly", paris(2026, 3, 31, 12, 0), "monthly:2026-03-01"),
    ],
)
def test_a_letter_belongs_to_a_period_that_begins_at_nine(frequency, now, key):
    assert period_at(now.astimezone(UTC), frequency).key == key


@given(INSTANTS, st.sampled_from(FREQUENCIES))
def test_periods_follow_one_another_without_gaps(now, frequency):
    period, following = period_at(now, frequency), next_period(now, frequency)

    assert period.begins_at <= now < following.begins_at
    assert period_at(following.begins_at - timedelta(microseconds=1), frequency) == period
    assert period_at(following.begins_at, frequency) == following
    for begins_at in (period.begins_at, following.begins_at):
        local = begins_at.astimezone(PARIS)
        assert (local.hour, local.minute) == (9, 0)
        assert (local.weekday() if frequency == "weekly" else local.day) == (
            3 if frequency == "weekly" else 1
        )
        assert is_decent(begins_at)


@pytest.mark.parametrize(
    ("now", "decent"),
    [
        (paris(2026, 10, 25, 7, 59), False),
        (paris(2026, 10, 25, 8, 0), True),
        (paris(2026, 3, 29, 19, 59), True),
        (paris(2026, 3, 29, 20, 0), False),
        (paris(2026, 3, 29, 3, 30), False),
    ],
)
def test_mail_that_nobody_waits_for_comes_by_day(now, decent):
    assert is_decent(now.astimezone(UTC)) is decent


def test_a_day_is_the_local_one():
    assert day_of(datetime(2026, 10, 8, 22, 30, tzinfo=UTC)) == "day:2026-10-09"
