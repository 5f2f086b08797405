"""How a mail says things: titles, times, places and head counts, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from shared.contracts.party_categories import Labels, is_usual, label_of, labels_of
from shared.i18n import (
    current_locale,
    format_clock,
    format_day,
    format_period,
    format_session_time,
    format_time,
    format_weekdays,
    ngettext,
)
from shared.i18n import gettext as _
from shared.text import NBSP


def in_locale(text: Mapping[str, str | None]) -> str:
    """Return a text of the contracts in the current language, in French where there is no other."""
    return text.get(current_locale()) or text.get("fr") or ""


def when(session: Mapping[str, Any]) -> str:
    """Return « samedi 10 octobre 2026, 14 h – 15 h 30 », the hours on one line."""
    return _when(
        current_locale(),
        str(session["starts_at"]),
        str(session["ends_at"]),
        session["time_zone"],
        session["kind"],
        tuple(sorted({int(one["weekday"]) for one in session["weekly_hours"] or ()})),
    )


@lru_cache(maxsize=4096)
def _when(
    locale: str, starts_at: str, ends_at: str, time_zone: str, kind: str, weekdays: tuple[int, ...]
) -> str:
    """Say it once for all who are written to about the same session."""
    line = format_session_time(
        datetime.fromisoformat(starts_at),
        datetime.fromisoformat(ends_at),
        time_zone,
        kind,
        locale,
        weekly_hours=[{"weekday": weekday} for weekday in weekdays],
        year=True,
    )
    return _no_break(line)


def deadline(instant: str, time_zone: str) -> str:
    """Return « vendredi 9 octobre à 10 h », for an instant as the contracts write it."""
    until = datetime.fromisoformat(instant)
    day = format_day(until.astimezone(ZoneInfo(time_zone)).date())
    hour = format_time(until, time_zone).replace(f"{NBSP}h{NBSP}00", f"{NBSP}h")
    return f"{day}, {hour}" if current_locale() == "en" else f"{day} à{NBSP}{hour}"


def hours(session: Mapping[str, Any]) -> list[str]:
    """Return when an exhibition is open and on which days it is closed, a line for each."""
    by_weekday: dict[int, list[str]] = {}
    for opening in sorted(session["weekly_hours"] or (), key=lambda one: str(one["opens"])):
        span = f"{format_clock(opening['opens'])} – {format_clock(opening['closes'])}"
        by_weekday.setdefault(int(opening["weekday"]), []).append(_no_break(span))
    by_hours: dict[str, list[int]] = {}
    for weekday, spans in sorted(by_weekday.items()):
        by_hours.setdefault(", ".join(spans), []).append(weekday)
    lines = [
        _("%(days)s : %(hours)s", days=_capital(format_weekdays(weekdays)), hours=spans)
        for spans, weekdays in by_hours.items()
    ]
    closed = sorted(date.fromisoformat(str(day)) for day in session["closures"] or ())
    if closed:
        days = ", ".join(format_day(day, year=True) for day in closed)
        lines.append(_("Fermé : %(days)s", days=days))
    return lines


def time_lines(session: Mapping[str, Any]) -> list[str]:
    """Return everything that is said of a session's time, a line for each."""
    return [when(session), *hours(session)]


def begins(session: Mapping[str, Any]) -> str:
    """Return the beginning alone, for a subject: « samedi 10 octobre à 14 h »."""
    starts_at = datetime.fromisoformat(session["starts_at"])
    ends_at = datetime.fromisoformat(session["ends_at"])
    zone = ZoneInfo(session["time_zone"])
    first, last = starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date()
    if session["kind"] == "exhibition":
        return format_period(first, last)
    day = format_day(first)
    if session["kind"] == "drop_in":
        return day
    hour = _round_hours(format_time(starts_at, session["time_zone"]))
    return f"{day}, {hour}" if current_locale() == "en" else f"{day} à{NBSP}{hour}"


def place(session: Mapping[str, Any]) -> list[str]:
    """Return the lines of the place: venue and space, address, postcode and commune."""
    venue, space = session["venue"], session["space"]
    names = [venue["name"], space["name"] if space else None]
    commune = venue["commune"]["name"] if venue["commune"] else None
    town = " ".join(part for part in (venue["postcode"], commune) if part)
    lines = (", ".join(name for name in dict.fromkeys(names) if name), venue["address"], town)
    return [line for line in lines if line]


def head_count(party: Mapping[str, int], edition: Mapping[str, Any], wheelchairs: int = 0) -> str:
    """Return « 2 adultes, 1 enfant », by the words of an edition as the contracts write it.

    A category that nobody knows keeps its own name. Of those who come, so many need a place for a
    wheelchair: « 2 adultes, dont 1 en fauteuil roulant ».
    """
    known = labels_of(edition)
    counted = [_counted(known, code, party[code]) for code in known if party.get(code)]
    others = [f"{n} × {name}" for name, n in party.items() if name not in known and n]
    needs = [
        ngettext("dont %(n)s en fauteuil roulant", "dont %(n)s en fauteuil roulant", wheelchairs)
    ]
    return ", ".join(counted + others + (needs if wheelchairs else []))


def wheelchairs_of(booking: Mapping[str, Any]) -> int:
    """Return how many of a party need a place for a wheelchair; older events do not say."""
    return int(booking.get("wheelchairs") or 0)


def _counted(known: Labels, category: str, n: int) -> str:
    if not is_usual(known, category):
        who = label_of(known, category, current_locale())
        return _("%(who)s : %(n)s", who=who, n=n)
    if category == "adults":
        return ngettext("%(n)s adulte", "%(n)s adultes", n)
    if category == "children":
        return ngettext("%(n)s enfant", "%(n)s enfants", n)
    if category == "pupils":
        return ngettext("%(n)s élève", "%(n)s élèves", n)
    return ngettext("%(n)s accompagnant", "%(n)s accompagnants", n)


def _no_break(line: str) -> str:
    return _round_hours(line).replace(" – ", f"{NBSP}–{NBSP}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _round_hours(text: str) -> str:
    """Write a full hour as one does in a French sentence: 14 h, not 14 h 00."""
    return text.replace(f"{NBSP}h{NBSP}00", f"{NBSP}h")
