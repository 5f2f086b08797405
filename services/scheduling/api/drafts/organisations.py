"""Drafts of organisations."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields

from services.scheduling.api.drafts.fields import Sourced, changes_of, text
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


class OrganisationDraft(Sourced):
    """An organisation as the organisers work on it."""

    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    return words_in(Organisation.name, query)


_BODY = {"name": "Muséum de Grenoble", "email": "mediation@example.org"}

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
