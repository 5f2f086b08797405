"""Letters and alerts are served once, to whom they concern, by day, right through restarts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.notifications.domain.newsletter import serving
from services.notifications.domain.newsletter.news import list_programme
from services.notifications.domain.newsletter.refusals import refuse
from services.notifications.domain.newsletter.subscriptions import change
from services.notifications.domain.newsletter.topics import Topics
from services.notifications.models import (
    Consent,
    OutgoingMail,
    Subscription,
    SubscriptionMail,
)
from tests.services.notifications.events import mails
from tests.services.notifications.newsletter.subscribing import (
    CAMILLE,
    begin,
    count_seats,
    ident,
    publish,
    serve,
    subscriptions,
    titles,
)

PARIS = ZoneInfo("Europe/Paris")

#: A Monday at ten; letters leave on Thursdays at nine.
MONDAY = datetime(2026, 9, 21, 10, tzinfo=PARIS)
THURSDAY = datetime(2026, 9, 24, 9, tzinfo=PARIS)


@pytest.fixture
def context(context):
    context.clock.set(MONDAY)
    return context


def told(letters, kind="new"):
    return {mail.recipient: titles(mail, kind) for mail in letters}


def subscribe_many(context, number):
    """Write subscribers into the tables, as their confirmations would have."""
    now = context.clock()
    with context.database.write() as db:
        for one in range(number):
            email = f"reader{one}@example.org"
            proof = {"words": "…", "words_version": "1", "locale": "fr", "page": "/newsletter"}
            consent = Consent(email=email, asked_at=now, confirmed_at=now, **proof)
            db.add(consent)
            db.flush()
            db.add(
                Subscription(
                    kind="digest",
                    email=email,
                    token=f"token{one}",
                    locale="fr",
                    frequency="weekly",
                    topics={},
                    activity_title={},
                    consent_id=consent.id,
                    began_at=now,
                    due_from=now,
                    told_until=now,
                )
            )


def test_letters_wait_until_few_mails_are_about_to_leave(context, app, monkeypatch):
    monkeypatch.setattr(serving, "MOST_WAITING", 3)
    subscribe_many(context, 3)
    context.clock.advance(hours=1)
    publish(context, "glacier")

    def room():
        with context.database.read() as db:
            return serving.has_room(db, now=context.clock())

    context.clock.set(THURSDAY + timedelta(hours=1))
    assert room()
    assert len(serve(context)) == 3
    assert not room()
    with context.database.write() as db:
        db.execute(
            sa.update(OutgoingMail).values(next_attempt_at=context.clock() + timedelta(hours=1))
        )
    assert room()


def test_each_gets_what_they_chose_on_thursday_at_nine(context, app):
    publish(context, "before")
    begin(context, app)
    begin(context, app, email="voiron@example.org", communes=["38563"])
    begin(context, app, email="monthly@example.org", frequency="monthly")
    context.clock.advance(hours=1)
    publish(context, "glacier")
    publish(context, "volcan", days=21, commune=("38185", "Grenoble"))

    context.clock.set(THURSDAY - timedelta(seconds=1))
    assert serve(context) == []
    context.clock.set(THURSDAY)
    letters = serve(context)

    assert told(letters) == {
        CAMILLE: ["Glacier", "Volcan"],
        "voiron@example.org": ["Glacier"],
    }
    [first, _second] = letters
    assert first.consent_id == subscriptions(context)[0].consent_id
    assert first.template == "newsletter"


def test_nothing_new_is_no_letter_and_nothing_is_told_twice(context, app):
    publish(context, "before")
    begin(context, app)
    context.clock.set(THURSDAY)
    assert serve(context) == []

    context.clock.advance(days=1)
    publish(context, "glacier")
    context.clock.set(THURSDAY + timedelta(days=7))
    assert told(serve(context)) == {CAMILLE: ["Glacier"]}
    context.clock.set(THURSDAY + timedelta(days=14))
    assert serve(context) == []
    with context.database.read() as db:
        rows = db.execute(
            sa.select(SubscriptionMail.period, SubscriptionMail.is_empty).order_by(
                SubscriptionMail.period
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        ("weekly:2026-09-24", True),
        ("weekly:2026-10-01", False),
        ("weekly:2026-10-08", True),
    ]


def test_a_worker_that_was_away_sends_it_late_and_by_day(context, app):
    begin(context, app)
    context.clock.advance(hours=1)
    publish(context, "glacier", days=30)
    context.clock.set(THURSDAY + timedelta(days=1, hours=12))
    assert serve(context) == []  # nine in the evening

    context.clock.set(THURSDAY + timedelta(days=1, hours=23))
    assert told(serve(context)) == {CAMILLE: ["Glacier"]}


def test_many_are_served_in_batches_and_a_restart_in_between_doubles_nothing(context):
    subscribe_many(context, serving.BATCH + 5)
    context.clock.advance(hours=1)
    publish(context, "glacier", days=30)
    context.clock.set(THURSDAY)
    with context.database.read() as db:
        listed = list_programme(db, now=context.clock())
    with context.database.write() as db:
        assert serving.serve_digests(db, listed, now=context.clock()) == serving.BATCH

    class Killed(Exception):
        pass

    with pytest.raises(Killed), context.database.write() as db:
        assert serving.serve_digests(db, listed, now=context.clock()) == 5
        raise Killed
    assert len(mails(context)) == serving.BATCH

    assert len(serve(context)) == 5
    assert serve(context) == []
    assert len({mail.recipient for mail in mails(context)}) == serving.BATCH + 5


def test_what_was_published_a_moment_ago_waits_for_the_next_letter(context, app):
    begin(context, app)
    context.clock.set(THURSDAY)
    publish(context, "glacier", days=30)
    assert serve(context) == []

    context.clock.set(THURSDAY + timedelta(days=7))
    assert told(serve(context)) == {CAMILLE: ["Glacier"]}


def test_changes_and_free_seats_are_told(context, app):
    publish(context, "glacier", days=9)
    publish(context, "volcan", days=9)
    publish(context, "muon", days=9)
    for name in ("glacier", "volcan", "muon"):
        count_seats(context, name, 0 if name == "muon" else 4, version=1)
    begin(context, app)
    context.clock.advance(hours=1)
    publish(context, "glacier", version=2, days=10)
    count_seats(context, "muon", 2, version=2)
    count_seats(context, "muon", 9, version=1)
    context.clock.set(THURSDAY)

    [letter] = serve(context)

    assert [
        (one["title"]["fr"], one["label"], one["seats_left"]) for one in letter.content["changed"]
    ] == [
        ("Muon", "freed", 2),
        ("Glacier", "time", 4),
    ]
    assert titles(letter, "free") == ["Volcan"]


def test_history_that_a_new_service_catches_up_with_is_no_news(context, app):
    begin(context, app)
    context.clock.advance(hours=1)
    publish(context, "glacier", at=MONDAY - timedelta(days=30))
    context.clock.set(THURSDAY)

    assert serve(context) == []


def test_a_new_frequency_begins_with_the_next_period(context, app):
    token = begin(context, app).token
    context.clock.set(THURSDAY + timedelta(days=12))
    publish(context, "glacier", days=30)
    with context.database.write() as db:
        change(db, token, frequency="monthly", topics=Topics(), locale="fr", now=context.clock())
    context.clock.advance(hours=1)
    assert serve(context) == []

    context.clock.set(datetime(2026, 11, 1, 9, tzinfo=PARIS))
    publish(context, "later", days=30)
    context.clock.advance(minutes=5)
    assert [mail.recipient for mail in serve(context)] == [CAMILLE]


def test_a_refused_address_gets_nothing(context, app):
    begin(context, app)
    context.clock.advance(hours=1)
    publish(context, "glacier")
    with context.database.write() as db:
        refuse(db, CAMILLE.upper(), now=context.clock())
    context.clock.set(THURSDAY)

    assert serve(context) == []


def test_whoever_follows_hears_of_new_dates_together_and_once_a_day(context, app):
    publish(context, "first", activity="act")
    subscription = begin(context, app, f"/newsletter/follow/{ident('act')}")
    context.clock.advance(minutes=10)
    publish(context, "second", activity="act")
    publish(context, "third", activity="act", days=21)
    publish(context, "elsewhere")
    assert serve(context) == []  # a release may go on
    context.clock.advance(minutes=3)

    [alert] = serve(context)
    assert (alert.template, alert.recipient, alert.consent_id) == (
        "activity_followed",
        CAMILLE,
        subscription.consent_id,
    )
    assert titles(alert, "dates") == ["Second", "Third"]
    context.clock.advance(hours=1)
    publish(context, "fourth", activity="act")
    context.clock.advance(hours=1)
    assert serve(context) == []

    context.clock.advance(hours=12)
    assert serve(context) == []  # at night
    context.clock.advance(hours=10)
    [alert] = serve(context)
    assert titles(alert, "dates") == ["Fourth"]
    context.clock.advance(days=1)
    assert serve(context) == []


def test_whoever_follows_hears_when_a_full_session_has_seats_again(context, app):
    publish(context)
    count_seats(context, "glacier", 3, version=1)
    begin(context, app, f"/newsletter/follow/{ident('glacier')}")
    context.clock.advance(minutes=10)
    for version, seats in enumerate((2, 0), start=2):
        count_seats(context, "glacier", seats, version=version)
    context.clock.advance(minutes=5)
    assert serve(context) == []

    count_seats(context, "glacier", 1, version=4)
    context.clock.advance(minutes=5)
    [alert] = serve(context)
    assert [(one["label"], one["seats_left"]) for one in alert.content["dates"]] == [("freed", 1)]


def test_seats_that_went_again_before_anybody_was_told_are_not_told(context, app):
    publish(context)
    count_seats(context, "glacier", 0, version=1)
    begin(context, app, f"/newsletter/follow/{ident('glacier')}")
    context.clock.advance(minutes=10)
    count_seats(context, "glacier", 1, version=2)
    count_seats(context, "glacier", 0, version=3)
    context.clock.advance(minutes=5)
    assert serve(context) == []

    count_seats(context, "glacier", 2, version=4)
    context.clock.advance(minutes=5)
    assert [len(alert.content["dates"]) for alert in serve(context)] == [1]


def test_older_events_change_nothing_of_what_is_known(context):
    publish(context, version=2, days=10)
    publish(context, version=1, days=20)
    count_seats(context, "glacier", 4, version=2)
    count_seats(context, "glacier", 0, version=1)

    with context.database.read() as db:
        [entry] = list_programme(db, now=context.clock())
    assert entry.starts_at == context.clock() + timedelta(days=10)
    assert (entry.seats_left, entry.freed_at, entry.moved) == (4, None, None)
