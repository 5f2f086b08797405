"""A session while the organisation that proposes it said that it cannot."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.words import title, when, why
from shared.i18n import lazy_gettext as _


@rule(_("Structure indisponible"))
def organisation_unavailable(board: Board) -> Iterator[Finding]:
    """Warns: somebody else may stand in. An exhibition stands by itself."""
    if not board.absences:
        return
    for placed in board.judged:
        organisation_id = placed.activity.organisation_id
        if organisation_id is None or placed.is_exhibition:
            continue
        for absence in board.absences.get(organisation_id, ()):
            if placed.starts_at < absence.ends_at and absence.starts_at < placed.ends_at:
                yield Finding(
                    level="warns",
                    subject=f"{organisation_id.hex} {absence.starts_at:%Y%m%d%H%M}",
                    sentence=_(
                        "%(name)s n’est pas disponible%(why)s : %(title)s, %(when)s.",
                        name=placed.activity.organisation_name or "",
                        why=why(absence.note),
                        title=title(placed),
                        when=when(placed.starts_at, placed.ends_at, placed.venue.zone),
                    ),
                    at=placed.starts_at,
                    sessions=(placed,),
                )
