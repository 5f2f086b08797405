"""Who looks at tours, and what they are in a stop."""

from flask import abort
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.touring.parties import Person, parties_in, person_of
from services.scheduling.models import Stop
from shared.web.sign_in import current_account

#: The roles that look at tours: those of the programme, and who runs a venue.
WATCHERS = ("coordinator", "organiser", "reader", "venue")

#: The roles that ask for stops and take part in them.
TAKING_PART = ("coordinator", "organiser", "venue")


def current_person(db: DbSession) -> Person:
    """Return who is signed in, with what they act for."""
    account = current_account() or abort(401)
    return person_of(db, account.id, account.roles)


def parties_or_403(db: DbSession, stop: Stop) -> frozenset[str]:
    """Return what who is signed in is in a stop; nobody else may go on."""
    return parties_in(stop, current_person(db)) or abort(403)
