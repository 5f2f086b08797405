"""Identifiers: unique, in order, and of the promised form."""

import os
import time
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identifiers import (
    READABLE,
    code_groups,
    grouped_code,
    new_code,
    new_id,
    new_token,
    read_code,
)


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


def test_a_code_is_read_in_groups_of_four_that_stay_on_one_line():
    assert code_groups("T6GAAGXT") == ["T6GA", "AGXT"]
    assert grouped_code("T6GAAGXT") == "T6GA\u00a0AGXT"


@pytest.mark.parametrize(
    "typed", ["T6GAAGXT", "T6GA AGXT", "T6GA\u00a0AGXT", " t6ga-agxt\n", "t6 ga ag xt"]
)
def test_a_code_is_known_however_it_is_typed(typed):
    assert read_code(typed) == "T6GAAGXT"


@given(st.text(READABLE, max_size=12))
def test_what_is_shown_of_a_code_can_be_typed(code):
    assert read_code(grouped_code(code)) == code


def test_a_fork_is_given_other_chances_than_its_parent():
    new_token()  # some are drawn ahead
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, "".join(new_token() for _ in range(300)).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        told = pipe.read().decode()
    os.waitpid(child, 0)
    theirs = {told[start : start + 22] for start in range(0, len(told), 22)}
    assert len(theirs) == 300
    assert theirs.isdisjoint(new_token() for _ in range(300))
