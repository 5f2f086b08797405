"""Releases over the API: what waits, side by side; releasing just what was seen; the history."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.sessions import cancel_session, save_session
from services.scheduling.models import PublishedSession, Session
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX
from tests.services.scheduling.programs import Program
from tests.services.scheduling.stored_programme import OPENING, StoredProgramme

EDITION = "/api/v1/editions/fds-2026"


@pytest.fixture
def program(context: ServiceContext) -> Program:
    return Program(context)


@pytest.fixture
def sessions(context: ServiceContext) -> list[Session]:
    """Return three released sessions: the first is moved since, the second cancelled."""
    with context.database.write() as db:
        programme = StoredProgramme(db)
        stored = programme.add_sessions(3)
        programme.release()
        who: dict[str, Any] = {"account_id": None, "now": context.clock()}
        later = stored[0].starts_at + timedelta(hours=3)
        times = {"starts_at": later, "ends_at": later + timedelta(hours=1)}
        save_session(db, stored[0].id, None, times, **who)
        cancel_session(db, stored[1].id, None, **who)
        db.execute(
            sa.update(PublishedSession)
            .where(PublishedSession.id == stored[0].id)
            .values(bookings=12, seats_taken=34, waiting=3)
        )
        return stored


def _releases(context: ServiceContext) -> int:
    with context.database.read() as db:
        kind = OUTBOX.c.type == "scheduling.release_published"
        return db.scalar(sa.select(sa.func.count()).select_from(OUTBOX).where(kind)) or 0


def test_what_waits_is_told_side_by_side_with_whom_it_touches(
    program: Program, sessions: list[Session]
) -> None:
    answer = program("GET", f"{EDITION}/changes")
    told = answer.get_json()
    assert (told["counts"], told["held_back"], told["next"]) == (
        {"moved": 1, "cancelled": 1},
        0,
        None,
    )
    assert answer.headers["ETag"].startswith(f'"{told["digest"]}-')
    by_id = {item["session_id"]: item for item in told["items"]}
    moved = by_id[str(sessions[0].id)]
    assert (moved["kind"], moved["bookings"], moved["seats_taken"], moved["waiting"]) == (
        "moved",
        12,
        34,
        3,
    )
    assert moved["before"]["starts_at"] == OPENING.isoformat()
    assert moved["after"]["starts_at"] == (OPENING + timedelta(hours=3)).isoformat()
    cancelled = by_id[str(sessions[1].id)]
    assert (cancelled["before"]["status"], cancelled["after"]["status"]) == (
        "confirmed",
        "cancelled",
    )
    assert "title" not in cancelled["after"]
    first = program("GET", f"{EDITION}/changes?limit=1").get_json()
    second = program("GET", f"{EDITION}/changes?limit=1&cursor={first['next']}").get_json()
    assert first["items"] + second["items"] == told["items"]
    assert second["next"] is None
    only = program("GET", f"{EDITION}/changes?kind=cancelled").get_json()["items"]
    assert [item["session_id"] for item in only] == [str(sessions[1].id)]
    again = program("GET", f"{EDITION}/changes", If_None_Match=answer.headers["ETag"])
    assert again.status_code == 304


def test_a_release_takes_just_what_was_seen_once(
    program: Program, context: ServiceContext, sessions: list[Session]
) -> None:
    before = _releases(context)
    etag = program("GET", f"{EDITION}/changes").headers["ETag"]
    assert program("POST", f"{EDITION}/releases", {}).status_code == 428

    body = {"note": " Le vendredi  est complet. ", "leave_out": [str(sessions[1].id)]}
    key = {"If_Match": etag, "Idempotency_Key": "once"}
    made = program("POST", f"{EDITION}/releases", body, **key)
    assert made.status_code == 201, made.text
    assert made.get_json() == {
        "id": made.get_json()["id"],
        "number": 2,
        "note": "Le vendredi est complet.",
        "released_at": context.clock().isoformat(),
        "released_by": "Nour Belkacem",
        "counts": {"moved": 1},
        "blocking_conflicts": 0,
        "organisations": [],
    }
    again = program("POST", f"{EDITION}/releases", body, **key)
    assert (again.status_code, again.get_json()) == (201, made.get_json())
    assert _releases(context) == before + 1

    stale = program("POST", f"{EDITION}/releases", {}, If_Match=etag)
    assert (stale.status_code, stale.get_json()["code"]) == (412, "changed")
    assert stale.get_json()["current"]["counts"] == {"cancelled": 1}
    digest = stale.get_json()["current"]["digest"]
    assert stale.headers["ETag"] == f'"{digest}"'
    assert program("POST", f"{EDITION}/releases", {}, If_Match=f'"{digest}"').status_code == 201

    nothing = program("GET", f"{EDITION}/changes")
    assert nothing.get_json()["items"] == []
    refused = program("POST", f"{EDITION}/releases", {}, If_Match=nothing.headers["ETag"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "nothing_to_release")

    told = program("GET", made.headers["Location"]).get_json()
    assert told["counts"] == {"moved": 1}
    (session,) = told["sessions"]
    assert (session["session_id"], session["kind"]) == (str(sessions[0].id), "moved")
    numbers, cursor = [], ""
    while cursor is not None:
        page = program("GET", f"{EDITION}/releases?limit=2&cursor={cursor}").get_json()
        numbers += [item["number"] for item in page["items"]]
        cursor = page["next"]
    assert numbers == [3, 2, 1]


def test_what_is_held_back_stays_out(
    program: Program, context: ServiceContext, sessions: list[Session]
) -> None:
    hold = {"sessions": [str(sessions[0].id)], "held": True}
    for _ in range(2):
        assert program("POST", f"{EDITION}/changes/hold", hold).status_code == 204
    waiting = program("GET", f"{EDITION}/changes")
    assert (waiting.get_json()["counts"], waiting.get_json()["held_back"]) == ({"cancelled": 1}, 1)
    etag = waiting.headers["ETag"]
    made = program("POST", f"{EDITION}/releases", {}, If_Match=etag)
    assert made.get_json()["counts"] == {"cancelled": 1}
    assert program("POST", f"{EDITION}/changes/hold", {**hold, "held": False}).status_code == 204
    assert program("GET", f"{EDITION}/changes").get_json()["counts"] == {"moved": 1}


def test_releasing_has_a_scope_of_its_own(context: ServiceContext, sessions: list[Session]) -> None:
    writer = Program(context, "programme:write")
    etag = writer("GET", f"{EDITION}/changes").headers["ETag"]
    assert writer("POST", f"{EDITION}/releases", {}, If_Match=etag).status_code == 403
    releaser = Program(context, "releases:write")
    assert releaser("GET", f"{EDITION}/changes").status_code == 403
    assert releaser("POST", f"{EDITION}/releases", {}, If_Match=etag).status_code == 201


def test_what_is_not_there_is_a_problem(program: Program, sessions: list[Session]) -> None:
    assert program("GET", f"{EDITION}/releases/99").status_code == 404
    for path in ("changes", "releases", "releases/1"):
        assert program("GET", f"/api/v1/editions/nowhere/{path}").get_json()["code"] == "unknown"
    address = "/api/v1/editions/nowhere/releases"
    assert program("POST", address, {}, If_Match='"x"').status_code == 404
    note = {"note": "a\u202eb"}
    refused = program("POST", f"{EDITION}/releases", note, If_Match='"x"')
    assert list(refused.get_json()["errors"]["json"]) == ["note"]
