"""Words of the rules' sentences, said only when somebody reads them, in the reader's language."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from services.scheduling.domain.conflicts.facts import Placed, VenueFacts
from shared.i18n import (
    current_locale,
    format_clock,
    format_day,
    format_length,
    format_session_time,
    gettext,
    ngettext,
)

#: How many titles a sentence names; the rest it counts.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Said:
    """Part of a sentence that depends on the language, made each time it is shown."""

    say: Callable[..., str]
    about: tuple[Any, ...]

    def __str__(self) -> str:
        return self.say(*self.about)


def title(placed: Placed) -> Said:
    """Return a session's title, between the quotation marks of the language."""
    return Said(_title, (_both(placed),))


def titles(sessions: Iterable[Placed]) -> Said:
    """Return the titles of sessions, one that comes several times once, counted."""
    return Said(_titles, (tuple(_both(placed) for placed in sessions),))


def place(placed: Placed) -> str:
    """Return where a session is: the space, the venue."""
    return f"{placed.space.name}, {placed.venue.name}" if placed.space else placed.venue.name


def where(venue: VenueFacts) -> str:
    """Return a venue with its commune: « Muséum (Grenoble) »."""
    return f"{venue.name} ({venue.commune.name})" if venue.commune else venue.name


def when(starts: datetime, ends: datetime, zone: ZoneInfo) -> Said:
    """Return « samedi 10 octobre, 14 h 00 – 15 h 30 », for instants."""
    return Said(format_session_time, (starts, ends, zone.key))


def day_of(local: datetime | date) -> Said:
    """Return « samedi 10 octobre »."""
    return Said(format_day, (local,))


def clock(local: datetime) -> Said:
    """Return « 14 h 00 » for a local time."""
    return Said(format_clock, (f"{local:%H:%M}",))


def minutes(starts: datetime, ends: datetime) -> int:
    """Return the minutes between two instants, a begun one counted."""
    return ceil((ends - starts).total_seconds() / 60)


def duration(number: int) -> Said:
    """Return « 45 min », « 2 h », « 2 h 05 », « 3 jours »."""
    return Said(_duration, (number,))


def why(note: str | None) -> Said:
    """Return « (en mission) » after a space, or nothing."""
    return Said(_why, (note or "",))


def listed(words: Iterable[Any]) -> Said:
    """Return words one after the other, « A, B et C », the first few of many."""
    return Said(_listed, (tuple(words),))


def _duration(number: int) -> str:
    if number < 2 * 24 * 60:
        return format_length(number)
    days = round(number / (24 * 60))
    return ngettext("%(n)s jour", "%(n)s jours", days)


def _both(placed: Placed) -> tuple[str, str | None]:
    return placed.activity.title_fr, placed.activity.title_en


def _title(title: tuple[str, str | None]) -> str:
    french, english = title
    chosen = english if english and current_locale() == "en" else french
    return gettext("« %(title)s »", title=chosen)


def _titles(both: tuple[tuple[str, str | None], ...]) -> str:
    counted = Counter(_title(each) for each in both)
    return _listed(
        tuple(
            ngettext("%(title)s (%(n)s séance)", "%(title)s (%(n)s séances)", n, title=named)
            if n > 1
            else named
            for named, n in counted.items()
        )
    )


def _why(note: str) -> str:
    return f" ({note})" if note else ""


def _listed(words: tuple[Any, ...]) -> str:
    said = [str(word) for word in words]
    if len(said) > _NAMED + 1:
        rest = len(said) - _NAMED
        said = [*said[:_NAMED], ngettext("%(n)s autre", "%(n)s autres", rest)]
    if len(said) == 1:
        return said[0]
    return gettext("%(first)s et %(last)s", first=", ".join(said[:-1]), last=said[-1])
