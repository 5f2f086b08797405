"""How many seats may be taken beyond the capacity: checked against exact fractions."""

from dataclasses import replace
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.overbooking import Reasoning, Seen, extra_seats, risk_of


def rising(start: Fraction, times: int) -> Fraction:
    """Return start · (start + 1) · …, that many factors."""
    product = Fraction(1)
    for step in range(times):
        product *= start + step
    return product


def exact_risk(capacity: int, parties: int, expected: int, away: int, party: int = 1) -> Fraction:
    """Return the same probability in fractions, from the definition of the Beta-binomial."""
    booked = capacity // party + parties
    a, b = 1 + Fraction(away, party), 19 + Fraction(expected - away, party)
    masses = (comb(booked, k) * rising(a, k) * rising(b, booked - k) for k in range(parties))
    return sum(masses, Fraction()) / rising(a + b, booked)


seen = st.integers(5, 60).flatmap(
    lambda expected: st.builds(Seen, st.just(expected), st.integers(0, expected))
)
histories = st.lists(seen, min_size=3, max_size=12).filter(
    lambda history: sum(one.expected for one in history) >= 40
)
capacities = st.integers(1, 80)
limits = st.floats(0.001, 0.25)
parties = st.integers(1, 4)


@given(capacities, histories, limits, parties)
def test_the_chance_that_somebody_stands_stays_under_the_limit_and_no_seat_is_wasted(
    capacity: int, history: list[Seen], limit: float, party: int
) -> None:
    found = extra_seats(capacity, history, limit, party=party)
    more, rest = divmod(found.extra, party)
    exactly = exact_risk(capacity, more, found.expected, found.away, party)
    assert (rest, exactly <= limit + 1e-9) == (0, True)
    assert found.risk == pytest.approx(float(exactly), abs=1e-9)
    if more < capacity // party:
        one_more = exact_risk(capacity, more + 1, found.expected, found.away, party)
        assert one_more > limit - 1e-9


def test_families_that_stay_away_together_leave_fewer_seats_to_give() -> None:
    history = [Seen(28, 23)] * 4 + [Seen(28, 25)]
    found = [extra_seats(100, history, 0.05, party=party).extra for party in (1, 2, 3, 4)]
    assert found == [9, 6, 3, 0]


@given(capacities, histories, limits, limits)
def test_who_accepts_more_risk_gets_no_fewer_seats(
    capacity: int, history: list[Seen], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert extra_seats(capacity, history, low).extra <= extra_seats(capacity, history, high).extra


@given(st.integers(1, 80), st.integers(1, 40), st.integers(40, 400), st.data())
def test_the_chance_rises_with_every_seat(
    capacity: int, extra: int, expected: int, data: st.DataObject
) -> None:
    away = data.draw(st.integers(0, expected))
    less, more = (risk_of(capacity, seats, expected, away) for seats in (extra, extra + 1))
    assert less <= more + 1e-12


@given(capacities, limits, st.lists(seen, max_size=2))
def test_two_sessions_teach_nothing(capacity: int, limit: float, history: list[Seen]) -> None:
    assert extra_seats(capacity, history, limit).extra == 0


def test_an_example_that_can_be_read() -> None:
    history = [Seen(16, 13)] * 5 + [Seen(15, 13)] * 4
    found = extra_seats(20, history, 0.05)
    assert replace(found, risk=round(found.risk, 4)) == Reasoning(9, 140, 23, 1, 0.0407)
    assert [round(risk_of(20, extra, 140, 23), 3) for extra in range(4)] == [0, 0.041, 0.154, 0.326]


def test_who_came_without_being_expected_makes_nobody_stay_away() -> None:
    assert Seen(10, 12).away == 0


def test_a_session_without_seats_has_none_to_spare() -> None:
    assert extra_seats(0, [Seen(20, 0)] * 5, 0.2).extra == 0
