"""Rows that a spreadsheet names as people do: a venue by its name and commune, a room by its name.

Names are compared without accents and case. What is found is used as it is, and never changed by
the sheet; what is not found is new. Rows that an earlier sheet made are known by what it called
them, and are none of these.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.importing.marks import one_line
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    Programme,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.models import Activity, Commune, Edition, Organisation, Space, Venue
from shared.text import fold

Named = TypeVar("Named", OrganisationRecord, VenueRecord, SpaceRecord, ActivityRecord)


class Imported(Protocol):
    """What earlier imports of the source made, by their names in it."""

    @property
    def edition(self) -> Edition | None: ...
    @property
    def organisations(self) -> Mapping[str, Any]: ...
    @property
    def venues(self) -> Mapping[str, Any]: ...
    @property
    def spaces(self) -> Mapping[str, Any]: ...
    @property
    def activities(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class _Known:
    """A row that may be meant: its name, and the name of what it is in (or its id), both folded."""

    id: UUID
    name: str
    within: str


def named(db: DbSession, programme: Programme, imported: Imported) -> Programme:
    """Return the programme with the ids of the rows that it means; another kind of file as it is.

    Rows come in a fixed number of queries.
    """
    if not programme.finds_by_name:
        return programme
    programme = replace(programme, venues=_with_codes(db, programme.venues))
    organisations = _ids_of(
        programme.organisations,
        imported.organisations,
        _known(db, sa.select(Organisation.id, Organisation.name, sa.null())),
        lambda _: "",
    )
    venues = _ids_of(
        programme.venues,
        imported.venues,
        _known(
            db,
            sa.select(Venue.id, Venue.name, Commune.name).outerjoin(
                Commune, Commune.id == Venue.commune_id
            ),
        ),
        lambda record: fold(record.commune_name or ""),
    )
    spaces = _ids_of(
        programme.spaces,
        imported.spaces,
        _known(db, sa.select(Space.id, Space.name, Space.venue_id)),
        lambda record: _name(imported.venues, venues, record.venue) or "-",
    )
    activities = _ids_of(
        programme.activities,
        imported.activities,
        _activities(db, imported.edition),
        lambda record: _name(imported.organisations, organisations, record.organisation or ""),
    )
    return _renamed(programme, organisations, venues, spaces, activities)


def _name(imported: Mapping[str, Any], found: Mapping[str, str], name: str) -> str:
    """Return the id of the row that a name in the sheet is for, or nothing."""
    return str(imported[name].id) if name in imported else found.get(name, "")


def _renamed(
    programme: Programme,
    organisations: Mapping[str, str],
    venues: Mapping[str, str],
    spaces: Mapping[str, str],
    activities: Mapping[str, str],
) -> Programme:
    def name(names: Mapping[str, str], old: str) -> str:
        return names.get(old, old)

    return replace(
        programme,
        organisations=_once(programme.organisations, organisations),
        venues=_once(programme.venues, venues),
        spaces=_once(
            [replace(space, venue=name(venues, space.venue)) for space in programme.spaces], spaces
        ),
        activities=tuple(
            replace(
                record,
                source_id=name(activities, record.source_id),
                organisation=record.organisation and name(organisations, record.organisation),
                states=_beyond_its_name(record, activities),
            )
            for record in programme.activities
        ),
        sessions=tuple(
            replace(
                record,
                activity=name(activities, record.activity),
                venue=name(venues, record.venue),
                space=record.space and name(spaces, record.space),
            )
            for record in programme.sessions
        ),
    )


def _beyond_its_name(record: ActivityRecord, found: Mapping[str, str]) -> frozenset[str] | None:
    """Return what is said of an activity: where its title found it, nothing of its name."""
    if record.states is None or record.source_id not in found:
        return record.states
    return record.states - {"title_fr", "organisation_id"}


def _once(records: Iterable[Named], names: Mapping[str, str]) -> tuple[Named, ...]:
    """Return records by their new names: two that mean one row are one."""
    found: dict[str, Named] = {}
    for record in records:
        new = names.get(record.source_id)
        if new is not None:
            record = replace(record, mark=None)
        found.setdefault(
            new or record.source_id, replace(record, source_id=new or record.source_id)
        )
    return tuple(found.values())


def _ids_of(
    records: Iterable[Named],
    imported: Collection[str],
    known: Iterable[_Known],
    within: Callable[[Named], str],
) -> dict[str, str]:
    """Return the id of the row that each record means, by the record's name."""
    by_name: dict[str, list[_Known]] = {}
    by_id: dict[str, _Known] = {}
    for row in known:
        by_name.setdefault(row.name, []).append(row)
        by_id[str(row.id)] = row
    found: dict[str, str] = {}
    for record in records:
        if record.source_id in imported or record.source_id in by_id:
            continue
        text = record.title_fr if isinstance(record, ActivityRecord) else record.name
        hint = None if isinstance(record, ActivityRecord) else by_id.get(record.mark or "")
        inside = within(record)
        alike = [
            row
            for row in by_name.get(fold(text), ())
            if not inside or not row.within or row.within == inside
        ]
        if hint is not None and (hint in alike or not text):
            found[record.source_id] = str(hint.id)
        elif alike:  # of two, the one that is where the sheet says, then the older one
            row = min(alike, key=lambda row: (row.within != inside, row.id))
            found[record.source_id] = str(row.id)
    return found


def _known(db: DbSession, query: Any) -> list[_Known]:
    return [
        _Known(identifier, fold(one_line(name)), _folded(within))
        for identifier, name, within in db.execute(query)
    ]


def _folded(within: Any) -> str:
    return fold(one_line(within)) if isinstance(within, str) else str(within or "")


def _activities(db: DbSession, edition: Edition | None) -> list[_Known]:
    if edition is None:
        return []
    return _known(
        db,
        sa.select(Activity.id, Activity.title_fr, Activity.organisation_id).where(
            Activity.edition_id == edition.id
        ),
    )


def _with_codes(db: DbSession, venues: tuple[VenueRecord, ...]) -> tuple[VenueRecord, ...]:
    """Return venues with the INSEE code of their commune, where one alone has its name."""
    wanted = {fold(venue.commune_name) for venue in venues if venue.commune_name}
    if not wanted:
        return venues
    codes: dict[str, list[str | None]] = {}
    for code, name in db.execute(sa.select(Commune.insee_code, Commune.name)):
        codes.setdefault(fold(name), []).append(code)
    return tuple(
        replace(venue, commune_code=found[0])
        if not venue.commune_code
        and len(found := codes.get(fold(venue.commune_name or ""), [])) == 1
        else venue
        for venue in venues
    )
