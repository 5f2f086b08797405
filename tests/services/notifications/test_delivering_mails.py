"""Each mail leaves once, whatever breaks, and its state says what is known."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifications.domain.composing import Letter
from services.notifications.domain.transports import (
    Deferred,
    EmlFolder,
    Failed,
    HandOver,
    Outcome,
    Sent,
    ServerUnavailable,
    Unknown,
)
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import (
    changed,
    golden,
    know_session,
    made,
    mails,
    only_mail,
    react,
)
from tests.services.notifications.transport import Scripted, deliverer


class PowerCut(BaseException):
    """The process ends here."""


def cut_power() -> Outcome:
    raise PowerCut


def refuse_connection() -> Outcome:
    raise ServerUnavailable("connection refused")


@pytest.fixture
def queued(context: ServiceContext) -> ServiceContext:
    know_session(context)
    react(context, made())
    return context


def test_a_mail_is_sent_once(queued: ServiceContext) -> None:
    transport = Scripted()
    delivering = deliverer(queued, transport)
    assert [delivering.deliver_all(), delivering.deliver_all()] == [1, 0]
    mail = only_mail(queued)
    assert (mail.status, mail.attempts, mail.sent_at) == ("sent", 1, queued.clock())
    assert [letter.recipient for letter in transport.taken] == ["camille@example.org"]


def test_a_refusal_for_now_is_tried_again_later_each_time(
    queued: ServiceContext, clock: FrozenClock
) -> None:
    transport = Scripted(lambda: Deferred("451 later"), lambda: Deferred("451 later"))
    delivering = deliverer(queued, transport)
    delivering.deliver_all()
    mail = only_mail(queued)
    assert (mail.status, mail.reason) == ("deferred", "451 later")
    assert mail.next_attempt_at is not None
    assert timedelta(seconds=27) <= mail.next_attempt_at - clock() <= timedelta(seconds=33)
    clock.advance(seconds=33)
    delivering.deliver_all()
    later = only_mail(queued).next_attempt_at
    assert later is not None
    assert timedelta(seconds=54) <= later - clock() <= timedelta(seconds=66)
    clock.advance(seconds=66)
    delivering.deliver_all()
    assert (only_mail(queued).status, only_mail(queued).attempts) == ("sent", 3)


def test_a_refusal_for_now_is_given_up_after_four_days(
    queued: ServiceContext, clock: FrozenClock
) -> None:
    clock.advance(days=4)
    deliverer(queued, Scripted(lambda: Deferred("451 later"))).deliver_all()
    assert only_mail(queued).status == "failed"


def test_a_refusal_for_good_fails(queued: ServiceContext) -> None:
    deliverer(queued, Scripted(lambda: Failed("550 unknown"))).deliver_all()
    assert (only_mail(queued).status, only_mail(queued).reason) == ("failed", "550 unknown")


def test_an_unknown_fate_is_never_tried_again_by_itself(
    queued: ServiceContext, clock: FrozenClock
) -> None:
    transport = Scripted(lambda: Unknown("connection lost"))
    delivering = deliverer(queued, transport)
    delivering.deliver_all()
    clock.advance(days=1)
    delivering.recover()
    delivering.deliver_all()
    assert (only_mail(queued).status, len(transport.taken)) == ("unknown", 1)


def test_an_address_that_is_none_fails_by_itself(context: ServiceContext) -> None:
    know_session(context)
    react(context, made(email="nobody at all"))
    react(context, made(email="somebody@example.org"))
    transport = Scripted()
    deliverer(context, transport).deliver_all()
    assert [mail.status for mail in mails(context)] == ["failed", "sent"]


def test_an_absent_server_counts_as_no_attempt(queued: ServiceContext, clock: FrozenClock) -> None:
    transport = Scripted(refuse_connection)
    delivering = deliverer(queued, transport)
    delivering.deliver_all()
    mail = only_mail(queued)
    assert (mail.status, mail.attempts, mail.reason) == ("deferred", 0, "connection refused")
    assert delivering.deliver_all() == 0
    clock.advance(seconds=1)
    delivering.deliver_all()
    assert (only_mail(queued).status, only_mail(queued).attempts) == ("sent", 1)


def test_an_absent_server_is_asked_for_less_and_less_often(
    queued: ServiceContext, clock: FrozenClock
) -> None:
    delivering = deliverer(queued, Scripted(*[refuse_connection] * 7))
    pauses = []
    for _ in range(7):
        delivering.deliver_all()
        due = only_mail(queued).next_attempt_at
        assert due is not None
        pauses.append((due - clock()).total_seconds())
        clock.set(due)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_killed_before_the_data_were_ended_it_is_sent_again(
    queued: ServiceContext, clock: FrozenClock
) -> None:
    with pytest.raises(PowerCut):
        deliverer(queued, Scripted(cut_power)).deliver_all()
    assert only_mail(queued).status == "sending"
    transport = Scripted()
    survivor = deliverer(queued, transport)
    assert (survivor.recover(), survivor.deliver_all()) == (0, 0)  # its holder may still live
    clock.advance(seconds=60)
    assert (survivor.recover(), survivor.deliver_all()) == (1, 1)
    assert (only_mail(queued).status, len(transport.taken)) == ("sent", 1)


def test_killed_after_the_data_were_ended_nobody_knows(
    queued: ServiceContext, clock: FrozenClock
) -> None:
    transport = Scripted()
    transport.taken = Cutting()
    with pytest.raises(PowerCut):
        deliverer(queued, transport).deliver_all()
    survivor = deliverer(queued, Scripted())
    clock.advance(seconds=60)
    survivor.recover()
    assert only_mail(queued).status == "sending"
    clock.advance(seconds=90)
    assert (survivor.recover(), survivor.deliver_all()) == (1, 0)
    assert only_mail(queued).status == "unknown"


class Cutting(list[Letter]):
    """Cuts the power when something is put in."""

    def append(self, _letter: Letter) -> None:
        raise PowerCut


def test_alone_after_a_crash_every_mail_goes_out_once(
    queued: ServiceContext, tmp_path: Path
) -> None:
    class KilledAfterWriting(EmlFolder):
        def send(self, letter: Letter, hand_over: HandOver) -> Outcome:
            super().send(letter, hand_over)
            raise PowerCut

    folder = EmlFolder(tmp_path / "mail")
    with pytest.raises(PowerCut):
        deliverer(queued, KilledAfterWriting(folder.folder)).deliver_all()
    survivor = deliverer(queued, folder)
    assert (survivor.recover(at_once=True), survivor.deliver_all()) == (1, 1)
    assert only_mail(queued).status == "sent"
    assert [path.name for path in folder.folder.iterdir()] == [
        f"{only_mail(queued).message_id}.eml"
    ]


def test_a_worker_that_was_taken_for_dead_sends_nothing(
    queued: ServiceContext, clock: FrozenClock
) -> None:
    rescuer = Scripted()

    def sleep_too_long() -> Outcome:
        clock.advance(seconds=61)
        deliverer(queued, rescuer).recover()
        deliverer(queued, rescuer).deliver_all()
        return Sent()

    sleeper = Scripted(sleep_too_long)
    deliverer(queued, sleeper).deliver_all()
    assert (len(sleeper.taken), len(rescuer.taken), only_mail(queued).status) == (0, 1, "sent")


def test_an_answer_that_comes_late_settles_what_was_unknown(
    queued: ServiceContext, clock: FrozenClock
) -> None:
    class Slow(Scripted):
        def send(self, letter: Letter, hand_over: HandOver) -> Outcome:
            hand_over()
            clock.advance(seconds=151)
            deliverer(queued, Scripted()).recover()
            assert only_mail(queued).status == "unknown"
            return Sent()

    deliverer(queued, Slow()).deliver_all()
    assert only_mail(queued).status == "sent"


def test_an_outcome_is_not_lost_while_the_database_is_away(
    queued: ServiceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivering = deliverer(queued, Scripted())

    def fail(*_args: object, **_options: object) -> None:
        raise OSError("away")

    with monkeypatch.context() as away:
        away.setattr("services.notifications.domain.delivering.settle", fail)
        with pytest.raises(OSError, match="away"):
            delivering.deliver_all()
    delivering.deliver_all()
    assert only_mail(queued).status == "sent"


def test_several_workers_send_each_mail_once(context: ServiceContext) -> None:
    know_session(context)
    for number in range(40):
        react(context, made(email=f"reader{number}@example.org"))
    transports = [Scripted() for _ in range(4)]
    workers = [
        threading.Thread(target=deliverer(context, transport).deliver_all)
        for transport in transports
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = [letter.recipient for transport in transports for letter in transport.taken]
    assert sorted(taken) == sorted(f"reader{number}@example.org" for number in range(40))
    assert {mail.status for mail in mails(context)} == {"sent"}


def test_an_expired_way_in_is_withdrawn_with_its_secrets(
    context: ServiceContext, clock: FrozenClock
) -> None:
    event = golden("scheduling.sign_in_requested")
    clock.set(event.occurred_at)
    react(context, event)
    clock.advance(minutes=15)
    transport = Scripted()
    deliverer(context, transport).deliver_all()
    mail = only_mail(context)
    assert (mail.status, mail.reason, transport.taken) == ("withdrawn", "expired", [])
    assert (mail.content["link"], mail.content["code"]) == (None, None)


def test_a_way_in_that_was_sent_keeps_no_secret(
    context: ServiceContext, clock: FrozenClock
) -> None:
    event = golden("scheduling.sign_in_requested")
    clock.set(event.occurred_at)
    react(context, event)
    transport = Scripted()
    deliverer(context, transport).deliver_all()
    mail = only_mail(context)
    assert (mail.status, mail.content["link"], mail.content["code"]) == ("sent", None, None)
    assert event.data["code"].encode() in transport.taken[0].data


def test_nothing_goes_to_an_address_that_was_corrected(context: ServiceContext) -> None:
    know_session(context)
    react(context, made(version=1, email="camile@example.org"))
    react(context, changed(version=2, email="camille@example.org", address_corrected=True))
    transport = Scripted()
    deliverer(context, transport).deliver_all()
    assert [letter.recipient for letter in transport.taken] == ["camille@example.org"]
    assert [(mail.status, mail.reason) for mail in mails(context)] == [
        ("withdrawn", "overtaken"),
        ("sent", None),
    ]


def test_an_old_state_is_not_told_after_a_newer_one(
    context: ServiceContext, clock: FrozenClock
) -> None:
    know_session(context)
    react(context, made(version=1))
    transport = Scripted(lambda: Deferred("451 later"))
    delivering = deliverer(context, transport)
    delivering.deliver_all()
    react(context, changed(version=2))
    delivering.deliver_all()
    clock.advance(minutes=1)
    delivering.deliver_all()
    assert [mail.status for mail in mails(context)] == ["withdrawn", "sent"]
