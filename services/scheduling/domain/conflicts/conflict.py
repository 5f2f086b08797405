"""A conflict, as it is told: what kind, how grave, between which sessions, in a sentence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from shared.i18n import LazyText

if TYPE_CHECKING:
    from services.scheduling.domain.conflicts.accepting import Acceptance
    from services.scheduling.domain.conflicts.board import Board
    from services.scheduling.domain.conflicts.facts import Placed, StopFacts

#: `blocks`: it cannot take place so. `warns`: it will probably go wrong. `informs`: good to know.
Level = Literal["blocks", "warns", "informs"]

#: The levels, the gravest first.
LEVELS: tuple[Level, ...] = ("blocks", "warns", "informs")


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands in the way of some sessions, or of stops of a tour.

    `sessions` and `stops` are ids, the earliest first; `at` is when it begins (UTC). `key` stays
    the same while the same things are in conflict about the same, wherever in time they are moved;
    where a day is the trouble, it is of that day. `accepted` tells who wants it so.
    """

    kind: str
    level: Level
    sessions: tuple[UUID, ...]
    sentence: LazyText
    key: str
    at: datetime
    stops: tuple[UUID, ...] = ()
    accepted: "Acceptance | None" = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found. `subject` names what it is about, so that keys differ."""

    level: Level
    subject: str
    sentence: LazyText
    at: datetime
    sessions: Sequence["Placed"] = ()
    stops: Sequence["StopFacts"] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of conflict: its name, what it is called on pages, and how it is found."""

    kind: str
    label: LazyText
    find: Callable[["Board"], Iterator[Finding]]


def rule(label: LazyText) -> Callable[[Callable[["Board"], Iterator[Finding]]], Rule]:
    """Make a function a rule: its name is the kind, and its module is called the same."""

    def made(find: Callable[["Board"], Iterator[Finding]]) -> Rule:
        return Rule(find.__name__, label, find)

    return made


def conflict_of(kind: str, found: Finding) -> Conflict:
    """Return a finding as the conflict that is told."""
    placed = [(each.starts_at, each.id) for each in found.sessions]
    placed += [(stop.arrives_at, stop.session_id) for stop in found.stops if stop.session_id]
    sessions = tuple(each for _at, each in sorted(placed))
    stops = tuple(
        stop.id for stop in sorted(found.stops, key=lambda each: (each.arrives_at, each.id))
    )
    key = _key(kind, found.subject, (*sessions, *stops))
    return Conflict(kind, found.level, sessions, found.sentence, key, found.at, stops)


def counts_by_level(conflicts: Iterable[Conflict]) -> dict[Level, int]:
    """Return how many of each level nobody has accepted."""
    counts: dict[Level, int] = dict.fromkeys(LEVELS, 0)
    for conflict in conflicts:
        if conflict.accepted is None:
            counts[conflict.level] += 1
    return counts


def _key(kind: str, subject: str, ids: tuple[UUID, ...]) -> str:
    text = "\n".join((subject, *sorted(each.hex for each in ids)))
    return f"{kind}-{blake2b(text.encode(), digest_size=12).hexdigest()}"
