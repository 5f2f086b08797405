"""Where a visitor comes from, and how often he may do a thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.visitors import Allowance, address_of, network_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("10.0.0.7", "9.9.9.9, 8.8.8.8", "8.8.8.8"),
        ("10.0.0.7", "9.9.9.9, 8.8.8.8, 192.168.1.4", "8.8.8.8"),  # two proxies of ours
        ("127.0.0.1", "", "127.0.0.1"),
        ("1.1.1.1", "198.51.100.9", "1.1.1.1"),
        ("", "2001:db8::7", "2001:db8::7"),  # a proxy on a Unix socket
    ],
)
def test_a_proxy_beside_us_is_believed_and_a_stranger_is_not(peer, forwarded, seen):
    assert address_of({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}) == seen


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.9", "198.51.100.0/24"),
        ("::ffff:198.51.100.9", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("127.0.0.1", None),
        ("::1", None),
        ("", None),
        ("unknown", "unknown"),
    ],
)
def test_neighbours_are_counted_together_and_this_machine_is_not(address, network):
    assert network_of(address) == network


def test_so_many_at_once_and_then_one_by_one():
    allowance = Allowance(3, 60)
    found = []
    for now in (0.0, 0.0, 1.0, 1.0, 20.0):
        wait = allowance.wait("a", now)
        found.append(wait)
        if not wait:
            allowance.count("a", now)
    assert found == [0, 0, 0, 19.0, 0]
    assert allowance.wait("b", 20.0) == 0


@given(
    st.integers(1, 20),
    st.floats(1, 3600),
    st.lists(st.floats(0, 600), min_size=1, max_size=100),
)
def test_no_stretch_of_time_has_more_than_was_allowed(times, seconds, pauses):
    allowance, now, counted = Allowance(times, seconds), 1e9, []
    for pause in pauses:
        now += pause
        if not allowance.wait("a", now):
            allowance.count("a", now)
            counted.append(now)
    for first in range(len(counted)):
        for last in range(first, len(counted)):
            most = times + (counted[last] - counted[first]) * times / seconds
            assert last - first + 1 <= most + 1e-3


@given(st.integers(1, 20), st.floats(1, 3600), st.integers(0, 40))
def test_who_waits_as_long_as_he_was_told_is_taken(times, seconds, tries):
    allowance, now = Allowance(times, seconds), 1e9
    for _ in range(tries):
        now += allowance.wait("a", now) + 1e-3
        assert allowance.wait("a", now) == 0
        allowance.count("a", now)


def test_what_is_given_back_was_never_counted():
    allowance = Allowance(2, 60)
    allowance.give_back("a")
    for _ in range(2):
        allowance.count("a", 0)
    assert allowance.wait("a", 0) == 30
    allowance.give_back("a")
    allowance.give_back("b")
    assert allowance.wait("a", 0) == 0
    allowance.count("a", 0)
    assert (allowance.wait("a", 0), allowance.wait("b", 0)) == (30, 0)


def test_keys_of_long_ago_are_forgotten():
    allowance = Allowance(1, 60)
    for number in range(25_000):
        allowance.count(str(number), number * 1.0)
    assert len(allowance._full_at) < 10_100
