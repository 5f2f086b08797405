"""The categories of people that an edition counts: who has a seat, and what was dropped."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

Category = Mapping[str, Any]

#: Who takes a seat unless the session says otherwise, where the edition has them.
_USUALLY_SEATED = ("adults", "children")


def former_after(
    current: Iterable[Category], former: Iterable[Category], wanted: Collection[Category]
) -> list[dict[str, Any]]:
    """Return the categories that the edition had and does not have any more, as last named."""
    kept = {one["code"] for one in wanted}
    known = {one["code"]: dict(one) for one in (*former, *current)}
    return [one for code, one in known.items() if code not in kept]


def usually_seated(categories: Iterable[Category]) -> list[str]:
    """Return who takes a seat where nobody says: adults and children, else everybody."""
    codes = [one["code"] for one in categories]
    return [code for code in codes if code in _USUALLY_SEATED] or codes


def seated_of(wanted: Sequence[str], categories: Sequence[Category]) -> list[str]:
    """Return those of `wanted` that an edition counts, as they stand; where it counts none, usual.

    For what comes from elsewhere or from before, where nobody can be asked.
    """
    codes = {one["code"] for one in categories}
    found = [code for code in wanted if code in codes]
    return found or (usually_seated(categories) if wanted else [])
