"""The working copy of an edition as exporters read it: for who may see what is being prepared."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.casting import casts_of
from services.scheduling.domain.programme import (
    ActivityRecord,
    ImageRecord,
    OrganisationRecord,
    Programme,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.domain.session_facts import SessionFacts, read_facts
from services.scheduling.domain.session_parts import parts_of
from services.scheduling.domain.session_state import session_state
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    Edition,
    Organisation,
    Presenter,
    PublishedSession,
    Session,
    Space,
    Venue,
)
from shared.text import fold


def drafted_facts(db: DbSession, edition: Edition) -> list[SessionFacts]:
    """Return the sessions as they would be released now, in order of time."""
    sessions = list(
        db.scalars(
            sa.select(Session)
            .where(Session.edition_id == edition.id)
            .order_by(Session.starts_at, Session.id)
            .options(
                joinedload(Session.activity).joinedload(Activity.organisation),
                joinedload(Session.edition),
                joinedload(Session.venue).joinedload(Venue.commune),
                joinedload(Session.space),
            )
        )
    )
    casts = casts_of(db, sessions)
    query = sa.select(PublishedSession.id, PublishedSession.sequence)
    released = db.execute(query.where(PublishedSession.edition_id == edition.id))
    sequences = {row.id: row.sequence for row in released}
    return [
        read_facts(
            {
                **session_state(parts_of(session, casts.get(session.id))),
                "sequence": sequences.get(session.id, 0),
                "changed_at": session.edited_at.isoformat(),
            }
        )
        for session in sessions
    ]


def with_drafts(db: DbSession, edition: Edition, programme: Programme) -> Programme:
    """Return the programme with what only the staff sees: rows as they are, used or not yet.

    The venues are those where something takes place, with all their rooms.
    """
    activities = list(
        db.scalars(
            sa.select(Activity)
            .where(Activity.edition_id == edition.id)
            .order_by(Activity.title_fr, Activity.id)
            .options(joinedload(Activity.organisation))
        )
    )
    venues = list(
        db.scalars(
            sa.select(Venue)
            .where(Venue.id.in_(sa.select(Session.venue_id).where(_is_of(edition))))
            .order_by(Venue.name, Venue.id)
            .options(joinedload(Venue.commune))
        )
    )
    spaces = db.scalars(
        sa.select(Space)
        .where(Space.venue_id.in_(sa.select(Session.venue_id).where(_is_of(edition))))
        .order_by(Space.name, Space.id)
    )
    organisations = {
        activity.organisation.id: activity.organisation
        for activity in activities
        if activity.organisation is not None
    }
    people = _people(db, edition)
    return replace(
        programme,
        organisations=tuple(map(_organisation, organisations.values())),
        venues=tuple(_venue(venue, edition) for venue in venues),
        spaces=tuple(
            SpaceRecord(str(space.id), str(space.venue_id), space.name, space.capacity)
            for space in spaces
        ),
        activities=tuple(_activity(activity, people[activity.id]) for activity in activities),
    )


def _is_of(edition: Edition) -> sa.ColumnElement[bool]:
    return Session.edition_id == edition.id


def _people(db: DbSession, edition: Edition) -> Mapping[UUID, dict[str, str]]:
    """Return, by activity, the ids of whom it credits by their folded names."""
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = db.execute(
        sa.select(ActivityPresenter.activity_id, Presenter.id, Presenter.name)
        .join(Presenter, Presenter.id == ActivityPresenter.presenter_id)
        .join(Activity, Activity.id == ActivityPresenter.activity_id)
        .where(Activity.edition_id == edition.id)
    )
    for activity_id, presenter_id, name in rows:
        found[activity_id][fold(name)] = str(presenter_id)
    return found


def _organisation(row: Organisation) -> OrganisationRecord:
    return OrganisationRecord(str(row.id), row.name, row.email)


def _venue(row: Venue, edition: Edition) -> VenueRecord:
    commune = row.commune
    return VenueRecord(
        str(row.id),
        row.name,
        address=row.address,
        postcode=row.postcode,
        commune_code=commune.insee_code if commune else None,
        commune_name=commune.name if commune else None,
        commune_latitude=commune.latitude if commune else None,
        commune_longitude=commune.longitude if commune else None,
        latitude=row.latitude,
        longitude=row.longitude,
        time_zone=row.time_zone or edition.time_zone,
    )


def _activity(row: Activity, people: Mapping[str, str]) -> ActivityRecord:
    return ActivityRecord(
        source_id=str(row.id),
        title_fr=row.title_fr,
        title_en=row.title_en,
        description_fr=row.description_fr,
        description_en=row.description_en,
        organisation=str(row.organisation_id) if row.organisation_id else None,
        audience=row.audience,
        age_min=row.age_min,
        age_max=row.age_max,
        theme=row.theme,
        format=row.format,
        presenters=tuple(map(str, row.presenters)),
        link=row.link,
        duration_minutes=row.duration_minutes,
        school_levels=tuple(row.school_levels),
        languages=tuple(row.languages),
        accessibility=tuple(row.accessibility),
        price_note_fr=row.price_note_fr,
        price_note_en=row.price_note_en,
        conditions_fr=row.conditions_fr,
        conditions_en=row.conditions_en,
        presenter_ids=tuple(people.get(fold(name), "") for name in map(str, row.presenters)),
        image=(
            ImageRecord(str(row.image_id), row.image_alt_fr, row.image_alt_en, row.image_credit)
            if row.image_id
            else None
        ),
    )
