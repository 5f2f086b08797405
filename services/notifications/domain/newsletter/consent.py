"""The words that somebody agrees to when subscribing, and which wording it was.

Whoever changes the words gives them a new version: what was agreed to is kept as it was read
(General Data Protection Regulation, article 7.1).
"""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import Consent
from shared.i18n import gettext as _

Kind = Literal["digest", "follow"]

#: The wording in force. A new one is a new version.
VERSION = "2026-1"

#: Why a letter that waited was not sent.
UNSUBSCRIBED = "unsubscribed"


def consent_words(kind: Kind) -> str:
    """Return the words beside the box that is ticked, in the reader's language."""
    if kind == "follow":
        return _(
            "J’accepte de recevoir un courriel quand cette animation a une nouvelle date ou de "
            "nouveau des places, une fois par jour au plus. Je peux y mettre fin à tout moment, "
            "par le lien qui est dans chaque courriel."
        )
    return _(
        "J’accepte de recevoir par courriel la lettre du programme, à la fréquence choisie. Je "
        "peux y mettre fin à tout moment, par le lien qui est dans chaque courriel."
    )


def withdrawn_among(db: Session, consents: Iterable[UUID | None]) -> set[UUID]:
    """Return which consents were withdrawn: what they allowed is not sent any more."""
    asked = {one for one in consents if one is not None}
    if not asked:
        return set()
    withdrawn = sa.select(Consent.id).where(
        Consent.id.in_(asked), Consent.withdrawn_at.is_not(None)
    )
    return set(db.scalars(withdrawn))
