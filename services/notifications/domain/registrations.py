"""What registration's events ask for: a confirmation, a change, a cancellation."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.notifications.domain import history
from services.notifications.domain.erasing import is_erased
from services.notifications.domain.first_confirmations import confirms_first, told_confirmed
from services.notifications.domain.move_words import move_template_of
from services.notifications.domain.offer_words import offer_template_of
from services.notifications.domain.registration_state import queue_state, sessions_of, state_of
from services.notifications.domain.release_news import tell_release
from services.notifications.domain.still_coming_words import template_of
from services.notifications.domain.templates import CANCELLED, CHANGED, CONFIRMED
from shared.contracts.registration import (
    REGISTRATION_CANCELLED,
    REGISTRATION_CHANGED,
    REGISTRATION_MADE,
)
from shared.messaging.envelope import Envelope


def confirm_registration(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue the confirmation of a new registration; return whether one was queued."""
    REGISTRATION_MADE.expect(envelope.data)
    return _tell(db, envelope, CONFIRMED, now=now)


def tell_change(
    db: Session, envelope: Envelope, *, now: datetime, window: timedelta = timedelta()
) -> bool:
    """Queue what tells of a change; after a corrected address, the confirmation goes there.

    What a release of the programme changed is told in a mail of its own, after a `window`.
    """
    REGISTRATION_CHANGED.expect(envelope.data)
    if not envelope.data["email"]:
        return False
    if envelope.data.get("session_changes"):
        if is_erased(db, envelope.aggregate_id):
            return False
        return tell_release(db, envelope, now=now, window=window)
    if (about_coming := template_of(envelope.data)) is not None:
        return _tell(db, envelope, about_coming, now=now)
    if (about_move := move_template_of(envelope.data)) is not None:
        return _tell(db, envelope, about_move, now=now)
    if (about_offer := offer_template_of(envelope.data)) is not None:
        return _tell(db, envelope, about_offer, now=now)
    if envelope.data["status"] == "cancelled":
        return _tell(db, envelope, CANCELLED, now=now)
    template = CONFIRMED if envelope.data["address_corrected"] else CHANGED
    return _tell(db, envelope, template, now=now)


def tell_cancellation(db: Session, envelope: Envelope, *, now: datetime) -> bool:
    """Queue what tells that the whole registration is cancelled."""
    REGISTRATION_CANCELLED.expect(envelope.data)
    return _tell(db, envelope, CANCELLED, now=now)


def _tell(db: Session, envelope: Envelope, template: str, *, now: datetime) -> bool:
    if not envelope.data["email"]:
        return False  # registered at the desk without an address: called, not written to
    if is_erased(db, envelope.aggregate_id):
        return False
    past = history.mails_about(db, envelope.aggregate_id)
    if history.is_overtaken(past, envelope.aggregate_version):
        return False
    state = state_of(envelope.data)
    changed = list(envelope.data.get("changed_bookings", []))
    told = told_confirmed(past, state.recipient)
    if template == CHANGED and confirms_first(envelope.data["bookings"], changed, told):
        template = CONFIRMED
    content = {
        "registration": state.registration,
        "sessions": sessions_of(db, envelope.data, state),
        "changed": changed,
        "told_confirmed": sorted(told),
        "asked": list(envelope.data.get("asked_bookings", [])),
        "ticket_renewed": envelope.data.get("ticket_renewed", False),
        "references": history.thread(past, state.recipient),
    }
    return queue_state(db, envelope, template, state, content, now=now)
