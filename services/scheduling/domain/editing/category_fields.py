"""The categories of people that an edition counts: how they are named and put in order.

A code is made of the French name and stays what it is when the name changes. One that was dropped
is kept with its name, since bookings may count it, and never comes to mean anything else.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from services.scheduling.domain.editing.fields import Fault, Field, line
from services.scheduling.domain.editing.slugs import slug_of
from services.scheduling.domain.party_categories import Category
from shared.i18n import lazy_gettext as _
from shared.text import fold

#: The most categories of an edition, and the longest name of one.
MOST, LONGEST = 12, 40

#: Names of other fields in the forms that ask how many of each category come.
_RESERVED = frozenset(
    {"age", "again", "allotment", "email", "key", "locale", "moved", "name", "note", "party"}
    | {"seen", "telephone", "wheelchairs"}
)

_name = line(LONGEST)


def categories_field() -> Field:
    """Return a field for categories in their order: `fr`, `en`, and the `code` of one that is."""

    def clean(given: Iterable[Category]) -> list[dict[str, Any]]:
        rows = [
            {
                "code": one.get("code") or None,
                "fr": _name(one.get("fr")),
                "en": _name(one.get("en")),
            }
            for one in given
        ]
        if not rows:
            raise Fault(_("Gardez au moins une catégorie de personnes."))
        if len(rows) > MOST:
            raise Fault(_("C’est trop : indiquez-en %(most)s au plus.", most=MOST))
        if not all(row["fr"] for row in rows):
            raise Fault(_("Donnez un nom à chaque catégorie."))
        names = [fold(row["fr"]) for row in rows]
        for row, name in zip(rows, names, strict=True):
            if names.count(name) > 1:
                raise Fault(_("Deux catégories s’appellent « %(name)s ».", name=row["fr"]))
        codes = [row["code"] for row in rows if row["code"]]
        if len(set(codes)) < len(codes):
            raise Fault(_("Une catégorie est là deux fois."))
        return rows

    return Field(clean, default=None)


def with_codes(
    wanted: Iterable[Category], current: Sequence[Category], former: Sequence[Category]
) -> list[dict[str, Any]]:
    """Return the categories that are wanted, each with its code.

    One without a code that is called as one of the edition's is that one. Raises `Fault` for a code
    that the edition never had.
    """
    known = {one["code"]: one for one in (*former, *current)}
    rows = [{"code": None, **one} for one in wanted]
    named = {fold(one["fr"]): code for code, one in known.items()}
    used = {row["code"] for row in rows if row["code"]}
    if not used <= known.keys():
        raise Fault(_("Cette catégorie n’est pas de cette édition : laissez son code vide."))
    for row in rows:
        if not row["code"]:
            same = named.get(fold(row["fr"]))
            is_free = same is not None and same not in used
            row["code"] = same if is_free else _new_code(row["fr"], known.keys() | used)
            used.add(row["code"])
    return rows


def _new_code(name: str, taken: Collection[str]) -> str:
    plain = slug_of(name)[:LONGEST].strip("-")
    if not plain[:1].isalpha():
        plain = f"c-{plain}".strip("-")
    code, number = plain, 1
    while code in taken or code in _RESERVED:
        number += 1
        code = f"{plain}-{number}"
    return code
