"""Beginning a proposal: a title and whose it is are enough."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.activities import create_activity
from services.scheduling.domain.editing.fields import REQUIRED
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.models import Account, Activity


def begin(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Activity:
    """Make a proposal of the edition named by `edition_id`, an idea so far. Raises `Invalid`.

    Whoever begins it is whom to write to, until somebody else is named.
    """
    if values.get("organisation_id") is None:
        raise Invalid({"organisation_id": REQUIRED})
    activity = create_activity(db, values, account_id=account_id, now=now, row_id=row_id)
    activity.state = "idea"
    account = db.get(Account, account_id) if account_id else None
    if account is not None and "coordinator" not in account.roles:
        activity.contact_name, activity.contact_email = account.name, account.email
    db.flush()
    return activity
