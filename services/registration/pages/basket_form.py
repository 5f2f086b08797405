"""The form of a basket: what was typed, what it asks for, and what is wrong with it, by field.

The contact and the party are asked once, for all sessions; whatever is about one session has its
`Entry.prefix` before its name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.registration.domain.questions import answer_faults
from services.registration.domain.registering import WantedBooking
from services.registration.domain.rules import faults
from services.registration.pages.basket import Basket, Entry
from services.registration.pages.booking_form import (
    FilledForm,
    answer_sentence,
    limit_sentence,
    party_of,
    room_sentence,
    sentence_of,
    whole_number,
)
from services.registration.schemas import (
    MESSAGES,
    InvalidBody,
    RegistrationBody,
    load,
    wanted_bookings,
)
from shared.contracts.party_categories import codes_of
from shared.i18n import current_locale, ngettext
from shared.i18n import gettext as _

_BODY = RegistrationBody()


@dataclass(frozen=True)
class BasketForm:
    """A form as it was typed: `values` by field, `errors` a sentence by field at fault.

    `contact` and `bookings` are what it asks for, validated, when there are no errors.
    """

    basket: Basket
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    contact: Mapping[str, Any] = field(default_factory=dict)
    bookings: Sequence[WantedBooking] = ()

    def value(self, name: str) -> str:
        """Return what was typed into a field."""
        return self.values.get(name, "")

    def fault(self, name: str) -> str | None:
        """Return what is wrong with a field, or None."""
        return self.errors.get(name)

    def own(self, entry: Entry) -> FilledForm:
        """Return the party of its own that a session was given, with its faults."""
        prefix = entry.prefix
        names = (*entry.categories, "wheelchairs")
        return FilledForm(
            {name: self.value(prefix + name) for name in names},
            {name: self.errors[prefix + name] for name in (*names, "party")
             if prefix + name in self.errors},
        )  # fmt: skip

    def has_own(self, entry: Entry) -> bool:
        """Tell whether a session was given a party of its own, or has to be."""
        own = self.own(entry)
        return any(own.values.values()) or bool(own.errors)

    def faults(self) -> dict[str, str]:
        """Return the faults by the id of the field that puts each right, in the form's order."""
        first = {"party": self.basket.categories[0] if self.basket.categories else "party"}
        titles = {}
        for entry in self.basket.entries:
            first[entry.prefix + "party"] = entry.prefix + entry.categories[0]
            titles[entry.prefix] = entry.session.title(current_locale())
        about_one = [name for prefix in titles for name in self.errors if name.startswith(prefix)]
        people = self.basket.categories
        once = ("email", "name", "telephone", "party", *people, "wheelchairs")
        about_all = [name for name in once if name in self.errors]
        rest = [name for name in self.errors if name not in about_one and name not in about_all]
        told = {name: self.errors[name] for name in (*about_all, *rest)}
        for name in about_one:
            title = titles[name.partition("-")[0] + "-"]
            told[name] = (
                self.errors[name] if self.basket.is_single else f"{title} – {self.errors[name]}"
            )
        return {first.get(name, name): sentence for name, sentence in told.items()}

    def with_errors(self, more: Mapping[str, str]) -> "BasketForm":
        """Return the form with more faults; what was wrong before stays."""
        return replace(self, errors={**more, **self.errors})

    def about(self, basket: Basket) -> "BasketForm":
        """Return the form without the sessions that are not in the basket, nor their faults."""
        gone = [entry.prefix for entry in self.basket.entries if entry.session.id not in basket.ids]
        errors = {
            name: sentence
            for name, sentence in self.errors.items()
            if not name.startswith(tuple(gone))
        }
        return replace(self, basket=basket, errors=errors)


def empty_basket_form(basket: Basket) -> BasketForm:
    """Return the form as it is first shown, with the party that most often comes."""
    seated = {name for entry in basket.entries for name in entry.session.details["seat_categories"]}
    children = "0" if "adults" in seated else "1"
    usual = {"adults": "1", "children": children} if "adults" in basket.categories else {}
    return BasketForm(basket, {name: usual.get(name, "") for name in basket.categories})


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
        found |= _misfits(form, entry, wanted)
    contact = {name: loaded.get(name) for name in ("email", "name", "locale", "telephone")}
    return replace(form, errors=found, contact=contact, bookings=wanted_bookings(loaded))


def refused(form: BasketForm, reasons: Sequence[Mapping[str, Any]]) -> BasketForm:
    """Return the form with what it was refused for, each reason at its field."""
    errors: dict[str, str] = {}
    by_id = {str(entry.session.id): entry for entry in form.basket.entries}
    for reason in reasons:
        entry = by_id.get(reason["session_id"])
        if entry is not None and entry.session.is_open:  # of those that closed it is told apart
            errors |= _reason(form, entry, reason)
    return form.with_errors(errors)


def _booking(form: BasketForm, entry: Entry) -> dict[str, Any]:
    """Return what is asked for in one session, as the API would be asked."""
    is_own = _has_own_party(form, entry)
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


def _has_own_party(form: BasketForm, entry: Entry) -> bool:
    names = (*entry.categories, "wheelchairs")
    return any(form.value(entry.prefix + name).strip() for name in names)


def _errors(form: BasketForm, invalid: InvalidBody) -> dict[str, str]:
    """Return the first fault of each field, by its name, from faults by JSON pointer."""
    errors: dict[str, str] = {}
    for pointer, codes in invalid.errors.items():
        steps = pointer.split("/")[1:]
        name = steps[-1]
        sentence = sentence_of(name, codes[0])
        if steps[0] == "bookings" and len(steps) > 2:
            entry = form.basket.entries[int(steps[1])]
            name = _field(form, entry, "/".join(steps[2:]))
            if name == "party" and _counts_others(form, entry):
                name = entry.prefix + "party"
        errors.setdefault(name, sentence)
    return errors


def _counts_others(form: BasketForm, entry: Entry) -> bool:
    """Tell whether the party of all sessions counts people, but none whom this one counts."""
    others = set(form.basket.categories) - set(entry.categories)
    return any(form.value(name).strip() not in ("", "0") for name in others)


def _field(form: BasketForm, entry: Entry, pointer: str) -> str:
    """Return the name of the field that says what is at a pointer below a booking."""
    first, _slash, last = pointer.partition("/")
    if first == "answers":
        return f"{entry.prefix}q-{last}"
    name = last or first
    return entry.prefix + name if _has_own_party(form, entry) else name


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
    party = _field(form, entry, "party")
    room = room_sentence(entry.session, wanted["party"], wheelchairs=wanted.get("wheelchairs", 0))
    if room:
        errors[party] = _of(form, entry, room)
    for fault in faults(wanted["party"], entry.rules, codes_of(edition)):
        name = _field(form, entry, f"party/{fault.category}") if fault.category else party
        sentence = limit_sentence(fault.code, fault.category, fault.limit, edition)
        errors.setdefault(name, _of(form, entry, sentence))
    for wrong in answer_faults(wanted.get("answers", {}), entry.rules.questions):
        errors[f"{entry.prefix}q-{wrong.question}"] = answer_sentence(wrong.code)
    return errors


def _reason(form: BasketForm, entry: Entry, reason: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentence of one reason for which the basket was refused, at its field."""
    code, left = reason["code"], reason["seats_left"] or 0
    if code == "full":
        return _full(form, entry, left)
    pointer = "/".join(reason["pointer"].split("/")[3:])
    if pointer.startswith("answers/"):
        return {_field(form, entry, pointer): answer_sentence(code)}
    if code == "no_wheelchair_place":
        sentence = ngettext(
            "Cette séance a %(n)s place en tout pour un fauteuil roulant.",
            "Cette séance a %(n)s places en tout pour des fauteuils roulants.",
            reason["limit"],
        )
        return {_field(form, entry, "wheelchairs"): _of(form, entry, sentence)}
    sentences: dict[str, Callable[[], str]] = {
        "too_few": lambda: limit_sentence("too_few", None, reason["limit"], {}),
        "too_many": lambda: limit_sentence("too_many", None, reason["limit"], {}),
        "unknown_category": lambda: str(MESSAGES["unknown_category"]),
        "takes_no_seat": lambda: _("Comptez aussi les personnes qui prennent une place."),
        "too_large": lambda: _("Votre groupe ne tient pas dans cette séance, même vide."),
    }
    say = sentences.get(code, lambda: str(MESSAGES["unknown_choice"]))
    return {_field(form, entry, pointer or "party"): _of(form, entry, say())}


def _full(form: BasketForm, entry: Entry, left: int) -> dict[str, str]:
    if not form.basket.is_single:
        sentence = (
            ngettext(
                "Il n’y reste que %(n)s place. Cochez la liste d’attente, réduisez votre groupe "
                "pour cette séance, ou retirez-la.",
                "Il n’y reste que %(n)s places. Cochez la liste d’attente, réduisez votre groupe "
                "pour cette séance, ou retirez-la.",
                left,
            )
            if left
            else _("Cette séance est complète. Cochez la liste d’attente, ou retirez-la.")
        )
        return {entry.prefix + "if_full": sentence}
    if left:
        sentence = ngettext(
            "Il ne reste que %(n)s place : réduisez votre groupe, ou rejoignez la liste d’attente.",
            "Il ne reste que %(n)s places : réduisez votre groupe, "
            "ou rejoignez la liste d’attente.",
            left,
        )
    else:
        sentence = _(
            "La dernière place vient d’être prise. Vous pouvez rejoindre la liste d’attente."
        )
    return {"party": sentence}


def _of(form: BasketForm, entry: Entry, sentence: str) -> str:
    """Return a sentence about one session; where it is about the party of all, it says which."""
    if form.basket.is_single or len(form.basket.entries) == 1 or _has_own_party(form, entry):
        return sentence
    return f"{entry.session.title(current_locale())} – {sentence}"
