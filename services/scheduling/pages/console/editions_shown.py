"""The edition in the address of a console page, or the one to go to where there is none."""

import sqlalchemy as sa
from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.models import Edition
from shared.web import current_context
from shared.web.console_navigation import current_edition_slug


def edition_or_404(db: DbSession, slug: str) -> Edition:
    """Return the working edition with this slug and its festival; there is none, a 404."""
    if "\x00" in slug:  # which PostgreSQL refuses to look for
        abort(404)
    found = db.scalars(
        sa.select(Edition).where(Edition.slug == slug).options(joinedload(Edition.festival))
    ).one_or_none()
    if found is None:
        abort(404)
    return found


def to_current_edition(endpoint: str) -> ResponseReturnValue:
    """Lead to this page of the edition looked at last; there is no edition yet, to making one."""
    latest_first = sa.select(Edition.slug).order_by(Edition.starts_on.desc(), Edition.id)
    with current_context().database.read() as db:
        slugs = db.scalars(latest_first).all()
    if not slugs:
        return redirect(url_for("console_editions.index"))
    last = current_edition_slug()
    return redirect(url_for(endpoint, slug=last if last in slugs else slugs[0]))
