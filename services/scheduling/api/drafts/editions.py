"""Drafts of editions."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from services.scheduling.api.drafts.fields import (
    DraftSchema,
    changes_of,
    instant,
    reference,
    text,
)
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.editing.category_fields import LONGEST, MOST
from services.scheduling.domain.editing.editions import (
    create_edition,
    delete_edition,
    save_edition,
)
from services.scheduling.domain.editing.slugs import LONGEST as LONGEST_SLUG
from services.scheduling.models import Edition
from services.scheduling.schemas import PageQuery
from shared.contracts.party_categories import PartyCategory


class PartyCategoryBody(Schema):
    """Whom people count when they register; a new category has no code, and is given one."""

    code = fields.String(allow_none=True, validate=validate.Length(max=60))
    fr = fields.String(required=True, validate=validate.Length(max=LONGEST))
    en = fields.String(allow_none=True, validate=validate.Length(max=LONGEST))


class EditionBody(Schema):
    """An edition; its days are local to its time zone."""

    festival_id = reference("The festival that it is an edition of", required=True)
    name_fr = text(200, required=True)
    name_en = text(200)
    slug = text(LONGEST_SLUG, "Made from the name unless it is given; fixed once released")
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    time_zone = text(60, "An IANA name; Europe/Paris unless it is given")
    contact_email = text(254)
    registration_opens_at = instant(
        "When registration opens for sessions without an opening of their own, except those that "
        "close before; null: as soon as they are public"
    )
    party_categories = fields.List(
        fields.Nested(PartyCategoryBody),
        validate=validate.Length(min=1, max=MOST),
        metadata={
            "description": "Whom people count when they register, in the order of the form. The "
            "whole list: what is left out is dropped, unless a session or a booking counts it"
        },
    )


class EditionDraft(DraftSchema):
    """An edition as the organisers work on it."""

    festival_id = fields.UUID(required=True)
    name_fr = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    slug = fields.String(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    time_zone = fields.String(required=True)
    contact_email = fields.String(required=True, allow_none=True)
    registration_opens_at = fields.AwareDateTime(required=True, allow_none=True)
    party_categories = fields.List(fields.Nested(PartyCategory), required=True)


class EditionsQuery(PageQuery):
    """Which editions are wanted."""

    festival = fields.UUID(metadata={"description": "The festival's id"})


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    if "festival" in query:
        yield Edition.festival_id == query["festival"]


_BODY = {
    "festival_id": "01a1b2c3-0000-7000-8000-000000000060",
    "name_fr": "Fête de la science 2026",
    "name_en": "Science festival 2026",
    "slug": "fds-2026",
    "starts_on": "2026-10-02",
    "ends_on": "2026-10-12",
    "time_zone": "Europe/Paris",
    "contact_email": "coordination@example.org",
    "registration_opens_at": "2026-09-15T08:00:00+00:00",
    "party_categories": [
        {"code": "adults", "fr": "Adultes", "en": "Adults"},
        {"code": "children", "fr": "Enfants", "en": "Children"},
        {"code": "etudiants", "fr": "Étudiants", "en": "Students"},
    ],
}

EDITIONS = Noun(
    singular="edition",
    plural="editions",
    model=Edition,
    body=EditionBody,
    changes=changes_of(EditionBody),
    answer=EditionDraft,
    create=create_edition,
    save=save_edition,
    delete=delete_edition,
    query=EditionsQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000061",
        "revision": 2,
        "edited_at": "2026-06-02T09:35:00+00:00",
        "edited_by": "01a1b2c3-0000-7000-8000-000000000040",
        **_BODY,
    },
)

blueprint = draft_blueprint(EDITIONS)
