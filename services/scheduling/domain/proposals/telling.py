"""How events tell of a proposal: in both languages, whole, with the way to its page."""

from collections.abc import Iterable
from typing import Any

from services.scheduling.domain.proposals.requirements import Lack
from services.scheduling.models import Activity, Edition
from shared.i18n import LOCALES, speaking, translator

#: Where the sentences of what is missing are translated.
PACKAGE = "services.scheduling"


def edition_told(edition: Edition) -> dict[str, Any]:
    """Return an edition as events name it."""
    return {
        "id": str(edition.id),
        "slug": edition.slug,
        "name": {"fr": edition.name_fr, "en": edition.name_en},
        "contact_email": edition.contact_email,
    }


def title_told(activity: Activity) -> dict[str, str | None]:
    """Return an activity's title in both languages."""
    return {"fr": activity.title_fr, "en": activity.title_en}


def lacks_told(lacks: Iterable[Lack]) -> list[dict[str, str]]:
    """Return sentences of what is missing, in both languages."""
    found = list(lacks)
    told: dict[str, list[str]] = {}
    for locale in LOCALES:
        with speaking(translator(PACKAGE, locale)):
            told[locale] = [str(lack.sentence) for lack in found]
    return [{"fr": fr, "en": en} for fr, en in zip(told["fr"], told["en"], strict=True)]


def page_of(public_url: str, edition: Edition, activity: Activity) -> str:
    """Return the address of a proposal's page."""
    return f"{public_url.rstrip('/')}/console/editions/{edition.slug}/proposals/{activity.id}"
