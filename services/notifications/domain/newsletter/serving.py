"""Serving: each subscription gets its letter once for each period, whatever restarts in between.

A few subscriptions are served in one short transaction: that they were served (which is unique for
subscription and period), up to when their news was told, and the mails. Two workers at once skip
what the other has locked.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.newsletter.batches import NewsOfBatch
from services.notifications.domain.newsletter.letters import item_facts, letter_content
from services.notifications.domain.newsletter.news import Item, Listed, change_of
from services.notifications.domain.newsletter.own_events import own_event
from services.notifications.domain.newsletter.periods import (
    FREQUENCIES,
    Frequency,
    day_of,
    is_decent,
    period_at,
)
from services.notifications.domain.newsletter.refusals import refused_among
from services.notifications.domain.newsletter.topics import Topics
from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import followed_subject, letter_subject
from services.notifications.domain.templates import FOLLOWED, NEWSLETTER
from services.notifications.models import (
    Campaign,
    OutgoingMail,
    ProgrammeEntry,
    SeatCount,
    Subscription,
    SubscriptionMail,
)
from shared.database import insert_ignoring
from shared.site import Site, find_copied_site

#: Subscriptions that are served in one transaction: it holds SQLite's only write lock.
BATCH = 25

#: What happened so lately may not be committed yet, or be part of a release that goes on: the next
#: letter tells it, and an alert waits for it.
SETTLING = timedelta(minutes=2)


#: Mails that may be about to leave while more letters are written: whoever waits for a ticket, or
#: to sign in, is never behind more letters than these.
MOST_WAITING = 200


def has_room(db: Session, *, now: datetime) -> bool:
    """Tell whether so few mails are about to leave that letters may join them."""
    waiting = (
        sa.select(OutgoingMail.id)
        .where(OutgoingMail.status.in_(("queued", "deferred")))
        .where(OutgoingMail.next_attempt_at <= now)
        .limit(MOST_WAITING)
    )
    found = db.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0
    return found < MOST_WAITING


def is_due(db: Session, *, now: datetime) -> bool:
    """Tell whether there is anything to serve, at an hour at which anything is sent."""
    if not is_decent(now):
        return False
    campaigns = sa.select(Campaign.id).where(_planned_before(now))
    letters = [
        _unserved(period.key, Subscription.frequency == frequency, period.begins_at)
        for frequency in FREQUENCIES
        for period in [period_at(now, frequency)]
    ]
    asked = (campaigns, *letters, _followed_news(now))
    return any(db.scalar(query.limit(1)) is not None for query in asked)


def serve_campaigns(db: Session, programme: Sequence[Listed], *, now: datetime) -> int:
    """Send the campaign that is due to some of those it is for; return how many were served."""
    if not is_decent(now):
        return 0
    campaign = db.scalars(
        sa.select(Campaign)
        .where(_planned_before(now))
        .order_by(Campaign.planned_at, Campaign.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if campaign is None or campaign.planned_at is None:
        return 0
    campaign.status = "sending"
    db.flush()
    period = f"campaign:{campaign.id}"
    due = _due(db, period, Subscription.frequency.in_(campaign.frequencies), campaign.planned_at)
    if not due:
        campaign.status, campaign.sent_at = "sent", now
    with db.no_autoflush:  # up to when each was told is written for all of them at the end
        return _serve(db, due, period, programme, campaign, now)


def serve_digests(db: Session, programme: Sequence[Listed], *, now: datetime) -> int:
    """Serve some subscriptions whose period has begun; return how many."""
    if not is_decent(now):
        return 0
    served = 0
    for frequency in FREQUENCIES:
        period = period_at(now, frequency)
        due = _due(db, period.key, Subscription.frequency == frequency, period.begins_at)
        with db.no_autoflush:
            served += _serve(db, due, period.key, programme, None, now)
    return served


def serve_follows(db: Session, programme: Sequence[Listed], *, now: datetime) -> int:
    """Tell some of those who follow an activity that it has new dates or seats; return how many.

    Once a day at most; what comes later that day is told the next.
    """
    if not is_decent(now):
        return 0
    period, until = day_of(now), now - SETTLING
    by_activity: dict[UUID | None, list[Listed]] = {}
    for session in programme:
        if session.status == "confirmed":
            by_activity.setdefault(session.activity_id, []).append(session)
    due = db.scalars(
        _followed_news(now).order_by(Subscription.id).limit(BATCH).with_for_update(skip_locked=True)
    ).all()
    refused = refused_among(db, [one.email for one in due])
    site = find_copied_site(db)
    for one in due:
        dates = by_activity.get(one.activity_id, [])
        items = _dates_of(dates, since=one.told_until, until=until, now=now)
        is_left = one.email in refused
        if items and _mark(db, one, period, is_empty=is_left, now=now) and not is_left:
            _queue_followed(db, one, items, site, period, now)
        one.told_until = until
    return len(due)


def _planned_before(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Campaign.status.in_(("planned", "sending")), Campaign.planned_at <= now)


def _unserved(
    period: str, whose: sa.ColumnElement[bool], begins_at: datetime
) -> sa.Select[Subscription]:
    """Select the running letters that were not served for a period yet."""
    served = sa.exists().where(
        SubscriptionMail.subscription_id == Subscription.id, SubscriptionMail.period == period
    )
    return (
        sa.select(Subscription)
        .where(Subscription.kind == "digest", Subscription.ended_at.is_(None), whose)
        .where(Subscription.due_from <= begins_at, ~served)
    )


def _due(
    db: Session, period: str, whose: sa.ColumnElement[bool], begins_at: datetime
) -> Sequence[Subscription]:
    """Lock some running letters that were not served for a period yet."""
    query = _unserved(period, whose, begins_at).order_by(Subscription.id).limit(BATCH)
    return db.scalars(query.with_for_update(skip_locked=True)).all()


def _followed_news(now: datetime) -> sa.Select[Subscription]:
    """Select those who follow an activity of which there is news, not told anything today."""
    until = now - SETTLING
    served = sa.exists().where(
        SubscriptionMail.subscription_id == Subscription.id,
        SubscriptionMail.period == day_of(now),
    )
    noticed, freed = ProgrammeEntry.noticed_at, SeatCount.freed_at
    news = (
        sa.select(sa.literal(1))
        .select_from(ProgrammeEntry)
        .outerjoin(SeatCount, SeatCount.session_id == ProgrammeEntry.session_id)
        .where(ProgrammeEntry.activity_id == Subscription.activity_id)
        .where(ProgrammeEntry.status == "confirmed", ProgrammeEntry.ends_at > now)
        .where(
            sa.and_(noticed > Subscription.told_until, noticed <= until)
            | sa.and_(freed > Subscription.told_until, freed <= until)
        )
    )
    return sa.select(Subscription).where(
        Subscription.kind == "follow", Subscription.ended_at.is_(None), sa.exists(news), ~served
    )


def _serve(
    db: Session,
    due: Sequence[Subscription],
    period: str,
    programme: Sequence[Listed],
    campaign: Campaign | None,
    now: datetime,
) -> int:
    refused = refused_among(db, [one.email for one in due])
    site = find_copied_site(db)
    found = NewsOfBatch(programme, now)
    for one in due:
        since, until = one.told_until, max(now - SETTLING, one.told_until)
        frequency: Frequency = "monthly" if one.frequency == "monthly" else "weekly"
        news = found.news(Topics.read(one.topics), frequency, since, until)
        is_empty = (news.is_empty and campaign is None) or one.email in refused
        if not _mark(db, one, period, is_empty=is_empty, now=now, campaign=campaign):
            continue
        one.told_until = until
        if is_empty:
            continue
        content = letter_content(news, campaign, site, token=one.token, frequency=frequency)
        draft = Draft(
            template=NEWSLETTER,
            recipient=one.email,
            locale=one.locale,
            subject=letter_subject(content, one.locale),
            content=content,
            consent_id=one.consent_id,
        )
        queue_mail(db, draft, _event(one, period, now), now=now)
    return len(due)


def _mark(
    db: Session,
    subscription: Subscription,
    period: str,
    *,
    is_empty: bool,
    now: datetime,
    campaign: Campaign | None = None,
) -> bool:
    """Write down that a subscription is served for a period; False if it was already."""
    table = SubscriptionMail.metadata.tables[SubscriptionMail.__tablename__]
    event = _event(subscription, period, now)
    marked: Any = db.execute(
        insert_ignoring(db, table),
        {
            "id": event.id,
            "subscription_id": subscription.id,
            "period": period,
            "consent_id": subscription.consent_id,
            "campaign_id": campaign.id if campaign else None,
            "is_empty": is_empty,
            "served_at": now,
        },
    )
    return bool(marked.rowcount)


def _event(subscription: Subscription, period: str, now: datetime) -> Any:
    about = uuid5(NAMESPACE_URL, f"parvis:letter:{subscription.id}:{period}")
    return own_event("letter", about, now=now)


def _dates_of(
    dates: Sequence[Listed], *, since: datetime, until: datetime, now: datetime
) -> list[Item]:
    """Return the dates that are new, or have seats again, soonest first."""
    found = []
    for one in dates:
        if since < one.noticed_at <= until:
            found.append(Item(one, "new_date"))
        elif change_of(one, since=since, until=until, now=now) == "freed":
            found.append(Item(one, "freed"))
    return found


def _queue_followed(
    db: Session,
    subscription: Subscription,
    items: list[Item],
    site: Site,
    period: str,
    now: datetime,
) -> None:
    content = {
        "token": subscription.token,
        "sender": site.responsible,
        "contact": site.contact_email,
        "activity_id": str(subscription.activity_id),
        "title": items[0].session.title,
        "dates": [item_facts(item) for item in items],
    }
    draft = Draft(
        template=FOLLOWED,
        recipient=subscription.email,
        locale=subscription.locale,
        subject=followed_subject(content, subscription.locale),
        content=content,
        consent_id=subscription.consent_id,
    )
    queue_mail(db, draft, _event(subscription, period, now), now=now)
