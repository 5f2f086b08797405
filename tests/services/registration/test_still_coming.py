"""Confirm or release: who is asked, until when, and what silence frees."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registration.domain.changing import (
    ChangeRefused,
    cancel_booking,
    change_party,
    correct_address,
)
from services.registration.domain.nights import after_the_night, before_the_night
from services.registration.domain.still_coming import (
    answers_by,
    ask_some,
    asks_at,
    confirm_coming,
    release_unanswered,
)
from services.registration.models import Booking, Call, Registration, SessionRules
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.registration.factories import (
    moved,
    publish,
    publish_again,
    recorded,
    register,
    request,
    seats,
    wanted,
)

PARIS = "Europe/Paris"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of October 2026, where Paris is two hours ahead of UTC until the 25th."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "after", "before"),
    [
        (at(10, 18, 59), at(10, 18, 59), at(10, 18, 59)),
        (at(10, 19), at(11, 6), at(10, 19)),
        (at(11, 2), at(11, 6), at(10, 19)),
        (at(11, 6), at(11, 6), at(11, 6)),
        (at(24, 23), at(25, 7), at(24, 19)),
    ],
    ids=["evening", "night falls", "night", "morning", "the night that is an hour longer"],
)
def test_what_falls_in_the_night_is_put_to_the_morning_or_to_the_evening(
    instant: datetime, after: datetime, before: datetime
) -> None:
    assert (after_the_night(instant, PARIS), before_the_night(instant, PARIS)) == (after, before)


def test_those_who_come_are_asked_hours_before_but_never_at_night() -> None:
    assert asks_at(at(14, 12), 48, PARIS) == at(12, 12)
    assert asks_at(at(14, 1), 48, PARIS) == at(12, 6)


@pytest.mark.parametrize(
    ("now", "starts_at", "hours", "deadline"),
    [
        (at(10, 8), at(12, 8), 24, at(11, 8)),
        (at(10, 8), at(12, 8), 14, at(11, 6)),
        (at(10, 8), at(10, 18), 24, at(10, 16)),
        (at(10, 8), at(11, 7), 24, at(10, 19)),
        (at(10, 8), at(10, 12, 59), 24, None),
    ],
    ids=["a day", "not at night", "before the start", "the evening before", "too late to ask"],
)
def test_there_is_time_to_answer_and_time_left_for_whoever_waits(
    now: datetime, starts_at: datetime, hours: int, deadline: datetime | None
) -> None:
    assert answers_by(now, starts_at, hours, PARIS) == deadline


STARTS = NOW + timedelta(days=7)
ASKED = asks_at(STARTS, 48, PARIS)
DEADLINE = answers_by(ASKED, STARTS, 24, PARIS) or NOW
LATER = DEADLINE + timedelta(minutes=1)


def asking_session(context: ServiceContext, **changes: Any) -> UUID:
    session = publish(context, **changes)
    with context.database.write() as db:
        db.add(SessionRules(session_id=session, asks_hours=48, answer_hours=24))
    return session


def ask(context: ServiceContext, now: datetime = ASKED) -> int:
    with context.database.write() as db:
        return ask_some(db, now=now)


def settle(context: ServiceContext, now: datetime = LATER) -> int:
    with context.database.write() as db:
        return release_unanswered(db, now=now)


def states(context: ServiceContext) -> list[tuple[str, str | None, datetime | None]]:
    with context.database.read() as db:
        rows = db.execute(
            sa.select(Booking.status, Booking.ended_for, Booking.answer_by).order_by(Booking.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def test_who_has_seats_is_asked_once_of_all_their_sessions(context: ServiceContext) -> None:
    one, other, silent = asking_session(context), asking_session(context), publish(context)
    [made] = register(context, request(*(wanted(session) for session in (one, other, silent))))
    assert ask(context, ASKED - timedelta(seconds=1)) == 0
    assert [ask(context), ask(context)] == [1, 0]
    name, version, data = recorded(context)[-1]
    bookings = [booking["id"] for booking in made.body["bookings"]]
    assert (name, version, data["asked_bookings"]) == ("registration_changed", 2, bookings[:2])
    assert data["changed_bookings"] == []
    assert [booking["answer_by"] for booking in data["bookings"]] == [
        DEADLINE.isoformat(),
        DEADLINE.isoformat(),
        None,
    ]


def test_who_registers_after_the_others_were_asked_is_not(context: ServiceContext) -> None:
    session = asking_session(context)
    register(context, request(wanted(session)), now=ASKED)
    assert ask(context, ASKED + timedelta(hours=1)) == 0


def test_who_waits_is_not_asked(context: ServiceContext) -> None:
    session = asking_session(context, capacity=2)
    register(context, request(wanted(session)), request(wanted(session, may_wait=True)))
    assert ask(context) == 1
    assert [state[2] for state in states(context)] == [DEADLINE, None]


def test_silence_gives_the_seats_to_whoever_waits(context: ServiceContext) -> None:
    session = asking_session(context, capacity=2)
    register(context, request(wanted(session)), request(wanted(session, may_wait=True)))
    ask(context)
    assert [settle(context, DEADLINE - timedelta(seconds=1)), settle(context)] == [0, 1]
    first, second = states(context)
    assert first == ("cancelled", "unanswered", None)
    assert second[0] in ("confirmed", "offered")
    assert (seats(context, session).taken, seats(context, session).waiting) == (2, 0)
    ended = next(data for _, _, data in recorded(context) if data.get("status") == "cancelled")
    assert ended["changed_bookings"] == [one["id"] for one in ended["bookings"]]
    assert ended["bookings"][0]["ended_for"] == "unanswered"
    assert settle(context) == 0


def test_who_says_that_they_come_keeps_the_seats(context: ServiceContext) -> None:
    session = asking_session(context)
    [made] = register(context, request(wanted(session)))
    ask(context)
    booking = UUID(made.body["bookings"][0]["id"])
    for _ in range(2):
        with context.database.write() as db:
            confirm_coming(db, made.body["token"], booking, now=ASKED)
    assert [settle(context), ask(context)] == [0, 0]
    assert states(context) == [("confirmed", None, None)]


def test_it_is_too_late_to_come_once_the_seats_are_gone(context: ServiceContext) -> None:
    session = asking_session(context)
    [made] = register(context, request(wanted(session)))
    ask(context)
    settle(context)
    booking = UUID(made.body["bookings"][0]["id"])
    with pytest.raises(ChangeRefused, match="cancelled"), context.database.write() as db:
        confirm_coming(db, made.body["token"], booking, now=LATER)


def test_whoever_answers_that_they_do_not_come_is_not_ended_again(context: ServiceContext) -> None:
    session = asking_session(context)
    [made] = register(context, request(wanted(session)))
    ask(context)
    with context.database.write() as db:
        cancel_booking(db, made.body["token"], UUID(made.body["bookings"][0]["id"]), now=ASKED)
    settle(context)
    assert states(context) == [("cancelled", "contact", None)]


def test_nothing_is_released_of_a_session_that_is_off_or_has_begun(
    context: ServiceContext,
) -> None:
    off, moved = asking_session(context), asking_session(context)
    register(context, request(wanted(off)), request(wanted(moved)))
    ask(context)
    publish_again(context, off, status="cancelled")
    publish_again(context, moved, starts_at=ASKED.isoformat())
    settle(context)
    assert [state[0] for state in states(context)] == ["confirmed", "confirmed"]


def test_whoever_left_no_address_is_called_and_keeps_the_seats(context: ServiceContext) -> None:
    session = asking_session(context)
    [made] = register(context, request(wanted(session)))
    with context.database.write() as db:
        db.scalars(sa.select(Registration)).one().email = None
    assert [ask(context), settle(context), ask(context)] == [1, 0, 0]
    assert states(context) == [("confirmed", None, DEADLINE)]
    with context.database.write() as db:
        assert [call.reason for call in db.scalars(sa.select(Call))] == ["still_coming"]
        booking = UUID(made.body["bookings"][0]["id"])
        confirm_coming(db, made.body["token"], booking, now=LATER)
        assert db.scalars(sa.select(Call)).all() == []


def test_whoever_leaves_an_address_after_the_deadline_keeps_the_seats(
    context: ServiceContext,
) -> None:
    session = asking_session(context)
    [made] = register(context, request(wanted(session), email=None))
    assert ask(context) == 1
    with context.database.write() as db:
        correct_address(db, made.body["token"], "camille@example.org", now=LATER)

    assert settle(context) == 0
    assert states(context) == [("confirmed", None, None)]
    later = answers_by(LATER, STARTS, 24, PARIS)
    assert ask(context, LATER) == (later is not None)  # by mail now, where there is time
    assert states(context) == [("confirmed", None, later)]


def test_whoever_changes_the_party_has_said_that_they_come(context: ServiceContext) -> None:
    session = asking_session(context)
    [made] = register(context, request(wanted(session, adults=3)))
    ask(context)
    booking = UUID(made.body["bookings"][0]["id"])
    with context.database.write() as db:
        change_party(db, made.body["token"], booking, {"adults": 2}, now=ASKED)

    assert [settle(context), ask(context)] == [0, 0]
    assert states(context) == [("confirmed", None, None)]
    assert seats(context, session).taken == 2


def test_silence_about_the_old_time_of_a_moved_session_frees_nothing(
    context: ServiceContext,
) -> None:
    session = asking_session(context)
    register(context, request(wanted(session)))
    ask(context)
    publish_again(context, session, **moved(days=30))

    assert settle(context) == 0
    assert states(context) == [("confirmed", None, None)]
    again = asks_at(STARTS + timedelta(days=30), 48, PARIS)
    assert [ask(context, LATER), ask(context, again)] == [0, 1]
