"""Releases that follow one another: whoever registered ends with what is, and reads nothing idle.

A mail shows every session of its reader. So what they know of one is what the last mail showed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.notifications.domain import registrations
from services.notifications.domain.claiming import claim_due
from services.notifications.domain.programme_changes import as_shown, news
from services.notifications.domain.settling import settle
from services.notifications.domain.subjects import PACKAGE
from services.notifications.domain.transports import Sent
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.i18n import speaking, translator
from shared.messaging.envelope import Envelope
from shared.testing.contexts import NOW, FrozenClock
from tests.services.notifications.events import made
from tests.services.notifications.releases import (
    MUSEUM,
    booking,
    change,
    know,
    moved,
    off,
    release,
    session,
)

WINDOW = timedelta(minutes=5)
Data = dict[str, Any]

_registrations: Iterator[int] = count(1)


def planned(number: int) -> dict[str, Data]:
    """Return two new sessions by their ids: one far away, one that begins in twenty hours."""
    far = session(2 * number + 100)
    starts = datetime.fromisoformat(far["starts_at"])
    near = session(2 * number + 101)
    hours = (NOW + timedelta(hours=20) - starts).total_seconds() / 3600
    return {one["id"]: one for one in (far, moved(near, hours=hours))}


class Releases(RuleBasedStateMachine):
    """One registration in two sessions, and the model of what its contact should know."""

    def __init__(self, context: ServiceContext, clock: FrozenClock) -> None:
        super().__init__()
        self.context, self.clock = context, clock
        self.clock.set(NOW)
        number = next(_registrations)
        self.id = UUID(int=0x01A1B2C3_0000_7000_8000_000000900000 + number)
        self.planned = planned(number)
        self.far, self.near = self.planned
        self.world = dict(self.planned)
        self.bookings = {name: booking(one) for name, one in self.world.items()}
        self.version = 1
        self.on_the_way: list[Envelope] = []
        self.heard_of: list[Envelope] = []
        self.in_order = True
        # the model: what mails settled and showed, what waits to be told, and since when
        self.told, self.read = dict(self.planned), dict(self.planned)
        self.pending: dict[str, Data] = {}
        self.since: datetime | None = None
        know(context, *self.planned.values(), version=1)
        self._hear_made()

    @precondition(lambda self: self._standing())
    @rule(
        which=st.sampled_from([0, -1]),
        state=st.sampled_from(["planned", "later", "there", "both", "off"]),
        is_heard=st.booleans(),
    )
    def release(self, which: int, state: str, is_heard: bool) -> None:
        name = self._standing()[which]
        before, first = self.world[name], self.planned[name]
        after = moved(first, hours=2) if state in ("later", "both") else first
        after = after | ({"venue": MUSEUM, "space": None} if state in ("there", "both") else {})
        after = off(before) if state == "off" else after
        if after == before:
            return
        self.version += 1
        self.world[name] = after
        know(self.context, after, version=self.version)
        if state == "off":
            ended = {"status": "cancelled", "revision": 1}
            self.bookings = {**self.bookings, name: self.bookings[name] | ended}
        told = change(before, after, version=self.version)
        event = release(told, bookings=list(self.bookings.values()), version=self.version)
        self.on_the_way.append(replace(event, aggregate_id=self.id))
        if is_heard and len(self.on_the_way) == 1:
            self.hear_the_first()

    @precondition(lambda self: self.on_the_way)
    @rule()
    def hear_the_first(self) -> None:
        self._hear(self.on_the_way.pop(0))

    @precondition(lambda self: len(self.on_the_way) > 1)
    @rule(data=st.data())
    def hear_another(self, data: Any) -> None:
        self.in_order = False
        self._hear(self.on_the_way.pop(data.draw(st.integers(1, len(self.on_the_way) - 1))))

    @precondition(lambda self: self.heard_of)
    @rule(data=st.data())
    def hear_again(self, data: Any) -> None:
        assert not self._tell(data.draw(st.sampled_from(self.heard_of)))

    @precondition(lambda self: self.heard_of)
    @rule(minutes=st.sampled_from([0, 2, 4, 5]))
    def wait(self, minutes: int) -> None:
        now = self.clock.advance(minutes=minutes)
        expected = self._expected(now)
        mails = self._send()
        assert len(mails) <= 1
        if self.in_order:
            assert mails == expected

    def teardown(self) -> None:
        for event in self.on_the_way:
            self._hear(event)
        self.clock.advance(minutes=5)
        self._send()
        assert self._reads(self.read) == self._reads(self.world)

    def _standing(self) -> list[str]:
        return [name for name, one in self.bookings.items() if one["status"] != "cancelled"]

    def _hear_made(self) -> None:
        event = made(version=1, bookings=list(self.bookings.values()))
        with self.context.database.write() as db:
            event = replace(event, aggregate_id=self.id)
            registrations.confirm_registration(db, event, now=self.clock())
        claimed = claim_due(self.context.database, now=self.clock(), most=50)
        settle(self.context.database, [(mail, Sent()) for mail in claimed], now=self.clock())

    def _tell(self, event: Envelope) -> bool:
        with self.context.database.write() as db:
            return registrations.tell_change(db, event, now=self.clock(), window=WINDOW)

    def _hear(self, event: Envelope) -> None:
        self._tell(event)
        self.heard_of.append(event)
        self.pending |= {one["session_id"]: {} for one in event.data["session_changes"]}
        self.pending = {name: self.world[name] for name in self.pending}  # the copies are as new
        if not self._news():
            self._settle()
        self.since = (self.since or self.clock()) if self.pending else None

    def _news(self) -> dict[str, tuple[Any, Any]]:
        """Return what the next mail should say: what was, and what is."""
        found = {}
        for name, now in self._reads(self.pending).items():
            for was in (self._reads(self.told)[name], self._reads(self.read)[name]):
                if was != now:
                    found[name] = (was, now)
                    break
        return found

    def _settle(self) -> None:
        self.told |= self.pending
        self.pending, self.since = {}, None

    def _expected(self, now: datetime) -> list[dict[str, tuple[Any, Any]]]:
        """Return the mail that should leave by now."""
        found = self._news()
        is_urgent = found.get(self.near, ("", ""))[1] == "off"
        if self.since is None or not (is_urgent or now >= self.since + WINDOW):
            return []
        self._settle()
        return [found]

    def _send(self) -> list[dict[str, tuple[Any, Any]]]:
        """Send what is due; return what each mail says, which is something and is right."""
        claimed = claim_due(self.context.database, now=self.clock(), most=50)
        settle(self.context.database, [(mail, Sent()) for mail in claimed], now=self.clock())
        mails = [mail for mail in claimed if mail.about_id == self.id]
        said = [self._said(mail) for mail in mails]
        for mail in mails:
            self.read |= as_shown(mail.content)
        assert all(said)
        return said

    def _said(self, mail: OutgoingMail) -> dict[str, tuple[Any, Any]]:
        shown = as_shown(mail.content)
        with speaking(translator(PACKAGE, mail.locale)):
            changes = news(mail.content)
        return {
            one["session_id"]: (_reading(one["before"]), _reading(shown[one["session_id"]]))
            for one in changes
        }

    def _reads(self, sessions: dict[str, Data]) -> dict[str, Any]:
        return {name: _reading(one) for name, one in sessions.items()}


def _reading(data: Data) -> Any:
    """Return what is said of a session: of one that is off, that it is."""
    if data["status"] == "cancelled":
        return "off"
    return data["starts_at"], data["venue"]["name"]


def test_whoever_registered_ends_with_what_is_and_no_mail_says_nothing(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    machine: Any = partial(Releases, sqlite_context, clock)
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=100, stateful_step_count=20, deadline=None),
    )
