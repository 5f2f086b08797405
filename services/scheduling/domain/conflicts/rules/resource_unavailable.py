"""A resource that is booked while it is said not to be available."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.bookings import booked, told_of
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.words import when, why
from shared.i18n import lazy_gettext as _


@rule(_("Matériel indisponible"))
def resource_unavailable(board: Board) -> Iterator[Finding]:
    """Blocks: it is away, or being mended."""
    if not board.absences:
        return
    for resource, sessions, stops in board.by_resource:
        for absence in board.absences.get(resource.id, ()):
            for span in booked(sessions, stops):
                begins, ends = span[0], span[1]
                if begins < absence.ends_at and absence.starts_at < ends:
                    told = told_of([span])
                    yield Finding(
                        level="blocks",
                        subject=f"{resource.id.hex} {absence.starts_at:%Y%m%d%H%M}",
                        sentence=_(
                            "%(name)s n’est pas disponible%(why)s : %(who)s, %(when)s.",
                            name=resource.name,
                            why=why(absence.note),
                            who=told.words,
                            when=when(
                                max(begins, absence.starts_at),
                                min(ends, absence.ends_at),
                                told.zone,
                            ),
                        ),
                        at=begins,
                        sessions=told.sessions,
                        stops=told.stops,
                    )
