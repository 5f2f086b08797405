"""What was edited in a file that Parvis wrote, of a row that it names by its own id.

Three sides are compared, as for any source (`settling.py`), but what the file said last is in the
file: its mark. A file without marks (a program dropped them) is taken at its word.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.scheduling.domain.importing.marks import canonical, has_digest
from services.scheduling.models import Base


@dataclass(frozen=True)
class Said:
    """What a file says of one row: which columns, and the digests of those it left Parvis with."""

    columns: frozenset[str] = frozenset()
    digests: Mapping[str, str] | None = None


@dataclass(frozen=True)
class OwnEdits:
    """The columns that were edited in the file alone, and those that were edited here as well."""

    taken: Mapping[str, Any]
    kept: tuple[str, ...]


def own_edits(
    before: Base,
    columns: Mapping[str, Any],
    said: Said,
    together: Iterable[Collection[str]] = (),
) -> OwnEdits:
    """Return what the columns of a file change in the row that it names.

    Of columns that go `together` none is taken where one was changed here meanwhile.
    """
    taken, kept = {}, []
    for name, value in columns.items():
        if name not in said.columns or not _was_edited(name, value, said):
            continue
        ours = getattr(before, name)
        if canonical(name, ours) == canonical(name, value):
            continue
        if _was_changed_here(name, ours, said):
            kept.append(name)
        else:
            taken[name] = value
    for group in together:
        if any(_was_changed_here(name, getattr(before, name), said) for name in group):
            kept += [name for name in group if name in taken]
            taken = {name: value for name, value in taken.items() if name not in group}
    return OwnEdits(taken, tuple(name for name in columns if name in kept))


def _was_edited(name: str, value: Any, said: Said) -> bool:
    digest = (said.digests or {}).get(name)
    return digest is None or not has_digest(name, value, digest)


def _was_changed_here(name: str, ours: Any, said: Said) -> bool:
    digest = (said.digests or {}).get(name)
    return digest is not None and not has_digest(name, ours, digest)
