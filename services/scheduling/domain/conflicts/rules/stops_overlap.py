"""Stops of one tour at the same time, or too near each other for the road between them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.facts import StopFacts
from services.scheduling.domain.conflicts.sweeping import common, crowds
from services.scheduling.domain.conflicts.words import listed, when
from shared.i18n import lazy_gettext as _


@rule(_("Étapes qui se chevauchent"))
def stops_overlap(board: Board) -> Iterator[Finding]:
    """Blocks between confirmed stops; where an option or only the road is concerned, it warns."""
    tours: defaultdict[UUID, list[StopFacts]] = defaultdict(list)
    for stop in board.stops:
        tours[stop.tour_id].append(stop)
    for stops in tours.values():
        spans = [
            (
                stop.arrives_at,
                stop.leaves_at + timedelta(minutes=stop.transport_minutes),
                stop.copies,
                stop,
            )
            for stop in stops
        ]
        for crowd in crowds(spans, stops[0].resource.copies):
            those = [span[3] for span in crowd]
            is_firm = all(stop.state == "confirmed" for stop in those)
            leaves = min(stop.leaves_at for stop in those)
            is_there = max(stop.arrives_at for stop in those) < leaves
            begins, ends = common(crowd)
            yield Finding(
                level="blocks" if is_firm and is_there else "warns",
                subject=those[0].tour_id.hex,
                sentence=_(
                    "%(tour)s (%(name)s) aurait en même temps ces étapes, transport compris : "
                    "%(venues)s, %(when)s.",
                    tour=those[0].tour_name,
                    name=those[0].resource.name,
                    venues=listed(stop.venue_name for stop in those),
                    when=when(begins, ends, those[0].zone),
                ),
                at=begins,
                stops=those,
            )
