"""Drafts of activities: the content that sessions are the occurrences of."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.fields import (
    Sourced,
    changes_of,
    reference,
    text,
    told,
    told_words,
    whole,
    word,
    words,
)
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.audiences import AUDIENCES
from services.scheduling.domain.editing.activities import (
    LONGEST_DESCRIPTION,
    LONGEST_DURATION,
    LONGEST_TITLE,
    OLDEST,
    create_activity,
    delete_activity,
    save_activity,
)
from services.scheduling.domain.languages import LANGUAGES
from services.scheduling.domain.proposals.beginning import begin
from services.scheduling.domain.school_levels import SCHOOL_LEVELS
from services.scheduling.models import Activity
from services.scheduling.schemas import EditionQuery, in_edition, words_in
from shared.web.tokens import current_token


class ActivityBody(Schema):
    """What sessions are the occurrences of."""

    edition_id = reference("The edition that it is in, for good", required=True)
    organisation_id = reference("Who proposes it")
    title_fr = text(LONGEST_TITLE, required=True)
    title_en = text(LONGEST_TITLE)
    description_fr = text(LONGEST_DESCRIPTION)
    description_en = text(LONGEST_DESCRIPTION)
    audience = word(AUDIENCES, "Whom it is meant for; everyone unless it is given")
    age_min = whole(largest=OLDEST)
    age_max = whole(largest=OLDEST)
    theme = text(80)
    format = text(80, "Such as workshop, talk or visit, in your words")
    presenters = fields.List(text(120, allow_none=False), validate=validate.Length(max=50))
    link = text(2000, "A web page about it")
    duration_minutes = whole("How long it usually lasts", smallest=1, largest=LONGEST_DURATION)
    school_levels = words(SCHOOL_LEVELS, "The classes that it suits")
    languages = words(LANGUAGES, "ISO 639 codes")
    accessibility = words(ACCESSIBILITY, "To whom it is accessible, by OpenAgenda's codes")
    price_note_fr = text(500)
    price_note_en = text(500)
    conditions_fr = text(2000, "Markdown")
    conditions_en = text(2000, "Markdown")
    image_id = reference("A picture sent before")
    image_alt_fr = text(300, "What the picture shows, in words")
    image_alt_en = text(300)
    image_credit = text(200)
    wishes = text(5000, "When and where it would be, for the coordination")
    contact_name = text(120, "Whom the coordination can reach; never public")
    contact_email = text(254)
    contact_telephone = text(40)


class ActivityDraft(Sourced):
    """An activity as the organisers work on it."""

    edition_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    title_fr = fields.String(required=True)
    title_en = fields.String(required=True, allow_none=True)
    description_fr = fields.String(required=True)
    description_en = fields.String(required=True, allow_none=True)
    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES))
    age_min = fields.Integer(required=True, allow_none=True)
    age_max = fields.Integer(required=True, allow_none=True)
    theme = fields.String(required=True, allow_none=True)
    format = fields.String(required=True, allow_none=True)
    presenters = fields.List(fields.String(), required=True)
    link = fields.String(required=True, allow_none=True)
    duration_minutes = fields.Integer(required=True, allow_none=True)
    school_levels = told_words()
    languages = told_words()
    accessibility = told_words()
    price_note_fr = told()
    price_note_en = told()
    conditions_fr = told()
    conditions_en = told()
    image_id = fields.UUID(required=True, allow_none=True)
    image_alt_fr = told()
    image_alt_en = told()
    image_credit = told()
    wishes = told()
    contact_name = told()
    contact_email = told()
    contact_telephone = told()
    state = fields.String(required=True, metadata={"description": "Where the proposal stands"})
    label_state = fields.String(required=True)
    national_link = told("Its page on the site of the national festival")


class ActivitiesQuery(EditionQuery):
    """Which activities are wanted."""

    organisation = fields.UUID(metadata={"description": "The organisation's id"})


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    yield from in_edition(Activity.edition_id, query)
    if "organisation" in query:
        yield Activity.organisation_id == query["organisation"]
    yield from words_in(Activity.title_fr, query)


def _create(db: DbSession, values: Mapping[str, Any], **who: Any) -> Activity:
    """Make an activity: a coordinator's is accepted, anybody else's a proposal that begins."""
    make = create_activity if "coordinator" in current_token().roles else begin
    return make(db, _with_words(values, None), **who)


def _save(
    db: DbSession, row_id: UUID, seen: int, values: Mapping[str, Any], **who: Any
) -> Activity:
    return save_activity(db, row_id, seen, _with_words(values, db.get(Activity, row_id)), **who)


def _with_words(values: Mapping[str, Any], activity: Activity | None) -> Mapping[str, Any]:
    """Return the values, in which a picture never comes without what it shows in words.

    A page that is saved as it is typed has the picture first; a program says both at once.
    """
    if values.get("image_id") is None:
        return values
    return {"image_alt_fr": activity.image_alt_fr if activity else None, **values}


_BODY = {
    "edition_id": "01a1b2c3-0000-7000-8000-000000000061",
    "organisation_id": "01a1b2c3-0000-7000-8000-000000000062",
    "title_fr": "Voir un muon",
    "title_en": "See a muon",
    "description_fr": "Une chambre à brouillard et des traces, partout.",
    "description_en": None,
    "audience": "families",
    "age_min": 8,
    "age_max": None,
    "theme": "Physique",
    "format": "atelier",
    "presenters": ["Ada Martin"],
    "link": "https://example.org/muon",
    "duration_minutes": 45,
    "school_levels": ["cycle3", "cycle4"],
    "languages": ["fr"],
    "accessibility": ["hi", "mi"],
    "price_note_fr": "Gratuit",
    "price_note_en": "Free",
    "conditions_fr": None,
    "conditions_en": None,
    "image_id": None,
    "image_alt_fr": None,
    "image_alt_en": None,
    "image_credit": None,
    "wishes": "Plutôt le samedi.",
    "contact_name": "Ada Martin",
    "contact_email": "ada@example.org",
    "contact_telephone": "04 76 00 00 00",
}

ACTIVITIES = Noun(
    singular="activity",
    plural="activities",
    model=Activity,
    body=ActivityBody,
    changes=changes_of(ActivityBody, without=("edition_id",)),
    answer=ActivityDraft,
    create=_create,
    save=_save,
    delete=delete_activity,
    query=ActivitiesQuery,
    conditions=_conditions,
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000065",
        "revision": 4,
        "edited_at": "2026-06-02T10:00:00+00:00",
        "edited_by": "01a1b2c3-0000-7000-8000-000000000040",
        "source": None,
        "source_id": None,
        "state": "accepted",
        "label_state": "none",
        "national_link": None,
        **_BODY,
    },
)

blueprint = draft_blueprint(ACTIVITIES)
