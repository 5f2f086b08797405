"""What is wrong with rules that an organiser would like to keep, before anything is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.registration.domain.overbooking import LARGEST_RISK, LEAST_RISK
from services.registration.domain.party import LARGEST_PARTY
from services.registration.domain.questions import (
    LONGEST_LABEL,
    MOST_CHOICES,
    MOST_QUESTIONS,
    AskedQuestion,
)
from services.registration.domain.rules import Limit, Rules

#: How long before the start it may be asked who still comes, in hours: a day to two weeks.
LEAST_ASKS, MOST_ASKS = 24, 336

#: How long an answer may take, in hours, and how long before the start the last one comes.
LEAST_ANSWER, LEAST_AFTER = 6, 6

#: The most seats beyond the capacity, and the most places for wheelchairs.
MOST_EXTRA, MOST_WHEELCHAIRS = 500, 1000


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day on which answers may be forgotten."""

    earliest: date
    latest: date


def rule_faults(rules: Rules, wheelchair_places: int | None, span: Span) -> dict[str, str]:
    """Return a code for each field at fault, by its path (`questions/0/label`).

    `out_of_range`: the number is too small or too large. `crossed`: the least is more than the
    most. `impossible`: the least of each kind together are more than the largest party. `missing`,
    `too_long`, `too_many`, `too_few`, `duplicate`: of questions and their choices. `too_early`,
    `too_late`: of a day. `too_close`: nobody could take the seats of who does not answer.
    """
    found: dict[str, str] = {}
    for path, code in _party(rules):
        found.setdefault(path, code)
    for path, code in _still_coming(rules):
        found.setdefault(path, code)
    if rules.overbooking == "fixed" and not _within(rules.overbooking_seats, 1, MOST_EXTRA):
        found["overbooking_seats"] = _number(rules.overbooking_seats)
    if rules.overbooking == "learned" and not _is_risk(rules.overbooking_risk):
        found["overbooking_risk"] = _number(rules.overbooking_risk)
    if wheelchair_places is not None and not _within(wheelchair_places, 0, MOST_WHEELCHAIRS):
        found["wheelchair_places"] = "out_of_range"
    if len(rules.questions) > MOST_QUESTIONS:
        found["questions"] = "too_many"
    for index, question in enumerate(rules.questions):
        for name, code in _question(question, span):
            found.setdefault(f"questions/{index}/{name}", code)
    return found


def _party(rules: Rules) -> Iterator[tuple[str, str]]:
    for category, limit in rules.party_limits.items():
        yield from _limit(f"party_limits/{category}/", "least", "most", limit, least=0)
    whole = Limit(rules.least_party, rules.largest_party)
    yield from _limit("", "least_party", "largest_party", whole, least=1)
    together = sum(limit.least or 0 for limit in rules.party_limits.values())
    if together > (rules.largest_party or LARGEST_PARTY):
        yield "largest_party", "impossible"


def _limit(
    path: str, low: str, high: str, limit: Limit, *, least: int
) -> Iterator[tuple[str, str]]:
    for name, number in ((low, limit.least), (high, limit.most)):
        if number is not None and not _within(number, least, LARGEST_PARTY):
            yield path + name, "out_of_range"
    if limit.least is not None and limit.most is not None and limit.least > limit.most:
        yield path + high, "crossed"


def _still_coming(rules: Rules) -> Iterator[tuple[str, str]]:
    if rules.asks_hours is None:
        return
    is_time_to_ask = _within(rules.asks_hours, LEAST_ASKS, MOST_ASKS)
    if not is_time_to_ask:
        yield "asks_hours", "out_of_range"
    if rules.answer_hours is None:
        yield "answer_hours", "missing"
    elif not _within(rules.answer_hours, LEAST_ANSWER, MOST_ASKS):
        yield "answer_hours", "out_of_range"
    elif is_time_to_ask and rules.answer_hours > rules.asks_hours - LEAST_AFTER:
        yield "answer_hours", "too_close"


def _question(question: AskedQuestion, span: Span) -> Iterator[tuple[str, str]]:
    for name, text in (("label", question.label), ("purpose", question.purpose)):
        if not text.get("fr"):
            yield name, "missing"
        elif any(len(one or "") > LONGEST_LABEL for one in text.values()):
            yield name, "too_long"
    if question.kind == "choice":
        texts = [choice.get("fr") or "" for choice in question.choices]
        if len(texts) < 2:
            yield "choices", "too_few"
        elif len(texts) > MOST_CHOICES:
            yield "choices", "too_many"
        elif len(set(texts)) < len(texts):
            yield "choices", "duplicate"
        elif any(
            len(one or "") > LONGEST_LABEL for each in question.choices for one in each.values()
        ):
            yield "choices", "too_long"
    if question.forgotten_on < span.earliest:
        yield "forgotten_on", "too_early"
    elif question.forgotten_on > span.latest:
        yield "forgotten_on", "too_late"


def _within(number: float | None, least: float, most: float) -> bool:
    return number is not None and least <= number <= most


def _is_risk(risk: float | None) -> bool:
    return _within(risk, LEAST_RISK, LARGEST_RISK)


def _number(number: float | None) -> str:
    return "missing" if number is None else "out_of_range"
