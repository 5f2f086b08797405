"""A session that takes more people than its space holds."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.words import place, title
from shared.i18n import lazy_gettext as _
from shared.i18n import lazy_ngettext


@rule(_("Jauge dépassant la salle"))
def space_too_small(board: Board) -> Iterator[Finding]:
    """Blocks: how many a space holds is a matter of safety."""
    for placed in board.judged:
        space, capacity = placed.space, placed.capacity
        if space is None or capacity is None or space.capacity is None:
            continue
        if capacity > space.capacity:
            yield Finding(
                level="blocks",
                subject=space.id.hex,
                sentence=lazy_ngettext(
                    "%(title)s a %(seats)s places, et %(place)s ne contient qu’une personne.",
                    "%(title)s a %(seats)s places, et %(place)s ne contient que %(n)s personnes.",
                    space.capacity,
                    title=title(placed),
                    seats=capacity,
                    place=place(placed),
                ),
                at=placed.starts_at,
                sessions=(placed,),
            )
