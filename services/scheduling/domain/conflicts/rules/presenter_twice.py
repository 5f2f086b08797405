"""Somebody who presents in two places at once."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.facts import Placed
from services.scheduling.domain.conflicts.sweeping import common, crowds
from services.scheduling.domain.conflicts.words import titles, when
from shared.i18n import lazy_gettext as _


@rule(_("Intervenant·e à deux endroits"))
def presenter_twice(board: Board) -> Iterator[Finding]:
    """Blocks between timed sessions; at one that lasts for hours, somebody may take over: warns."""
    for presenter, sessions in board.by_presenter.items():
        if len(sessions) < 2:
            continue
        for crowd in crowds(board.spans_of(sessions), 1):
            those = [span[3] for span in crowd]
            if len({_place(each) for each in those}) == 1:
                continue
            timed = {_place(each) for each in those if each.kind == "timed"}
            begins, ends = common(crowd)
            yield Finding(
                level="blocks" if len(timed) > 1 else "warns",
                subject=presenter.id.hex,
                sentence=_(
                    "%(name)s serait à plusieurs endroits en même temps : %(titles)s, %(when)s.",
                    name=presenter.name,
                    titles=titles(those),
                    when=when(begins, ends, those[0].venue.zone),
                ),
                at=begins,
                sessions=those,
            )


def _place(placed: Placed) -> object:
    return placed.space.id if placed.space else placed.venue.id
