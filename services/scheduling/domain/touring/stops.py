"""Stops: where a travelling exhibition is for a while; asked for, and taken step by step."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import (
    REQUIRED,
    UNKNOWN_CHOICE,
    Fault,
    Field,
    day,
    email,
    instant,
    line,
    link,
    one_of,
    paragraphs,
    reference,
    telephone,
    whole,
)
from services.scheduling.domain.editing.opening_hours import weekly_hours
from services.scheduling.domain.editing.references import InUse, check_reference, count, refer
from services.scheduling.domain.editing.resources import LONGEST_MINUTES, MOST_COPIES
from services.scheduling.domain.editing.revisions import Invalid, change, take
from services.scheduling.domain.touring.consent import check_activity, check_place
from services.scheduling.domain.touring.parties import person_acting
from services.scheduling.domain.touring.reminding import note_if_short
from services.scheduling.domain.touring.room import check_room
from services.scheduling.domain.touring.states import (
    STEPS,
    speaks_for_place,
    standing_of,
    steps_for,
    zone_of_stop,
)
from services.scheduling.domain.touring.stop_sessions import keep_session
from services.scheduling.domain.touring.telling import tell_step
from services.scheduling.models import (
    Activity,
    ConditionReport,
    Organisation,
    Resource,
    Space,
    Stop,
    Tour,
    Venue,
)
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

#: How far the papers of a loan are.
AGREEMENTS = ("none", "sent", "signed")

#: The longest that one stop lasts.
LONGEST = timedelta(days=800)

_TIMES = ("arrives_at", "opens_at", "closes_at", "leaves_at")

FIELDS = {
    "venue_id": reference(required=True),
    "space_id": reference(),
    "organisation_id": reference(),
    "activity_id": reference(),
    "copies": Field(whole(1, MOST_COPIES).clean, default=1),
    "arrives_at": instant(),
    "opens_at": instant(required=True),
    "closes_at": instant(required=True),
    "leaves_at": instant(),
    "transport_minutes": whole(largest=LONGEST_MINUTES),
    "weekly_hours": weekly_hours(),
    "transporter": line(),
    "insurance_value": whole(),
    "loan_agreement": one_of(AGREEMENTS, default="none"),
    "loan_agreement_link": link(),
    "contact_name": line(),
    "contact_email": email(),
    "contact_telephone": telephone(),
    "note": paragraphs(5_000),
}


class NotPossible(Exception):
    """A step that cannot be taken from where the stop stands, or not by these parties."""


def request_stop(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
    public_url: str | None = None,
) -> Stop:
    """Ask for a stop of the tour named by `tour_id`. Raises `Invalid`.

    Times that are not given follow from the resource's set-up and dismantling; what it is worth and
    how long it is on the road are the resource's too. Whoever asks chooses only an activity that
    they may change, and the place agrees if they speak for it. Who decides is written to, with the
    way to the stop at `public_url`; without that nobody is.
    """
    draft = Draft({**FIELDS, "tour_id": reference(required=True)}, values)
    check_reference(db, draft, "tour_id", Tour)
    if not draft.has("tour_id"):
        draft.fault("tour_id", UNKNOWN_CHOICE)
        draft.values()
    tour = refer(db, Tour, draft["tour_id"])
    if tour is None:
        raise Invalid({"tour_id": UNKNOWN_CHOICE})
    _fill(draft, tour.resource)
    _check(db, draft, tour.resource)
    person = person_acting(db, account_id)
    check_activity(db, draft, person)
    agrees = check_place(db, draft, person)
    stop = Stop(
        id=row_id or new_id(),
        state="requested",
        place_agrees=agrees,
        requested_by_id=account_id,
        edited_at=now,
        edited_by_id=account_id,
        **draft.values(),
    )
    db.add(stop)
    db.flush()
    tell_step(db, stop, "request", account_id=account_id, now=now, public_url=public_url)
    return stop


def save_stop(
    db: DbSession,
    stop_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Stop:
    """Change a stop that is at this revision; its session follows.

    Raises `Unknown`, `Conflict`, and `Invalid`, also where a stop that is promised would need more
    copies than there are, where the activity is not theirs to choose, or where a confirmed stop
    would move to a place that has not agreed.
    """
    stop = take(db, Stop, stop_id, revision)
    draft = Draft(FIELDS, values, stop)
    _fill(draft, stop.tour.resource)
    _check(db, draft, stop.tour.resource)
    person = person_acting(db, account_id)
    check_activity(db, draft, person)
    agrees = check_place(db, draft, person, stop)
    if change(stop, {**draft.values(), "place_agrees": agrees}, account_id=account_id, now=now):
        db.flush()
        db.expire(stop, ["venue", "space", "organisation"])
        check_room(db, stop, now)
        keep_session(db, stop, account_id=account_id, now=now)
    return stop


def delete_stop(db: DbSession, stop_id: UUID, revision: int | None) -> None:
    """Delete a stop that was asked for by mistake: nothing was ever promised or reported of it.

    Raises `Unknown`, `Conflict` or `InUse`.
    """
    stop = take(db, Stop, stop_id, revision, to_delete=True)
    if stop.state in ("optioned", "confirmed") or stop.session_id is not None:
        raise InUse(_("Cette étape est promise : annulez-la plutôt, pour que chacun le sache."))
    if count(db, ConditionReport.stop_id, stop.id):
        raise InUse(_("Cette étape a des constats d’état : elle reste, et eux aussi."))
    db.delete(stop)
    db.flush()


def take_step(
    db: DbSession,
    stop_id: UUID,
    revision: int | None,
    name: str,
    parties: Collection[str],
    *,
    option_until: date | None = None,
    account_id: UUID | None,
    now: datetime,
    public_url: str | None = None,
) -> Stop:
    """Take a stop a step further, as these parties; `option_until` is a local day.

    Confirming makes the stop's session, or takes its cancellation back; cancelling ends it. Who
    speaks for the place agrees to the stop by accepting, confirming or asking again. The others are
    written to, as for `request_stop`, unless nothing changed. Raises `Unknown`, `Conflict`,
    `NotPossible`, and `Invalid` where the copies are promised elsewhere.
    """
    stop = take(db, Stop, stop_id, revision)
    steps = steps_for(standing_of(stop, now), parties, place_agrees=stop.place_agrees)
    if name not in steps:
        raise NotPossible(name)
    values: dict[str, Any] = {}
    if STEPS[name].becomes is not None:
        until = _option_until(stop, option_until, now) if name == "option" else None
        values = {"state": STEPS[name].becomes, "option_until": until}
    if name == "request":
        values["place_agrees"] = speaks_for_place(parties)
    elif name in ("accept", "confirm"):
        values["place_agrees"] = True
    if not change(stop, values, account_id=account_id, now=now):
        return stop  # as it was already: nobody has anything to hear
    db.flush()
    check_room(db, stop, now)
    keep_session(db, stop, account_id=account_id, now=now, anew=name == "confirm")
    if name == "option":
        note_if_short(db, stop, now)
    tell_step(db, stop, name, account_id=account_id, now=now, public_url=public_url)
    return stop


def _option_until(stop: Stop, option_until: date | None, now: datetime) -> date:
    if option_until is None:
        raise Invalid({"option_until": REQUIRED})
    try:
        until: date = day()(option_until)
    except Fault as fault:
        raise Invalid({"option_until": fault.sentence}) from None
    zone = ZoneInfo(zone_of_stop(stop))
    if until < now.astimezone(zone).date():
        raise Invalid({"option_until": _("Choisissez un jour à venir : ce jour est passé.")})
    if until > stop.opens_at.astimezone(zone).date():
        raise Invalid(
            {"option_until": _("L’option doit se terminer avant l’ouverture de l’exposition.")}
        )
    return until


def _fill(draft: Draft, resource: Resource) -> None:
    """Give what is left empty the values that follow from the exhibition."""
    if draft.has("opens_at") and draft.has("arrives_at") and draft["arrives_at"] is None:
        draft.put("arrives_at", draft["opens_at"] - timedelta(minutes=resource.setup_minutes))
    if draft.has("closes_at") and draft.has("leaves_at") and draft["leaves_at"] is None:
        after = timedelta(minutes=resource.dismantling_minutes)
        draft.put("leaves_at", draft["closes_at"] + after)
    if draft.has("transport_minutes") and draft["transport_minutes"] is None:
        draft.put("transport_minutes", resource.transport_minutes)
    if draft.is_new and draft.has("insurance_value") and draft["insurance_value"] is None:
        draft.put("insurance_value", resource.insurance_value)


def _check(db: DbSession, draft: Draft, resource: Resource) -> None:
    check_reference(db, draft, "venue_id", Venue)
    check_reference(db, draft, "organisation_id", Organisation)
    check_reference(db, draft, "activity_id", Activity)
    if draft.touches("venue_id", "space_id") and draft["space_id"] is not None:
        space = refer(db, Space, draft["space_id"])
        if space is None or space.venue_id != draft["venue_id"]:
            draft.fault("space_id", _("Cette salle n’est pas dans ce lieu."))
    if draft.touches("copies") and draft["copies"] > resource.copies:
        draft.fault(
            "copies",
            _("Il n’existe que %(n)s exemplaires de cette exposition.", n=resource.copies)
            if resource.copies > 1
            else _("Il n’existe qu’un exemplaire de cette exposition."),
        )
    if not draft.touches(*_TIMES):
        return
    arrives_at, opens_at, closes_at, leaves_at = (draft[name] for name in _TIMES)
    if closes_at <= opens_at:
        draft.fault("closes_at", _("La fermeture doit venir après l’ouverture."))
    elif arrives_at > opens_at:
        draft.fault("arrives_at", _("La livraison doit venir avant l’ouverture."))
    elif leaves_at < closes_at:
        draft.fault("leaves_at", _("L’enlèvement doit venir après la fermeture."))
    elif leaves_at - arrives_at > LONGEST:
        draft.fault("leaves_at", _("C’est plus de deux ans : vérifiez les années."))
