"""Editions: dated instances of a festival, with the days between which sessions may be."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.category_fields import categories_field
from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.edition_categories import check_categories
from services.scheduling.domain.editing.edition_days import days_words, span_of
from services.scheduling.domain.editing.festivals import flush_slug
from services.scheduling.domain.editing.fields import (
    day,
    email,
    instant,
    line,
    reference,
    time_zone,
)
from services.scheduling.domain.editing.local_times import local_of
from services.scheduling.domain.editing.references import InUse, check_reference, count
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.domain.editing.slugs import check_slug, slug
from services.scheduling.domain.party_categories import former_after
from services.scheduling.models import (
    AcceptedConflict,
    Activity,
    Edition,
    EditionRules,
    Festival,
    ImportJob,
    SavedView,
    Session,
)
from shared.i18n import lazy_gettext as _
from shared.i18n import ngettext
from shared.identifiers import new_id

#: How many days an edition may last: a touring exhibition takes two years.
LONGEST_DAYS = 800

FIELDS = {
    "festival_id": reference(required=True),
    "name_fr": line(required=True),
    "name_en": line(),
    "slug": slug(),
    "starts_on": day(required=True),
    "ends_on": day(required=True),
    "time_zone": time_zone(default="Europe/Paris"),
    "contact_email": email(),
    "registration_opens_at": instant(),
    "party_categories": categories_field(),
}


def create_edition(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Edition:
    """Make an edition; its slug is proposed from its name where none is given. Raises `Invalid`."""
    draft = Draft(FIELDS, values)
    _check(db, draft, None)
    edition = Edition(
        id=row_id or new_id(),
        edited_at=now,
        edited_by_id=account_id,
        former_categories=[],
        **draft.values(),
    )
    db.add(edition)
    flush_slug(db)
    return edition


def save_edition(
    db: DbSession,
    edition_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Edition:
    """Change an edition that is at this revision. Raises `Unknown`, `Conflict` or `Invalid`."""
    edition = take(db, Edition, edition_id, revision)
    draft = Draft(FIELDS, values, edition)
    _check(db, draft, edition)
    values = draft.values()
    wanted, current = values["party_categories"], edition.party_categories
    values["former_categories"] = former_after(current, edition.former_categories, wanted)
    change(edition, values, account_id=account_id, now=now)
    flush_slug(db)
    return edition


def delete_edition(db: DbSession, edition_id: UUID, revision: int | None) -> None:
    """Delete an edition that is empty and was never released.

    Raises `Unknown`, `Conflict` or `InUse`.
    """
    edition = take(db, Edition, edition_id, revision, to_delete=True)
    if edition.published is not None:
        raise InUse(_("Cette édition a été publiée : elle ne peut plus être supprimée."))
    if count(db, Activity.edition_id, edition.id):
        raise InUse(_("Cette édition a des animations : supprimez-les d’abord."))
    if count(db, ImportJob.edition_id, edition.id):
        raise InUse(_("Des imports concernent cette édition : elle ne peut pas être supprimée."))
    for model in (SavedView, EditionRules, AcceptedConflict):
        db.execute(sa.delete(model).where(model.edition_id == edition.id))
    db.delete(edition)
    db.flush()


def _check(db: DbSession, draft: Draft, edition: Edition | None) -> None:
    check_slug(db, draft, Edition, edition.id if edition else None)
    if edition is not None and edition.published is not None and draft.touches("slug"):
        draft.fault(
            "slug",
            _("Cette édition est publiée : son adresse, que des agendas suivent, ne change plus."),
        )
    check_reference(db, draft, "festival_id", Festival)
    check_categories(db, draft, edition)
    if draft.touches("starts_on", "ends_on"):
        length = (draft["ends_on"] - draft["starts_on"]).days
        if length < 0:
            draft.fault("ends_on", _("Le dernier jour ne peut pas être avant le premier."))
        elif length > LONGEST_DAYS:
            draft.fault("ends_on", _("Une édition dure au plus deux ans : vérifiez les années."))
        elif edition is not None:
            _check_sessions_fit(db, draft, edition)
    if draft.touches("registration_opens_at", "ends_on", "time_zone"):
        opens_at, zone = draft["registration_opens_at"], draft["time_zone"]
        if opens_at is not None and local_of(opens_at, zone).date() > draft["ends_on"]:
            sentence = _("Les inscriptions doivent s’ouvrir avant la fin de l’édition.")
            draft.fault("registration_opens_at", sentence)


def _check_sessions_fit(db: DbSession, draft: Draft, edition: Edition) -> None:
    """Refuse days that leave sessions outside which are inside now."""

    def outside(starts_on: Any, ends_on: Any) -> sa.ColumnElement[bool]:
        earliest, latest = span_of(starts_on, ends_on, edition.time_zone)
        over = sa.or_(Session.starts_at < earliest, Session.ends_at > latest)
        apart = sa.or_(Session.ends_at < earliest, Session.starts_at > latest)
        return sa.case((Session.kind == "exhibition", apart), else_=over)

    left_out, first, last = db.execute(
        sa.select(
            sa.func.count(), sa.func.min(Session.starts_at), sa.func.max(Session.starts_at)
        ).where(
            Session.edition_id == edition.id,
            outside(draft["starts_on"], draft["ends_on"]),
            sa.not_(outside(edition.starts_on, edition.ends_on)),
        )
    ).one()
    if left_out:
        field = "ends_on" if draft["ends_on"] < edition.ends_on else "starts_on"
        draft.fault(
            field,
            ngettext(
                "Une séance serait hors de l’édition : elle est prévue %(days)s.",
                "%(n)s séances seraient hors de l’édition : elles sont prévues %(days)s.",
                left_out,
                days=days_words(first, last, edition.time_zone),
            ),
        )
