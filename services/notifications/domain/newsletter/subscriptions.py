"""Subscriptions: how they begin by a confirmed request, change, and end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.newsletter.periods import Frequency
from services.notifications.domain.newsletter.refusals import is_refused
from services.notifications.domain.newsletter.topics import Topics
from services.notifications.models import (
    Consent,
    ProgrammeEntry,
    Subscription,
    SubscriptionRequest,
)

#: Why a subscription ended.
Reason = Literal["page", "one_click", "complaint", "replaced"]


class UnknownLink(Exception):
    """The link is not one of ours, or was used, or it was confirmed too late."""


def request_of(db: Session, token: str, *, now: datetime) -> SubscriptionRequest:
    """Return the request that a link confirms; raises `UnknownLink`."""
    found = db.scalars(
        sa.select(SubscriptionRequest).where(SubscriptionRequest.token == token)
    ).one_or_none()
    if found is None or found.vanishes_at <= now:
        raise UnknownLink
    return found


def confirm(db: Session, token: str, *, now: datetime) -> Subscription:
    """Begin what a request asked for, with the proof of it; raises `UnknownLink`.

    It takes the place of what the same address had before of the same kind.
    """
    asked = db.scalars(
        sa.select(SubscriptionRequest).where(SubscriptionRequest.token == token).with_for_update()
    ).one_or_none()
    if asked is None or asked.vanishes_at <= now or is_refused(db, asked.email):
        raise UnknownLink
    wanted = asked.wanted
    activity_id = UUID(wanted["activity_id"]) if wanted["activity_id"] else None
    _lock(db, asked.email)
    told_until = now
    for before in _running(db, asked.email, wanted["kind"], activity_id):
        told_until = before.told_until
        _end(db, before, "replaced", now)
    consent = Consent(
        email=asked.email,
        words=asked.words,
        words_version=asked.words_version,
        locale=asked.locale,
        page=asked.page,
        network_hash=asked.network_hash,
        asked_at=asked.asked_at,
        confirmed_at=now,
    )
    db.add(consent)
    db.flush()
    subscription = Subscription(
        kind=wanted["kind"],
        email=asked.email,
        token=asked.token,
        locale=asked.locale,
        frequency=wanted["frequency"],
        topics=wanted["topics"],
        activity_id=activity_id,
        activity_title=wanted["activity_title"],
        consent_id=consent.id,
        began_at=now,
        due_from=now,
        told_until=told_until,
    )
    db.add(subscription)
    db.delete(asked)
    db.flush()
    return subscription


def subscription_of(db: Session, token: str) -> Subscription:
    """Return the subscription that a link belongs to, running or ended; raises `UnknownLink`."""
    found = db.scalars(sa.select(Subscription).where(Subscription.token == token)).one_or_none()
    if found is None:
        raise UnknownLink
    return found


def running_of(db: Session, email: str) -> Sequence[Subscription]:
    """Return what an address is subscribed to: the programme first, then activities."""
    return db.scalars(
        sa.select(Subscription)
        .where(Subscription.email == email, Subscription.ended_at.is_(None))
        .order_by(Subscription.kind, Subscription.id)
    ).all()


def change(
    db: Session, token: str, *, frequency: Frequency, topics: Topics, locale: str, now: datetime
) -> bool:
    """Change what the running letter of a link's address holds; False if there is none.

    Raises `UnknownLink`. The consent stays: it was for the letter, whose choice is free.
    """
    link = subscription_of(db, token)
    letters = _running(db, link.email, "digest", None)
    for letter in letters:
        if letter.frequency != frequency:
            letter.due_from = now  # the month that has begun is none of its own
        letter.frequency, letter.topics, letter.locale = frequency, topics.to_json(), locale
    return bool(letters)


def unsubscribe(db: Session, token: str, reason: Reason, *, now: datetime) -> Subscription:
    """End what a link belongs to, or what has taken its place; raises `UnknownLink`.

    Once more changes nothing.
    """
    link = subscription_of(db, token)
    for one in _running(db, link.email, link.kind, link.activity_id):
        _end(db, one, reason, now)
    return link


def end_all(db: Session, email: str, reason: Reason, *, now: datetime) -> int:
    """End everything that an address is subscribed to; return how much that was."""
    running = running_of(db, email.strip().lower())
    for one in running:
        _end(db, one, reason, now)
    return len(running)


def title_of(db: Session, subscription: Subscription) -> dict[str, Any]:
    """Return the newest title of the activity that a subscription follows."""
    newest = db.scalar(
        sa.select(ProgrammeEntry.title)
        .where(ProgrammeEntry.activity_id == subscription.activity_id)
        .order_by(ProgrammeEntry.starts_at.desc())
        .limit(1)
    )
    return newest or subscription.activity_title


def _running(
    db: Session, email: str, kind: str, activity_id: UUID | None
) -> Sequence[Subscription]:
    query = sa.select(Subscription).where(
        Subscription.email == email, Subscription.kind == kind, Subscription.ended_at.is_(None)
    )
    if activity_id is not None:
        query = query.where(Subscription.activity_id == activity_id)
    return db.scalars(query.with_for_update()).all()


def _end(db: Session, subscription: Subscription, reason: Reason, now: datetime) -> None:
    subscription.ended_at, subscription.ended_for = now, reason
    db.get_one(Consent, subscription.consent_id).withdrawn_at = now
    db.flush()


def _lock(db: Session, email: str) -> None:
    """Let one address be confirmed once at a time; SQLite has a single writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(email, 6))))
