"""A form that two people saved: what only one of them changed is taken, the rest is asked.

The form carries, for each field, a fingerprint of the value that it was opened with.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Before a field's name: its fingerprint, and which of two values is to be kept.
SEEN, KEEP = "seen-", "keep-"


@dataclass(frozen=True)
class Merged:
    """The fields as one form would save them, and those that both changed, by name."""

    values: dict[str, str]
    conflicts: tuple[str, ...]


def fingerprint(value: str) -> str:
    """Return what tells a typed value from another, whatever its line ends."""
    return hashlib.sha256("\n".join(value.split("\r\n")).strip().encode()).hexdigest()[:16]


def merge(names: Iterable[str], form: Mapping[str, str], theirs: Mapping[str, str]) -> Merged:
    """Return the values of a form joined with those that somebody saved since it was opened.

    Of a field that both changed the form's `keep-{name}` says whose to keep; until it does, the
    typed one stands and the field is in conflict.
    """
    values, conflicts = {}, []
    for name in names:
        mine, other = form.get(name, ""), theirs[name]
        seen = form.get(SEEN + name)
        if fingerprint(mine) == fingerprint(other) or seen == fingerprint(other):
            values[name] = mine
        elif seen == fingerprint(mine):
            values[name] = other
        else:
            values[name] = mine
            conflicts.append(name)
    return Merged(values, tuple(conflicts))


def decided(
    names: Iterable[str], form: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, str]:
    """Return the values of a form in which somebody chose whose of each to keep."""
    return {
        name: theirs[name] if form.get(KEEP + name) == "theirs" else form.get(name, "")
        for name in names
    }
