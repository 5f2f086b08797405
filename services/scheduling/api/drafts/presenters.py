"""Drafts of presenters: those whom activities credit, by the names that they are known by."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields

from services.scheduling.api.drafts.fields import Sourced, changes_of, reference, text, told
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.editing.presenters import (
    create_presenter,
    delete_presenter,
    save_presenter,
)
from services.scheduling.models import Presenter
from services.scheduling.schemas import WordsQuery, words_in


class PresenterBody(Schema):
    """Somebody who is there; activities that credit the name follow it when it changes."""

    name = text(120, required=True)
    organisation_id = reference("The organisation that they come from")
    email = text(254, "For the staff alone, as are the next two")
    telephone = text(40)
    note = text(2000)


class PresenterDraft(Sourced):
    """A presenter as the organisers know them."""

    name = fields.String(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    email = told()
    telephone = told()
    note = told()


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    return words_in(Presenter.name, query)


_BODY = {
    "name": "Ada Martin",
    "organisation_id": "01a1b2c3-0000-7000-8000-000000000062",
    "email": "ada@example.org",
    "telephone": "04 76 00 00 00",
    "note": None,
}

PRESENTERS = Noun(
    singular="presenter",
    plural="presenters",
    model=Presenter,
    body=PresenterBody,
    changes=changes_of(PresenterBody),
    answer=PresenterDraft,
    create=create_presenter,
    save=save_presenter,
    delete=delete_presenter,
    query=WordsQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000072",
        "revision": 1,
        "edited_at": "2026-06-02T09:40:00+00:00",
        "edited_by": None,
        "source": None,
        "source_id": None,
        **_BODY,
    },
)

blueprint = draft_blueprint(PRESENTERS)
