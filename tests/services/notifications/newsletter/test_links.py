"""The links of the letter's mails: opening changes nothing, one click ends it, choices are kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.notifications.domain.newsletter.erasing import PROOF_KEPT, forget_old_proofs
from services.notifications.domain.newsletter.subscriptions import running_of
from services.notifications.models import Consent, ErasedLetter, Subscription, SubscriptionMail
from tests.services.notifications.events import mails
from tests.services.notifications.newsletter.subscribing import (
    CAMILLE,
    begin,
    csrf,
    ident,
    publish,
    send,
    serve,
    subscriptions,
)
from tests.services.notifications.transport import Scripted, deliverer

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def running(context, email=CAMILLE):
    with context.database.read() as db:
        return [(one.kind, one.frequency) for one in running_of(db, email)]


def ended(context):
    with context.database.read() as db:
        query = sa.select(Subscription.ended_for).order_by(Subscription.id)
        return list(db.scalars(query))


def test_one_click_ends_it_without_cookies_and_once_more_changes_nothing(context, app):
    token = begin(context, app).token
    program = app.test_client(use_cookies=False)

    first = program.post(f"/newsletter/unsubscribe/{token}", data=ONE_CLICK)
    context.clock.advance(hours=1)
    again = program.post(f"/newsletter/unsubscribe/{token}", data=ONE_CLICK)

    assert (first.status_code, again.status_code, running(context)) == (200, 200, [])
    assert ended(context) == ["one_click"]
    [subscription] = subscriptions(context)
    with context.database.read() as db:
        consent = db.get_one(Consent, subscription.consent_id)
        assert consent.withdrawn_at == context.clock() - timedelta(hours=1)
    unknown = program.post("/newsletter/unsubscribe/nothing", data=ONE_CLICK)
    assert unknown.status_code == 200


def test_opening_any_link_changes_nothing(context, app):
    publish(context)
    token = begin(context, app).token
    begin(context, app, f"/newsletter/follow/{ident('glacier')}")
    client = app.test_client()

    for path in ("unsubscribe/{}", "preferences/{}", "preferences/{}/erase", "confirm/{}"):
        address = "/newsletter/" + path.format(token)
        for method in (client.get, client.head):
            response = method(address)
            assert response.status_code in (200, 303)
            assert response.headers["Referrer-Policy"] == "no-referrer"

    assert running(context) == [("digest", "weekly"), ("follow", None)]


def test_the_page_behind_the_link_has_a_button(context, app):
    token = begin(context, app).token
    client = app.test_client()
    asked = client.get(f"/newsletter/unsubscribe/{token}")
    assert "Ne plus recevoir la lettre" in asked.text
    assert "<button" in asked.text

    done = client.post(f"/newsletter/unsubscribe/{token}")

    assert "Vous êtes désabonné·e" in done.text
    assert ended(context) == ["page"]


def test_an_old_mails_link_ends_what_has_taken_its_place_and_nothing_else(context, app):
    publish(context)
    old = begin(context, app).token
    begin(context, app, frequency="monthly")
    follow = begin(context, app, f"/newsletter/follow/{ident('glacier')}").token

    app.test_client().post(f"/newsletter/unsubscribe/{old}", data=ONE_CLICK)
    assert running(context) == [("follow", None)]

    app.test_client().post(f"/newsletter/unsubscribe/{follow}", data=ONE_CLICK)
    assert running(context) == []


def test_choices_are_changed_by_the_page_of_any_of_ones_mails(context, app):
    publish(context)
    publish(context, "volcan", commune=("38185", "Grenoble"))
    begin(context, app)
    follow = begin(context, app, f"/newsletter/follow/{ident('glacier')}")
    client = app.test_client()
    page = f"/newsletter/preferences/{follow.token}"
    shown = client.get(page).text
    assert (CAMILLE in shown, "Glacier" in shown) == (True, True)

    choices = {"frequency": "monthly", "locale": "en", "communes": ["38185", "12345"]}
    assert send(client, page, **choices).status_code == 303

    letter, _follow = subscriptions(context)
    assert (letter.frequency, letter.locale, letter.topics) == (
        "monthly",
        "en",
        {"communes": ["38185"]},
    )
    assert letter.due_from == context.clock()
    refused = send(client, page, frequency="hourly", locale="fr")
    assert (refused.status_code, 'id="frequency-error"' in refused.text) == (422, True)


def test_one_of_several_is_stopped_and_never_somebody_elses(context, app):
    publish(context)
    mine = begin(context, app)
    follow = begin(context, app, f"/newsletter/follow/{ident('glacier')}")
    other = begin(context, app, email="dominique@example.org")
    client = app.test_client()
    token = csrf(client.get(f"/newsletter/preferences/{mine.token}"))

    for one in (follow, other):
        client.post(
            f"/newsletter/preferences/{mine.token}/stop/{one.id}", data={"csrf_token": token}
        )

    assert running(context) == [("digest", "weekly")]
    assert running(context, "dominique@example.org") == [("digest", "weekly")]


def test_erasing_leaves_nothing_of_the_address(context, app):
    publish(context, days=5)
    token = begin(context, app, email="Camille@Example.org").token
    other = begin(context, app, email="dominique@example.org")
    context.clock.advance(days=6.9)
    publish(context, "volcan", days=5)
    context.clock.advance(hours=3)
    assert len(serve(context)) == 2

    done = send(app.test_client(), f"/newsletter/preferences/{token}/erase")

    assert "Tout est effacé" in done.text
    with context.database.read() as db:
        assert [one.id for one in db.scalars(sa.select(Subscription))] == [other.id]
        assert [one.email for one in db.scalars(sa.select(Consent))] == ["dominique@example.org"]
        served = db.scalars(sa.select(SubscriptionMail.subscription_id)).all()
        assert served == [other.id]
        assert db.scalar(sa.select(sa.func.count()).select_from(ErasedLetter)) == 2
    blanked = [mail for mail in mails(context) if mail.erased_at is not None]
    assert [(mail.recipient, mail.content, mail.consent_id) for mail in blanked] == [
        ("", {}, None)
    ] * 2
    assert CAMILLE not in str([(one.recipient, one.content) for one in mails(context)])
    assert app.test_client().get(f"/newsletter/preferences/{token}").status_code == 404


def test_a_letter_that_waits_is_not_sent_to_who_has_left_since(context, app):
    publish(context, days=5)
    token = begin(context, app).token
    context.clock.advance(days=6.9)
    publish(context, "volcan", days=5)
    context.clock.advance(hours=3)
    [letter] = serve(context)
    app.test_client().post(f"/newsletter/unsubscribe/{token}", data=ONE_CLICK)
    transport = Scripted()

    deliverer(context, transport).deliver_all()

    found = {mail.id: (mail.status, mail.reason) for mail in mails(context)}
    assert found[letter.id] == ("withdrawn", "unsubscribed")


@pytest.mark.parametrize(("days", "left"), [(-1, 1), (0, 0)])
def test_the_proof_of_what_ended_is_kept_for_three_years(context, app, days, left):
    token = begin(context, app).token
    app.test_client().post(f"/newsletter/unsubscribe/{token}", data=ONE_CLICK)
    with context.database.write() as db:
        forget_old_proofs(db, now=context.clock() + PROOF_KEPT + timedelta(days=days))

    assert len(subscriptions(context)) == left
