"""Public holidays of France and of its parts (Code du travail, articles L3133-1, L3134-13)."""

from datetime import date
from functools import cache

from holidays import country_holidays

from services.scheduling.domain.conflicts.facts import VenueFacts
from shared.i18n import current_locale

#: Parts of France with holidays of their own, by the département, as the library names them.
_PARTS = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    **{code: code for code in ("971", "972", "973", "974", "976")},
}
_OLD_GERMAN_LAW = ("57", "6AE")
_FRANCE = "FR"
_LANGUAGES = {"fr": "fr", "en": "en_US"}


def region_of(venue: VenueFacts) -> str | None:
    """Return whose holidays a venue keeps; null abroad, where nobody here knows them."""
    commune = venue.commune
    if commune is None:
        return _FRANCE if venue.zone.key == "Europe/Paris" else None
    code = commune.insee_code
    if not code:
        return None
    return _PARTS.get(code[:3] if code.startswith("97") else code[:2], _FRANCE)


def holidays_between(first: date, last: date, region: str) -> frozenset[date]:
    """Return the public holidays of a region from the first to the last day."""
    found = (day for year in range(first.year, last.year + 1) for day in _names(year, region, "fr"))
    return frozenset(day for day in found if first <= day <= last)


def holiday_name(day: date, region: str) -> str:
    """Return what a public holiday is called, in the current language."""
    return _names(day.year, region, current_locale())[day].replace("'", "’")


def is_of_some_communes(day: date, region: str) -> bool:
    """Tell whether it is Good Friday in Alsace or Moselle.

    It is a holiday there in communes with a Protestant church or a shared one (L3134-13).
    """
    if region not in _OLD_GERMAN_LAW or day in _names(day.year, _FRANCE, "fr"):
        return False
    return day.month != 12


@cache
def _names(year: int, region: str, locale: str) -> dict[date, str]:
    part = None if region == _FRANCE else region
    return dict(country_holidays("FR", subdiv=part, years=year, language=_LANGUAGES[locale]))
