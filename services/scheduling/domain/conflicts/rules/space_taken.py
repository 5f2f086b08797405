"""More sessions in a space than it takes at once."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.sweeping import common, crowds
from services.scheduling.domain.conflicts.words import place, titles, when
from shared.i18n import lazy_gettext as _
from shared.i18n import lazy_ngettext


@rule(_("Salle déjà prise"))
def space_taken(board: Board) -> Iterator[Finding]:
    """Blocks; beside an exhibition it warns, since people do meet among its panels."""
    for space, sessions in board.by_space.items():
        if space.sessions_at_once is None or len(sessions) <= space.sessions_at_once:
            continue
        for crowd in crowds(board.spans_of(sessions), space.sessions_at_once):
            those = [span[3] for span in crowd]
            begins, ends = common(crowd)
            yield Finding(
                level="warns" if any(each.is_exhibition for each in those) else "blocks",
                subject=space.id.hex,
                sentence=lazy_ngettext(
                    "%(place)s ne reçoit qu’une séance à la fois : %(titles)s, %(when)s.",
                    "%(place)s ne reçoit que %(most)s séances à la fois : %(titles)s, %(when)s.",
                    space.sessions_at_once,
                    most=space.sessions_at_once,
                    place=place(those[0]),
                    titles=titles(those),
                    when=when(begins, ends, those[0].venue.zone),
                ),
                at=begins,
                sessions=those,
            )
