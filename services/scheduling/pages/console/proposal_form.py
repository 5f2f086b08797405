"""The form of a proposal: that of its activity, with the wishes; and what its fields offer."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.languages import LANGUAGES
from services.scheduling.models import Activity
from services.scheduling.pages.code_words import ACCESSIBILITY_LABELS, LEVEL_LABELS, language_name
from services.scheduling.pages.console.activity_form import ActivityForm
from services.scheduling.pages.console.inputs import Input
from services.scheduling.pages.console.proposal_viewers import Viewer
from services.scheduling.pages.words import ACTIVITY_FORMATS, ACTIVITY_THEMES, AUDIENCE_LABELS
from services.scheduling.queries import console_activities as queries
from services.scheduling.queries import console_partners as partners
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _l

FORM = ActivityForm(Input("wishes", _l("Souhaits de dates et de lieux")))
LABELS: dict[str, LazyText] = {
    name: part.label for part in FORM.parts for name in part.fields if len(part.fields) == 1
} | {
    "image_id": _l("Image"),
    "image_alt_fr": _l("Ce que montre l’image"),
    "image_alt_en": _l("Ce que montre l’image, en anglais"),
    "image_credit": _l("Crédit de l’image"),
}


def choices(db: DbSession, viewer: Viewer, activity: Activity) -> dict[str, Any]:
    """Return what the form's fields offer to choose from."""
    own = {activity.organisation_id, *viewer.organisations}
    return {
        "organisations": [
            (str(row.id), row.name)
            for row in partners.organisations(db)
            if viewer.sees_all or row.id in own
        ],
        "audiences": list(AUDIENCE_LABELS.items()),
        "themes": _usual(ACTIVITY_THEMES, queries.themes(db, activity.edition_id)),
        "formats": _usual(ACTIVITY_FORMATS, queries.formats(db, activity.edition_id)),
        "levels": list(LEVEL_LABELS.items()),
        "languages": [(code, language_name(code)) for code in LANGUAGES],
        "impairments": list(ACCESSIBILITY_LABELS.items()),
    }


def may_give_to(viewer: Viewer, organisation: Any) -> bool:
    """Tell whether one may make the proposal this organisation's (an id, or nothing)."""
    if viewer.is_coordinator:
        return True
    return isinstance(organisation, UUID) and organisation in viewer.organisations


def _usual(usual: tuple[LazyText, ...], used: list[str]) -> list[str]:
    """Return the words to propose, in French as they are stored: those in use come first."""
    return list(dict.fromkeys([*used, *(words.message for words in usual)]))
