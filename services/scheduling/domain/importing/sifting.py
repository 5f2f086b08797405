"""Which records of a programme can be taken, and why the others cannot."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from services.scheduling.domain.editing.session_rules import LONGEST, LONGEST_TIMED
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    Programme,
    Rejection,
    Sentence,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from shared.contracts.scheduling import KINDS, STATUSES, WAYS_IN
from shared.i18n import lazy_gettext as _l

Named = TypeVar(
    "Named", OrganisationRecord, VenueRecord, SpaceRecord, ActivityRecord, SessionRecord
)


def sifted(programme: Programme) -> Programme:
    """Return the programme without the records that cannot be taken; each one is a rejection.

    A record is rejected alone, with what refers to it; the others are taken.
    """
    rejections = list(programme.rejections)
    organisations = _taken(programme.organisations, lambda _: None, rejections)
    venues = _taken(programme.venues, lambda _: None, rejections)
    spaces = _taken(programme.spaces, lambda space: _fault_of_space(space, venues), rejections)
    activities = _taken(
        programme.activities,
        lambda activity: _fault_of_activity(activity, organisations),
        rejections,
    )
    sessions = _taken(
        programme.sessions,
        lambda session: (
            _fault_of_references(session, activities, venues, spaces) or _fault_of_session(session)
        ),
        rejections,
    )
    return replace(
        programme,
        organisations=tuple(organisations.values()),
        venues=tuple(venues.values()),
        spaces=tuple(spaces.values()),
        activities=tuple(activities.values()),
        sessions=tuple(sessions.values()),
        rejections=tuple(rejections),
    )


def _taken(
    records: Iterable[Named],
    fault_of: Callable[[Named], Sentence | None],
    rejections: list[Rejection],
) -> dict[str, Named]:
    taken: dict[str, Named] = {}
    for record in records:
        if record.source_id in taken:
            fault: Sentence | None = _l("un autre plus haut a le même identifiant")
        else:
            fault = fault_of(record)
        if fault:
            rejections.append(Rejection(getattr(record, "line", None), record.source_id, fault))
        else:
            taken[record.source_id] = record
    return taken


def _fault_of_space(space: SpaceRecord, venues: dict[str, VenueRecord]) -> Sentence | None:
    if space.venue in venues:
        return None
    return _l("le lieu « %(name)s » est inconnu", name=space.venue)


def _fault_of_activity(
    activity: ActivityRecord, organisations: dict[str, OrganisationRecord]
) -> Sentence | None:
    if not activity.title_fr.strip():
        return _l("pas de titre")
    if activity.organisation is not None and activity.organisation not in organisations:
        return _l("la structure « %(name)s » est inconnue", name=activity.organisation)
    return None


def _fault_of_references(
    session: SessionRecord,
    activities: dict[str, ActivityRecord],
    venues: dict[str, VenueRecord],
    spaces: dict[str, SpaceRecord],
) -> Sentence | None:
    if session.activity not in activities:
        return _l("l’animation « %(name)s » est inconnue", name=session.activity)
    if session.venue not in venues:
        return _l("le lieu « %(name)s » est inconnu", name=session.venue)
    if session.space is None:
        return None
    if session.space not in spaces:
        return _l("la salle ou l’espace « %(name)s » est inconnu", name=session.space)
    if spaces[session.space].venue != session.venue:
        return _l(
            "la salle « %(room)s » n’est pas dans le lieu « %(venue)s »",
            room=session.space,
            venue=session.venue,
        )
    return None


def _fault_of_session(session: SessionRecord) -> Sentence | None:
    if session.kind not in KINDS:
        return _l("la forme « %(name)s » est inconnue", name=session.kind)
    if session.registration not in (None, *WAYS_IN):
        return _l("le mode d’entrée « %(name)s » est inconnu", name=session.registration)
    if session.status not in (None, *STATUSES):
        return _l("l’état « %(name)s » est inconnu", name=session.status)
    if session.starts_at.tzinfo is None or session.ends_at.tzinfo is None:
        return _l("les heures n’ont pas de fuseau horaire")
    if session.ends_at <= session.starts_at:
        return _l("la fin n’est pas après le début")
    length = session.ends_at - session.starts_at
    if length > LONGEST:
        return _l("elle dure plus de deux ans")
    if session.kind == "timed" and length > LONGEST_TIMED:
        hours = int(length.total_seconds() // 3600)
        return _l("elle dure %(n)s heures à heure fixe : est-ce une exposition ?", n=hours)
    if session.capacity is not None and session.capacity < 0:
        return _l("la jauge est négative : %(n)s", n=session.capacity)
    return None
