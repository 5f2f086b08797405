"""Cursors: an opaque place in a list, from which the next page goes on (keyset pagination)."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from shared.i18n import gettext as _
from shared.web.problems import Problem


def write_cursor(*values: datetime | UUID | str | int) -> str:
    """Return a cursor that stands after the row with these sort values."""
    plain = [v.isoformat() if isinstance(v, datetime) else str(v) for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_cursor(text: str | None, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """Return the sort values in a cursor, each read by its kind (`datetime.fromisoformat`, `UUID`).

    No cursor gives `None`. Raises a 422 `Problem` for one that we did not write.
    """
    if not text:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(plain, list) or len(plain) != len(kinds):
            raise ValueError(text)
        values = tuple(kind(value) for kind, value in zip(kinds, plain, strict=True))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable() from error
    if any(isinstance(value, datetime) and value.tzinfo is None for value in values):
        raise _unreadable()
    return values


def after(columns: Sequence[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition for rows that come after `values` in the ascending order of `columns`.

    It is a row comparison, which both databases answer from an index over the same columns.
    """
    typed = [sa.literal(value, column.type) for column, value in zip(columns, values, strict=True)]
    return sa.tuple_(*columns) > sa.tuple_(*typed)


def _unreadable() -> Problem:
    message = _("Ce curseur n’est pas le nôtre : reprenez la liste au début.")
    return Problem(422, detail=message, errors={"query": {"cursor": [message]}})
