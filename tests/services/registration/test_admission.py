"""What `admit` and `serve` promise, whatever they are asked."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.admission import (
    Ask,
    Decision,
    Outcome,
    Waiting,
    admit,
    serve,
)

A, B, C, UNKNOWN = (UUID(int=n) for n in (1, 2, 3, 99))
SESSIONS = (A, B, C)

seats_left = st.fixed_dictionaries(
    {session: st.one_of(st.none(), st.integers(0, 12)) for session in SESSIONS}
)
asks = st.builds(
    Ask,
    session_id=st.sampled_from((*SESSIONS, UNKNOWN)),
    seats=st.integers(0, 6),
    may_wait=st.booleans(),
)
basket_lists = st.lists(st.lists(asks, min_size=1, max_size=4), max_size=12)


def replay(left: dict[UUID, int | None], baskets, decisions):
    """Give each basket with its decision and what was left before it was decided."""
    left = dict(left)
    for basket, decision in zip(baskets, decisions, strict=True):
        yield basket, decision, dict(left)
        if decision.admitted:
            for ask, outcome in zip(basket, decision.outcomes, strict=True):
                if outcome is Outcome.CONFIRMED and left[ask.session_id] is not None:
                    left[ask.session_id] -= ask.seats


@given(seats_left, basket_lists)
def test_no_session_is_oversold(left, baskets):
    taken = dict.fromkeys(SESSIONS, 0)
    for basket, decision in zip(baskets, admit(left, baskets), strict=True):
        if decision.admitted:
            for ask, outcome in zip(basket, decision.outcomes, strict=True):
                if outcome is Outcome.CONFIRMED:
                    taken[ask.session_id] += ask.seats
    assert all(left[session] is None or taken[session] <= left[session] for session in SESSIONS)


@given(seats_left, basket_lists)
def test_nobody_is_refused_who_fits_in_what_is_left_at_his_turn(left, baskets):
    decisions = admit(left, baskets)
    for basket, decision, before in replay(left, baskets, decisions):
        needed: dict[UUID, int] = {}
        for ask in basket:
            needed[ask.session_id] = needed.get(ask.session_id, 0) + ask.seats
        fits = all(
            session in before and (before[session] is None or seats <= before[session])
            for session, seats in needed.items()
        )
        if fits:
            assert decision == Decision(True, (Outcome.CONFIRMED,) * len(basket))


@given(seats_left, basket_lists)
def test_a_basket_is_admitted_unless_one_of_its_asks_neither_fits_nor_waits(left, baskets):
    for decision in admit(left, baskets):
        refused = {Outcome.FULL, Outcome.NOT_BOOKABLE} & set(decision.outcomes)
        assert decision.admitted == (not refused)


@given(seats_left, basket_lists)
def test_only_those_wait_who_said_so_and_do_not_fit(left, baskets):
    decisions = admit(left, baskets)
    for basket, decision, before in replay(left, baskets, decisions):
        for ask, outcome in zip(basket, decision.outcomes, strict=True):
            if outcome is Outcome.WAITLISTED:
                assert ask.may_wait
                assert ask.session_id in before
            if outcome is Outcome.FULL:
                assert not ask.may_wait


@given(seats_left, basket_lists)
def test_a_refused_basket_leaves_the_others_as_if_it_had_never_come(left, baskets):
    decisions = admit(left, baskets)
    kept = [index for index, decision in enumerate(decisions) if decision.admitted]
    assert admit(left, [baskets[index] for index in kept]) == [decisions[index] for index in kept]


@given(seats_left, basket_lists, basket_lists)
def test_deciding_together_is_deciding_one_after_the_other(left, first, second):
    decisions = admit(left, [*first, *second])
    after = dict(left)
    for basket, decision in zip(first, decisions, strict=False):
        if decision.admitted:
            for ask, outcome in zip(basket, decision.outcomes, strict=True):
                if outcome is Outcome.CONFIRMED and after[ask.session_id] is not None:
                    after[ask.session_id] -= ask.seats
    assert decisions == admit(left, first) + admit(after, second)


@given(seats_left, st.lists(st.tuples(st.sampled_from(SESSIONS), st.integers(0, 6)), max_size=20))
def test_the_waitlist_is_served_in_turn_and_whole_parties_only(left, waiting):
    waitlist = [
        Waiting(UUID(int=1000 + index), session, seats)
        for index, (session, seats) in enumerate(waiting)
    ]
    served = set(serve(left, waitlist))
    remaining = dict(left)
    for one in waitlist:
        room = remaining[one.session_id]
        fits = room is None or one.seats <= room
        assert (one.booking_id in served) == fits
        if fits and room is not None:
            remaining[one.session_id] = room - one.seats
    assert all(room is None or room >= 0 for room in remaining.values())


def test_a_family_that_does_not_fit_leaves_the_last_seat_to_a_smaller_one():
    decisions = admit({A: 3}, [[Ask(A, 2)], [Ask(A, 2)], [Ask(A, 1)]])
    assert decisions == [
        Decision(True, (Outcome.CONFIRMED,)),
        Decision(False, (Outcome.FULL,)),
        Decision(True, (Outcome.CONFIRMED,)),
    ]


def test_a_basket_books_nothing_when_one_of_its_sessions_is_full():
    decisions = admit({A: 5, B: 0}, [[Ask(A, 5), Ask(B, 1)], [Ask(A, 5)]])
    assert decisions == [
        Decision(False, (Outcome.CONFIRMED, Outcome.FULL)),
        Decision(True, (Outcome.CONFIRMED,)),
    ]
