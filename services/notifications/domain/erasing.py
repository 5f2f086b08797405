"""Erasing: a registration whose personal data is gone is forgotten here, and stays forgotten.

Registration says whose data is gone (`registrations_erased`). What is kept about those is blanked
in one transaction: mails, the facts that they were written from, and events that were set aside.
An event about one of them that comes later (a queue that was slow, a catch-up, a message tried
again) finds the registration's id among those erased, and is not stored.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.suppressions import forget_addresses
from services.notifications.models import (
    DeliveryStep,
    ErasedLetter,
    ErasedRegistration,
    OutgoingMail,
)
from shared.contracts.registration import REGISTRATIONS_ERASED
from shared.database import insert_ignoring
from shared.messaging.envelope import Envelope
from shared.messaging.tables import INBOX

#: Why an erased mail was not sent, or is not shown.
ERASED = "erased"

#: Whoever stores something about a registration shares this lock, whoever erases has it alone: an
#: event that is being taken is either blanked, or finds the registration erased.
_LOCK = 0x7061_7276_6572_6173

#: Spelt out, so that both databases find it in the partial index.
OF_PEOPLE = sa.text("template IN ('organiser_message', 'registration_links')")

_MAILS = OutgoingMail.metadata.tables[OutgoingMail.__tablename__]
_STEPS = OutgoingMail.metadata.tables[DeliveryStep.__tablename__]
_REGISTRATIONS = OutgoingMail.metadata.tables[ErasedRegistration.__tablename__]
_LETTERS = OutgoingMail.metadata.tables[ErasedLetter.__tablename__]


def is_erased(db: Session, registration_id: UUID) -> bool:
    """Tell whether a registration was erased, and let nobody erase it until the transaction ends.

    Ask before anything about it is stored.
    """
    _lock(db, alone=False)
    return db.get(ErasedRegistration, registration_id) is not None


def forget(db: Session, envelope: Envelope, *, now: datetime) -> None:
    """Forget the registrations, and the access needs, of which the event says so."""
    data = REGISTRATIONS_ERASED.read(envelope.data)
    ids = data["registrations"]
    if ids:
        _drop_messages(db, ids)
        _lock(db, alone=True)
        db.execute(
            insert_ignoring(db, _REGISTRATIONS), [{"id": one, "erased_at": now} for one in ids]
        )
        blank_mails(db, _mails_about(db, ids), now)
    for one in data["needs"]:
        bookings = {str(booking) for booking in one["bookings"]}
        _forget_needs(db, one["registration_id"], bookings, now)


def _mails_about(db: Session, registrations: Collection[UUID]) -> list[sa.Row[UUID, str, str]]:
    """Lock every mail about these registrations that is not erased; return what names them.

    A message that an organiser wrote to somebody is about itself, and names the registration. A
    mail with somebody's links lists several, and nothing of it is kept but the address.
    """
    names = [str(one) for one in registrations]
    registration = _MAILS.c.content[("registration", "id")].as_string()
    found = (
        sa.select(_MAILS.c.id, _MAILS.c.message_id, _MAILS.c.recipient)
        .where(_MAILS.c.erased_at.is_(None))
        .order_by(_MAILS.c.id)
        .with_for_update()
    )
    told = db.execute(found.where(_MAILS.c.about_id.in_(registrations))).all()
    written = db.execute(found.where(OF_PEOPLE, registration.in_(names))).all()
    addresses = {mail.recipient for mail in (*told, *written)}
    with_links = _MAILS.c.template == "registration_links"
    links = db.execute(found.where(OF_PEOPLE, with_links, _MAILS.c.recipient.in_(addresses))).all()
    return list({*told, *written, *links})


def blank_mails(db: Session, mails: Sequence[sa.Row[UUID, str, str]], now: datetime) -> None:
    """Blank mails, rows with what names them, which the caller has locked; their files go later.

    What is kept of their addresses goes too, as far as no other mail went there.
    """
    if not mails:
        return
    letters = [{"name": mail.message_id, "erased_at": now} for mail in mails]
    db.execute(insert_ignoring(db, _LETTERS), letters)
    may_have_left = _MAILS.c.handed_over_at.is_not(None)
    sending = _MAILS.c.status == "sending"
    db.execute(
        sa.update(_MAILS)
        .where(_MAILS.c.id.in_([mail.id for mail in mails]))
        .values(
            recipient="",
            subject="",
            content={},
            # It was made from the address, and named the file.
            message_id=sa.literal("erased-") + sa.cast(_MAILS.c.id, sa.Text),
            status=sa.case(
                (_MAILS.c.status.in_(("queued", "deferred")), "withdrawn"),
                (sa.and_(sending, may_have_left), "unknown"),
                (sending, "withdrawn"),
                else_=_MAILS.c.status,
            ),
            reason=ERASED,  # what a server said may hold the address
            next_attempt_at=None,
            claim=None,
            erased_at=now,
        )
    )
    db.execute(
        sa.update(_STEPS).where(_STEPS.c.mail_id.in_([m.id for m in mails])).values(words=None)
    )
    forget_addresses(db, {mail.recipient for mail in mails})


def _drop_messages(db: Session, registrations: Sequence[UUID]) -> None:
    """Be done with events about them that were set aside: there is nothing to tell any more.

    Before the lock, which whoever tries such an event again may be waiting for.
    """
    names = [str(one) for one in registrations]
    listed = db.execute(
        sa.select(INBOX.c.event_id, INBOX.c.payload).where(
            INBOX.c.status != "done", INBOX.c.type == "registration.links_requested"
        )
    )
    about = sa.or_(
        INBOX.c.event_id.in_([row.event_id for row in listed if _lists(row.payload, names)]),
        INBOX.c.payload["aggregate_id"].as_string().in_(names),
        INBOX.c.payload[("data", "registration_id")].as_string().in_(names),
    )
    db.execute(
        sa.update(INBOX)
        .where(INBOX.c.status != "done", INBOX.c.type.startswith("registration."), about)
        .values(status="done", payload=sa.null(), reason=None, next_attempt_at=None)
    )


def _lists(payload: Mapping[str, Any] | None, registrations: Collection[str]) -> bool:
    """Tell whether an event with somebody's links lists one of these registrations."""
    told = payload["data"].get("registrations") if payload else None
    return any(one["registration_id"] in registrations for one in told or ())


def _forget_needs(db: Session, registration_id: UUID, bookings: set[str], now: datetime) -> None:
    """Forget them in the rows of mails, and the letters that told them where those are files."""
    found = db.execute(
        sa.select(_MAILS.c.id, _MAILS.c.message_id, _MAILS.c.content)
        .where(_MAILS.c.about_id == registration_id, _MAILS.c.erased_at.is_(None))
        .order_by(_MAILS.c.id)
        .with_for_update()
    ).all()
    for mail in found:
        content = without_needs(mail.content, bookings)
        if content != mail.content:
            db.execute(sa.update(_MAILS).where(_MAILS.c.id == mail.id).values(content=content))
            letter = {"name": mail.message_id, "erased_at": now}
            db.execute(insert_ignoring(db, _LETTERS), [letter])


def without_needs(content: dict[str, Any], bookings: Collection[str]) -> dict[str, Any]:
    """Return a mail's facts without the access needs of these bookings."""
    registration = content.get("registration")
    if not registration:
        return content
    kept = [
        one | {"wheelchairs": 0} if one["id"] in bookings and one.get("wheelchairs") else one
        for one in registration["bookings"]
    ]
    return content | {"registration": registration | {"bookings": kept}}


def _lock(db: Session, *, alone: bool) -> None:
    """Take the lock, alone or shared; SQLite has a single writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        take = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
        db.execute(sa.select(take(sa.literal(_LOCK, sa.BigInteger))))
