"""Examples of the released programme, for the API's description."""

from typing import Any

_SITE = "https://parvis.example"

EDITION = {
    "id": "01a1b2c3-0000-7000-8000-000000000061",
    "slug": "fds-2026",
    "name": "Fête de la science 2026",
    "festival": "Fête de la science",
    "starts_on": "2026-10-02",
    "ends_on": "2026-10-12",
    "time_zone": "Europe/Paris",
    "party_categories": [
        {"code": "adults", "name": "Adultes"},
        {"code": "children", "name": "Enfants"},
    ],
    "calendar": f"{_SITE}/feeds/editions/fds-2026.ics",
}

_PLACE = {
    "id": "01a1b2c3-0000-7000-8000-000000000063",
    "name": "Muséum",
    "address": "1 rue Dolomieu",
    "postcode": "38000",
    "commune": {"insee_code": "38185", "name": "Grenoble"},
    "latitude": 45.1874,
    "longitude": 5.7357,
}

VENUE = {**_PLACE, "calendar": f"{_SITE}/feeds/venues/01a1b2c3-0000-7000-8000-000000000063.ics"}

SESSION = {
    "id": "01a1b2c3-0000-7000-8000-000000000066",
    "uid": "01a1b2c3-0000-7000-8000-000000000066@parvis",
    "title": "Voir un muon",
    "description": "Une chambre à brouillard et des traces, partout.",
    "starts_at": "2026-10-03T08:00:00+00:00",
    "ends_at": "2026-10-03T09:00:00+00:00",
    "time_zone": "Europe/Paris",
    "kind": "timed",
    "status": "confirmed",
    "weekly_hours": [],
    "closures": [],
    "registration": "here",
    "registration_link": None,
    "registration_telephone": None,
    "registration_email": None,
    "registration_full": False,
    "registration_opens_at": "2026-09-15T08:00:00+00:00",
    "registration_closes_at": None,
    "capacity": 20,
    "seats_left": 8,
    "seat_categories": ["adults", "children"],
    "venue": _PLACE,
    "space": {"id": "01a1b2c3-0000-7000-8000-000000000064", "name": "Auditorium"},
    "edition": {"slug": "fds-2026", "name": "Fête de la science 2026"},
    "organisation": {
        "id": "01a1b2c3-0000-7000-8000-000000000062",
        "name": "Muséum de Grenoble",
    },
    "activity_id": "01a1b2c3-0000-7000-8000-000000000065",
    "audience": "families",
    "age_min": 8,
    "age_max": None,
    "theme": "Physique",
    "format": "atelier",
    "presenters": ["Ada Martin"],
    "link": None,
    "page": f"{_SITE}/sessions/01a1b2c3-0000-7000-8000-000000000066",
    "calendar": f"{_SITE}/sessions/01a1b2c3-0000-7000-8000-000000000066.ics",
    "changed_at": "2026-09-20T16:00:00+00:00",
}


def page_example(item: dict[str, Any]) -> dict[str, Any]:
    """Return a page with one item, the last."""
    return {"items": [item], "next": None}
