"""Somebody who presents at two venues without the time to go from one to the other."""

from collections.abc import Iterator
from datetime import timedelta

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.facts import Placed
from services.scheduling.domain.conflicts.words import Said, duration, minutes, title, when, where
from shared.i18n import format_number
from shared.i18n import lazy_gettext as _
from shared.travelling import kilometres, travel_minutes

#: Who has a day between two sessions is not asked how they travel.
HORIZON = timedelta(hours=24)


@rule(_("Trajet trop court"))
def presenter_travel(board: Board) -> Iterator[Finding]:
    """Warns: the way is reckoned as the crow flies, and only to what somebody does next."""
    farthest = travel_minutes(board.farthest_km, board.travel_kmh, board.travel_margin_minutes)
    horizon = min(HORIZON, timedelta(minutes=farthest))
    for presenter, sessions in board.by_presenter.items():
        for earlier, later in _next_ones(sessions, horizon):
            here, there = earlier.venue, later.venue
            if here is there or here.position is None or there.position is None:
                continue
            km = kilometres(here.position, there.position)
            needed = travel_minutes(km, board.travel_kmh, board.travel_margin_minutes)
            left = minutes(earlier.ends_at, later.starts_at)
            if left >= needed:
                continue
            yield Finding(
                level="warns",
                subject=presenter.id.hex,
                sentence=_(
                    "%(name)s n’a que %(left)s de %(here)s à %(there)s (%(km)s km) et il en "
                    "faudrait %(needed)s ; il manque %(missing)s : %(first)s puis %(second)s, "
                    "%(when)s.",
                    name=presenter.name,
                    left=duration(left),
                    here=where(here),
                    there=where(there),
                    km=Said(format_number, (round(km) if km >= 10 else round(km, 1),)),
                    needed=duration(needed),
                    missing=duration(needed - left),
                    first=title(earlier),
                    second=title(later),
                    when=when(later.starts_at, later.ends_at, there.zone),
                ),
                at=later.starts_at,
                sessions=(earlier, later),
            )


def _next_ones(sessions: list[Placed], horizon: timedelta) -> Iterator[tuple[Placed, Placed]]:
    """Yield each session with those that begin after it, and before which nothing else is over."""
    for number, earlier in enumerate(sessions):
        first_end = None
        for later in sessions[number + 1 :]:
            if later.starts_at < earlier.ends_at:
                continue
            is_far = later.starts_at - earlier.ends_at > horizon
            if is_far or (first_end is not None and first_end <= later.starts_at):
                break
            yield earlier, later
            first_end = min(first_end, later.ends_at) if first_end else later.ends_at
