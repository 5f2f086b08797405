"""A letter as some subscriber would get it now: looked at, or sent to whoever writes it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.notifications.domain.newsletter.letters import letter_content
from services.notifications.domain.newsletter.news import list_programme, news_in, window_of
from services.notifications.domain.newsletter.own_events import own_event
from services.notifications.domain.newsletter.periods import Frequency
from services.notifications.domain.newsletter.topics import Topics
from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import letter_subject, test_subject
from services.notifications.domain.templates import NEWSLETTER_TEST
from services.notifications.models import Campaign, OutgoingMail
from shared.identifiers import new_id
from shared.site import find_copied_site

#: How far back a letter looks that nobody has got before.
BACK: dict[str, timedelta] = {"weekly": timedelta(days=7), "monthly": timedelta(days=31)}


def preview_content(
    db: Session, campaign: Campaign, topics: Topics, frequency: Frequency, *, now: datetime
) -> dict[str, Any]:
    """Return the facts of the letter as somebody with these choices would get it now."""
    since = now - BACK[frequency]
    window = window_of(list_programme(db, now=now), since=since, until=now, now=now)
    news = news_in(window, topics, frequency, now=now)
    return letter_content(news, campaign, find_copied_site(db), token=None, frequency=frequency)


def preview_mail(content: dict[str, Any], locale: str, *, now: datetime) -> OutgoingMail:
    """Return the mail of a preview; it is in no table, and goes nowhere."""
    return OutgoingMail(
        id=new_id(),
        event_id=new_id(),
        recipient="apercu@example.org",
        template=NEWSLETTER_TEST,
        locale=locale,
        subject=letter_subject(content, locale),
        message_id="preview",
        content=content,
        queued_at=now,
    )


def send_test(
    db: Session, content: dict[str, Any], address: str, locale: str, *, now: datetime
) -> None:
    """Queue a letter to whoever writes it, marked as a trial."""
    draft = Draft(
        template=NEWSLETTER_TEST,
        recipient=address,
        locale=locale,
        subject=test_subject(content, locale),
        content=content,
    )
    queue_mail(db, draft, own_event("letter_tried", new_id(), now=now), now=now)
