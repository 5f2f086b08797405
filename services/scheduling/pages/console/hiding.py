"""Contacts are for those concerned: a form that somebody else may read is shown without them."""

from dataclasses import replace

from services.scheduling.domain.contacts import contacts_in
from services.scheduling.pages.console.forms import Shown
from services.scheduling.pages.console.saving import Attempt


def without_contacts(attempt: Attempt, row: object) -> Attempt:
    """Return a form without contacts, nor what of them the page would send back or compare."""
    hidden = contacts_in(row)
    return replace(
        attempt,
        shown=_without(attempt.shown, hidden),
        seen=_without(attempt.seen, hidden),
        conflicts=[one for one in attempt.conflicts if one["name"] not in hidden],
    )


def _without(shown: Shown, hidden: frozenset[str]) -> Shown:
    return {name: "" if name in hidden else value for name, value in shown.items()}
