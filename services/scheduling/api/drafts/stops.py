"""Drafts of stops: where a travelling exhibition is, and the steps by which it comes about.

What is private to the parties of a loan (its worth, papers and contacts) is null for all others.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import as_problem, fresh
from services.scheduling.api.drafts.fields import (
    DraftSchema,
    changes_of,
    instant,
    openings,
    reference,
    text,
    told,
    whole,
    word,
)
from services.scheduling.api.drafts.noun import (
    WRITE,
    Noun,
    answer_one,
    draft_blueprint,
    identified,
)
from services.scheduling.api.drafts.touring_rights import (
    needs_right_to_request,
    parties_of_stop,
)
from services.scheduling.domain.editing.resources import LONGEST_MINUTES, MOST_COPIES
from services.scheduling.domain.touring.states import STEPS
from services.scheduling.domain.touring.stops import (
    AGREEMENTS,
    NotPossible,
    delete_stop,
    request_stop,
    save_stop,
    take_step,
)
from services.scheduling.models import Stop
from services.scheduling.schemas import PageQuery
from shared.contracts.scheduling import Opening
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api_description import ETAG
from shared.web.conditional import needs_if_match, seen_revision
from shared.web.idempotency import written_once
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope


class StopBody(Schema):
    """A stop that is asked for."""

    tour_id = reference("The tour, for good", required=True)
    venue_id = reference("Where", required=True)
    space_id = reference("Which room or yard of the venue")
    organisation_id = reference("Who receives the exhibition")
    activity_id = reference("What a confirmed stop is a session of")
    copies = fields.Integer(strict=True, validate=validate.Range(1, MOST_COPIES))
    arrives_at = instant("The delivery; null: as long before the opening as setting up takes")
    opens_at = instant(required=True)
    closes_at = instant(required=True)
    leaves_at = instant("The pick-up; null: as long after the closing as dismantling takes")
    transport_minutes = whole("Afterwards; null: the exhibition's", largest=LONGEST_MINUTES)
    weekly_hours = openings("When it is open, local")
    transporter = text(200, "For the parties of the loan alone, as is all that follows")
    insurance_value = whole("In euros")
    loan_agreement = word(AGREEMENTS, "How far the agreement is")
    loan_agreement_link = text(2000)
    contact_name = text(200, "Whom to reach there")
    contact_email = text(254)
    contact_telephone = text(40)
    note = text(5_000)


class StopDraft(DraftSchema):
    """A stop as its parties work on it."""

    tour_id = fields.UUID(required=True)
    venue_id = fields.UUID(required=True)
    space_id = fields.UUID(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    activity_id = fields.UUID(required=True, allow_none=True)
    session_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(
        required=True,
        metadata={"description": "An option ends by itself after the day `option_until`"},
    )
    option_until = fields.Date(required=True, allow_none=True)
    place_agrees = fields.Boolean(
        required=True,
        metadata={"description": "Until it does, the lender alone cannot confirm the stop"},
    )
    copies = fields.Integer(required=True)
    arrives_at = fields.AwareDateTime(required=True)
    opens_at = fields.AwareDateTime(required=True)
    closes_at = fields.AwareDateTime(required=True)
    leaves_at = fields.AwareDateTime(required=True)
    transport_minutes = fields.Integer(required=True)
    weekly_hours = fields.List(fields.Nested(Opening), required=True)
    transporter = told("Null, as is all that follows, for who is no party of the loan")
    insurance_value = fields.Integer(required=True, allow_none=True)
    loan_agreement = told()
    loan_agreement_link = told()
    contact_name = told()
    contact_email = told()
    contact_telephone = told()
    note = told()


class StopStep(Schema):
    """A step: who may take it depends on who made the token."""

    step = fields.String(required=True, validate=validate.OneOf(tuple(STEPS)))
    option_until = fields.Date(
        allow_none=True, metadata={"description": "The last day of an option, local"}
    )


class StopsQuery(PageQuery):
    """Which stops are wanted."""

    tour = fields.UUID(metadata={"description": "The tour's id"})
    venue = fields.UUID(metadata={"description": "The venue's id"})


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    for name in ("tour", "venue"):
        if name in query:
            yield getattr(Stop, f"{name}_id") == query[name]


def _create(db: DbSession, values: Mapping[str, Any], *, account_id: UUID, now: datetime) -> Stop:
    needs_right_to_request(values.get("venue_id"))
    site = current_context().settings.public_url
    return request_stop(db, values, account_id=account_id, now=now, public_url=site)


def _save(
    db: DbSession,
    row_id: UUID,
    revision: int,
    values: Mapping[str, Any],
    *,
    account_id: UUID,
    now: datetime,
) -> Stop:
    parties_of_stop(db, row_id, to_edit=True)
    return save_stop(db, row_id, revision, values, account_id=account_id, now=now)


def _delete(db: DbSession, row_id: UUID, revision: int) -> None:
    parties_of_stop(db, row_id, to_edit=True)
    delete_stop(db, row_id, revision)


_BODY = {
    "tour_id": "01a1b2c3-0000-7000-8000-000000000072",
    "venue_id": "01a1b2c3-0000-7000-8000-000000000063",
    "space_id": None,
    "organisation_id": None,
    "activity_id": "01a1b2c3-0000-7000-8000-000000000065",
    "copies": 1,
    "arrives_at": "2026-10-01T08:00:00+00:00",
    "opens_at": "2026-10-02T08:00:00+00:00",
    "closes_at": "2026-10-11T16:00:00+00:00",
    "leaves_at": "2026-10-12T08:00:00+00:00",
    "transport_minutes": 180,
    "weekly_hours": [{"weekday": 6, "opens": "10:00", "closes": "18:00"}],
    "transporter": "Transports Martin",
    "insurance_value": 12000,
    "loan_agreement": "sent",
    "loan_agreement_link": "https://example.org/convention.pdf",
    "contact_name": "Lou Bernard",
    "contact_email": "lou@example.org",
    "contact_telephone": "04 76 00 00 00",
    "note": "Livraison par la cour.",
}

STOPS = Noun(
    singular="stop",
    plural="stops",
    model=Stop,
    body=StopBody,
    changes=changes_of(StopBody, without=("tour_id",)),
    answer=StopDraft,
    create=_create,
    save=_save,
    delete=_delete,
    query=StopsQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000073",
        "revision": 1,
        "edited_at": "2026-06-02T09:40:00+00:00",
        "edited_by": None,
        "session_id": None,
        "state": "requested",
        "option_until": None,
        "place_agrees": True,
        **_BODY,
    },
)

blueprint = draft_blueprint(STOPS)


@blueprint.post("/<uuid:row_id>/steps", parameters=identified(STOPS))
@require_scope(WRITE)
@needs_if_match
@blueprint.arguments(StopStep, example={"step": "option", "option_until": "2026-09-01"})
@blueprint.response(200, StopDraft, example=STOPS.example, headers=ETAG)
@blueprint.alt_response(404, description="There is no such stop")
@blueprint.alt_response(409, description="not_possible: not from where it stands, or not by you")
@written_once(needs_key=False)
def take_stop_step(db: DbSession, values: dict[str, Any], row_id: UUID) -> Response:
    """Take one stop a step further; confirmed, it becomes a session of its activity."""
    parties = parties_of_stop(db, row_id)
    with as_problem(STOPS, db):
        try:
            take_step(
                db,
                row_id,
                seen_revision(),
                values["step"],
                parties,
                option_until=values.get("option_until"),
                account_id=current_token().account_id,
                now=current_context().clock(),
                public_url=current_context().settings.public_url,
            )
        except NotPossible as error:
            detail = _("Ce pas ne peut pas être fait d’où en est l’étape, ou pas par vous.")
            raise Problem(409, "not_possible", detail=detail) from error
    return answer_one(STOPS, fresh(db, STOPS, row_id))
