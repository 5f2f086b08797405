"""Whatever organisers release and people do, in whatever order it comes, everybody knows the truth.

What somebody was told is followed through the events alone: a registration's first one tells of the
version of its sessions that it names, and each one of a release tells the change.
"""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from services.registration.domain.changing import ChangeRefused, cancel_booking, change_party
from services.registration.domain.releases import close_release
from services.registration.domain.sessions import keep_session
from services.registration.domain.telling import tell_some
from services.registration.domain.told import says_the_same, told_state
from services.registration.models import (
    Registration,
    ReleaseArrival,
    SessionSeats,
    ToldSession,
    UntoldChange,
)
from shared.contracts.scheduling import SESSION_PUBLISHED
from shared.identifiers import new_id
from shared.messaging.handlers import Parked
from shared.testing.contexts import make_context
from tests.services.registration.factories import (
    envelope,
    moved,
    recorded,
    register,
    release_closing,
    request,
    session_data,
    taken_by_bookings,
    tell,
    wanted,
)

SESSIONS = 3

changes = st.fixed_dictionaries(
    {},
    optional={
        "hours": st.integers(0, 2),
        "status": st.sampled_from(["confirmed", "confirmed", "cancelled"]),
        "capacity": st.sampled_from([2, 4, 8, None]),
        "registration": st.sampled_from(["here", "here", "none"]),
        "title": st.just({"fr": "Autrement dit", "en": None}),
    },
)


class Releasing(RuleBasedStateMachine):
    """Scheduling releases, its events come in any order, people register and change their minds."""

    registrations = Bundle("registrations")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "registration.sqlite"
        self.context = make_context("registration", f"sqlite:///{path}")
        self.programme = [session_data(capacity=4) for _ in range(SESSIONS)]
        self.versions = [1] * SESSIONS
        self.published: dict[Any, Any] = {}
        self.in_transit: list[Any] = []
        self.done: set[Any] = set()
        for index in range(SESSIONS):
            self.take(self.publish(index, None))

    def teardown(self) -> None:
        try:
            while self.in_transit:
                self.in_transit = [event for event in self.in_transit if not self.take(event)]
            tell(self.context, most=2)
            self.everybody_knows_the_truth()
        finally:
            self.context.database.dispose()
            self.folder.cleanup()

    def publish(self, index, release_id):
        data = dict(self.programme[index])
        self.published[UUID(data["id"]), self.versions[index]] = data
        return envelope(data, self.versions[index], release_id=release_id)

    def take(self, event):
        """Let registration take an event, once, as the inbox sees to; return whether it did."""
        if event.id in self.done:
            return True
        try:
            with self.context.database.write() as db:
                if event.type == SESSION_PUBLISHED.type:
                    keep_session(db, event, now=self.context.clock())
                else:
                    close_release(db, event, now=self.context.clock())
        except Parked:
            return False
        self.done.add(event.id)
        return True

    @rule(changed=st.dictionaries(st.integers(0, SESSIONS - 1), changes, max_size=SESSIONS))
    def release(self, changed):
        release_id = new_id()
        for index, change in changed.items():
            change = dict(change)
            hours = change.pop("hours", None)
            times = {} if hours is None else moved(hours=hours)
            self.programme[index] |= change | times
            self.versions[index] += 1
            self.in_transit.append(self.publish(index, release_id))
        sessions = [UUID(self.programme[index]["id"]) for index in changed]
        self.in_transit.append(release_closing(release_id, *sessions))

    @rule(which=st.integers(0, 20), again=st.booleans())
    def an_event_arrives(self, which, again):
        if self.in_transit:
            event = self.in_transit[which % len(self.in_transit)]
            if self.take(event) and not again:
                self.in_transit.remove(event)

    @rule(most=st.integers(1, 3))
    def some_are_told(self, most):
        with self.context.database.write() as db:
            tell_some(db, now=self.context.clock(), most=most)

    @rule(
        target=registrations,
        basket=st.dictionaries(
            st.integers(0, SESSIONS - 1), st.integers(1, 3), min_size=1, max_size=SESSIONS
        ),
    )
    def somebody_registers(self, basket):
        bookings = [
            wanted(UUID(self.programme[index]["id"]), may_wait=True, adults=adults)
            for index, adults in basket.items()
        ]
        [answer] = register(self.context, request(*bookings))
        return multiple(*[answer.body] if answer.status == 201 else [])

    @rule(registration=registrations, which=st.integers(0, 2), adults=st.integers(0, 3))
    def somebody_changes(self, registration, which, adults):
        bookings = registration["bookings"]
        booking_id = UUID(bookings[which % len(bookings)]["id"])
        token, now = registration["token"], self.context.clock()
        try:
            with self.context.database.write() as db:
                if adults:
                    change_party(db, token, booking_id, {"adults": adults}, now=now)
                else:
                    cancel_booking(db, token, booking_id, now=now)
        except ChangeRefused:
            pass

    @invariant()
    def counters_are_the_sums_of_the_bookings(self):
        with self.context.database.read() as db:
            for data in self.programme:
                row = db.get_one(SessionSeats, UUID(data["id"]))
                assert (row.taken, row.waiting) == taken_by_bookings(db, row.session_id)

    @invariant()
    def what_was_told_follows_from_what_was_told_before(self):
        self.last_told()

    def last_told(self):
        """Return what each registration was told last of each session, from its events."""
        told, releases = {}, set()
        for name, _, data in recorded(self.context):
            if name == "registration_made":
                for booking in data["bookings"]:
                    session = UUID(booking["session_id"])
                    state = told_state(self.published[session, booking["session_version"]])
                    told[data["id"], session] = state
            for change in data.get("session_changes", []):
                session = UUID(change["session_id"])
                assert says_the_same(change["before"], told[data["id"], session])
                assert change["after"] == told_state(self.published[session, change["version"]])
                told[data["id"], session] = change["after"]
            if data.get("release_id"):
                assert data["session_changes"] or data["changed_bookings"]
                assert (data["id"], data["release_id"]) not in releases
                releases.add((data["id"], data["release_id"]))
        return told

    def everybody_knows_the_truth(self):
        told = self.last_told()
        confirmed_to = {
            booking["id"]: booking["status"]
            for _, _, data in recorded(self.context)
            for booking in data.get("bookings", [])
        }
        now = {UUID(data["id"]): data for data in self.programme}
        with self.context.database.read() as db:
            for registration in db.query(Registration):
                for booking in registration.bookings:
                    assert confirmed_to[str(booking.id)] == booking.status
                    if booking.status != "cancelled":
                        current = now[booking.session_id]
                        assert current["status"] == "confirmed"
                        state = told[str(registration.id), booking.session_id]
                        assert says_the_same(state, current)
                ended = all(booking.status == "cancelled" for booking in registration.bookings)
                assert (registration.status == "cancelled") == ended
            for table in (UntoldChange, ToldSession, ReleaseArrival):
                assert db.query(table).all() == []


Releasing.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestReleasing = Releasing.TestCase
