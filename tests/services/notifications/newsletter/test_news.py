"""What is news to a subscriber: pure rules."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.newsletter.news import (
    MOST_NEW,
    Item,
    Listed,
    News,
    news_in,
    window_of,
)
from services.notifications.domain.newsletter.programme import has_seats_again
from services.notifications.domain.newsletter.topics import Topics
from shared.testing.contexts import NOW
from tests.services.notifications.newsletter.subscribing import ident

SINCE, UNTIL = NOW - timedelta(days=7), NOW
LONG_AGO, LATELY = SINCE - timedelta(days=1), SINCE + timedelta(days=1)


def session(name="glacier", activity=None, **changes):
    """Return a session in a week, with seats, that has been known for long."""
    values = {
        "session_id": UUID(ident(name)),
        "activity_id": UUID(ident(activity or name)),
        "edition_id": UUID(ident("edition")),
        "title": {"fr": name, "en": None},
        "theme": "Eau",
        "audience": "families",
        "commune_code": "38563",
        "organisation_id": UUID(ident("museum")),
        "status": "confirmed",
        "registration": "none",
        "opens_at": None,
        "closes_at": NOW + timedelta(days=7),
        "starts_at": NOW + timedelta(days=7),
        "ends_at": NOW + timedelta(days=7, hours=1),
        "kind": "timed",
        "time_zone": "Europe/Paris",
        "weekdays": [],
        "place": "Voiron",
        "noticed_at": LONG_AGO,
        "moved_at": None,
        "moved": None,
    }
    return Listed(**(values | changes))


def news(*programme, topics=None, frequency="weekly", since=SINCE, until=UNTIL):
    window = window_of(programme, since=since, until=until, now=NOW)
    return news_in(window, topics or Topics(), frequency, now=NOW)


def test_an_activity_with_new_dates_is_one_line():
    first, second = session("a", "act", noticed_at=LATELY), session("b", "act", noticed_at=LATELY)

    assert news(first, second) == News(new=(Item(first, "new", 1),))


def test_a_new_date_of_a_known_activity_says_so():
    known, date = session("a", "act"), session("b", "act", noticed_at=LATELY)

    assert news(known, date) == News(new=(Item(date, "new_date"),))


def test_what_moved_is_told_and_what_is_new_and_moved_is_new():
    moved = session("a", moved_at=LATELY, moved="time")
    off = session("b", moved_at=LATELY, moved="cancelled", status="cancelled")
    both = session("c", noticed_at=LATELY, moved_at=NOW, moved="place")

    assert news(moved, off, both) == News(
        new=(Item(both, "new"),), changed=(Item(moved, "time"), Item(off, "cancelled"))
    )


def test_seats_that_are_free_again_are_news_and_seats_still_free_are_none():
    here = {"registration": "here", "seats_left": 3}
    freed = session("a", freed_at=LATELY, **here)
    free = session("b", **here)
    full = session("c", registration="here", seats_left=0, freed_at=LATELY)
    later = session("d", starts_at=NOW + timedelta(days=20), **here)
    closed = session("e", closes_at=NOW, **here)
    not_open = session("f", opens_at=NOW + timedelta(seconds=1), **here)

    assert news(freed, free, full, later, closed, not_open) == News(
        changed=(Item(freed, "freed"),), free=(Item(free, "free"),)
    )
    assert news(free).is_empty
    assert [item.session for item in news(later, frequency="monthly").free] == [later]


def test_the_bounds_belong_to_one_letter_each():
    at_since, at_until = session("a", noticed_at=SINCE), session("b", noticed_at=UNTIL)
    after = session("c", noticed_at=UNTIL + timedelta(seconds=1))

    assert [item.session for item in news(at_since, at_until, after).new] == [at_until]


def test_what_is_over_or_cancelled_before_anybody_heard_is_not_told():
    over = session("a", noticed_at=LATELY, ends_at=NOW)
    off = session("b", noticed_at=LATELY, status="cancelled")

    assert news(over, off) == News()


def test_a_long_letter_tells_how_much_it_leaves_out():
    many = [session(str(number), noticed_at=LATELY) for number in range(MOST_NEW + 3)]

    told = news(*many)

    assert (len(told.new), told.more) == (MOST_NEW, 3)


def test_topics_want_one_of_each_kind():
    here = session("a", noticed_at=LATELY)
    there = session("b", noticed_at=LATELY, commune_code="38185")
    elsewhere = session("c", noticed_at=LATELY, commune_code=None, organisation_id=None)
    topics = Topics.read({"communes": ["38563", "38185"], "audiences": ["families"]})

    found = news(here, there, elsewhere, topics=topics)

    assert [item.session for item in found.new] == [here, there]
    assert news(here, topics=replace(topics, themes=frozenset({"Volcans"}))) == News()


_TOPICS = st.builds(
    Topics,
    communes=st.frozensets(st.sampled_from(["38563", "38185", "1"])),
    themes=st.frozensets(st.sampled_from(["Eau", "Volcans"])),
)
_MOMENTS = st.integers(0, 14).map(lambda days: NOW - timedelta(days=days))


@given(_TOPICS, st.lists(st.tuples(st.sampled_from(["38563", "38185", None]), _MOMENTS)))
def test_a_letter_tells_what_fits_and_each_thing_once_over_the_weeks(topics, told):
    programme = [
        session(str(number), commune_code=commune, noticed_at=at)
        for number, (commune, at) in enumerate(told)
    ]
    edges = [NOW - timedelta(days=days) for days in (15, 9, 8, 3, 0)]
    letters = [
        news(*programme, topics=topics, since=since, until=until)
        for since, until in pairwise(edges)
    ]

    listed = [item.session for letter in letters for item in letter.new]
    beyond = sum(letter.more for letter in letters)

    assert len(listed) == len({one.session_id for one in listed})
    assert all(topics.fit(one) for one in listed)
    assert len(listed) + beyond == sum(topics.fit(one) for one in programme)


@given(_TOPICS)
def test_topics_are_kept_as_they_were_chosen(topics):
    assert Topics.read(topics.to_json()) == topics


def test_a_session_has_seats_again_only_after_it_was_full():
    found = {
        (before, after): has_seats_again(before, after)
        for before in (None, 0, -2, 4)
        for after in (None, 0, 3)
    }
    assert {pair for pair, again in found.items() if again} == {
        (0, None),
        (0, 3),
        (-2, None),
        (-2, 3),
    }
