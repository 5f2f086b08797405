"""Writes that come at the same time: one key writes once, one version is changed once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from tests.services.scheduling.programs import bearer, token_value
from tests.services.scheduling.stored_programme import StoredProgramme

ACTIVITIES = "/api/v1/draft/activities"
AT_ONCE = 8


@pytest.fixture
def send(context: ServiceContext) -> Any:
    """Return what sends requests at the same time, each from a client of its own."""
    app, token = create_app(context), bearer(token_value(context))
    app.test_client().get("/api/v1/token", headers=token)  # the day of its use is noted

    def one(request: dict[str, Any]) -> Any:
        headers = {**token, **request.pop("headers")}
        return app.test_client().open(headers=headers, **request)

    def all_at_once(requests: list[dict[str, Any]]) -> list[Any]:
        with ThreadPoolExecutor(len(requests)) as threads:
            return list(threads.map(one, requests))

    return all_at_once


@pytest.fixture
def edition_id(context: ServiceContext) -> str:
    with context.database.write() as db:
        return str(StoredProgramme(db).edition.id)


def _making(edition_id: str, key: str) -> dict[str, Any]:
    return {
        "path": ACTIVITIES,
        "method": "POST",
        "json": {"edition_id": edition_id, "title_fr": "Atelier"},
        "headers": {"Idempotency-Key": key},
    }


def test_a_key_used_by_many_at_once_writes_once(send: Any, edition_id: str) -> None:
    answers = send([_making(edition_id, "once") for _ in range(AT_ONCE)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
    assert Counter(replayed) == {None: 1, "true": AT_ONCE - 1}


def test_without_a_common_key_each_would_write(send: Any, edition_id: str) -> None:
    answers = send([_making(edition_id, new_id().hex) for _ in range(AT_ONCE)])
    made = {answer.get_json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == AT_ONCE


def test_of_those_who_saw_the_same_version_one_changes_it(send: Any, edition_id: str) -> None:
    (made,) = send([_making(edition_id, "made")])
    address = f"{ACTIVITIES}/{made.get_json()['id']}"
    changing = {"path": address, "method": "PATCH", "headers": {"If-Match": '"1"'}}
    answers = send([{**changing, "json": {"title_fr": f"Atelier {n}"}} for n in range(AT_ONCE)])
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {200: 1, 412: AT_ONCE - 1}
    (winner,) = [answer.get_json() for answer in answers if answer.status_code == 200]
    losers = [answer.get_json() for answer in answers if answer.status_code == 412]
    assert all(loser["current"] == winner for loser in losers)
