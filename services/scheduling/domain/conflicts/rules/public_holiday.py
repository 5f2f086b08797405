"""A session on a public holiday."""

from collections.abc import Iterator
from datetime import date, timedelta

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.facts import Placed
from services.scheduling.domain.conflicts.public_holidays import (
    holiday_name,
    holidays_between,
    is_of_some_communes,
    region_of,
)
from services.scheduling.domain.conflicts.weeks import local_days
from services.scheduling.domain.conflicts.words import Said, day_of, listed, title, where
from shared.i18n import LazyText, format_day
from shared.i18n import lazy_gettext as _


@rule(_("Jour férié"))
def public_holiday(board: Board) -> Iterator[Finding]:
    """Informs; an exhibition when it would be open, and its closures leave the day out."""
    if board.window is None:
        return
    first, last = (instant.date() for instant in board.window)
    known: dict[str, frozenset[date]] = {}
    for placed in board.judged:
        region = region_of(placed.venue)
        if region is None:
            continue
        if region not in known:
            known[region] = holidays_between(first - _DAY, last + _DAY, region)
        if not known[region]:
            continue
        days = _days(placed, known[region])
        if days:
            yield Finding(
                level="informs",
                subject=" ".join(day.isoformat() for day in days),
                sentence=_sentence(placed, days, region),
                at=placed.starts_at,
                sessions=(placed,),
            )


_DAY = timedelta(days=1)


def _days(placed: Placed, holidays: frozenset[date]) -> list[date]:
    starts, ends = placed.local
    if not placed.is_exhibition:
        return [day for day in local_days(starts, ends) if day in holidays]
    return [
        day
        for day in sorted(holidays)
        if starts.date() <= day <= ends.date()
        and day.isoweekday() in placed.week.days
        and day.isoformat() not in placed.closures
    ]


def _sentence(placed: Placed, days: list[date], region: str) -> LazyText:
    day = days[0]
    said = {
        "title": title(placed),
        "day": day_of(day),
        "holiday": Said(holiday_name, (day, region)),
        "where": where(placed.venue),
    }
    if len(days) > 1:
        named = listed(Said(_named_day, (each, region)) for each in days)
        return _(
            "%(title)s serait ouverte %(n)s jours fériés, à %(where)s : %(days)s.",
            title=said["title"],
            n=len(days),
            where=said["where"],
            days=named,
        )
    if is_of_some_communes(day, region):
        return _(
            "%(title)s a lieu %(day)s, à %(where)s : %(holiday)s, férié dans les communes "
            "d’Alsace et de Moselle qui ont un temple protestant ou une église mixte.",
            **said,
        )
    return _("%(title)s a lieu un jour férié, %(day)s (%(holiday)s), à %(where)s.", **said)


def _named_day(day: date, region: str) -> str:
    return f"{format_day(day, weekday=False)} ({holiday_name(day, region)})"
