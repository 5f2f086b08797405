"""A session during which clocks change."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.words import duration, minutes, title, when
from shared.i18n import lazy_gettext as _


@rule(_("Changement d’heure"))
def clock_change(board: Board) -> Iterator[Finding]:
    """Warns: what clocks say of its length is not how long it lasts."""
    for placed in board.judged:
        if placed.is_exhibition:
            continue
        starts, ends = placed.local
        lasts = minutes(placed.starts_at, placed.ends_at)
        shown = minutes(starts, ends)
        if lasts == shown:
            continue
        said = {
            "title": title(placed),
            "when": when(placed.starts_at, placed.ends_at, placed.venue.zone),
            "lasts": duration(lasts),
            "shown": duration(max(shown, 0)),
        }
        yield Finding(
            level="warns",
            subject=f"{starts:%Y-%m-%d}",
            sentence=_(
                "L’heure change pendant %(title)s (%(when)s) : la séance dure %(lasts)s, et les "
                "horloges en montrent %(shown)s.",
                **said,
            ),
            at=placed.starts_at,
            sessions=(placed,),
        )
