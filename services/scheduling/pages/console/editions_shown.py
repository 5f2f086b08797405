"""The edition in the address of a console page."""

import sqlalchemy as sa
from flask import abort
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.models import Edition


def edition_or_404(db: DbSession, slug: str) -> Edition:
    """Return the working edition with this slug and its festival; there is none, a 404."""
    found = db.scalars(
        sa.select(Edition).where(Edition.slug == slug).options(joinedload(Edition.festival))
    ).one_or_none()
    if found is None:
        abort(404)
    return found
