"""The waiting room: nobody meets it on an ordinary day, and in a rush everybody has a turn."""

import re
from datetime import timedelta

import pytest

from services.registration.domain.turns import BURST, FORM_FOR, PASS_FOR
from services.registration.models import Registration
from services.registration.waiting_room import TURNS_PER_NETWORK
from services.registration.web import create_app
from shared.database import Database
from shared.testing.contexts import make_context
from tests.services.registration.browsing import FAMILY, Visitor, text_of
from tests.services.registration.factories import publish

#: Visitors a second whom the site under test lets in, and those who come in before anybody waits.
RATE = 2.0
AT_ONCE = int(RATE * BURST) + 1

COOKIE = "parvis_turn"


@pytest.fixture
def context(sqlite_url):
    made = make_context("registration", sqlite_url, admissions_per_second=RATE)
    yield made
    made.database.dispose()


@pytest.fixture
def app(context):
    return create_app(context)


@pytest.fixture
def session(context):
    return publish(context)


def come(app, path, **options):
    """Ask for a page as somebody new, and return his client and the answer."""
    client = app.test_client()
    return client, client.get(path, **options)


def fill_up(app, path):
    """Let in as many as come in at once."""
    for _ in range(AT_ONCE):
        _client, answer = come(app, path)
        assert "<form" in answer.text


def wait_told(answer):
    """Return the seconds that the page of the queue says; None where the answer is another."""
    found = re.search(r'data-seconds="([\d.]+)"', answer.text)
    return float(found[1]) if found else None


def test_on_an_ordinary_day_everybody_gets_the_form_and_a_pass(app, context, session):
    for _ in range(3 * AT_ONCE):
        client, answer = come(app, f"/register/{session}")
        assert (answer.status_code, wait_told(answer)) == (200, None)
        assert client.get_cookie(COOKIE) is not None
        context.clock.advance(seconds=1 / RATE)


def test_in_a_rush_turns_are_given_in_order_on_a_page_that_nobody_keeps(app, session):
    path = f"/register/{session}"
    fill_up(app, path)
    answers = [come(app, path)[1] for _ in range(4)]
    assert [wait_told(answer) for answer in answers] == [0.5, 1.0, 1.5, 2.0]
    first = answers[0]
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-store")
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert first.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert '<noscript><meta http-equiv="refresh" content="1"></noscript>' in first.text
    said = text_of(first.text)
    assert "dans moins d’une minute" in said
    assert "vers 10\u00a0h\u00a000 (heure de Paris)" in said
    assert "@" not in said


def test_the_wait_is_told_in_the_readers_words(app, session):
    path = f"/register/{session}"
    fill_up(app, path)
    for _ in range(500):
        come(app, path)
    said = text_of(come(app, path, headers={"Accept-Language": "en"})[1].text)
    assert "Your turn comes" in said
    assert "in about 5 minutes" in said
    assert "at about 10:04 (Paris time)" in said
    assert "About 500 people come before you at this entrance." in said


def test_a_program_without_cookies_takes_only_so_many_turns_of_the_others_time(
    app, context, session
):
    path = f"/register/{session}"
    greedy, family = ({"X-Forwarded-For": address} for address in ("192.0.2.1", "198.51.100.7"))
    fill_up(app, path)
    for _ in range(TURNS_PER_NETWORK[0] + 1):  # sums of fractions of a second end about here
        come(app, path, headers=greedy)
    _client, before = come(app, path, headers=family)
    beyond = [come(app, path, headers=greedy) for _ in range(1000)]
    waits = [wait_told(answer) for _client, answer in beyond]
    each = TURNS_PER_NETWORK[1] / TURNS_PER_NETWORK[0]
    assert waits == sorted(waits)
    assert round(waits[-1] - waits[0]) == round(999 * each)
    _client, after = come(app, path, headers=family)
    assert wait_told(after) == wait_told(before) + 1 / RATE
    last, _answer = beyond[-1]
    context.clock.advance(seconds=waits[-1] + 1)
    assert "<form" in last.get(path).text


def test_a_network_that_came_often_while_nobody_waited_waits_no_longer_than_others(
    app, context, session
):
    path = f"/register/{session}"
    school, family = ({"X-Forwarded-For": address} for address in ("192.0.2.1", "198.51.100.7"))
    for _ in range(3 * TURNS_PER_NETWORK[0]):
        context.clock.advance(seconds=1 / RATE)
        assert "<form" in come(app, path, headers=school)[1].text
    context.clock.advance(seconds=BURST)
    fill_up(app, path)
    _client, theirs = come(app, path, headers=family)
    _client, ours = come(app, path, headers=school)
    assert wait_told(ours) <= wait_told(theirs) + 2 / RATE


def test_reloading_keeps_ones_place_and_the_turn_opens_the_form(app, context, session):
    path = f"/register/{session}"
    fill_up(app, path)
    client, first = come(app, path)
    others = [come(app, path) for _ in range(3)]
    assert [wait_told(client.get(path)) for _ in range(3)] == [0.5, 0.5, 0.5]
    context.clock.advance(seconds=wait_told(first))
    assert "<form" in client.get(path).text
    assert [wait_told(other.get(path)) for other, _answer in others] == [0.5, 1.0, 1.5]


def test_who_is_in_moves_freely_and_the_pass_is_renewed_by_use(app, context, session):
    path = f"/register/{session}"
    inside, _answer = come(app, path)
    for _ in range(5):
        context.clock.advance(seconds=PASS_FOR * 0.7)
        fill_up(app, path)
        assert wait_told(come(app, path)[1]) is not None
        assert "<form" in inside.get(path).text


def test_who_stays_away_too_long_comes_anew(app, context, session):
    path = f"/register/{session}"
    client, _answer = come(app, path)
    context.clock.advance(seconds=PASS_FOR)
    fill_up(app, path)
    assert wait_told(client.get(path)) == 0.5


def test_a_form_that_was_shown_is_taken_in_the_middle_of_a_rush(app, context, session):
    visitor = Visitor(app)
    form = visitor.get(f"/register/{session}")
    context.clock.advance(seconds=FORM_FOR - 1)
    for _ in range(AT_ONCE + 20):
        come(app, f"/register/{session}")
    sent = form.send(FAMILY)
    assert sent.status == 303
    with context.database.read() as db:
        assert db.query(Registration.email).all() == [(FAMILY["email"],)]


def test_a_form_from_nowhere_is_told_when_to_try_again(app, session):
    path = f"/register/{session}"
    fill_up(app, path)
    answer = app.test_client().post(path, data=FAMILY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    said = text_of(answer.text)
    assert "il est arrivé sans passer par l’entrée" in said
    assert "queue.js" not in answer.text
    assert "refresh" not in answer.text


@pytest.mark.parametrize("forged", ["", "AAAA", "é" * 43, "A" * 43, "A" * 3000])
def test_a_forged_token_is_worth_nothing(app, session, forged):
    path = f"/register/{session}"
    fill_up(app, path)
    client = app.test_client()
    client.set_cookie(COOKIE, forged)
    assert wait_told(client.get(path)) == 0.5


def test_waiting_for_the_opening_lets_nobody_in_early(app, context):
    opens_at = context.clock() + timedelta(minutes=10)
    session = publish(context, registration_opens_at=opens_at.isoformat())
    path = f"/register/{session}"
    watching = [come(app, path)[0] for _ in range(AT_ONCE)]
    context.clock.advance(minutes=5)
    for client in watching:
        assert "<form" not in client.get(path).text
    context.clock.advance(minutes=5)
    late = [come(app, path)[1] for _ in range(AT_ONCE)]
    assert [wait_told(answer) for answer in late] == [None] * AT_ONCE
    found = [wait_told(client.get(path)) for client in watching]
    assert found == [(number + 1) / RATE for number in range(AT_ONCE)]


def test_a_full_process_asks_whoever_may_come_in_for_a_moment_and_takes_every_form(app, session):
    path = f"/register/{session}"
    visitor = Visitor(app)
    form = visitor.get(path)
    newcomer = app.test_client()
    pace = app.wsgi_app._application._application.pace
    for _ in range(2 * pace.CROWDED):
        pace.enter()
    assert [wait_told(client.get(path)) for client in (visitor.client, newcomer)] == [1.0, 1.0]
    assert form.send(FAMILY).status == 303
    for _ in range(2 * pace.CROWDED):
        pace.leave()
    assert "<form" in newcomer.get(path).text


def test_what_the_programmes_buttons_choose_is_taken_and_what_follows_waits(app, session):
    fill_up(app, f"/register/{session}")
    client = app.test_client()
    ours = {"Sec-Fetch-Site": "same-origin"}
    chosen = client.post(f"/selection/sessions/{session}", headers=ours)
    assert chosen.status_code == 303
    assert wait_told(client.get(chosen.headers["Location"])) == 0.5


def test_the_mailed_page_the_programs_and_the_console_are_never_queued(app, session):
    fill_up(app, f"/register/{session}")
    client = app.test_client()
    found = [
        client.get(path).status_code
        for path in (f"/registrations/{'x' * 22}", "/api/v1/registrations/none", "/healthz")
    ]
    assert found == [404, 404, 200]
    assert client.get_cookie(COOKIE) is None


def test_a_database_that_is_away_does_not_close_the_queue(app, session, monkeypatch):
    path = f"/register/{session}"
    fill_up(app, path)

    def fail(*_arguments):
        raise AssertionError("the page of the queue asks the database nothing of its own")

    monkeypatch.setattr(Database, "write", fail)
    assert wait_told(come(app, path)[1]) == 0.5


def test_over_https_the_pass_is_bound_to_this_very_host(sqlite_url):
    secure = make_context("registration", sqlite_url, public_url="https://festival.example.org")
    session = publish(secure)
    answer = create_app(secure).test_client().get(f"/register/{session}")
    given = next(
        value
        for value in answer.headers.getlist("Set-Cookie")
        if value.startswith("__Host-parvis_turn=")
    )
    rules = sorted(rule.split("=")[0] for rule in given.split("; ")[1:])
    assert rules == ["Expires", "HttpOnly", "Max-Age", "Path", "SameSite", "Secure"]
    assert timedelta(seconds=int(re.search(r"Max-Age=(\d+)", given)[1])) == timedelta(hours=12)
    secure.database.dispose()
