"""Campaigns: what the coordination writes at the head of a letter, plans, and sends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.newsletter.periods import FREQUENCIES, is_decent
from services.notifications.models import Campaign, Subscription, SubscriptionMail
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.markdown import LONGEST

#: The texts of a campaign: in French, and in English where there is an English one.
TEXTS = ("subject_fr", "body_fr", "subject_en", "body_en")

#: Letters that a subject may have: more is cut by most readers.
LONGEST_SUBJECT = 120


class NotADraft(Exception):
    """What is planned or sent is not changed: call it back first, or write another."""


class Changed(Exception):
    """Somebody else has changed the campaign since it was read."""


class Faulty(Exception):
    """What was typed is not right; `faults` says what, by field."""

    def __init__(self, faults: Mapping[str, LazyText]) -> None:
        super().__init__(*faults)
        self.faults = faults


def check_texts(texts: Mapping[str, str], frequencies: Sequence[str]) -> dict[str, LazyText]:
    """Return what is wrong with a campaign as typed, by field."""
    faults: dict[str, LazyText] = {}
    if not texts["subject_fr"].strip():
        faults["subject_fr"] = _("Donnez un objet : c’est ce qui fait ouvrir la lettre.")
    if not texts["body_fr"].strip():
        faults["body_fr"] = _("Écrivez le texte de la lettre.")
    for locale in ("fr", "en"):
        if len(texts[f"subject_{locale}"]) > LONGEST_SUBJECT:
            faults[f"subject_{locale}"] = _("Cet objet est trop long : 120 caractères au plus.")
        if len(texts[f"body_{locale}"]) > LONGEST:
            faults[f"body_{locale}"] = _("Ce texte est trop long : 20 000 caractères au plus.")
    if bool(texts["subject_en"].strip()) != bool(texts["body_en"].strip()):
        missing = "subject_en" if texts["body_en"].strip() else "body_en"
        faults[missing] = _("En anglais, donnez l’objet et le texte, ou aucun des deux.")
    if not set(frequencies) <= set(FREQUENCIES) or not frequencies:
        faults["frequencies"] = _("Choisissez au moins une fréquence.")
    return faults


def write(
    db: Session,
    campaign_id: UUID | None,
    texts: Mapping[str, str],
    frequencies: Sequence[str],
    *,
    revision: int,
    by: str,
    now: datetime,
) -> Campaign:
    """Write a campaign, a new one or over its revision; raises `Faulty`, `NotADraft`, `Changed`."""
    faults = check_texts(texts, frequencies)
    if faults:
        raise Faulty(faults)
    kept = {name: texts[name].strip() for name in TEXTS}
    if campaign_id is None:
        campaign = Campaign(revision=0, status="draft")
        db.add(campaign)
    else:
        campaign = _draft(db, campaign_id)
        if campaign.revision != revision:
            raise Changed
    campaign.texts, campaign.frequencies = kept, sorted(frequencies)
    campaign.revision += 1
    campaign.written_by, campaign.written_at = by, now
    db.flush()
    return campaign


def plan(db: Session, campaign_id: UUID, planned_at: datetime, *, now: datetime) -> Campaign:
    """Say when a draft is sent; raises `Faulty` and `NotADraft`."""
    campaign = _draft(db, campaign_id)
    if planned_at < now:
        raise Faulty({"planned_at": _("Ce moment est passé : choisissez-en un à venir.")})
    if not is_decent(planned_at):
        raise Faulty({"planned_at": _("Choisissez une heure décente, entre 8 h et 20 h.")})
    campaign.status, campaign.planned_at = "planned", planned_at
    return campaign


def call_back(db: Session, campaign_id: UUID) -> Campaign:
    """Make a planned campaign a draft again, before it begins to leave; raises `NotADraft`."""
    campaign = db.get_one(Campaign, campaign_id, with_for_update=True)
    if campaign.status != "planned":
        raise NotADraft
    campaign.status, campaign.planned_at = "draft", None
    return campaign


def delete_draft(db: Session, campaign_id: UUID) -> None:
    """Delete a draft; raises `NotADraft`."""
    db.delete(_draft(db, campaign_id))


def reach(db: Session, frequencies: Sequence[str]) -> int:
    """Return how many people a campaign would go to now."""
    query = sa.select(sa.func.count()).where(
        Subscription.kind == "digest",
        Subscription.ended_at.is_(None),
        Subscription.frequency.in_(frequencies),
    )
    return db.scalar(query) or 0


def sent_count(db: Session, campaign_id: UUID) -> int:
    """Return to how many people a campaign has been sent."""
    query = sa.select(sa.func.count()).where(
        SubscriptionMail.campaign_id == campaign_id, SubscriptionMail.is_empty.is_(False)
    )
    return db.scalar(query) or 0


def all_campaigns(db: Session, *, most: int = 100) -> Sequence[Campaign]:
    """Return the campaigns, those that are still written or wait first, then the newest."""
    over = sa.case((Campaign.status == "sent", 1), else_=0)
    newest = (sa.func.coalesce(Campaign.planned_at, Campaign.written_at).desc(), Campaign.id.desc())
    return db.scalars(sa.select(Campaign).order_by(over, *newest).limit(most)).all()


def archived(db: Session, *, most: int = 60) -> Sequence[Campaign]:
    """Return the campaigns that anybody may read online, the newest first."""
    return db.scalars(
        sa.select(Campaign)
        .where(Campaign.status.in_(("sending", "sent")))
        .order_by(Campaign.planned_at.desc(), Campaign.id.desc())
        .limit(most)
    ).all()


def subscriber_counts(db: Session) -> dict[str, int]:
    """Count the running subscriptions: weekly, monthly, and activities followed."""
    kind: Any = sa.func.coalesce(Subscription.frequency, Subscription.kind)
    rows = db.execute(
        sa.select(kind, sa.func.count()).where(Subscription.ended_at.is_(None)).group_by(kind)
    )
    found = {str(name): int(number) for name, number in rows}
    return {name: found.get(name, 0) for name in (*FREQUENCIES, "follow")}


def _draft(db: Session, campaign_id: UUID) -> Campaign:
    campaign = db.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or campaign.status != "draft":
        raise NotADraft
    return campaign
