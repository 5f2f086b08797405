"""A new edition that begins from another one: its content, on the same weekdays."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.editions import create_edition
from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.domain.history import note
from services.scheduling.domain.importing.stored import columns_of
from services.scheduling.domain.party_categories import seated_of
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    ActivityResource,
    Base,
    Edition,
    EditionRules,
    Session,
    SessionPresenter,
    Stop,
    Venue,
)
from shared.identifiers import new_id

#: About a year, in whole weeks: the same weekdays.
A_YEAR = timedelta(weeks=52)

#: How many rows go into one statement.
BATCH = 500

#: What a copy does not take over: what it is called elsewhere, and what became of the old one.
_NOT_COPIED = ("source", "source_id", "stated", "national_link")


@dataclass(frozen=True)
class Taken:
    """What is taken over from the old edition.

    With `sessions` its dated sessions too, as drafts; with `to_confirm` its activities become ideas
    that the organisations take up again, instead of being accepted at once.
    """

    sessions: bool = True
    to_confirm: bool = False


def proposed(edition: Edition) -> dict[str, Any]:
    """Return what the edition after this one would be: a year later, on the same weekdays.

    Its address is made from its name. The years in names are raised; where the address alone has
    one, the names are given the year that follows, so that the two editions are told apart.
    """
    return {
        "festival_id": edition.festival_id,
        "name_fr": _a_year_on(edition.name_fr, edition),
        "name_en": _a_year_on(edition.name_en, edition) if edition.name_en else None,
        "slug": None,
        "starts_on": edition.starts_on + A_YEAR,
        "ends_on": edition.ends_on + A_YEAR,
        "time_zone": edition.time_zone,
        "contact_email": edition.contact_email,
        "party_categories": [dict(category) for category in edition.party_categories],
        "registration_opens_at": _moved(
            edition.registration_opens_at, A_YEAR, edition.time_zone, edition.time_zone
        ),
    }


def _a_year_on(name: str, edition: Edition) -> str:
    """Return a name with the edition's years raised, or with the next year after it."""
    years = edition.starts_on.year, edition.ends_on.year
    raised = {str(year): str(year + 1) for year in years}
    its_years = re.compile(rf"(?<!\d)(?:{'|'.join(raised)})(?!\d)")
    if its_years.search(name):
        return its_years.sub(lambda found: raised[found[0]], name)
    of_address = its_years.findall(edition.slug)
    return f"{name} {raised[of_address[-1]]}" if of_address else name


def shift_of(old: date, new: date) -> timedelta:
    """Return by how many whole weeks days are moved, so that weekdays stay what they were."""
    return timedelta(weeks=round((new - old).days / 7))


def copy_edition(
    db: DbSession,
    edition_id: UUID,
    values: Mapping[str, Any],
    taken: Taken,
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Edition:
    """Make an edition with the activities of another one that were accepted. Raises `Invalid`.

    It counts the same people unless `values` say whom. Cancelled sessions and those of a travelling
    exhibition's stops are left out. A session keeps its local time of day; one at an hour that its
    new day skips moves to the next there is.
    """
    old = db.get_one(Edition, edition_id)
    categories = {"party_categories": [dict(category) for category in old.party_categories]}
    edition = create_edition(
        db, {**categories, **values}, account_id=account_id, now=now, row_id=row_id
    )
    shift = shift_of(old.starts_on, edition.starts_on)
    _copy_rules(db, old, edition, shift, account_id, now)
    fresh = {"revision": 1, "edited_at": now, "edited_by_id": account_id}
    activities = _copy_activities(db, old, edition, taken, fresh)
    for model in (ActivityPresenter, ActivityResource):
        _copy_links(db, model, "activity_id", activities)
    if taken.sessions:
        sessions = _copy_sessions(db, old, edition, activities, shift, fresh)
        _copy_links(db, SessionPresenter, "session_id", sessions)
    note(
        db,
        "editions",
        edition.id,
        "copied",
        edition.name_fr,
        comment=old.name_fr,
        account_id=account_id,
        now=now,
        edition_id=edition.id,
    )
    return edition


def _copy_rules(
    db: DbSession,
    old: Edition,
    edition: Edition,
    shift: timedelta,
    account_id: UUID | None,
    now: datetime,
) -> None:
    rules = db.get(EditionRules, old.id)
    if rules is None:
        return
    columns = columns_of(rules)
    for name in ("proposals_due_on", "label_due_on", "publication_due_on"):
        columns[name] = columns[name] + shift if columns[name] else None
    changed = {"edition_id": edition.id, "revision": 1, "edited_at": now}
    db.add(EditionRules(**{**columns, **changed, "edited_by_id": account_id}))
    db.flush()


def _copy_activities(
    db: DbSession, old: Edition, edition: Edition, taken: Taken, fresh: Mapping[str, Any]
) -> dict[UUID, UUID]:
    state = "idea" if taken.to_confirm else "accepted"
    own = {**dict.fromkeys(_NOT_COPIED), **fresh, "edition_id": edition.id}
    own |= {"state": state, "label_state": "none"}
    new: dict[UUID, UUID] = {}
    rows = []
    found = sa.select(Activity).where(Activity.edition_id == old.id, Activity.state == "accepted")
    for activity in db.scalars(found.order_by(Activity.id)):
        new[activity.id] = new_id()
        rows.append({**columns_of(activity), **own, "id": new[activity.id]})
    _insert(db, Activity, rows)
    return new


def _copy_sessions(
    db: DbSession,
    old: Edition,
    edition: Edition,
    activities: Mapping[UUID, UUID],
    shift: timedelta,
    fresh: Mapping[str, Any],
) -> dict[UUID, UUID]:
    zones = dict(
        db.execute(sa.select(Venue.id, Venue.time_zone).where(Venue.time_zone.is_not(None))).all()
    )
    toured = sa.select(Stop.session_id).where(Stop.session_id.is_not(None))
    found = sa.select(Session).where(
        Session.edition_id == old.id,
        Session.status == "confirmed",
        Session.id.not_in(toured),
    )
    new: dict[UUID, UUID] = {}
    rows = []
    own = {"source": None, "source_id": None, "stated": None, **fresh, "edition_id": edition.id}
    for session in db.scalars(found.order_by(Session.starts_at, Session.id)):
        if session.activity_id not in activities:
            continue
        identifier = new[session.id] = new_id()
        own_zone = zones.get(session.venue_id)
        clocks = (own_zone or old.time_zone, own_zone or edition.time_zone)
        moved: dict[str, Any] = {
            name: _moved(getattr(session, name), shift, *clocks)
            for name in (
                *("starts_at", "ends_at"),
                *("registration_opens_at", "registration_closes_at"),
            )
        }
        if moved["ends_at"] <= moved["starts_at"]:  # its beginning stepped over its end
            moved["ends_at"] = moved["starts_at"] + (session.ends_at - session.starts_at)
        closures = [(date.fromisoformat(day) + shift).isoformat() for day in session.closures]
        rows.append(
            {
                **columns_of(session),
                **own,
                **moved,
                "id": identifier,
                "uid": f"{identifier}@parvis",
                "activity_id": activities[session.activity_id],
                "closures": closures,
                "seat_categories": seated_of(session.seat_categories, edition.party_categories),
                "held_back": False,
                "registration_full": False,
            }
        )
    _insert(db, Session, rows)
    return new


def _moved(at: datetime | None, shift: timedelta, was: str, zone: str) -> datetime | None:
    if at is None:
        return None
    local = local_of(at, was) + shift
    try:
        return instant_of(local.date(), local.time(), zone).at
    except Fault:  # clocks skip this hour: the next one
        later = local + timedelta(hours=1)
        return instant_of(later.date(), later.time(), zone).at


def _copy_links(db: DbSession, model: type[Base], column: str, new: Mapping[UUID, UUID]) -> None:
    table = model.__table__
    rows = [
        {**row._mapping, column: new[row._mapping[column]]}
        for row in db.execute(sa.select(table))
        if row._mapping[column] in new
    ]
    _insert(db, model, rows)


def _insert(db: DbSession, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    waiting = list(rows)
    for start in range(0, len(waiting), BATCH):
        db.execute(sa.insert(model), waiting[start : start + BATCH])
