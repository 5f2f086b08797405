"""News of a release that something newer has overtaken on its way: it is told all the same."""

from collections.abc import Callable

import pytest

from services.notifications.domain.transports import Deferred, Outcome
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import cancelled, changed, mails, react
from tests.services.notifications.mail_reading import calendar, events, page, plain, read
from tests.services.notifications.releases import (
    booking,
    change,
    know,
    moved,
    off,
    release,
    session,
)
from tests.services.notifications.transport import Scripted, deliverer

BEFORE = session()
AFTER = moved(BEFORE)
OTHER = session(2, "La nuit des chauves-souris")


def later() -> Outcome:
    return Deferred("451 later")


@pytest.fixture
def overtaken(context: ServiceContext, clock: FrozenClock) -> Callable[..., list[str]]:
    """Refuse news of a release for now, let what follows be sent, and try the news again."""

    def overtake(*newer: Callable[[], object]) -> list[str]:
        know(context, AFTER, OTHER)
        both = [booking(AFTER), booking(OTHER)]
        react(context, release(change(BEFORE, AFTER), bookings=both, version=2))
        transport = Scripted(later)
        delivering = deliverer(context, transport)
        delivering.deliver_all()
        for step in newer:
            step()
            delivering.deliver_all()
        clock.advance(minutes=1)
        delivering.deliver_all()
        return [letter.name for letter in transport.taken]

    return overtake


def test_it_tells_the_newest_state(
    context: ServiceContext, overtaken: Callable[..., list[str]]
) -> None:
    smaller = booking(AFTER, party={"adults": 1}, revision=1)
    sent = overtaken(lambda: react(context, changed(version=3, bookings=[smaller, booking(OTHER)])))
    news, newer = mails(context)
    assert (sent, news.status) == ([newer.message_id, news.message_id], "sent")
    assert "Votre groupe : 1 adulte\n" in plain(page(read(news), "plain"))
    assert events(calendar(read(news)))[AFTER["uid"]]["SEQUENCE"] == "2"


def test_it_tells_the_newest_time(
    context: ServiceContext, overtaken: Callable[..., list[str]]
) -> None:
    last = moved(AFTER, hours=24)

    def release_again() -> None:
        know(context, last, version=3)
        both = [booking(last), booking(OTHER)]
        react(context, release(change(AFTER, last, version=3), bookings=both, version=3))

    overtaken(release_again)
    news, _newer = mails(context)
    text = plain(page(read(news), "plain"))
    assert "AVANT :\n  samedi 10 octobre 2026" in text
    assert "MAINTENANT :\n  lundi 12 octobre 2026" in text
    assert "lundi 12 octobre" in news.subject


def test_it_tells_no_change_of_what_was_given_up(
    context: ServiceContext, overtaken: Callable[..., list[str]]
) -> None:
    given_up = booking(AFTER, status="cancelled", revision=1)
    overtaken(lambda: react(context, changed(version=3, bookings=[given_up, booking(OTHER)])))
    assert [(mail.status, mail.reason) for mail in mails(context)] == [
        ("withdrawn", "overtaken"),
        ("sent", None),
    ]


def test_who_cancelled_everything_is_left_alone(
    context: ServiceContext, overtaken: Callable[..., list[str]]
) -> None:
    ended = [booking(AFTER, status="cancelled"), booking(OTHER, status="cancelled")]
    overtaken(lambda: react(context, cancelled(version=3, bookings=ended)))
    assert [mail.status for mail in mails(context)] == ["withdrawn", "sent"]


def test_an_address_that_was_corrected_since_is_not_written_to(
    context: ServiceContext, overtaken: Callable[..., list[str]]
) -> None:
    event = changed(
        version=3,
        bookings=[booking(AFTER), booking(OTHER)],
        email="camille@example.com",
        address_corrected=True,
    )
    overtaken(lambda: react(context, event))
    assert [(mail.recipient, mail.status) for mail in mails(context)] == [
        ("camille@example.org", "withdrawn"),
        ("camille@example.com", "sent"),
    ]


def test_unsent_news_overtakes_nothing(context: ServiceContext, clock: FrozenClock) -> None:
    know(context, OTHER)
    react(context, changed(version=2, bookings=[booking(OTHER)]))
    transport = Scripted(later)
    delivering = deliverer(context, transport)
    delivering.deliver_all()
    event = release(change(OTHER, OTHER), version=3, email="camille@example.com")
    assert react(context, event) is False
    clock.advance(minutes=1)
    delivering.deliver_all()
    assert [mail.status for mail in mails(context)] == ["sent", "withdrawn"]


def test_what_was_cancelled_stays_told(
    context: ServiceContext, overtaken: Callable[..., list[str]]
) -> None:
    gone = off(OTHER)

    def cancel_the_other() -> None:
        know(context, gone, version=3)
        left = [booking(AFTER), booking(OTHER, status="cancelled", revision=1)]
        react(context, release(change(OTHER, gone, version=3), bookings=left, version=3))

    overtaken(cancel_the_other)
    news, newer = mails(context)
    assert newer.subject.startswith("Séance annulée")
    assert "La nuit des chauves-souris" not in page(read(news), "plain")
