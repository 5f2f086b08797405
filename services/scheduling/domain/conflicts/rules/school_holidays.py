"""An activity for schools in the school holidays of its académie."""

from collections.abc import Iterator

from services.scheduling.domain.audiences import SCHOOLS
from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.school_time import HOLIDAY_NAMES, academy_of, holiday_on
from services.scheduling.domain.conflicts.words import day_of, title
from shared.i18n import lazy_gettext as _


@rule(_("Vacances scolaires"))
def school_holidays(board: Board) -> Iterator[Finding]:
    """Informs: leisure centres take part in the holidays too."""
    for placed in board.judged:
        commune = placed.venue.commune
        if placed.activity.audience != SCHOOLS or placed.is_exhibition or commune is None:
            continue
        academy = academy_of(commune.insee_code)
        if academy is None:
            continue
        starts, _ends = placed.local
        name = holiday_on(starts.date(), academy.zone)
        if name is None:
            continue
        yield Finding(
            level="informs",
            subject=f"{starts:%Y-%m-%d}",
            sentence=_(
                "%(title)s est pour les scolaires, %(day)s : l’académie de %(academy)s "
                "(zone %(zone)s) est en vacances (%(holidays)s).",
                title=title(placed),
                day=day_of(starts),
                academy=academy.name,
                zone=academy.zone,
                holidays=HOLIDAY_NAMES.get(name, name),
            ),
            at=placed.starts_at,
            sessions=(placed,),
        )
