"""What is wrong with where and when sessions are placed: conflicts, and the rules that find them.

`check_placement` judges one session somewhere, by its neighbourhood alone; `check_edition` judges
all of an edition. Both put what they read on a `Board` and run the same rules on it, a module for
each in `rules/`: to add one, add its module.
"""

from services.scheduling.domain.conflicts.accepting import (
    Acceptance,
    accept_conflict,
    take_back_acceptance,
)
from services.scheduling.domain.conflicts.checking import (
    check_edition,
    check_placement,
    check_resource,
    check_session,
)
from services.scheduling.domain.conflicts.conflict import LEVELS, Conflict, Level, counts_by_level

__all__ = [
    "LEVELS",
    "Acceptance",
    "Conflict",
    "Level",
    "accept_conflict",
    "check_edition",
    "check_placement",
    "check_resource",
    "check_session",
    "counts_by_level",
    "take_back_acceptance",
]
