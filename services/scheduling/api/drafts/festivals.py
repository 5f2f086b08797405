"""Drafts of festivals."""

from marshmallow import Schema, fields

from services.scheduling.api.drafts.fields import DraftSchema, changes_of, text
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.editing.festivals import (
    create_festival,
    delete_festival,
    save_festival,
)
from services.scheduling.domain.editing.slugs import LONGEST as LONGEST_SLUG
from services.scheduling.models import Festival


class FestivalBody(Schema):
    """A festival; its slug, for addresses, is made from its name unless it is given."""

    name_fr = text(200, required=True)
    name_en = text(200)
    slug = text(LONGEST_SLUG, "Lower-case letters without accents, digits and single hyphens")


class FestivalDraft(DraftSchema):
    """A festival as the organisers work on it."""

    name_fr = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    slug = fields.String(required=True)


_BODY = {"name_fr": "Fête de la science", "name_en": "Science festival", "slug": "fds"}

FESTIVALS = Noun(
    singular="festival",
    plural="festivals",
    model=Festival,
    body=FestivalBody,
    changes=changes_of(FestivalBody),
    answer=FestivalDraft,
    create=create_festival,
    save=save_festival,
    delete=delete_festival,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000060",
        "revision": 1,
        "edited_at": "2026-06-02T09:30:00+00:00",
        "edited_by": "01a1b2c3-0000-7000-8000-000000000040",
        **_BODY,
    },
)

blueprint = draft_blueprint(FESTIVALS)
