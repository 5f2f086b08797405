"""An edition as the rows of a spreadsheet, with the marks that tell later what was edited.

The marks are made of what reading the rows again gives: a sheet that nobody touched changes nothing
when it comes back, whatever a cell cannot carry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.scheduling.domain.programme import ActivityRecord, Programme, SessionRecord
from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.marking import activity_mark, session_mark
from services.scheduling.exporters.sheet_cells import (
    Cell,
    activity_cells,
    in_order,
    place_cells,
    session_cells,
)
from services.scheduling.importers.sheet_columns import BY_KEY, COLUMNS, Column
from services.scheduling.importers.sheet_grid import Grid, Sheet, column_of
from services.scheduling.importers.sheet_rows import KEPT
from services.scheduling.importers.sheet_says import SAYS, written_mark
from services.scheduling.importers.sheet_sessions import KnownEdition
from services.scheduling.importers.sheet_words import category_choices
from services.scheduling.importers.sheets import USUAL_ZONE, understood
from shared.text import fold

#: How often rows are read again until nothing of them is rejected: a fault may hide another.
_ATTEMPTS = 5


@dataclass(frozen=True)
class SheetRows:
    """The columns of a sheet and its rows, under them."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheet_rows(extract: Extract) -> SheetRows:
    """Return the rows of an edition: a session each, then the activities that have none."""
    cells = _all_cells(extract)
    keys = [
        column.key
        for column in COLUMNS
        if not column.seldom or any(row.get(column.key) is not None for row in cells)
    ]
    read = _read_again(extract, keys, cells)
    marks = _marks(extract, read)
    for row in cells:
        identifier, activity = str(row.get("id") or ""), str(row["activity_id"])
        if activity in marks:
            row["mark"] = written_mark(marks.get(identifier, ""), marks[activity])
    columns = tuple(BY_KEY[key] for key in keys)
    return SheetRows(columns, tuple(in_order(row, keys) for row in cells))


def _all_cells(extract: Extract) -> list[dict[str, Cell]]:
    programme = extract.programme
    organisations = {record.source_id: record for record in programme.organisations}
    venues = {record.source_id: record for record in programme.venues}
    spaces = {record.source_id: record for record in programme.spaces}
    edition_zone = programme.edition.time_zone
    zones = {edition_zone, *(venue.time_zone or edition_zone for venue in programme.venues)}
    is_usual = zones == {USUAL_ZONE}
    people = category_choices(programme.edition.party_categories)
    of_activity: dict[str, list[SessionRecord]] = {}
    for session in programme.sessions:
        of_activity.setdefault(session.activity, []).append(session)
    rows: list[dict[str, Cell]] = []
    without: list[dict[str, Cell]] = []
    for activity in sorted(programme.activities, key=_by_title):
        shared = activity_cells(activity, organisations.get(activity.organisation or ""))
        for session in of_activity.get(activity.source_id, ()):
            venue = venues[session.venue]
            zone = venue.time_zone or edition_zone
            space = spaces.get(session.space or "")
            places = place_cells(venue, space, None if is_usual else zone)
            rows.append({**shared, **places, **session_cells(session, zone, people)})
        if activity.source_id not in of_activity:
            without.append(shared)
    return rows + without


def _by_title(record: ActivityRecord) -> tuple[str, str]:
    return fold(record.title_fr), record.source_id


def _read_again(
    extract: Extract, keys: Sequence[str], cells: Sequence[dict[str, Cell]]
) -> Programme | None:
    """Return what the importer makes of the rows; what it would reject is taken out of them."""
    edition = extract.programme.edition
    people = category_choices(edition.party_categories)
    known = KnownEdition(edition.starts_on, edition.ends_on, edition.time_zone, people)
    headings = (1, tuple(BY_KEY[key].heading.message for key in keys))
    for _attempt in range(_ATTEMPTS):
        rows = [(number, in_order(row, keys)) for number, row in enumerate(cells, 2)]
        grid = Grid(iter((Sheet("", (headings, *rows)),)))
        if not rows:
            return None
        read = understood(grid, edition.slug, edition.slug, edition.time_zone, known)
        if not read.rejections:
            return read
        for rejection in read.rejections:
            for fault in rejection.faults:
                row = cells[(rejection.line or 2) - 2]
                row[keys[column_of(fault.cell)]] = KEPT
    return read


def _marks(extract: Extract, read: Programme | None) -> dict[str, str]:
    """Return the marks of sessions and activities by their ids."""
    if read is None:
        return {}
    sessions = {record.source_id: record for record in extract.programme.sessions}
    activities = {record.source_id: record for record in extract.programme.activities}
    marks: dict[str, str] = {}
    for record in read.activities:
        whole = replace(record, organisation=activities[record.source_id].organisation)
        marks[record.source_id] = activity_mark(whole, SAYS["activities"])
    for found in read.sessions:
        own = sessions[found.source_id]
        placed = replace(found, activity=own.activity, venue=own.venue, space=own.space)
        marks[found.source_id] = session_mark(placed, SAYS["sessions"])
    return marks
