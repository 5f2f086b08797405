"""The form of a basket: what was typed into it, and what is wrong with it, by field.

The contact and the party are asked once, for all sessions; whatever is about one session has its
`Entry.prefix` before its name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.registration.domain.registering import WantedBooking
from services.registration.pages.basket import Basket, Entry
from services.registration.pages.booking_form import FilledForm
from shared.i18n import current_locale


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

    def asks_own(self, entry: Entry) -> bool:
        """Tell whether a session is given a party of its own."""
        names = (*entry.categories, "wheelchairs")
        return any(self.value(entry.prefix + name).strip() for name in names)

    def field_of(self, entry: Entry, pointer: str) -> str:
        """Return the name of the field that says what is at a pointer below a booking."""
        first, _slash, last = pointer.partition("/")
        if first == "answers":
            return f"{entry.prefix}q-{last}"
        name = last or first
        return entry.prefix + name if self.asks_own(entry) else name

    def of_session(self, entry: Entry, sentence: str) -> str:
        """Return a sentence about one session; if it is about the party of all, it says which."""
        if self.basket.is_single or len(self.basket.entries) == 1 or self.asks_own(entry):
            return sentence
        return f"{entry.session.title(current_locale())} – {sentence}"

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
