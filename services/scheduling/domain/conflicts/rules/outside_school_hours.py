"""An activity for schools when there is no school."""

from collections.abc import Iterator

from services.scheduling.domain.audiences import SCHOOLS
from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.school_time import school_week
from services.scheduling.domain.conflicts.words import title, when, where
from shared.i18n import lazy_gettext as _


@rule(_("Hors du temps scolaire"))
def outside_school_hours(board: Board) -> Iterator[Finding]:
    """Warns; hours are the commune's, or the usual ones. What goes on over lunch is fine."""
    for placed in board.judged:
        if placed.activity.audience != SCHOOLS or placed.is_exhibition:
            continue
        starts, ends = placed.local
        week = school_week(placed.activity, placed.venue.commune)
        # Classes come for a part of what lasts for hours.
        fits = week.meets if placed.kind == "drop_in" else week.reaches
        if fits(starts, ends):
            continue
        yield Finding(
            level="warns",
            subject=f"{starts:%Y-%m-%dT%H%M}",
            sentence=_(
                "%(title)s est pour les scolaires, hors du temps scolaire de %(where)s : %(when)s.",
                title=title(placed),
                where=placed.venue.commune.name if placed.venue.commune else where(placed.venue),
                when=when(placed.starts_at, placed.ends_at, placed.venue.zone),
            ),
            at=placed.starts_at,
            sessions=(placed,),
        )
