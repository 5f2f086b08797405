"""Registration's worker: its handlers through the inbox, fed with the neighbours' golden events."""

from functools import partial
from types import SimpleNamespace
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registration.models import RevokedSignIn, SessionCopy
from services.registration.queries import is_revoked
from services.registration.service import RegistrationService
from shared.contracts.scheduling import SESSION_PUBLISHED, SIGN_IN_REVOKED
from shared.messaging.inbox import Inbox
from shared.messaging.nameko_adapter import handlers_of
from tests.contracts.golden import golden
from tests.services.registration.factories import (
    publish,
    recorded,
    register,
    request,
    seats,
    wanted,
)


@pytest.fixture
def service(context):
    worker = RegistrationService()
    worker.messaging = SimpleNamespace(context=context)
    return worker


@pytest.fixture
def receive(context, service):
    """Give a golden event to the handler of its type, as often as it is called."""
    inbox = Inbox(context.database, context.clock)
    by_event = {handler.event: (handler, method) for handler, method in handlers(service)}

    def take(event):
        handler, method = by_event[event]
        return inbox.receive(handler, golden(event).to_json(), partial(method, service))

    return take


def handlers(service):
    return handlers_of(type(service)).values()


def test_the_queues_keep_their_names(service):
    assert sorted(handler.queue for handler, _ in handlers(service)) == [
        "evt-notifications-mail_bounced--registration.note_bounced_mail",
        "evt-scheduling-api_token_issued--registration.keep_api_token",
        "evt-scheduling-api_token_revoked--registration.drop_api_token",
        "evt-scheduling-release_published--registration.close_release",
        "evt-scheduling-session_published--registration.keep_session",
        "evt-scheduling-sign_in_revoked--registration.keep_revocation",
        "evt-scheduling-site_described--registration.keep_site",
    ]
    assert {handler.name for handler, _ in handlers(service) if handler.kind != "copy"} == {
        "note_bounced_mail"
    }


def test_a_published_session_is_copied_once(context, receive):
    for _ in range(2):
        receive(SESSION_PUBLISHED)
    published = golden(SESSION_PUBLISHED)
    with context.database.read() as db:
        [copy] = db.scalars(sa.select(SessionCopy))
    assert (copy.id, copy.version, copy.details) == (
        published.aggregate_id,
        published.aggregate_version,
        published.data,
    )
    assert seats(context, copy.id).capacity == published.data["capacity"]


def test_a_revoked_sign_in_is_remembered(context, receive):
    receive(SIGN_IN_REVOKED)
    sign_in_id = UUID(golden(SIGN_IN_REVOKED).data["sign_in_id"])
    with context.database.read() as db:
        assert is_revoked(db, sign_in_id)
        assert len(db.scalars(sa.select(RevokedSignIn)).all()) == 1


def test_the_timers_count_seats_and_forget_keys(context, service):
    session = publish(context, capacity=10)
    register(context, request(wanted(session), key="k"))
    service.count_seats()
    [counted] = [data for name, _, data in recorded(context) if name == "seats_counted"]
    assert (counted["seats_left"], counted["bookings"], counted["seats_taken"]) == (8, 1, 2)
    context.clock.advance(days=31)
    service.forget_keys()
    [answer] = register(context, request(wanted(session), key="k"), now=context.clock())
    assert answer.body["code"] == "not_bookable"
