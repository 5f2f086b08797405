"""Notifications' worker: its handlers, taken through the inbox as messages come."""

import smtplib
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from services.notifications.bounce_listener import BounceListener
from services.notifications.domain.delivering import Deliverer
from services.notifications.domain.identity import Identity
from services.notifications.domain.registrations import confirm_registration
from services.notifications.mail_sending import Bounces
from services.notifications.queries import is_revoked
from services.notifications.service import NotificationsService
from shared.context import ServiceContext
from shared.messaging.envelope import Envelope
from shared.messaging.inbox import Inbox, Outcome
from shared.messaging.nameko_adapter import CONTEXT, handlers_of
from shared.testing.contexts import FrozenClock, make_context
from shared.testing.processes import free_port
from tests.services.notifications.events import (
    cancelled,
    changed,
    golden,
    made,
    mails,
    released,
    session_published,
)
from tests.services.notifications.returned import dsn
from tests.services.notifications.transport import Scripted
from tests.services.notifications.webhooks import deliveries, make

HANDLERS = handlers_of(NotificationsService)


def take(context: ServiceContext, name: str, event: Envelope) -> Outcome:
    """Let the handler of that name take the event, as a message."""
    service = NotificationsService()
    service.messaging = SimpleNamespace(context=context)  # type: ignore[assignment]
    handler, method = HANDLERS[name]
    assert handler.event.type == event.type
    inbox = Inbox(context.database, context.clock)
    return inbox.receive(handler, event.to_json(), partial(method, service))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(made().occurred_at)  # the service is installed when the events happen


def test_the_queues_keep_their_names() -> None:
    assert {handler.queue: handler.kind for handler, _ in HANDLERS.values()} == {
        "evt-scheduling-session_published--notifications.keep_session": "copy",
        "evt-registration-seats_counted--notifications.keep_seats": "copy",
        "evt-scheduling-session_published--notifications.announce_session": "reaction",
        "evt-scheduling-sign_in_requested--notifications.send_way_in": "reaction",
        "evt-scheduling-sign_in_revoked--notifications.keep_revocation": "copy",
        "evt-scheduling-api_token_issued--notifications.keep_api_token": "copy",
        "evt-scheduling-api_token_revoked--notifications.drop_api_token": "copy",
        "evt-scheduling-site_described--notifications.keep_site": "copy",
        "evt-scheduling-account_invited--notifications.tell_invitation": "reaction",
        "evt-scheduling-proposal_moved--notifications.tell_proposal": "reaction",
        "evt-scheduling-proposals_reminded--notifications.remind_of_proposals": "reaction",
        "evt-scheduling-sessions_rescheduled--notifications.tell_partner": "reaction",
        "evt-scheduling-stop_moved--notifications.tell_stop": "reaction",
        "evt-scheduling-stop_option_reminded--notifications.remind_of_option": "reaction",
        "evt-registration-links_requested--notifications.send_links": "reaction",
        "evt-registration-message_written--notifications.tell_message": "reaction",
        "evt-registration-registrations_erased--notifications.forget_registrations": "copy",
        "evt-registration-registration_made--notifications.confirm_registration": "reaction",
        "evt-registration-registration_changed--notifications.tell_change": "reaction",
        "evt-registration-registration_cancelled--notifications.tell_cancellation": "reaction",
    }


def test_every_event_is_taken(context: ServiceContext) -> None:
    outcomes = [
        take(context, "keep_session", session_published()),
        take(context, "confirm_registration", made(version=1)),
        take(context, "tell_change", changed(version=2)),
        take(context, "tell_cancellation", cancelled(version=3)),
        take(context, "send_way_in", golden("scheduling.sign_in_requested")),
        take(context, "keep_revocation", golden("scheduling.sign_in_revoked")),
        take(context, "tell_invitation", _now(context, "scheduling.account_invited")),
        take(context, "tell_proposal", _now(context, "scheduling.proposal_moved")),
        take(context, "remind_of_proposals", _now(context, "scheduling.proposals_reminded")),
        take(context, "tell_partner", _now(context, "scheduling.sessions_rescheduled")),
        take(context, "tell_stop", _now(context, "scheduling.stop_moved")),
        take(context, "remind_of_option", _now(context, "scheduling.stop_option_reminded")),
    ]
    assert outcomes == ["done"] * 12
    assert [mail.template for mail in mails(context)] == [
        "registration_confirmed",
        "registration_changed",
        "registration_cancelled",
        "sign_in",
        "account_invited",
        "proposal_moved",
        "proposal_moved",
        "proposals_reminded",
        "sessions_rescheduled",
        "stop_moved",
        *["stop_option_reminded"] * 3,
    ]
    with context.database.read() as db:
        assert is_revoked(db, golden("scheduling.sign_in_revoked").aggregate_id)


def _now(context: ServiceContext, name: str) -> Envelope:
    """Return the golden event as one that happens now: what is older is not mailed about."""
    return replace(golden(name), occurred_at=context.clock())


def test_webhooks_hear_of_what_the_handlers_take(context: ServiceContext) -> None:
    webhook = make(context)
    for name, event in (
        ("keep_session", session_published()),
        ("announce_session", _now(context, "scheduling.session_published")),
        ("confirm_registration", made(version=1)),
        ("tell_change", changed(version=2, changed_bookings=[made().data["bookings"][0]["id"]])),
        ("tell_cancellation", cancelled(version=3)),
    ):
        assert take(context, name, event) == "done"
    assert [(one.webhook_id, one.kind) for one in deliveries(context)] == [
        (webhook.id, "session.published"),
        (webhook.id, "registration.made"),
        (webhook.id, "registration.changed"),
        (webhook.id, "registration.cancelled"),
    ]


def test_a_registration_that_is_early_waits_for_its_session(
    context: ServiceContext, clock: FrozenClock
) -> None:
    assert take(context, "confirm_registration", made()) == "parked"
    assert take(context, "keep_session", session_published()) == "done"
    clock.advance(seconds=1)
    handler, method = HANDLERS["confirm_registration"]
    service = NotificationsService()
    service.messaging = SimpleNamespace(context=context)  # type: ignore[assignment]
    inbox = Inbox(context.database, context.clock)
    assert inbox.retry_due({handler.name: (handler, partial(method, service))}) == ["done"]
    assert [mail.status for mail in mails(context)] == ["queued"]


def test_the_same_message_twice_is_known(context: ServiceContext) -> None:
    take(context, "keep_session", session_published())
    event = made()
    assert [take(context, "confirm_registration", event) for _ in range(2)] == ["done", "known"]
    assert len(mails(context)) == 1


def test_nobody_is_written_to_about_the_time_before(
    context: ServiceContext, clock: FrozenClock
) -> None:
    take(context, "keep_session", session_published())
    old = replace(made(), occurred_at=clock().replace(year=2025))
    assert take(context, "confirm_registration", old) == "done"
    assert mails(context) == []


def test_a_release_is_told_once_its_sessions_have_come(
    context: ServiceContext, clock: FrozenClock
) -> None:
    take(context, "keep_session", session_published())
    event = released()
    assert take(context, "tell_change", event) == "parked"
    after = event.data["session_changes"][0]["after"]
    take(context, "keep_session", session_published(version=2, sequence=1, **after))
    clock.advance(seconds=1)
    handler, method = HANDLERS["tell_change"]
    service = NotificationsService()
    service.messaging = SimpleNamespace(context=context)  # type: ignore[assignment]
    inbox = Inbox(context.database, context.clock)
    assert inbox.retry_due({handler.name: (handler, partial(method, service))}) == ["done"]
    assert [mail.template for mail in mails(context)] == ["programme_changed"]


def test_a_release_of_the_time_before_is_not_mailed(
    context: ServiceContext, clock: FrozenClock
) -> None:
    take(context, "keep_session", session_published(version=2))
    old = replace(released(), occurred_at=clock().replace(year=2025))
    assert take(context, "tell_change", old) == "done"
    assert mails(context) == []


def test_the_worker_takes_in_what_comes_back_where_the_settings_say(sqlite_url: str) -> None:
    port = free_port()
    context = make_context(
        "notifications",
        sqlite_url,
        mail_return_path="bounces.fds.example",
        bounce_listen=("127.0.0.1", port),
    )
    take(context, "keep_session", session_published())
    with context.database.write() as db:
        confirm_registration(db, made(), now=context.clock())
    transport = Scripted()
    identity = Identity.of(context.settings)
    Deliverer(context.database, transport, identity, context.clock).deliver_all()
    [letter] = transport.taken

    bounces = Bounces()
    bounces.container = SimpleNamespace(config={CONTEXT: context})
    bounces.setup()
    bounces.start()
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail("", [letter.sender], dsn())
    bounces.stop()
    assert [mail.status for mail in mails(context)] == ["bounced"]
    context.database.dispose()


def test_without_an_address_to_listen_on_the_worker_takes_nothing_in(
    context: ServiceContext,
) -> None:
    bounces = Bounces()
    bounces.container = SimpleNamespace(config={CONTEXT: context})
    bounces.setup()
    bounces.start()
    bounces.stop()
    assert BounceListener.of(context) is None
