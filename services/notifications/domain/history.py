"""What was mailed about something before: which state is the newest, and what was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.models import OutgoingMail

#: Mails that a new one names as those it answers, besides the first.
REFERENCES = 9

#: Mails that went out, or are about to, as far as anybody can tell.
OUT = ("sending", "sent", "unknown")


@dataclass(frozen=True)
class PastMail:
    """A mail that was queued about the same thing; ids count up with time."""

    id: UUID
    message_id: str
    about_version: int
    template: str
    recipient: str
    status: str
    reason: str | None
    content: dict[str, Any]


_MAILS = OutgoingMail.metadata.tables[OutgoingMail.__tablename__]

#: Made once: it is asked for every mail.
_ABOUT = (
    sa.select(*(_MAILS.c[name] for name in PastMail.__dataclass_fields__))
    .where(_MAILS.c.about_id == sa.bindparam("about_id"))
    .order_by(_MAILS.c.about_version, _MAILS.c.id)
)


def mails_about(db: Session, about_id: UUID) -> list[PastMail]:
    """Return the mails about it, in the order of the states that they tell."""
    return [PastMail(*row) for row in db.execute(_ABOUT, {"about_id": about_id})]


def is_overtaken(mails: Sequence[PastMail], version: int) -> bool:
    """Tell whether a newer state was mailed about already: this one would mislead."""
    return any(mail.about_version > version and mail.status != "withdrawn" for mail in mails)


def thread(mails: Sequence[PastMail], recipient: str) -> list[str]:
    """Name the earlier mails to this address, so that readers show one conversation."""
    sent = [mail for mail in mails if mail.status != "withdrawn"]
    names = [mail.message_id for mail in sent if mail.recipient == recipient]
    return names if len(names) <= REFERENCES + 1 else [names[0], *names[-REFERENCES:]]
