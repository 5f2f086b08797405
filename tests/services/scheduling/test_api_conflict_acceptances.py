"""Conflicts accepted over the API with a note, and taken up again."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.models import AcceptedConflict, HistoryEntry
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.programs import Program, organisers_token

CONFLICTS = "/api/v1/editions/fete-de-la-science-2026/conflicts"
NO_KEY = "space_taken-0123456789abcdef01234567"


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a programme with two sessions in one room at once."""
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        activity = programme.add_activity()
        for _ in range(2):
            programme.add_session(activity)
        return programme


@pytest.fixture
def program(context: ServiceContext, programme: DraftedProgramme) -> Program:
    return Program(context)


def _conflict(program: Program) -> Any:
    (found,) = program("GET", f"{CONFLICTS}?kind=space_taken").get_json()["items"]
    return found


def test_a_conflict_is_accepted_with_a_note_and_taken_up_again(
    program: Program, context: ServiceContext, programme: DraftedProgramme
) -> None:
    conflict = _conflict(program)
    place = f"{CONFLICTS}/{conflict['key']}/acceptance"

    done = program("PUT", place, {"note": "  Un   duo "})
    said = {"by": "Nour Belkacem", "at": NOW.isoformat(), "note": "Un duo"}
    assert (done.status_code, done.get_json()) == (200, {**conflict, "accepted": said})
    assert _conflict(program)["accepted"] == said
    assert program("GET", CONFLICTS).get_json()["counts"]["blocks"] == 0
    assert program("PUT", place, {}).get_json()["accepted"] == {**said, "note": None}
    assert program("DELETE", place).status_code == 204
    assert program("DELETE", place).status_code == 404
    assert _conflict(program) == conflict
    with context.database.read() as db:
        told = sa.select(HistoryEntry.action, HistoryEntry.comment).where(
            HistoryEntry.row_id == programme.edition.id, HistoryEntry.action.contains("conflict")
        )
        assert [tuple(row) for row in db.execute(told.order_by(HistoryEntry.id))] == [
            ("accepted_conflict", "Un duo"),
            ("accepted_conflict", None),
            ("reopened_conflict", None),
        ]


@pytest.mark.parametrize("key", [NO_KEY, "space_taken", "no_rule-0123456789abcdef01234567"])
def test_what_is_no_conflict_cannot_be_accepted(program: Program, key: str) -> None:
    assert program("PUT", f"{CONFLICTS}/{key}/acceptance", {}).status_code == 404
    assert program("DELETE", f"{CONFLICTS}/{key}/acceptance").status_code == 404


def test_a_note_that_is_too_long_is_refused_at_its_field(program: Program) -> None:
    place = f"{CONFLICTS}/{_conflict(program)['key']}/acceptance"
    refused = program("PUT", place, {"note": "x" * 501})
    assert (refused.status_code, list(refused.get_json()["errors"]["json"])) == (422, ["note"])


def test_coordinators_alone_say_what_is_meant(
    program: Program, context: ServiceContext, programme: DraftedProgramme
) -> None:
    place = f"{CONFLICTS}/{_conflict(program)['key']}/acceptance"
    token = organisers_token(context, "lou@parvis.example", programme.organisation.id)
    lou = Program(context, token=token)
    assert lou("PUT", place, {}).status_code == 403
    assert lou("DELETE", place).status_code == 403
    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(AcceptedConflict)) == 0
