"""Saving a form as it is typed: each field for itself, so that two people can write at once.

The browser sends the fields that changed, each with what it had seen of it. Of a field that both
changed, nothing is stored until somebody chooses; the others are.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.pages.console.forms import Form, Shown

#: Saves columns into the row that is locked.
Save = Callable[[dict[str, Any]], Any]


@dataclass
class Typed:
    """What became of typed fields, by name; `conflicts` has what the other person wrote."""

    saved: list[str] = field(default_factory=list)
    conflicts: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def save_typed(
    form: Form,
    row: Any,
    typed: Mapping[str, Any],
    seen: Mapping[str, Any],
    keep: Collection[str],
    save: Save,
) -> Typed:
    """Store the typed fields that nobody else changed since they were seen, and those in `keep`.

    A field that is refused does not hold back the others.
    """
    outcome = Typed()
    theirs = form.shown(row)
    mine: Shown = {}
    for name, value in typed.items():
        if name not in theirs or not _is_like(value, theirs[name]):
            continue
        if _bare(value) == _bare(theirs[name]):
            outcome.saved.append(name)
        elif name in keep or _bare(seen.get(name)) == _bare(theirs[name]):
            mine[name] = value
        else:
            outcome.conflicts[name] = theirs[name]
    values, unreadable = form.values({**theirs, **mine})
    outcome.faults.update({name: str(unreadable[name]) for name in mine if name in unreadable})
    left = {name: values[name] for name in mine if name not in outcome.faults}
    while left:
        try:
            save(left)
        except Invalid as invalid:
            refused = {name: str(text) for name, text in invalid.faults.items() if name in left}
            if not refused:  # the fault is of a field that stands as it was: the change made it one
                refused = dict.fromkeys(left, str(next(iter(invalid.faults.values()))))
            outcome.faults.update(refused)
            left = {name: value for name, value in left.items() if name not in refused}
            continue
        outcome.saved.extend(left)
        break
    return outcome


def _is_like(value: Any, stored: Any) -> bool:
    """Tell whether a value is of the kind that the field has: a text, or a list of ticked ones."""
    if isinstance(stored, list):
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def _bare(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return sorted(value) if isinstance(value, list) else value
