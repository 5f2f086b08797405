"""Which categories of people an edition may get, and which it may not lose."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.category_fields import with_codes
from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.party_categories import Category
from services.scheduling.models import Edition, PublishedSession, Session, UnplacedSession
from shared.contracts.party_categories import asked_of, label_of, usual_categories
from shared.i18n import current_locale, ngettext

_FIELD = "party_categories"


def check_categories(db: DbSession, draft: Draft, edition: Edition | None) -> None:
    """Give new categories their codes; refuse to drop one that a session or a booking counts.

    A new edition begins with the usual ones, or with those of another that it is given.
    """
    if not draft.has(_FIELD):
        return
    wanted = draft[_FIELD]
    if wanted is None:
        draft.put(_FIELD, list(edition.party_categories) if edition else usual_categories())
        return
    if not draft.touches(_FIELD):
        return
    current = list(edition.party_categories) if edition else _of_any_edition(db)
    try:
        settled = with_codes(wanted, current, edition.former_categories if edition else [])
    except Fault as fault:
        draft.fault(_FIELD, fault.sentence)
        return
    draft.put(_FIELD, settled)
    if edition is None:
        return
    kept = {one["code"] for one in settled}
    for category in edition.party_categories:
        why = "" if category["code"] in kept else _why_it_stays(db, edition.id, category)
        if why:
            draft.fault(_FIELD, why)


def _of_any_edition(db: DbSession) -> list[Category]:
    """Return the categories that a new edition may take over with their codes."""
    found: dict[str, Any] = {}
    for categories in db.scalars(sa.select(Edition.party_categories).order_by(Edition.id)):
        found |= {one["code"]: one for one in categories}
    return list((found | {one["code"]: one for one in usual_categories()}).values())


def _why_it_stays(db: DbSession, edition_id: UUID, category: Category) -> str:
    """Return why a category cannot be dropped; nothing if it can."""
    code, name = (
        category["code"],
        label_of({category["code"]: category}, category["code"], current_locale()),
    )
    seating = sum(code in seated for seated in _seated(db, edition_id))
    if seating:
        return ngettext(
            "« %(name)s » prend une place dans %(n)s séance : changez-la d’abord.",
            "« %(name)s » prend une place dans %(n)s séances : changez-les d’abord.",
            seating,
            name=name,
        )
    booked = sum(_is_asked(details, code) for details in _booked(db, edition_id))
    if booked:
        return ngettext(
            "« %(name)s » reste : des groupes inscrits à %(n)s séance peuvent la compter.",
            "« %(name)s » reste : des groupes inscrits à %(n)s séances peuvent la compter.",
            booked,
            name=name,
        )
    return ""


def _seated(db: DbSession, edition_id: UUID) -> list[list[str]]:
    """Return who has a seat in each session of an edition, those of the tray among them.

    Where nobody registers here, nobody was asked who has one.
    """
    placed = sa.select(Session.seat_categories).where(
        Session.edition_id == edition_id, Session.registration == "here"
    )
    tray = sa.select(UnplacedSession.rest).where(UnplacedSession.edition_id == edition_id)
    waiting = [rest for rest in db.scalars(tray) if rest.get("registration") == "here"]
    return [*db.scalars(placed), *(rest.get("seat_categories") or [] for rest in waiting)]


def _booked(db: DbSession, edition_id: UUID) -> list[dict[str, Any]]:
    """Return what was released of the sessions for which somebody is registered, or waits."""
    return list(
        db.scalars(
            sa.select(PublishedSession.details).where(
                PublishedSession.edition_id == edition_id,
                sa.or_(PublishedSession.bookings > 0, PublishedSession.waiting > 0),
            )
        )
    )


def _is_asked(details: dict[str, Any], code: str) -> bool:
    return code in asked_of(details["edition"], details["seat_categories"])
