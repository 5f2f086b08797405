"""A session in a space that is said not to be available."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.words import place, title, when, why
from shared.i18n import lazy_gettext as _


@rule(_("Salle indisponible"))
def space_unavailable(board: Board) -> Iterator[Finding]:
    """Blocks; an exhibition only if it would be open then."""
    if not board.absences:
        return
    for placed in board.judged:
        for absence in board.absences.get(placed.space.id, ()) if placed.space else ():
            for begins, ends in board.hours_of(placed):
                if begins < absence.ends_at and absence.starts_at < ends:
                    begins, ends = max(begins, absence.starts_at), min(ends, absence.ends_at)
                    yield Finding(
                        level="blocks",
                        subject=f"{absence.starts_at:%Y%m%d%H%M}",
                        sentence=_(
                            "%(place)s n’est pas disponible%(why)s : %(title)s, %(when)s.",
                            place=place(placed),
                            why=why(absence.note),
                            title=title(placed),
                            when=when(begins, ends, placed.venue.zone),
                        ),
                        at=begins,
                        sessions=(placed,),
                    )
                    break
