"""Dates that a rule repeats (RFC 5545, section 3.3.10), bounded in number and in time."""

import re
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

from services.scheduling.importers.malformed import Malformed, quoted
from shared.i18n import lazy_gettext as _l

#: How many dates one series may have.
MOST_DATES = 1_000
#: How long a series without an end is followed, from its first date.
ENDLESS = timedelta(days=366)
#: How long any other is followed.
LONGEST = timedelta(days=10 * 366)
#: The Gregorian calendar, weekdays included, is the same again after this many years.
_CYCLE = 400
_LAST_YEAR = 9998

_PART = re.compile(
    r"FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY)|(INTERVAL|COUNT)=\d{1,5}|WKST=[A-Z]{2}"
    r"|UNTIL=\d{8}(T\d{6}Z?)?|BYDAY=([+-]?\d{0,2}(MO|TU|WE|TH|FR|SA|SU),?){1,60}"
    r"|BY(MONTH|MONTHDAY|YEARDAY|WEEKNO|SETPOS|HOUR|MINUTE|SECOND)=([+-]?\d{1,3},?){1,60}"
)


class Barren(Malformed):
    """A rule that never comes to a date; finding that out takes a while."""


def is_endless(rule: str) -> bool:
    """Tell whether a rule says neither how often nor until when."""
    return not re.search(r"(COUNT|UNTIL)=", rule.upper())


def until_of(rule: str) -> str:
    """Return a rule's last date as it is written, or nothing."""
    match = re.search(r"UNTIL=([0-9TZ]+)", rule.upper())
    return match[1] if match else ""


def dates_of(rule: str, start: datetime, until: datetime | None) -> list[datetime]:
    """Return the dates of a rule from `start` on, local as `start` is (without a zone).

    `until` is the rule's own end, local too. Raises `Malformed` for a rule that is none, that
    repeats every second, or that has too many dates.
    """
    parts = rule.upper().replace(" ", "").strip(";").split(";")
    names = [part.partition("=")[0] for part in parts]
    if not all(_PART.fullmatch(part) for part in parts) or len(set(names)) < len(names):
        raise _unread(rule)
    end = start + (ENDLESS if is_endless(rule) else LONGEST)
    end = min(end, until) if until else end
    # A rule that never fits is followed up to the last year that there is: begun late, in a year
    # with the same calendar, it comes to that soon.
    shift = (_LAST_YEAR - end.year) // _CYCLE * _CYCLE
    kept = ";".join(part for part in parts if not part.startswith("UNTIL="))
    try:
        found = _followed(kept, _shifted(start, shift), _shifted(end, shift))
        return [_shifted(date, -shift) for date in found]
    except Malformed:
        raise
    except (ValueError, OverflowError, TypeError, IndexError):
        raise _unread(rule) from None


def _followed(rule: str, start: datetime, end: datetime) -> list[datetime]:
    found: list[datetime] = []
    for date in rrulestr(rule, dtstart=start):
        if date > end:
            return found
        found.append(date)
        if len(found) > MOST_DATES:
            raise Malformed(_l("la répétition a plus de %(n)s dates", n=MOST_DATES))
    if not found:
        raise Barren(_l("la répétition n’a aucune date"))
    return found


def _shifted(date: datetime, years: int) -> datetime:
    return date.replace(year=date.year + years)


def _unread(rule: str) -> Malformed:
    return Malformed(_l("la répétition « %(rule)s » n’est pas lisible", rule=quoted(rule)))
