"""Marks: what a file that Parvis wrote remembers of each row, to tell what was edited since.

A mark is a short digest of each column that the file says, in the order of their names. A value
that still has its digest when the file comes back says nothing new, whatever the row has become
here meanwhile; another one was written by somebody. So a file that nobody touched changes nothing,
and one that was edited brings its edits alone.
"""

import hashlib
import json
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

#: How many characters the digest of one value has: 30 bits.
_LENGTH = 5
#: Columns of several lines; the other texts are on one.
LONG = frozenset(
    (
        "description_fr",
        "description_en",
        "price_note_fr",
        "price_note_en",
        "conditions_fr",
        "conditions_en",
        "accessibility_note",
        "directions",
    )
)
_UNORDERED = frozenset(("accessibility", "school_levels", "seat_categories"))
# Control characters, halves of characters and what is none in XML 1.0.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
#: What a row is told by, which no mark covers.
_IDENTITY = frozenset(("edition_id",))


def mark_of(columns: Mapping[str, Any], states: Collection[str]) -> str:
    """Return the mark of a row's columns, of those that are in `states`."""
    return "".join(_digest(canonical(name, columns.get(name))) for name in _marked(states))


def read_mark(mark: str | None, states: Collection[str]) -> dict[str, str] | None:
    """Return the digest of each column by its name, or None for what is no mark of these."""
    names = _marked(states)
    if mark is None or len(mark) != _LENGTH * len(names):
        return None
    return {name: mark[place * _LENGTH : (place + 1) * _LENGTH] for place, name in enumerate(names)}


def has_digest(name: str, value: Any, digest: str) -> bool:
    """Tell whether a column's value is the one that a mark was made of."""
    return _digest(canonical(name, value)) == digest


def canonical(name: str, value: Any) -> Any:
    """Return a column's value as every format can carry it, a JSON value; no text is null."""
    if isinstance(value, str):
        return (long_text(value) if name in LONG else one_line(value)) or None
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        items = [canonical(name, item) for item in value]
        return sorted(items, key=str) if name in _UNORDERED else items
    if isinstance(value, float):
        return round(value, 6)
    return value


def one_line(text: str) -> str:
    """Return a text on one line, without what XML cannot carry."""
    return " ".join(_printable(text).split())


def long_text(text: str) -> str:
    """Return a text with line ends of one kind, without what XML or a calendar cannot carry."""
    return _printable(_LINE_END.sub("\n", text)).strip()


def _printable(text: str) -> str:
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text))


def _marked(states: Collection[str]) -> list[str]:
    return sorted(set(states) - _IDENTITY)


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    found = hashlib.blake2b(text, digest_size=4).digest()
    return urlsafe_b64encode(found).decode()[:_LENGTH]
