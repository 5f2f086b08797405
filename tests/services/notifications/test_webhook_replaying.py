"""What organisers do to a webhook while it is sent to, and what they have sent again."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.notifications.domain.webhooks.keeping import (
    Wanted,
    change,
    enable,
    pause,
    send_test,
)
from services.notifications.domain.webhooks.posting import Answer
from services.notifications.domain.webhooks.replaying import NotActive, replay, replay_since
from services.notifications.domain.webhooks.settling import (
    forget_old,
)
from services.notifications.models import Webhook, WebhookAttempt, WebhookDelivery
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import session_published
from tests.services.notifications.webhooks import (
    REFUSED,
    TAKEN,
    Posting,
    announce,
    attempts,
    change_webhook,
    deliverer,
    deliveries,
    make,
    states,
    webhook,
)


def test_what_happens_to_a_webhook_while_it_is_sent_to_is_respected(
    context: ServiceContext,
) -> None:
    made = make(context)
    for version in (1, 2):
        announce(context, session_published(version=version))

    def paused() -> Answer:
        change_webhook(context, made, pause)
        return REFUSED

    assert deliverer(context, Posting(paused)).deliver_all() == 1
    assert [status for status, _ in states(context)] == ["held", "held"]
    change_webhook(context, made, lambda _db, one: enable(one))

    def removed() -> Answer:
        change_webhook(context, made, lambda db, one: db.delete(one))
        return TAKEN

    change_webhook(
        context,
        made,
        lambda db, one: replay_since(
            db, one, context.clock() - timedelta(days=1), now=context.clock()
        ),
    )
    assert deliverer(context, Posting(removed)).deliver_all() == 1
    assert (deliveries(context), attempts(context)) == ([], [])


def test_a_changed_address_takes_what_waits(sqlite_context: ServiceContext) -> None:
    made = make(sqlite_context)
    announce(sqlite_context, session_published())
    wanted = Wanted("Agenda", "https://neu.example/", ("session.changed",), "a@b.example")
    change_webhook(sqlite_context, made, lambda _db, one: change(one, wanted, locale="en"))
    posting = Posting(TAKEN)
    deliverer(sqlite_context, posting).deliver_all()
    assert [url for url, _body, _headers in posting.posted] == ["https://neu.example/"]
    assert announce(sqlite_context, session_published()) == 0


def test_a_test_is_tried_once_and_disables_nothing(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    made = make(sqlite_context)
    change_webhook(sqlite_context, made, lambda db, one: send_test(db, one, now=clock()))
    posting = Posting(REFUSED)
    sender = deliverer(sqlite_context, posting)
    sender.deliver_all()
    clock.advance(days=4)
    assert sender.deliver_all() == 0
    assert posting.types == ["webhook.test"]
    assert states(sqlite_context) == [("failed", 1)]
    assert webhook(sqlite_context, made.id).status == "active"


def test_one_message_is_replayed_under_its_own_id(sqlite_context: ServiceContext) -> None:
    made = make(sqlite_context)
    announce(sqlite_context, session_published())
    posting = Posting(TAKEN)
    sender = deliverer(sqlite_context, posting)
    sender.deliver_all()

    def again(db: Any, one: Webhook) -> bool:
        told = db.scalars(sa.select(WebhookDelivery)).one()
        return replay(one, told, now=sqlite_context.clock())

    assert [change_webhook(sqlite_context, made, again) for _ in range(2)] == [True, False]
    sender.deliver_all()
    assert posting.ids == [posting.ids[0]] * 2
    assert states(sqlite_context) == [("delivered", 1)]
    assert len(attempts(sqlite_context)) == 2
    change_webhook(sqlite_context, made, pause)
    with pytest.raises(NotActive):
        change_webhook(sqlite_context, made, again)


def test_all_that_was_missed_since_a_time_is_replayed_in_order(
    context: ServiceContext, clock: FrozenClock
) -> None:
    made = make(context, status="disabled")
    since = clock()
    for version in range(1, 5):
        announce(context, session_published(version=version))
        since = clock.advance(hours=1) if version == 2 else since
        clock.advance(minutes=1)
    with pytest.raises(NotActive):
        change_webhook(context, made, lambda db, one: replay_since(db, one, since, now=clock()))
    change_webhook(context, made, lambda _db, one: enable(one))
    posting = Posting(TAKEN)
    sender = deliverer(context, posting)
    assert sender.deliver_all() == 0  # enabling alone sends nothing old
    number = change_webhook(
        context, made, lambda db, one: replay_since(db, one, since, now=clock())
    )
    assert (number, sender.deliver_all()) == (2, 2)
    assert posting.ids == [f"msg_{one.id.hex}" for one in deliveries(context)[2:]]
    assert states(context) == [("held", 0)] * 2 + [("delivered", 1)] * 2


def test_what_is_long_past_is_forgotten_with_its_attempts(
    context: ServiceContext, clock: FrozenClock
) -> None:
    make(context)
    for version in (1, 2):
        announce(context, session_published(version=version))
        deliverer(context, Posting(TAKEN)).deliver_all()
        clock.advance(days=20)
    kept = timedelta(days=30)
    found = [forget_old(context.database, now=clock(), kept=kept) for _ in range(2)]
    assert found == [1, 0]
    with context.database.read() as db:
        left = db.scalar(sa.select(sa.func.count()).select_from(WebhookAttempt))
    assert (len(deliveries(context)), left) == (1, 1)
