"""Drafts of spaces: the rooms and yards of a venue."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from services.scheduling.api.drafts.fields import (
    Sourced,
    changes_of,
    reference,
    text,
    told_words,
    whole,
)
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.editing.spaces import create_space, delete_space, save_space
from services.scheduling.models import Space
from services.scheduling.schemas import PageQuery


class SpaceBody(Schema):
    """A room or yard of a venue."""

    venue_id = reference("The venue that it is in, for good", required=True)
    name = text(200, required=True)
    capacity = whole("How many people it holds")
    sessions_at_once = whole(
        "How many sessions it takes at a time, 1 unless it is given; null: any number",
        smallest=1,
        largest=1000,
    )
    equipment = fields.List(text(120, allow_none=False), validate=validate.Length(max=50))
    accessibility = fields.List(
        fields.String(validate=validate.OneOf(ACCESSIBILITY)),
        allow_none=True,
        validate=validate.Length(max=len(ACCESSIBILITY)),
        metadata={"description": "To whom it is accessible; null: as the venue is"},
    )


class SpaceDraft(Sourced):
    """A space as the organisers work on it."""

    venue_id = fields.UUID(required=True)
    name = fields.String(required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    sessions_at_once = fields.Integer(required=True, allow_none=True)
    equipment = told_words()
    accessibility = told_words(allow_none=True)


class SpacesQuery(PageQuery):
    """Which spaces are wanted."""

    venue = fields.UUID(metadata={"description": "The venue's id"})


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    if "venue" in query:
        yield Space.venue_id == query["venue"]


_BODY = {
    "venue_id": "01a1b2c3-0000-7000-8000-000000000063",
    "name": "Auditorium",
    "capacity": 80,
    "sessions_at_once": 1,
    "equipment": ["vidéoprojecteur"],
    "accessibility": None,
}

SPACES = Noun(
    singular="space",
    plural="spaces",
    model=Space,
    body=SpaceBody,
    changes=changes_of(SpaceBody, without=("venue_id",)),
    answer=SpaceDraft,
    create=create_space,
    save=save_space,
    delete=delete_space,
    query=SpacesQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000064",
        "revision": 1,
        "edited_at": "2026-06-02T09:50:00+00:00",
        "edited_by": None,
        "source": None,
        "source_id": None,
        **_BODY,
    },
)

blueprint = draft_blueprint(SPACES)
