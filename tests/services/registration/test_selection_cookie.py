"""The cookie that keeps a selection: whatever it says, nothing but ids comes out of it."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.party import LARGEST_BASKET
from services.registration.pages.selection_cookie import parse, write

IDS = st.lists(st.uuids(), max_size=LARGEST_BASKET, unique=True)


@given(IDS)
def test_what_was_kept_is_read_again(sessions):
    assert parse(write(sessions)) == tuple(sessions)


@given(st.one_of(st.text(), st.lists(st.one_of(st.uuids().map(str), st.text())).map(".".join)))
def test_whatever_it_says_it_is_read_as_ids_each_once(text):
    found = parse(text)
    assert all(isinstance(each, UUID) for each in found)
    assert len(found) == len(set(found)) <= LARGEST_BASKET
    assert parse(write(found)) == found


@given(st.lists(st.uuids(), min_size=LARGEST_BASKET + 1, unique=True))
def test_what_is_too_much_is_left_out(sessions):
    assert parse(write(sessions)) == tuple(sessions[:LARGEST_BASKET])
