"""An activity that promises to be accessible, in a space that is not."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.words import listed, place, title
from shared.i18n import lazy_gettext as _


@rule(_("Accessibilité promise"))
def accessibility_missing(board: Board) -> Iterator[Finding]:
    """Warns; a place of which nobody has said anything is not taken to lack it."""
    for placed in board.judged:
        promised = placed.activity.accessibility
        if not promised:
            continue
        offered = placed.space.accessibility if placed.space else None
        if offered is None:
            offered = placed.venue.accessibility or promised
        missing = promised - offered
        if missing:
            yield Finding(
                level="warns",
                subject=" ".join(sorted(missing)),
                sentence=_(
                    "%(title)s promet un accès que %(place)s n’offre pas : %(missing)s.",
                    title=title(placed),
                    place=place(placed),
                    missing=listed(_LABELS.get(code, code) for code in sorted(missing)),
                ),
                at=placed.starts_at,
                sessions=(placed,),
            )


_LABELS = {
    "hi": _("handicap auditif"),
    "ii": _("handicap intellectuel"),
    "mi": _("handicap moteur"),
    "pi": _("handicap psychique"),
    "vi": _("handicap visuel"),
}
