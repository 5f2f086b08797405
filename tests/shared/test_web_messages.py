from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.tables import INBOX
from shared.testing.contexts import NOW
from shared.web.messages_pages import messages_blueprint
from shared.web.sign_in import COOKIE, SignedInAccount
from tests.shared.web_application import account_cookie, small_application, small_context

PAGE = "/console/scheduling/messages"


@pytest.fixture
def context(tmp_path: Path) -> ServiceContext:
    return small_context(tmp_path)


@pytest.fixture
def client(context: ServiceContext) -> Any:
    app = small_application(context)
    app.config["WTF_CSRF_ENABLED"] = False
    app.register_blueprint(messages_blueprint("scheduling"))
    client = app.test_client()
    account = SignedInAccount(new_id(), "Ada", ("coordinator",), new_id())
    client.set_cookie(COOKIE, account_cookie(app, account))
    return client


def _receive(context: ServiceContext, status: str, handler: str = "count_seats") -> UUID:
    event_id = new_id()
    with context.database.write() as db:
        db.execute(
            sa.insert(INBOX).values(
                event_id=event_id,
                handler=handler,
                source="registration",
                type="registration.seats_counted",
                status=status,
                attempts=5,
                received_at=NOW - timedelta(hours=1),
                correlation_id="c0ffee",
                reason="<b>KeyError</b>",
            )
        )
    return event_id


def _status(context: ServiceContext, event_id: UUID) -> tuple[Any, ...]:
    columns = (INBOX.c.status, INBOX.c.attempts, INBOX.c.next_attempt_at)
    with context.database.read() as db:
        return tuple(db.execute(sa.select(*columns).where(INBOX.c.event_id == event_id)).one())


def test_the_page_shows_what_is_in_trouble(client: Any, context: ServiceContext) -> None:
    _receive(context, "dead")
    _receive(context, "parked", handler="copy_session")
    _receive(context, "done", handler="never_shown")
    page = client.get(PAGE).text
    assert "count_seats" in page
    assert "copy_session" in page
    assert "never_shown" not in page
    assert "&lt;b&gt;KeyError&lt;/b&gt;" in page
    assert "copy_session" not in client.get(PAGE + "?status=dead").text


def test_one_message_is_tried_again_at_once(client: Any, context: ServiceContext) -> None:
    dead, other = _receive(context, "dead"), _receive(context, "dead")
    response = client.post(f"{PAGE}/{dead}/count_seats/retry")
    assert (response.status_code, response.location) == (303, PAGE)
    assert _status(context, dead) == ("waiting", 0, NOW)
    assert _status(context, other) == ("dead", 5, None)


def test_all_dead_messages_are_tried_again(client: Any, context: ServiceContext) -> None:
    dead = [_receive(context, "dead") for _ in range(2)]
    done = _receive(context, "done")
    assert client.post(f"{PAGE}/retry-dead").status_code == 303
    assert "2 messages seront traités de nouveau." in client.get(PAGE).text
    assert [_status(context, event_id)[0] for event_id in dead] == ["waiting", "waiting"]
    assert _status(context, done)[0] == "done"


def test_a_message_that_is_done_is_left_alone(client: Any, context: ServiceContext) -> None:
    done = _receive(context, "done")
    client.post(f"{PAGE}/{done}/count_seats/retry")
    assert _status(context, done) == ("done", 5, None)


def test_only_the_coordination_sees_it(context: ServiceContext) -> None:
    app = small_application(context)
    app.register_blueprint(messages_blueprint("scheduling"))
    client = app.test_client()
    assert client.get(PAGE).status_code == 303
    door = SignedInAccount(new_id(), "Porte", ("door",), new_id())
    client.set_cookie(COOKIE, account_cookie(app, door))
    assert client.get(PAGE).status_code == 403
