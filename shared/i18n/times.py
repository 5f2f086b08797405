"""Dates, times and numbers as a reader writes them.

Without a `locale` the current one is used. A time zone is an IANA name; instants are aware.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal

from shared.i18n.translator import SHARED_PACKAGE, Translator, current_locale, translator
from shared.text import NBSP, WORD_JOINER

#: The day before is still meant by a session that ends before this hour of the night.
NIGHT_ENDS = 6

#: Between two times: no line begins with it.
_DASH = f"{NBSP}–{NBSP}"

#: How Babel names our languages: British English, for its day before the month and its 24 hours.
BABEL_LOCALES = {"fr": "fr_FR", "en": "en_GB"}


def format_number(number: float, locale: str | None = None) -> str:
    """Return a number with the separators of the language."""
    return format_decimal(number, locale=BABEL_LOCALES[locale or current_locale()])


def format_day(
    day: date, locale: str | None = None, *, weekday: bool = True, year: bool = False
) -> str:
    """Return « samedi 10 octobre », with its year if asked."""
    chosen = locale or current_locale()
    pattern = ("EEEE " if weekday else "") + "d MMMM" + (" y" if year else "")
    text = format_date(day, pattern, locale=BABEL_LOCALES[chosen])
    if chosen == "fr" and day.day == 1:
        text = text.replace("1 ", "1er ", 1)
    return text


def format_time(instant: datetime, time_zone: str, locale: str | None = None) -> str:
    """Return « 14 h 00 », or “14:00” in English, on the clocks of the zone."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return _clock(local.hour, local.minute, locale or current_locale())


def format_moment(instant: datetime, time_zone: str, locale: str | None = None) -> str:
    """Return when something happened: « samedi 10 octobre 2026 à 14 h 02 »."""
    chosen = locale or current_locale()
    day = instant.astimezone(ZoneInfo(time_zone)).date()
    return translator(SHARED_PACKAGE, chosen).gettext(
        "%(day)s à %(time)s",
        day=format_day(day, chosen, year=True),
        time=format_time(instant, time_zone, chosen),
    )


def format_period(
    starts_on: date, ends_on: date, locale: str | None = None, *, year: bool = False
) -> str:
    """Return « du 3 au 10 octobre », with the years where they differ or when asked."""
    chosen = locale or current_locale()
    speak = translator(SHARED_PACKAGE, chosen)
    if starts_on == ends_on:
        return speak.gettext(
            "le %(day)s", day=format_day(starts_on, chosen, weekday=False, year=year)
        )
    both = starts_on.year != ends_on.year
    if not both and starts_on.month == ends_on.month:
        start = "1er" if chosen == "fr" and starts_on.day == 1 else str(starts_on.day)
    else:
        start = format_day(starts_on, chosen, weekday=False, year=both)
    end = format_day(ends_on, chosen, weekday=False, year=both or year)
    return speak.gettext("du %(start)s au %(end)s", start=start, end=end)


def format_session_time(
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    kind: str = "timed",
    locale: str | None = None,
    *,
    weekly_hours: Iterable[Mapping[str, Any]] = (),
    year: bool = False,
) -> str:
    """Return when a session is, in one line, as its `kind` needs.

    Timed: « samedi 10 octobre, 14 h 00 – 15 h 30 ». Drop-in: « samedi 10 octobre, en continu de
    10 h 00 à 18 h 00 ». Exhibition: « du 3 octobre au 10 janvier, du mardi au dimanche ».
    """
    chosen = locale or current_locale()
    speak = translator(SHARED_PACKAGE, chosen)
    zone = ZoneInfo(time_zone)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if kind == "exhibition":
        period = format_period(start.date(), _last_day(end), chosen, year=year)
        days = format_weekdays({int(hours["weekday"]) for hours in weekly_hours}, chosen)
        return f"{period}, {days}" if days else period
    words = {
        "day": format_day(start.date(), chosen, year=year),
        "start": _clock(start.hour, start.minute, chosen),
        "end": _clock(end.hour, end.minute, chosen),
    }
    if _is_one_evening(start, end):
        if kind == "drop_in":
            return speak.gettext("%(day)s, en continu de %(start)s à %(end)s", **words)
        if start == end:
            return speak.gettext("%(day)s à %(start)s", **words)
        return f"{words['day']}, {_span(words['start'], words['end'])}"
    words["last_day"] = format_day(end.date(), chosen, year=year)
    return speak.gettext("du %(day)s, %(start)s, au %(last_day)s, %(end)s", **words)


def format_span(
    starts_at: datetime, ends_at: datetime, time_zone: str, locale: str | None = None
) -> str:
    """Return from when to when something is, whole days as days.

    « lundi 21 décembre, toute la journée », « du lundi 21 décembre au mercredi 23 décembre », else
    as a session at fixed hours.
    """
    chosen = locale or current_locale()
    zone = ZoneInfo(time_zone)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if start >= end or start.time() != time() or end.time() != time():
        return format_session_time(starts_at, ends_at, time_zone, locale=chosen)
    speak = translator(SHARED_PACKAGE, chosen)
    first, last = start.date(), _last_day(end)
    day = format_day(first, chosen)
    if first == last:
        return speak.gettext("%(day)s, toute la journée", day=day)
    return speak.gettext("du %(start)s au %(end)s", start=day, end=format_day(last, chosen))


def format_clock(text: str, locale: str | None = None) -> str:
    """Return a local time written `HH:MM` as the language writes it: « 9 h 30 »."""
    hour, _colon, minute = text.partition(":")
    return _clock(int(hour), int(minute), locale or current_locale())


def format_hours(opens: str, closes: str, locale: str | None = None) -> str:
    """Return local times written `HH:MM` as « 9 h 30 – 12 h 00 », with no line between them."""
    return _span(format_clock(opens, locale), format_clock(closes, locale))


def unbroken(text: str) -> str:
    """Return a text for a page, where a line may not break after the dash between two times.

    After a dash it may, whatever space follows; files, mails and calendars keep the text as it is,
    since not every program that shows them knows the word joiner.
    """
    return text.replace(_DASH, f"{NBSP}–{WORD_JOINER}{NBSP}")


def weekday_name(weekday: int, locale: str | None = None, *, short: bool = False) -> str:
    """Return the name of an ISO weekday: « mardi », or « mar. »."""
    width: Literal["abbreviated", "wide"] = "abbreviated" if short else "wide"
    names = get_day_names(width, locale=BABEL_LOCALES[locale or current_locale()])
    return str(names[weekday - 1])


def format_weekdays(weekdays: Iterable[int], locale: str | None = None) -> str:
    """Return « du mardi au dimanche », « le mercredi et le samedi », from ISO weekdays.

    No weekday gives an empty text.
    """
    chosen = locale or current_locale()
    speak = translator(SHARED_PACKAGE, chosen)
    days = sorted(set(weekdays))
    if not days:
        return ""
    if len(days) == 7:
        return speak.gettext("tous les jours")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        first, last = weekday_name(days[0], chosen), weekday_name(days[-1], chosen)
        return speak.gettext("du %(first)s au %(last)s", first=first, last=last)
    named = [speak.gettext("le %(weekday)s", weekday=weekday_name(day, chosen)) for day in days]
    return _listed(named, speak)


def _listed(words: list[str], speak: Translator) -> str:
    if len(words) == 1:
        return words[0]
    return speak.gettext("%(first)s et %(last)s", first=", ".join(words[:-1]), last=words[-1])


def _span(first: str, last: str) -> str:
    return f"{first}{_DASH}{last}"


def _clock(hour: int, minute: int, locale: str) -> str:
    return f"{hour}{NBSP}h{NBSP}{minute:02}" if locale == "fr" else f"{hour}:{minute:02}"


def _is_one_evening(start: datetime, end: datetime) -> bool:
    if start.date() == end.date():
        return True
    return end.date() - start.date() == timedelta(days=1) and end.hour < NIGHT_ENDS


def _last_day(end: datetime) -> date:
    return (end - timedelta(microseconds=1)).date()
