"""Drafts of resources: equipment, kits and travelling exhibitions; they outlive editions."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from services.scheduling.api.drafts.fields import (
    Sourced,
    changes_of,
    reference,
    text,
    whole,
    word,
)
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.editing.resources import (
    KINDS,
    LONGEST_MINUTES,
    MOST_COPIES,
    create_resource,
    delete_resource,
    save_resource,
)
from services.scheduling.models import Resource
from services.scheduling.schemas import WordsQuery, words_in


def _minutes(description: str) -> fields.Integer:
    return fields.Integer(
        strict=True,
        validate=validate.Range(0, LONGEST_MINUTES),
        metadata={"description": description},
    )


class ResourceBody(Schema):
    """Something that is lent."""

    kind = word(KINDS, "`equipment`, `kit` or `exhibition`; an exhibition can make a tour")
    name = text(200, required=True)
    description = text(5_000)
    organisation_id = reference("The organisation that lends it")
    home_commune_id = reference("The commune where it is kept")
    copies = fields.Integer(
        strict=True,
        validate=validate.Range(1, MOST_COPIES),
        metadata={"description": "How many there are: as many can be used at once"},
    )
    setup_minutes = _minutes("Before each use")
    dismantling_minutes = _minutes("After each use")
    transport_minutes = _minutes("After each use, on the road")
    insurance_value = whole("In euros")
    loan_conditions = text(5_000, "Printed on the loan agreement")
    contact_name = text(200, "For the staff alone, as are the next two")
    contact_email = text(254)
    contact_telephone = text(40)


class ResourceDraft(Sourced):
    """A resource as the organisers work on it."""

    kind = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    home_commune_id = fields.UUID(required=True, allow_none=True)
    copies = fields.Integer(required=True)
    setup_minutes = fields.Integer(required=True)
    dismantling_minutes = fields.Integer(required=True)
    transport_minutes = fields.Integer(required=True)
    insurance_value = fields.Integer(required=True, allow_none=True)
    loan_conditions = fields.String(required=True, allow_none=True)
    contact_name = fields.String(required=True, allow_none=True)
    contact_email = fields.String(required=True, allow_none=True)
    contact_telephone = fields.String(required=True, allow_none=True)


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    return words_in(Resource.name, query)


_BODY = {
    "kind": "exhibition",
    "name": "Glaciers d’ici",
    "description": "Douze panneaux et une maquette.",
    "organisation_id": "01a1b2c3-0000-7000-8000-000000000062",
    "home_commune_id": None,
    "copies": 1,
    "setup_minutes": 240,
    "dismantling_minutes": 120,
    "transport_minutes": 180,
    "insurance_value": 12000,
    "loan_conditions": "Prêt gratuit ; le transport est à la charge de l’emprunteur.",
    "contact_name": "Ada Martin",
    "contact_email": "prets@example.org",
    "contact_telephone": "04 76 00 00 00",
}

RESOURCES = Noun(
    singular="resource",
    plural="resources",
    model=Resource,
    body=ResourceBody,
    changes=changes_of(ResourceBody),
    answer=ResourceDraft,
    create=create_resource,
    save=save_resource,
    delete=delete_resource,
    query=WordsQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000071",
        "revision": 1,
        "edited_at": "2026-06-02T09:40:00+00:00",
        "edited_by": None,
        "source": None,
        "source_id": None,
        **_BODY,
    },
)

blueprint = draft_blueprint(RESOURCES)
