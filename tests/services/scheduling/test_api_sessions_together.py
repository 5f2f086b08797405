"""Sessions over the API, many at once: made in a rhythm, changed and deleted together."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.organisations import create_organisation
from services.scheduling.domain.releasing import release
from services.scheduling.models import HistoryEntry, Session
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.programs import Program, organisers_token

SESSIONS = "/api/v1/draft/sessions"
SERIES, TOGETHER = f"{SESSIONS}/series", f"{SESSIONS}/together"
HOUR = timedelta(hours=1)


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.activity = programme.add_activity()  # type: ignore[attr-defined]
        return programme


@pytest.fixture
def program(context: ServiceContext) -> Program:
    return Program(context)


@pytest.fixture
def rhythm(programme: Any) -> dict[str, Any]:
    """Return two mornings of three sessions each, with a pause."""
    return {
        "activity_id": str(programme.activity.id),
        "venue_id": str(programme.venue.id),
        "space_id": str(programme.space.id),
        "registration": "here",
        "capacity": 12,
        "days": ["2026-10-03", "2026-10-02"],
        "first": "10:00",
        "until": "12:00",
        "lasts": 30,
        "pauses": [{"begins": "10:30", "ends": "10:45"}],
    }


def _starts(context: ServiceContext) -> list[datetime]:
    with context.database.read() as db:
        return list(db.scalars(sa.select(Session.starts_at).order_by(Session.starts_at)))


def _faults(answer: Any) -> Any:
    assert answer.status_code == 422
    return answer.get_json()["errors"]["json"]


def test_a_rhythm_is_shown_as_its_times_and_then_made(
    program: Program, context: ServiceContext, rhythm: dict[str, Any]
) -> None:
    minutes = (0, 45, 75)
    times = [OPENING + timedelta(days=day, minutes=minute) for day in (0, 1) for minute in minutes]
    shown = program("POST", f"{SERIES}/preview", rhythm)
    assert (shown.status_code, shown.get_json()["time_zone"]) == (200, "Europe/Paris")
    assert shown.get_json()["times"] == [
        {
            "day": at.date().isoformat(),
            "starts_at": at.isoformat(),
            "ends_at": (at + HOUR / 2).isoformat(),
        }
        for at in times
    ]
    assert _starts(context) == []

    made = program("POST", SERIES, rhythm, Idempotency_Key="morning")
    items = made.get_json()["items"]
    assert (made.status_code, _starts(context)) == (201, times)
    assert [item["starts_at"] for item in items] == [at.isoformat() for at in times]
    assert {(item["capacity"], item["revision"], item["status"]) for item in items} == {
        (12, 1, "confirmed")
    }
    assert program("POST", SERIES, rhythm, Idempotency_Key="morning").get_json() == made.get_json()
    assert len(_starts(context)) == 6
    history = program("GET", f"{SESSIONS}/{items[0]['id']}/history").get_json()["items"]
    assert [(entry["action"], entry["account"]) for entry in history] == [
        ("created", "Nour Belkacem")
    ]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"until": "10:20"}, "until", "Aucune séance ne tient entre ces heures."),
        ({"until": "9:70"}, "until", "Ce texte n’a pas la forme attendue."),
        ({"days": []}, "days", "Choisissez au moins un jour."),
        ({"venue_id": str(new_id())}, "venue_id", None),
        ({"kind": "exhibition"}, "kind", None),
        ({"starts_at": OPENING.isoformat()}, "starts_at", "Ce champ n’existe pas."),
    ],
)
def test_a_rhythm_that_means_nothing_is_refused_at_its_field(
    program: Program, rhythm: dict[str, Any], changes: dict[str, Any], field: str, sentence: Any
) -> None:
    for address in (SERIES, f"{SERIES}/preview"):
        faults = _faults(program("POST", address, {**rhythm, **changes}))
        assert list(faults) == [field]
        assert sentence is None or faults[field] == [sentence]


def test_a_series_is_made_whole_or_not_at_all_and_of_ones_own_activities_alone(
    program: Program, context: ServiceContext, rhythm: dict[str, Any]
) -> None:
    outside = {**rhythm, "days": ["2026-10-02", "2026-12-24"]}
    (sentence,) = _faults(program("POST", SERIES, outside))["days"]
    assert sentence.startswith("jeudi 24 décembre : ")
    assert _starts(context) == []
    lou = Program(context, token=organisers_token(context, "lou@parvis.example"))
    assert lou("POST", SERIES, rhythm).status_code == 403
    assert _starts(context) == []


def test_nothing_is_worked_out_of_a_series_for_somebody_elses_activity(
    context: ServiceContext, rhythm: dict[str, Any]
) -> None:
    with context.database.write() as db:
        other = create_organisation(db, {"name": "Bibliothèque"}, account_id=None, now=NOW)
    lou = Program(context, token=organisers_token(context, "lou@parvis.example", other.id))
    too_many = {**rhythm, "first": "00:00", "until": "23:59", "lasts": 1, "every": 1}
    for address in (SERIES, f"{SERIES}/preview"):
        assert lou("POST", address, too_many).status_code == 403, address


def test_sessions_are_changed_together_or_not_at_all(
    program: Program, context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        programme._db = db
        ids = [str(programme.add_session(starts_at=OPENING + n * HOUR).id) for n in range(2)]
    chosen = {"edition_id": str(programme.edition.id), "sessions": ids}
    body = {**chosen, "days": 1, "minutes": -30, "capacity": None}

    done = program("POST", TOGETHER, body, Idempotency_Key="later")
    assert (done.status_code, done.get_json()) == (200, {"changed": 2})
    program("POST", TOGETHER, body, Idempotency_Key="later")  # and not once more
    moved = [OPENING + timedelta(days=1, minutes=-30) + n * HOUR for n in range(2)]
    assert _starts(context) == moved
    told = program("GET", f"{SESSIONS}/{ids[0]}").get_json()
    assert (told["capacity"], told["revision"], told["space_id"]) == (
        None,
        2,
        str(programme.space.id),
    )

    assert list(_faults(program("POST", TOGETHER, chosen))) == ["days"]
    far = _faults(program("POST", TOGETHER, {**chosen, "days": 300}))
    assert far["days"][0].startswith("Voir un muon, samedi 3 octobre")
    some = {**chosen, "sessions": [*ids, str(new_id())], "days": 1}
    assert list(_faults(program("POST", TOGETHER, some))) == ["sessions"]
    assert _faults(program("POST", TOGETHER, {**body, "sessions": []})) == {
        "sessions": ["Aucune séance n’était choisie."]
    }
    lou = Program(context, token=organisers_token(context, "lou@parvis.example"))
    assert lou("POST", TOGETHER, body).status_code == 403
    assert _starts(context) == moved


def test_drafts_are_deleted_together_and_what_was_released_stays(
    program: Program, context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        programme._db = db
        released = programme.add_session()
        release(db, programme.edition.id, now=NOW)
        draft = programme.add_session(starts_at=OPENING + HOUR)
    chosen = {
        "edition_id": str(programme.edition.id),
        "sessions": [str(released.id), str(draft.id)],
    }
    lou = Program(context, token=organisers_token(context, "lou@parvis.example"))
    assert lou("POST", f"{TOGETHER}/delete", chosen).status_code == 403
    done = program("POST", f"{TOGETHER}/delete", chosen)
    assert (done.status_code, done.get_json()) == (
        200,
        {"deleted": 1, "stayed": [str(released.id)]},
    )
    assert _starts(context) == [OPENING]
    again = program("POST", f"{TOGETHER}/delete", chosen)
    assert list(_faults(again)) == ["sessions"]
    with context.database.read() as db:
        entry = db.scalars(
            sa.select(HistoryEntry).where(
                HistoryEntry.row_id == draft.id, HistoryEntry.action == "deleted"
            )
        ).one()
        assert entry.account_id is not None
