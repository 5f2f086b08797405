"""How the values of drafts look in JSON; what they must be is the domain's to say.

What is checked here is what a schema can describe, and no stricter than the domain.
"""

from collections.abc import Collection
from typing import Any

from marshmallow import Schema, fields, validate

from services.scheduling.domain.editing.fields import LARGEST_NUMBER
from services.scheduling.domain.editing.opening_hours import MOST_CLOSURES, MOST_OPENINGS


def text(longest: int, description: str = "", **options: Any) -> fields.String:
    """Return a field for a text of so many characters."""
    options.setdefault("allow_none", not options.get("required", False))
    return fields.String(
        validate=validate.Length(max=longest), metadata=_described(description), **options
    )


def word(choices: Collection[str], description: str = "") -> fields.String:
    """Return a field for one of a few known words."""
    return fields.String(validate=validate.OneOf(choices), metadata=_described(description))


def words(choices: Collection[str], description: str = "") -> fields.List[Any]:
    """Return a field for some of a few known words."""
    return fields.List(
        fields.String(validate=validate.OneOf(choices)),
        validate=validate.Length(max=len(choices)),
        metadata=_described(description),
    )


def told_words(*, allow_none: bool = False) -> fields.List[Any]:
    """Return the field that answers with several words."""
    return fields.List(fields.String(), required=True, allow_none=allow_none)


def told(description: str = "") -> fields.String:
    """Return the field that answers with a text, or null."""
    return fields.String(required=True, allow_none=True, metadata=_described(description))


def whole(
    description: str = "", *, smallest: int = 0, largest: int = LARGEST_NUMBER
) -> fields.Integer:
    """Return a field for a whole number, or null."""
    return fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(smallest, largest),
        metadata=_described(description),
    )


class OpeningBody(Schema):
    """Weekly hours: ISO weekday 1 to 7, local times `HH:MM`."""

    weekday = fields.Integer(required=True, strict=True, validate=validate.Range(1, 7))
    opens = fields.String(required=True, validate=validate.Length(max=5))
    closes = fields.String(required=True, validate=validate.Length(max=5))


def openings(description: str = "") -> fields.List[Any]:
    """Return a field for weekly hours."""
    return fields.List(
        fields.Nested(OpeningBody),
        validate=validate.Length(max=MOST_OPENINGS),
        metadata=_described(description),
    )


def closed_days() -> fields.List[Any]:
    """Return a field for the days on which it is closed."""
    return fields.List(
        fields.Date(),
        validate=validate.Length(max=MOST_CLOSURES),
        metadata=_described("The days on which it is closed"),
    )


def reference(description: str, *, required: bool = False) -> fields.UUID:
    """Return a field for another row's id, or null unless it is required."""
    return fields.UUID(required=required, allow_none=not required, metadata=_described(description))


def instant(description: str = "", *, required: bool = False) -> fields.AwareDateTime:
    """Return a field for an instant with its offset, or null unless it is required."""
    return fields.AwareDateTime(
        format="iso", required=required, allow_none=not required, metadata=_described(description)
    )


class DraftSchema(Schema):
    """What every draft tells of itself; `revision` is its ETag."""

    id = fields.UUID(required=True)
    revision = fields.Integer(
        required=True, metadata={"description": "Counts the changes; the ETag of this draft"}
    )
    edited_at = fields.AwareDateTime(required=True)
    edited_by = fields.UUID(
        required=True,
        allow_none=True,
        attribute="edited_by_id",
        metadata={"description": "The account that changed it last; null for an import"},
    )


class Sourced(DraftSchema):
    """A draft that an import may have brought."""

    source = fields.String(
        required=True, allow_none=True, metadata={"description": "The import that brought it"}
    )
    source_id = fields.String(
        required=True, allow_none=True, metadata={"description": "Its id there"}
    )


def changes_of(body: type[Schema], *, without: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a change: what is left out stays as it is."""
    name = f"{body.__name__.removesuffix('Body')}Changes"
    attributes = {"__doc__": "What is to change; whatever is left out stays as it is."}
    return type(name, (body,), attributes)(partial=True, exclude=without)


def _described(description: str) -> dict[str, str]:
    return {"description": description} if description else {}
