"""One edition on its way out: what is published of it, or the working copy, as plain records.

What is published is read from the published sessions alone, so that nothing that is being prepared
leaks. Every record is named by its own id.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    ImageRecord,
    Opening,
    OrganisationRecord,
    Programme,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.domain.session_facts import SessionFacts, read_facts
from services.scheduling.domain.session_state import edition_state, known_edition
from services.scheduling.exporters.drafted import drafted_facts, with_drafts
from services.scheduling.exporters.pictures import with_pictures
from services.scheduling.models import Edition, PublishedSession
from services.scheduling.queries.released import EDITION_SLUG, SESSION_ORDER


class NoSuchEdition(Exception):
    """There is no edition of this slug, or nothing of it was ever published."""


@dataclass(frozen=True)
class Extract:
    """What a format is written from.

    `programme` names every row by its id; `facts` are its sessions as calendars word them, in order
    of time. With `is_draft` both are the working copy, with rooms and activities that have no
    session yet. `made_at` is aware; `public_url` has no slash at its end.
    """

    programme: Programme
    facts: tuple[SessionFacts, ...]
    edition_id: UUID
    is_draft: bool
    made_at: datetime
    public_url: str
    mail_from: str


def extract(
    db: DbSession,
    slug: str,
    *,
    drafts: bool = False,
    now: datetime,
    public_url: str,
    mail_from: str,
) -> Extract:
    """Read the edition of a slug. Raises `NoSuchEdition`."""
    known_by = Edition.slug if drafts else EDITION_SLUG
    edition = db.scalars(sa.select(Edition).where(known_by == slug).order_by(Edition.id)).first()
    if edition is None:
        raise NoSuchEdition(slug)
    state = edition_state(edition) if drafts else edition.published or {}
    facts = drafted_facts(db, edition) if drafts else _published_facts(db, edition)
    programme = programme_of(state, edition.festival.slug, facts)
    if drafts:
        programme = with_drafts(db, edition, programme)
    return Extract(
        programme=with_pictures(db, programme),
        facts=tuple(facts),
        edition_id=edition.id,
        is_draft=drafts,
        made_at=_made_at(facts, now if drafts else None, edition),
        public_url=public_url.rstrip("/"),
        mail_from=mail_from,
    )


def _made_at(facts: Sequence[SessionFacts], now: datetime | None, edition: Edition) -> datetime:
    """Return when drafts are read, else when something was last published: it gives one file."""
    latest = max((session.changed_at for session in facts), default=edition.edited_at)
    return (now or latest).astimezone(UTC).replace(microsecond=0)


def _published_facts(db: DbSession, edition: Edition) -> list[SessionFacts]:
    query = sa.select(PublishedSession.details).where(PublishedSession.edition_id == edition.id)
    rows = db.connection().execute(query.order_by(*SESSION_ORDER)).scalars()
    return [read_facts(details) for details in rows]


def programme_of(
    edition: dict[str, Any], festival_slug: str, facts: Sequence[SessionFacts]
) -> Programme:
    """Return the programme that sessions make; `edition` is its state as it is published."""
    return Programme(
        source=f"parvis:{edition['slug']}",
        edition=_edition(edition, festival_slug),
        organisations=_once(filter(None, map(_organisation, facts))),
        venues=_once(map(_venue, facts)),
        spaces=_once(filter(None, map(_space, facts))),
        activities=_activities(facts),
        sessions=tuple(map(_session, facts)),
    )


def _edition(state: dict[str, Any], festival_slug: str) -> EditionRecord:
    return EditionRecord(
        slug=state["slug"],
        festival_slug=festival_slug,
        festival_name_fr=state["festival_fr"],
        name_fr=state["name_fr"],
        starts_on=date.fromisoformat(state["starts_on"]),
        ends_on=date.fromisoformat(state["ends_on"]),
        time_zone=state["time_zone"],
        festival_name_en=state["festival_en"],
        name_en=state["name_en"],
        contact_email=state["contact_email"],
        party_categories=tuple(known_edition(state)["party_categories"]),
    )


def _once(records: Iterable[Any]) -> tuple[Any, ...]:
    found: dict[str, Any] = {}
    for record in records:
        found.setdefault(record.source_id, record)
    return tuple(found.values())


def _organisation(facts: SessionFacts) -> OrganisationRecord | None:
    if facts.organisation_id is None:
        return None
    return OrganisationRecord(facts.organisation_id, facts.organisation or "")


def _venue(facts: SessionFacts) -> VenueRecord:
    return VenueRecord(
        facts.venue_id,
        facts.venue,
        address=facts.address,
        postcode=facts.postcode,
        commune_code=facts.insee_code,
        commune_name=facts.commune,
        latitude=facts.latitude,
        longitude=facts.longitude,
        time_zone=facts.time_zone,
    )


def _space(facts: SessionFacts) -> SpaceRecord | None:
    if facts.space_id is None:
        return None
    return SpaceRecord(facts.space_id, facts.venue_id, facts.space or "")


def _activities(facts: Sequence[SessionFacts]) -> tuple[ActivityRecord, ...]:
    """Return each activity once; who presents it are those of all its sessions."""
    found: dict[str, ActivityRecord] = {}
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for session in facts:
        found.setdefault(session.activity_id, _activity(session))
        ids = session.presenter_ids
        known = len(ids) == len(session.presenters)
        for place, name in enumerate(session.presenters):
            names[session.activity_id].setdefault(str(name), ids[place] if known else "")
    return tuple(
        replace(
            record,
            presenters=tuple(names[record.source_id]),
            presenter_ids=tuple(names[record.source_id].values()),
        )
        for record in found.values()
    )


def _activity(facts: SessionFacts) -> ActivityRecord:
    return ActivityRecord(
        source_id=facts.activity_id,
        title_fr=facts.title_fr,
        title_en=facts.title_en,
        description_fr=facts.description_fr,
        description_en=facts.description_en,
        organisation=facts.organisation_id,
        audience=facts.audience,
        age_min=facts.age_min,
        age_max=facts.age_max,
        theme=facts.theme,
        format=facts.format,
        link=facts.link,
        duration_minutes=facts.duration_minutes,
        school_levels=tuple(facts.school_levels),
        languages=tuple(facts.languages),
        accessibility=tuple(facts.accessibility),
        price_note_fr=facts.price_note_fr,
        price_note_en=facts.price_note_en,
        conditions_fr=facts.conditions_fr,
        conditions_en=facts.conditions_en,
        image=(
            ImageRecord(facts.image_id, facts.image_alt_fr, facts.image_alt_en, facts.image_credit)
            if facts.image_id
            else None
        ),
    )


def _session(facts: SessionFacts) -> SessionRecord:
    return SessionRecord(
        source_id=facts.id,
        activity=facts.activity_id,
        venue=facts.venue_id,
        space=facts.space_id,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        kind=facts.kind,
        weekly_hours=tuple(
            Opening(hours["weekday"], hours["opens"], hours["closes"])
            for hours in facts.weekly_hours
        ),
        closures=tuple(date.fromisoformat(day) for day in facts.closures),
        registration=facts.registration,
        registration_link=facts.registration_link,
        registration_telephone=facts.registration_telephone,
        registration_email=facts.registration_email,
        registration_full=facts.registration_full,
        capacity=facts.capacity,
        seat_categories=tuple(facts.seat_categories),
        status=facts.status,
        uid=facts.uid,
        presenters=tuple(map(str, facts.presenters)),
    )
