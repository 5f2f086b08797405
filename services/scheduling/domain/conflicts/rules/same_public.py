"""Sessions that ask for the same public, on the same theme, in one commune at the same time."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.sweeping import common, crowds
from services.scheduling.domain.conflicts.words import titles, when
from shared.i18n import lazy_gettext as _


@rule(_("Même public au même moment"))
def same_public(board: Board) -> Iterator[Finding]:
    """Informs: timed sessions of different activities, at different venues.

    What one venue has side by side is a programme of its own.
    """
    for sessions in board.by_public:
        if len(sessions) < 2:
            continue
        for crowd in crowds(board.spans_of(sessions), 1):
            those = [span[3] for span in crowd]
            activities = {each.activity.id for each in those}
            venues = {each.venue.id for each in those}
            if len(activities) < 2 or len(venues) < 2:
                continue
            begins, ends = common(crowd)
            commune = those[0].venue.commune
            yield Finding(
                level="informs",
                subject="",
                sentence=_(
                    "%(commune)s : %(titles)s s’adressent au même public sur le même thème "
                    "(%(theme)s), %(when)s.",
                    commune=commune.name if commune else "",
                    titles=titles(those),
                    theme=those[0].activity.theme,
                    when=when(begins, ends, those[0].venue.zone),
                ),
                at=begins,
                sessions=those,
            )
