"""Identifiers: unique, in order, and of the promised form."""

import time
from uuid import RFC_4122

from shared.identifiers import READABLE, new_code, new_id, new_token


def test_ids_are_uuids_of_version_7_that_tell_their_time():
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after + 1


def test_ids_made_in_a_rush_are_in_order_and_do_not_run_ahead_of_the_clock():
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert made[-1].int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_codes_are_readable_and_tokens_unguessable():
    assert all(set(new_code()) <= set(READABLE) and len(new_code()) == 8 for _ in range(100))
    assert set("".join(new_code(64) for _ in range(100))) == set(READABLE)
    assert len({new_token() for _ in range(1000)}) == 1000
    assert len(new_token()) == 22
