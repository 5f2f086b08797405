"""After an erasure nothing tells who it was, the counts are as they were, and nothing is half."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import erasing
from services.registration.domain.blanking import blank
from services.registration.domain.changing import UnknownRegistration, cancel_registration
from services.registration.domain.erasing import erase, find_of_address, find_of_code
from services.registration.domain.links import answer_requests, ask_for_links
from services.registration.domain.registering import KEY_REUSED
from services.registration.list_queries import booked_parties, states_counted
from services.registration.models import Booking, Erasure, Registration, SessionSeats
from shared.contracts.registration import (
    MESSAGE_WRITTEN,
    REGISTRATION_CANCELLED,
    REGISTRATION_CHANGED,
    REGISTRATION_MADE,
)
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record
from tests.contracts.golden import golden
from tests.services.registration.erasing import (
    ALL,
    EMAIL,
    everything,
    register_person,
    traces,
)
from tests.services.registration.factories import (
    publish,
    publish_again,
    recorded,
    register,
    request,
    seats,
    wanted,
)


def erase_all(context, *answers, reason="asked", **who):
    with context.database.write() as db:
        ids = [UUID(answer.body["id"]) for answer in answers]
        return erase(db, ids, reason=reason, now=context.clock(), **who)


def counters(row: SessionSeats):
    return (row.taken, row.held, row.bookings, row.waiting, row.wheelchairs)


def end_session(context, session_id):
    """Let the session be over since yesterday."""
    begins = context.clock() - timedelta(days=1)
    times = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
    publish_again(context, session_id, **{name: at.isoformat() for name, at in times.items()})


def test_nothing_is_left_of_a_person_in_any_table(context):
    session = publish(context)
    answer = register_person(context, session)
    assert traces(context, answer) == ALL

    assert erase_all(context, answer, account_name="Ada Martin") == 1

    assert traces(context, answer) == set()
    with context.database.read() as db:
        assert list(find_of_address(db, EMAIL)) == []
        [erasure] = db.scalars(sa.select(Erasure))
    assert (erasure.reason, erasure.registrations, erasure.account_name, erasure.details) == (
        "asked",
        1,
        "Ada Martin",
        {"cancelled": 1},
    )
    assert recorded(context)[-1] == (
        "registrations_erased",
        1,
        {"id": str(erasure.id), "registrations": [answer.body["id"]], "needs": []},
    )


def test_what_is_to_come_is_cancelled_and_the_next_party_is_offered_the_seats(context):
    session = publish(context, capacity=2)
    answer = register_person(context, session)
    [waiting] = register(context, request(wanted(session, may_wait=True), email="b@example.org"))
    before = counters(seats(context, session))

    erase_all(context, answer)

    assert before == (2, 0, 1, 1, 0)
    assert counters(seats(context, session)) == (2, 0, 1, 0, 0)
    with context.database.read() as db:
        states = db.execute(
            sa.select(Booking.status, Booking.ended_for, Registration.status, Registration.email)
            .join(Registration)
            .order_by(Booking.id)
        ).all()
    assert [tuple(row) for row in states] == [
        ("cancelled", "contact", "cancelled", None),
        ("offered", None, "active", "b@example.org"),
    ]
    assert waiting.body["id"] in everything(context)


def test_counts_of_what_is_over_stay_as_they_were(context):
    session = publish(context)
    answer = register_person(context, session, adults=2, children=3)
    end_session(context, session)
    before = counters(seats(context, session))

    erase_all(context, answer, reason="age")

    assert before == counters(seats(context, session)) == (5, 0, 1, 0, 0)
    with context.database.read() as db:
        [booking] = db.scalars(sa.select(Booking))
    assert (booking.status, booking.party, booking.seats) == (
        "confirmed",
        {"adults": 2, "children": 3},
        5,
    )


def test_whoever_is_erased_stands_in_no_list_any_more(context):
    session = publish(context)
    answer = register_person(context, session)
    register(context, request(wanted(session), email="d@example.org", name="Dominique Faure"))
    end_session(context, session)
    erase_all(context, answer, reason="age")

    with context.database.read() as db:
        listed = [party.name for party in booked_parties(db, session)]
        counted = states_counted(db, session)

    assert listed == ["Dominique Faure"]
    assert (counted["coming"], seats(context, session).bookings) == (1, 2)


def test_a_failure_in_the_middle_leaves_everything_as_it_was(context, monkeypatch):
    session = publish(context)
    answer = register_person(context, session)
    before = everything(context)

    def fail(*_args, **_more):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(erasing, "record", fail)
    with pytest.raises(RuntimeError):
        erase_all(context, answer)
    assert everything(context) == before

    monkeypatch.undo()
    assert erase_all(context, answer) == 1
    assert traces(context, answer) == set()


def test_erasing_again_changes_nothing(context):
    answer = register_person(context, publish(context))
    erase_all(context, answer)
    after = everything(context)

    assert erase_all(context, answer) == 0
    assert everything(context) == after


def test_a_request_that_is_sent_again_registers_nobody_again(context):
    session = publish(context)
    asked = request(wanted(session), key="the same key")
    [made] = register(context, asked)
    erase_all(context, made)

    [again] = register(context, asked)

    assert (again.status, again.body) == (KEY_REUSED, {"code": "key_reused"})
    with context.database.read() as db:
        assert list(find_of_address(db, EMAIL)) == []


def test_the_link_opens_nothing_afterwards(context):
    answer = register_person(context, publish(context))
    erase_all(context, answer)

    with pytest.raises(UnknownRegistration), context.database.write() as db:
        cancel_registration(db, answer.body["token"], now=context.clock())


def test_what_was_written_to_somebody_and_asked_for_them_goes_too(context):
    answer = register_person(context, publish(context))
    [other] = register(context, request(wanted(publish(context)), email=EMAIL))
    written = golden(MESSAGE_WRITTEN).data | {
        "registration_id": answer.body["id"],
        "email": EMAIL,
        "text": "Venez par le jardin.",
    }
    with context.database.write() as db:
        record(db, Fact(MESSAGE_WRITTEN, new_id(), 1, written), now=context.clock())
        for _again in range(2):
            ask_for_links(db, EMAIL, locale="fr", now=context.clock())
        answer_requests(db, now=context.clock())
        ask_for_links(db, EMAIL, locale="fr", now=context.clock())
    listed = [data for name, _, data in recorded(context) if name == "links_requested"]
    assert [one["registration_id"] for one in listed[0]["registrations"]] == [
        other.body["id"],
        answer.body["id"],
    ]

    erase_all(context, answer)

    told = {name: data for name, _, data in recorded(context)}
    assert (told["message_written"]["text"], told["message_written"]["email"]) == ("", "")
    assert (told["links_requested"]["email"], told["links_requested"]["registrations"]) == (
        None,
        None,
    )
    assert traces(context, answer) <= {"email", "name"}  # the other registration's
    erase_all(context, other)
    assert traces(context, answer) == set()


def test_other_people_keep_what_they_have(context):
    session = publish(context)
    answer = register_person(context, session)
    [other] = register(
        context, request(wanted(session), email="dominique@example.org", name="Dominique Faure")
    )
    erase_all(context, answer)

    with context.database.read() as db:
        kept = db.get_one(Registration, UUID(other.body["id"]))
        assert list(find_of_address(db, " Dominique@Example.org ")) == [kept.id]
        assert list(find_of_code(db, f" {kept.code[:4].lower()}-{kept.code[4:]}")) == [kept.id]
    assert (kept.name, kept.token, kept.erased_at) == (
        "Dominique Faure",
        other.body["token"],
        None,
    )
    told = [data for name, _, data in recorded(context) if name == "registration_made"]
    assert [data["name"] for data in told] == ["", "Dominique Faure"]


@pytest.mark.parametrize(
    ("event", "version"),
    [
        (event, version)
        for event in (REGISTRATION_MADE, REGISTRATION_CHANGED, REGISTRATION_CANCELLED)
        for version in range(1, event.version + 1)
    ],
)
def test_a_blanked_event_of_any_version_can_still_be_read_and_writes_to_nobody(event, version):
    told = golden(event, version).data

    left = event.read(blank(told))

    personal = ("email", "name", "token", "ticket", "code")
    assert [left[name] for name in personal] == [None, "", "", "", ""]
    assert {k: v for k, v in blank(told).items() if k not in (*personal, "bookings")} == {
        k: v for k, v in told.items() if k not in (*personal, "bookings")
    }


def test_a_blanked_message_can_still_be_read():
    left = MESSAGE_WRITTEN.read(blank(golden(MESSAGE_WRITTEN, 1).data))

    personal = ("email", "name", "token", "code", "subject", "text")
    assert {left[name] for name in personal} == {""}


@given(
    st.dictionaries(st.sampled_from(["email", "name", "token", "text", "subject"]), st.text()),
    st.integers(0, 5),
)
def test_blanking_twice_is_as_good_as_once_and_makes_no_field_up(data, wheelchairs):
    told = data | {"bookings": [{"id": "b", "wheelchairs": wheelchairs, "seats": 2}]}

    once = blank(told)

    assert blank(once) == once
    assert set(once) == set(told)
    assert not any(once[name] for name in data)
    assert once["bookings"] == [{"id": "b", "wheelchairs": 0, "seats": 2}]
