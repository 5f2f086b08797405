"""A session while its venue is closed."""

from collections.abc import Iterator
from datetime import datetime

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.facts import Placed
from services.scheduling.domain.conflicts.weeks import local_days
from services.scheduling.domain.conflicts.words import Said, day_of, title, when, where
from shared.i18n import lazy_gettext as _
from shared.i18n import weekday_name


@rule(_("Lieu fermé"))
def venue_closed(board: Board) -> Iterator[Finding]:
    """Blocks on a day of closure; outside the weekly hours it warns: a venue may open for once."""
    for placed in board.judged:
        venue = placed.venue
        if venue.closures:
            yield from _on_closures(placed)
        if venue.opening_hours:
            yield from _outside_week(placed) if placed.is_exhibition else _outside_hours(placed)


def _on_closures(placed: Placed) -> Iterator[Finding]:
    starts, ends = placed.local
    if placed.is_exhibition:
        days = [
            day
            for day in sorted(placed.venue.closures - placed.closures)
            if starts.date().isoformat() <= day <= ends.date().isoformat()
            and datetime.fromisoformat(day).isoweekday() in placed.week.days
        ][:1]
    else:
        touched = [day.isoformat() for day in local_days(starts, ends)]
        days = [day for day in touched if day in placed.venue.closures][:1]
    for day in days:
        yield Finding(
            level="blocks",
            subject=f"{placed.venue.id.hex} {day}",
            sentence=_(
                "%(venue)s est fermé %(day)s : %(title)s.",
                venue=where(placed.venue),
                day=day_of(datetime.fromisoformat(day).date()),
                title=title(placed),
            ),
            at=placed.starts_at,
            sessions=(placed,),
        )


def _outside_hours(placed: Placed) -> Iterator[Finding]:
    starts, ends = placed.local
    if placed.venue.opening_hours.covers(starts, ends):
        return
    if not placed.venue.closures.isdisjoint(day.isoformat() for day in local_days(starts, ends)):
        return
    yield Finding(
        level="warns",
        subject=f"{placed.venue.id.hex} {starts:%Y-%m-%d}",
        sentence=_(
            "%(title)s est hors des horaires d’ouverture de %(venue)s : %(when)s.",
            title=title(placed),
            venue=where(placed.venue),
            when=when(placed.starts_at, placed.ends_at, placed.venue.zone),
        ),
        at=placed.starts_at,
        sessions=(placed,),
    )


def _outside_week(placed: Placed) -> Iterator[Finding]:
    """Look at an exhibition's week once, not at each of its days."""
    open_days = placed.venue.opening_hours.days
    for weekday, openings in sorted(placed.week.days.items()):
        inside = open_days.get(weekday, ())
        if all(any(o <= begin and end <= c for o, c in inside) for begin, end in openings):
            continue
        yield Finding(
            level="warns",
            subject=placed.venue.id.hex,
            sentence=_(
                "%(title)s serait ouverte le %(weekday)s hors des horaires de %(venue)s.",
                title=title(placed),
                weekday=Said(weekday_name, (weekday,)),
                venue=where(placed.venue),
            ),
            at=placed.starts_at,
            sessions=(placed,),
        )
        return
