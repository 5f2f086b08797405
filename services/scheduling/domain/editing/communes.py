"""Communes: chosen among those known, or made known by their name and INSEE code."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import Fault, Field, line
from services.scheduling.models import Commune
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id

# Two digits or a letter for Corsica, then three; overseas it begins with 97 or 98 (INSEE, COG).
_INSEE_CODE = re.compile(r"(0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-578])\d{3}")


def insee_code() -> Field:
    """Return a field for an INSEE code, which is not the postcode."""

    def clean(text: str) -> str:
        code = text.replace(" ", "").upper()
        if not _INSEE_CODE.fullmatch(code):
            raise Fault(
                _(
                    "Un code Insee compte cinq caractères, comme 38185 ; ce n’est pas le code"
                    " postal."
                )
            )
        return code

    return Field(clean)


FIELDS = {"commune_name": line(120, required=True), "insee_code": insee_code()}


def ensure_commune(db: DbSession, name: str | None, code: str | None) -> Commune:
    """Return the commune with this INSEE code, made if it was missing; abroad it has no code.

    A known one keeps its name. Raises `Invalid`, for `commune_name` and `insee_code`.
    """
    draft = Draft(FIELDS, {"commune_name": name, "insee_code": code})
    values = draft.values()
    found = db.scalars(
        sa.select(Commune).where(Commune.insee_code == values["insee_code"])
        if values["insee_code"]
        else sa.select(Commune).where(
            Commune.insee_code.is_(None), Commune.name == values["commune_name"]
        )
    ).first()
    if found is None:
        found = Commune(id=new_id(), insee_code=values["insee_code"], name=values["commune_name"])
        db.add(found)
        db.flush()
    return found
