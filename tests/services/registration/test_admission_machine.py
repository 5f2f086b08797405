"""Whatever people, organisers and the clock do, in whatever order, it is what the model says.

Admission, waitlist, offers, moves, allotments and overbooking, on both databases, against the
reference of `waitlist_model`. The examples share a database; each has sessions of its own.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from services.registration.domain import allotments
from services.registration.domain.allotments import AllotmentRefused
from services.registration.domain.changing import (
    ChangeRefused,
    accept,
    cancel_booking,
    cancel_registration,
    change_party,
    decline,
)
from services.registration.domain.deadlines import offer_deadline
from services.registration.domain.moving import MoveRefused, propose
from services.registration.domain.offers import expire_offers
from services.registration.domain.spare_seats import renew_extra
from services.registration.models import Booking, Registration, SessionRules, SessionSeats
from shared.identifiers import new_id
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.registration.factories import (
    publish,
    publish_again,
    register,
    registrar,
    request,
    tell,
    wanted,
)
from tests.services.registration.waitlist_model import ALIVE, Allotted, Booked, Session

DAYS = 5
SESSIONS = 2
indexes = st.sampled_from([0, 0, 0, 1])  # crowds are found in one of the two
parties = st.integers(1, 3)
capacities = st.sampled_from([4, 3, 5, 2, 6, 8, 1, 0, None])
may_wait = st.sampled_from([True, True, True, False])


class Waitlists(RuleBasedStateMachine):
    """Two sessions, any number of registrations, every way to change them."""

    context: Any = None
    registrations = Bundle("registrations")
    kept = Bundle("kept")

    def __init__(self) -> None:
        super().__init__()
        self.context.clock.set(NOW)  # nights come alike in each example, so it can be repeated
        starts = self.now + timedelta(days=DAYS)
        values: dict[str, Any] = {
            "starts_at": starts.isoformat(),
            "ends_at": starts.isoformat(),
            "capacity": 6,
            "activity_id": str(new_id()),
        }
        self.ids = [publish(self.context, **values) for _ in range(SESSIONS)]
        self.sessions = [Session(6, starts) for _ in self.ids]
        self.desks = [registrar(self.context) for _ in range(2)]  # each knows what it saw itself

    @property
    def now(self):
        return self.context.clock()

    def do(self, function, *arguments, **values):
        with self.context.database.write() as db:
            return function(db, *arguments, now=self.now, **values)

    def serve(self):
        for session in self.sessions:
            session.serve(self.now)

    def model(self, booking_id):
        return next(
            one for each in self.sessions for one in each.bookings if one.id == UUID(booking_id)
        )

    # ---------------------------------------------------------------- what people do

    @initialize(target=kept, seats=st.integers(1, 3))
    def begin_with_an_allotment(self, seats):
        return self.keep(0, seats)

    @initialize(target=registrations, crowd=st.lists(parties, min_size=3, max_size=6))
    def begin_with_a_crowd(self, crowd):
        return self.register_together([{0: (adults, True)} for adults in crowd])

    @rule(
        target=registrations,
        baskets=st.lists(
            st.dictionaries(indexes, st.tuples(parties, may_wait), min_size=1),
            min_size=1,
            max_size=3,
        ),
    )
    def register_together(self, baskets):
        asked = [
            request(
                *[
                    wanted(self.ids[index], may_wait=may_wait, adults=adults)
                    for index, (adults, may_wait) in basket.items()
                ]
            )
            for basket in baskets
        ]
        desk = self.desks.pop(0)
        self.desks.append(desk)
        answers = desk.admit(asked)
        made = []
        for basket, answer in zip(baskets, answers, strict=True):
            statuses = [
                self.sessions[index].admit(adults, may_wait, self.now)
                for index, (adults, may_wait) in basket.items()
            ]
            if None in statuses:
                assert answer.status == 409
                continue
            assert [one["status"] for one in answer.body["bookings"]] == statuses
            for (index, (adults, _)), one in zip(
                basket.items(), answer.body["bookings"], strict=True
            ):
                session = self.sessions[index]
                session.bookings.append(Booked(UUID(one["id"]), session, adults, one["status"]))
            made.append(answer.body)
        assert register(self.context, *asked) == answers  # the same keys, the same answers
        return multiple(*made)

    @rule(registration=registrations, data=st.data(), adults=parties)
    def resize(self, registration, data, adults):
        booking = data.draw(st.sampled_from(registration["bookings"]))
        one = self.model(booking["id"])
        allowed = one.session.may_resize(one, adults, self.now)
        try:
            self.do(change_party, registration["token"], one.id, {"adults": adults})
            assert allowed or adults == one.seats
        except ChangeRefused:
            assert not allowed
        if allowed and adults != one.seats:
            one.seats = adults
            for move in self.proposed_for(one):
                more = adults - move.seats
                session = move.session
                grows = session.is_open(self.now) and more <= session.room()
                if session.may_ever(adults) and (more <= 0 or grows):
                    move.seats = adults
                else:
                    move.end("declined")
            self.serve()

    def proposed_for(self, one):
        bookings = [move for each in self.sessions for move in each.bookings]
        return [move for move in bookings if move.replaces is one and move.is_proposed]

    def leave(self, *bookings):
        """End bookings for their contact, and what is proposed in their place."""
        for one in bookings:
            one.end("declined" if one.is_proposed else "contact")
        for one in bookings:
            if one.ended_for == "contact":
                for move in self.proposed_for(one):
                    move.end("declined")

    @rule(registration=registrations, data=st.data())
    def cancel_a_booking(self, registration, data):
        one = self.model(data.draw(st.sampled_from(registration["bookings"]))["id"])
        was_gone = one.status == "cancelled"
        self.do(cancel_booking, registration["token"], one.id)
        if not was_gone:
            self.leave(one)
        self.serve()

    @rule(registration=registrations)
    def cancel_everything(self, registration):
        self.do(cancel_registration, registration["token"])
        self.leave(*[self.model(booking["id"]) for booking in registration["bookings"]])
        self.serve()

    @rule(registration=registrations, data=st.data(), accepts=st.booleans(), twice=st.booleans())
    def answer(self, registration, data, accepts, twice):
        booking = data.draw(st.sampled_from(registration["bookings"]))
        one = self.model(booking["id"])
        done = ("confirmed", None) if accepts else ("cancelled", "declined")
        for _ in range(1 + twice):
            allowed = one.status == "offered" or (one.status, one.ended_for) == done
            try:
                self.do(accept if accepts else decline, registration["token"], one.id)
                assert allowed
            except ChangeRefused:
                assert not allowed
            if one.status == "offered":
                one.status, one.ended_for = done
                one.until = None
                if accepts and one.replaces is not None:
                    one.replaces.end("moved")
                self.serve()

    # ---------------------------------------------------------------- what organisers do

    @rule(
        chosen=st.lists(registrations, min_size=1, max_size=3, unique_by=lambda one: one["id"]),
        index=st.sampled_from([0, 1]),
    )
    def propose_to_move(self, chosen, index):
        source, target = self.sessions[index], self.sessions[1 - index]
        of = {UUID(one["id"]): each for each in chosen for one in each["bookings"]}
        ticked = [one for one in source.bookings if one.id in of]
        arguments = self.ids[index], self.ids[1 - index], list(of)
        if not target.is_open(self.now) or self.now >= source.starts_at:
            with pytest.raises(MoveRefused):
                self.do(propose, *arguments, note="")
            return
        found = self.do(propose, *arguments, note="Il y a plus de place.")
        fitting = []
        for one in ticked:
            theirs = [self.model(booking["id"]) for booking in of[one.id]["bookings"]]
            is_asked = one.is_proposed or self.proposed_for(one)
            is_there = any(b.session is target and b.status != "cancelled" for b in theirs)
            if one.status == "cancelled" or is_asked or is_there or not target.may_ever(one.seats):
                continue
            if one.seats + sum(other.seats for other in fitting) <= target.room():
                fitting.append(one)
        assert [one.id for one, _seats in found.fitting] == [one.id for one in fitting]
        for one in fitting:
            with self.context.database.read() as db:
                [made] = db.scalars(
                    sa.select(Booking.id).where(
                        Booking.replaces_id == one.id, Booking.status == "offered"
                    )
                )
            until = offer_deadline(
                self.now,
                starts_at=target.starts_at,
                closes_at=target.starts_at,
                zone="Europe/Paris",
            )
            target.bookings.append(Booked(made, target, one.seats, "offered", until, replaces=one))
            of[one.id]["bookings"].append({"id": str(made)})

    @rule(index=indexes, capacity=capacities, is_cancelled=st.integers(0, 3))
    def publish_again(self, index, capacity, is_cancelled):
        session = self.sessions[index]
        session.capacity, session.is_cancelled = capacity, index == 1 and is_cancelled == 0
        status = "cancelled" if session.is_cancelled else "confirmed"
        publish_again(self.context, self.ids[index], capacity=capacity, status=status)
        tell(self.context)
        if session.is_cancelled:
            for one in session.bookings:
                one.end("organiser")
        self.serve()

    @rule(index=indexes, seats=st.integers(0, 3))
    def overbook(self, index, seats):
        with self.context.database.write() as db:
            db.merge(
                SessionRules(
                    session_id=self.ids[index],
                    party_limits={},
                    overbooking="fixed",
                    overbooking_seats=seats,
                    revision=1,
                )
            )
            db.flush()
            renew_extra(db, [self.ids[index]], now=self.now)
        with self.context.database.read() as db:
            self.sessions[index].extra = db.get_one(SessionSeats, self.ids[index]).extra
        assert self.sessions[index].extra in (0, seats)
        self.serve()

    @rule(target=kept, index=indexes, seats=st.integers(0, 4))
    def keep(self, index, seats):
        session = self.sessions[index]
        allowed = session.capacity is not None and seats <= session.room()
        with self.context.database.write() as db:
            try:
                made = allotments.create(db, self.ids[index], name="Écoles", seats=seats)
            except AllotmentRefused:
                assert not allowed
                return multiple()
            assert allowed
            session.allotments[made.id] = Allotted(seats)
            return index, made.id

    @rule(allotted=kept, seats=st.integers(0, 5))
    def keep_another_number(self, allotted, seats):
        index, allotment = allotted
        session = self.sessions[index]
        mine = session.allotments[allotment]
        more = max(0, seats - session.taken_of(allotment)) - session.held_by(allotment)
        allowed = not mine.is_released and (more <= 0 or more <= session.room())
        try:
            self.do(allotments.resize, allotment, seats)
            assert allowed
        except AllotmentRefused:
            assert not allowed
        if allowed:
            mine.seats = seats
            self.serve()

    @rule(allotted=kept)
    def release(self, allotted):
        index, allotment = allotted
        self.do(allotments.release, allotment)
        self.sessions[index].allotments[allotment].is_released = True
        self.serve()

    @rule(target=registrations, allotted=kept, adults=parties)
    def register_into(self, allotted, adults):
        index, allotment = allotted
        session = self.sessions[index]
        asked = request(wanted(self.ids[index], adults=adults))
        try:
            answer = self.do(allotments.register_into, allotment, asked)
        except AllotmentRefused:
            assert session.allotments[allotment].is_released
            return multiple()
        assert not session.allotments[allotment].is_released
        fits = session.may_ever(adults) and adults <= session.room(allotment)
        assert (answer.status == 201) == (session.is_open(self.now) and fits)
        if answer.status != 201:
            return multiple()
        [one] = answer.body["bookings"]
        session.bookings.append(
            Booked(UUID(one["id"]), session, adults, "confirmed", allotment=allotment)
        )
        return answer.body

    # ---------------------------------------------------------------- what the clock does

    @rule(hours=st.sampled_from([24, 25, 6, 1]))
    def time_passes(self, hours):
        self.context.clock.advance(hours=hours)
        while self.do(expire_offers):
            pass
        for session in self.sessions:
            session.expire(self.now)
        self.serve()

    # ---------------------------------------------------------------- what always holds

    @invariant()
    def everybody_stands_as_in_the_model(self):
        with self.context.database.read() as db:
            for session_id, session in zip(self.ids, self.sessions, strict=True):
                rows = db.scalars(
                    sa.select(Booking).where(Booking.session_id == session_id).order_by(Booking.id)
                )
                stored = [
                    (
                        row.id,
                        row.status,
                        row.seats,
                        row.offer_expires_at,
                        row.ended_for,
                        row.allotment_id,
                        row.replaces_id,
                    )
                    for row in rows
                ]
                assert stored == [(one.id, *one.state) for one in session.bookings]

    @invariant()
    def the_counters_are_the_sums_and_nothing_is_oversold(self):
        with self.context.database.read() as db:
            for session_id, session in zip(self.ids, self.sessions, strict=True):
                row = db.get_one(SessionSeats, session_id)
                alive = [one for one in session.bookings if one.status in ALIVE]
                waiting = [one for one in session.bookings if one.status == "waitlisted"]
                assert (row.taken, row.held, row.bookings, row.waiting) == (
                    session.taken,
                    session.held,
                    len(alive),
                    len(waiting),
                )
                if row.capacity is not None:
                    used = row.taken + row.held
                    assert row.ceiling == max(row.capacity + row.extra, used)

    @invariant()
    def nobody_waits_without_an_offer_who_would_fit(self):
        for session in self.sessions:
            if session.is_open(self.now):
                waiting = [one.seats for one in session.bookings if one.status == "waitlisted"]
                assert all(seats > session.room() for seats in waiting)

    def teardown(self):
        """Every version of every registration was told once."""
        with self.context.database.read() as db:
            made = db.execute(
                sa.select(Registration.id, Registration.version)
                .join(Booking)
                .where(Booking.session_id.in_(self.ids))
                .distinct()
            ).all()
            told: dict[UUID, list[int]] = {}
            rows = db.execute(
                sa.select(OUTBOX.c.aggregate_id, OUTBOX.c.aggregate_version)
                .where(OUTBOX.c.aggregate_id.in_([row.id for row in made]))
                .order_by(OUTBOX.c.row)
            )
            for row in rows:
                told.setdefault(row.aggregate_id, []).append(row.aggregate_version)
        assert told == {row.id: list(range(1, row.version + 1)) for row in made}


def test_whatever_happens_it_is_what_the_model_says(context):
    machine = type("Waitlists", (Waitlists,), {"context": context})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
