"""Contacts are for those concerned: a form that somebody else may read is shown without them."""

from dataclasses import replace

from services.scheduling.models import Presenter
from services.scheduling.pages.console.forms import Shown
from services.scheduling.pages.console.saving import Attempt

#: What is somebody's own in the rows that people are kept in, whatever they are called there.
CONTACTS = frozenset(
    {"contact_name", "contact_email", "contact_telephone", "telephone", "note", "wishes"}
)


def contacts_in(row: object) -> frozenset[str]:
    """Return which of a row's columns are contacts; an organisation's address is public."""
    return CONTACTS | {"email"} if isinstance(row, Presenter) else CONTACTS


def without_contacts(attempt: Attempt, row: object) -> Attempt:
    """Return a form without contacts, nor what of them the page would send back."""
    hidden = contacts_in(row)
    return replace(
        attempt, shown=_without(attempt.shown, hidden), seen=_without(attempt.seen, hidden)
    )


def _without(shown: Shown, hidden: frozenset[str]) -> Shown:
    return {name: "" if name in hidden else value for name, value in shown.items()}
