"""The planner's board as compact JSON: times are minutes on local clocks since the first midnight.

A session is a list of values, named once by `SESSION_FIELDS`; activities and places are told once,
and named by their rank.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.pages.words import in_our_words
from services.scheduling.queries.planner import Window
from shared.text import fold

#: What each value of a session is: `activity` and `where` are ranks in those lists; `state` is
#: `draft`, `changed` or `released`; `parts` are the hours of an exhibition on the days shown, null
#: for anything else.
SESSION_FIELDS = (
    *("id", "revision", "activity", "where", "starts", "ends", "kind", "state"),
    *("cancelled", "held", "capacity", "note", "by", "parts"),
)

#: What each value of a session in the tray is; `minutes` is how long it lasts.
TRAY_FIELDS = (
    *("id", "revision", "activity", "where", "minutes", "kind", "capacity", "note", "by"),
)

_MINUTE = timedelta(minutes=1)
_DAY = 24 * 60

Place = tuple[UUID | None, UUID | None]


class Board:
    """Sessions on their way into JSON; collects the places that they name.

    `own` are the organisations whose sessions the reader may change, None for all. `sees_note`
    tells whether a note is for them, by the session's organisation and venue.
    """

    def __init__(
        self,
        window: Window,
        activities: Iterable[Any],
        own: Collection[UUID] | None,
        sees_note: Callable[[UUID | None, UUID | None], bool],
    ) -> None:
        self._window = window
        self._own = own
        self._sees_note = sees_note
        self._midnight = datetime.combine(window.first, time.min)
        self._activities = list(activities)
        self._ranks = {row.id: rank for rank, row in enumerate(self._activities)}
        self._places: dict[Place, int] = {}

    def json(self, sessions: Iterable[Any], tray: Iterable[Any]) -> dict[str, Any]:
        """Return what is drawn of them."""
        return {
            "fields": {"session": SESSION_FIELDS, "tray": TRAY_FIELDS},
            "sessions": [self._session(row) for row in sessions],
            "tray": [self._waiting(row) for row in tray],
            "activities": [
                _activity(row) | {"mine": self._own is None or row.organisation_id in self._own}
                for row in self._activities
            ],
            "where": [
                [str(venue) if venue else None, str(space) if space else None]
                for venue, space in self._places
            ],
        }

    def _session(self, row: Any) -> list[Any]:
        starts, ends = self._minutes(row.starts_at, row), self._minutes(row.ends_at, row)
        return [
            str(row.id),
            row.revision,
            self._ranks[row.activity_id],
            self._rank((row.venue_id, row.space_id)),
            starts,
            ends,
            row.kind,
            "draft" if row.is_new else "changed" if row.was_edited else "released",
            int(row.status == "cancelled"),
            int(row.held_back),
            row.capacity,
            self._note(row),
            row.edited_by,
            list(_parts(row, self._window, starts, ends)) if row.kind == "exhibition" else None,
        ]

    def _waiting(self, row: Any) -> list[Any]:
        return [
            str(row.id),
            row.revision,
            self._ranks[row.activity_id],
            self._rank((row.venue_id, row.space_id)),
            row.minutes,
            row.rest.get("kind", "timed"),
            row.rest.get("capacity"),
            self._note(row),
            row.edited_by,
        ]

    def _note(self, row: Any) -> str | None:
        organisation_id = self._activities[self._ranks[row.activity_id]].organisation_id
        is_shown = row.note and self._sees_note(organisation_id, row.venue_id)
        return row.note if is_shown else None

    def _rank(self, place: Place) -> int:
        return self._places.setdefault(place, len(self._places))

    def _minutes(self, instant: datetime, row: Any) -> int:
        local = instant.astimezone(_zone(row.time_zone)).replace(tzinfo=None)
        return (local - self._midnight) // _MINUTE


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _activity(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "title": in_our_words(row.title_fr, row.title_en),
        "theme": row.theme,
        "audience": row.audience,
        "organisation": str(row.organisation_id) if row.organisation_id else None,
        "by": row.organisation_name,
    }


def counts_json(counts: dict[date, int]) -> list[tuple[str, int]]:
    """Return how many sessions begin on each day."""
    return [(day.isoformat(), number) for day, number in counts.items()]


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


def _parts(row: Any, window: Window, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield when an exhibition is open on the days shown: by its hours, else the whole period."""
    for number in range(window.days):
        day = window.first + timedelta(days=number)
        midnight = number * _DAY
        if day.isoformat() in (row.closures or ()):
            continue
        if not row.weekly_hours:
            hours = [(0, _DAY)]
        else:
            of_day = (one for one in row.weekly_hours if int(one["weekday"]) == day.isoweekday())
            hours = [(_clock(one["opens"]), _clock(one["closes"])) for one in of_day]
        for opens, closes in hours:
            begin, end = max(first, midnight + opens), min(last, midnight + closes)
            if begin < end:
                yield begin, end


def _clock(clock: str) -> int:
    hours, _colon, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
