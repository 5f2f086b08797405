"""OpenAgenda JSON for tests: events as its API gives them, with what a test needs changed."""

import json
from typing import Any

LOCATION: dict[str, Any] = {
    "uid": 7001,
    "name": "Muséum",
    "address": "1 rue Dolomieu, 38000 Grenoble, France",
    "postalCode": "38000",
    "city": "Grenoble",
    "insee": "38185",
    "latitude": 45.187,
    "longitude": 5.732,
    "timezone": "Europe/Paris",
}


def timing(begin: str, end: str) -> dict[str, str]:
    """Return a timing of October 2026; `begin` and `end` are “02T10:00” local to Paris."""
    return {"begin": f"2026-10-{begin}:00+02:00", "end": f"2026-10-{end}:00.000+0200"}


def agenda_event(uid: Any = 1, **changes: Any) -> dict[str, Any]:
    """Return an event; a change of `...` takes a field away."""
    event: dict[str, Any] = {
        "uid": uid,
        "title": {"fr": "Une heure avec les muons"},
        "description": {"fr": "Pour tous."},
        "longDescription": {},
        "conditions": {},
        "registration": [],
        "timings": [timing("02T10:00", "02T11:00")],
        "location": LOCATION,
        "timezone": "Europe/Paris",
        "age": {"min": None, "max": None},
        "attendanceMode": 1,
        "status": 1,
        "state": 2,
        "draft": 0,
        "private": 0,
        "originAgenda": {"uid": 900, "title": "Fête de la science 2026"},
        "sourceAgendas": [],
        **changes,
    }
    return {name: value for name, value in event.items() if value is not ...}


def agenda(*events: Any, **around: Any) -> bytes:
    """Return a file of events: a list, or a page of the API when something stands around it."""
    value = {**around, "events": list(events)} if around else list(events)
    return json.dumps(value, ensure_ascii=False).encode()
