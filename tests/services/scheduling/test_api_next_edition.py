"""The edition that follows another one over the API: proposed, then made of what it takes over."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.models import Activity, Edition, Session
from shared.context import ServiceContext
from shared.contracts.party_categories import usual_categories
from shared.identifiers import new_id
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.programs import Program, organisers_token


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
        return programme


@pytest.fixture
def program(context: ServiceContext) -> Program:
    return Program(context)


def _next(programme: DraftedProgramme) -> str:
    return f"/api/v1/draft/editions/{programme.edition.id}/next"


def _rows(context: ServiceContext, edition_id: Any) -> tuple[list[Any], list[Any]]:
    with context.database.read() as db:
        states = db.scalars(sa.select(Activity.state).where(Activity.edition_id == edition_id))
        starts = db.scalars(sa.select(Session.starts_at).where(Session.edition_id == edition_id))
        return list(states), list(starts)


def test_what_is_proposed_can_be_made_as_it_is(
    program: Program, context: ServiceContext, programme: DraftedProgramme
) -> None:
    seen = program("GET", _next(programme))
    told = seen.get_json()
    assert told == {
        "proposed": {
            "festival_id": str(programme.festival.id),
            "name_fr": "Fête de la science 2027",
            "name_en": None,
            "slug": None,
            "starts_on": "2027-10-01",
            "ends_on": "2027-10-11",
            "time_zone": "Europe/Paris",
            "contact_email": None,
            "registration_opens_at": None,
            "party_categories": usual_categories(),
        },
        "days": 364,
        "activities": 1,
        "sessions": 1,
    }
    again = program("GET", _next(programme), If_None_Match=seen.headers["ETag"])
    assert again.status_code == 304

    made = program("POST", _next(programme), told["proposed"], Idempotency_Key="2027")
    edition = made.get_json()
    assert (made.status_code, edition["slug"]) == (201, "fete-de-la-science-2027")
    assert made.headers["Location"] == f"/api/v1/draft/editions/{edition['id']}"
    replayed = program("POST", _next(programme), told["proposed"], Idempotency_Key="2027")
    assert replayed.get_json() == edition
    with context.database.read() as db:
        ids = db.scalars(sa.select(Edition.id).where(Edition.id != programme.edition.id)).all()
    assert [str(each) for each in ids] == [edition["id"]]
    assert _rows(context, ids[0]) == (["accepted"], [OPENING + timedelta(days=364)])
    history = program("GET", f"/api/v1/draft/editions/{edition['id']}/history").get_json()
    assert {(entry["action"], entry["account"]) for entry in history["items"]} == {
        ("created", "Nour Belkacem"),
        ("copied", "Nour Belkacem"),
    }


def test_activities_alone_are_taken_over_to_be_confirmed(
    program: Program, context: ServiceContext, programme: DraftedProgramme
) -> None:
    proposed = program("GET", _next(programme)).get_json()["proposed"]
    body = {**proposed, "slug": "fds-2027", "sessions": False, "to_confirm": True}
    made = program("POST", _next(programme), body).get_json()
    with context.database.read() as db:
        edition_id = db.scalar(sa.select(Edition.id).where(Edition.slug == "fds-2027"))
    assert made["slug"] == "fds-2027"
    assert _rows(context, edition_id) == (["idea"], [])


def test_its_faults_are_told_at_their_fields_and_nothing_is_made(
    program: Program, context: ServiceContext, programme: DraftedProgramme
) -> None:
    proposed = program("GET", _next(programme)).get_json()["proposed"]
    body = {**proposed, "slug": "fete-de-la-science-2026", "ends_on": "2027-09-01"}
    refused = program("POST", _next(programme), body)
    assert refused.status_code == 422
    assert set(refused.get_json()["errors"]["json"]) == {"slug", "ends_on"}
    gone = f"/api/v1/draft/editions/{new_id()}/next"
    assert program("GET", gone).status_code == 404
    assert program("POST", gone, proposed).status_code == 404
    lou = Program(context, token=organisers_token(context, "lou@parvis.example"))
    assert lou("GET", _next(programme)).status_code == 200
    assert lou("POST", _next(programme), proposed).status_code == 403
    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Edition)) == 1
