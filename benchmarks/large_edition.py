"""An edition as large as the model festival in its best year: what rules, pages and feeds read.

Some 90 communes, 250 venues with two spaces each, 500 activities of 280 organisations with their
presenters and their kits, and 10,000 sessions in eleven days; and as many in the year before.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.scheduling.domain.audiences import AUDIENCES
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    ActivityResource,
    Commune,
    Edition,
    Festival,
    Organisation,
    Presenter,
    Resource,
    Session,
    Space,
    Unavailability,
    Venue,
)
from shared.database import Database
from shared.identifiers import new_id

SESSIONS = 10_000
_COMMUNES, _VENUES, _ACTIVITIES = 94, 250, 500
_ORGANISATIONS, _PRESENTERS, _RESOURCES = 280, 900, 40
_DAYS = 11
_PARIS = ZoneInfo("Europe/Paris")
_FIRST = date(2026, 10, 2)
_WEEK = [{"weekday": day, "opens": "08:00", "closes": "20:00"} for day in range(1, 8)]


def fill(database: Database) -> UUID:
    """Store both editions in an empty, migrated database; return the id of the later one."""
    edited = {"edited_at": datetime(2026, 6, 1, tzinfo=_PARIS)}
    ids = {
        name: [new_id() for _n in range(count)]
        for name, count in (
            ("communes", _COMMUNES),
            ("venues", _VENUES),
            ("spaces", _VENUES * 2),
            ("organisations", _ORGANISATIONS),
            ("presenters", _PRESENTERS),
            ("resources", _RESOURCES),
        )
    }
    with database.write() as db:

        def put(model: Any, rows: list[dict[str, Any]]) -> None:
            db.execute(sa.insert(model), rows)

        put(Commune, [_commune(n, id_) for n, id_ in enumerate(ids["communes"])])
        put(Organisation, [_named(n, id_, edited) for n, id_ in enumerate(ids["organisations"])])
        put(Presenter, [_named(n, id_, edited) for n, id_ in enumerate(ids["presenters"])])
        put(
            Resource,
            [
                _named(n, id_, edited) | {"copies": 1 + n % 3, "setup_minutes": 30}
                for n, id_ in enumerate(ids["resources"])
            ],
        )
        put(
            Venue,
            [
                _named(n, id_, edited)
                | {"commune_id": ids["communes"][n % _COMMUNES], "opening_hours": _WEEK}
                | {"latitude": 45.0 + n % 17 / 20, "longitude": 5.2 + n % 13 / 15}
                for n, id_ in enumerate(ids["venues"])
            ],
        )
        put(
            Space,
            [
                _named(n, id_, edited)
                | {"venue_id": ids["venues"][n // 2], "capacity": 40 + n % 60}
                | {"sessions_at_once": None if n % 9 == 0 else 1}
                for n, id_ in enumerate(ids["spaces"])
            ],
        )
        put(
            Unavailability,
            [
                {"presenter_id": id_, "starts_at": _at(n % _DAYS, 8), "ends_at": _at(n % _DAYS, 12)}
                | edited
                for n, id_ in enumerate(ids["presenters"][::6])
            ],
        )
        festival = new_id()
        put(Festival, [{"id": festival, "slug": "large", "name_fr": "Grande fête"} | edited])
        for year in (2025, 2026):
            edition = _put_edition(put, festival, year, ids, edited)
    return edition


def _put_edition(
    put: Any, festival: UUID, year: int, ids: dict[str, list[UUID]], edited: dict[str, Any]
) -> UUID:
    edition = new_id()
    back = timedelta(weeks=52) * (2026 - year)
    put(
        Edition,
        [
            {"id": edition, "festival_id": festival, "slug": f"large-{year}"}
            | {"name_fr": f"Grande fête {year}", "starts_on": _FIRST - back}
            | {"ends_on": _FIRST - back + timedelta(days=_DAYS - 1)}
            | edited
        ],
    )
    activities = [new_id() for _n in range(_ACTIVITIES)]
    put(
        Activity,
        [
            {"id": id_, "edition_id": edition, "title_fr": f"Animation {n}"}
            | {"organisation_id": ids["organisations"][n % _ORGANISATIONS]}
            | {"audience": AUDIENCES[n % len(AUDIENCES)], "theme": f"Thème {n % 12}"}
            | {"description_fr": "Une heure avec nous. " * 20}
            | edited
            for n, id_ in enumerate(activities)
        ],
    )
    put(
        ActivityPresenter,
        [
            {"activity_id": id_, "presenter_id": ids["presenters"][(n + more) % _PRESENTERS]}
            for n, id_ in enumerate(activities)
            for more in (0, 460)
        ],
    )
    put(
        ActivityResource,
        [
            {"activity_id": id_, "resource_id": ids["resources"][n % _RESOURCES]}
            for n, id_ in enumerate(activities)
            if n % 10 == 0
        ],
    )
    put(
        Session,
        [_session(n, edition, activities, ids, back) | edited for n in range(SESSIONS)],
    )
    return edition


def _session(
    n: int, edition: UUID, activities: list[UUID], ids: dict[str, list[UUID]], back: timedelta
) -> dict[str, Any]:
    activity, turn = n % _ACTIVITIES, n // _ACTIVITIES
    space = (activity * 7 + turn * 3) % len(ids["spaces"])
    starts_at = _at(turn % _DAYS, 9 + (activity + turn * 4) % 8) - back
    session_id = new_id()
    return {
        "id": session_id,
        "uid": f"{session_id}@bench",
        "edition_id": edition,
        "activity_id": activities[activity],
        "venue_id": ids["venues"][space // 2],
        "space_id": ids["spaces"][space],
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=60 + n % 2 * 30),
        "registration": "here",
        "capacity": 20 + n % 20,
    }


def _at(day: int, hour: int) -> datetime:
    local = datetime.combine(_FIRST, datetime.min.time(), _PARIS)
    return local + timedelta(days=day, hours=hour)


def _named(n: int, id_: UUID, edited: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "name": f"Nom {n}", **edited}


def _commune(n: int, id_: UUID) -> dict[str, Any]:
    return {
        "id": id_,
        "insee_code": f"38{n + 1:03}",
        "name": f"Commune {n}",
        "latitude": 45.0 + n % 10 / 11,
        "longitude": 5.2 + n % 9 / 10,
    }
