"""Two people changed the same thing: their changes are put together, or set side by side."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.scheduling.pages.console.forms import Part, Shown


@dataclass(frozen=True)
class Merged:
    """Both versions in one; where `both` changed a part, mine stands until somebody chooses."""

    shown: Shown
    both: tuple[Part, ...]
    theirs: tuple[Part, ...]


def merge(parts: Sequence[Part], seen: Shown, mine: Shown, theirs: Shown) -> Merged:
    """Put my changes of what was seen together with those that are stored by now."""
    shown = dict(mine)
    both, taken = [], []
    for part in parts:
        was, here, there = (_of(part, version) for version in (seen, mine, theirs))
        if here == there or there == was:
            continue
        if here == was:
            shown |= {name: theirs[name] for name in part.fields}
            taken.append(part)
        else:
            both.append(part)
    return Merged(shown, tuple(both), tuple(taken))


def read_seen(text: str) -> Shown:
    """Return what a form showed when it was opened; what cannot be read showed nothing."""
    try:
        seen = json.loads(text)
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def _of(part: Part, shown: Shown) -> list[Any]:
    return [_bare(shown.get(name)) for name in part.fields]


def _bare(value: Any) -> Any:
    """Return a value without what makes no difference: spaces around a text."""
    return value.strip() if isinstance(value, str) else value
