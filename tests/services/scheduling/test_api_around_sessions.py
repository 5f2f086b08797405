"""Over the API: who is at a session, what it needs, and what would be in its way elsewhere."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from services.scheduling.domain.history import note
from services.scheduling.models import ActivityPresenter, Presenter, Resource, Session
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.programs import Program, organisers_token
from tests.services.scheduling.stored_programme import StoredProgramme

DRAFT = "/api/v1/draft"


@pytest.fixture
def sessions(context: ServiceContext) -> list[Session]:
    """Return two sessions of an activity, an hour apart in one room."""
    with context.database.write() as db:
        return StoredProgramme(db).add_sessions(2)


@pytest.fixture
def program(context: ServiceContext) -> Program:
    return Program(context)


def _credited(context: ServiceContext, session: Session, *names: str) -> list[str]:
    ids = [new_id() for _ in names]
    with context.database.write() as db:
        for position, (made, name) in enumerate(zip(ids, names, strict=True)):
            db.add(Presenter(id=made, name=name, edited_at=NOW))
            db.flush()
            credit = {"activity_id": session.activity_id, "presenter_id": made}
            db.add(ActivityPresenter(**credit, position=position))
    return list(map(str, ids))


def test_a_session_is_narrowed_to_some_of_its_activitys_presenters(
    context: ServiceContext, program: Program, sessions: list[Session]
) -> None:
    ada, lou = _credited(context, sessions[0], "Ada", "Lou")
    address = f"{DRAFT}/sessions/{sessions[0].id}/presenters"
    assert program("GET", address).get_json() == {"presenters": [ada, lou], "are_all": True}
    narrowed = program("PUT", address, {"presenters": [lou, str(new_id())]})
    assert narrowed.get_json() == {"presenters": [lou], "are_all": False}
    assert program("GET", address).headers["ETag"] == narrowed.headers["ETag"]
    draft = program("GET", f"{DRAFT}/sessions/{sessions[0].id}").get_json()
    assert draft["revision"] == 2  # its change waits to be released
    whole = program("PUT", address, {"presenters": []}).get_json()
    assert whole == {"presenters": [ada, lou], "are_all": True}
    stranger = Program(context, token=organisers_token(context, "max@example.org"))
    assert stranger("PUT", address, {"presenters": [ada]}).status_code == 403


def test_an_activity_needs_no_more_copies_than_there_are(
    context: ServiceContext, program: Program, sessions: list[Session]
) -> None:
    made = new_id()
    with context.database.write() as db:
        db.add(Resource(id=made, kind="kit", name="Microscopes", copies=2, edited_at=NOW))
    address = f"{DRAFT}/activities/{sessions[0].activity_id}/resources"
    assert program("GET", address).get_json() == {"items": []}
    needed = program("PUT", f"{address}/{made}", {"copies": 2})
    both = {"items": [{"resource_id": str(made), "name": "Microscopes", "copies": 2}]}
    assert (needed.get_json(), needed.headers["ETag"]) == (both, '"2"')
    refused = program("PUT", f"{address}/{made}", {"copies": 3})
    assert list(refused.get_json()["errors"]["json"]) == ["copies"]
    listed = program("GET", address)
    assert listed.get_json() == both
    with context.database.write() as db:
        db.get_one(Resource, made).name = "Loupes"
    renamed = program("GET", address, If_None_Match=listed.headers["ETag"])
    assert (renamed.status_code, renamed.get_json()["items"][0]["name"]) == (200, "Loupes")
    assert program("DELETE", f"{address}/{made}").get_json() == {"items": []}
    assert program("DELETE", f"{address}/{made}").status_code == 404
    assert program("PUT", f"{address}/{new_id()}", {}).status_code == 404
    stranger = Program(context, token=organisers_token(context, "max@example.org"))
    assert stranger("PUT", f"{address}/{made}", {}).status_code == 403


def _asked(session_id: UUID, **place: Any) -> str:
    return f"{DRAFT}/sessions/{session_id}/check?{urlencode(place)}"


def test_a_place_is_checked_before_a_session_is_moved_there(
    program: Program, sessions: list[Session]
) -> None:
    early, late = sessions
    place = {"venue": early.venue_id, "space": early.space_id}
    taken = {**place, "starts_at": early.starts_at, "ends_at": early.ends_at}
    (found,) = [
        one
        for one in program("GET", _asked(late.id, **taken)).get_json()["items"]
        if one["level"] == "blocks" and one["kind"] == "space_taken"
    ]
    assert set(found["sessions"]) == {str(early.id), str(late.id)}
    assert set(found["sentence"]) == {"fr", "en"}
    stored = program("GET", f"{DRAFT}/sessions/{late.id}").get_json()
    assert (stored["revision"], stored["starts_at"]) == (1, late.starts_at.isoformat())
    backwards = {**taken, "ends_at": early.starts_at}
    faulty = program("GET", _asked(late.id, **backwards)).get_json()
    assert list(faulty["errors"]["query"]) == ["ends_at"]
    assert program("GET", _asked(new_id(), **taken)).status_code == 404


def test_the_history_of_everything_is_the_coordinations(
    context: ServiceContext, program: Program, sessions: list[Session]
) -> None:
    session = sessions[0]
    change = {"registration": "here", "capacity": 12}
    address = f"{DRAFT}/sessions/{session.id}"
    assert program("PATCH", address, change, If_Match='"1"').status_code == 200
    question = f"/api/v1/history?noun=sessions&row={session.id}&edition=fds-2026&limit=1"
    page = program("GET", question).get_json()
    (entry,) = page["items"]
    assert (entry["noun"], entry["row_id"], entry["action"], entry["account"], entry["after"]) == (
        *("sessions", str(session.id), "changed", "Nour Belkacem"),
        change,
    )
    older = program("GET", f"{question}&cursor={page['next']}").get_json()["items"]
    assert [one["action"] for one in older] == ["created"]
    assert program("GET", "/api/v1/history?edition=nowhere").get_json()["items"] == []
    token = organisers_token(context, "max@example.org")
    assert Program(context, token=token)("GET", "/api/v1/history").status_code == 403


def test_what_became_of_accounts_is_told_to_those_who_may_read_them(
    context: ServiceContext, program: Program, sessions: list[Session]
) -> None:
    with context.database.write() as db:
        who: dict[str, Any] = {"account_id": None, "now": NOW}
        note(db, "accounts", new_id(), "invited", "Nour Belkacem", **who)
        note(db, "sessions", sessions[0].id, "held_back", "Voir un muon", **who)
    reader = Program(context, "programme:read")
    nouns = [
        {one["noun"] for one in ask("GET", "/api/v1/history").get_json()["items"]}
        for ask in (program, reader)
    ]
    assert "sessions" in nouns[1]
    assert nouns[0] == nouns[1] | {"accounts"}
    refused = reader("GET", "/api/v1/history?noun=accounts")
    assert (refused.status_code, refused.get_json()["scope"]) == (403, "accounts:read")
    assert program("GET", "/api/v1/history?noun=accounts").get_json()["items"] != []
