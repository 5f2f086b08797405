"""Reading the form of a basket: what it asks for, as the API would be asked, and its faults."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.registration.domain.questions import answer_faults
from services.registration.domain.rules import faults
from services.registration.pages.basket import Basket, Entry
from services.registration.pages.basket_form import BasketForm
from services.registration.pages.booking_form import (
    answer_sentence,
    limit_sentence,
    party_of,
    room_sentence,
    sentence_of,
    whole_number,
)
from services.registration.schemas import InvalidBody, RegistrationBody, load, wanted_bookings
from shared.contracts.party_categories import codes_of
from shared.i18n import gettext as _
from shared.i18n import ngettext

_BODY = RegistrationBody()


def read_basket(typed: Mapping[str, str], basket: Basket, locale: str) -> BasketForm:
    """Read the form that registers for the sessions of a basket."""
    form = BasketForm(basket, {name: typed[name] for name in typed})
    body: dict[str, Any] = {
        "email": form.value("email"),
        "name": form.value("name"),
        "locale": locale,
        "bookings": [_booking(form, entry) for entry in basket.entries],
    }
    if form.value("telephone").strip():
        body["telephone"] = form.value("telephone")
    try:
        loaded = load(_BODY, body)
    except InvalidBody as invalid:
        return form.with_errors(_errors(form, invalid)).with_errors(_ticks(form))
    found = _ticks(form)
    for entry, wanted in zip(basket.entries, loaded["bookings"], strict=True):
        for name, sentence in _misfits(form, entry, wanted).items():
            found[name] = f"{found[name]} {sentence}" if name in found else sentence
    contact = {name: loaded.get(name) for name in ("email", "name", "locale", "telephone")}
    return replace(form, errors=found, contact=contact, bookings=wanted_bookings(loaded))


def _booking(form: BasketForm, entry: Entry) -> dict[str, Any]:
    """Return what is asked for in one session, as the API would be asked."""
    is_own = form.asks_own(entry)
    prefix = entry.prefix if is_own else ""
    waits = form.value("if_full") or form.value(entry.prefix + "if_full")
    booking: dict[str, Any] = {
        "session_id": str(entry.session.id),
        "party": party_of(form.values, entry.categories, prefix),
        "if_full": "waitlist" if waits == "waitlist" else "refuse",
    }
    wheelchairs = form.value(prefix + "wheelchairs").strip()
    if wheelchairs and wheelchairs != "0":
        booking["wheelchairs"] = whole_number(wheelchairs)
    if form.value("sign_language"):
        booking["sign_language"] = True
    answers = {}
    for question in entry.rules.questions:
        answer = form.value(f"{entry.prefix}q-{question.key}").strip()
        if answer:
            answers[question.key] = True if question.kind == "consent" else answer
    if answers:
        booking["answers"] = answers
    return booking


def _errors(form: BasketForm, invalid: InvalidBody) -> dict[str, str]:
    """Return the first fault of each field, by its name, from faults by JSON pointer."""
    errors: dict[str, str] = {}
    for pointer, codes in invalid.errors.items():
        steps = pointer.split("/")[1:]
        name = steps[-1]
        sentence = sentence_of(name, codes[0])
        if steps[0] == "bookings" and len(steps) > 2:
            entry = form.basket.entries[int(steps[1])]
            name = form.field_of(entry, "/".join(steps[2:]))
            if name == "party" and _counts_others(form, entry):
                name = entry.prefix + "party"
        errors.setdefault(name, sentence)
    return errors


def _counts_others(form: BasketForm, entry: Entry) -> bool:
    """Tell whether the party of all sessions counts people, but none whom this one counts."""
    others = set(form.basket.categories) - set(entry.categories)
    return any(form.value(name).strip() not in ("", "0") for name in others)


def _ticks(form: BasketForm) -> dict[str, str]:
    """Return what has to be ticked, or looked at again, session by session."""
    errors = {}
    for entry in form.basket.entries:
        if entry.youngest and not form.value(entry.prefix + "age"):
            errors[entry.prefix + "age"] = ngettext(
                "Cochez cette case si tout le monde a au moins %(n)s an : "
                "sinon la séance ne peut pas vous accueillir.",
                "Cochez cette case si tout le monde a au moins %(n)s ans : "
                "sinon la séance ne peut pas vous accueillir.",
                entry.youngest,
            )
        seen = form.value(entry.prefix + "seen")
        if seen and seen != entry.mark:
            errors[entry.prefix + "moved"] = _(
                "L’horaire ou le lieu de cette séance vient de changer. "
                "S’il vous convient toujours, envoyez de nouveau."
            )
    return errors


def _misfits(form: BasketForm, entry: Entry, wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return why a party cannot come to a session, by field."""
    errors: dict[str, str] = {}
    edition = entry.session.details["edition"]
    party = form.field_of(entry, "party")
    room = room_sentence(entry.session, wanted["party"], wheelchairs=wanted.get("wheelchairs", 0))
    if room:
        errors[party] = form.of_session(entry, room)
    for fault in faults(wanted["party"], entry.rules, codes_of(edition)):
        name = form.field_of(entry, f"party/{fault.category}") if fault.category else party
        sentence = limit_sentence(fault.code, fault.category, fault.limit, edition)
        errors.setdefault(name, form.of_session(entry, sentence))
    for wrong in answer_faults(wanted.get("answers", {}), entry.rules.questions):
        errors[f"{entry.prefix}q-{wrong.question}"] = answer_sentence(wrong.code)
    return errors
