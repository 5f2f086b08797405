"""How a session is registered for: whom a party may count, and what it is asked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.party import heads
from services.registration.domain.questions import AskedQuestion
from services.registration.models import Question, SessionRules

Overbooking = Literal["off", "fixed", "learned"]
OVERBOOKING: tuple[Overbooking, ...] = ("off", "fixed", "learned")


@dataclass(frozen=True, slots=True)
class Limit:
    """The least and the most heads of one kind; None where there is no limit."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the organiser asks of those who register for one session; revision 0: nothing special.

    The hours and overbooking are as in `models.SessionRules`.
    """

    party_limits: Mapping[str, Limit] = field(default_factory=dict)
    least_party: int | None = None
    largest_party: int | None = None
    questions: tuple[AskedQuestion, ...] = ()
    asks_hours: int | None = None
    answer_hours: int | None = None
    overbooking: Overbooking = "off"
    overbooking_seats: int | None = None
    overbooking_risk: float | None = None
    revision: int = 0

    def limit(self, category: str) -> Limit:
        """Return how many of a category may come."""
        return self.party_limits.get(category, NO_LIMIT)


NO_LIMIT = Limit()

#: A session for which nothing was said.
NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class PartyFault:
    """A party that has too few or too many of a category, or in all (`category` None)."""

    category: str | None
    code: Literal["too_few", "too_many"]
    limit: int


def faults(
    party: Mapping[str, int], rules: Rules, categories: Collection[str] | None = None
) -> tuple[PartyFault, ...]:
    """Return how a party breaks a session's limits; nothing if it does not.

    Of limits, those of `categories` hold: what is not asked for any more limits nobody.
    """
    found = []
    for category, limit in rules.party_limits.items():
        if categories is not None and category not in categories:
            continue
        found += _outside(category, party.get(category, 0), limit)
    found += _outside(None, heads(party), Limit(rules.least_party, rules.largest_party))
    return tuple(found)


def new_faults(
    party: Mapping[str, int],
    before: Mapping[str, int],
    rules: Rules,
    categories: Collection[str] | None = None,
) -> tuple[PartyFault, ...]:
    """Return how a party that replaces another breaks the limits more than that one did.

    Limits that came after somebody registered forbid nothing that comes nearer to them, and of
    limits those of `categories` hold.
    """

    def number(of: Mapping[str, int], category: str | None) -> int:
        return heads(of) if category is None else of.get(category, 0)

    return tuple(
        fault
        for fault in faults(party, rules, categories)
        if (number(party, fault.category) > number(before, fault.category))
        == (fault.code == "too_many")
        and number(party, fault.category) != number(before, fault.category)
    )


def rules_of(db: Session, session_ids: Iterable[UUID]) -> dict[UUID, Rules]:
    """Return the rules of these sessions, in one question; those without any are `NO_RULES`."""
    ids = list(session_ids)
    rows = db.execute(
        sa.select(SessionRules, Question)
        .outerjoin(Question, Question.session_id == SessionRules.session_id)
        .where(SessionRules.session_id.in_(ids))
        .order_by(SessionRules.session_id, Question.position, Question.id)
    ).all()
    stored: dict[UUID, tuple[SessionRules, list[AskedQuestion]]] = {}
    for rules, question in rows:
        _, questions = stored.setdefault(rules.session_id, (rules, []))
        if question is not None:
            questions.append(_asked(question))
    known = {session: _rules(*both) for session, both in stored.items()}
    return {session: known.get(session, NO_RULES) for session in ids}


def _outside(category: str | None, number: int, limit: Limit) -> list[PartyFault]:
    if limit.least is not None and number < limit.least:
        return [PartyFault(category, "too_few", limit.least)]
    if limit.most is not None and number > limit.most:
        return [PartyFault(category, "too_many", limit.most)]
    return []


def _rules(row: SessionRules, questions: Iterable[AskedQuestion]) -> Rules:
    return Rules(
        party_limits={name: Limit(*limit) for name, limit in row.party_limits.items()},
        least_party=row.least_party,
        largest_party=row.largest_party,
        questions=tuple(questions),
        asks_hours=row.asks_hours,
        answer_hours=row.answer_hours,
        overbooking=row.overbooking,  # type: ignore[arg-type]
        overbooking_seats=row.overbooking_seats,
        overbooking_risk=row.overbooking_risk,
        revision=row.revision,
    )


def _asked(row: Question) -> AskedQuestion:
    return AskedQuestion(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]
        label=row.label,
        purpose=row.purpose,
        choices=tuple(row.choices),
        is_required=row.is_required,
        forgotten_on=row.forgotten_on,
    )
