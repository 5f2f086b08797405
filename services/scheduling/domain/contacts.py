"""Contacts: what of a row is for those concerned alone, wherever it is shown."""

from services.scheduling.models import Presenter

#: What is somebody's own in the rows that people are kept in, whatever they are called there.
CONTACTS = frozenset(
    {"contact_name", "contact_email", "contact_telephone", "telephone", "note", "wishes"}
)


def contacts_in(row: object) -> frozenset[str]:
    """Return which of a row's columns are contacts; an organisation's address is public."""
    return CONTACTS | {"email"} if isinstance(row, Presenter) else CONTACTS
