"""What a leaflet says of a session: when, for whom, how one gets in, whom to ask."""

import re
from urllib.parse import urlsplit

from services.scheduling.domain.session_facts import SessionFacts
from services.scheduling.exporters.sheet_cells import ages_cell
from services.scheduling.importers.markdown import plain_of_markdown
from services.scheduling.importers.sheet_words import (
    ACCESSIBILITY,
    AUDIENCE,
    label_of,
    language_label,
)
from shared.i18n import current_locale, format_hours, format_session_time, format_time, weekday_name
from shared.i18n import gettext as _
from shared.text import NBSP

#: How long a text of a leaflet may be, in characters.
LONGEST_TEXT = 280


def short_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return the beginning of a text as plain words: whole sentences, or whole words and « … »."""
    words = " ".join(plain_of_markdown(text).replace("•", " ").split())
    if len(words) <= longest:
        return words
    cut = words[: longest + 1]
    sentence = max(cut.rfind(". "), cut.rfind("! "), cut.rfind("? "))
    if sentence >= longest // 2:
        return cut[: sentence + 1]
    return cut[:longest].rpartition(" ")[0].rstrip(" ,;:") + "…"


def time_words(one: SessionFacts) -> str:
    """Return the times of a session of one day: « 14 h 30 – 15 h 30 », or « de … à … »."""
    starts = format_time(one.starts_at, one.time_zone)
    ends = format_time(one.ends_at, one.time_zone)
    if one.kind == "drop_in":
        return _("en continu de %(start)s à %(end)s", start=starts, end=ends)
    return starts if one.starts_at == one.ends_at else f"{starts}{NBSP}–{NBSP}{ends}"


def hours_words(one: SessionFacts) -> str:
    """Return when an exhibition may be seen, with its hours."""
    period = format_session_time(
        one.starts_at, one.ends_at, one.time_zone, one.kind, weekly_hours=one.weekly_hours
    )
    spans: dict[str, list[int]] = {}
    for hours in one.weekly_hours:
        span = format_hours(hours["opens"], hours["closes"])
        spans.setdefault(span, []).append(int(hours["weekday"]))
    if len(spans) == 1:
        return f"{period}, {next(iter(spans))}"
    if not spans:
        return period
    said = "; ".join(
        f"{', '.join(weekday_name(day, short=True) for day in days)} {span}"
        for span, days in spans.items()
    )
    return f"{period} ({said})"


def public_words(one: SessionFacts) -> str:
    """Return for whom it is: the public, the ages, the languages other than French."""
    said = [label_of(AUDIENCE, one.audience), ages_cell(one.age_min, one.age_max) or ""]
    languages = [language_label(code, current_locale()) for code in one.languages if code != "fr"]
    return " · ".join(filter(None, [*said, ", ".join(languages)]))


def way_in_words(one: SessionFacts, site: str) -> str:
    """Return how people get in, and what it costs where it says so."""
    price = one.price_note_en if current_locale() == "en" else None
    price = " ".join(plain_of_markdown(price or one.price_note_fr or "").split())
    if one.registration == "here":
        host = urlsplit(site).netloc
        words = _("Sur inscription : %(site)s", site=host)
    elif one.registration == "elsewhere":
        ways = (one.registration_telephone, one.registration_email, _shown(one.registration_link))
        stated = ", ".join(filter(None, ways))
        words = _("Sur inscription : %(site)s", site=stated) if stated else _("Sur inscription")
        if one.registration_full:
            words = _("Complet")
    else:
        words = _("Entrée libre")
    return " · ".join(filter(None, (words, price)))


def contact_words(one: SessionFacts) -> str:
    """Return who proposes it."""
    return one.organisation or ""


def access_words(one: SessionFacts) -> str:
    """Return to whom it is made accessible."""
    if not one.accessibility:
        return ""
    listed = ", ".join(label_of(ACCESSIBILITY, code) for code in one.accessibility)
    return _("Accessible : %(listed)s", listed=listed)


def _shown(link: str | None) -> str:
    """Return an address as it is printed: without https:// and the last slash."""
    return re.sub(r"^https?://(www\.)?", "", link or "").rstrip("/")
