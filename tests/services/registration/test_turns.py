"""Turns: first come first served, never more at once than was set, and not to be forged."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.turns import (
    BURST,
    FORM_FOR,
    PASS_FOR,
    Pace,
    Timetable,
    Turn,
    TurnSigner,
)

NOW = 1_790_000_000.0

#: Pauses between arrivals: crowds, trickles, and a quiet hour.
pauses = st.lists(
    st.one_of(st.just(0.0), st.floats(0, 0.05), st.floats(0, 5), st.floats(0, 4000)),
    min_size=1,
    max_size=300,
)
rates = st.floats(0.1, 500)


def turns(pauses, rate):
    timetable, now, given_turns = Timetable(), NOW, []
    for pause in pauses:
        now += pause
        given_turns.append(timetable.arrive(now, rate))
    return given_turns


@given(pauses, rates)
def test_turns_come_in_the_order_of_arrival_and_never_before_it(pauses, rate):
    found = [turn.at for turn in turns(pauses, rate)]
    assert found == sorted(found)
    assert all(turn.at >= turn.arrived for turn in turns(pauses, rate))


@given(pauses, rates)
def test_no_stretch_of_time_lets_in_more_than_the_rate_and_the_burst(pauses, rate):
    found = [turn.at for turn in turns(pauses, rate)]
    for first in range(len(found)):
        for last in range(first, len(found)):
            most = rate * (found[last] - found[first]) + rate * BURST + 1
            assert last - first + 1 <= most + 1e-3


@given(pauses, rates)
def test_nobody_waits_while_fewer_come_than_are_let_in(pauses, rate):
    spaced = [pause + 1 / rate for pause in pauses]
    assert all(turn.at == turn.arrived for turn in turns(spaced, rate))


@given(pauses, st.lists(rates, min_size=300, max_size=300))
def test_the_order_holds_when_the_rate_and_the_clock_change(pauses, rates):
    timetable, now, found = Timetable(), NOW, []
    for number, (pause, rate) in enumerate(zip(pauses, rates, strict=False)):
        now += pause if number % 3 else -pause
        found.append(timetable.arrive(now, rate).at)
    assert found == sorted(found)


@given(st.floats(0.5, 200), st.integers(2, 400))
def test_a_crowd_of_one_instant_is_spread_at_the_rate(rate, people):
    found = [turn.at - NOW for turn in turns([0.0] * people, rate)]
    expected = [max(0.0, number / rate - BURST) for number in range(people)]
    assert all(abs(told - due) < 1e-3 for told, due in zip(found, expected, strict=True))


@given(st.floats(NOW, NOW + 1e6), st.floats(0, 1e5))
def test_a_token_says_the_turn_that_was_signed_and_never_an_earlier_one(arrived, wait):
    signer = TurnSigner("a secret of the site, quite long")
    turn = Turn(arrived, arrived + wait)
    read = signer.read(signer.sign(turn))
    assert read is not None
    assert 0 <= read.at - turn.at <= 0.0011
    assert 0 <= turn.arrived - read.arrived <= 0.0011


@given(st.data())
def test_a_token_with_any_bit_changed_is_nothing(data):
    signer = TurnSigner("a secret of the site, quite long")
    token = signer.sign(Turn(NOW, NOW + 60))
    content = bytearray(base64.urlsafe_b64decode(token + "="))
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    content[bit // 8] ^= 1 << bit % 8
    assert signer.read(base64.urlsafe_b64encode(bytes(content)).decode().rstrip("=")) is None


@given(st.text(max_size=60))
def test_whatever_is_no_token_is_nothing(text):
    assert TurnSigner("a secret of the site, quite long").read(text) is None


def test_a_token_of_another_site_is_nothing():
    token = TurnSigner("another secret, just as long as it").sign(Turn(NOW, NOW))
    assert TurnSigner("a secret of the site, quite long").read(token) is None


def test_a_pass_begins_at_its_turn_and_wears_out_and_a_form_may_come_for_longer():
    turn = Turn(NOW, NOW + 60)
    moments = (0, 59.9, 60, 60 + PASS_FOR - 1, 60 + PASS_FOR, 60 + FORM_FOR - 1, 60 + FORM_FOR)
    found = [
        (turn.is_pass(NOW + after), turn.is_over(NOW + after), turn.covers_form(NOW + after))
        for after in moments
    ]
    assert found == [
        (False, False, False),
        (False, False, False),
        (True, False, True),
        (True, False, True),
        (False, True, True),
        (False, True, True),
        (False, True, False),
    ]


def test_a_pass_given_back_lets_nobody_in_and_still_covers_the_form_that_was_shown():
    back = Turn(NOW - 30, NOW).given_back(NOW + 5)
    assert (back.is_pass(NOW + 5), back.is_over(NOW + 5), back.covers_form(NOW + 5)) == (
        False,
        True,
        True,
    )


def crowd(pace, people):
    """Let so many be inside at once, and all leave."""
    for _ in range(people):
        pace.enter()
    for _ in range(people):
        pace.leave()


def test_a_crowd_inside_lowers_the_rate_by_half_at_most_and_quiet_raises_it_again():
    pace, found = Pace(60.0), []
    pace.rate(NOW)
    for look in range(1, 8):
        crowd(pace, Pace.CROWDED + 1)
        found.append(round(pace.rate(NOW + look / 4), 2))
    assert found == [50.0, 41.67, 34.72, 30.0, 30.0, 30.0, 30.0]
    crowd(pace, Pace.CROWDED)
    assert [pace.rate(NOW + 1.75 + look / 4) for look in (1, 2, 3)] == [33.0, 36.0, 39.0]
    assert pace.rate(NOW + 60) == 60.0


def test_twice_a_crowd_is_full_until_somebody_leaves():
    pace = Pace(60.0)
    for _ in range(2 * Pace.CROWDED):
        pace.enter()
    assert pace.is_full
    pace.leave()
    assert not pace.is_full


def test_the_more_are_asked_to_come_back_the_later_they_are_asked_to():
    pace, found = Pace(60.0), []
    for look in range(40):
        pace.rate(NOW + look / 4)
        found.append(pace.moment())
        for _ in range(Pace.ASKED_BACK):
            pace.moment()
    assert (found[:3], found[-1]) == ([1.0, 1.25, 1.5625], 30.0)
    for look in range(40, 80):
        pace.rate(NOW + look / 4)
    assert pace.moment() == 1.0
