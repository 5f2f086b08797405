"""The invitation that is mailed to whoever is let in: by whom, and to what."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.memberships import rights_of
from services.scheduling.models import Account, Organisation, Venue
from shared.contracts.scheduling import ACCOUNT_INVITED
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record


def mail_invitation(
    db: DbSession, account: Account, *, inviter_id: UUID | None, now: datetime, page: str
) -> None:
    """Have an account told what it is let into; `page` is the public address of the sign-in page.

    The mail holds no secret: whoever opens its link asks for a one-time link, when they want it.
    """
    rights = rights_of(db, account)
    inviter = db.get(Account, inviter_id) if inviter_id else None
    data = {
        "account_id": str(account.id),
        "recipient": {"email": account.email, "name": account.name, "locale": account.locale},
        "inviter": inviter.name if inviter else None,
        "inviter_email": inviter.email if inviter else None,
        "roles": list(rights.roles),
        "organisations": _names(db, Organisation, rights.organisation_ids),
        "venues": _names(db, Venue, rights.venue_ids),
        "link": page,
    }
    record(db, Fact(ACCOUNT_INVITED, new_id(), 1, data), now=now)


def _names(
    db: DbSession, model: type[Organisation] | type[Venue], ids: tuple[UUID, ...]
) -> list[str]:
    rows = db.execute(sa.select(model.id, model.name).where(model.id.in_(ids))).all()
    names = {row.id: row.name for row in rows}
    return [names[one] for one in ids if one in names]
