"""The forms of registration: what was typed, what it asks for, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from marshmallow import Schema

from services.registration.domain.party import CATEGORIES, seats_for, unfit
from services.registration.queries import SessionPage
from services.registration.schemas import (
    MESSAGES,
    ChangeBody,
    InvalidBody,
    RegistrationBody,
    load,
)
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.i18n import ngettext

_REGISTRATION, _CHANGE = RegistrationBody(), ChangeBody()
_WHOLE_NUMBER = re.compile(r"[0-9]{1,4}")

#: Whom the form asks for: those who come on their own, or a class with those who bring it.
FAMILY, CLASS = ("adults", "children"), ("pupils", "accompanying")

#: What a fault is called where the general sentence of `schemas` would leave somebody puzzled.
_SENTENCES = {
    ("email", "empty"): _l("Indiquez votre adresse électronique : la confirmation y est envoyée."),
    ("email", "email"): _l(
        "Cette adresse électronique n’est pas complète ou contient une faute. "
        "Elle ressemble à prenom.nom@exemple.fr."
    ),
    ("name", "empty"): _l("Indiquez votre nom : il sert à vous retrouver à l’accueil."),
    ("party", "nobody"): _l("Indiquez combien de personnes viennent."),
}


@dataclass(frozen=True)
class FilledForm:
    """A form as it was typed: `values` by field, `errors` a sentence by field at fault.

    `body` is what the form asks for, validated, when there are no errors.
    """

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    def fault(self, name: str) -> str | None:
        """Return what is wrong with a field, or None."""
        return self.errors.get(name)

    def faults(self, prefix: str = "") -> dict[str, str]:
        """Return the faults by the id of the field that puts each right."""
        first = next((name for name in self.values if name in CATEGORIES), "")
        return {
            prefix + (first if name == "party" else name): sentence
            for name, sentence in self.errors.items()
        }

    def with_error(self, name: str, sentence: str) -> "FilledForm":
        """Return the form with one more fault."""
        return FilledForm(self.values, {**self.errors, name: sentence}, self.body)


def categories_of(session: SessionPage) -> tuple[str, ...]:
    """Return the categories of people that the form of a session asks for, in order."""
    seated = session.details["seat_categories"]
    return CLASS if set(seated) & set(CLASS) else FAMILY


def empty_form(session: SessionPage) -> FilledForm:
    """Return the form as it is first shown, with the party that most often comes."""
    seated = session.details["seat_categories"]
    if categories_of(session) == CLASS:
        party = {"pupils": "", "accompanying": ""}
    else:
        party = {"adults": "1", "children": "0" if "adults" in seated else "1"}
    return FilledForm({"email": "", "name": "", **party})


def read_registration(typed: Mapping[str, str], session: SessionPage, locale: str) -> FilledForm:
    """Read the form that registers for one session."""
    categories = categories_of(session)
    body = {
        "email": typed.get("email", ""),
        "name": typed.get("name", ""),
        "locale": locale,
        "bookings": [
            {
                "session_id": str(session.id),
                "party": _party(typed, categories),
                "if_full": "waitlist" if typed.get("if_full") == "waitlist" else "refuse",
            }
        ],
    }
    return _check_room(_read(_REGISTRATION, body, typed, ("email", "name", *categories)), session)


def read_party(
    typed: Mapping[str, str], booking_id: UUID, session: SessionPage, *, held: int
) -> FilledForm:
    """Read the form that changes the party of one booking, which holds so many seats."""
    categories = categories_of(session)
    body = {"bookings": [{"id": str(booking_id), "party": _party(typed, categories)}]}
    return _check_room(_read(_CHANGE, body, typed, categories), session, held)


def read_address(typed: Mapping[str, str]) -> FilledForm:
    """Read the form that corrects the address."""
    return _read(_CHANGE, {"email": typed.get("email", "")}, typed, ("email",))


def party_values(session: SessionPage, party: Mapping[str, int]) -> FilledForm:
    """Return the form that changes a party, filled with the party as it is."""
    return FilledForm({name: str(party.get(name, 0)) for name in categories_of(session)})


def _read(
    schema: Schema, body: Mapping[str, Any], typed: Mapping[str, str], names: Sequence[str]
) -> FilledForm:
    values = {name: typed.get(name, "") for name in names}
    try:
        return FilledForm(values, body=load(schema, body))
    except InvalidBody as invalid:
        return FilledForm(values, _errors(invalid))


def _errors(invalid: InvalidBody) -> dict[str, str]:
    """Return the first fault of each field; a field is the last step of its JSON pointer."""
    errors = {}
    for pointer, codes in invalid.errors.items():
        name = pointer.rpartition("/")[2]
        errors[name] = str(_SENTENCES.get((name, codes[0])) or MESSAGES[codes[0]])
    return errors


def _party(typed: Mapping[str, str], categories: Sequence[str]) -> dict[str, Any]:
    """Return the head counts; what is no whole number stays as typed, for the schema to refuse."""
    counts: dict[str, Any] = {}
    for name in categories:
        text = typed.get(name, "").strip()
        if text:
            counts[name] = int(text) if _WHOLE_NUMBER.fullmatch(text) else text
    return counts


def _check_room(form: FilledForm, session: SessionPage, held: int = 0) -> FilledForm:
    """Refuse what could never be admitted, or would hold no seat, before anybody waits for it.

    A party that holds more seats than a session has by now may well become smaller.
    """
    if form.errors:
        return form
    capacity, seated = session.details["capacity"], session.details["seat_categories"]
    needed = seats_for(form.body["bookings"][0]["party"], seated)
    never = unfit(needed, seated, capacity)
    if never == "takes_no_seat":
        return form.with_error("party", _("Comptez aussi les personnes qui prennent une place."))
    if never == "too_large" and needed > held:
        return form.with_error(
            "party",
            ngettext(
                "Cette séance compte %(n)s place en tout : votre groupe n’y tient pas.",
                "Cette séance compte %(n)s places en tout : votre groupe n’y tient pas.",
                capacity,
            ),
        )
    return form
