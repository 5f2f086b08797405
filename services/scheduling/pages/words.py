"""What the programme's pages say about sessions and activities."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask.sansio.app import App
from markupsafe import Markup, escape

from services.scheduling.domain.closing import takes_registrations
from services.scheduling.domain.opening import opens_later
from services.scheduling.domain.themes import slug_of_theme
from shared import markdown
from shared.i18n import (
    LazyText,
    current_locale,
    format_day,
    format_hours,
    format_session_time,
    format_time,
    format_weekdays,
    ngettext,
    unbroken,
)
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: Who an activity is for.
AUDIENCE_LABELS: dict[str, LazyText] = {
    "everyone": _l("Tout public"),
    "families": _l("Familles"),
    "adults": _l("Adultes"),
    "schools": _l("Scolaires"),
    "teenagers": _l("Adolescents"),
}

#: The formats that organisers usually choose; others are shown as they are written.
ACTIVITY_FORMATS: tuple[LazyText, ...] = (
    _l("Atelier"),
    _l("Balade"),
    _l("Conférence"),
    _l("Exposition"),
    _l("Jeu"),
    _l("Projection"),
    _l("Rencontre"),
    _l("Spectacle"),
    _l("Stand"),
    _l("Visite"),
)

#: The themes that organisers usually choose; others are shown as they are written.
ACTIVITY_THEMES: tuple[LazyText, ...] = (
    _l("Alimentation et agriculture"),
    _l("Astronomie et espace"),
    _l("Chimie et matériaux"),
    _l("Eau et énergie"),
    _l("Histoire et patrimoine industriel"),
    _l("Mathématiques"),
    _l("Montagne et neige"),
    _l("Numérique et microélectronique"),
    _l("Physique et matière"),
    _l("Sciences humaines et société"),
    _l("Terre et environnement"),
    _l("Vivant et santé"),
)
_BY_FRENCH_WORD = {words.message: words for words in ACTIVITY_FORMATS + ACTIVITY_THEMES}


def install_words(app: App) -> None:
    """Give them to the templates."""
    app.jinja_env.globals.update(
        age_words=age_words,
        audience_labels=AUDIENCE_LABELS,
        closed_days=closed_days,
        exhibition_words=exhibition_words,
        hours_lines=hours_lines,
        in_our_words=in_our_words,
        kind_of_activity=kind_of_activity,
        lang_of=lang_of,
        local_day=local_day,
        opening_words=opening_words,
        slug_of_theme=slug_of_theme,
        telephone_link=telephone_link,
        site_name=site_name,
        takes_registrations=takes_registrations,
    )
    app.jinja_env.filters.update(
        paragraphs=paragraphs, markdown=markdown.to_html, markdown_text=markdown.to_text
    )


def in_our_words(french: str, english: str | None) -> str:
    """Return a text in the reader's language, else in French."""
    return english if english and current_locale() == "en" else french


def lang_of(english: str | None) -> Markup:
    """Return the `lang` of an element whose text `in_our_words` left in French, where it did.

    Screen readers then speak it as French (WCAG 3.1.2).
    """
    return Markup(' lang="fr"') if current_locale() == "en" and not english else Markup("")


def kind_of_activity(words: str | None) -> str:
    """Return a format or a theme in the reader's language, where it is one of the usual ones."""
    return str(_BY_FRENCH_WORD.get(words or "", words or ""))


def age_words(youngest: int | None, oldest: int | None) -> str:
    """Return for what age an activity is meant, or nothing where it does not say."""
    if youngest and oldest:
        if youngest == oldest:
            return ngettext("%(n)s an", "%(n)s ans", youngest)
        return _("%(youngest)s à %(oldest)s ans", youngest=youngest, oldest=oldest)
    if youngest:
        return ngettext("dès %(n)s an", "dès %(n)s ans", youngest)
    if oldest:
        return ngettext("jusqu’à %(n)s an", "jusqu’à %(n)s ans", oldest)
    return ""


def exhibition_words(row: Any, now: datetime) -> str:
    """Return when an exhibition may be seen: once it is open, only until when."""
    if row.starts_at > now:
        return format_session_time(
            row.starts_at, row.ends_at, row.time_zone, "exhibition", weekly_hours=row.weekly_hours
        )
    last_day = row.ends_at.astimezone(ZoneInfo(row.time_zone)).date()
    until = _("jusqu’au %(day)s", day=format_day(last_day, weekday=False))
    weekdays = format_weekdays(hours["weekday"] for hours in row.weekly_hours)
    return f"{until}, {weekdays}" if weekdays else until


def hours_lines(weekly_hours: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return an exhibition's weekly hours by weekdays that have the same ones.

    Each line has the weekdays in words, and that day's hours in order: a pause parts them.
    """
    by_day: dict[int, list[tuple[str, str]]] = {}
    for hours in weekly_hours:
        by_day.setdefault(hours["weekday"], []).append((hours["opens"], hours["closes"]))
    alike: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for weekday in sorted(by_day):
        alike.setdefault(tuple(sorted(by_day[weekday])), []).append(weekday)
    return [
        (
            format_weekdays(weekdays),
            [unbroken(format_hours(opens, closes)) for opens, closes in hours],
        )
        for hours, weekdays in alike.items()
    ]


def local_day(row: Any) -> date:
    """Return on which day a session begins where it takes place."""
    start: datetime = row.starts_at
    return start.astimezone(ZoneInfo(row.time_zone)).date()


def opening_words(row: Any, now: datetime) -> str:
    """Return from when one registers for a session, or nothing where one can by now."""
    if not opens_later(row, now):
        return ""
    opening, zone = row.registration_opens_at, row.time_zone
    day = opening.astimezone(ZoneInfo(zone)).date()
    if day == now.astimezone(ZoneInfo(zone)).date():
        return _("Inscription dès %(time)s", time=format_time(opening, zone))
    return _("Inscription dès le %(day)s", day=format_day(day, weekday=False))


def closed_days(closures: list[str], now: datetime) -> str:
    """Return the days to come on which an exhibition is closed, from their ISO dates."""
    days = sorted(date.fromisoformat(closure) for closure in closures)
    return ", ".join(format_day(day, weekday=False) for day in days if day >= now.date())


def paragraphs(text: str) -> Markup:
    """Return a plain text as paragraphs: a blank line parts them, a line end is kept."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>\n").join(map(escape, block.splitlines())))
        for block in blocks
    )


def telephone_link(number: str) -> str:
    """Return the `tel:` address of a number as people write it."""
    return "tel:" + re.sub(r"[^\d+]", "", number.replace("(0)", ""))


def site_name(link: str) -> str:
    """Return the host of an address, to say where a link leads; nothing for what is no web link."""
    parts: Any = urlsplit(link)
    return str(parts.hostname or "").removeprefix("www.") if parts.scheme in _WEB else ""


_WEB = ("http", "https")
