"""The conflicts of an edition, as programs read them."""

from datetime import timedelta

import pytest

from services.scheduling.domain.conflicts import accept_conflict, check_edition
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.programs import Program

CONFLICTS = "/api/v1/editions/fete-de-la-science-2026/conflicts"


@pytest.fixture
def programme(context):
    """Return a programme of which two sessions are in the auditorium at once, one too large."""
    with context.database.write() as db:
        made = DraftedProgramme(db)
        activity = made.add_activity("Voir un muon")
        made.first = made.add_session(activity)
        made.second = made.add_session(
            activity, starts_at=OPENING + timedelta(minutes=30), capacity=90
        )
    return made


@pytest.fixture
def ask(context, programme):
    return Program(context, "programme:read")


def test_conflicts_are_told_in_both_languages_with_their_sessions(ask, programme):
    told = ask("GET", f"{CONFLICTS}?kind=space_taken").json
    (conflict,) = told["items"]

    assert told["counts"] == {"blocks": 2, "warns": 0, "informs": 0}
    assert told["next"] is None
    assert conflict["key"].startswith("space_taken-")
    assert (conflict["level"], conflict["at"]) == ("blocks", "2026-10-02T08:30:00+00:00")
    assert conflict["sessions"] == [str(programme.first.id), str(programme.second.id)]
    assert conflict["sentence"]["en"] == (
        "Auditorium, Muséum takes one session at a time: “Voir un muon” (2 sessions), "
        "Friday 2 October, 10:30\u00a0–\u00a011:00."
    )
    assert "(2 séances)" in conflict["sentence"]["fr"]


def test_they_are_filtered_and_come_in_pages(ask, programme):
    def kinds(query):
        return [each["kind"] for each in ask("GET", CONFLICTS + query).json["items"]]

    assert kinds("") == ["space_taken", "space_too_small"]
    assert kinds(f"?session={programme.first.id}") == ["space_taken"]
    assert kinds("?level=informs") == []
    first = ask("GET", f"{CONFLICTS}?limit=1").json
    second = ask("GET", f"{CONFLICTS}?limit=1&cursor={first['next']}").json
    assert {first["items"][0]["kind"], second["items"][0]["kind"]} == {
        "space_taken",
        "space_too_small",
    }
    assert second["next"] is None


def test_one_that_was_accepted_is_told_with_who_did_and_counts_no_more(ask, programme, context):
    with context.database.write() as db:
        taken = check_edition(db, programme.edition.id)[0]
        who = {"note": "Un duo", "account_id": None, "now": NOW}
        accept_conflict(db, programme.edition.id, taken.key, **who)

    told = ask("GET", f"{CONFLICTS}?accepted=true").json
    assert told["counts"]["blocks"] == 1
    assert [(each["key"], each["accepted"]) for each in told["items"]] == [
        (taken.key, {"by": None, "at": NOW.isoformat(), "note": "Un duo"})
    ]


def test_unchanged_is_304_and_no_edition_404_and_no_scope_403(ask, context):
    tag = ask("GET", CONFLICTS).headers["ETag"]

    assert ask("GET", CONFLICTS, If_None_Match=tag).status_code == 304
    assert ask("GET", "/api/v1/editions/nowhere/conflicts").status_code == 404
    assert ask("GET", f"{CONFLICTS}?kind=nothing").status_code == 422
    assert Program(context, "releases:write")("GET", CONFLICTS).status_code == 403
