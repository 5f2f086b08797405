"""Sweeps equal their plain definitions, and a session alone is judged as in its whole edition."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.facts import (
    ActivityFacts,
    CommuneFacts,
    Placed,
    PresenterFacts,
    ResourceFacts,
    SpaceFacts,
    StopFacts,
    VenueFacts,
)
from services.scheduling.domain.conflicts.judging import judge
from services.scheduling.domain.conflicts.sweeping import busiest, crowds
from services.scheduling.domain.conflicts.weeks import Week

MORNING = datetime(2026, 10, 2, 6, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
EDITION = UUID(int=1)

QUARTERS = st.integers(0, 60)
SPANS = st.lists(st.tuples(QUARTERS, st.integers(0, 8), st.integers(1, 3)), max_size=7)


def instant(quarters):
    return MORNING + timedelta(minutes=15 * quarters)


def spans_of(drawn):
    return [
        (instant(begins), instant(begins + lasts), taken, number)
        for number, (begins, lasts, taken) in enumerate(drawn)
    ]


def overlap(spans):
    return max(span[0] for span in spans) < min(span[1] for span in spans)


@given(SPANS, st.integers(0, 5))
def test_crowds_are_the_largest_sets_that_overlap_all_at_once(drawn, most):
    spans = [span for span in spans_of(drawn) if span[0] < span[1]]
    together = [
        frozenset(span[3] for span in some)
        for count in range(1, len(spans) + 1)
        for some in combinations(spans, count)
        if overlap(some)
    ]
    largest = {some for some in together if not any(some < other for other in together)}
    plain = {some for some in largest if sum(drawn[each][2] for each in some) > most}

    found = [frozenset(span[3] for span in crowd) for crowd in crowds(spans_of(drawn), most)]
    assert len(found) == len(set(found))
    assert set(found) == plain


@given(SPANS)
def test_the_busiest_moment_is_when_something_begins(drawn):
    spans = spans_of(drawn)
    moments = [
        sum(taken for begins, ends, taken, _ in spans if begins <= moment < ends)
        for moment, *_rest in spans
    ]
    assert busiest(spans) == max(moments, default=0)


@st.composite
def boards(draw):
    """Return sessions and stops of two editions in a few places, with few people and things."""
    communes = [
        CommuneFacts(UUID(int=10 + n), f"3818{n}", f"Commune {n}", (45.0, 5.0 + n / 5))
        for n in range(2)
    ]
    venues = [
        VenueFacts(UUID(int=20 + n), f"Lieu {n}", PARIS, communes[n % 2], (45.0, 5.0 + n / 5))
        for n in range(3)
    ]
    venues[0].opening_hours = Week([{"weekday": 5, "opens": "09:00", "closes": "16:00"}])
    spaces = [
        (venue, SpaceFacts(UUID(int=30 + n), f"Salle {n}", 40, draw(st.sampled_from([1, 2, None]))))
        for n, venue in enumerate([*venues, venues[0]])
    ]
    people = [PresenterFacts(UUID(int=40 + n), f"Ada {n}") for n in range(3)]
    things = [ResourceFacts(UUID(int=50 + n), f"Kit {n}", 1 + n, 30, 15, 45) for n in range(2)]
    activities = [
        ActivityFacts(
            UUID(int=60 + n),
            f"Animation {n}",
            None,
            audience=draw(st.sampled_from(["everyone", "schools"])),
            theme=draw(st.sampled_from([None, "Physique"])),
            presenters=tuple(draw(st.sets(st.sampled_from(people), max_size=2))),
            resources=tuple((thing, 1) for thing in draw(st.sets(st.sampled_from(things)))),
        )
        for n in range(4)
    ]
    sessions = []
    for number in range(draw(st.integers(1, 8))):
        activity = draw(st.sampled_from(activities))
        venue, space = draw(st.sampled_from(spaces))
        begins = draw(QUARTERS)
        kind = draw(st.sampled_from(["timed", "timed", "drop_in", "exhibition"]))
        hours = [{"weekday": 5, "opens": "10:00", "closes": "12:00"}] if draw(st.booleans()) else []
        sessions.append(
            Placed(
                UUID(int=100 + number),
                EDITION if number % 4 else UUID(int=2),
                activity,
                venue,
                draw(st.sampled_from([space, None])),
                instant(begins),
                instant(begins + draw(st.integers(0, 12))),
                kind,
                draw(st.sampled_from([None, 20, 50])),
                activity.presenters,
                hours if kind == "exhibition" else (),
            )
        )
    stops = [
        StopFacts(
            UUID(int=200 + number),
            UUID(int=210),
            "Tournée",
            things[0],
            venues[number].id,
            venues[number].name,
            PARIS,
            draw(st.sampled_from(["optioned", "confirmed"])),
            1,
            instant(begins := draw(QUARTERS)),
            instant(begins + 6),
            30,
            draw(st.sampled_from([None, *(placed.id for placed in sessions)]))
            if not number
            else None,
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    return [placed for placed in sessions if placed.edition_id == EDITION], sessions, stops


@given(boards())
@settings(max_examples=150, deadline=None)
def test_a_session_alone_has_the_conflicts_that_it_has_in_its_edition(drawn):
    ours, sessions, stops = drawn
    own_stops = frozenset(stop.id for stop in stops if stop.session_id in {p.id for p in ours})
    others = [placed for placed in sessions if placed not in ours]
    whole = judge(Board(EDITION, ours, others, stops, own_stops))

    for placed in ours:
        beside = [other for other in sessions if other is not placed]
        mine = frozenset(stop.id for stop in stops if stop.session_id == placed.id)
        alone = judge(Board(EDITION, [placed], beside, stops, mine))
        assert alone == [conflict for conflict in whole if placed.id in conflict.sessions]


@given(boards())
@settings(max_examples=150, deadline=None)
def test_whoever_is_in_two_places_is_found_and_nobody_else(drawn):
    ours, sessions, _stops = drawn
    found = judge(Board(EDITION, ours, [each for each in sessions if each not in ours]))

    def place(placed):
        return placed.space or placed.venue

    told = {
        frozenset(pair)
        for conflict in found
        if conflict.kind == "presenter_twice"
        for pair in combinations(conflict.sessions, 2)
    }
    plain = {
        frozenset((one.id, other.id))
        for one, other in combinations(sessions, 2)
        if set(one.presenters) & set(other.presenters)
        and "exhibition" not in (one.kind, other.kind)
        and max(one.starts_at, other.starts_at) < min(one.ends_at, other.ends_at)
        and min(one.ends_at - one.starts_at, other.ends_at - other.starts_at) > timedelta(0)
        and place(one) is not place(other)
        and (one in ours or other in ours)
    }
    assert plain <= told


@given(st.data())
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_database_finds_all_that_is_beside_a_session(stage, data):
    taken_back = stage.db.begin_nested()
    rooms = [stage.space, stage.room(), stage.place(data.draw(st.uuids()).hex, None, (45.2, 5.9))]
    people = [stage.presenter(), stage.presenter("Léo Blanc")]
    kit, other = stage.resource(setup_minutes=30, transport_minutes=45), stage.other_edition()
    activities = [
        stage.activity(
            f"Animation {number}",
            theme="Physique",
            presenters=data.draw(st.sets(st.sampled_from(people))),
            resources=[kit] if data.draw(st.booleans()) else (),
            edition_id=(stage.edition if number else other).id,
        )
        for number in range(4)
    ]
    for _number in range(data.draw(st.integers(2, 6))):
        activity, room = data.draw(st.sampled_from(activities)), data.draw(st.sampled_from(rooms))
        begins = data.draw(QUARTERS)
        stage.add_session(
            activity,
            edition_id=activity.edition_id,
            starts_at=instant(begins),
            ends_at=instant(begins + data.draw(st.integers(1, 8))),
            venue_id=room.venue_id,
            space_id=room.id,
            kind=data.draw(st.sampled_from(["timed", "drop_in", "exhibition"])),
        )
    here, there = stage.conflicts(), stage.conflicts(other)
    shared = {each.key: each for each in here} | {each.key: each for each in there}
    assert [shared[each.key] for each in here] == here
    taken_back.rollback()
