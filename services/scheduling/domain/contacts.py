"""Contacts: what of a row is for those concerned alone, wherever it is shown."""

from collections.abc import Mapping
from typing import Any

from services.scheduling.models import Presenter, Resource, Stop

#: What is somebody's own in the rows that people are kept in, whatever they are called there.
CONTACTS = frozenset(
    {"contact_name", "contact_email", "contact_telephone", "telephone", "note", "wishes"}
)

#: What only the parties of a loan know of a stop, beside its contacts.
PAPERS = frozenset({"transporter", "insurance_value", "loan_agreement", "loan_agreement_link"})


def contacts_in(row: object) -> frozenset[str]:
    """Return which of a row's columns are contacts; an organisation's address is public.

    Those of a stop are its papers too, which are for the parties of the loan, and what is lent does
    not tell everybody what it is worth.
    """
    if isinstance(row, Stop):
        return CONTACTS | PAPERS
    if isinstance(row, Resource):
        return CONTACTS | {"insurance_value"}
    return CONTACTS | {"email"} if isinstance(row, Presenter) else CONTACTS


def without_fields(values: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """Return values without those hidden, nor those in a part of them: the note of an absence."""
    return {
        name: without_fields(value, hidden) if isinstance(value, Mapping) else value
        for name, value in values.items()
        if name not in hidden
    }
