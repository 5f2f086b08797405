"""Finding what overlaps, by going through it once in the order in which it begins.

Spans are half open: what ends as another begins does not overlap it, and what takes no time
overlaps nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from operator import itemgetter
from typing import TypeVar

Item = TypeVar("Item")

#: From, until, how much it takes of what there is, and whatever takes it.
Span = tuple[datetime, datetime, int, Item]

_BEGIN = itemgetter(0)
_NEVER = datetime.max.replace(tzinfo=UTC)


def crowds(spans: Iterable[Span[Item]], most: int) -> Iterator[list[Span[Item]]]:
    """Yield every largest set of spans that overlap all at once and take more than `most`.

    Largest: no other span overlaps all of it too (the maximal cliques of the interval graph). Each
    lies around one moment, so that no two pairs of a crowd need to be looked at.
    """
    ordered = sorted((span for span in spans if span[0] < span[1]), key=_BEGIN)
    present: list[Span[Item]] = []
    soonest = _NEVER
    has_grown = False
    for span in ordered:
        begins, ends = span[0], span[1]
        if soonest <= begins:
            if has_grown and _taken(present) > most:
                yield present
            present = [each for each in present if each[1] > begins]
            soonest = min([each[1] for each in present], default=_NEVER)
        present = [*present, span]
        if ends < soonest:
            soonest = ends
        has_grown = True
    if has_grown and _taken(present) > most:
        yield present


def busiest(spans: Iterable[Span[Item]]) -> int:
    """Return how much is taken at the busiest moment."""
    return max((sum(each[2] for each in crowd) for crowd in crowds(spans, 0)), default=0)


def common(crowd: Iterable[Span[Item]]) -> tuple[datetime, datetime]:
    """Return from when until when all of a crowd are there."""
    begins, ends = zip(*((span[0], span[1]) for span in crowd), strict=True)
    return max(begins), min(ends)


def _taken(spans: Iterable[Span[Item]]) -> int:
    return sum([span[2] for span in spans])
