"""The golden events of the neighbours, changed here and there, and the mails that they cause."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.notifications.domain import registrations, sessions, sign_ins
from services.notifications.domain.identity import Identity
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope

EXAMPLES = Path(__file__).parents[3] / "shared" / "contracts" / "examples"

IDENTITY = Identity("parvis@fds.example", "https://fds.example")

#: A ticket as long as registration makes them.
TICKET = "PARVIS1:" + "Ab3-_" * 24


def golden(name: str, /, *, version: int | None = None, **changes: Any) -> Envelope:
    """Return an example event (`registration.registration_made`), new, with its data changed.

    It is of the contract's newest version; bookings know no version of their sessions unless told.
    """
    newest = max(EXAMPLES.glob(f"{name}.v*.json"), key=lambda path: path.name)
    envelope = Envelope.from_json(json.loads(newest.read_text()))
    data = envelope.data | changes
    if "bookings" in data and "bookings" not in changes:
        data["bookings"] = [one | {"session_version": None} for one in data["bookings"]]
    if "ticket" in data:
        data["ticket"] = changes.get("ticket", TICKET)
    return replace(
        envelope,
        id=new_id(),
        data=data,
        aggregate_version=version or envelope.aggregate_version,
    )


def session_published(**changes: Any) -> Envelope:
    """Return the session that the golden registrations are for."""
    return golden("scheduling.session_published", **changes)


def made(**changes: Any) -> Envelope:
    """Return a new registration."""
    return golden("registration.registration_made", **changes)


def changed(**changes: Any) -> Envelope:
    """Return a registration that its contact changed."""
    quiet: dict[str, Any] = {"session_changes": [], "release_id": None}
    return golden("registration.registration_changed", **(quiet | changes))


def released(**changes: Any) -> Envelope:
    """Return a registration that a release changed: its session at another hour, in another room.

    `session_at(envelope)` is the session then.
    """
    return golden("registration.registration_changed", **changes)


def cancelled(**changes: Any) -> Envelope:
    """Return a cancelled registration."""
    return golden("registration.registration_cancelled", **changes)


def know_session(context: ServiceContext, **changes: Any) -> None:
    """Let notifications know the session of the golden registrations."""
    with context.database.write() as db:
        sessions.keep_session(db, session_published(**changes))


_REACTIONS = {
    "registration.registration_made": registrations.confirm_registration,
    "registration.registration_changed": registrations.tell_change,
    "registration.registration_cancelled": registrations.tell_cancellation,
    "scheduling.sign_in_requested": sign_ins.send_way_in,
}


def react(context: ServiceContext, envelope: Envelope, *, now: datetime | None = None) -> bool:
    """Let notifications react to an event; tell whether a mail was queued."""
    with context.database.write() as db:
        return _REACTIONS[envelope.type](db, envelope, now=now or context.clock())


def mails(context: ServiceContext) -> list[OutgoingMail]:
    """Return every mail, oldest first."""
    with context.database.read() as db:
        return list(db.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)))


def only_mail(context: ServiceContext) -> OutgoingMail:
    """Return the only mail there is."""
    (mail,) = mails(context)
    return mail
