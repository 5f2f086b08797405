"""Somebody who presents when they said that they cannot."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.words import title, when, why
from shared.i18n import lazy_gettext as _


@rule(_("Intervenant·e indisponible"))
def presenter_unavailable(board: Board) -> Iterator[Finding]:
    """Blocks; nobody needs to be at an exhibition all the time."""
    if not board.absences:
        return
    for placed in board.judged:
        for presenter in () if placed.is_exhibition else placed.presenters:
            for absence in board.absences.get(presenter.id, ()):
                if placed.starts_at < absence.ends_at and absence.starts_at < placed.ends_at:
                    yield Finding(
                        level="blocks",
                        subject=f"{presenter.id.hex} {absence.starts_at:%Y%m%d%H%M}",
                        sentence=_(
                            "%(name)s n’est pas disponible%(why)s : %(title)s, %(when)s.",
                            name=presenter.name,
                            why=why(absence.note),
                            title=title(placed),
                            when=when(placed.starts_at, placed.ends_at, placed.venue.zone),
                        ),
                        at=placed.starts_at,
                        sessions=(placed,),
                    )
