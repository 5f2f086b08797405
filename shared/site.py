"""What every service says of the site at the foot of its pages and on its forms.

Scheduling keeps these facts, edited in the console with the texts that the law asks for, and tells
of them by an event; the other services keep a copy.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.contracts.scheduling import SITE_DESCRIBED
from shared.database import Json
from shared.messaging.copies import keep_newer
from shared.messaging.envelope import Envelope

#: There is one site in an installation; this is its identifier on the bus.
SITE_ID = UUID("7b1f0a52-5d57-4c0e-9d3b-6f2d3f1c9e10")

#: How many years an audit of accessibility is good for (decree 2019-768, article 7).
AUDIT_GOOD_FOR = 3

#: How many months after an edition registrations are kept where nobody has said it.
MONTHS_KEPT = 3

Conformity = Literal["none", "partial", "full"]


@dataclass(frozen=True)
class Site:
    """Who is responsible for the site, and how accessible an audit found it.

    `audit_rate` is the percentage of the criteria met; `retention_months` is how long after the end
    of an edition registrations are kept. What nobody has said yet is `None`.
    """

    responsible: str | None = None
    contact_email: str | None = None
    retention_months: int | None = None
    audited_on: date | None = None
    audit_rate: float | None = None

    @property
    def months_kept(self) -> int:
        """Return how many months after the end of an edition registrations are kept."""
        return MONTHS_KEPT if self.retention_months is None else self.retention_months

    def conformity(self, today: date) -> Conformity:
        """Return what the law lets one say: without an audit that is still good, nothing."""
        if self.audited_on is None or self.audit_rate is None:
            return "none"
        if today > years_after(self.audited_on, AUDIT_GOOD_FOR):
            return "none"
        if self.audit_rate >= 100:
            return "full"
        return "partial" if self.audit_rate >= 50 else "none"


def years_after(day: date, years: int) -> date:
    """Return the same day, that many years later; 29 February becomes 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def add_site_copy(metadata: sa.MetaData) -> None:
    """Add the table of the copy to a service's own metadata, for its migrations."""
    sa.Table(
        "site_copies",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("facts", Json, nullable=False),
    )


_metadata = sa.MetaData()
add_site_copy(_metadata)

#: The table of the copy, whichever service's database it is in.
SITE_COPIES = _metadata.tables["site_copies"]


def keep_site(db: Session, envelope: Envelope) -> None:
    """Keep what was said of the site, unless something newer is known."""
    SITE_DESCRIBED.read(envelope.data)  # refuses what breaks the contract
    keep_newer(db, SITE_COPIES, {"id": SITE_ID}, envelope, {"facts": dict(envelope.data)})


def find_copied_site(db: Session) -> Site:
    """Return the site as the copy tells of it; unknown, every fact is `None`."""
    facts = db.scalar(sa.select(SITE_COPIES.c.facts).where(SITE_COPIES.c.id == SITE_ID))
    return read_site(facts or {})


def read_site(facts: dict[str, Any]) -> Site:
    """Return the site of the event's data."""
    if not facts:
        return Site()
    data = SITE_DESCRIBED.read(facts)
    return Site(**data)
