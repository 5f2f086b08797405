"""When presenters, organisations, resources and spaces are not available.

POST /api/v1/draft/unavailabilities
    {"presenter_id": "0199…", "starts_at": "2026-10-03T00:00:00+02:00", "ends_at": …, "note": …}
→ 201  {"id": …, "presenter_id": "0199…", "organisation_id": null, …}

A session during one is a conflict. The history of each is in that of whose it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields

from services.scheduling.api.drafts.fields import (
    DraftSchema,
    changes_of,
    instant,
    reference,
    text,
    told,
)
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.editing.unavailabilities import (
    SUBJECTS,
    create_unavailability,
    delete_unavailability,
    save_unavailability,
)
from services.scheduling.models import Unavailability
from services.scheduling.schemas import DraftSessionsQuery, PageQuery


class UnavailabilityBody(Schema):
    """When somebody or something is not available; exactly one of the four is named, for good."""

    presenter_id = reference("Who is away")
    organisation_id = reference("All of whose people are away")
    resource_id = reference("What cannot be used")
    space_id = reference("Where nothing can take place")
    starts_at = instant(required=True)
    ends_at = instant("From then on available again", required=True)
    note = text(200, "The reason, for those concerned alone")


class UnavailabilityDraft(DraftSchema):
    """An absence; its reason is null too for who sees no contacts of whose it is."""

    presenter_id = fields.UUID(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    resource_id = fields.UUID(required=True, allow_none=True)
    space_id = fields.UUID(required=True, allow_none=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    note = told()


class UnavailabilitiesQuery(PageQuery):
    """Whose absences are wanted, and when; those that last into the period count."""

    presenter = fields.UUID(metadata={"description": "The presenter's id"})
    organisation = fields.UUID(metadata={"description": "The organisation's id"})
    resource = fields.UUID(metadata={"description": "The resource's id"})
    space = fields.UUID(metadata={"description": "The space's id"})
    starting = DraftSessionsQuery._declared_fields["starting"]
    ending = DraftSessionsQuery._declared_fields["ending"]


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    for name in ("presenter", "organisation", "resource", "space"):
        if name in query:
            yield getattr(Unavailability, f"{name}_id") == query[name]
    if "starting" in query:
        yield Unavailability.ends_at > query["starting"]
    if "ending" in query:
        yield Unavailability.starts_at <= query["ending"]


_BODY = {
    "presenter_id": "01a1b2c3-0000-7000-8000-000000000072",
    "organisation_id": None,
    "resource_id": None,
    "space_id": None,
    "starts_at": "2026-10-03T22:00:00+00:00",
    "ends_at": "2026-10-05T22:00:00+00:00",
    "note": "En mission à Lyon",
}

UNAVAILABILITIES = Noun(
    singular="unavailability",
    plural="unavailabilities",
    model=Unavailability,
    body=UnavailabilityBody,
    changes=changes_of(UnavailabilityBody, without=tuple(SUBJECTS)),
    answer=UnavailabilityDraft,
    create=create_unavailability,
    save=save_unavailability,
    delete=delete_unavailability,
    query=UnavailabilitiesQuery,
    conditions=_conditions,
    has_history=False,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000075",
        "revision": 1,
        "edited_at": "2026-06-02T09:40:00+00:00",
        "edited_by": "01a1b2c3-0000-7000-8000-000000000040",
        **_BODY,
    },
)

blueprint = draft_blueprint(UNAVAILABILITIES)
