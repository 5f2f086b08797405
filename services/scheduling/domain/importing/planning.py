"""The plan of an import: everything that applying it would write, worked out while only reading."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.importing.columns import (
    activity_columns,
    organisation_columns,
    space_columns,
    venue_columns,
)
from services.scheduling.domain.importing.far_from_edition import far_note
from services.scheduling.domain.importing.in_tray import left_in_tray
from services.scheduling.domain.importing.left_out import sessions_left_out
from services.scheduling.domain.importing.named_people import with_people
from services.scheduling.domain.importing.options import Options
from services.scheduling.domain.importing.outcome import Counts, Plan, Report
from services.scheduling.domain.importing.rehearsal import closing_columns, rehearsal_note
from services.scheduling.domain.importing.session_planning import Rows, plan_sessions
from services.scheduling.domain.importing.settling import Settled, settle
from services.scheduling.domain.importing.sifting import sifted
from services.scheduling.domain.importing.stored import Stored, read_stored
from services.scheduling.domain.programme import Programme, Sentence, VenueRecord
from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Festival,
    Organisation,
    Session,
    Space,
    Venue,
)

Row = TypeVar("Row", Commune, Organisation)


def plan(
    db: DbSession, programme: Programme, options: Options | None = None, *, now: datetime
) -> Plan:
    """Compare a programme with what is stored and return what there is to write.

    Nothing is written. A festival, an edition or a commune that exists is used as it is. `now`
    (aware) tells what is over already.
    """
    options = options or Options()
    programme, stored = read_stored(db, with_people(programme))
    programme = sifted(programme)
    in_file = len(programme.sessions)
    programme, waiting_note = left_in_tray(programme, stored.in_tray)
    ours = stored.ours
    festivals = _festivals(programme, stored, now)
    editions = _editions(programme, stored, festivals, now)
    edition = editions.rows[programme.edition.slug]
    communes = _communes(programme, stored, now)
    organisations = settle(
        Organisation,
        stored.organisations,
        {record.source_id: organisation_columns(record) for record in programme.organisations},
        now=now,
        source=programme.source,
        ours=ours.get(Organisation),
    )
    venues = _venues(programme, stored, communes, edition, now)
    spaces = settle(
        Space,
        stored.spaces,
        {
            record.source_id: space_columns(record, venues.rows[record.venue].id)
            for record in programme.spaces
        },
        now=now,
        source=programme.source,
        ours=ours.get(Space),
    )
    activities = _activities(programme, stored, edition, organisations, now)
    sessions = plan_sessions(
        programme,
        options,
        stored.sessions,
        Rows(edition, communes.rows, organisations.rows, venues.rows, spaces.rows, activities.rows),
        now=now,
        ours=ours.get(Session),
    )
    written = len(sessions.written)
    return Plan(
        source=programme.source,
        edition=edition,
        inserts=(
            festivals.to_insert,
            editions.to_insert,
            communes.to_insert,
            organisations.to_insert,
            venues.to_insert,
            spaces.to_insert,
            activities.to_insert,
        ),
        updates=(
            organisations.to_update,
            venues.to_update,
            spaces.to_update,
            activities.to_update,
            organisations.to_note,
            venues.to_note,
            spaces.to_note,
            activities.to_note,
            (Session, sessions.notings),
        ),
        sessions=sessions.written,
        basis=stored.revisions,
        own=stored.own_ids,
        is_released=not options.as_drafts,
        report=Report(
            edition_slug=edition.slug,
            counts={
                "editions": editions.counts,
                "organisations": organisations.counts,
                "venues": venues.counts,
                "spaces": spaces.counts,
                "activities": activities.counts,
                "sessions": Counts(
                    sessions.created,
                    written - sessions.created,
                    in_file - written,
                ),
            },
            rejections=programme.rejections,
            missing=sessions_left_out(db, programme, stored),
            notes=(
                *programme.notes,
                *waiting_note,
                *far_note(programme, edition),
                *_rehearsal(programme, stored, options, edition, now),
            ),
            kept=(
                *organisations.kept,
                *venues.kept,
                *spaces.kept,
                *activities.kept,
                *sessions.kept,
            ),
        ),
    )


def _festivals(programme: Programme, stored: Stored, now: datetime) -> Settled[Festival]:
    record = programme.edition
    existing = {record.festival_slug: stored.festival} if stored.festival else {}
    stated = {
        "slug": record.festival_slug,
        "name_fr": record.festival_name_fr,
        "name_en": record.festival_name_en,
    }
    if stored.edition:  # which has its festival
        return settle(Festival, {}, {}, now=now)
    named = {record.festival_slug: {} if existing else stated}
    return settle(Festival, existing, named, now=now)


def _editions(
    programme: Programme, stored: Stored, festivals: Settled[Festival], now: datetime
) -> Settled[Edition]:
    record = programme.edition
    if stored.edition:
        return settle(Edition, {record.slug: stored.edition}, {record.slug: {}}, now=now)
    stated = {
        "festival_id": festivals.rows[record.festival_slug].id,
        "slug": record.slug,
        "name_fr": record.name_fr,
        "name_en": record.name_en,
        "starts_on": record.starts_on,
        "ends_on": record.ends_on,
        "time_zone": record.time_zone,
        "contact_email": record.contact_email,
    }
    return settle(Edition, {}, {record.slug: stated}, now=now)


def _communes(programme: Programme, stored: Stored, now: datetime) -> Settled[Commune]:
    existing = {commune.insee_code or commune.name: commune for commune in stored.communes}
    stated: dict[str, dict[str, Any]] = {}
    for record in programme.venues:
        name = _commune_key(record)
        if name is None or name in stated:
            continue
        stated[name] = {
            "insee_code": record.commune_code,
            "name": record.commune_name or name,
            "latitude": record.commune_latitude,
            "longitude": record.commune_longitude,
        }
        if name in existing:
            stated[name] = {}
    return settle(Commune, existing, stated, now=now)


def _venues(
    programme: Programme,
    stored: Stored,
    communes: Settled[Commune],
    edition: Edition,
    now: datetime,
) -> Settled[Venue]:
    return settle(
        Venue,
        stored.venues,
        {
            record.source_id: venue_columns(
                record, _id_of(communes.rows, _commune_key(record)), edition.time_zone
            )
            for record in programme.venues
        },
        now=now,
        source=programme.source,
        ours=stored.ours.get(Venue),
    )


def _activities(
    programme: Programme,
    stored: Stored,
    edition: Edition,
    organisations: Settled[Organisation],
    now: datetime,
) -> Settled[Activity]:
    return settle(
        Activity,
        stored.activities,
        {
            record.source_id: activity_columns(
                record, edition.id, _id_of(organisations.rows, record.organisation)
            )
            for record in programme.activities
        },
        now=now,
        source=programme.source,
        ours=stored.ours.get(Activity),
    )


def _commune_key(record: VenueRecord) -> str | None:
    return record.commune_code or record.commune_name


def _id_of(rows: Mapping[str, Row], name: str | None) -> UUID | None:
    return rows[name].id if name else None


def _rehearsal(
    programme: Programme, stored: Stored, options: Options, edition: Edition, now: datetime
) -> tuple[Sentence, ...]:
    closings = [
        closing_columns(record, stored.sessions.get(record.source_id), options, now).get(
            "registration_closes_at"
        )
        for record in programme.sessions
    ]
    return rehearsal_note([closing for closing in closings if closing], edition.time_zone)
