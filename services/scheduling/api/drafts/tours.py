"""Drafts of tours: the stops of a travelling exhibition, under a name; they outlive editions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.fields import DraftSchema, changes_of, reference, text
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.api.drafts.touring_rights import needs_part_in_tour, needs_right_to_send
from services.scheduling.domain.touring.tours import create_tour, delete_tour, save_tour
from services.scheduling.models import Tour
from services.scheduling.schemas import PageQuery


class TourBody(Schema):
    """A tour of an exhibition."""

    resource_id = reference("The exhibition that travels, for good", required=True)
    name = text(200, required=True)
    note = text(5_000)


class TourDraft(DraftSchema):
    """A tour as its parties work on it."""

    resource_id = fields.UUID(required=True)
    name = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)


class ToursQuery(PageQuery):
    """Which tours are wanted."""

    resource = fields.UUID(metadata={"description": "The exhibition's id"})


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    if "resource" in query:
        yield Tour.resource_id == query["resource"]


def _create(db: DbSession, values: Mapping[str, Any], *, account_id: UUID, now: datetime) -> Tour:
    needs_right_to_send(db, values.get("resource_id"))
    return create_tour(db, values, account_id=account_id, now=now)


def _save(
    db: DbSession,
    row_id: UUID,
    revision: int,
    values: Mapping[str, Any],
    *,
    account_id: UUID,
    now: datetime,
) -> Tour:
    needs_part_in_tour(db, row_id)
    return save_tour(db, row_id, revision, values, account_id=account_id, now=now)


def _delete(db: DbSession, row_id: UUID, revision: int) -> None:
    needs_part_in_tour(db, row_id)
    delete_tour(db, row_id, revision)


_BODY = {
    "resource_id": "01a1b2c3-0000-7000-8000-000000000071",
    "name": "Isère, 2026",
    "note": None,
}

TOURS = Noun(
    singular="tour",
    plural="tours",
    model=Tour,
    body=TourBody,
    changes=changes_of(TourBody, without=("resource_id",)),
    answer=TourDraft,
    create=_create,
    save=_save,
    delete=_delete,
    query=ToursQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000072",
        "revision": 1,
        "edited_at": "2026-06-02T09:40:00+00:00",
        "edited_by": None,
        **_BODY,
    },
)

blueprint = draft_blueprint(TOURS)
