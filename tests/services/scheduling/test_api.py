"""The programme as JSON: what it holds, its filters, its pages and its errors."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.scheduling.models import Commune, PublishedSession
from shared.context import ServiceContext
from shared.contracts.party_categories import usual_categories
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.stored_programme import (
    OPENING,
    released_programme,
)


def _json(client: FlaskClient, path: str, **query: Any) -> Any:
    return client.get(path, query_string=query or None).get_json()


def _ids(client: FlaskClient, **query: Any) -> list[str]:
    response = client.get("/api/v1/sessions", query_string=query)
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.get_json()["items"]]


def test_a_session_is_told_whole(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        session = programme.add_session(
            programme.add_activity(audience="families", age_min=6, format="atelier"),
            registration="here",
            capacity=20,
            seats_left=12,
        )
    base = "http://127.0.0.1:8000"
    expected = {
        "id": str(session.id),
        "uid": session.uid,
        "title": "Voir un muon",
        "description": "Une chambre à brouillard ; des traces, partout.",
        "starts_at": "2026-10-02T08:00:00+00:00",
        "ends_at": "2026-10-02T09:00:00+00:00",
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
        "registration_opens_at": None,
        "registration_closes_at": None,
        "capacity": 20,
        "seats_left": 12,
        "seat_categories": ["adults", "children"],
        "venue": {
            "id": str(programme.venue.id),
            "name": "Muséum",
            "address": "1 rue Dolomieu",
            "postcode": "38000",
            "commune": {"insee_code": "38185", "name": "Grenoble"},
            "latitude": 45.1874,
            "longitude": 5.7357,
        },
        "space": {"id": str(programme.space.id), "name": "Auditorium"},
        "edition": {"slug": "fds-2026", "name": "Fête de la science 2026"},
        "organisation": {"id": str(programme.organisation.id), "name": "Muséum de Grenoble"},
        "activity_id": str(session.activity_id),
        "audience": "families",
        "age_min": 6,
        "age_max": None,
        "theme": "Physique",
        "format": "atelier",
        "presenters": ["Ada Martin"],
        "link": None,
        "page": f"{base}/sessions/{session.id}",
        "calendar": f"{base}/sessions/{session.id}.ics",
        "changed_at": "2026-09-24T08:00:00+00:00",
    }
    assert _json(client, f"/api/v1/sessions/{session.id}") == expected
    assert _json(client, "/api/v1/sessions") == {"items": [expected], "next": None}


def test_titles_come_in_english_when_asked(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        session = programme.add_session()
    told = _json(client, f"/api/v1/sessions/{session.id}?lang=en")
    assert (told["title"], told["edition"]["name"]) == ("See a muon", "Science festival 2026")


def test_every_filter_narrows_the_list(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        elsewhere = programme.add_venue(
            "Planétarium", commune=Commune(insee_code="38421", name="Saint-Martin-d’Hères")
        )
        here = programme.add_session()
        there = programme.add_session(
            programme.add_activity("Étoiles d’été", description_fr=""),
            venue_id=elsewhere.id,
            space_id=None,
            starts_at=OPENING + timedelta(days=2),
        )
        both = [str(here.id), str(there.id)]
    assert _ids(client) == both
    empty = dict.fromkeys(("edition", "commune", "venue", "from", "to", "q", "cursor"), "")
    assert _ids(client, **empty) == both
    assert _ids(client, edition="fds-2026") == both
    assert _ids(client, edition="another") == []
    assert _ids(client, commune="38421") == both[1:]
    assert _ids(client, venue=programme.venue.id) == both[:1]
    assert _ids(client, q="ÉTOILES ete") == both[1:]
    assert _ids(client, q="100%") == []
    assert _ids(client, **{"from": "2026-10-03"}) == both[1:]
    assert _ids(client, to="2026-10-02") == both[:1]
    assert _ids(client, **{"from": "2026-10-02T10:30:00+02:00", "to": "2026-10-02"}) == both[:1]
    assert _ids(client, **{"from": "2026-10-02T11:30:00+02:00", "to": "2026-10-02"}) == []


def test_a_day_is_a_day_in_paris(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        late = OPENING.replace(hour=21, minute=30)  # 23:30 in Paris
        session = programme.add_session(starts_at=late, ends_at=late)
    assert _ids(client, **{"from": "2026-10-02", "to": "2026-10-02"}) == [str(session.id)]
    assert _ids(client, **{"from": "2026-10-03"}) == []


def test_an_exhibition_is_found_on_any_day_of_its_period(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        session = programme.add_session(kind="exhibition", ends_at=OPENING + timedelta(days=90))
    assert _ids(client, **{"from": "2026-11-20", "to": "2026-11-20"}) == [str(session.id)]


def test_pages_give_every_session_once_and_in_order(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        stored = programme.add_sessions(3)
        stored += [programme.add_session() for _ in range(4)]  # all at one instant
    expected = [str(s.id) for s in sorted(stored, key=lambda s: (s.starts_at, s.id))]
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = _json(client, "/api/v1/sessions", limit=2, cursor=cursor)
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert found == expected


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/venues", "/api/v1/editions"])
@pytest.mark.parametrize("count", [1, 30])
def test_a_page_is_one_statement_whatever_its_size(
    client: FlaskClient, context: ServiceContext, path: str, count: int
) -> None:
    with released_programme(context) as programme:
        programme.add_sessions(count)
        for number in range(count):
            programme.add_session(venue_id=programme.add_venue(f"Salle {number}").id, space_id=None)
    with statements_of(context.database) as sent:
        assert client.get(path).status_code == 200
    assert len(sent) == 1, sent


def test_venues_are_listed_by_name_with_their_calendars(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        casemate = programme.add_venue("Casemate", commune=None, latitude=None, longitude=None)
        programme.add_sessions(2)
        programme.add_session(venue_id=casemate.id, space_id=None)
    first = _json(client, "/api/v1/venues?limit=1")
    second = _json(client, f"/api/v1/venues?limit=1&cursor={first['next']}")
    assert [item["name"] for item in (*first["items"], *second["items"])] == ["Casemate", "Muséum"]
    assert first["items"][0]["commune"] is None
    assert second["next"] is None
    base = "http://127.0.0.1:8000/feeds/venues"
    assert second["items"][0]["calendar"] == f"{base}/{programme.venue.id}.ics"
    found = _json(client, "/api/v1/venues?commune=38185&q=mus")["items"]
    assert [item["name"] for item in found] == ["Muséum"]


def test_editions_are_listed(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        programme.festival.name_en = None
    (edition,) = _json(client, "/api/v1/editions?lang=en")["items"]
    assert edition == {
        "id": str(programme.edition.id),
        "slug": "fds-2026",
        "name": "Science festival 2026",
        "festival": "Fête de la science",
        "starts_on": "2026-10-02",
        "ends_on": "2026-10-12",
        "time_zone": "Europe/Paris",
        "party_categories": [
            {"code": one["code"], "name": one["en"]} for one in usual_categories()
        ],
        "calendar": "http://127.0.0.1:8000/feeds/editions/fds-2026.ics",
    }


def test_an_unchanged_list_is_not_sent_again(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        session = programme.add_session(capacity=5, seats_left=5)
    first = client.get("/api/v1/sessions")
    etag = first.headers["ETag"]
    again = client.get("/api/v1/sessions", headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    with context.database.write() as db:
        db.get_one(PublishedSession, session.id).seats_left = 4
    changed = client.get("/api/v1/sessions", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.get_json()["items"][0]["seats_left"] == 4


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgIjEiXQ", "cursor"),
        ("from=tomorrow", "from"),
        ("venue=12", "venue"),
        ("q=a%00b", "q"),
        ("edition=%00", "edition"),
        ("lang=de", "lang"),
    ],
)
def test_a_faulty_question_is_a_problem_that_names_the_field(
    client: FlaskClient, context: ServiceContext, query: str, field: str
) -> None:
    response = client.get(f"/api/v1/sessions?{query}")
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert list(response.get_json()["errors"]["query"]) == [field]


def test_an_unknown_session_is_a_problem(client: FlaskClient, context: ServiceContext) -> None:
    response = client.get("/api/v1/sessions/0199a3b5-0000-7000-8000-000000000000")
    assert (response.status_code, response.content_type) == (404, "application/problem+json")
    assert response.get_json()["code"] == "unknown_session"
