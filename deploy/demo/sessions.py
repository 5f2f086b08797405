"""The demo's sessions: when and where each activity takes place, and how one gets in.

A line of `when` reads `sat1 14:00-15:30`, with ` @ venue/space` where it is not the activity's own
place. `here` is a number of seats; `elsewhere` is the organiser's telephone, e-mail or link.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from deploy.demo.days import day, moment
from services.scheduling.domain.programme import Opening, SessionRecord

_WHEN = re.compile(
    r"(?P<day>\w+) (?P<starts>\d\d:\d\d)-(?P<ends>\d\d:\d\d)(?: @ (?P<place>[\w/-]+))?"
)
_TO_TUESDAY = timedelta(days=-3)


def activity_sessions(stored: dict[str, Any], first: date) -> Iterator[SessionRecord]:
    """Yield the sessions of one stored activity; `first` is the edition's first day."""
    if "exhibition" in stored:
        yield _exhibition(stored, first)
    for line in stored.get("when", ()):
        yield _dated(stored, line, first)


def _dated(stored: dict[str, Any], line: str, first: date) -> SessionRecord:
    found = _WHEN.fullmatch(line)
    if found is None:
        raise ValueError(f"{stored['id']}: cannot read {line!r}")
    place = found["place"] or stored["place"]
    on = day(first, found["day"])
    start = f"{found['day']} {found['starts']}"
    here = stored.get("here")
    return SessionRecord(
        source_id=f"{stored['id']}@{start.replace(' ', '-').replace(':', '')}",
        activity=stored["id"],
        venue=place.split("/")[0],
        space=place,
        starts_at=moment(on, found["starts"]),
        ends_at=moment(on, found["ends"]),
        kind=stored.get("kind", "timed"),
        capacity=here,
        seat_categories=tuple(stored.get("seats", ("adults", "children"))),
        registration_full=start in stored.get("full", ()),
        status="cancelled" if start in stored.get("cancelled", ()) else "confirmed",
        **_way_in(stored),
    )


def _exhibition(stored: dict[str, Any], first: date) -> SessionRecord:
    """Return the one session of an exhibition: Tuesdays to Sundays, in whole weeks."""
    shown = stored["exhibition"]
    opens_on = first + _TO_TUESDAY - timedelta(weeks=shown["weeks_before"])
    closes_on = opens_on + timedelta(weeks=shown["weeks"], days=-2)
    hours = [
        tuple(shown.get("weekend", shown["hours"]).split("-"))
        if weekday > 5
        else tuple(shown["hours"].split("-"))
        for weekday in range(2, 8)
    ]
    return SessionRecord(
        source_id=f"{stored['id']}@exhibition",
        activity=stored["id"],
        venue=stored["place"].split("/")[0],
        space=stored["place"],
        starts_at=moment(opens_on, hours[0][0]),
        ends_at=moment(closes_on, hours[-1][1]),
        kind="exhibition",
        status="confirmed",
        weekly_hours=tuple(
            Opening(weekday, opens, closes)
            for weekday, (opens, closes) in enumerate(hours, start=2)
        ),
        closures=tuple(first + timedelta(days=days) for days in shown["closed"]),
        **_way_in(stored),
    )


def _way_in(stored: dict[str, Any]) -> dict[str, Any]:
    if "here" in stored:
        return {"registration": "here"}
    contact = stored.get("elsewhere")
    if contact is None:
        return {"registration": "none"}
    if contact.startswith("https:"):
        return {"registration": "elsewhere", "registration_link": contact}
    if "@" in contact:
        return {"registration": "elsewhere", "registration_email": contact}
    return {"registration": "elsewhere", "registration_telephone": contact}
