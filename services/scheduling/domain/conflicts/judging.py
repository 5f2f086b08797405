"""Judging a board: the rules are asked, one after the other, and what they find is put in order."""

from collections.abc import Collection
from uuid import UUID

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.conflict import LEVELS, Conflict, conflict_of
from services.scheduling.domain.conflicts.rules import RULES

_GRAVITY = {level: number for number, level in enumerate(LEVELS)}


def judge(
    board: Board, kinds: Collection[str] = RULES.keys(), *, about: UUID | None = None
) -> list[Conflict]:
    """Return what the rules of these kinds find of what is judged, the gravest first.

    Of one that goes on for days, the first day is told. `about` keeps to one subject.
    """
    asked = set(board.judged)
    found: dict[str, Conflict] = {}
    for kind in kinds:
        for finding in RULES[kind].find(board):
            if about is not None and not finding.subject.startswith(about.hex):
                continue
            if any(placed in asked for placed in finding.sessions) or any(
                stop.id in board.judged_stops for stop in finding.stops
            ):
                conflict = conflict_of(kind, finding)
                found.setdefault(conflict.key, conflict)
    return sorted(found.values(), key=lambda each: (_GRAVITY[each.level], each.at, each.key))
