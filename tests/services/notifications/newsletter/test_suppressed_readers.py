"""What one subscribes to leaves suppressed addresses in peace, and a complaint of it ends it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.notifications.domain.bouncing import note_report
from services.notifications.domain.reports import Report
from services.notifications.domain.suppressions import is_suppressed, lift, suppress
from services.notifications.models import Consent, Subscription, SuppressedAddress
from tests.services.notifications.newsletter.subscribing import (
    CAMILLE,
    begin,
    publish,
    serve,
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


@pytest.mark.parametrize("reason", ["hard_bounce", "complaint"])
def test_a_suppressed_address_gets_nothing_until_that_is_lifted(context, app, reason):
    begin(context, app)
    context.clock.advance(hours=1)
    publish(context, "glacier")
    with context.database.write() as db:
        suppress(db, CAMILLE.upper(), reason, now=context.clock())
    context.clock.set(THURSDAY)
    assert serve(context) == []

    with context.database.write() as db:
        [standing] = db.scalars(sa.select(SuppressedAddress.id))
        lift(db, standing, by="Nour", note="said so on the telephone", now=context.clock())
    context.clock.advance(days=1)
    publish(context, "volcano")
    context.clock.advance(days=6)
    [letter] = serve(context)
    assert (letter.recipient, titles(letter, "new")) == (CAMILLE, ["Volcano"])


def test_a_complaint_of_a_letter_takes_the_consent_back(context, app):
    subscription = begin(context, app)
    context.clock.advance(hours=1)
    publish(context, "glacier")
    context.clock.set(THURSDAY)
    [letter] = serve(context)
    complaint = Report("complaint", None, "abuse")
    with context.database.write() as db:
        assert note_report(db, letter.id, complaint, now=context.clock())

    with context.database.read() as db:
        ended = db.get_one(Subscription, subscription.id)
        assert (ended.ended_at, ended.ended_for) == (THURSDAY, "complaint")
        assert db.get_one(Consent, subscription.consent_id).withdrawn_at == THURSDAY
        assert is_suppressed(db, CAMILLE, "newsletter")
