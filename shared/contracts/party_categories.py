"""The categories of people that an edition counts: their codes, and what they are called.

An edition names its own. These are the ones that every edition begins with, and that were all there
was before editions named theirs.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

#: Adults and children who come on their own, pupils and those who bring their class.
USUAL_CATEGORIES: tuple[Mapping[str, str], ...] = (
    {"code": "adults", "fr": "Adultes", "en": "Adults"},
    {"code": "children", "fr": "Enfants", "en": "Children"},
    {"code": "pupils", "fr": "Élèves", "en": "Pupils"},
    {"code": "accompanying", "fr": "Accompagnants", "en": "Accompanying adults"},
)

#: The codes of those who come as a class: a form asks for them where the session seats them.
CLASS = ("pupils", "accompanying")

Labels = Mapping[str, Mapping[str, str | None]]

_USUAL_LABELS = {one["code"]: one for one in USUAL_CATEGORIES}


class PartyCategory(Schema):
    """Whom a party may count: a stable code, and what it is called in French and English."""

    code = fields.String(required=True)
    fr = fields.String(required=True)
    en = fields.String(required=True, allow_none=True)


def usual_categories() -> list[dict[str, Any]]:
    """Return the categories that an edition begins with, as JSON values."""
    return [dict(category) for category in USUAL_CATEGORIES]


def codes_of(edition: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the codes that people count themselves by in an edition, in order.

    `edition` is what SESSION_PUBLISHED says of it, in whatever version.
    """
    categories = edition.get("party_categories")
    if categories is None:
        return tuple(_USUAL_LABELS)
    return tuple(category["code"] for category in categories)


def labels_of(edition: Mapping[str, Any]) -> Labels:
    """Return what the codes of an edition mean, in order, those last that it no longer asks for.

    `edition` is what SESSION_PUBLISHED says of it, in whatever version.
    """
    categories = edition.get("party_categories")
    if categories is None:
        return _USUAL_LABELS
    known = (*categories, *edition.get("former_categories", ()))
    return {category["code"]: category for category in known}


def asked_of(edition: Mapping[str, Any], seated: list[str]) -> tuple[str, ...]:
    """Return the categories that the form of a session asks for, in the edition's order.

    Everybody who may come on their own; or where the session seats a class (`CLASS`), the class and
    who else has a seat there. Whoever has a seat is always asked for.
    """
    codes = codes_of(edition)
    is_class = bool(set(seated) & set(CLASS) & set(codes))
    asked = tuple(
        code
        for code in codes
        if code in seated or (code in CLASS if is_class else code not in CLASS)
    )
    return asked or codes


def label_of(labels: Labels, code: str, locale: str) -> str:
    """Return what a category is called in a language, else in French; the code if nobody knows."""
    texts = labels.get(code)
    if texts is None:
        return code
    return texts.get(locale) or texts["fr"] or code


def is_usual(labels: Labels, code: str) -> bool:
    """Tell whether a category is one of the usual ones and is called so.

    Then there are words that count it: « 1 adulte », « 2 adultes ».
    """
    texts, usual = labels.get(code), _USUAL_LABELS.get(code)
    if texts is None or usual is None:
        return False
    return texts["fr"] == usual["fr"] and (texts.get("en") or usual["en"]) == usual["en"]
