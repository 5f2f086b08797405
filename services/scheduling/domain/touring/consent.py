"""Consent to a stop: of whose activity it is a session, and of the place where it is."""

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.references import refer
from services.scheduling.domain.owners import owners_of
from services.scheduling.domain.permissions import may
from services.scheduling.domain.touring.parties import Person, parties_of_venue
from services.scheduling.domain.touring.states import speaks_for_place
from services.scheduling.models import Activity, Stop, Venue
from shared.i18n import lazy_gettext as _


def check_activity(db: DbSession, draft: Draft, person: Person) -> None:
    """Refuse an activity that whoever chooses it may not change: the stop becomes a session of it.

    One that is chosen already stays, whoever changes the rest of the stop.
    """
    if not draft.touches("activity_id") or draft["activity_id"] is None:
        return
    activity = refer(db, Activity, draft["activity_id"])
    if activity is not None and not may(person, "change", "activities", owners_of(db, activity)):
        draft.fault("activity_id", _("Cette animation n’est pas à vous : choisissez-en une autre."))


def check_place(db: DbSession, draft: Draft, person: Person, stop: Stop | None = None) -> bool:
    """Return whether the place agrees to a stop as it would be.

    Chosen by its own people or by the coordination, it does; chosen by anybody else, it has not
    accepted yet, and a stop that is confirmed is not moved there.
    """
    if not draft.touches("venue_id"):
        return stop is not None and stop.place_agrees
    venue = refer(db, Venue, draft["venue_id"])
    agrees = venue is not None and speaks_for_place(parties_of_venue(venue, person))
    if stop is not None and stop.state == "confirmed" and not agrees:
        draft.fault(
            "venue_id",
            _("Ce lieu n’a pas accepté l’exposition : annulez l’étape et demandez-en une là-bas."),
        )
    return agrees
