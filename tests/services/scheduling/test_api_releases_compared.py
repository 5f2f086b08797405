"""Releases compared and taken back over the API."""

from typing import Any

import pytest

from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.models import Session
from shared.context import ServiceContext
from tests.services.scheduling.drafted_programme import OPENING
from tests.services.scheduling.programs import Program, organisers_token
from tests.services.scheduling.test_releases_compared import HOUR, WHO, released_twice

RELEASES = "/api/v1/editions/fete-de-la-science-2026/releases"


@pytest.fixture
def sessions(context: ServiceContext) -> list[Session]:
    _programme, sessions = released_twice(context)
    return sessions


@pytest.fixture
def program(context: ServiceContext, sessions: list[Session]) -> Program:
    return Program(context)


def _kinds(answer: Any) -> dict[str, str]:
    return {item["title"]["fr"]: item["kind"] for item in answer.get_json()["items"]}


def test_any_two_releases_are_compared_and_without_numbers_the_last_two(program: Program) -> None:
    last = program("GET", f"{RELEASES}/compare")
    kinds = {"Un": "moved", "Deux": "cancelled", "Drei": "changed", "Quatre": "new"}
    told = last.get_json()
    assert (_kinds(last), told["from"], told["to"]) == (kinds, 1, 2)
    assert told["counts"] == {"moved": 1, "cancelled": 1, "changed": 1, "new": 1}
    unchanged = program("GET", f"{RELEASES}/compare", If_None_Match=last.headers["ETag"])
    assert unchanged.status_code == 304

    assert set(_kinds(program("GET", f"{RELEASES}/compare?from=0")).values()) == {"new"}
    (changed,) = program("GET", f"{RELEASES}/compare?from=1&kind=changed").get_json()["items"]
    assert (changed["before"], changed["after"]) == (
        {"title": {"fr": "Trois", "en": None}},
        {"title": {"fr": "Drei", "en": None}},
    )
    first = program("GET", f"{RELEASES}/compare?limit=3").get_json()
    second = program("GET", f"{RELEASES}/compare?limit=3&cursor={first['next']}").get_json()
    items = [*first["items"], *second["items"]]
    assert (len(first["items"]), second["next"], items) == (3, None, told["items"])


def test_a_release_is_compared_with_the_drafts_as_the_next_release_would_make_them(
    program: Program, context: ServiceContext, sessions: list[Session]
) -> None:
    with context.database.write() as db:
        back = {"starts_at": OPENING, "ends_at": OPENING + HOUR}
        save_session(db, sessions[0].id, None, back, **WHO)
        save_session(db, sessions[3].id, None, {"capacity": 5}, **WHO)

    waiting = program("GET", f"{RELEASES}/compare?to=drafts")
    assert _kinds(waiting) == {"Un": "moved", "Quatre": "changed"}
    assert (waiting.get_json()["from"], waiting.get_json()["to"]) == (2, None)
    since_the_first = program("GET", f"{RELEASES}/compare?from=1&to=drafts")
    assert _kinds(since_the_first) == {"Deux": "cancelled", "Drei": "changed", "Quatre": "new"}


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("?to=3", {"to": "Choisissez le numéro d’une publication, de 0 (avant la première) à 2."}),
        (
            "?from=2&to=1",
            {"from": "Choisissez le numéro d’une publication, de 0 (avant la première) à 1."},
        ),
        ("?to=latest", {"to": "Ce texte n’a pas la forme attendue."}),
    ],
)
def test_a_release_that_there_is_not_is_refused_at_its_field(
    program: Program, query: str, faults: dict[str, str]
) -> None:
    refused = program("GET", f"{RELEASES}/compare{query}")
    assert (refused.status_code, refused.get_json()["errors"]) == (
        422,
        {"query": {name: [sentence] for name, sentence in faults.items()}},
    )


def test_taking_a_release_back_is_foreseen_and_then_waits_in_the_drafts(
    program: Program, context: ServiceContext, sessions: list[Session]
) -> None:
    elsewhere = {"starts_at": OPENING + 5 * HOUR, "ends_at": OPENING + 6 * HOUR}
    with context.database.write() as db:
        save_session(db, sessions[0].id, None, elsewhere, **WHO)
    changes = "/api/v1/editions/fete-de-la-science-2026/changes"
    before = program("GET", changes).get_json()
    stays = {"changed_since": [str(sessions[0].id)], "shared": []}

    foreseen = program("POST", f"{RELEASES}/2/take-back/preview")
    assert (foreseen.status_code, foreseen.get_json()) == (
        200,
        {"undone": 2, "cancelled": 1, **stays},
    )
    assert program("GET", changes).get_json() == before
    done = program("POST", f"{RELEASES}/2/take-back", Idempotency_Key="back")
    assert (done.status_code, done.get_json()) == (200, foreseen.get_json())
    again = program("POST", f"{RELEASES}/2/take-back", Idempotency_Key="back")
    assert (again.get_json(), again.headers["Idempotent-Replayed"]) == (done.get_json(), "true")
    assert program("GET", changes).get_json()["counts"] == {
        "moved": 1,
        "reinstated": 1,
        "changed": 1,
        "cancelled": 1,
    }


def test_a_release_is_taken_back_by_coordinators_alone(
    program: Program, context: ServiceContext
) -> None:
    lou = Program(context, token=organisers_token(context, "lou@parvis.example"))
    editor = Program(context, "programme:write")
    for step in ("take-back", "take-back/preview"):
        assert program("POST", f"{RELEASES}/9/{step}").status_code == 404
        assert program("POST", f"/api/v1/editions/other/releases/1/{step}").status_code == 404
        for other in (lou, editor):
            assert other("POST", f"{RELEASES}/1/{step}").status_code == 403
    assert lou("GET", f"{RELEASES}/compare").status_code == 200
