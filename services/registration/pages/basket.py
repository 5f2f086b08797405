"""A basket: the sessions that one form registers for together, be it one alone."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.rules import Limit, Rules, rules_of
from services.registration.domain.told import told_mark
from services.registration.domain.warnings import Warning, stay_of, warnings
from services.registration.pages.booking_form import categories_of, limit_sentence
from services.registration.pages.words import category_labels
from services.registration.queries import SessionPage, session_pages
from shared.contracts.party_categories import codes_of
from shared.web import current_context


@dataclass(frozen=True)
class Entry:
    """One session of a basket, with its rules."""

    session: SessionPage
    rules: Rules

    @property
    def prefix(self) -> str:
        """Return what the names of the fields that are about this session begin with."""
        return f"s{self.session.id.hex}-"

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories of people that may come, in order."""
        return categories_of(self.session)

    @property
    def youngest(self) -> int:
        """Return the age below which nobody may come; 0 where there is none."""
        return self.session.details["age_min"] or 0

    @property
    def limits(self) -> list[str]:
        """Return in words how many people a group may count here, as far as that is limited."""
        totals = Limit(self.rules.least_party, self.rules.largest_party)
        limited: list[tuple[str | None, Limit]] = [*self.rules.party_limits.items(), (None, totals)]
        return [
            limit_sentence(code, category, number, self.session.details["edition"])
            for category, limit in limited
            if category is None or category in codes_of(self.session.details["edition"])
            for code, number in (("too_few", limit.least), ("too_many", limit.most))
            if number
        ]

    @property
    def mark(self) -> str:
        """Return a mark of when and where the session is, as the form that is shown says it."""
        return told_mark(self.session.details)

    @property
    def may_fill(self) -> bool:
        """Tell whether the session is full, or may be by the time that the form is sent."""
        return self.session.details["capacity"] is not None


@dataclass(frozen=True)
class Basket:
    """The sessions that are known of those that were chosen, in the order of time."""

    entries: tuple[Entry, ...]
    is_single: bool = False

    @property
    def ids(self) -> list[UUID]:
        """Return the sessions' ids."""
        return [entry.session.id for entry in self.entries]

    @property
    def open(self) -> "Basket":
        """Return the basket of those that take registrations."""
        taking = tuple(entry for entry in self.entries if entry.session.is_open)
        return Basket(taking, self.is_single)

    @property
    def going(self) -> "Basket":
        """Return the basket of those that take place, and are not over."""
        now = current_context().clock()
        to_come = tuple(
            entry
            for entry in self.entries
            if entry.session.availability != "cancelled" and entry.session.ends_at > now
        )
        return Basket(to_come, self.is_single)

    @property
    def closed(self) -> tuple[SessionPage, ...]:
        """Return the sessions that take none."""
        return tuple(entry.session for entry in self.entries if not entry.session.is_open)

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories of people that may come to one session or another, in order."""
        asked = {name for entry in self.entries for name in entry.categories}
        editions = (entry.session.details["edition"] for entry in self.entries)
        known = dict.fromkeys(code for edition in editions for code in codes_of(edition))
        return tuple(name for name in known if name in asked)

    @property
    def labels(self) -> dict[str, str]:
        """Return what the categories are called, in the words of the first edition that has one."""
        found: dict[str, str] = {}
        for entry in self.entries:
            found = category_labels(entry.session.details["edition"]) | found
        return found

    @property
    def organisations(self) -> list[str]:
        """Return the names of those who propose the sessions, each once."""
        named = [entry.session.details["organisation"] for entry in self.entries]
        return list(dict.fromkeys(one["name"] for one in named if one))

    def warnings(self) -> list[Warning]:
        """Return what to warn of before they are registered for together."""
        return warnings(stay_of(each.session.id, each.session.details) for each in self.entries)


def load_basket(session_ids: Collection[UUID], *, is_single: bool = False) -> Basket:
    """Return the basket of these sessions; what is not known is left out."""
    context = current_context()
    with context.database.read() as db:
        pages = session_pages(db, session_ids, now=context.clock())
        rules = rules_of(db, [page.id for page in pages])
    return Basket(tuple(Entry(page, rules[page.id]) for page in pages), is_single)
