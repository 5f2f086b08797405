"""When a webhook is disabled, and when it is not."""

import random
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.domain.webhooks.posting import Answer
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import mails, only_mail, session_published
from tests.services.notifications.webhooks import (
    GONE,
    REFUSED,
    TAKEN,
    Posting,
    announce,
    deliverer,
    deliveries,
    make,
    states,
    webhook,
)


@pytest.fixture(autouse=True)
def evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses be as long as the table says."""
    monkeypatch.setattr(random, "uniform", lambda low, _high: low)


def test_a_webhook_that_nothing_reaches_is_disabled_and_its_contact_told(
    context: ServiceContext, clock: FrozenClock
) -> None:
    made = make(context)
    announce(context, session_published())
    began = clock()
    sender = deliverer(context, Posting(REFUSED))
    while webhook(context, made.id).status == "active":
        sender.deliver_turn()
        clock.advance(hours=1)
        announce(context, session_published(version=2))
    assert timedelta(days=3) < clock() - began < timedelta(days=3, hours=2)
    found = webhook(context, made.id)
    assert (found.status, found.reason, found.failing_since) == ("disabled", "failing", began)
    assert {status for status, _ in states(context)} == {"held"}
    mail = only_mail(context)
    assert (mail.template, mail.recipient, mail.content["reason"]) == (
        "webhook_disabled",
        "technique@glaciologues.example",
        "failing",
    )
    assert sender.deliver_turn() == 0


def test_one_message_that_is_always_refused_disables_nothing_that_works(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    made = make(sqlite_context)
    announce(sqlite_context, session_published())
    poison = deliveries(sqlite_context)[0].id.hex

    class Choosy(Posting):
        def post(self, url: str, body: bytes, headers: Any) -> Answer:
            super().post(url, body, headers)
            return REFUSED if poison in headers["webhook-id"] else TAKEN

    sender = deliverer(sqlite_context, Choosy(TAKEN))
    for number in range(2, 14):
        sender.deliver_all()
        announce(sqlite_context, session_published(version=number))
        clock.advance(minutes=2)
        sender.deliver_all()
        clock.advance(hours=25)
    found = [status for status, _ in states(sqlite_context)]
    assert (found[0], set(found[1:])) == ("failed", {"delivered"})
    assert webhook(sqlite_context, made.id).status == "active"
    assert mails(sqlite_context) == []


def test_a_worker_that_stood_still_for_days_disables_nothing_by_two_bad_moments(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    made = make(sqlite_context)
    announce(sqlite_context, session_published())
    sender = deliverer(sqlite_context, Posting(REFUSED))
    for _ in range(2):
        sender.deliver_turn()
        clock.advance(days=5)
    assert webhook(sqlite_context, made.id).status == "active"


def test_an_address_that_says_it_is_gone_is_left_alone_at_once(context: ServiceContext) -> None:
    made = make(context)
    for version in (1, 2):
        announce(context, session_published(version=version))
    posting = Posting(GONE)
    deliverer(context, posting).deliver_all()
    assert len(posting.posted) == 1
    assert states(context) == [("held", 1), ("held", 0)]
    found = webhook(context, made.id)
    assert (found.status, found.reason) == ("disabled", "gone")
    assert only_mail(context).content["reason"] == "gone"
