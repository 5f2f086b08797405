"""The form of the desk: what was typed, what it asks for, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.registration.domain.desk import DeskEntry
from services.registration.domain.questions import AskedQuestion
from services.registration.domain.staff_notes import LONGEST_NOTE, readable
from services.registration.pages.staff import as_id
from services.registration.schema_values import EmailAddress
from services.registration.schemas import (
    MESSAGES,
    InvalidBody,
    RegistrationBody,
    load,
    wanted_bookings,
)
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web.sign_in import SignedInAccount

_WHOLE_NUMBER = re.compile(r"[0-9]{1,4}")

#: What a fault is called where the general sentence would leave somebody puzzled.
_SENTENCES = {
    ("name", "empty"): _l("Indiquez un nom : il sert à retrouver l’inscription à l’accueil."),
    ("party", "nobody"): _l("Indiquez combien de personnes viennent."),
}


class DeskBody(RegistrationBody):
    """What the desk asks for: a registration whose contact may have no address."""

    email = EmailAddress(allow_none=True, load_default=None)


_BODY = DeskBody()


@dataclass(frozen=True)
class DeskForm:
    """The form as it was typed: `values` by field, `errors` a sentence by field at fault.

    `body` is what it asks for, validated, when there are no errors.
    """

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    def fault(self, name: str) -> str | None:
        """Return what is wrong with a field, or None."""
        return self.errors.get(name)

    def with_error(self, name: str, sentence: str) -> "DeskForm":
        """Return the form with one more fault."""
        return DeskForm(self.values, {**self.errors, name: sentence}, self.body)

    def entry(self, key: str, who: SignedInAccount) -> DeskEntry:
        """Return what is to be registered, of a form without faults."""
        [booking] = wanted_bookings(self.body)
        return DeskEntry(
            key=key,
            name=self.body["name"],
            email=self.body["email"],
            telephone=self.body.get("telephone"),
            locale=self.body["locale"],
            note=readable(self.values["note"]) or None,
            booking=booking,
            allotment_id=as_id(self.values["allotment"]),
            account_id=who.id,
            account_name=who.name,
        )


def empty_desk_form(categories: Sequence[str]) -> DeskForm:
    """Return the form as it is first shown: nobody is counted yet."""
    return DeskForm(
        {
            **dict.fromkeys(("name", "email", "telephone", "note", "allotment", "wheelchairs"), ""),
            **dict.fromkeys(categories, ""),
            "locale": "fr",
        }
    )


def read_desk_form(
    typed: Mapping[str, str],
    session_id: UUID,
    categories: Sequence[str],
    questions: Sequence[AskedQuestion],
) -> DeskForm:
    """Read the form of the desk for one session."""
    names = ("name", "allotment", "telephone", "email", "locale", "wheelchairs", "note")
    asked = [f"q-{question.key}" for question in questions]
    values = {name: typed.get(name, "") for name in (*names, *categories, *asked, "sign_language")}
    booking: dict[str, Any] = {
        "session_id": str(session_id),
        "party": _counts(values, categories),
        "if_full": "waitlist" if typed.get("if_full") == "waitlist" else "refuse",
        "sign_language": bool(values["sign_language"]),
        "answers": _answers(values, questions),
    }
    if values["wheelchairs"].strip():
        booking["wheelchairs"] = _number(values["wheelchairs"])
    body = {
        "name": values["name"],
        "email": values["email"].strip() or None,
        "locale": values["locale"] or "fr",
        "bookings": [booking],
    }
    if values["telephone"].strip():
        body["telephone"] = values["telephone"]
    try:
        loaded = load(_BODY, body)
    except InvalidBody as invalid:
        return DeskForm(values, _errors(invalid, ["name", *categories, "party", *names]))
    form = DeskForm(values, body=loaded)
    if len(readable(values["note"])) > LONGEST_NOTE:
        return form.with_error("note", _("Une note compte au plus 1000 caractères."))
    return form


def _errors(invalid: InvalidBody, order: Sequence[str]) -> dict[str, str]:
    """Return the first fault of each field, as they stand in the form.

    A field is the last step of its JSON pointer.
    """
    errors = {}
    for pointer, codes in invalid.errors.items():
        name = pointer.rpartition("/")[2]
        errors[name] = str(_SENTENCES.get((name, codes[0])) or MESSAGES[codes[0]])
    known = [name for name in order if name in errors]
    return {name: errors[name] for name in (*known, *errors)}


def _counts(values: Mapping[str, str], categories: Sequence[str]) -> dict[str, Any]:
    """Return the head counts; what is no whole number stays as typed, for the schema to refuse."""
    return {name: _number(values[name]) for name in categories if values[name].strip()}


def _number(text: str) -> int | str:
    return int(text) if _WHOLE_NUMBER.fullmatch(text.strip()) else text


def _answers(values: Mapping[str, str], questions: Sequence[AskedQuestion]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for question in questions:
        text = values[f"q-{question.key}"].strip()
        if text:
            answers[question.key] = True if question.kind == "consent" else text
    return answers
