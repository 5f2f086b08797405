"""Asking to be written to: what a page takes is written down, and confirmed by a mail's link.

What a visitor is answered, and how soon, is the same for every address: the page only writes the
request down, and the worker looks what is known of the address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.newsletter.consent import Kind
from services.notifications.domain.newsletter.own_events import own_event
from services.notifications.domain.newsletter.periods import Frequency
from services.notifications.domain.newsletter.refusals import refused_among
from services.notifications.domain.newsletter.topics import Topics
from services.notifications.domain.queueing import Draft, queue_mail
from services.notifications.domain.subjects import asked_subject
from services.notifications.domain.templates import SUBSCRIPTION_ASKED
from services.notifications.models import ProgrammeEntry, SubscriptionRequest
from shared.identifiers import new_token

#: For how long the link in the mail is good; then nothing of the request is kept.
GOOD_FOR = timedelta(days=3)

#: Mails that an unconfirmed address is sent while its requests last, whoever asks for it.
MOST_MAILS = 5

#: Requests that are answered together.
BATCH = 50


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to be told: the programme, or one activity."""

    kind: Kind
    frequency: Frequency | None = None
    topics: Topics = field(default_factory=Topics)
    activity_id: UUID | None = None
    activity_title: Mapping[str, str | None] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a request keeps it."""
        return {
            "kind": self.kind,
            "frequency": self.frequency,
            "topics": self.topics.to_json(),
            "activity_id": str(self.activity_id) if self.activity_id else None,
            "activity_title": dict(self.activity_title or {}),
        }


@dataclass(frozen=True)
class Proof:
    """What shows later that somebody agreed: the words as read, their version, on which page."""

    words: str
    version: str
    page: str
    network_hash: str | None


def ask(
    db: Session, email: str, wanted: Wanted, proof: Proof, *, locale: str, now: datetime
) -> str:
    """Write a request down, for any address; return its token, which only the mail may show."""
    request = SubscriptionRequest(
        token=new_token(),
        email=email.strip().lower(),
        locale=locale,
        wanted=wanted.to_json(),
        words=proof.words,
        words_version=proof.version,
        page=proof.page,
        network_hash=proof.network_hash,
        asked_at=now,
        vanishes_at=now + GOOD_FOR,
    )
    db.add(request)
    return request.token


def is_asked(db: Session) -> bool:
    """Tell whether a request waits for its mail."""
    unanswered = sa.select(SubscriptionRequest.id).where(_UNANSWERED).limit(1)
    return db.scalar(unanswered) is not None


def answer_requests(db: Session, *, now: datetime) -> int:
    """Queue the mails of the oldest requests; return how many requests were looked at.

    Whoever wants to be left in peace, or has been written to often enough, is not written to.
    """
    asked = db.scalars(
        sa.select(SubscriptionRequest)
        .where(_UNANSWERED)
        .order_by(SubscriptionRequest.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    refused = refused_among(db, [one.email for one in asked])
    for one in asked:
        one.answered_at = now
        if one.email not in refused and one.vanishes_at > now and _may_be_mailed(db, one):
            _queue(db, one, now)
    return len(asked)


def forget_unconfirmed(db: Session, *, now: datetime) -> int:
    """Delete the requests that nobody confirmed in time; return how many."""
    done: Any = db.execute(
        sa.delete(SubscriptionRequest).where(SubscriptionRequest.vanishes_at <= now)
    )
    return int(done.rowcount)


def known_activity(db: Session, activity_id: UUID) -> Mapping[str, str | None] | None:
    """Return the title of an activity that has ever had a session; None if it is not known."""
    return db.scalar(
        sa.select(ProgrammeEntry.title)
        .where(ProgrammeEntry.activity_id == activity_id)
        .order_by(ProgrammeEntry.starts_at.desc())
        .limit(1)
    )


_UNANSWERED = sa.text("subscription_requests.answered_at IS NULL")


def _may_be_mailed(db: Session, request: SubscriptionRequest) -> bool:
    """Tell whether an address has not had its share of mails yet, whoever asked for them."""
    before = sa.select(sa.func.count()).where(
        SubscriptionRequest.email == request.email,
        SubscriptionRequest.id != request.id,
        SubscriptionRequest.answered_at.is_not(None),
    )
    return (db.scalar(before) or 0) < MOST_MAILS


def _queue(db: Session, request: SubscriptionRequest, now: datetime) -> None:
    content = {
        "link": request.token,
        "wanted": request.wanted,
        "asked_at": request.asked_at.isoformat(),
        "vanishes_at": request.vanishes_at.isoformat(),
    }
    draft = Draft(
        template=SUBSCRIPTION_ASKED,
        recipient=request.email,
        locale=request.locale,
        subject=asked_subject(request.wanted, request.locale),
        content=content,
        expires_at=request.vanishes_at,
    )
    queue_mail(db, draft, own_event("subscription_asked", request.id, now=now), now=now)
