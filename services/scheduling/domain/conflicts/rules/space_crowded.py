"""Sessions side by side that together take more people than their space holds."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.sweeping import common, crowds
from services.scheduling.domain.conflicts.words import place, titles, when
from shared.i18n import lazy_gettext as _


@rule(_("Trop de monde ensemble"))
def space_crowded(board: Board) -> Iterator[Finding]:
    """Warns: not everybody may come. Where a space takes one session, that is trouble enough."""
    for space, sessions in board.by_space.items():
        if space.capacity is None or space.sessions_at_once == 1 or len(sessions) < 2:
            continue
        spans = [
            (begins, ends, placed.capacity or 0, placed)
            for begins, ends, _one, placed in board.spans_of(sessions)
            if placed.capacity and placed.capacity <= space.capacity
        ]
        for crowd in crowds(spans, space.capacity):
            those = [span[3] for span in crowd]
            begins, ends = common(crowd)
            yield Finding(
                level="warns",
                subject=space.id.hex,
                sentence=_(
                    "%(place)s contient %(most)s personnes, et %(titles)s y ont ensemble "
                    "%(seats)s places : %(when)s.",
                    place=place(those[0]),
                    most=space.capacity,
                    titles=titles(those),
                    seats=sum(span[2] for span in crowd),
                    when=when(begins, ends, those[0].venue.zone),
                ),
                at=begins,
                sessions=those,
            )
