"""Activities: the content that sessions are the occurrences of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.audiences import AUDIENCES, EVERYONE
from services.scheduling.domain.editing.crediting import credit
from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import (
    UNKNOWN_CHOICE,
    email,
    line,
    lines,
    link,
    one_of,
    paragraphs,
    reference,
    several_of,
    telephone,
    whole,
)
from services.scheduling.domain.editing.references import InUse, check_reference, count
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.editing.touring_ties import forget_needs, refuse_if_toured
from services.scheduling.domain.languages import LANGUAGES
from services.scheduling.domain.school_levels import SCHOOL_LEVELS
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    ActivityResource,
    Edition,
    Image,
    Organisation,
    PublishedSession,
    Session,
    UnplacedSession,
)
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 20_000
OLDEST = 120

#: In minutes: a day. What lasts longer has sessions of its own length.
LONGEST_DURATION = 24 * 60

FIELDS = {
    "organisation_id": reference(),
    "title_fr": line(LONGEST_TITLE, required=True),
    "title_en": line(LONGEST_TITLE),
    "description_fr": paragraphs(LONGEST_DESCRIPTION, default=""),
    "description_en": paragraphs(LONGEST_DESCRIPTION),
    "audience": one_of(AUDIENCES, default=EVERYONE),
    "age_min": whole(largest=OLDEST),
    "age_max": whole(largest=OLDEST),
    "theme": line(80),
    "format": line(80),
    "presenters": lines(),
    "link": link(),
    "duration_minutes": whole(1, LONGEST_DURATION),
    "school_levels": several_of(SCHOOL_LEVELS, default=[]),
    "languages": several_of(LANGUAGES, default=[]),
    "accessibility": several_of(ACCESSIBILITY, default=[]),
    "price_note_fr": paragraphs(500),
    "price_note_en": paragraphs(500),
    "conditions_fr": paragraphs(2000),
    "conditions_en": paragraphs(2000),
    "image_id": reference(),
    "image_alt_fr": line(300),
    "image_alt_en": line(300),
    "image_credit": line(200),
    "wishes": paragraphs(5000),
    "contact_name": line(120),
    "contact_email": email(),
    "contact_telephone": telephone(),
}


def create_activity(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Activity:
    """Make an activity of the edition named by `edition_id`. Raises `Invalid`."""
    draft = Draft({**FIELDS, "edition_id": reference(required=True)}, values)
    check_reference(db, draft, "edition_id", Edition)
    _check(db, draft)
    activity = Activity(
        id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values()
    )
    db.add(activity)
    credit(db, [activity.id], account_id=account_id, now=now)
    return activity


def save_activity(
    db: DbSession,
    activity_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Activity:
    """Change an activity that is at this revision. Raises `Unknown`, `Conflict` or `Invalid`."""
    activity = take(db, Activity, activity_id, revision)
    draft = Draft(FIELDS, values, activity)
    _check(db, draft)
    if change(activity, draft.values(), account_id=account_id, now=now):
        credit(db, [activity.id], account_id=account_id, now=now)
        refresh_searchable_of(db, Session.activity_id == activity.id)
    return activity


def delete_activity(db: DbSession, activity_id: UUID, revision: int | None) -> None:
    """Delete an activity without sessions. Raises `Unknown`, `Conflict` or `InUse`."""
    activity = take(db, Activity, activity_id, revision, to_delete=True)
    if count(db, Session.activity_id, activity.id):
        raise InUse(_("Cette animation a des séances : supprimez-les ou annulez-les d’abord."))
    if count(db, UnplacedSession.activity_id, activity.id):
        raise InUse(_("Des séances de cette animation sont encore à placer dans le planning."))
    if count(db, PublishedSession.activity_id, activity.id):
        raise InUse(_("Des séances l’annoncent encore : publiez d’abord leurs changements."))
    for linked in (ActivityPresenter, ActivityResource):
        db.execute(sa.delete(linked).where(linked.activity_id == activity.id))
    refuse_if_toured(db, "activity_id", activity.id)
    forget_needs(db, activity.id)
    db.delete(activity)
    db.flush()


def _check(db: DbSession, draft: Draft) -> None:
    check_reference(db, draft, "organisation_id", Organisation)
    if draft.touches("age_min", "age_max"):
        youngest, oldest = draft["age_min"], draft["age_max"]
        if youngest is not None and oldest is not None and youngest > oldest:
            draft.fault("age_max", _("L’âge le plus grand est inférieur au plus petit."))
    check_reference(db, draft, "image_id", Image)
    if draft.touches("image_id", "image_alt_fr") and draft["image_id"] is not None:
        if db.get_one(Image, draft["image_id"]).is_private:
            draft.fault("image_id", UNKNOWN_CHOICE)
        if draft.gives("image_alt_fr") and not draft["image_alt_fr"]:
            draft.fault("image_alt_fr", _("Dites en une phrase ce que montre l’image."))
