"""A mail that came back is shown as such, its address is left alone, and its person is called."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.notifications.domain import messages
from services.notifications.domain.receiving import Returned
from services.notifications.domain.retrying import retry_mail
from services.notifications.domain.return_path import ReturnPath
from services.notifications.domain.returned_mail import take_back
from services.notifications.domain.suppressions import reasons_against
from services.notifications.domain.transports import Deferred, Failed, Sent, Unknown
from services.notifications.models import DeliveryStep
from shared.contracts.notifications import MAIL_BOUNCED
from shared.messaging.tables import OUTBOX
from tests.services.notifications.events import (
    changed,
    golden,
    know_session,
    made,
    mails,
    only_mail,
    react,
)
from tests.services.notifications.returned import complaint, dsn
from tests.services.notifications.test_erasing import erased, everything, forget
from tests.services.notifications.transport import Scripted, deliverer

PATHS = ReturnPath("bounces.fds.example", "a secret key of these tests, long enough")
EMAIL = "camille@example.org"
WORDS = "550 5.1.1 <camille@example.org>: Recipient address rejected: unknown"


@pytest.fixture
def sent(context):
    know_session(context)
    react(context, made())
    deliverer(context, Scripted(lambda: Sent("250 2.0.0 Ok: queued as 4B3C"))).deliver_all()
    return context


def bring_back(context, data: bytes, *addresses: str) -> int:
    to = addresses or (PATHS.address_of(mails(context)[0].id),)
    return take_back(context.database, PATHS, Returned(to, data), context.clock)


def steps(context) -> list[tuple[str, str | None]]:
    with context.database.read() as db:
        rows = db.scalars(sa.select(DeliveryStep).order_by(DeliveryStep.at, DeliveryStep.id))
        return [(step.kind, step.words) for step in rows]


def suppressed(context, address: str = EMAIL) -> set[str]:
    with context.database.read() as db:
        return set(reasons_against(db, [address]).get(address, ()))


def told(context) -> list[dict[str, Any]]:
    with context.database.read() as db:
        rows = db.execute(sa.select(OUTBOX).order_by(OUTBOX.c.row)).mappings().all()
    for row in rows:
        assert row["type"] == "notifications.mail_bounced"
        MAIL_BOUNCED.check(row["data"])
    return [dict(row["data"]) for row in rows]


def state(context) -> tuple[str, str | None]:
    mail = only_mail(context)
    return mail.status, mail.reason


def bounced(context, **changes: Any) -> dict[str, Any]:
    mail = mails(context)[0]
    return {
        "mail_id": str(mail.id),
        "registration_id": str(mail.about_id),
        "template": "registration_confirmed",
        "status": "5.1.1",
        "is_hard": True,
    } | changes


def test_a_hard_bounce_marks_the_mail_suppresses_the_address_and_is_told(sent):
    assert bring_back(sent, dsn()) == 1
    assert state(sent) == ("bounced", WORDS)
    assert steps(sent) == [("sent", "250 2.0.0 Ok: queued as 4B3C"), ("bounced", WORDS)]
    assert suppressed(sent) == {"hard_bounce"}
    assert told(sent) == [bounced(sent)]


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.1"])
def test_a_bounce_that_is_not_about_the_mailbox_suppresses_nothing(sent, status):
    bring_back(sent, dsn(status=status))
    assert (state(sent)[0], suppressed(sent)) == ("bounced", set())
    assert told(sent) == [bounced(sent, status=status, is_hard=False)]


@pytest.mark.parametrize(("action", "kind"), [("delayed", "delayed"), ("relayed", "relayed")])
def test_what_is_late_or_went_on_is_noted_only(sent, action, kind):
    bring_back(sent, dsn(action=action, status="4.7.1", words="451 later"))
    assert (state(sent), suppressed(sent), told(sent)) == (("sent", None), set(), [])
    assert steps(sent)[1:] == [(kind, "451 later")]


def test_the_same_report_again_is_one(sent, clock):
    assert [bring_back(sent, dsn()), bring_back(sent, dsn())] == [1, 0]
    clock.advance(days=2)
    assert bring_back(sent, dsn()) == 0
    assert (len(steps(sent)), len(told(sent))) == (2, 1)


def test_forged_reports_change_nothing(sent):
    mail_id = only_mail(sent).id
    forged = (
        f"bounces+{mail_id.hex}-{'0' * 20}@bounces.fds.example",
        ReturnPath(PATHS.domain, "another key").address_of(mail_id),
        PATHS.address_of(made().id),
        "complaints@bounces.fds.example",
    )
    assert [bring_back(sent, dsn(), one) for one in forged] == [0] * 4
    path = forged[0]
    assert bring_back(sent, complaint(path), "complaints@bounces.fds.example") == 0
    assert bring_back(sent, b"Subject: I am away\r\n\r\n") == 0
    assert (state(sent), steps(sent)[1:], suppressed(sent)) == (("sent", None), [], set())


def test_a_bounce_settles_an_unknown_fate(context):
    know_session(context)
    react(context, made())
    deliverer(context, Scripted(lambda: Unknown("connection lost"))).deliver_all()
    bring_back(context, dsn())
    assert state(context) == ("bounced", WORDS)


def test_a_bounce_that_is_faster_than_the_answer_stands(context):
    know_session(context)
    react(context, made())

    def slowly() -> Sent:
        assert bring_back(context, dsn()) == 1
        return Sent("250 late")

    deliverer(context, Scripted(slowly)).deliver_all()
    assert state(context) == ("bounced", WORDS)
    assert steps(context) == [("bounced", WORDS)]


def test_a_late_report_about_a_mail_that_is_sent_again_does_not_stop_it(sent, clock):
    bring_back(sent, dsn(status="5.7.1"))
    with sent.database.write() as db:
        retry_mail(db, only_mail(sent).id, now=clock.advance(hours=1))
    bring_back(sent, dsn(status="5.7.1", words="554 5.7.1 once more"))
    assert only_mail(sent).status == "queued"
    deliverer(sent, Scripted()).deliver_all()
    clock.advance(minutes=1)
    bring_back(sent, dsn(status="5.7.1"))
    assert only_mail(sent).status == "bounced"
    assert [kind for kind, _words in steps(sent)] == [
        "sent",
        "bounced",
        "retried",
        "bounced",
        "sent",
        "bounced",
    ]


def test_a_complaint_is_kept_whichever_way_it_comes(sent):
    path = PATHS.address_of(only_mail(sent).id)
    assert bring_back(sent, complaint(path), "complaints@bounces.fds.example") == 1
    assert bring_back(sent, complaint("nobody@example.org"), path) == 0  # the same, said again
    assert (state(sent), suppressed(sent), told(sent)) == (("sent", None), {"complaint"}, [])


def test_a_refusal_for_good_has_the_same_consequences(context):
    know_session(context)
    react(context, made())
    deliverer(context, Scripted(lambda: Failed(WORDS))).deliver_all()
    assert (state(context), suppressed(context)) == (("failed", WORDS), {"hard_bounce"})
    assert told(context) == [bounced(context)]


def test_each_attempt_is_kept_with_what_was_said(context, clock):
    know_session(context)
    react(context, made())
    said = (Deferred("450 4.7.1 greylisted"), Deferred("451 4.3.0 busy"), Sent("250 ok"))
    delivering = deliverer(context, Scripted(*(lambda one=one: one for one in said)))
    for _ in said:
        delivering.deliver_all()
        clock.advance(hours=1)
    assert steps(context) == [
        ("deferred", "450 4.7.1 greylisted"),
        ("deferred", "451 4.3.0 busy"),
        ("sent", "250 ok"),
    ]


def test_what_is_kept_back_for_a_bounce_is_told_too(sent):
    bring_back(sent, dsn())
    react(sent, changed(version=only_mail(sent).about_version + 1))
    deliverer(sent, Scripted()).deliver_all()
    latest = mails(sent)[1]
    assert latest.status == "withdrawn"
    assert told(sent)[1:] == [
        bounced(sent, mail_id=str(latest.id), template=latest.template, status=None)
    ]


def test_a_message_that_came_back_names_its_registration(context):
    event = golden("registration.message_written")
    with context.database.write() as db:
        messages.tell_message(db, event, now=context.clock())
    deliverer(context, Scripted()).deliver_all()
    bring_back(context, dsn())
    assert told(context) == [
        bounced(
            context,
            registration_id=event.data["registration_id"],
            template="organiser_message",
        )
    ]


def test_nobody_is_called_about_an_address_that_was_corrected(sent):
    right = changed(
        email="right@example.org",
        address_corrected=True,
        version=only_mail(sent).about_version + 1,
    )
    react(sent, right)
    bring_back(sent, dsn())
    assert (mails(sent)[0].status, suppressed(sent), told(sent)) == (
        "bounced",
        {"hard_bounce"},
        [],
    )


def test_mails_of_the_staff_are_nobody_s_registration(context):
    event = golden("scheduling.sign_in_requested")
    context.clock.set(event.occurred_at)
    react(context, event)
    deliverer(context, Scripted()).deliver_all()
    bring_back(context, dsn())
    assert (state(context)[0], told(context)) == ("bounced", [])


def test_erasing_forgets_what_servers_said_and_hears_no_more(sent):
    bring_back(sent, dsn())
    address = PATHS.address_of(only_mail(sent).id)
    forget(sent, erased(only_mail(sent).about_id))
    assert EMAIL not in everything(sent)
    assert steps(sent) == [("sent", None), ("bounced", None)]
    assert bring_back(sent, dsn(words="550 5.1.1 again"), address) == 0
    assert bring_back(sent, complaint("x@example.org"), address) == 0
    assert suppressed(sent) == set()
