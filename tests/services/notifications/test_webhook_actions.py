"""What organisers do to a webhook from the console: tests, pauses, secrets, replays."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from services.notifications.web import create_app
from shared.context import ServiceContext
from tests.services.notifications.events import session_published
from tests.services.notifications.webhook_browsing import (
    HOME,
    organiser,
    post,
    shown_secret,
)
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


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def quick_app(sqlite_context: ServiceContext) -> Flask:
    return create_app(sqlite_context)


def test_a_test_leaves_at_once_and_its_answer_is_shown(app: Flask, context: ServiceContext) -> None:
    made = make(context)
    client = organiser(app)
    post(client, f"/{made.id}/test")
    deliverer(context, Posting(REFUSED)).deliver_all()
    assert "500, réponse d’erreur" in client.get(f"{HOME}/{made.id}").text
    [told] = deliveries(context)
    page = client.get(f"{HOME}/{made.id}/deliveries/{told.id}").text
    assert f"msg_{told.id.hex}" in page
    assert "oups" in page
    assert "34" in page
    assert "webhook.test" in page


def test_a_stopped_one_sends_nothing_until_it_is_enabled_and_told_to_replay(
    app: Flask, context: ServiceContext
) -> None:
    made = make(context)
    client = organiser(app)
    posting = Posting(TAKEN)
    sender = deliverer(context, posting)
    post(client, f"/{made.id}/pause")
    announce(context, session_published())
    post(client, f"/{made.id}/test")
    since = "2026-09-24T09:59"  # Paris
    post(client, f"/{made.id}/replay", since=since)
    assert (sender.deliver_all(), states(context)) == (0, [("held", 0)])
    assert 'name="since"' not in client.get(f"{HOME}/{made.id}").text
    post(client, f"/{made.id}/enable")
    page = client.get(f"{HOME}/{made.id}").text
    assert 'value="2026-09-24T10:00"' in page  # when the first was missed
    for later in ("2026-09-24T10:01", "nonsense", "", "99999-01-01T00:00"):
        post(client, f"/{made.id}/replay", since=later)
    assert sender.deliver_all() == 0
    post(client, f"/{made.id}/replay", since=since)
    assert sender.deliver_all() == 1
    assert posting.types == ["session.published"]


def test_a_disabled_one_says_why(quick_app: Flask, sqlite_context: ServiceContext) -> None:
    made = make(sqlite_context)
    announce(sqlite_context, session_published())
    deliverer(sqlite_context, Posting(GONE)).deliver_all()
    client = organiser(quick_app)
    assert "Désactivé" in client.get(HOME).text
    page = client.get(f"{HOME}/{made.id}").text
    assert "n’existe plus (410)" in page
    assert "Réactiver" in page
    assert "Envoyer un essai" not in re.sub(r"«[^»]*»", "", page)


def test_one_message_is_sent_again(quick_app: Flask, sqlite_context: ServiceContext) -> None:
    made = make(sqlite_context)
    announce(sqlite_context, session_published())
    posting = Posting(TAKEN)
    sender = deliverer(sqlite_context, posting)
    sender.deliver_all()
    [told] = deliveries(sqlite_context)
    client = organiser(quick_app)
    answer = post(client, f"/{made.id}/deliveries/{told.id}/replay")
    assert answer.headers["Location"].endswith(f"/{made.id}/deliveries/{told.id}")
    sender.deliver_all()
    assert posting.ids == [f"msg_{told.id.hex}"] * 2
    other = make(sqlite_context)
    assert post(client, f"/{other.id}/deliveries/{told.id}/replay").status_code == 404
    assert client.get(f"{HOME}/{other.id}/deliveries/{told.id}").status_code == 404


def test_a_new_secret_is_shown_once(quick_app: Flask, sqlite_context: ServiceContext) -> None:
    made = make(sqlite_context)
    client = organiser(quick_app)
    assert made.secret not in client.get(f"{HOME}/{made.id}/secret").text
    secret = shown_secret(post(client, f"/{made.id}/secret"))
    found = webhook(sqlite_context, made.id)
    assert (found.secret, found.previous_secret) == (secret, made.secret)
    assert found.previous_until == sqlite_context.clock() + timedelta(hours=24)
    page = client.get(f"{HOME}/{made.id}").text
    assert secret not in page
    assert "signe aussi jusqu’au" in page


def test_one_is_removed_with_all_it_was_told(app: Flask, context: ServiceContext) -> None:
    made = make(context)
    announce(context, session_published())
    deliverer(context, Posting(TAKEN)).deliver_all()
    client = organiser(app)
    assert client.get(f"{HOME}/{made.id}/delete").status_code == 200
    assert post(client, f"/{made.id}/delete").status_code == 303
    assert deliveries(context) == []
    assert client.get(f"{HOME}/{made.id}").status_code == 404


def test_a_long_log_goes_on_and_is_narrowed(
    quick_app: Flask, sqlite_context: ServiceContext
) -> None:
    made = make(sqlite_context)
    for version in range(1, 29):
        announce(sqlite_context, session_published(version=version))
    deliverer(sqlite_context, Posting(TAKEN)).deliver_turn()
    client = organiser(quick_app)

    def rows(query: str) -> tuple[int, str | None]:
        text = client.get(f"{HOME}/{made.id}?{query}").text
        following = re.search(r'rel="next" href="[^?]+\?([^"]+)"', text)
        return text.count("mails-row"), following and following[1].replace("&amp;", "&")

    first, following = rows("")
    assert (first, rows(following or "")) == (25, (3, None))
    assert rows("status=queued") == (8, None)
    assert rows("status=nonsense")[0] == 25
