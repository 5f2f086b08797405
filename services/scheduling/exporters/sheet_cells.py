"""A session as one row of a spreadsheet: what stands in each column, as the importer reads it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.scheduling.domain.importing.marks import long_text, one_line
from services.scheduling.domain.programme import (
    ActivityRecord,
    Opening,
    OrganisationRecord,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.importers.sheet_rows import KEPT
from services.scheduling.importers.sheet_words import (
    ACCESSIBILITY,
    AUDIENCE,
    CATEGORIES,
    KIND,
    SCHOOL_LEVELS,
    WAY_IN,
    YES_NO,
    Choice,
    label_of,
    language_label,
)
from shared.i18n import current_locale

#: The longest text that a cell of a spreadsheet holds is 32,767 characters.
LONGEST_CELL = 32_000

#: What stands in a cell: nothing is None.
Cell = str | int | float | date | time | None

_WEEKDAYS = {
    "fr": ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MIDNIGHT = "24:00"


def activity_cells(
    record: ActivityRecord, organisation: OrganisationRecord | None
) -> dict[str, Cell]:
    """Return the cells of an activity, by the keys of their columns."""
    return {
        "title_fr": one_line(record.title_fr) or KEPT,
        "title_en": _line(record.title_en),
        "description_fr": _text(record.description_fr),
        "description_en": _text(record.description_en),
        "audience": label_of(AUDIENCE, record.audience),
        "ages": ages_cell(record.age_min, record.age_max),
        "theme": _line(record.theme),
        "format": _line(record.format),
        "organisation": (one_line(organisation.name) or KEPT) if organisation else None,
        "organisation_email": _line(organisation.email) if organisation else None,
        "presenters": names_cell(record.presenters),
        "duration": record.duration_minutes,
        "school_levels": _labels(SCHOOL_LEVELS, record.school_levels),
        "languages": ", ".join(language_label(code, current_locale()) for code in record.languages)
        or None,
        "accessibility": _labels(ACCESSIBILITY, record.accessibility),
        "price_note_fr": _text(record.price_note_fr),
        "price_note_en": _text(record.price_note_en),
        "conditions_fr": _text(record.conditions_fr),
        "conditions_en": _text(record.conditions_en),
        "link": _line(record.link),
        "activity_id": record.source_id,
        "organisation_id": organisation.source_id if organisation else None,
    }


def place_cells(
    venue: VenueRecord, space: SpaceRecord | None, zone_name: str | None
) -> dict[str, Cell]:
    """Return the cells of a venue and of its room, with its time zone where that is to be said."""
    return {
        "venue": one_line(venue.name) or KEPT,
        "address": _line(venue.address),
        "postcode": _line(venue.postcode),
        "commune": _line(venue.commune_name),
        "insee": _line(venue.commune_code),
        "space": (one_line(space.name) or KEPT) if space else None,
        "space_capacity": space.capacity if space else None,
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        "time_zone": zone_name,
        "venue_id": venue.source_id,
        "space_id": space.source_id if space else None,
    }


def session_cells(
    record: SessionRecord, zone_name: str, people: tuple[Choice, ...] = CATEGORIES
) -> dict[str, Cell]:
    """Return the cells of a session; its clocks are those of the zone, `people` the edition's."""
    zone = ZoneInfo(zone_name)
    starts, ends = record.starts_at.astimezone(zone), record.ends_at.astimezone(zone)
    last, closes = ends.date(), clock_cell(ends)
    if ends.time() == time(0) and ends.date() > starts.date():
        last, closes = ends.date() - timedelta(days=1), _MIDNIGHT
    return {
        "kind": label_of(KIND, record.kind),
        "date": starts.date(),
        "starts": clock_cell(starts),
        "ends": closes,
        "last_date": last if last != starts.date() else None,
        "hours": hours_cell(record.weekly_hours),
        "closures": "; ".join(day.isoformat() for day in sorted(record.closures)) or None,
        "registration": label_of(WAY_IN, record.registration or "none"),
        "registration_link": _line(record.registration_link),
        "registration_telephone": _line(record.registration_telephone),
        "registration_email": _line(record.registration_email),
        "full": label_of(YES_NO, "yes") if record.registration_full else None,
        "capacity": record.capacity if record.registration == "here" else None,
        "categories": _labels(people, record.seat_categories),
        "cancelled": label_of(YES_NO, "yes") if record.status == "cancelled" else None,
        "id": record.source_id,
    }


def clock_cell(local: datetime) -> Cell:
    """Return a time of day; where clocks show it twice, with the offset that tells which."""
    if local.fold:
        return f"{local:%H:%M}{local:%z}"[:-2] + ":" + f"{local:%z}"[-2:]
    return local.time().replace(tzinfo=None, microsecond=0)


def ages_cell(youngest: int | None, oldest: int | None) -> str | None:
    """Return ages in the words that the importer reads."""
    is_english = current_locale() == "en"
    if youngest is not None and oldest is not None:
        return f"{youngest} to {oldest}" if is_english else f"{youngest} à {oldest} ans"
    if youngest is not None:
        return f"from {youngest}" if is_english else f"à partir de {youngest} ans"
    if oldest is not None:
        return f"up to {oldest}" if is_english else f"jusqu’à {oldest} ans"
    return None


def names_cell(names: Sequence[str]) -> str | None:
    """Return names in one cell: parted by semicolons, or a line each where one has such."""
    cleaned = [one_line(name) for name in names]
    if any(";" in name for name in cleaned):
        return "".join(f"{name}\n" for name in cleaned)
    return "; ".join(cleaned) or None


def hours_cell(openings: Iterable[Opening]) -> str | None:
    """Return weekly hours: « mar-ven 10:00-12:00, 14:00-18:00; sam 10:00-18:00 »."""
    by_day: dict[int, list[str]] = {}
    for opening in sorted(openings, key=lambda found: (found.weekday, found.opens)):
        by_day.setdefault(opening.weekday, []).append(f"{opening.opens}-{opening.closes}")
    names = _WEEKDAYS[current_locale()]
    runs: list[tuple[int, int, str]] = []
    for day, spans in by_day.items():
        words = ", ".join(spans)
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == words:
            runs[-1] = (runs[-1][0], day, words)
        else:
            runs.append((day, day, words))
    return (
        "; ".join(
            f"{names[first - 1]}{f'-{names[last - 1]}' if last > first else ''} {words}"
            for first, last, words in runs
        )
        or None
    )


def in_order(cells: Mapping[str, Cell], keys: Iterable[str]) -> tuple[Cell, ...]:
    """Return cells under columns."""
    return tuple(cells.get(key) for key in keys)


def _labels(choices: tuple[Choice, ...], codes: Iterable[str]) -> str | None:
    return ", ".join(label_of(choices, code) for code in codes) or None


def _line(text: str | None) -> str | None:
    return one_line(text) or None if text else None


def _text(text: str | None) -> str | None:
    found = long_text(text) if text else ""
    return (KEPT if len(found) > LONGEST_CELL else found) or None
