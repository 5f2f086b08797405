"""Reading what another version wrote: fields that came later, and fields that are not known.

An event is recorded with every field of its contract, and read for years: outboxes, inboxes and
queues hold what older versions wrote. So a contract grows by fields that say since when they exist
and what to suppose where they are missing.
"""

from collections.abc import Callable
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

_SINCE = "since_version"
_SUPPOSED = "supposed_before"


def since(version: int, *, before: Any | Callable[[], Any]) -> dict[str, Any]:
    """Return the metadata of a field that an event has since a version of its contract.

    `before` is what is read from an event that was recorded without it: a value, or a function that
    makes one, such as `list`.
    """
    return {_SINCE: version, _SUPPOSED: before}


def introduced(field: fields.Field[Any]) -> int:
    """Return the version of the contract that introduced a field."""
    version: int = field.metadata.get(_SINCE, 1)
    return version


def make_tolerant(schema: Schema) -> Schema:
    """Make a schema, and those nested in it, take what older and newer versions recorded.

    Fields that it does not know are left out; one that came later is supposed where it is missing.
    """
    schema.unknown = EXCLUDE
    for field in schema.fields.values():
        if introduced(field) > 1:
            field.required = False
            field.load_default = field.metadata[_SUPPOSED]
        inner = field
        while isinstance(inner, fields.List):
            inner = inner.inner
        if isinstance(inner, fields.Nested):
            make_tolerant(inner.schema)
    return schema
