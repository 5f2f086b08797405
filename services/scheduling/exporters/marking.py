"""The marks that a file carries, made of the same columns that reading it again makes."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from services.scheduling.domain.importing.columns import (
    activity_columns,
    session_columns,
    venue_columns,
)
from services.scheduling.domain.importing.marks import mark_of
from services.scheduling.domain.importing.options import Options
from services.scheduling.domain.programme import ActivityRecord, SessionRecord, VenueRecord

_NO_EDITION = UUID(int=0)


def activity_mark(record: ActivityRecord, states: Collection[str]) -> str:
    """Return the mark of an activity whose records are named by their ids."""
    organisation = UUID(record.organisation) if record.organisation else None
    stating = replace(record, states=frozenset(states))
    return mark_of(activity_columns(stating, _NO_EDITION, organisation), states)


def session_mark(record: SessionRecord, states: Collection[str]) -> str:
    """Return the mark of a session whose records are named by their ids."""
    columns = session_columns(
        replace(record, states=frozenset(states)),
        edition_id=_NO_EDITION,
        activity_id=UUID(record.activity),
        venue_id=UUID(record.venue),
        space_id=UUID(record.space) if record.space else None,
        options=Options(),
    )
    return mark_of(columns, states)


def venue_mark(record: VenueRecord, states: Collection[str]) -> str:
    """Return the mark of a venue, without its commune and its time zone."""
    stating = replace(record, states=frozenset(states))
    return mark_of(venue_columns(stating, None, ""), states)
