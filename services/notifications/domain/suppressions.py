"""Suppressed addresses: what is no longer written to, since when, and why.

An address that does not exist (`hard_bounce`) gets nothing: no mail of ours would arrive, and a
sender who goes on writing to nobody is soon taken for one of junk. Whoever told their provider that
a mail of ours is junk (`complaint`) gets no more of what they have not asked for; what their own
registration or work in Parvis causes still goes out, for not to learn that a session is cancelled
harms more than one mail too many.

A mail to sign in is never kept back. It leaves only when somebody asks for it, seconds before; and
a server that refused an address by mistake, as happens for an hour, would lock the staff out of the
only place where that can be put right.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.addresses import UnusableAddress, deliverable
from services.notifications.domain.templates import ASKED_FOR, SIGN_IN
from services.notifications.models import OutgoingMail, SuppressedAddress
from shared.database import insert_ignoring
from shared.identifiers import new_id

#: Why an address is not written to.
Reason = Literal["hard_bounce", "complaint"]

#: The longest note that is kept of why a suppression was lifted, in characters.
LONGEST_NOTE = 500

#: Why a mail was kept back, as its row says it, by the reason of the suppression.
KEPT_BACK: dict[str, str] = {
    "hard_bounce": "suppressed: hard_bounce",
    "complaint": "suppressed: complaint",
}

_TABLE = SuppressedAddress.metadata.tables[SuppressedAddress.__tablename__]


class NoteMissing(Exception):
    """A suppression is lifted with a note that says why."""


class NotSuppressed(Exception):
    """The suppression is lifted already, or never was."""


def fingerprint_of(address: str) -> str:
    """Return what tells one mailbox from another, whatever the case its address is written in."""
    try:
        folded = deliverable(address).lower()
    except UnusableAddress:
        folded = address.strip().lower()
    return sha256(folded.encode()).hexdigest()


def suppress(
    db: Session,
    address: str,
    reason: Reason,
    *,
    now: datetime,
    mail_id: UUID | None = None,
    words: str | None = None,
) -> bool:
    """Write to the address no more; return False if it is suppressed for this reason already.

    `mail_id` is the mail that came back, `words` what the other side said.
    """
    added: Any = db.execute(
        insert_ignoring(db, _TABLE),
        {
            "id": new_id(),
            "fingerprint": fingerprint_of(address),
            "address": address.strip(),
            "reason": reason,
            "suppressed_at": now,
            "mail_id": mail_id,
            "words": words,
        },
    )
    return bool(added.rowcount)


def reasons_against(db: Session, addresses: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return, by address, why it is suppressed; addresses that are not are left out."""
    names = {address: fingerprint_of(address) for address in addresses}
    if not names:
        return {}
    found = db.execute(
        sa.select(_TABLE.c.fingerprint, _TABLE.c.reason).where(
            _TABLE.c.fingerprint.in_(set(names.values())), _TABLE.c.lifted_at.is_(None)
        )
    ).all()
    reasons = {
        address: frozenset(row.reason for row in found if row.fingerprint == fingerprint)
        for address, fingerprint in names.items()
    }
    return {address: those for address, those in reasons.items() if those}


def is_suppressed(db: Session, address: str, template: str) -> bool:
    """Tell whether a mail of this kind to the address would be kept back."""
    return kept_back(template, reasons_against(db, [address]).get(address, ())) is not None


def kept_back(template: str, reasons: Collection[str]) -> str | None:
    """Return why a mail of this kind is not sent to an address with these reasons, if so."""
    if template == SIGN_IN:
        return None
    if "hard_bounce" in reasons:
        return KEPT_BACK["hard_bounce"]
    if "complaint" in reasons and template not in ASKED_FOR:
        return KEPT_BACK["complaint"]
    return None


def lift(db: Session, suppression_id: UUID, *, by: str, note: str, now: datetime) -> None:
    """Write to the address again; `by` is the name of whoever decided it.

    Raises `NoteMissing` without a note, `NotSuppressed` if there is nothing to lift.
    """
    if not (why := note.strip()[:LONGEST_NOTE]):
        raise NoteMissing
    lifted: Any = db.execute(
        sa.update(_TABLE)
        .where(_TABLE.c.id == suppression_id, _TABLE.c.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by=by, note=why)
    )
    if not lifted.rowcount:
        raise NotSuppressed


def forget_addresses(db: Session, addresses: Iterable[str]) -> None:
    """Forget addresses whose mails were just erased, but for those that other mails went to.

    A complaint is remembered by its fingerprint alone: whoever complained is not written to again.
    All else about the address goes.
    """
    names = {fingerprint_of(address): address for address in addresses}
    ours = _TABLE.c.fingerprint.in_(list(names))
    known = set(db.scalars(sa.select(_TABLE.c.fingerprint).where(ours).distinct()))
    if not known:
        return
    lowered = sa.func.lower(OutgoingMail.recipient)
    written_to = db.scalars(
        sa.select(lowered)
        .where(lowered.in_([names[fingerprint].lower() for fingerprint in known]))
        .distinct()
    )
    gone = _TABLE.c.fingerprint.in_(list(known - set(map(fingerprint_of, written_to))))
    stays = sa.and_(_TABLE.c.reason == "complaint", _TABLE.c.lifted_at.is_(None))
    db.execute(sa.delete(_TABLE).where(gone, sa.not_(stays)))
    db.execute(sa.update(_TABLE).where(gone).values(address=None, words=None, mail_id=None))
