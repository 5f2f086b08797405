"""A quick first look at an event's data, compiled from its schema.

Recording checks every event to the letter, and marshmallow takes longer for that than for anything
else in a registration. What these checks accept, marshmallow accepts too (a test compares them);
what they do not recognise is left to marshmallow, which also says what is wrong.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields

#: Tells whether a JSON value is surely what it should be.
Check = Callable[[Any], bool]

_is_uuid = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


def compile_check(schema: Schema) -> Check:
    """Return the quick check of an object whose every field is known."""
    if any(schema._hooks.values()):
        return _never
    named = {field.data_key or name: field for name, field in schema.load_fields.items()}
    required = frozenset(name for name, field in named.items() if field.required)
    checks = {name: _field(field) for name, field in named.items()}

    def check(value: Any) -> bool:
        if type(value) is not dict or not required <= value.keys():
            return False
        for name, part in value.items():
            known = checks.get(name)
            if known is None or not known(part):
                return False
        return True

    return check


def _field(field: fields.Field[Any]) -> Check:
    check, validators, allow_none = _kind(field), tuple(field.validators), field.allow_none
    if validators and type(field) not in _PLAIN:
        return _never  # they look at the loaded value, which is another than that in the JSON

    def valid(value: Any) -> bool:
        if value is None:
            return bool(allow_none)
        if not check(value):
            return False
        try:
            for validator in validators:
                validator(value)
        except ValidationError:
            return False
        return True

    return valid if validators or allow_none else check


def _kind(field: fields.Field[Any]) -> Check:
    kind = type(field)
    if isinstance(field, fields.Nested):
        return _never if field.many else compile_check(field.schema)
    if kind is fields.List and isinstance(field, fields.List):
        return _each(_field(field.inner))
    if kind is fields.Dict and isinstance(field, fields.Dict):
        if field.key_field is None or field.value_field is None:
            return _never
        return _entries(_field(field.key_field), _field(field.value_field))
    return _KINDS.get(kind, _never)


def _each(check: Check) -> Check:
    return lambda value: type(value) is list and all(map(check, value))


def _entries(key: Check, entry: Check) -> Check:
    return lambda value: (
        type(value) is dict and all(map(key, value)) and all(map(entry, value.values()))
    )


def _never(_value: Any) -> bool:
    return False


def _is_instant(value: Any) -> bool:
    if type(value) is not str:
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_date(value: Any) -> bool:
    if type(value) is not str:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


_KINDS: dict[type, Check] = {
    fields.String: lambda value: type(value) is str,
    fields.UUID: lambda value: type(value) is str and _is_uuid(value) is not None,
    fields.Integer: lambda value: type(value) is int,
    fields.Float: lambda value: type(value) is float and math.isfinite(value),
    fields.Boolean: lambda value: value is True or value is False,
    fields.AwareDateTime: _is_instant,
    fields.Date: _is_date,
}

#: Kinds whose loaded value is the one in the JSON.
_PLAIN = (fields.String, fields.Integer, fields.Float, fields.Boolean)
