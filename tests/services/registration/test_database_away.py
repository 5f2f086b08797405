"""A database that does not answer: a sentence in time, what was typed kept, nothing half done."""

import json
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from services.registration.models import Registration
from services.registration.web import create_app
from shared.at_once import MARGIN
from shared.database import Database
from shared.testing.contexts import make_context
from shared.testing.processes import wait_until
from shared.testing.servers import private_postgresql
from shared.web import promptness
from tests.services.registration.browsing import FAMILY, Page, Visitor, how_many
from tests.services.registration.factories import publish, register, request, seats, wanted


@contextmanager
def hurry(seconds=0.3):
    """Let nobody wait for long, since nothing will come."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(promptness, "PATIENCE", seconds)
        yield


@pytest.fixture(scope="module")
def server():
    made = private_postgresql(durable=False)
    yield made
    made.thaw()
    made.remove()


@pytest.fixture
def frozen(server):
    """Return a context whose PostgreSQL can be frozen, and the server."""
    context = make_context("registration", server.create_database())
    yield context, server
    server.thaw()
    context.database.dispose()


def sent_again(page: Page) -> Page:
    """Send what the page has kept."""
    return page.send()


def kept(page: Page) -> tuple[object, ...]:
    return (
        page.status,
        page.headers["Retry-After"],
        "ce n’est pas encore enregistré" in page.text,
        {name: page.values[name] for name in FAMILY},
    )


KEPT = (503, "5", True, FAMILY)


def post(app, session, key):
    body = {
        "email": FAMILY["email"],
        "name": FAMILY["name"],
        "bookings": [{"session_id": str(session), "party": {"adults": 2}}],
    }
    headers = {"Idempotency-Key": key, "Accept-Language": "en"}
    return app.test_client().post("/api/v1/registrations", data=json.dumps(body), headers=headers)


def test_a_form_that_meets_a_frozen_server_is_kept_and_registers_once_when_it_is_back(frozen):
    context, server = frozen
    session = publish(context)
    form = Visitor(create_app(context)).get(f"/register/{session}")
    server.freeze()
    with hurry():
        first = form.send(FAMILY)
        again = sent_again(first)
    server.thaw()
    assert kept(first) == kept(again) == KEPT
    assert FAMILY["email"] in first.part("facts")
    assert sent_again(again).status == 303
    assert (how_many(context), seats(context, session).taken) == (1, 3)


def test_programs_and_readers_of_a_frozen_server_are_told_to_come_back(frozen):
    context, server = frozen
    session = publish(context)
    app = create_app(context)
    assert app.test_client().get(f"/register/{session}").status_code == 200
    server.freeze()
    with hurry():
        answers = [
            post(app, session, "k"),
            app.test_client().get(f"/register/{session}"),
            app.test_client().get(f"/registrations/{'x' * 22}"),
        ]
    server.thaw()
    assert [(a.status_code, a.headers["Retry-After"]) for a in answers] == [(503, "5")] * 3
    answer = post(app, session, "k")
    assert answer.status_code == 201
    assert post(app, session, "k").json == answer.json
    assert (how_many(context), seats(context, session).taken) == (1, 2)


def test_what_a_frozen_server_was_sent_is_not_done_once_it_is_back(frozen):
    context, server = frozen
    session = publish(context)
    app = create_app(context)
    assert post(app, session, "first").status_code == 201  # the next is one statement
    assert post(app, session, "second").status_code == 201
    server.freeze()
    with hurry(MARGIN + 0.5):  # enough to begin
        assert post(app, session, "third").status_code == 503
    server.thaw()
    context.database.dispose()
    only_we = sa.text(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()"
    )
    wait_until(lambda: told(context, only_we), 60)
    assert (how_many(context), seats(context, session).taken) == (2, 4)
    assert post(app, session, "third").status_code == 201
    assert (how_many(context), seats(context, session).taken) == (3, 6)


def told(context, statement):
    with context.database.read() as db:
        return db.scalar(statement)


def test_a_form_that_meets_a_session_locked_for_too_long_is_kept(postgresql_context):
    context = postgresql_context
    session = publish(context)
    form = Visitor(create_app(context)).get(f"/register/{session}")
    other = Database(context.database.url.render_as_string(hide_password=False))
    with hurry(), other.write() as holder:
        holder.execute(sa.text("SELECT 1 FROM session_seats FOR UPDATE"))
        first = form.send(FAMILY)
    other.dispose()
    assert kept(first) == KEPT
    assert sent_again(first).status == 303
    assert (how_many(context), seats(context, session).taken) == (1, 3)


def test_a_form_that_meets_a_locked_file_is_kept(sqlite_url):
    context = make_context("registration", sqlite_url)
    session = publish(context)
    app = create_app(context)
    form = Visitor(app).get(f"/register/{session}")
    other = Database(sqlite_url)
    with hurry(), other.write():
        first = form.send(FAMILY)
        refused = post(app, session, "k")
    assert kept(first) == KEPT
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert how_many(context) == 0
    assert sent_again(first).status == 303
    assert (how_many(context), seats(context, session).taken) == (1, 3)
    other.dispose()
    context.database.dispose()


def test_what_is_typed_on_a_registrations_own_page_is_kept(sqlite_url):
    context = make_context("registration", sqlite_url)
    session = publish(context)
    [answer] = register(context, request(wanted(session, adults=1)))
    [booking] = answer.body["bookings"]
    address = f"/registrations/{answer.body['token']}"
    page = Visitor(create_app(context)).get(address)
    typed = {"email": "elan@example.org"}, {"adults": "2", "children": "3"}
    sent_to = f"{address}/address", f"{address}/bookings/{booking['id']}/party"
    other = Database(sqlite_url)
    with hurry(), other.write():
        met = [page.send(*each) for each in zip(typed, sent_to, strict=True)]
    other.dispose()
    assert [(one.status, one.headers["Retry-After"]) for one in met] == [(503, "5")] * 2
    assert [one.headers["Referrer-Policy"] for one in met] == ["no-referrer"] * 2
    for one, values in zip(met, typed, strict=True):
        assert {name: one.values[name] for name in values} == values
        assert "ce n’est pas encore enregistré" in one.text
        assert "inscrit·e deux fois" not in one.text
        assert sent_again(one).status == 303
    assert typed[0]["email"] in met[0].part("facts")
    assert seats(context, session).taken == 5
    with context.database.read() as db:
        assert db.query(Registration).one().email == typed[0]["email"]
    context.database.dispose()
