"""What a family may ask for beside seats: wheelchairs, sign language, answers, a telephone."""

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registration.domain.changing import change_party
from services.registration.domain.registering import WantedBooking
from services.registration.models import Booking, Question, Registration, SessionRules, SessionSeats
from services.registration.schemas import InvalidBody, RegistrationBody, load
from shared.identifiers import new_id
from tests.services.registration.factories import publish, recorded, register, request, wanted
from tests.services.registration.factories import seats as seats_of

QUESTION = "01a1b2c3-0000-7000-8000-0000000000aa"


def ask(session, **more):
    """Return two adults who ask for more than seats."""
    return WantedBooking(session, {"adults": 2}, **more)


def rule(context, session, *, questions=(), **rules):
    """Give a session rules of its own."""
    with context.database.write() as db:
        db.add(SessionRules(session_id=session, **rules))
        db.flush()
        for position, question in enumerate(questions):
            values = {
                "id": new_id(),
                "session_id": session,
                "position": position,
                "kind": "text",
                "label": {"fr": "Votre école ?", "en": None},
                "purpose": {"fr": "Préparer les ateliers", "en": None},
                "forgotten_on": date(2026, 12, 1),
            }
            db.add(Question(**(values | question)))
        db.execute(
            sa.update(SessionSeats).where(SessionSeats.session_id == session).values(has_rules=True)
        )


def booked(context):
    with context.database.read() as db:
        return db.scalars(sa.select(Booking).order_by(Booking.id)).all()


def reasons(answer):
    return [(each["pointer"], each["code"], each.get("limit")) for each in answer.body["bookings"]]


def test_a_wheelchair_takes_its_own_place_and_no_seat(context):
    session = publish(context, capacity=1)
    with context.database.write() as db:
        db.execute(sa.update(SessionSeats).values(wheelchair_places=1))
    first, second = register(
        context, request(ask(session, wheelchairs=1)), request(ask(session, wheelchairs=1))
    )
    assert (first.status, second.status) == (201, 409)
    counted = seats_of(context, session)
    assert (counted.taken, counted.wheelchairs, counted.bookings) == (1, 1, 1)
    [booking] = booked(context)
    assert (booking.seats, booking.wheelchairs) == (1, 1)
    assert recorded(context)[0][2]["bookings"][0]["wheelchairs"] == 1


def test_a_party_that_becomes_smaller_gives_back_the_wheelchair_place_that_nobody_needs(context):
    session = publish(context, capacity=4)
    with context.database.write() as db:
        db.execute(sa.update(SessionSeats).values(wheelchair_places=2))
    first, second = register(
        context,
        request(ask(session, wheelchairs=2)),
        request(ask(session, wheelchairs=1, may_wait=True)),
    )
    booking = UUID(first.body["bookings"][0]["id"])
    with context.database.write() as db:
        change_party(db, first.body["token"], booking, {"adults": 1}, now=context.clock())

    assert [(one.status, one.wheelchairs) for one in booked(context)] == [
        ("confirmed", 1),
        ("offered", 1),
    ]
    counted = seats_of(context, session)
    assert (counted.taken, counted.wheelchairs, counted.waiting) == (1, 2, 0)
    assert second.body["bookings"][0]["status"] == "waitlisted"


def test_more_wheelchairs_than_a_session_ever_has_places_for_are_refused(context):
    session = publish(context)
    with context.database.write() as db:
        db.execute(sa.update(SessionSeats).values(wheelchair_places=1))
    [answer] = register(context, request(ask(session, wheelchairs=2, may_wait=True)))
    assert answer.status == 409
    assert reasons(answer) == [("/bookings/0/wheelchairs", "no_wheelchair_place", 1)]


def test_what_is_asked_for_is_kept_with_the_booking(context):
    session = publish(context)
    rule(context, session, questions=[{"id": new_id()}])
    with context.database.read() as db:
        question = str(db.scalars(sa.select(Question.id)).one())
    more = {"sign_language": True, "answers": {question: " Jean Moulin "}}
    [answer] = register(context, request(ask(session, **more), telephone="06 12 34 56 78"))
    assert answer.status == 201
    [booking] = booked(context)
    assert (booking.sign_language, booking.answers) == (True, {question: "Jean Moulin"})
    with context.database.read() as db:
        assert db.scalars(sa.select(Registration.telephone)).all() == ["06 12 34 56 78"]


def test_a_party_outside_the_limits_of_a_session_is_refused_where_it_breaks_them(context):
    plain, limited = publish(context), publish(context)
    rule(context, limited, party_limits={"children": [1, 2]}, largest_party=3)
    lonely, crowd, fitting = register(
        context,
        request(wanted(plain), wanted(limited, adults=1)),
        request(wanted(limited, adults=2, children=2), wanted(plain)),
        request(wanted(limited, adults=1, children=2), wanted(plain)),
    )
    assert reasons(lonely) == [("/bookings/1/party/children", "too_few", 1)]
    assert reasons(crowd) == [("/bookings/0/party", "too_many", 3)]
    assert fitting.status == 201


@pytest.mark.parametrize(
    ("answers", "code"),
    [({}, "unanswered"), ({QUESTION: True}, "not_text"), ({QUESTION: "x" * 501}, "too_long")],
)
def test_a_question_wants_an_answer_that_it_can_have(context, answers, code):
    session = publish(context)
    rule(context, session, questions=[{"id": UUID(QUESTION), "is_required": True}])
    [answer] = register(context, request(ask(session, answers=answers)))
    assert reasons(answer) == [(f"/bookings/0/answers/{QUESTION}", code, None)]
    assert booked(context) == []


def test_asking_for_something_else_with_the_same_key_is_another_request(context):
    session = publish(context, capacity=None)
    same = [ask(session), ask(session, wheelchairs=1), ask(session, sign_language=True)]
    prints = {request(each).fingerprint for each in same}
    prints |= {
        request(ask(session, answers={QUESTION: "a"})).fingerprint,
        request(ask(session, answers={QUESTION: "b"})).fingerprint,
        request(ask(session), telephone="0612345678").fingerprint,
    }
    assert len(prints) == 6
    first, again = register(context, request(same[0], key="k")), request(same[1], key="k")
    assert first[0].status == 201
    assert register(context, again)[0].body == {"code": "key_reused"}


def body(**booking):
    return {
        "email": "camille@example.org",
        "name": "王小明 Łukasz",
        "bookings": [{"session_id": str(new_id()), "party": {"adults": 2}, **booking}],
    }


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"wheelchairs": 3}, "/bookings/0/wheelchairs", "too_many_wheelchairs"),
        ({"wheelchairs": -1}, "/bookings/0/wheelchairs", "not_count"),
        ({"wheelchairs": True}, "/bookings/0/wheelchairs", "not_count"),
        ({"sign_language": "yes"}, "/bookings/0/sign_language", "not_boolean"),
        ({"answers": ["a"]}, "/bookings/0/answers", "not_object"),
        ({"answers": {"x": "a"}}, "/bookings/0/answers/x", "not_id"),
        ({"answers": {QUESTION: 3}}, f"/bookings/0/answers/{QUESTION}", "not_answer"),
        (
            {"answers": {QUESTION: "a\x00"}},
            f"/bookings/0/answers/{QUESTION}",
            "not_text_characters",
        ),
        ({"dog": 1}, "/bookings/0/dog", "unknown_field"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_pointer(change, pointer, code):
    with pytest.raises(InvalidBody) as refused:
        load(RegistrationBody(), body(**change))
    assert refused.value.errors == {pointer: [code]}


@pytest.mark.parametrize("telephone", ["06 12 34 56 78", "+33 (0)6.12.34.56.78", "0476448880"])
def test_a_telephone_number_is_kept_as_it_was_typed(telephone):
    assert (
        load(RegistrationBody(), body() | {"telephone": f" {telephone} "})["telephone"] == telephone
    )


@pytest.mark.parametrize("telephone", ["12345", "appelez-moi", "06 12 34 56 78 poste 3", "+" * 9])
def test_what_is_no_telephone_number_is_refused(telephone):
    with pytest.raises(InvalidBody) as refused:
        load(RegistrationBody(), body() | {"telephone": telephone})
    assert refused.value.errors == {"/telephone": ["telephone"]}
