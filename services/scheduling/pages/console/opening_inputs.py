"""Fields of opening hours and closed days, which sessions, venues and communes have alike."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.scheduling.pages.console.inputs import Input, read_clock, read_day, rows
from shared.i18n import LazyText, format_day, weekday_name

HOURS = ("weekday", "opens", "closes")

Rows = Sequence[Mapping[str, Any]]


def hours_input(name: str, label: LazyText) -> Input:
    """Return the field of weekly hours."""
    return rows(name, label, HOURS, read=read_hours, show=show_hours, words=hours_words)


def closures_input(name: str, label: LazyText) -> Input:
    """Return the field of the days on which it is closed."""
    return rows(name, label, ("day",), read=read_closures, show=show_closures, words=closures_words)


def read_hours(sent: Rows) -> list[dict[str, Any]]:
    """Return the hours that the rows mean; raises `Fault` for a time that is none."""
    openings = []
    for row in sent:
        opens, closes = read_clock(row["opens"]), read_clock(row["closes"])
        weekday = row["weekday"]
        openings.append(
            {
                "weekday": int(weekday) if weekday in tuple("1234567") else None,
                "opens": f"{opens:%H:%M}" if opens else None,
                "closes": f"{closes:%H:%M}" if closes else None,
            }
        )
    return openings


def show_hours(openings: Rows) -> list[dict[str, str]]:
    """Return stored hours as rows of the form."""
    return [{name: str(opening[name]) for name in HOURS} for opening in openings]


def hours_words(sent: Rows) -> str:
    """Return the rows in words, a line each."""
    return "\n".join(f"{_weekday(row['weekday'])} {row['opens']} – {row['closes']}" for row in sent)


def read_closures(sent: Rows) -> list[date]:
    """Return the days that the rows mean; raises `Fault` for a day that is none."""
    days = [read_day(row["day"]) for row in sent]
    return [day for day in days if day is not None]


def show_closures(days: Sequence[str]) -> list[dict[str, str]]:
    """Return stored days as rows of the form."""
    return [{"day": day} for day in days]


def closures_words(sent: Rows) -> str:
    """Return the rows in words, a line each."""
    return "\n".join(day_words(row["day"]) for row in sent)


def day_words(text: str) -> str:
    """Return a day in words; what is no day stays as it was typed."""
    try:
        return format_day(date.fromisoformat(text)) if text else ""
    except ValueError:
        return text


def _weekday(text: str) -> str:
    return weekday_name(int(text)) if text in tuple("1234567") else "?"
