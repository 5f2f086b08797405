"""Contacts: what of a row is for those concerned alone, wherever it is shown."""

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
