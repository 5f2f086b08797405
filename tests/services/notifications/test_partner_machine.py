"""Whatever is released, undone and cancelled, in whatever order it is heard: each knows, once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.notifications.domain.claiming import claim_due
from services.notifications.domain.partner_news import partner_news
from services.notifications.domain.settling import settle
from services.notifications.domain.transports import Sent
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.messaging.envelope import Envelope
from shared.testing.contexts import NOW, FrozenClock
from tests.services.notifications.partner_events import (
    SESSION,
    WINDOW,
    Data,
    change,
    later,
    off,
    rescheduled,
    tell,
    there,
)

_STARTS = datetime.fromisoformat(SESSION["starts_at"])

#: One session far away, and one that begins in twenty hours.
FAR, NEAR = "1", "2"
PLANNED = {
    FAR: SESSION,
    NEAR: later(SESSION, (NOW + timedelta(hours=20) - _STARTS).total_seconds() / 3600),
}

_readers: Iterator[int] = count()


class Releases(RuleBasedStateMachine):
    """One person in two sessions; beside what is kept, the model of what they should know."""

    def __init__(self, context: ServiceContext, clock: FrozenClock) -> None:
        super().__init__()
        self.context, self.clock = context, clock
        self.clock.set(NOW)
        self.email = f"reader{next(_readers)}@labo.example"
        self.world = dict(PLANNED)
        self.number = 1
        self.on_the_way: list[Envelope] = []
        self.heard_of: list[Envelope] = []
        self.in_order = True
        # the model: what was heard, what the reader read, since when news wait
        self.heard, self.read = dict(PLANNED), dict(PLANNED)
        self.since: datetime | None = None
        self.is_urgent = False

    @rule(
        name=st.sampled_from([FAR, NEAR]),
        state=st.sampled_from(["planned", "later", "there", "both", "off"]),
        is_heard=st.booleans(),
    )
    def release(self, name: str, state: str, is_heard: bool) -> None:
        session = later(PLANNED[name]) if state in ("later", "both") else PLANNED[name]
        session = there(session) if state in ("there", "both") else session
        session = off(self.world[name]) if state == "off" else session
        if session == self.world[name]:
            return
        self.number += 1
        told = change(self.world[name], session, name)
        self.on_the_way.append(rescheduled(told, number=self.number, email=self.email))
        self.world[name] = session
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
        assert not tell(self.context, data.draw(st.sampled_from(self.heard_of)))

    @precondition(lambda self: self.heard_of)
    @rule(minutes=st.sampled_from([0, 2, 4, 5]))
    def wait(self, minutes: int) -> None:
        now = self.clock.advance(minutes=minutes)
        mails = self._send()
        assert len(mails) <= 1
        if self.in_order:
            assert mails == self._expected(now)

    def teardown(self) -> None:
        for event in self.on_the_way:
            self._hear(event)
        self.clock.advance(minutes=5)
        self._send()
        if self.in_order:
            self._expected(self.clock())
        assert {n: reads(one) for n, one in self.read.items()} == {
            n: reads(one) for n, one in self.world.items()
        }

    def _hear(self, event: Envelope) -> None:
        tell(self.context, event)
        self.heard_of.append(event)
        [told] = event.data["sessions"]
        self.heard[told["session_id"][-1]] = told["after"]
        news = self._news()
        self.since = (self.since or self.clock()) if news else None
        self.is_urgent = any(
            name == NEAR and is_off_now(was, now) for name, (was, now) in news.items()
        )

    def _news(self) -> dict[str, tuple[Data, Data]]:
        return {
            name: (self.read[name], session)
            for name, session in self.heard.items()
            if session != self.read[name] and not (is_off(session) and is_off(self.read[name]))
        }

    def _expected(self, now: datetime) -> list[dict[str, tuple[Data, Data]]]:
        """Return the mail that should have left by now, and read it."""
        if self.since is None or not (self.is_urgent or now >= self.since + WINDOW):
            return []
        news, self.since = self._news(), None
        self.read |= {name: is_now for name, (_was, is_now) in news.items()}
        return [news]

    def _send(self) -> list[dict[str, tuple[Data, Data]]]:
        """Send what is due; return what each mail says, which is something, as was and is."""
        mails = claim_due(self.context.database, now=self.clock(), most=50)
        settle(self.context.database, [(mail, Sent()) for mail in mails], now=self.clock())
        told = [_said(mail) for mail in mails if mail.recipient == self.email]
        for said in told:
            assert said
            if not self.in_order:
                self.read |= {name: now for name, (_was, now) in said.items()}
        return told


def is_off(session: Data) -> bool:
    return bool(session["status"] == "cancelled")


def reads(session: Data) -> Any:
    """Return what is said of a session: of one that is off, that it is."""
    return "off" if is_off(session) else session


def is_off_now(was: Data, now: Data) -> bool:
    return is_off(now) and not is_off(was)


def _said(mail: OutgoingMail) -> dict[str, tuple[Data, Data]]:
    news = partner_news(mail.content["sessions"])
    return {one["session_id"][-1]: (one["before"], one["after"]) for one in news}


def test_every_reader_ends_with_what_is_and_no_mail_says_nothing(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    machine: Any = partial(Releases, sqlite_context, clock)
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=50, stateful_step_count=20, deadline=None),
    )
