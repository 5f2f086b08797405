"""`parvis conflicts`: the table, the JSON file, and what is said when there is no such edition."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from deploy.conflicts import run_conflicts
from services.scheduling.domain.conflicts import accept_conflict, check_edition
from shared.testing.contexts import NOW, make_context
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

EDITION = "fete-de-la-science-2026"


@pytest.fixture
def context(sqlite_url):
    made = make_context("scheduling", sqlite_url)
    yield made
    made.database.dispose()


@pytest.fixture
def programme(context):
    """Return a programme in which two sessions are in the auditorium at once."""
    with context.database.write() as db:
        made = DraftedProgramme(db)
        activity = made.add_activity("Voir un muon")
        made.first = made.add_session(activity)
        made.second = made.add_session(activity, starts_at=OPENING + timedelta(minutes=30))
    return made


def run(context, *arguments, **options):
    said = StringIO()
    status = run_conflicts(context, *arguments, console=Console(file=said, width=200), **options)
    return status, said.getvalue()


def test_each_is_printed_with_its_level_and_counted_by_kind(context, programme):
    status, said = run(context, EDITION)

    assert status == 0
    assert (
        "blocks Auditorium, Muséum takes one session at a time: “Voir un muon” (2 sessions), "
        "Friday 2 October, 10:30\u00a0–\u00a011:00." in said
    )
    assert "Space taken" in said


def test_each_is_written_as_json_in_the_language_asked_for(context, programme, tmp_path):
    file = tmp_path / "conflicts.json"
    assert run(context, EDITION, file, "fr")[0] == 0

    (row,) = json.loads(file.read_text())
    assert row.pop("key").startswith("space_taken-")
    assert row.pop("sentence").startswith("Auditorium, Muséum ne reçoit qu’une séance à la fois")
    assert row == {
        "kind": "space_taken",
        "level": "blocks",
        "sessions": [str(programme.first.id), str(programme.second.id)],
        "stops": [],
        "accepted": None,
    }


def test_an_accepted_one_is_told_with_its_note(context, programme, tmp_path):
    with context.database.write() as db:
        key = check_edition(db, programme.edition.id)[0].key
        accept_conflict(db, programme.edition.id, key, note="Un duo", account_id=None, now=NOW)
    file = tmp_path / "conflicts.json"
    run(context, EDITION, file)

    (row,) = json.loads(file.read_text())
    assert row["accepted"] == {"by": None, "at": NOW.isoformat(), "note": "Un duo"}


def test_no_conflicts_and_no_edition_are_said_in_a_sentence(context, programme, tmp_path):
    with context.database.write() as db:
        db.delete(db.get_one(type(programme.second), programme.second.id))

    file = tmp_path / "conflicts.json"
    assert run(context, EDITION, file) == (0, "No conflicts.\n")
    assert json.loads(file.read_text()) == []
    assert run(context, "nowhere") == (1, "There is no edition nowhere.\n")
