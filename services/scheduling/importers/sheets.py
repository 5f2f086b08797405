"""A spreadsheet (XLSX or CSV) of sessions understood as a programme, one row for each.

The headings say what the columns are (`sheet_columns.py`). A row is taken or rejected as a whole,
with every cell that is wrong; the others are taken. A row without a title continues the activity
above: what it leaves empty is as there. Without an identifier a session is known by its activity,
its place and its beginning: one that is moved is another.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    Opening,
    Programme,
    Rejection,
    Sentence,
    SessionRecord,
)
from services.scheduling.importers.editions import check_slug, edition_of, nothing_taken
from services.scheduling.importers.given_file import (
    Given,
    GivenFile,
    Progress,
    no_progress,
    open_given,
)
from services.scheduling.importers.malformed import LONGEST_KEY
from services.scheduling.importers.sheet_csv import read_csv
from services.scheduling.importers.sheet_findings import SheetFindings
from services.scheduling.importers.sheet_gathering import Gathering
from services.scheduling.importers.sheet_grid import (
    MOST_ROWS,
    Grid,
    Row,
    Sheet,
    column_of,
    is_empty,
)
from services.scheduling.importers.sheet_headings import read_headings
from services.scheduling.importers.sheet_hours import read_hours
from services.scheduling.importers.sheet_rows import SheetRow
from services.scheduling.importers.sheet_says import SAYS, row_mark, stated_columns
from services.scheduling.importers.sheet_sessions import KnownEdition, way_in_of, when_of, zone_of
from services.scheduling.importers.sheet_times import is_month_first, read_days
from services.scheduling.importers.sheet_values import read_line, read_text, read_yes
from services.scheduling.importers.sheet_xlsx import read_xlsx
from shared.i18n import lazy_gettext as _l
from shared.i18n import lazy_ngettext
from shared.text import fold

#: The zone of an edition that does not exist yet.
USUAL_ZONE = "Europe/Paris"
#: The venue of the row that shows how to fill in the template; it is left aside.
EXAMPLE_VENUE = _l("Nom du lieu")
#: Without one of these, a session cannot be told.
_WHEN = ("date", "starts", "ends", "last_date")
_EXAMPLES = frozenset((fold(EXAMPLE_VENUE.message), "name of the venue"))


def read_sheet(
    given: Given,
    edition_slug: str,
    *,
    known_zone: str | None = None,
    known_edition: KnownEdition | None = None,
    progress: Progress = no_progress,
) -> Programme:
    """Read a spreadsheet as the programme of the edition `edition_slug`.

    `known_edition` are the days of an edition that exists: what is far from them is rejected. A
    row that cannot be taken is a rejection, with its cells. Raises `ImportRefused` when the file as
    a whole cannot be read.
    """
    check_slug(edition_slug)
    with open_given(given) as file:
        grid = open_grid(file, progress)
        zone = known_edition.time_zone if known_edition else known_zone
        return understood(grid, file.name, edition_slug, zone, known_edition)


def open_grid(file: GivenFile, progress: Progress = no_progress) -> Grid:
    """Return the rows of a spreadsheet of either kind. Raises `ImportRefused`."""
    head = file.stream.read(4)
    file.stream.seek(0)
    return read_xlsx(file, progress) if head == b"PK\x03\x04" else read_csv(file, progress)


def understood(
    grid: Grid,
    name: str,
    edition_slug: str,
    zone_name: str | None,
    known: KnownEdition | None = None,
) -> Programme:
    """Return the programme that rows make. Raises `ImportRefused` where there is none."""
    return _Understanding(name, edition_slug, zone_name, known).programme(grid)


class _Understanding:
    """One spreadsheet on its way to a programme."""

    def __init__(
        self, name: str, edition_slug: str, zone_name: str | None, known: KnownEdition | None
    ) -> None:
        self._name = name
        self._slug = edition_slug
        self._zone = zone_name or USUAL_ZONE
        self._known = known
        self._gathering = Gathering()
        self._sessions: dict[str, SessionRecord] = {}
        self._lines: dict[str, int] = {}
        self._rejections: list[Rejection] = []
        self._findings = SheetFindings(zone=None if zone_name else self._zone)
        self._rows = 0
        self._has_headings = False

    def programme(self, grid: Grid) -> Programme:
        for sheet in grid.sheets:
            self._read(sheet)
        if not self._has_headings:
            raise ImportRefused(
                _l(
                    "%(name)s n’a pas de ligne de titres qui se reconnaisse : il faut au moins une "
                    "colonne « Titre » et une colonne « Date » ou « Lieu ». Partez du modèle.",
                    name=self._name,
                )
            )
        used = self._gathering.records(self._sessions.values())
        edition = edition_of(self._slug, self._slug, self._zone, self._sessions.values())
        if edition is None and self._known and (used.activities or self._rejections):
            days = (self._known.starts_on, self._known.ends_on)
            edition = edition_of(self._slug, self._slug, self._zone, (), *days)
        if edition is None:
            raise nothing_taken(self._name, self._rejections)
        return Programme(
            source=f"sheet:{self._slug}",
            edition=edition,
            organisations=used.organisations,
            venues=used.venues,
            spaces=used.spaces,
            activities=used.activities,
            sessions=tuple(self._sessions.values()),
            rejections=tuple(self._rejections),
            notes=(*grid.notes, *self._findings.notes()),
            says=SAYS,
            finds_by_name=True,
        )

    def _read(self, sheet: Sheet) -> None:
        rows = iter(sheet.rows)
        headings = read_headings(rows)
        if headings is None:
            return
        self._has_headings = True
        self._findings.unknown |= dict.fromkeys(headings.unknown)
        above: SheetRow | None = None
        filled = self._filled(rows)
        places = [headings.places[key] for key in ("date", "last_date") if key in headings.places]
        month_first = is_month_first(
            values[place] for _number, values in filled for place in places if place < len(values)
        )
        self._findings.is_month_first |= month_first
        for number, values in filled:
            row = SheetRow(sheet.name, number, values, headings.places, headings.names)
            row.month_first = month_first
            if fold(read_text(row.value("venue"))) in _EXAMPLES:
                self._findings.examples += 1
                continue
            if not row.has("title_fr") and not row.has("activity_id"):
                row.above = above
            self._take(row)
            above = row

    def _filled(self, rows: Iterator[Row]) -> list[Row]:
        """Return the rows with something in them. Raises `ImportRefused` if there are too many."""
        filled: list[Row] = []
        for number, values in rows:
            if is_empty(values):
                continue
            filled.append((number, values))
            if self._rows + len(filled) > MOST_ROWS:
                raise ImportRefused(
                    _l(
                        "%(name)s a plus de %(most)s lignes : partagez-le en plusieurs fichiers.",
                        name=self._name,
                        most=MOST_ROWS,
                    )
                )
        self._rows += len(filled)
        return filled

    def _take(self, row: SheetRow) -> None:
        activity = self._gathering.activity_of(row)
        name = _identifier(row, "id")
        record = None
        if any(row.value(key) is not None for key in ("date", "starts", "ends", "venue")):
            record = self._session(row, activity, name)
        if row.faults:
            title = row.shown("title_fr")
            self._rejections.append(_rejection(row, name or title))
        elif record is not None:
            self._sessions[record.source_id] = record
            self._lines[record.source_id] = row.number
            self._gathering.use(activity)
        elif activity is not None:
            self._gathering.use(activity)

    def _session(
        self, row: SheetRow, activity: str | None, name: str | None
    ) -> SessionRecord | None:
        if any(map(row.is_kept, _WHEN)):
            return None  # it stays as it is
        zone = zone_of(row, self._zone)
        venue, space = self._gathering.place_of(row)
        when = when_of(row, zone, self._known)
        ways = way_in_of(row, self._known)
        hours = row.read("hours", read_hours) or ()
        year = self._known.year if self._known else None
        closures = row.read("closures", lambda value: _closures(row, value, year)) or ()
        is_cancelled = row.read("cancelled", read_yes)
        if when and when.kind != "exhibition":
            for key, value in (("hours", hours), ("closures", closures)):
                if value:
                    row.fault(key, _l("Seule une exposition a des horaires par semaine."))
        if row.faults or activity is None or venue is None or when is None:
            return None
        mark = row_mark(read_text(row.value("mark"))) if row.has("mark") else None
        if mark and name in self._sessions:  # a row of ours that was copied, to make another
            name, mark = None, None
            self._findings.copies += 1
        source_id = name or _derived(activity, venue, space, f"{when.starts_at:%Y%m%dT%H%MZ}")
        if source_id in self._sessions:
            line = self._lines[source_id]
            row.fault("id" if name else "title_fr", _same(line, has_name=bool(name)))
            return None
        if row.value("capacity") is not None and ways["registration"] != "here":
            self._findings.idle_seats += 1
        return SessionRecord(
            source_id=source_id,
            activity=activity,
            venue=venue,
            space=space,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            kind=when.kind,
            weekly_hours=tuple(Opening(*opening) for opening in hours),
            closures=closures,
            status=None if is_cancelled is None else "cancelled" if is_cancelled else "confirmed",
            line=row.number,
            states=stated_columns(row.keys, ways["registration"]),
            mark=mark.session if mark else None,
            **ways,
        )


def _identifier(row: SheetRow, key: str) -> str | None:
    """Return an identifier of a row, if it has one that can be kept."""
    found = row.read(key, read_line)
    if found and len(found) > LONGEST_KEY:
        row.fault(key, _l("Cet identifiant a plus de %(n)s caractères.", n=LONGEST_KEY))
        return None
    return found or None


def _rejection(row: SheetRow, name: str) -> Rejection:
    reason = lazy_ngettext(
        "%(n)s cellule est à corriger", "%(n)s cellules sont à corriger", len(row.faults)
    )
    faults = sorted(row.faults, key=lambda fault: column_of(fault.cell))
    return Rejection(row.number, name, reason, tuple(faults))


def _closures(row: SheetRow, value: Any, year: int | None) -> tuple[date, ...]:
    return read_days(value, year, month_first=row.month_first)


def _derived(*parts: str | None) -> str:
    """Return the name for ever of a session that has none."""
    text = " / ".join(part or "" for part in parts)
    return f"ligne:{hashlib.blake2b(text.encode(), digest_size=10).hexdigest()}"


def _same(line: int, *, has_name: bool) -> Sentence:
    if has_name:
        return _l("La ligne %(line)s a déjà cet identifiant.", line=line)
    return _l(
        "La ligne %(line)s a déjà cette animation, au même endroit et à la même heure.", line=line
    )
