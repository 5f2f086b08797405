"""What the console's page on domains reads: where mail waits, and where it does not arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import OutgoingMail

#: The states of a mail that is not where it should be yet, or never will be.
_WAITING = ("queued", "sending", "deferred")
_LOST = ("failed", "bounced", "unknown")

#: Domains that the page lists, those with the most lost mails first.
MOST_DOMAINS = 100


@dataclass(frozen=True)
class DomainLine:
    """How many mails to one domain wait, were refused, came back, or are of unknown fate.

    `said` is what was said of one of them last.
    """

    domain: str
    waiting: int
    deferred: int
    failed: int
    bounced: int
    unknown: int
    said: str | None


def domain_lines(db: Session) -> list[DomainLine]:
    """Return the domains to which mail waits or does not arrive."""
    domain, status = _domain(db), OutgoingMail.status

    def count(*states: str) -> sa.ColumnElement[int]:
        return sa.func.count(sa.case((status.in_(states), 1)))

    said = sa.func.max(sa.case((status.in_(("deferred", *_LOST)), OutgoingMail.reason)))
    query = (
        sa.select(
            domain.label("domain"),
            count(*_WAITING).label("waiting"),
            count("deferred").label("deferred"),
            count("failed").label("failed"),
            count("bounced").label("bounced"),
            count("unknown").label("unknown"),
            said.label("said"),
        )
        .where(status.in_((*_WAITING, *_LOST)), OutgoingMail.erased_at.is_(None))
        .group_by(domain)
        .order_by(count(*_LOST).desc(), count(*_WAITING).desc(), domain)
        .limit(MOST_DOMAINS)
    )
    return [DomainLine(**row) for row in db.execute(query).mappings()]


def lost_in(db: Session, domain: str, *, most: int) -> Sequence[UUID]:
    """Return mails to a domain that were refused for good or came back, the oldest first.

    Those of unknown fate are not among them: they may arrive twice, which is decided one by one.
    """
    query = (
        sa.select(OutgoingMail.id)
        .where(OutgoingMail.status.in_(("failed", "bounced")), OutgoingMail.erased_at.is_(None))
        .where(_domain(db) == domain.lower())
        .order_by(OutgoingMail.id)
        .limit(most)
    )
    return db.scalars(query).all()


def _domain(db: Session) -> sa.ColumnElement[str]:
    """Return the part of the address after the @, in lower case."""
    recipient = OutgoingMail.recipient
    if db.get_bind().dialect.name == "postgresql":
        return sa.func.lower(sa.func.split_part(recipient, sa.literal_column("'@'"), 2))
    at = sa.func.instr(recipient, sa.literal_column("'@'"))
    return sa.case(
        (at > 0, sa.func.lower(sa.func.substr(recipient, at + sa.literal_column("1")))), else_=""
    )
