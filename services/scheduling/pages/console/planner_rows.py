"""The planner's board as compact JSON: times are minutes on local clocks since the first midnight.

A session is a list of values, named once by `SESSION_FIELDS`; what many sessions share (their
activity, who edited them) is told once, beside them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.scheduling.pages.words import in_our_words
from services.scheduling.queries.planner import Window
from shared.text import fold

#: What each value of a session is. `state` is `draft`, `changed` or `released`; `parts` are the
#: hours of an exhibition on the days shown, null for anything else.
SESSION_FIELDS = (
    *("id", "revision", "activity", "venue", "space", "starts", "ends", "kind", "state"),
    *("cancelled", "held", "capacity", "note", "by", "parts"),
)

#: What each value of a session in the tray is; `minutes` is how long it lasts.
TRAY_FIELDS = (
    *("id", "revision", "activity", "venue", "space", "minutes", "kind", "capacity", "note", "by"),
)

_MINUTE = timedelta(minutes=1)
_DAY = 24 * 60


def board_json(
    window: Window, sessions: Sequence[Any], tray: Sequence[Any], counts: dict[date, int]
) -> dict[str, Any]:
    """Return what is drawn of some days."""
    return {
        "first": window.first.isoformat(),
        "days": window.days,
        "fields": {"session": SESSION_FIELDS, "tray": TRAY_FIELDS},
        "activities": activities_json((*sessions, *tray)),
        "sessions": [session_json(row, window) for row in sessions],
        "tray": [tray_json(row) for row in tray],
        "counts": [[day.isoformat(), number] for day, number in counts.items()],
    }


def activities_json(rows: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Return the activities of sessions, by id."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = str(row.activity_id)
        if key not in found:
            found[key] = {
                "title": in_our_words(row.title_fr, row.title_en),
                "theme": row.theme,
                "audience": row.audience,
                "organisation": str(row.organisation_id) if row.organisation_id else None,
                "by": row.organisation_name,
            }
    return found


def session_json(row: Any, window: Window) -> list[Any]:
    """Return the values of a session, in the order of `SESSION_FIELDS`."""
    zone = ZoneInfo(row.time_zone)
    base = datetime.combine(window.first, time.min)
    starts = row.starts_at.astimezone(zone).replace(tzinfo=None)
    ends = row.ends_at.astimezone(zone).replace(tzinfo=None)
    is_exhibition = row.kind == "exhibition"
    return [
        str(row.id),
        row.revision,
        str(row.activity_id),
        str(row.venue_id),
        str(row.space_id) if row.space_id else None,
        (starts - base) // _MINUTE,
        (ends - base) // _MINUTE,
        row.kind,
        "draft" if row.published_id is None else "changed" if row.was_edited else "released",
        int(row.status == "cancelled"),
        int(row.held_back),
        row.capacity,
        row.note,
        row.edited_by,
        list(_parts(row, window, starts, ends)) if is_exhibition else None,
    ]


def tray_json(row: Any) -> list[Any]:
    """Return the values of a session in the tray, in the order of `TRAY_FIELDS`."""
    return [
        str(row.id),
        row.revision,
        str(row.activity_id),
        str(row.venue_id) if row.venue_id else None,
        str(row.space_id) if row.space_id else None,
        row.minutes,
        row.rest.get("kind", "timed"),
        row.rest.get("capacity"),
        row.note,
        row.edited_by,
    ]


def places_json(rows: Sequence[Any], used: set[Any]) -> list[dict[str, Any]]:
    """Return the communes in order, each with its venues, each with its spaces."""
    communes: dict[Any, dict[str, Any]] = {}
    venues: dict[Any, dict[str, Any]] = {}
    for row in rows:
        commune = communes.setdefault(
            row.commune_id,
            {"id": row.insee_code or "", "name": row.commune_name or "", "venues": []},
        )
        if row.id not in venues:
            venues[row.id] = {
                "id": str(row.id),
                "name": row.name,
                "zone": row.time_zone,
                "used": int(row.id in used),
                "spaces": [],
            }
            commune["venues"].append(venues[row.id])
        if row.space_id is not None:
            space = {
                "id": str(row.space_id),
                "name": row.space_name,
                "capacity": row.capacity,
                "many": row.sessions_at_once != 1,
            }
            venues[row.id]["spaces"].append(space)
    for venue in venues.values():
        venue["spaces"].sort(key=lambda space: fold(space["name"]))
    for commune in communes.values():
        commune["venues"].sort(key=lambda venue: fold(venue["name"]))
    return sorted(communes.values(), key=lambda one: (not one["name"], fold(one["name"])))


def _parts(row: Any, window: Window, starts: datetime, ends: datetime) -> Iterator[tuple[int, int]]:
    """Yield when an exhibition is open on the days shown: by its hours, else the whole period."""
    base = datetime.combine(window.first, time.min)
    first, last = (starts - base) // _MINUTE, (ends - base) // _MINUTE
    for number in range(window.days):
        day = window.first + timedelta(days=number)
        midnight = number * _DAY
        if day.isoformat() in row.closures:
            continue
        if not row.weekly_hours:
            hours = [(0, _DAY)]
        else:
            of_day = (one for one in row.weekly_hours if int(one["weekday"]) == day.isoweekday())
            hours = [(_minutes(one["opens"]), _minutes(one["closes"])) for one in of_day]
        for opens, closes in hours:
            begin, end = max(first, midnight + opens), min(last, midnight + closes)
            if begin < end:
                yield begin, end


def _minutes(clock: str) -> int:
    hours, _colon, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
