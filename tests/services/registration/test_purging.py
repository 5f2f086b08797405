"""What need not be kept any longer is erased by itself, at its time and not before."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.changing import accept, cancel_registration
from services.registration.domain.purging import (
    erase_aged,
    erased_on,
    forget_answers,
    forget_needs,
)
from services.registration.domain.requests import WantedBooking
from services.registration.models import Booking, Erasure, Question, Registration, SessionSeats
from shared.contracts.scheduling import SITE_DESCRIBED
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope
from shared.site import SITE_ID, keep_site
from shared.testing.contexts import NOW
from tests.services.registration.erasing import ALL, register_person, traces
from tests.services.registration.factories import (
    publish,
    recorded,
    register,
    request,
    seats,
    session_data,
    wanted,
)


def run(context, step, **more):
    """Do a step until there is nothing left of it; return how much each batch did."""
    done = [1]
    while done[-1]:
        with context.database.write() as db:
            done.append(step(db, now=context.clock(), **more))
    return done[1:-1]


def describe_site(context, months):
    facts = {
        "responsible": "Grenoble-Alpes Métropole",
        "contact_email": None,
        "retention_months": months,
        "audited_on": None,
        "audit_rate": None,
    }
    event = Envelope(new_id(), SITE_DESCRIBED.type, 1, SITE_ID, 1, context.clock(), "test", facts)
    with context.database.write() as db:
        keep_site(db, event)


def of_edition(edition_id=None, *, days=7):
    """Return what a session is of an edition, in so many days."""
    begins = NOW + timedelta(days=days)
    edition = session_data()["edition"] | {"id": str(edition_id or new_id())}
    return {
        "edition": edition,
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=1)).isoformat(),
    }


def bookings(context):
    with context.database.read() as db:
        return list(db.scalars(sa.select(Booking).order_by(Booking.id)))


def test_access_needs_are_forgotten_a_day_after_the_session_and_not_before(context):
    soon, later = publish(context), publish(context, **of_edition(days=30))
    needy = [
        WantedBooking(session, {"adults": 2}, wheelchairs=1, sign_language=True)
        for session in (soon, later)
    ]
    register(context, request(*needy))
    context.clock.advance(days=7, hours=24)
    assert run(context, forget_needs) == []
    assert [seats(context, one).wheelchairs for one in (soon, later)] == [1, 1]

    context.clock.advance(hours=1)
    assert run(context, forget_needs) == [1]

    assert [(one.wheelchairs, one.sign_language) for one in bookings(context)] == [
        (0, False),
        (1, True),
    ]
    counted = seats(context, soon)
    assert (counted.taken, counted.bookings, counted.wheelchairs) == (1, 1, 0)
    assert seats(context, later).wheelchairs == 1
    [made, *_, told] = recorded(context)
    assert [one["wheelchairs"] for one in made[2]["bookings"]] == [0, 1]
    first = bookings(context)[0]
    assert told[0] == "registrations_erased"
    assert (told[2]["registrations"], told[2]["needs"]) == (
        [],
        [{"registration_id": str(first.registration_id), "bookings": [str(first.id)]}],
    )


def test_of_those_who_gave_up_or_wait_no_counter_is_lowered(context):
    session = publish(context, capacity=3)
    with context.database.write() as db:
        db.get_one(SessionSeats, session).wheelchair_places = 1
    rolling = WantedBooking(session, {"adults": 2}, wheelchairs=1, may_wait=True)
    gone, _stays, _waits = (register(context, request(rolling))[0] for _ in range(3))
    with context.database.write() as db:
        cancel_registration(db, gone.body["token"], now=context.clock())
    context.clock.advance(hours=1)
    with context.database.write() as db:
        accept_first(db, now=context.clock())
    assert [one.status for one in bookings(context)] == ["cancelled", "confirmed", "waitlisted"]
    context.clock.advance(days=8, hours=1)

    assert run(context, forget_needs) == [3]

    counted = seats(context, session)
    assert (counted.taken, counted.bookings, counted.waiting, counted.wheelchairs) == (1, 1, 1, 0)
    assert [one.status for one in bookings(context)] == ["cancelled", "confirmed", "waitlisted"]


def accept_first(db, *, now):
    """Take the place that is offered."""
    offered = db.scalars(sa.select(Booking).where(Booking.status == "offered")).one()
    accept(db, offered.registration.token, offered.id, now=now)


def test_needs_are_kept_while_registration_outlasts_its_session(context):
    last_year = of_edition(days=-365) | {
        "registration_closes_at": (NOW + timedelta(days=3)).isoformat()
    }
    session = publish(context, **last_year)
    register(context, request(WantedBooking(session, {"adults": 2}, wheelchairs=1)))
    context.clock.advance(days=2)
    assert run(context, forget_needs) == []
    context.clock.advance(days=1)
    assert run(context, forget_needs) == [1]
    assert seats(context, session).wheelchairs == 0


def test_each_answer_goes_on_the_day_that_its_question_names(context):
    session = publish(context)
    [answer] = register(context, request(wanted(session)))
    days = [date(2026, 10, 10), date(2026, 10, 20)]
    with context.database.write() as db:
        questions = [
            Question(
                session_id=session,
                position=place,
                kind="text",
                label={"fr": "Allergies"},
                purpose={"fr": "Le goûter"},
                forgotten_on=day,
            )
            for place, day in enumerate(days)
        ]
        db.add_all(questions)
        db.flush()
        first, second = (str(one.id) for one in questions)
        db.execute(sa.update(Booking).values(answers={first: "noix", second: True}))

    context.clock.set(NOW.replace(month=10, day=9, hour=21, minute=59))  # 23:59 in Paris
    assert run(context, forget_answers) == []
    context.clock.advance(minutes=1)
    assert run(context, forget_answers) == [1]
    assert [one.answers for one in bookings(context)] == [{second: True}]

    context.clock.set(NOW.replace(month=10, day=21))
    assert run(context, forget_answers) == [1]
    assert [one.answers for one in bookings(context)] == [{}]
    assert answer.body["token"] == registration(context, answer).token


def registration(context, answer):
    with context.database.read() as db:
        return db.get_one(Registration, UUID(answer.body["id"]))


def test_an_edition_is_erased_so_many_months_after_its_last_session_as_the_site_says(context):
    edition = new_id()
    session = publish(context, **of_edition(edition, days=7))
    publish(context, **of_edition(edition, days=20))  # ends on 14 October
    describe_site(context, 2)
    answer = register_person(context, session)

    context.clock.set(NOW.replace(month=12, day=13, hour=23))
    assert run(context, erase_aged) == []
    assert traces(context, answer) == ALL

    context.clock.set(NOW.replace(month=12, day=14, hour=0))
    assert run(context, erase_aged) == [1]
    assert traces(context, answer) == set()
    with context.database.read() as db:
        erasures = db.execute(sa.select(Erasure.reason, Erasure.registrations)).all()
    assert [tuple(row) for row in erasures] == [("age", 1)]


def test_where_nobody_said_how_long_it_is_three_months(context):
    answer = register_person(context, publish(context))  # on 1 October

    context.clock.set(NOW.replace(year=2026, month=12, day=31))
    assert run(context, erase_aged) == []
    context.clock.set(NOW.replace(year=2027, month=1, day=1))
    assert run(context, erase_aged) == [1]
    assert traces(context, answer) == set()


def test_who_is_also_registered_for_a_later_edition_is_kept_until_that_is_over(context):
    spring, autumn = of_edition(days=7), of_edition(days=100)
    both = register_person(context, publish(context, **spring), publish(context, **autumn))

    context.clock.advance(days=7 + 93)
    assert run(context, erase_aged) == []
    context.clock.advance(days=93)
    assert run(context, erase_aged) == [1]
    assert traces(context, both) == set()


def test_many_are_erased_some_at_a_time(context):
    session = publish(context, capacity=None)
    register(context, *(request(wanted(session), email=f"p{n}@example.org") for n in range(7)))
    context.clock.advance(days=120)

    assert run(context, erase_aged, most=3) == [3, 3, 1]
    with context.database.read() as db:
        left = db.execute(sa.select(Registration.email, Registration.name).distinct()).all()
    assert [tuple(row) for row in left] == [(None, "")]
    assert seats(context, session).taken == 14


@given(st.dates(date(1999, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_so_many_months_later_is_the_same_day_or_the_end_of_a_shorter_month(day, months):
    later = erased_on(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    if later.day != day.day:
        assert later.day < day.day
        assert (later + timedelta(days=1)).day == 1
