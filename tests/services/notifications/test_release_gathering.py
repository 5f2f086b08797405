"""Releases within a few minutes: one mail to whoever registered, or none, or at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifications.domain import registrations
from services.notifications.domain.claiming import claim_due
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.messaging.envelope import Envelope
from shared.testing.contexts import NOW, FrozenClock
from tests.services.notifications.events import changed, mails, react
from tests.services.notifications.mail_reading import page, plain, read
from tests.services.notifications.releases import (
    MUSEUM,
    booking,
    change,
    know,
    moved,
    off,
    release,
    session,
)

WINDOW = timedelta(minutes=5)
BEFORE = session()
AFTER = moved(BEFORE)
OTHER = session(2, "La nuit des chauves-souris")


def hear(context: ServiceContext, event: Envelope, *known: dict[str, Any]) -> list[OutgoingMail]:
    """Let notifications hear of a release, and return every mail."""
    know(context, *known, version=event.aggregate_version)
    with context.database.write() as db:
        registrations.tell_change(db, event, now=context.clock(), window=WINDOW)
    return mails(context)


def first(context: ServiceContext) -> OutgoingMail:
    """Let a session be moved; return the mail that waits."""
    know(context, OTHER)
    bookings = [booking(AFTER), booking(OTHER)]
    [mail] = hear(context, release(change(BEFORE, AFTER), bookings=bookings), AFTER)
    return mail


def due(context: ServiceContext) -> list[OutgoingMail]:
    return claim_due(context.database, now=context.clock(), most=9)


def test_news_leave_when_the_window_is_over(context: ServiceContext, clock: FrozenClock) -> None:
    mail = first(context)
    clock.advance(minutes=4)
    assert due(context) == []
    clock.advance(minutes=1)
    assert [one.id for one in due(context)] == [mail.id]


def test_two_releases_are_one_mail_from_what_was_told_to_what_is(
    context: ServiceContext, clock: FrozenClock
) -> None:
    first(context)
    clock.advance(minutes=3)
    there = AFTER | {"venue": MUSEUM, "space": None}
    second = release(
        change(AFTER, there, version=3),
        change(OTHER, moved(OTHER), version=3),
        bookings=[booking(there), booking(OTHER)],
        version=3,
    )
    gathered, mail = hear(context, second, there, moved(OTHER))
    assert (gathered.status, gathered.reason) == ("withdrawn", "gathered")
    assert (mail.status, mail.next_attempt_at, mail.about_version) == ("queued", NOW + WINDOW, 3)
    text = plain(page(read(mail), "plain"))
    was, now = text.split("[Nouvel horaire, nouveau lieu]")[1].split("MAINTENANT :")[:2]
    assert "samedi 10 octobre 2026, 14 h – 15 h 30" in was
    assert "dimanche 11 octobre 2026, 12 h – 13 h 30\n  Muséum de Grenoble" in now
    assert "La nuit des chauves-souris" in text


def test_what_is_undone_is_told_to_nobody(context: ServiceContext, clock: FrozenClock) -> None:
    first(context)
    clock.advance(minutes=4)
    back = release(
        change(AFTER, BEFORE, version=3), bookings=[booking(BEFORE), booking(OTHER)], version=3
    )
    hear(context, back, BEFORE)
    clock.advance(minutes=9)
    assert due(context) == []
    assert [mail.reason for mail in mails(context)] == ["gathered", "unchanged"]


def test_an_event_that_comes_late_lengthens_what_waits(context: ServiceContext) -> None:
    there = AFTER | {"venue": MUSEUM, "space": None}
    newer = release(change(AFTER, there, version=3), version=3)
    hear(context, newer, there)
    _gathered, mail = hear(context, release(change(BEFORE, AFTER)))
    [news] = mail.content["changes"]
    assert (news["before"]["starts_at"], mail.about_version) == (BEFORE["starts_at"], 3)


@pytest.mark.parametrize(("hours", "waits"), [(23.5, False), (25, True)])
def test_a_cancellation_takes_what_waited_and_goes_at_once_when_the_session_is_near(
    context: ServiceContext, clock: FrozenClock, hours: float, waits: bool
) -> None:
    first(context)
    clock.set(datetime.fromisoformat(OTHER["starts_at"]) - timedelta(hours=hours))
    with context.database.write() as db:  # as if it had been heard just now
        mail = db.get_one(OutgoingMail, mails(context)[0].id)
        mail.content = mail.content | {"gathered_since": clock().isoformat()}
        mail.next_attempt_at = clock() + WINDOW
    gone = booking(OTHER, status="cancelled", revision=1)
    cancelled = release(
        change(OTHER, off(OTHER), version=3), bookings=[booking(AFTER), gone], version=3
    )
    _gathered, mail = hear(context, cancelled, off(OTHER))
    assert mail.next_attempt_at == (clock() + WINDOW if waits else clock())
    assert len(mail.content["changes"]) == 2


def test_what_somebody_changes_themselves_does_not_wait_for_news(
    context: ServiceContext, clock: FrozenClock
) -> None:
    first(context)
    smaller = [booking(AFTER, party={"adults": 1}), booking(OTHER)]
    react(context, changed(version=3, bookings=smaller))
    assert [mail.template for mail in due(context)] == ["registration_changed"]
    clock.advance(minutes=5)
    [news] = due(context)
    assert "AVANT :" in page(read(news), "plain").replace("\u00a0", " ")
    assert "Votre groupe : 1 adulte" in plain(page(read(news), "plain"))


def test_the_same_event_twice_is_one_mail(context: ServiceContext) -> None:
    event = release(change(BEFORE, AFTER))
    hear(context, event, AFTER)
    [mail] = hear(context, event)
    assert mail.status == "queued"


def test_a_mail_that_an_older_parvis_left_waiting_is_gathered_too(context: ServiceContext) -> None:
    kept = first(context)
    with context.database.write() as db:
        row = db.get_one(OutgoingMail, kept.id)
        older = ("heard", "gathered_since")
        row.content = {name: one for name, one in row.content.items() if name not in older}
    again = moved(AFTER, hours=1)
    second = release(
        change(AFTER, again, version=3), bookings=[booking(again), booking(OTHER)], version=3
    )
    _gathered, mail = hear(context, second, again)
    [news] = mail.content["changes"]
    assert news["before"]["starts_at"] == BEFORE["starts_at"]
