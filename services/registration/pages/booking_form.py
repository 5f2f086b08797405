"""The forms of a registration: what was typed, what it asks for, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from marshmallow import Schema

from services.registration.domain.party import seats_beside, seats_for, unfit
from services.registration.pages.words import party_words
from services.registration.queries import SessionPage
from services.registration.schemas import (
    MESSAGES,
    ChangeBody,
    InvalidBody,
    load,
)
from shared.contracts.party_categories import asked_of
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.i18n import ngettext

_CHANGE = ChangeBody()
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")

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

    def value(self, name: str) -> str:
        """Return what was typed into a field."""
        return self.values.get(name, "")

    def fault(self, name: str) -> str | None:
        """Return what is wrong with a field, or None."""
        return self.errors.get(name)

    def faults(self, prefix: str = "") -> dict[str, str]:
        """Return the faults by the id of the field that puts each right."""
        first = next(iter(self.values), "")
        return {
            prefix + (first if name == "party" else name): sentence
            for name, sentence in self.errors.items()
        }

    def with_error(self, name: str, sentence: str) -> "FilledForm":
        """Return the form with one more fault."""
        return FilledForm(self.values, {**self.errors, name: sentence}, self.body)


def categories_of(session: SessionPage, party: Mapping[str, int] | None = None) -> tuple[str, ...]:
    """Return the categories of people that the form of a session asks for, in order.

    Those whom a `party` counts already are asked for too.
    """
    asked = asked_of(session.details["edition"], session.details["seat_categories"])
    return (*asked, *(code for code, n in (party or {}).items() if n and code not in asked))


def read_party(
    typed: Mapping[str, str],
    booking_id: UUID,
    session: SessionPage,
    party: Mapping[str, int],
    *,
    held: int,
    wheelchairs: int,
) -> FilledForm:
    """Read the form that changes the party of one booking.

    It holds so many seats, and so many places for wheelchairs: the same number asks for nothing.
    """
    categories = categories_of(session, party)
    booking: dict[str, Any] = {"id": str(booking_id), "party": party_of(typed, categories)}
    rolling = whole_number(typed.get("wheelchairs", str(wheelchairs)).strip() or "0")
    if rolling != wheelchairs:
        booking["wheelchairs"] = rolling
    filled = _read(_CHANGE, {"bookings": [booking]}, typed, (*categories, "wheelchairs"))
    return _check_room(filled, session, held=held, wheelchairs=wheelchairs)


def read_address(typed: Mapping[str, str]) -> FilledForm:
    """Read the form that corrects the address."""
    return _read(_CHANGE, {"email": typed.get("email", "")}, typed, ("email",))


def party_values(session: SessionPage, party: Mapping[str, int], wheelchairs: int) -> FilledForm:
    """Return the form that changes a party, filled with the party as it is."""
    counts = {name: str(party.get(name, 0)) for name in categories_of(session, party)}
    return FilledForm({**counts, "wheelchairs": str(wheelchairs)})


def _read(
    schema: Schema, body: Mapping[str, Any], typed: Mapping[str, str], names: Sequence[str]
) -> FilledForm:
    values = {name: typed.get(name, "") for name in names}
    try:
        return FilledForm(values, body=load(schema, body))
    except InvalidBody as invalid:
        return FilledForm(values, _errors(invalid))


def sentence_of(name: str, code: str) -> str:
    """Return what a code of `schemas` says of a field."""
    return str(_SENTENCES.get((name, code)) or MESSAGES[code])


def party_of(
    typed: Mapping[str, str], categories: Sequence[str], prefix: str = ""
) -> dict[str, Any]:
    """Return the head counts; what is no whole number stays as typed, for the schema to refuse."""
    counts: dict[str, Any] = {}
    for name in categories:
        text = typed.get(prefix + name, "").strip()
        if text:
            counts[name] = whole_number(text)
    return counts


def whole_number(text: str) -> int | str:
    """Return the number that was typed, or the text where it is none."""
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


def room_sentence(
    session: SessionPage, party: Mapping[str, int], *, wheelchairs: int = 0, held: int = 0
) -> str:
    """Return why a party could never be admitted, or would hold no seat; nothing if it may be.

    It is said before anybody waits for it. A party that holds more seats than a session has by now
    may well become smaller.
    """
    capacity, seated = session.details["capacity"], session.details["seat_categories"]
    if unfit(seats_for(party, seated), seated, None):
        return _("Comptez aussi les personnes qui prennent une place.")
    needed = seats_beside(party, seated, wheelchairs)
    if capacity is None or needed <= max(capacity, held):
        return ""
    return ngettext(
        "Cette séance compte %(n)s place en tout : votre groupe n’y tient pas.",
        "Cette séance compte %(n)s places en tout : votre groupe n’y tient pas.",
        capacity,
    )


def limit_sentence(code: str, category: str | None, limit: int, edition: Mapping[str, Any]) -> str:
    """Return how a party breaks a limit of a session's rules (`rules.PartyFault`)."""
    if category is None:
        who = ngettext("%(n)s personne", "%(n)s personnes", limit)
    else:
        who = party_words({category: limit}, edition)
    if code == "too_few":
        return _("Cette séance demande au moins %(who)s.", who=who)
    if not limit:
        return _("Cette séance n’accueille pas ces personnes.")
    return _("Cette séance accueille au plus %(who)s par groupe.", who=who)


def wheelchair_sentence(most: int) -> str:
    """Return that a session has places for at most so many wheelchairs of a party."""
    if not most:
        return _("Il ne reste pas de place pour un fauteuil roulant à cette séance.")
    return ngettext(
        "Il y a place pour %(n)s fauteuil roulant de votre groupe au plus.",
        "Il y a place pour %(n)s fauteuils roulants de votre groupe au plus.",
        most,
    )


def answer_sentence(code: str) -> str:
    """Return what is wrong with an answer (`questions.AnswerFault`)."""
    if code == "unanswered":
        return _("Répondez à cette question : la séance en a besoin.")
    if code == "too_long":
        return _("Cette réponse est trop longue.")
    return _("Choisissez l’une des réponses proposées.")


def _errors(invalid: InvalidBody) -> dict[str, str]:
    """Return the first fault of each field; a field is the last step of its JSON pointer."""
    errors = {}
    for pointer, codes in invalid.errors.items():
        name = pointer.rpartition("/")[2]
        errors[name] = sentence_of(name, codes[0])
    return errors


def _check_room(
    form: FilledForm, session: SessionPage, *, held: int, wheelchairs: int
) -> FilledForm:
    """Refuse a party that could never be admitted."""
    if form.errors:
        return form
    booking = form.body["bookings"][0]
    rolling = booking.get("wheelchairs", wheelchairs)
    wrong = room_sentence(session, booking["party"], wheelchairs=rolling, held=held)
    return form.with_error("party", wrong) if wrong else form
