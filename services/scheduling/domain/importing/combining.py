"""Several records of one activity: formats that know events alone repeat it for each session."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from services.scheduling.domain.importing.marks import canonical, has_digest, read_mark
from services.scheduling.domain.programme import ActivityRecord

#: Columns whose field in a record has another name.
_FIELDS = {"organisation_id": "organisation"}


def combined(
    records: Sequence[ActivityRecord], says: Collection[str]
) -> tuple[ActivityRecord, tuple[str, ...]]:
    """Return one record with what was edited in any of them.

    Also return the fields that were edited in several ways, of which the first is taken.
    """
    first = records[0]
    edits: dict[str, Any] = {}
    differing: list[str] = []
    for record in records:
        digests = read_mark(record.mark, says) or {}
        for column in sorted(says):
            name = _FIELDS.get(column, column)
            value = getattr(record, name, None)
            if column not in digests or has_digest(column, _plain(value), digests[column]):
                continue
            known = edits.setdefault(name, value)
            if canonical(column, _plain(known)) != canonical(column, _plain(value)):
                differing.append(name)
    return replace(first, **edits), tuple(dict.fromkeys(differing))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
