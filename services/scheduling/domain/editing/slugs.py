"""Slugs: the names that festivals and editions have in addresses."""

import re
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import REQUIRED, Fault, Field
from services.scheduling.models import Edition, Festival
from shared.i18n import lazy_gettext as _
from shared.text import fold

LONGEST = 60

#: Words that stand in the same place of an address.
RESERVED = frozenset({"new"})

TAKEN = _("Cette adresse est déjà prise : choisissez-en une autre.")

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def slug() -> Field:
    """Return a field for a slug; empty, it is proposed from the name."""

    def clean(text: str) -> str:
        if len(text) > LONGEST or not _SLUG.fullmatch(text) or text in RESERVED:
            raise Fault(
                _(
                    "Écrivez des lettres sans accent, des chiffres et des tirets, comme"
                    " « fete-de-la-science-2026 »."
                )
            )
        return text

    return Field(clean)


def slug_of(name: str) -> str:
    """Return a name as a slug: « Fête de la science » is `fete-de-la-science`."""
    words = re.findall(r"[a-z0-9]+", fold(name).encode("ascii", "ignore").decode())
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        found = longer
    return found


def propose_slug(db: DbSession, model: type[Festival] | type[Edition], name: str) -> str:
    """Return a free slug made from a name, numbered where the plain one is taken."""
    plain = slug_of(name)
    if not plain:
        return ""
    taken = set(db.scalars(sa.select(model.slug).where(model.slug.startswith(plain))))
    proposed, number = plain, 1
    while proposed in taken or proposed in RESERVED:
        number += 1
        proposed = f"{plain[: LONGEST - 4]}-{number}"
    return proposed


def check_slug(
    db: DbSession, draft: Draft, model: type[Festival] | type[Edition], row_id: UUID | None = None
) -> None:
    """Propose a draft's slug where it has none, and refuse one that is another's."""
    if not draft.touches("slug"):
        return
    if draft["slug"] is None:
        draft.put("slug", propose_slug(db, model, draft["name_fr"]) if draft.has("name_fr") else "")
        if not draft["slug"] and draft.has("name_fr"):
            draft.fault("slug", REQUIRED)
        return
    other = db.scalar(sa.select(model.id).where(model.slug == draft["slug"]))
    if other is not None and other != row_id:
        draft.fault("slug", TAKEN)
