"""What must be true of a session as a whole: its time, its place, its way in."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.edition_days import days_words, span_of
from services.scheduling.domain.editing.fields import UNKNOWN_CHOICE
from services.scheduling.domain.editing.local_times import local_of
from services.scheduling.domain.editing.references import check_reference, refer
from services.scheduling.domain.party_categories import seated_of, usually_seated
from services.scheduling.models import Activity, Edition, Space, Venue
from shared.i18n import format_period
from shared.i18n import lazy_gettext as _

#: The longest that anything lasts: a touring exhibition takes two years.
LONGEST = timedelta(days=800)
#: The longest that a session at fixed hours lasts; what is longer is drop-in or an exhibition.
LONGEST_TIMED = timedelta(hours=48)

#: The fields that one way in alone has, with what they are in the others.
_OF_WAY_IN: dict[str, dict[str, Any]] = {
    "here": {"capacity": None, "registration_opens_at": None, "registration_closes_at": None},
    "elsewhere": {
        "registration_link": None,
        "registration_telephone": None,
        "registration_email": None,
        "registration_full": False,
    },
}


def check_place(db: DbSession, draft: Draft, edition_id: UUID | None) -> None:
    """Refuse an activity of another edition, and a space of another venue."""
    if draft.touches("activity_id"):
        activity = refer(db, Activity, draft["activity_id"])
        if activity is None or edition_id not in (None, activity.edition_id):
            draft.fault("activity_id", UNKNOWN_CHOICE)
    check_reference(db, draft, "venue_id", Venue)
    if draft.touches("venue_id", "space_id") and draft["space_id"] is not None:
        space = refer(db, Space, draft["space_id"])
        if space is None or space.venue_id != draft["venue_id"]:
            draft.fault("space_id", _("Cette salle n’est pas dans ce lieu."))


def check_time(draft: Draft, edition: Edition, time_zone: str) -> None:
    """Refuse times that run backwards, or that are far from the edition's days."""
    if not draft.touches("starts_at", "ends_at", "kind"):
        return
    starts_at, ends_at = draft["starts_at"], draft["ends_at"]
    if ends_at <= starts_at:
        draft.fault("ends_at", _("La fin doit venir après le début."))
        return
    if ends_at - starts_at > LONGEST:
        draft.fault("ends_at", _("C’est plus de deux ans : vérifiez les années."))
        return
    if draft["kind"] == "timed" and ends_at - starts_at > LONGEST_TIMED:
        draft.fault("ends_at", too_long(ends_at - starts_at))
        return
    earliest, latest = span_of(edition.starts_on, edition.ends_on, edition.time_zone)
    if draft["kind"] == "exhibition":
        is_near = ends_at >= earliest and starts_at <= latest
        field = "starts_at"
    else:
        is_near = earliest <= starts_at and ends_at <= latest
        field = "ends_at" if earliest <= starts_at <= latest else "starts_at"
    if not is_near:
        draft.fault(field, _outside(edition, starts_at, ends_at, time_zone))


def too_long(length: timedelta) -> str:
    """Return why a session at fixed hours cannot last so long."""
    return str(
        _(
            "Une séance à heure fixe ne dure pas %(n)s heures : vérifiez la date de fin, ou "
            "choisissez « En continu » ou « Exposition ».",
            n=int(length.total_seconds() // 3600),
        )
    )


def _outside(edition: Edition, starts_at: datetime, ends_at: datetime, time_zone: str) -> str:
    return str(
        _(
            "L’édition a lieu %(edition)s et cette séance %(session)s : c’est trop loin.",
            edition=format_period(edition.starts_on, edition.ends_on, year=True),
            session=days_words(starts_at, ends_at, time_zone),
        )
    )


def check_opening(draft: Draft, time_zone: str) -> None:
    """Refuse hours for what is no exhibition, and closures outside its period."""
    if not draft.has("kind"):
        return
    if draft["kind"] != "exhibition":
        for name in ("weekly_hours", "closures"):
            if draft.has(name) and draft[name]:
                _leave_out(draft, name, [], _("Seule une exposition a des horaires par semaine."))
        return
    if draft.touches("closures", "starts_at", "ends_at") and draft["closures"]:
        first = local_of(draft["starts_at"], time_zone).date()
        last = local_of(draft["ends_at"], time_zone).date()
        days = [date.fromisoformat(day) for day in draft["closures"]]
        if min(days) < first or max(days) > last:
            draft.fault("closures", _("Un jour de fermeture est hors de la période d’ouverture."))


def check_way_in(draft: Draft) -> None:
    """Refuse a way in without what it needs; what belongs to another way in is left out."""
    if not draft.has("registration"):
        return
    way_in = draft["registration"]
    for other, fields in _OF_WAY_IN.items():
        for name, nothing in fields.items():
            if other != way_in and draft.has(name) and draft[name] != nothing:
                _leave_out(draft, name, nothing, _NOT_OF_THIS_WAY_IN[other])
    ways = ("registration_link", "registration_telephone", "registration_email")
    is_checked = way_in == "elsewhere" and draft.touches("registration", *ways)
    if is_checked and not any(draft[name] for name in ways):
        draft.fault(
            "registration_link",
            _("Indiquez une adresse web, un téléphone ou un courriel pour s’inscrire."),
        )
    closes = ("registration_closes_at", "ends_at", "registration")
    if way_in == "here" and draft.touches(*closes):
        closes_at = draft["registration_closes_at"]
        if closes_at is not None and closes_at > draft["ends_at"] and not _is_rehearsal(draft):
            draft.fault(
                "registration_closes_at",
                _("Les inscriptions doivent se terminer avant la fin de la séance."),
            )
    opens = ("registration_opens_at", "starts_at", "kind", *closes)
    if way_in == "here" and draft.touches(*opens) and draft["registration_opens_at"] is not None:
        _check_opens(draft)


def check_seats(draft: Draft, edition: Edition) -> None:
    """Refuse a seat for whom the edition does not count; say who takes one where nobody did."""
    if not draft.has("seat_categories"):
        return
    seated = draft["seat_categories"]
    if seated is None:
        draft.put("seat_categories", usually_seated(edition.party_categories))
    elif not seated and draft.has("registration") and draft["registration"] == "here":
        draft.fault("seat_categories", _("Choisissez au moins qui prend une place."))
    elif not seated:
        draft.put("seat_categories", usually_seated(edition.party_categories))
    elif draft.touches("seat_categories"):
        codes = [category["code"] for category in edition.party_categories]
        before = draft.before("seat_categories")
        if not set(seated) <= set(codes):
            draft.fault("seat_categories", UNKNOWN_CHOICE)
        elif set(seated) == set(before or ()):  # the edition's order is no change of a session
            draft.put("seat_categories", before)
        else:
            draft.put("seat_categories", [code for code in codes if code in seated])
    else:  # the edition may have dropped some while nobody registered for the session here
        draft.put("seat_categories", seated_of(seated, edition.party_categories))


def _check_opens(draft: Draft) -> None:
    """Refuse an opening of registrations that comes too late for anybody to register."""
    opens_at, closes_at = draft["registration_opens_at"], draft["registration_closes_at"]
    if closes_at is not None and opens_at >= closes_at:
        sentence = _("Les inscriptions doivent s’ouvrir avant leur fin.")
    elif draft["kind"] == "timed" and opens_at >= draft["starts_at"] and not _is_rehearsal(draft):
        sentence = _("Les inscriptions doivent s’ouvrir avant le début de la séance.")
    elif opens_at >= draft["ends_at"] and not _is_rehearsal(draft):
        sentence = _("Les inscriptions doivent s’ouvrir avant la fin de la séance.")
    else:
        return
    draft.fault("registration_opens_at", sentence)


def _is_rehearsal(draft: Draft) -> bool:
    """Tell whether registration outlasts the session already, as an import let it, and still does.

    Such a session can be moved like any other (`domain/importing/rehearsal.py`).
    """
    closed_at, ended_at = draft.before("registration_closes_at"), draft.before("ends_at")
    is_kept = closed_at == draft["registration_closes_at"]
    return is_kept and closed_at is not None and closed_at > ended_at


_NOT_OF_THIS_WAY_IN = {
    "here": _("Ceci ne va qu’avec une inscription ici."),
    "elsewhere": _("Ceci ne va qu’avec une inscription ailleurs."),
}


def _leave_out(draft: Draft, name: str, nothing: object, sentence: object) -> None:
    """Clear a field that has no sense any more; refuse it where it was asked for just now."""
    if draft.gives(name) and draft.touches(name):
        draft.fault(name, str(sentence))
    else:
        draft.put(name, nothing)
