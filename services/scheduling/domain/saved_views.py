"""Saved views: ways of looking at a table of the console, under names that their makers chose."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.models import SavedView
from shared.i18n import lazy_gettext as _l

LONGEST_NAME = 60
#: The longest query string that is kept.
LONGEST_QUERY = 2000


def views_of(db: DbSession, edition_id: UUID, account_id: UUID, page: str) -> Sequence[SavedView]:
    """Return the views of a table that an account may see, its own and the shared ones, by name."""
    return db.scalars(
        sa.select(SavedView)
        .where(
            SavedView.edition_id == edition_id,
            SavedView.page == page,
            sa.or_(SavedView.account_id == account_id, SavedView.is_shared),
        )
        .order_by(SavedView.name, SavedView.id)
    ).all()


def save_view(
    db: DbSession,
    edition_id: UUID,
    account_id: UUID,
    page: str,
    *,
    name: str,
    query: str,
    is_shared: bool,
    now: datetime,
) -> SavedView:
    """Keep a view; the account's own with the same name is replaced. Raises `Invalid`."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Invalid({"name": _l("Donnez un nom à cette vue.")})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": _l("Ce nom est trop long : 60 caractères au plus.")})
    if len(query) > LONGEST_QUERY or "\x00" in query:
        raise Invalid({"name": _l("Ces filtres sont trop longs pour être gardés.")})
    view = db.scalars(
        sa.select(SavedView).where(
            SavedView.edition_id == edition_id,
            SavedView.account_id == account_id,
            SavedView.page == page,
            SavedView.name == name,
        )
    ).one_or_none()
    if view is None:
        view = SavedView(
            edition_id=edition_id, account_id=account_id, page=page, name=name, created_at=now
        )
        db.add(view)
    view.query, view.is_shared = query, is_shared
    db.flush()
    return view


def forget_view(db: DbSession, view_id: UUID, account_id: UUID) -> bool:
    """Delete an account's own view; return whether there was one."""
    view = db.get(SavedView, view_id)
    if view is None or view.account_id != account_id:
        return False
    db.delete(view)
    return True
