"""Recurring sessions: a rhythm over several days becomes sessions, each its own from then on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import UNKNOWN_CHOICE, Fault
from services.scheduling.domain.editing.local_times import instant_of
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.sessions import create_session
from services.scheduling.models import Activity, Edition, Session, Venue
from shared.i18n import LazyText, format_day
from shared.i18n import lazy_gettext as _

#: More is a mistyping: every ten minutes, all day long, for a week.
MOST = 500

CHOOSE_DAYS = _("Choisissez au moins un jour.")

_DAY = 24 * 60

#: The longest that one session of a series lasts, in minutes: they end on the day they begin.
LONGEST = _DAY - 1

#: What sessions of a series can be; an exhibition has weekly hours instead.
KINDS = ("timed", "drop_in")


@dataclass(frozen=True)
class Rhythm:
    """When sessions begin on each of the days, by local clocks.

    The first begins at `first`; each lasts `lasts` minutes and the next begins `every` minutes
    after it began; none ends after `until`, and none touches a pause, after which the rhythm
    begins anew.
    """

    days: tuple[date, ...]
    first: time
    until: time
    every: int
    lasts: int
    pauses: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True)
class Occurrence:
    """One session to be made: instants (UTC) on a local day."""

    day: date
    starts_at: datetime
    ends_at: datetime


def clocks(rhythm: Rhythm) -> list[tuple[time, time]]:
    """Return when the sessions of one day begin and end, by its clocks, in order."""
    pauses = sorted((_minutes(begins), _minutes(ends)) for begins, ends in rhythm.pauses)
    until = _minutes(rhythm.until)
    found: list[tuple[time, time]] = []
    at = _minutes(rhythm.first)
    while at + rhythm.lasts <= min(until, _DAY - 1):
        ends = at + rhythm.lasts
        pause = next((p for p in pauses if p[0] < ends and at < p[1]), None)
        if pause is not None:
            at = pause[1]
            continue
        found.append((_clock(at), _clock(ends)))
        at += rhythm.every
    return found


def occurrences(rhythm: Rhythm, time_zone: str) -> list[Occurrence]:
    """Return the sessions of a rhythm in order. Raises `Invalid` with what is wrong with it."""
    _check(rhythm)
    days, of_a_day = sorted(set(rhythm.days)), clocks(rhythm)
    n = len(days) * len(of_a_day)
    if not n:
        raise Invalid({"until": _("Aucune séance ne tient entre ces heures.")})
    if n > MOST:  # counted before any is worked out: that takes long
        raise Invalid({"every": _("Cela ferait %(n)s séances : %(most)s au plus.", n=n, most=MOST)})
    found = []
    for day in days:
        for begins, ends in of_a_day:
            try:
                starts_at = instant_of(day, begins, time_zone).at
                ends_at = instant_of(day, ends, time_zone).at
            except Fault as fault:
                words = f"{format_day(day)} : {fault.sentence}"
                raise Invalid({"days": words}) from None
            found.append(Occurrence(day, starts_at, ends_at))
    return found


def zone_of_series(db: DbSession, activity_id: UUID, venue_id: UUID) -> str:
    """Return the zone whose clocks a rhythm is meant by. Raises `Invalid` for what is unknown."""
    activity, venue = db.get(Activity, activity_id), db.get(Venue, venue_id)
    if activity is None or venue is None:
        name = "activity_id" if activity is None else "venue_id"
        raise Invalid({name: UNKNOWN_CHOICE})
    return venue.time_zone or db.get_one(Edition, activity.edition_id).time_zone


def create_series(
    db: DbSession,
    values: Mapping[str, Any],
    wanted: list[Occurrence],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> list[Session]:
    """Make a session of each occurrence, alike in all else; all of them or none.

    `row_id` is the first one's. Raises `Invalid`, naming the day at fault.
    """
    if values.get("kind") not in (None, *KINDS):
        raise Invalid({"kind": UNKNOWN_CHOICE})
    made = []
    for number, one in enumerate(wanted):
        own = {**values, "starts_at": one.starts_at, "ends_at": one.ends_at}
        try:
            made.append(
                create_session(
                    db,
                    own,
                    account_id=account_id,
                    now=now,
                    row_id=row_id if number == 0 else None,
                )
            )
        except Invalid as invalid:
            raise Invalid(
                {
                    "days" if name in ("starts_at", "ends_at") else name: (
                        f"{format_day(one.day)} : {said}"
                        if name in ("starts_at", "ends_at")
                        else said
                    )
                    for name, said in invalid.faults.items()
                }
            ) from None
    return made


def _check(rhythm: Rhythm) -> None:
    faults: dict[str, LazyText | str] = {}
    if not rhythm.days:
        faults["days"] = CHOOSE_DAYS
    if not 1 <= rhythm.lasts <= LONGEST:
        faults["lasts"] = _("Écrivez une durée en minutes, de 1 à %(most)s.", most=LONGEST)
    if not 1 <= rhythm.every <= _DAY:
        faults["every"] = _("Écrivez un nombre de minutes, de 1 à %(most)s.", most=_DAY)
    if rhythm.until <= rhythm.first:
        faults["until"] = _("La dernière fin doit venir après le premier début.")
    if any(ends <= begins for begins, ends in rhythm.pauses):
        faults["pauses"] = _("Une pause doit finir après son début.")
    if faults:
        raise Invalid(faults)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> time:
    return (datetime.min + timedelta(minutes=minutes)).time()
