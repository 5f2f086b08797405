"""What a program may do with tours and stops: what its maker, as a party of them, may do."""

from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import unknown
from services.scheduling.domain.touring.parties import (
    Person,
    as_person,
    may_request,
    parties_in,
    parties_in_tour,
    parties_of_resource,
)
from services.scheduling.domain.touring.states import may_edit_stop, standing_of
from services.scheduling.models import Resource, Stop, Tour
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.problems import Problem
from shared.web.tokens import current_token


def current_person() -> Person:
    """Return who made the token, with what they act for as their roles allow."""
    return as_person(current_token())


def needs_part_in_tour(db: DbSession, tour_id: UUID) -> None:
    """Refuse who neither coordinates nor lends the exhibition of a tour."""
    tour = db.get(Tour, tour_id)
    if tour is None:
        raise unknown()
    if not parties_in_tour(tour, current_person()):
        raise _forbidden()


def needs_right_to_send(db: DbSession, resource_id: UUID | None) -> None:
    """Refuse who neither coordinates nor lends an exhibition; one that is not there is a fault."""
    resource = db.get(Resource, resource_id) if resource_id else None
    if resource is not None and not parties_of_resource(resource, current_person()):
        raise _forbidden()


def needs_right_to_request(venue_id: UUID | None) -> None:
    """Refuse who may not ask for a stop; who only runs venues asks for those alone."""
    person = current_person()
    anywhere = person.roles & {"coordinator", "organiser"}
    if not may_request(person) or not (anywhere or venue_id in person.venues):
        raise _forbidden()


def parties_of_stop(db: DbSession, stop_id: UUID, *, to_edit: bool = False) -> frozenset[str]:
    """Return what the program's maker is in a stop; refuses who has no part in it."""
    stop = db.get(Stop, stop_id)
    if stop is None:
        raise unknown()
    parties = parties_in(stop, current_person())
    standing = standing_of(stop, current_context().clock())
    if not parties or (to_edit and not may_edit_stop(standing, parties)):
        raise _forbidden()
    return parties


def _forbidden() -> Problem:
    words = _("Ceci n’est pas à vous : vous pouvez le lire, pas le modifier.")
    return Problem(403, "forbidden", detail=words)
