"""Whatever people and organisers do, in whatever order, the counters are right."""

import tempfile
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from services.registration.domain.changing import (
    ChangeRefused,
    cancel_booking,
    cancel_registration,
    change_party,
)
from services.registration.models import Registration, SessionSeats
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import make_context
from tests.services.registration.factories import (
    publish,
    register,
    request,
    taken_by_bookings,
    wanted,
)

parties = st.fixed_dictionaries(
    {"adults": st.integers(0, 3), "children": st.integers(0, 3)}
).filter(lambda party: sum(party.values()) > 0)
capacities = st.one_of(st.none(), st.integers(0, 8))


class Registering(RuleBasedStateMachine):
    """Three sessions, any number of registrations, every way to change them."""

    registrations = Bundle("registrations")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "registration.sqlite"
        self.context = make_context("registration", f"sqlite:///{path}")
        self.sessions = [publish(self.context, capacity=4) for _ in range(3)]
        self.versions = dict.fromkeys(self.sessions, 1)

    def teardown(self) -> None:
        self.context.database.dispose()
        self.folder.cleanup()

    @rule(
        target=registrations,
        baskets=st.lists(
            st.dictionaries(
                st.integers(0, 2), st.tuples(parties, st.booleans()), min_size=1, max_size=3
            ),
            min_size=1,
            max_size=3,
        ),
    )
    def register_together(self, baskets):
        answers = register(
            self.context,
            *[
                request(
                    *[
                        wanted(self.sessions[index], may_wait=may_wait, **party)
                        for index, (party, may_wait) in basket.items()
                    ]
                )
                for basket in baskets
            ],
        )
        return multiple(*[answer.body for answer in answers if answer.status == 201])

    @rule(registration=registrations, data=st.data(), party=parties)
    def change_a_party(self, registration, data, party):
        booking = data.draw(st.sampled_from(registration["bookings"]))
        try:
            with self.context.database.write() as db:
                change_party(
                    db,
                    registration["token"],
                    UUID(booking["id"]),
                    party,
                    now=self.context.clock(),
                )
        except ChangeRefused:
            pass

    @rule(registration=registrations, data=st.data())
    def cancel_a_booking(self, registration, data):
        booking = data.draw(st.sampled_from(registration["bookings"]))
        with self.context.database.write() as db:
            cancel_booking(db, registration["token"], UUID(booking["id"]), now=self.context.clock())

    @rule(registration=registrations)
    def cancel_everything(self, registration):
        with self.context.database.write() as db:
            cancel_registration(db, registration["token"], now=self.context.clock())

    @rule(index=st.integers(0, 2), capacity=capacities, is_cancelled=st.booleans())
    def publish_again(self, index, capacity, is_cancelled):
        session = self.sessions[index]
        self.versions[session] += 1
        publish(
            self.context,
            version=self.versions[session],
            id=str(session),
            capacity=capacity,
            status="cancelled" if is_cancelled else "confirmed",
        )

    @invariant()
    def counters_are_the_sums_of_the_bookings(self):
        with self.context.database.read() as db:
            for session in self.sessions:
                row = db.get_one(SessionSeats, session)
                assert (row.taken, row.waiting) == taken_by_bookings(db, session)

    @invariant()
    def no_more_is_taken_than_the_capacity_or_what_it_was_before(self):
        with self.context.database.read() as db:
            for session in self.sessions:
                row = db.get_one(SessionSeats, session)
                if row.capacity is not None:
                    assert row.ceiling == max(row.capacity, row.taken)

    @invariant()
    def nobody_waits_who_would_fit(self):
        with self.context.database.read() as db:
            for registration in db.query(Registration):
                for booking in registration.bookings:
                    if booking.status == "waitlisted":
                        row = db.get_one(SessionSeats, booking.session_id)
                        assert not row.bookable or (
                            row.capacity is not None and booking.seats > row.capacity - row.taken
                        )

    @invariant()
    def every_version_of_a_registration_was_told_once(self):
        with self.context.database.read() as db:
            told: dict[UUID, list[int]] = {}
            for row in db.execute(OUTBOX.select().order_by(OUTBOX.c.row)):
                told.setdefault(row.aggregate_id, []).append(row.aggregate_version)
                last = row.data
                assert last["id"] == str(row.aggregate_id)
            for registration in db.query(Registration):
                assert told[registration.id] == list(range(1, registration.version + 1))


Registering.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestRegistering = Registering.TestCase
