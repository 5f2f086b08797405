"""Drafts of organisations."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields

from services.scheduling.api.drafts.fields import Sourced, changes_of, reference, text, told
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.editing.organisations import (
    create_organisation,
    delete_organisation,
    save_organisation,
)
from services.scheduling.models import Organisation
from services.scheduling.schemas import WordsQuery, words_in


class OrganisationBody(Schema):
    """A partner that proposes activities."""

    name = text(200, required=True)
    email = text(254, "Where to reach it; passed on with its sessions")
    website = text(2000)
    description_fr = text(2000, "Markdown")
    description_en = text(2000, "Markdown")
    address = text(300)
    postcode = text(20)
    commune_id = reference("Where it is")
    contact_name = text(120, "Whom the team can reach; never public")
    contact_telephone = text(40)


class OrganisationDraft(Sourced):
    """An organisation as the organisers work on it."""

    name = fields.String(required=True)
    email = told()
    website = told()
    description_fr = told()
    description_en = told()
    address = told()
    postcode = told()
    commune_id = fields.UUID(required=True, allow_none=True)
    contact_name = told()
    contact_telephone = told()


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    return words_in(Organisation.name, query)


_BODY = {
    "name": "Muséum de Grenoble",
    "email": "mediation@example.org",
    "website": "https://example.org",
    "description_fr": "Des minéraux, des ours et un jardin.",
    "description_en": None,
    "address": "1 rue Dolomieu",
    "postcode": "38000",
    "commune_id": None,
    "contact_name": "Ada Martin",
    "contact_telephone": "04 76 00 00 00",
}

ORGANISATIONS = Noun(
    singular="organisation",
    plural="organisations",
    model=Organisation,
    body=OrganisationBody,
    changes=changes_of(OrganisationBody),
    answer=OrganisationDraft,
    create=create_organisation,
    save=save_organisation,
    delete=delete_organisation,
    query=WordsQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000062",
        "revision": 1,
        "edited_at": "2026-06-02T09:40:00+00:00",
        "edited_by": None,
        "source": "frab:fds-2026",
        "source_id": "museum",
        **_BODY,
    },
)

blueprint = draft_blueprint(ORGANISATIONS)
