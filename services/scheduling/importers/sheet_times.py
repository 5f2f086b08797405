"""Days, clocks and lengths as people write them in the cells of a spreadsheet.

A cell of Excel that is a date or a time comes as one; anything else is text, in French or English.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.importers.malformed import quoted
from shared.i18n import lazy_gettext as _l
from shared.text import fold

_MONTHS = (
    ("janvier", "janv", "jan", "january"),
    ("fevrier", "fevr", "fev", "february", "feb"),
    ("mars", "march", "mar"),
    ("avril", "avr", "april", "apr"),
    ("mai", "may"),
    ("juin", "june", "jun"),
    ("juillet", "juil", "july", "jul"),
    ("aout", "august", "aug"),
    ("septembre", "sept", "sep", "september"),
    ("octobre", "oct", "october"),
    ("novembre", "nov", "november"),
    ("decembre", "dec", "december"),
)
_MONTH_NUMBERS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
_WEEKDAYS = (
    ("lundi", "lun", "monday", "mon"),
    ("mardi", "mar", "tuesday", "tue"),
    ("mercredi", "mer", "wednesday", "wed"),
    ("jeudi", "jeu", "thursday", "thu"),
    ("vendredi", "ven", "friday", "fri"),
    ("samedi", "sam", "saturday", "sat"),
    ("dimanche", "dim", "sunday", "sun"),
)
_WEEKDAY_LABELS = (
    _l("lundi"),
    _l("mardi"),
    _l("mercredi"),
    _l("jeudi"),
    _l("vendredi"),
    _l("samedi"),
    _l("dimanche"),
)
WEEKDAY_NUMBERS = {word: number for number, words in enumerate(_WEEKDAYS, 1) for word in words}

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]0?0:00(?::00)?)?")
_NUMERIC = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})(?:\s*[/.\- ]\s*(\d{4}|\d{2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?[\s\-]+([a-z]+)\.?(?:[\s\-,]+(\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")
_CLOCK = re.compile(
    r"(\d{1,2})\s*(?:(?:[:.]|h|hrs?|heures?)\s*(\d{2})?(?:\s*:\s*(\d{2}))?)?\s*(?:mn|min)?"
    r"\s*(am|pm|a\.m\.|p\.m\.)?\s*(?:\(?(?:utc)?([+-]\d{2}):?(\d{2})\)?)?"
)
_LENGTH = re.compile(
    r"(?:(\d{1,3})\s*(?:h|heures?|hours?)\s*)?(?:(\d{1,4})\s*(?:mn|min|minutes?|')?)?"
)


@dataclass(frozen=True)
class Clock:
    """A time of day; `days` is 1 for midnight at its end. `offset` (minutes) is seldom written.

    It tells which of two is meant where clocks go back.
    """

    at: time
    days: int = 0
    offset: int | None = None


def is_month_first(values: Iterable[Any]) -> bool:
    """Tell whether the days of a file have their month first, as in America: 10/24/2026.

    That is so if one of them can mean nothing else, and none is a day before a month.
    """
    found = [_NUMERIC.fullmatch(value.strip()) for value in values if isinstance(value, str)]
    pairs = [(int(match[1]), int(match[2])) for match in found if match]
    return any(month > 12 for _day, month in pairs) and all(day <= 12 for day, _month in pairs)


def read_day(value: Any, year: int | None = None, *, month_first: bool = False) -> date:
    """Return the day that a cell names; `year` completes one without. Raises `Fault`."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise _no_day(value)
    text = fold(value)
    weekday, text = _weekday_first(text)
    found = _day_of(text, year, month_first=month_first)
    if found is None:
        raise _no_day(value)
    if weekday is not None and found.isoweekday() != weekday:
        raise Fault(
            _l(
                "Le %(date)s est un %(day)s : le jour de la semaine et la date ne vont pas "
                "ensemble.",
                date=f"{found:%d/%m/%Y}",
                day=_WEEKDAY_LABELS[found.weekday()],
            )
        )
    return found


def read_clock(value: Any) -> Clock:
    """Return the time of day that a cell names. Raises `Fault`."""
    if isinstance(value, datetime):
        return Clock(value.time())
    if isinstance(value, time):
        return Clock(value)
    if isinstance(value, timedelta):
        return _clock_of_length(value)
    if isinstance(value, float) and 0 <= value < 1:
        return _clock_of_length(timedelta(minutes=round(value * 1440)))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = fold(str(value))
    if text in ("midi", "noon"):
        return Clock(time(12))
    if text in ("minuit", "midnight"):
        return Clock(time(0))
    found = _CLOCK.fullmatch(text)
    clock = _clock_of(found) if found else None
    if clock is None:
        raise Fault(
            _l(
                "« %(text)s » n’est pas une heure : écrivez 14h30 ou 14:30.",
                text=quoted(str(value)),
            )
        )
    return clock


def read_minutes(value: Any) -> int:
    """Return how many minutes a cell says that something lasts. Raises `Fault`."""
    minutes: float | None = None
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        minutes = value.hour * 60 + value.minute
    elif isinstance(value, timedelta):
        minutes = value.total_seconds() / 60
    elif isinstance(value, int | float) and not isinstance(value, bool):
        minutes = value
    elif isinstance(value, str):
        minutes = _minutes_of(fold(value))
    if minutes is None or minutes != int(minutes) or not 0 < minutes <= 24 * 60:
        raise Fault(
            _l(
                "« %(text)s » n’est pas une durée : écrivez un nombre de minutes, ou 1h30.",
                text=quoted(str(value)),
            )
        )
    return int(minutes)


def read_days(
    value: Any, year: int | None = None, *, month_first: bool = False
) -> tuple[date, ...]:
    """Return the days that a cell lists, in order. Raises `Fault`."""
    if not isinstance(value, str):
        return (read_day(value, year, month_first=month_first),)
    pieces = [piece for piece in re.split(r"[;,\n]", value) if piece.strip()]
    days = {read_day(piece, year, month_first=month_first) for piece in pieces}
    return tuple(sorted(days))


def _weekday_first(text: str) -> tuple[int | None, str]:
    word, _space, rest = text.partition(" ")
    weekday = WEEKDAY_NUMBERS.get(word.rstrip(".,"))
    return (weekday, rest.strip()) if weekday and rest else (None, text)


def _day_of(text: str, year: int | None, *, month_first: bool) -> date | None:
    if match := _ISO.fullmatch(text):
        return _date(match[1], match[2], match[3])
    if match := _NUMERIC.fullmatch(text):
        day, month = (match[2], match[1]) if month_first else (match[1], match[2])
        return _date(_whole_year(match[3], year), month, day)
    if match := _DAY_FIRST.fullmatch(text):
        return _date(match[3] or year, _MONTH_NUMBERS.get(match[2]), match[1])
    if match := _MONTH_FIRST.fullmatch(text):
        return _date(match[3] or year, _MONTH_NUMBERS.get(match[1]), match[2])
    return None


def _whole_year(written: str | None, year: int | None) -> str | int | None:
    if written is None:
        return year
    return f"20{written}" if len(written) == 2 else written


def _date(year: str | int | None, month: str | int | None, day: str) -> date | None:
    if year is None or month is None:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _clock_of(found: re.Match[str]) -> Clock | None:
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4].startswith("p") else 0)
    offset = None
    if found[5]:
        sign = -1 if found[5].startswith("-") else 1
        offset = int(found[5]) * 60 + sign * int(found[6])
    if (hour, minute, second) == (24, 0, 0):
        return Clock(time(0), 1, offset)
    try:
        return Clock(time(hour, minute, second), 0, offset)
    except ValueError:
        return None


def _clock_of_length(length: timedelta) -> Clock:
    if length == timedelta(days=1):
        return Clock(time(0), 1)
    if not timedelta(0) <= length < timedelta(days=1):
        raise Fault(_l("Une heure va de 0 h à 24 h."))
    return Clock((datetime.min + length).time())


def _minutes_of(text: str) -> int | None:
    if re.fullmatch(r"\d{1,2}:\d{2}(:00)?", text):
        hours, minutes = text.split(":")[:2]
        return int(hours) * 60 + int(minutes)
    found = _LENGTH.fullmatch(text)
    if not found or not (found[1] or found[2]):
        return None
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def _no_day(value: Any) -> Fault:
    return Fault(
        _l(
            "« %(text)s » n’est pas une date : écrivez 24/10/2026 ou 24 octobre 2026.",
            text=quoted(str(value)),
        )
    )
