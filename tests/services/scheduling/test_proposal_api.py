"""Proposals over the API: begun by organisers, taken further by whoever may."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.proposals.steps import STEPS
from services.scheduling.models import Account, Activity, Organisation
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.programs import Program

ACTIVITIES = "/api/v1/draft/activities"


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        return DraftedProgramme(db)


@pytest.fixture
def program(context: ServiceContext, programme: DraftedProgramme) -> Program:
    return Program(context)


def stored(context: ServiceContext, activity_id: UUID) -> Activity:
    with context.database.read() as db:
        return db.get_one(Activity, activity_id)


def made(context: ServiceContext, programme: DraftedProgramme, state: str) -> Activity:
    with context.database.write() as db:
        programme._db = db
        activity = programme.add_activity(contact_email="lucie@museum.example")
        activity.state = state
    return activity


def step(program: Program, activity: Activity, name: str, comment: str = "", **headers: str) -> Any:
    path = f"{ACTIVITIES}/{activity.id}/{name}"
    seen = program("GET", f"{ACTIVITIES}/{activity.id}").headers["ETag"]
    return program("POST", path, {"comment": comment}, **{"If-Match": seen, **headers})


def test_a_proposal_is_sent_back_and_accepted_by_a_program(
    context: ServiceContext, programme: DraftedProgramme, program: Program
) -> None:
    activity = made(context, programme, "submitted")

    back = step(program, activity, "ask-changes", "Dès quel âge ?")
    again = step(program, activity, "ask-changes", "Encore ?")
    accepted = step(program, activity, "accept")

    assert (back.status_code, back.json["state"]) == (200, "changes_asked")
    assert back.headers["ETag"] == f'"{back.json["revision"]}"'
    assert (again.status_code, again.json["code"]) == (409, "not_open")
    assert (accepted.status_code, accepted.json["state"]) == (200, "accepted")
    with context.database.read() as db:
        told = db.scalars(
            sa.select(OUTBOX.c.data)
            .where(OUTBOX.c.type == "scheduling.proposal_moved")
            .order_by(OUTBOX.c.id)
        ).all()
    assert [(one["step"], one["comment"]) for one in told] == [
        ("ask_changes", "Dès quel âge ?"),
        ("accept", None),
    ]


def test_what_was_not_seen_is_not_accepted_and_a_missing_comment_is_named(
    context: ServiceContext, programme: DraftedProgramme, program: Program
) -> None:
    activity = made(context, programme, "submitted")

    stale = step(program, activity, "accept", **{"If-Match": '"99"'})
    silent = step(program, activity, "decline")

    assert stale.status_code == 412
    assert (silent.status_code, list(silent.json["errors"]["json"])) == (422, ["comment"])
    assert stored(context, activity.id).state == "submitted"


def test_an_organisers_program_proposes_and_does_not_accept(
    context: ServiceContext, programme: DraftedProgramme, program: Program
) -> None:
    with context.database.write() as db:
        account = db.scalars(sa.select(Account)).one()
        account.roles = ["organiser"]
        other = Organisation(name="Planétarium", edited_at=programme.by["now"])
        db.add(other)
    _act_for(context, account.id, programme.organisation.id)
    body = {
        "edition_id": str(programme.edition.id),
        "organisation_id": str(programme.organisation.id),
        "title_fr": "Un muon",
        "description_fr": "Des traces.",
        "contact_name": "Lucie",
        "contact_email": "lucie@museum.example",
    }

    begun = program("POST", ACTIVITIES, body)
    foreign = program("POST", ACTIVITIES, {**body, "organisation_id": str(other.id)})
    activity = stored(context, UUID(begun.json["id"]))
    accepted = step(program, activity, "accept")
    submitted = step(program, activity, "submit")

    assert (begun.status_code, begun.json["state"]) == (201, "idea")
    assert foreign.status_code == 403
    assert (accepted.status_code, accepted.json["code"]) == (409, "not_open")
    assert (submitted.status_code, submitted.json["state"]) == (200, "submitted")


def _act_for(context: ServiceContext, account_id: UUID, organisation_id: UUID) -> None:
    with context.database.write() as db:
        set_memberships(db, account_id, [organisation_id], [])


def test_what_a_proposal_lacks_is_named_field_by_field(
    context: ServiceContext, programme: DraftedProgramme, program: Program
) -> None:
    with context.database.write() as db:
        account = db.scalars(sa.select(Account)).one()
        account.roles = ["organiser"]
    _act_for(context, account.id, programme.organisation.id)
    activity = made(context, programme, "idea")

    refused = step(program, activity, "submit")

    assert refused.status_code == 422
    assert sorted(refused.json["errors"]["json"]) == ["contact", "description"]
    assert stored(context, activity.id).state == "idea"


def test_what_waits_names_what_it_leaves_out(
    context: ServiceContext, programme: DraftedProgramme, program: Program
) -> None:
    activity = made(context, programme, "submitted")
    with context.database.write() as db:
        programme._db = db
        programme.add_session(activity)

    changes = program("GET", f"/api/v1/editions/{programme.edition.slug}/changes").json

    assert (changes["items"], changes["left_out"]) == (
        [],
        [
            {
                "activity_id": str(activity.id),
                "title": {"fr": "Voir un muon", "en": None},
                "sessions": 1,
                "lacks": ["accepted"],
            }
        ],
    )


def test_every_step_is_described(program: Program) -> None:
    document = program("GET", "/api/v1/scheduling/openapi.json").json

    described = {
        path.rsplit("/", 1)[1]
        for path, operations in document["paths"].items()
        if "/activities/{row_id}/" in path and "post" in operations
    }
    assert {one.name.replace("_", "-") for one in STEPS} <= described
