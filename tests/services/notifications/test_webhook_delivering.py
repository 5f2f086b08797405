"""How webhooks are sent to: signed, in order, at least once, again after failures, not for ever."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifications.domain.webhooks import delivering, posting
from services.notifications.domain.webhooks.claiming import claim_turn
from services.notifications.domain.webhooks.delivering import WebhookDeliverer
from services.notifications.domain.webhooks.keeping import (
    rotate,
)
from services.notifications.domain.webhooks.payloads import body_of
from services.notifications.domain.webhooks.posting import Answer, Poster
from services.notifications.domain.webhooks.settling import (
    PAUSES,
    pause_after,
    rest_after,
)
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import session_published
from tests.services.notifications.https_receiver import NAME, answer, receiving
from tests.services.notifications.webhook_checking import is_genuine
from tests.services.notifications.webhooks import (
    REFUSED,
    TAKEN,
    URL,
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


@pytest.fixture(autouse=True)
def evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses be as long as the table says."""
    monkeypatch.setattr(random, "uniform", lambda low, _high: low)


def test_a_message_is_signed_as_the_specification_asks(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    made = make(sqlite_context)
    announce(sqlite_context, session_published())
    posting = Posting(TAKEN)
    assert deliverer(sqlite_context, posting).deliver_all() == 1

    [(url, body, headers)], [told] = posting.posted, deliveries(sqlite_context)
    now = int(clock().timestamp())
    assert (url, body) == (URL, body_of(told.payload))
    assert is_genuine(headers, body, made.secret, now=now)
    assert not is_genuine(headers, body + b" ", made.secret, now=now)
    assert not is_genuine(headers | {"webhook-id": "msg_2"}, body, made.secret, now=now)
    assert not is_genuine(headers, body, "whsec_" + "A" * 44, now=now)
    assert headers | {"webhook-signature": ""} == {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Parvis-Webhooks/1",
        "Connection": "close",
        "webhook-id": f"msg_{told.id.hex}",
        "webhook-timestamp": str(now),
        "webhook-signature": "",
    }


def test_a_replaced_secret_signs_too_for_a_day(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    made = make(sqlite_context)
    posting = Posting(TAKEN)
    new = change_webhook(sqlite_context, made, lambda _db, one: rotate(one, now=clock()))
    genuine = []
    for _ in range(2):
        announce(sqlite_context, session_published())
        deliverer(sqlite_context, posting).deliver_all()
        _url, body, headers = posting.posted[-1]
        now = int(clock().timestamp())
        genuine += [is_genuine(headers, body, one, now=now) for one in (made.secret, new)]
        clock.advance(hours=24)
    assert genuine == [True, True, False, True]


def test_what_was_taken_is_settled_and_logged(context: ServiceContext, clock: FrozenClock) -> None:
    made = make(context)
    announce(context, session_published())
    deliverer(context, Posting(TAKEN)).deliver_all()
    assert states(context) == [("delivered", 1)]
    assert attempts(context) == [(204, None, "", 12)]
    found = webhook(context, made.id)
    assert (found.last_success_at, found.claim, found.failures) == (clock(), None, 0)


def test_messages_leave_in_the_order_of_the_events(context: ServiceContext) -> None:
    make(context)
    for version in (1, 2, 3):
        announce(context, session_published(version=version))
    posting = Posting(TAKEN)
    assert deliverer(context, posting).deliver_turn() == 3
    assert posting.ids == [f"msg_{one.id.hex}" for one in deliveries(context)]


def test_after_each_failure_it_is_tried_again_later_for_three_days(
    context: ServiceContext, clock: FrozenClock
) -> None:
    made = make(context)
    began = clock()
    announce(context, session_published())
    posting = Posting(REFUSED)
    sender = deliverer(context, posting)
    tried_at = []
    while sender.deliver_turn():
        tried_at.append(clock() - began)
        due = deliveries(context)[0].next_attempt_at
        if due is not None:
            assert sender.deliver_turn() == 0  # not before it is due
            clock.set(due)
    expected = [sum(PAUSES[:number], timedelta()) for number in range(len(PAUSES) + 1)]
    assert tried_at == expected
    assert timedelta(days=3) < tried_at[-1] < timedelta(days=3, hours=12)
    assert len(set(posting.ids)) == 1
    assert states(context) == [("failed", 10)]
    assert attempts(context) == [(500, "status", "oups", 34)] * 10
    assert webhook(context, made.id).status == "disabled"


def test_a_server_that_is_down_is_not_asked_once_for_each_message(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    make(sqlite_context)
    for version in range(1, 6):
        announce(sqlite_context, session_published(version=version))
    posting = Posting(REFUSED)
    sender = deliverer(sqlite_context, posting)
    assert [sender.deliver_turn() for _ in range(3)] == [1, 0, 0]
    clock.advance(seconds=1)
    assert [sender.deliver_turn() for _ in range(2)] == [1, 0]
    posting.plan = [TAKEN]
    clock.advance(seconds=5)
    assert sender.deliver_all() == 5
    assert {status for status, _ in states(sqlite_context)} == {"delivered"}


def test_webhooks_take_turns(context: ServiceContext, clock: FrozenClock) -> None:
    """A receiver with much to take does not keep the others waiting."""
    urls = [f"https://{name}.example/" for name in "ab"]
    for url in urls:
        make(context, url=url)
    for version in range(1, delivering.MOST + 6):
        announce(context, session_published(version=version))
    posting = Posting(TAKEN)
    sender = deliverer(context, posting)
    turns = []
    while number := sender.deliver_turn():
        turns.append((posting.posted[-1][0], number))
        clock.advance(seconds=1)
    assert turns == [(urls[0], 20), (urls[1], 20), (urls[0], 5), (urls[1], 5)]


def test_two_workers_never_send_to_one_webhook_at_once(
    context: ServiceContext, clock: FrozenClock
) -> None:
    make(context)
    for version in (1, 2):
        announce(context, session_published(version=version))
    second = deliverer(context, Posting(TAKEN))
    seen = []

    def meanwhile() -> Answer:
        seen.append(second.deliver_turn())
        return TAKEN

    assert deliverer(context, Posting(meanwhile)).deliver_turn() == 2
    assert seen == [0, 0]
    assert states(context) == [("delivered", 1)] * 2


def test_a_worker_that_dies_after_sending_leaves_it_to_be_sent_again_under_the_same_id(
    context: ServiceContext, clock: FrozenClock
) -> None:
    make(context)
    announce(context, session_published())

    class Killed(BaseException):
        pass

    def die() -> Answer:
        raise Killed

    posting = Posting(die, TAKEN)
    with pytest.raises(Killed):
        deliverer(context, posting).deliver_turn()
    sender = deliverer(context, posting)
    assert sender.deliver_turn() == 0  # for all we know the other worker is still at it
    clock.advance(seconds=120)
    assert sender.deliver_turn() == 1
    assert posting.ids == [posting.ids[0]] * 2
    assert states(context) == [("delivered", 1)]


def test_the_only_worker_goes_on_at_once_after_it_was_killed(
    sqlite_context: ServiceContext,
) -> None:
    make(sqlite_context)
    announce(sqlite_context, session_published())
    assert claim_turn(sqlite_context.database, now=sqlite_context.clock(), most=5) is not None
    sender = deliverer(sqlite_context, Posting(TAKEN))
    sender.free_all()
    assert sender.deliver_turn() == 1


def test_a_worker_that_lost_its_turn_writes_nothing_over_the_others(
    context: ServiceContext, clock: FrozenClock
) -> None:
    make(context)
    for version in (1, 2):
        announce(context, session_published(version=version))
    second = deliverer(context, Posting(TAKEN))

    def slow() -> Answer:
        clock.advance(seconds=121)
        second.deliver_all()
        return REFUSED

    assert deliverer(context, Posting(slow)).deliver_turn() == 1
    assert states(context) == [("delivered", 1)] * 2
    assert attempts(context) == [(204, None, "", 12)] * 2


def test_pauses_are_spread_and_rests_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for factor in (1.0, 1.1):
        monkeypatch.setattr(random, "uniform", lambda low, high, to=factor: to)
        assert [pause_after(number) / PAUSES[number - 1] for number in range(1, 10)] == (
            [pytest.approx(factor)] * 9
        )
    rests = [rest_after(number).total_seconds() for number in (1, 2, 3, 6, 7, 50)]
    assert rests == [1, 2, 4, 32, 60, 60]


def test_over_the_wire_a_receiver_gets_it_once_it_can(
    context: ServiceContext, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "CONNECTING", 300.0)
    monkeypatch.setattr(posting, "WHOLE", 300.0)
    with receiving(tmp_path) as receiver:
        receiver.script = [answer(503), answer(301, b"", f"Location: https://{NAME}/")]
        made = make(context, url=receiver.url)
        announce(context, session_published())
        poster = Poster(
            resolve=lambda _host, _port: ["127.0.0.1"],
            allow_private=True,
            ca_file=receiver.ca_file,
        )
        sender = WebhookDeliverer(context.database, poster, "https://fds.example", clock)
        for _ in range(3):
            assert sender.deliver_turn() == 1
            clock.set(deliveries(context)[0].next_attempt_at or clock())
    assert [(status, fault) for status, fault, *_ in attempts(context)] == [
        (503, "status"),
        (301, "redirect"),
        (204, None),
    ]
    [told] = deliveries(context)
    assert [one.body for one in receiver.received] == [body_of(told.payload)] * 3
    times = [int(one.headers["webhook-timestamp"]) for one in receiver.received]
    assert [
        is_genuine(one.headers, one.body, made.secret, now=at)
        for one, at in zip(receiver.received, times, strict=True)
    ] == [True] * 3
    assert times == [times[0], times[0] + 5, times[0] + 305]
