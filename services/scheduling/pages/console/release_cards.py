"""The cards of the release pages: what a change is about, before and after, and whom it touches."""

import json
from collections.abc import Sequence
from typing import Any

from services.scheduling.domain.releasing import Presented, SessionChange
from services.scheduling.pages.console.change_words import (
    capacity,
    difference_rows,
    way_in,
    when,
    where,
)
from shared.i18n import gettext as _

#: The kinds of which those registered are told by mail.
TOLD = ("cancelled", "moved", "reinstated")


def grouped(changes: Sequence[SessionChange]) -> list[list[SessionChange]]:
    """Return the changes card by card: the same change of an activity's sessions is one card."""
    cards: dict[Any, list[SessionChange]] = {}
    for change in changes:
        key: Any = change.id
        if change.kind == "changed" and change.before is not None:
            differing = [
                (name, change.before.get(name), change.after[name]) for name in change.fields
            ]
            key = json.dumps([change.after["activity_id"], differing])
        cards.setdefault(key, []).append(change)
    return list(cards.values())


def card_of(changes: Sequence[SessionChange]) -> dict[str, Any]:
    """Return what a card says of its changes, which differ in their sessions alone."""
    first = changes[0]
    before, after = first.before, first.after
    return {
        "kind": first.kind,
        "title": after["title"],
        "organisation_id": first.parts.activity.organisation_id,
        "where": where(after),
        "way_in": way_in(after),
        "capacity": capacity(after) if after["registration"] == "here" else None,
        "rows": difference_rows(before, after, first.fields) if before else [],
        "is_told": first.kind in TOLD,
        "sessions": [{"id": change.id, "when": when(change.after)} for change in changes],
        "bookings": sum(change.audience.bookings for change in changes),
        "seats_taken": sum(change.audience.seats_taken for change in changes),
        "waiting": sum(change.audience.waiting for change in changes),
        "is_overbooked": any(map(_is_overbooked, changes)),
    }


def presented_rows(presented: Presented) -> list[dict[str, str | None]]:
    """Return what differs in what an organisation says of itself, before and after."""
    labels = {
        "website": _("Site web"),
        "description_fr": _("Description"),
        "description_en": _("Description en anglais"),
    }
    return [
        {"label": label, "before": presented.before[name], "after": presented.after[name]}
        for name, label in labels.items()
        if name in presented.after
    ]


def _is_overbooked(change: SessionChange) -> bool:
    seats = change.after["capacity"]
    is_off = change.after["status"] == "cancelled"
    return not is_off and seats is not None and change.audience.seats_taken > seats


def told_of(row: Any) -> dict[str, Any]:
    """Return what a release changed of a session; the fields kept are those that differ."""
    details = row.details
    before, after = {**details, **row.before}, {**details, **row.after}
    return {
        "id": row.session_id,
        "kind": row.kind,
        "title": {"fr": row.title_fr, "en": row.title_en},
        "rows": difference_rows(before, after, list(row.after)) if row.before else [],
        "when": when(after),
        "where": where(after),
    }
