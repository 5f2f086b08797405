"""What a family is warned of before it registers: clashes, and too little time on the way."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.warnings import Stay, Warning, travel_minutes, warnings
from shared.testing.contexts import NOW

GRENOBLE, VIZILLE, NEXT_DOOR = (45.1885, 5.7245), (45.0775, 5.7711), (45.1890, 5.7300)
A, B, C = (UUID(int=number) for number in (1, 2, 3))


def stay(session: UUID, begins: int, ends: int, **more) -> Stay:
    """Return a stay in Grenoble between two times, in minutes from now."""
    starts_at, ends_at = (NOW + timedelta(minutes=minutes) for minutes in (begins, ends))
    return Stay(session, starts_at, ends_at, **{"position": GRENOBLE, **more})


def test_sessions_that_overlap_clash():
    assert warnings([stay(B, 30, 90), stay(A, 0, 60)]) == [Warning("clash", A, B)]


def test_one_session_right_after_the_other_next_door_is_no_clash():
    assert warnings([stay(A, 0, 60), stay(B, 60, 90, position=NEXT_DOOR)]) == []


def test_too_little_time_between_two_communes_is_told_with_what_it_takes():
    found = warnings([stay(A, 0, 60), stay(B, 90, 120, position=VIZILLE)])
    assert found == [Warning("travel", A, B, minutes=30, needed=35)]
    assert warnings([stay(A, 0, 60), stay(B, 95, 120, position=VIZILLE)]) == []


def test_what_one_comes_to_at_any_time_clashes_with_nothing():
    assert warnings([stay(A, 0, 600, is_timed=False), stay(B, 30, 60), stay(C, 60, 90)]) == []


def test_nothing_is_said_of_a_way_to_a_place_nobody_knows():
    assert warnings([stay(A, 0, 60, position=None), stay(B, 61, 90)]) == []


MINUTES = st.integers(0, 3000)
STAYS = st.lists(
    st.builds(
        lambda number, begins, lasts, timed, position: Stay(
            UUID(int=number),
            NOW + timedelta(minutes=begins),
            NOW + timedelta(minutes=begins + lasts),
            timed,
            position,
        ),
        st.integers(0, 50),
        MINUTES,
        st.integers(1, 300),
        st.booleans(),
        st.one_of(st.none(), st.tuples(st.floats(44, 46), st.floats(5, 6))),
    ),
    max_size=6,
    unique_by=lambda stay: stay.session_id,
)


@given(STAYS, st.randoms(use_true_random=False))
def test_the_order_of_the_choice_changes_nothing(stays, random):
    shuffled = random.sample(stays, len(stays))
    assert warnings(shuffled) == warnings(stays)


@given(STAYS)
def test_a_pair_is_warned_of_once_and_only_for_what_is_true(stays):
    by_id = {each.session_id: each for each in stays}
    found = {(each.first, each.second): each for each in warnings(stays)}
    assert len(found) == len(warnings(stays))
    timed = sorted(
        (each for each in stays if each.is_timed),
        key=lambda each: (each.starts_at, each.ends_at, each.session_id),
    )
    for index, first in enumerate(timed):
        for second in timed[index + 1 :]:
            warning = found.pop((first.session_id, second.session_id), None)
            overlap = min(first.ends_at, second.ends_at) > second.starts_at
            assert (warning is not None and warning.kind == "clash") == overlap
            if warning is not None and warning.kind == "travel":
                gap = second.starts_at - first.ends_at
                assert timedelta() <= gap < timedelta(minutes=warning.needed)
                assert warning.needed == travel_minutes(
                    by_id[warning.first].position, by_id[warning.second].position
                )
    assert found == {}


@given(st.tuples(st.floats(44, 46), st.floats(5, 6)), st.tuples(st.floats(44, 46), st.floats(5, 6)))
def test_the_way_back_takes_as_long(here, there):
    assert travel_minutes(here, there) == travel_minutes(there, here)


def test_a_clash_lasts_whatever_the_clock_does():
    summer = datetime.fromisoformat("2026-10-25T02:30:00+02:00")
    winter = datetime.fromisoformat("2026-10-25T02:15:00+01:00")
    first = Stay(A, summer, summer + timedelta(minutes=30))
    second = Stay(B, winter, winter + timedelta(minutes=30))
    assert warnings([second, first]) == []
