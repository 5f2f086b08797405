"""Changing what an edition asks of its proposals, and until when."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import Fault, day, flag, whole
from services.scheduling.domain.editing.revisions import Conflict, Invalid, Unknown, change
from services.scheduling.domain.proposals.requirements import BY_NAME, STAGES, TEXTS
from services.scheduling.models import Edition, EditionRules
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

#: How many reminders there may be before a deadline, and how long before it.
MOST_REMINDERS, LONGEST_BEFORE = 5, 90

FASTEST = 300
LARGEST_MARGIN = 24 * 60

_DAYS = ("proposals_due_on", "label_due_on", "publication_due_on")
_FIELDS = {
    "takes_proposals": flag(),
    **{name: day() for name in _DAYS},
    "travel_kmh": whole(1, FASTEST),
    "travel_margin_minutes": whole(0, LARGEST_MARGIN),
}


def rules_row(db: DbSession, edition_id: UUID) -> EditionRules:
    """Return an edition's rules as they are kept, or the usual ones, which nothing keeps yet."""
    found = db.get(EditionRules, edition_id)
    if found is not None:
        return found
    return EditionRules(
        edition_id=edition_id,
        requirements={},
        lengths={},
        reminder_days=[14, 7, 1],
        takes_proposals=False,
        travel_kmh=40,
        travel_margin_minutes=15,
        revision=0,
    )


def save_rules(
    db: DbSession,
    edition_id: UUID,
    revision: int,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> EditionRules:
    """Keep an edition's rules; those that nothing keeps yet are at revision 0.

    `values` has the columns; `reminder_days` any order. Raises `Unknown`, `Conflict` or `Invalid`.
    """
    this = sa.select(Edition).where(Edition.id == edition_id).with_for_update(key_share=True)
    if db.scalars(this).one_or_none() is None:
        raise Unknown(str(edition_id))
    row = db.get(EditionRules, edition_id)
    if revision != (row.revision if row else 0):
        if row is not None:
            db.expunge(row)  # so that it can be read when the transaction is over
        raise Conflict(row or rules_row(db, edition_id))
    cleaned = _cleaned(values)
    if row is None:
        row = EditionRules(edition_id=edition_id, edited_at=now, edited_by_id=account_id, **cleaned)
        db.add(row)
    else:
        change(row, cleaned, account_id=account_id, now=now)
    db.flush()
    return row


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    faults: dict[str, LazyText | str] = {}
    cleaned: dict[str, Any] = {}
    for name, field in _FIELDS.items():
        try:
            cleaned[name] = field(values[name])
        except Fault as fault:
            faults[name] = fault.sentence
    for name in ("travel_kmh", "travel_margin_minutes"):
        if name not in faults and cleaned[name] is None:
            faults[name] = _("Ce champ est obligatoire.")
    cleaned["requirements"] = {
        stage: [name for name in BY_NAME if name in values["requirements"].get(stage, ())]
        for stage in STAGES
    }
    cleaned["lengths"] = _lengths(values["lengths"], faults)
    cleaned["reminder_days"] = _reminders(values["reminder_days"], faults)
    _check_order(cleaned, faults)
    if faults:
        raise Invalid(faults)
    return cleaned


def _lengths(given: Mapping[str, int | None], faults: dict[str, LazyText | str]) -> dict[str, int]:
    lengths = {}
    for name, (_label, _columns, usual) in TEXTS.items():
        longest = given.get(name)
        if longest is None:
            longest = usual
        if not 10 <= longest <= 20_000:
            faults[f"length-{name}"] = _("Écrivez un nombre de caractères de 10 à 20 000.")
        lengths[name] = longest
    return lengths


def _reminders(given: Any, faults: dict[str, LazyText | str]) -> list[int]:
    days = sorted(set(given), reverse=True)
    if len(days) > MOST_REMINDERS or any(not 0 <= one <= LONGEST_BEFORE for one in days):
        faults["reminder_days"] = _(
            "Écrivez au plus %(most)s nombres de jours, de 0 à %(longest)s.",
            most=MOST_REMINDERS,
            longest=LONGEST_BEFORE,
        )
    return days


def _check_order(cleaned: Mapping[str, Any], faults: dict[str, LazyText | str]) -> None:
    """Refuse to ask for what is published before it can be proposed."""
    first: date | None = cleaned.get("proposals_due_on")
    for name in ("label_due_on", "publication_due_on"):
        due: date | None = cleaned.get(name)
        if first is not None and due is not None and due < first:
            faults.setdefault(name, _("Cette date vient avant celle des projets."))
